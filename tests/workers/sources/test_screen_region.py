import os

import pytest

from tests.workers.sources.frame_collector import FrameCollector
from workers.errors import DeviceError
from workers.sources.screen_region import ScreenRegion


@pytest.fixture
def collected() -> FrameCollector:
    return FrameCollector()


def test_wayland_is_told_in_a_sentence(monkeypatch, collected):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")

    with pytest.raises(DeviceError, match="Under Wayland a program may not look at the screen"):
        ScreenRegion().start(collected.take, collected.end)


def test_a_machine_without_a_screen_is_told(monkeypatch, collected):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)

    with pytest.raises(DeviceError, match="There is no screen here"):
        ScreenRegion().start(collected.take, collected.end)


def test_a_screen_that_does_not_answer_is_told(monkeypatch, collected):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")

    with pytest.raises(DeviceError, match="The screen cannot be read"):
        ScreenRegion().start(collected.take, collected.end)


@pytest.mark.skipif("DISPLAY" not in os.environ, reason="there is no screen here")
def test_a_part_of_the_screen_is_seen(collected):
    source = ScreenRegion((0, 0, 64, 48))
    source.start(collected.take, collected.end)
    collected.until(lambda: len(collected.frames) >= 3)
    source.stop()

    assert collected.frames[-1].size == (64, 48)
    assert collected.ends == [None]
