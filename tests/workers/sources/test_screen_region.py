import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.workers.sources.frame_collector import FrameCollector
from workers.errors import DeviceError
from workers.sources.screen_region import ScreenRegion


@pytest.fixture
def collected() -> FrameCollector:
    return FrameCollector()


@pytest.fixture
def screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[np.ndarray]:
    """The pixels of a screen of this test alone, (H, W, 4), blue first: what is written there is on it."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "320x240x24", "-fbdir", str(tmp_path)]
    command.append("-noreset")  # else the screen is cleared when a client leaves, as each look at it does
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as number:
            display = number.readline().strip()
        assert display, "Xvfb did not start"
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setenv("DISPLAY", f":{display}")
        file = tmp_path / "Xvfb_screen0"
        header = struct.unpack(">25I", file.read_bytes()[:100])  # XWDFile.h
        begins, row_bytes = header[0] + 12 * header[19], header[12]
        yield np.memmap(file, np.uint8, "r+", begins, (240, row_bytes // 4, 4))
    finally:
        server.terminate()
        server.wait()


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


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
def test_the_pixels_of_the_part_are_those_of_the_screen(collected, screen):
    row, column = np.indices((240, 320))
    picture = np.stack([column % 256, row, np.full_like(row, 100)], -1).astype(np.uint8)
    screen[..., 2::-1] = picture
    source = ScreenRegion((200, 30, 264, 78))
    source.start(collected.take, collected.end)
    collected.until(lambda: len(collected.frames) >= 1)

    screen[..., 2::-1] = 255 - picture
    count = len(collected.frames)
    collected.until(lambda: len(collected.frames) >= count + 2)
    source.stop()

    part = picture[30:78, 200:264]
    assert np.array_equal(collected.frames[0].pixels, part)
    assert np.array_equal(collected.frames[-1].pixels, 255 - part)
