from __future__ import annotations

import itertools
import os
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from tests.workers.sources.collector import Collector
from workers.errors import SourceError
from workers.results import SAMPLE_RATE_HZ, Notice
from workers.sources.media_file import MediaFile, duration_s, read_blocks


def sine(seconds: float, rate_hz: int) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate_hz)) / rate_hz).astype(np.float32)


def write_video(
    path: Path,
    *,
    seconds: float = 2.0,
    sound_s: tuple[float, float] = (0.0, 2.0),
    hole_s: tuple[float, float] = (0.0, 0.0),
    n_tracks: int = 1,
) -> None:
    """A film of `seconds` whose sound begins and ends at `sound_s` and is not there in `hole_s`."""
    with av.open(str(path), "w") as container:
        picture_stream = container.add_stream("mpeg4", rate=10)
        picture_stream.width = picture_stream.height = 32
        picture_stream.pix_fmt = "yuv420p"
        sound_streams = [container.add_stream("aac", rate=44_100, layout="stereo") for _ in range(n_tracks)]
        for index in range(int(seconds * 10)):
            picture = av.VideoFrame.from_ndarray(np.full((32, 32, 3), index % 256, np.uint8), format="rgb24")
            picture.pts, picture.time_base = index, Fraction(1, 10)
            container.mux(picture_stream.encode(picture))
        container.mux(picture_stream.encode(None))
        for sound_stream in sound_streams:
            wave = np.stack([sine(1024 / 44_100, 44_100)] * 2)
            for start in range(int(sound_s[0] * 44_100), int(sound_s[1] * 44_100), 1024):
                if hole_s[0] <= start / 44_100 < hole_s[1]:
                    continue
                frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="stereo")
                frame.sample_rate = 44_100
                frame.pts, frame.time_base = start, Fraction(1, 44_100)
                container.mux(sound_stream.encode(frame))
            container.mux(sound_stream.encode(None))


@pytest.mark.parametrize("name", ["sine.wav", "sine.flac", "sine.ogg", "sine.mp3"])
def test_any_audio_comes_as_16_khz_mono(tmp_path: Path, name: str) -> None:
    soundfile.write(tmp_path / name, np.stack([sine(3.0, 44_100)] * 2, axis=1), 44_100)

    samples = np.concatenate(list(read_blocks(tmp_path / name)))

    assert samples.dtype == np.float32
    assert len(samples) / SAMPLE_RATE_HZ == pytest.approx(3.0, abs=0.1)
    assert np.sqrt(np.mean(samples[8000:40_000] ** 2)) == pytest.approx(0.5 / np.sqrt(2), abs=0.005)
    assert duration_s(tmp_path / name) == pytest.approx(3.0, abs=0.1)


def test_video_gives_its_sound(tmp_path: Path) -> None:
    write_video(tmp_path / "talk.mp4")

    samples = np.concatenate(list(read_blocks(tmp_path / "talk.mp4")))

    assert len(samples) / SAMPLE_RATE_HZ == pytest.approx(2.0, abs=0.1)
    assert np.abs(samples[4000:28_000]).max() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("rate_hz", "channels"), [(44_100, 1), (22_050, 2)])
def test_joined_files_of_another_kind_are_read_to_the_end(tmp_path: Path, rate_hz: int, channels: int) -> None:
    soundfile.write(tmp_path / "one.mp3", np.stack([sine(2.0, 44_100)] * 2, axis=1), 44_100)
    soundfile.write(tmp_path / "two.mp3", np.stack([sine(2.0, rate_hz)] * channels, axis=1), rate_hz)
    joined = tmp_path / "joined.mp3"
    joined.write_bytes((tmp_path / "one.mp3").read_bytes() + (tmp_path / "two.mp3").read_bytes())

    samples = np.concatenate(list(read_blocks(joined)))

    assert len(samples) / SAMPLE_RATE_HZ == pytest.approx(4.0, abs=0.2)
    assert np.sqrt(np.mean(samples[40_000:60_000] ** 2)) == pytest.approx(0.5 / np.sqrt(2), abs=0.01)


