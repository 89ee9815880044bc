import pytest

from tools.starter.scenes import FONT

needs_font = pytest.mark.skipif(not FONT.exists(), reason="fonts-noto-color-emoji is not installed (make starter does)")
