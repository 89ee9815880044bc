from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import pytest

from tests.workers.sources.collector import Collector
from workers.errors import SourceError
from workers.sources.pcm_stream import PcmStream, container_of


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


def encoded(path: Path, codec: str, **options: str) -> bytes:
    """A second of a tone in a file of the kind that the path names."""
    tone = (8000 * np.sin(np.arange(48_000) * 0.06)).astype(np.int16)[None]
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        frame.sample_rate = 48_000
        for piece in (frame, None):
            container.mux(stream.encode(piece))
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "codec", "options", "kind"),
    [
        ("a.wav", "pcm_s16le", {}, "a WAV file"),
        ("a.flac", "flac", {}, "a FLAC file"),
        ("a.mp3", "mp3", {}, "an MP3 file"),
        ("a.mp3", "mp3", {"id3v2_version": "0", "write_xing": "0"}, "an MP3 file"),
        ("a.ogg", "libopus", {}, "an Ogg file"),
        ("a.m4a", "aac", {}, "an MP4 file"),
        ("a.mka", "aac", {}, "a Matroska or WebM file"),
    ],
)
def test_file_in_place_of_raw_sound_is_told(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], kind: str
) -> None:
    data = encoded(tmp_path / name, codec, **options)
    heard = Collector()

    with (tmp_path / name).open("rb") as file:
        stream = PcmStream(file)
        stream.start(heard.on_samples, heard.on_end)
        heard.wait_for_end()
        stream.stop()

    (error,) = heard.ends
    assert isinstance(error, SourceError)
    assert error.sentence == f"What is piped in is {kind}, not raw sound."
    assert len(heard.samples) == 0
    assert container_of(data[:3200]) == kind


def test_raw_sound_is_not_taken_for_a_file() -> None:
    numbers = np.random.default_rng(1)

    for _ in range(2000):
        assert container_of(b"\xff\xfb" + numbers.bytes(3198)) == ""
    assert container_of(b"") == container_of(b"\xff\xfb\x90") == container_of(bytes(3200)) == ""