@pytest.mark.parametrize(
    ("name", "seconds"),  # FFmpeg says that the sound of some longer films is as long as they are
    [("film.mkv", 6.0), ("film.mp4", 6.0), ("film.mov", 6.0), ("film.ts", 6.0), ("film.mkv", 60.0), ("film.ts", 60.0)],
)
def test_film_that_is_longer_than_its_sound_is_whole(tmp_path: Path, name: str, seconds: float) -> None:
    notices = list[Notice]()
    write_video(tmp_path / name, seconds=seconds, sound_s=(0.0, seconds - 3.0))

    samples = np.concatenate(list(read_blocks(tmp_path / name, on_notice=notices.append)))

    assert len(samples) / SAMPLE_RATE_HZ == pytest.approx(seconds - 3.0, abs=0.1)
    assert notices == []


def test_film_that_is_cut_off_says_so(tmp_path: Path) -> None:
    notices = list[Notice]()
    write_video(tmp_path / "film.mkv", seconds=60.0, sound_s=(0.0, 55.0))
    whole = (tmp_path / "film.mkv").read_bytes()
    (tmp_path / "film.mkv").write_bytes(whole[: len(whole) // 2])

    samples = np.concatenate(list(read_blocks(tmp_path / "film.mkv", on_notice=notices.append)))

    assert len(samples) / SAMPLE_RATE_HZ < 40.0
    assert [notice.template for notice in notices] == ["{path} is cut off before its end."]


def test_film_with_several_sound_tracks_says_which_is_heard(tmp_path: Path) -> None:
    notices = list[Notice]()
    write_video(tmp_path / "game.mkv", n_tracks=2)

    samples = np.concatenate(list(read_blocks(tmp_path / "game.mkv", on_notice=notices.append)))

    assert len(samples) / SAMPLE_RATE_HZ == pytest.approx(2.0, abs=0.1)
    assert [notice.sentence for notice in notices] == [
        f"{tmp_path / 'game.mkv'} has 2 sound tracks; only the first is transcribed."
    ]


def spoken_s(samples: np.ndarray) -> list[float]:
    """When sound begins and ends, turn by turn, to a tenth of a second."""
    blocks = samples[: len(samples) // 1600 * 1600].reshape(-1, 1600)
    is_loud = np.abs(blocks).max(axis=1) > 0.1
    return [at / 10 for at in np.flatnonzero(np.diff(is_loud, prepend=False, append=False))]


@pytest.mark.parametrize("name", ["film.mkv", "film.mp4", "film.ts"])
def test_sound_keeps_its_place_in_the_film(tmp_path: Path, name: str) -> None:
    write_video(tmp_path / name, seconds=6.0, sound_s=(2.0, 6.0), hole_s=(3.0, 4.5))

    samples = np.concatenate(list(read_blocks(tmp_path / name)))

    assert spoken_s(samples) == pytest.approx([2.0, 3.0, 4.5, 6.0], abs=0.15)
    assert duration_s(tmp_path / name) == pytest.approx(6.0, abs=0.15)


def test_time_stamp_that_is_wrong_makes_no_hours_of_silence(tmp_path: Path) -> None:
    write_video(tmp_path / "film.mkv", sound_s=(0.0, 90_002.0), hole_s=(1.0, 90_001.0))

    samples = np.concatenate(list(read_blocks(tmp_path / "film.mkv")))

    assert len(samples) / SAMPLE_RATE_HZ == pytest.approx(2.0, abs=0.1)


def test_file_that_only_soundfile_reads(tmp_path: Path) -> None:
    path = tmp_path / "old.htk"
    soundfile.write(path, sine(1.0, 16_000), 16_000, format="HTK", subtype="PCM_16")

    samples = np.concatenate(list(read_blocks(path)))

    assert len(samples) / SAMPLE_RATE_HZ == pytest.approx(1.0, abs=0.05)


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    (folder / "letter.wav").write_text("Dear Sir, this is no sound at all.\n" * 100)
    (folder / "empty.wav").touch()
    (folder / "noise.mp3").write_bytes(np.random.default_rng(0).bytes(5000))
    write_video(folder / "silent film.mp4", n_tracks=0)
    return {
        "text": (folder / "letter.wav", "is not an audio or video file"),
        "empty": (folder / "empty.wav", "is empty"),
        "noise": (folder / "noise.mp3", "is not an audio or video file"),
        "folder": (folder, "is a folder"),
        "missing": (folder / "nothing.wav", "does not exist"),
        "no sound": (folder / "silent film.mp4", "has no sound"),
    }


@pytest.mark.parametrize("case", ["text", "empty", "noise", "folder", "missing", "no sound"])
def test_unusable_file_is_a_sentence(tmp_path: Path, case: str) -> None:
    path, expected = bad_files(tmp_path)[case]

    with pytest.raises(SourceError, match=expected) as caught:
        read_blocks(path)

    assert str(path) in caught.value.sentence


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(b"RIFF")
    (tmp_path / "secret.wav").chmod(0)

    with pytest.raises(SourceError, match="may not be read"):
        read_blocks(tmp_path / "secret.wav")


@pytest.mark.parametrize("name", ["cut.wav", "cut.flac"])
def test_truncated_file_gives_what_is_there_and_says_so(tmp_path: Path, name: str) -> None:
    path, notices = tmp_path / name, list[Notice]()
    soundfile.write(path, np.random.default_rng(0).uniform(-0.5, 0.5, 160_000), 16_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    samples = np.concatenate(list(read_blocks(path, on_notice=notices.append)))

    assert len(samples) / SAMPLE_RATE_HZ == pytest.approx(5.0, abs=0.5)
    assert "cut off" in notices[0].sentence


def test_video_cut_before_its_index_is_a_sentence(tmp_path: Path) -> None:
    write_video(tmp_path / "cut.mp4")
    whole = (tmp_path / "cut.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(SourceError, match="is not an audio or video file"):
        read_blocks(tmp_path / "cut.mp4")


def test_three_hours_start_at_once(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with soundfile.SoundFile(path, "w", SAMPLE_RATE_HZ, 1, "PCM_16") as file:
        file.write(sine(1.0, SAMPLE_RATE_HZ))
    _lengthen(path, 3 * 3600)

    first = next(read_blocks(path))

    assert 0 < len(first) <= SAMPLE_RATE_HZ
    assert duration_s(path) == 3 * 3600


def _lengthen(path: Path, seconds: int) -> None:
    """Makes a WAV file one of `seconds` whose data is a hole: no disk, no writing."""
    data_bytes = 2 * SAMPLE_RATE_HZ * seconds
    with path.open("r+b") as file:
        file.seek(4)
        file.write((36 + data_bytes).to_bytes(4, "little"))
        file.seek(40)
        file.write(data_bytes.to_bytes(4, "little"))
        file.truncate(44 + data_bytes)


def test_source_delivers_the_whole_file_in_order(tmp_path: Path) -> None:
    ramp = np.linspace(-0.9, 0.9, 10_000, dtype=np.float32)
    soundfile.write(tmp_path / "ramp.wav", ramp, SAMPLE_RATE_HZ)
    heard = Collector()

    source = MediaFile(tmp_path / "ramp.wav", pace=None)
    source.start(heard.on_samples, heard.on_end)
    heard.wait_for_end()
    source.stop()

    assert heard.samples == pytest.approx(ramp, abs=1e-3)
    assert max(map(len, heard.blocks)) == 512
    assert heard.ends == [None]


def test_pace_follows_the_clock(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "sine.wav", sine(1.0, SAMPLE_RATE_HZ), SAMPLE_RATE_HZ)
    heard, started = Collector(), time.monotonic()

    source = MediaFile(tmp_path / "sine.wav", pace=4.0)
    source.start(heard.on_samples, heard.on_end)
    heard.wait_for_end()
    source.stop()

    assert time.monotonic() - started >= 0.25


def test_stop_ends_a_long_file_at_once(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "sine.wav", sine(600.0, SAMPLE_RATE_HZ), SAMPLE_RATE_HZ)
    heard = Collector()
    source = MediaFile(tmp_path / "sine.wav")
    source.start(heard.on_samples, heard.on_end)
    heard.wait_for_s(0.05)

    source.stop()

    assert heard.ends == [None]
    assert len(heard.samples) < 600 * SAMPLE_RATE_HZ


def test_pause_holds_the_file_and_resume_misses_nothing(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "sine.wav", sine(1.0, SAMPLE_RATE_HZ), SAMPLE_RATE_HZ)
    heard = Collector()
    source = MediaFile(tmp_path / "sine.wav", pace=2.0)
    source.pause()
    source.start(heard.on_samples, heard.on_end)
    heard_while_paused = len(heard.samples)

    source.resume()
    heard.wait_for_end()
    source.stop()

    assert heard_while_paused == 0
    assert len(heard.samples) == SAMPLE_RATE_HZ


def test_reading_stops_where_the_reader_stops(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "sine.wav", sine(60.0, SAMPLE_RATE_HZ), SAMPLE_RATE_HZ)

    blocks = read_blocks(tmp_path / "sine.wav")
    taken = list(itertools.islice(blocks, 3))
    blocks.close()

    assert sum(map(len, taken)) < 10 * SAMPLE_RATE_HZ
