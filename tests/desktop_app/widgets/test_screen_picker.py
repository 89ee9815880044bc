"""Two screens in a process of their own: how they are scaled is settled when Qt starts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MARK_ON_THE_SECOND = """
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from desktop_app.widgets.screen_picker import ScreenPicker

app = QApplication([])
window = QWidget()
picker = ScreenPicker(app.screens()[1], window)
picker.picked.connect(lambda box: print(*box, flush=True))
picker.show()
QTest.mousePress(picker, Qt.MouseButton.LeftButton, pos=QPoint(100, 50))
QTest.mouseMove(picker, QPoint(299, 149))
QTest.mouseRelease(picker, Qt.MouseButton.LeftButton, pos=QPoint(299, 149))
"""


@pytest.mark.parametrize(
    ("factors", "box"),
    [("1;1", "2020 50 2220 150"), ("1;2", "2120 100 2520 300"), ("2;1.5", "2070 75 2370 225")],
)
def test_part_of_a_second_screen_is_told_in_its_own_pixels(tmp_path: Path, factors: str, box: str):
    places = [{"name": "A", "x": 0, "width": 1920}, {"name": "B", "x": 1920, "width": 3840}]
    screens = [place | {"y": 0, "height": 1080, "logicalDpi": 96, "dpr": 1} for place in places]
    (tmp_path / "screens.json").write_text(json.dumps({"screens": screens}))
    environment = os.environ | {
        "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screens.json'}",
        "QT_SCREEN_SCALE_FACTORS": factors,
    }

    done = subprocess.run(
        [sys.executable, "-c", MARK_ON_THE_SECOND],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.stdout.strip() == box, done.stderr
