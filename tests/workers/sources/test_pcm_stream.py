from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.workers.sources.collector import Collector
from workers.sources.pcm_stream import PcmStream


def test_file_of_raw_samples_arrives_whole(tmp_path: Path) -> None:
    raw = np.arange(-10_000, 10_000, dtype="<i2")
    raw.tofile(tmp_path / "speech.raw")
    heard = Collector()

    with (tmp_path / "speech.raw").open("rb") as file:
        stream = PcmStream(file)
        stream.start(heard.on_samples, heard.on_end)
        heard.wait_for_end()
        stream.stop()

    assert heard.samples == pytest.approx(raw / 32768)
    assert heard.ends == [None]


def test_sample_split_between_two_writes_is_joined() -> None:
    reader, writer = os.pipe()
    heard = Collector()

    with os.fdopen(reader, "rb") as pipe:
        stream = PcmStream(pipe)
        stream.start(heard.on_samples, heard.on_end)
        os.write(writer, b"\x00\x10\x00")
        heard.wait_for_s(1 / 16_000)
        os.write(writer, b"\x20")
        os.close(writer)
        heard.wait_for_end()
        stream.stop()

    assert heard.samples.tolist() == [0.125, 0.25]


def test_stop_ends_a_stream_that_waits() -> None:
    reader, writer = os.pipe()
    heard = Collector()

    with os.fdopen(reader, "rb") as pipe:
        stream = PcmStream(pipe)
        stream.start(heard.on_samples, heard.on_end)
        stream.stop()
        stream.stop()

    os.close(writer)
    assert heard.ends == [None]


def test_pause_leaves_the_sound_in_the_pipe() -> None:
    reader, writer = os.pipe()
    heard = Collector()
    os.write(writer, bytes(3200))

    with os.fdopen(reader, "rb") as pipe:
        stream = PcmStream(pipe)
        stream.pause()
        stream.start(heard.on_samples, heard.on_end)
        stream.stop()
        rest = pipe.read1(10_000)

    os.close(writer)
    assert len(rest) == 3200
