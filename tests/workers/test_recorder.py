"""What the recorder leaves on disk: while it runs, when it is killed, when the disk fails."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_disk import mounted, resize
from workers.errors import DiskError, SourceError
from workers.recorder import _TAIL_BYTES, FlacRecorder, recover_flac
from workers.results import SAMPLE_RATE_HZ, Samples


def voice(seconds: float, seed: int = 0) -> Samples:
    """Noise with a loudness that comes and goes: compresses about as well as speech."""
    n = int(seconds * SAMPLE_RATE_HZ)
    noise = np.random.default_rng(seed).normal(size=n)
    return (noise * 0.1 * np.sin(np.arange(n) / 3000) ** 2).astype(np.float32)


def record(path: Path, samples: Samples, block: int = 1600) -> None:
    recorder = FlacRecorder(path)
    for start in range(0, len(samples), block):
        recorder.write(samples[start : start + block])
    recorder.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "me.flac"
    record(path, voice(5))
    return path.read_bytes()


def test_recording_holds_what_was_written(tmp_path: Path) -> None:
    samples = voice(3.21)

    record(tmp_path / "me.flac", samples, block=777)

    read, rate = soundfile.read(tmp_path / "me.flac", dtype="float32")
    assert rate == SAMPLE_RATE_HZ
    assert np.abs(read - samples).max() < 1 / 32000


def test_recording_is_never_overwritten(tmp_path: Path) -> None:
    record(tmp_path / "me.flac", voice(1))

    with pytest.raises(DiskError, match="already there"):
        FlacRecorder(tmp_path / "me.flac")


def test_loud_samples_are_clipped_and_not_wrapped(tmp_path: Path) -> None:
    record(tmp_path / "me.flac", np.array([1.5, -1.5] * 3000, np.float32))

    read, _ = soundfile.read(tmp_path / "me.flac", dtype="int16")
    assert set(read.tolist()) == {32767, -32767}


SPEAKS = """
import sys, time
from pathlib import Path
import numpy as np, soundfile
from workers.recorder import FlacRecorder

recorder = FlacRecorder(Path(sys.argv[1]))
samples = np.random.default_rng(0).normal(size=16_000 * 60).astype(np.float32) * 0.1
for start in range(0, len(samples), 1600):
    recorder.write(samples[start : start + 1600])
    print(time.monotonic(), (start + 1600) / 16_000, flush=True)
    time.sleep(0.1)
"""


def test_sigkill_costs_less_than_a_second(tmp_path: Path) -> None:
    path = tmp_path / "me.flac"
    given: list[tuple[float, float]] = []  # when, and up to which second
    with subprocess.Popen([sys.executable, "-c", SPEAKS, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        while not given or given[-1][0] - given[0][0] < 1.5:
            when, second = child.stdout.readline().split()
            given.append((float(when), float(second)))
        killed_at = time.monotonic()
        os.kill(child.pid, signal.SIGKILL)

    kept_s = recover_flac(path)

    assert kept_s >= max(second for when, second in given if when < killed_at - 1)
    read, _ = soundfile.read(path)
    samples = np.random.default_rng(0).normal(size=16_000 * 60)[: len(read)] * 0.1
    assert len(read) == kept_s * SAMPLE_RATE_HZ
    assert np.abs(read - samples).max() < 1 / 32000


def cut_off(whole: bytes, length: int) -> bytes:
    """A file as a crash leaves it: the length is not in the header yet, and the end is missing."""
    return whole[:21] + bytes([whole[21] & 0xF0]) + bytes(4) + whole[26:length]


@settings(max_examples=60, deadline=None)
@given(fraction=st.floats(0.15, 1.0))
def test_recovered_file_ends_with_its_last_whole_frame(
    fraction: float, whole: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / "me.flac"
    path.write_bytes(cut_off(whole, int(len(whole) * fraction)))

    length = round(recover_flac(path) * SAMPLE_RATE_HZ)

    read, _ = soundfile.read(path, dtype="float32")
    assert len(read) == length == soundfile.info(path).frames
    assert length % 4096 == 0 or length == 5 * SAMPLE_RATE_HZ
    assert np.abs(read - voice(5)[:length]).max() < 1 / 32000


def test_recovery_keeps_all_of_a_recording_longer_than_what_it_looks_at(tmp_path: Path) -> None:
    path, samples = tmp_path / "me.flac", voice(60)
    record(path, samples)
    path.write_bytes(cut_off(path.read_bytes(), path.stat().st_size - 100))
    assert path.stat().st_size > 2 * _TAIL_BYTES

    length_s = recover_flac(path)

    read, _ = soundfile.read(path, dtype="float32")
    assert len(read) == length_s * SAMPLE_RATE_HZ > 59 * SAMPLE_RATE_HZ
    assert np.abs(read - samples[: len(read)]).max() < 1 / 32000


@pytest.mark.parametrize("left", range(1, 17))
def test_recovery_cuts_off_the_start_of_a_frame_header(whole: bytes, tmp_path: Path, left: int) -> None:
    frame = [i for i in range(100, len(whole)) if whole[i : i + 2] == b"\xff\xf8" and whole[i + 4] in (3, 4, 5)]
    path = tmp_path / "me.flac"
    path.write_bytes(cut_off(whole, frame[-1] + left))

    assert recover_flac(path) == pytest.approx(whole[frame[-1] + 4] * 4096 / SAMPLE_RATE_HZ)


def test_recovered_file_can_be_sought_by_another_library(whole: bytes, tmp_path: Path) -> None:
    import av

    path = tmp_path / "me.flac"
    path.write_bytes(cut_off(whole, len(whole) - 3000))

    length_s = recover_flac(path)

    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.duration is not None
        assert float(stream.duration * stream.time_base) == pytest.approx(length_s)
        container.seek(int(3 / stream.time_base), stream=stream)
        assert next(container.decode(stream)).time == pytest.approx(3, abs=0.3)


def test_recovery_twice_changes_nothing(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "me.flac"
    path.write_bytes(cut_off(whole, len(whole) - 10))
    length = recover_flac(path)
    once = path.read_bytes()

    assert recover_flac(path) == length
    assert path.read_bytes() == once


def test_whole_file_is_left_as_it_is(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "me.flac"
    path.write_bytes(whole)

    assert recover_flac(path) == 5.0
    assert path.read_bytes() == whole


@pytest.mark.parametrize("content", [b"", b"fLaC", b"RIFF" + bytes(100)])
def test_recovery_of_something_else_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "me.flac"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=r"'me\.flac' holds no recording"):
        recover_flac(path)


# ── a disk that fails ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 64 KB: four seconds of speech."""
    with mounted(tmp_path, "64k") as disk:
        yield disk


def write_until_problem(recorder: FlacRecorder, samples: Samples) -> tuple[DiskError, Samples]:
    """Writes the samples over and over until the disk fails; gives what was written."""
    written = []
    while True:
        written.append(samples)
        try:
            recorder.write(samples)
        except DiskError as error:
            return error, np.concatenate(written)


def test_full_disk_is_told_once_and_the_file_so_far_is_valid(small_disk: Path) -> None:
    samples, problems = voice(10), []

    recorder = FlacRecorder(small_disk / "me.flac")
    for step in [
        lambda start=start: recorder.write(samples[start : start + 1600]) for start in range(0, 160_000, 1600)
    ]:
        try:
            step()
        except DiskError as error:
            problems.append(error)
    try:
        recorder.close()
    except DiskError as error:
        problems.append(error)

    read, _ = soundfile.read(small_disk / "me.flac", dtype="float32")
    assert [problem.sentence for problem in problems] == [
        f"The disk is full: '{small_disk / 'me.flac'}' cannot be written."
    ]
    assert len(read) > 2 * SAMPLE_RATE_HZ
    assert np.abs(read - samples[: len(read)]).max() < 1 / 32000
    assert recorder.seconds_written == len(read) / SAMPLE_RATE_HZ
    assert recorder.seconds_lost == pytest.approx(10 - recorder.seconds_written)


def test_nothing_is_lost_when_space_returns(small_disk: Path) -> None:
    recorder = FlacRecorder(small_disk / "me.flac")
    error, written = write_until_problem(recorder, voice(1))

    resize(small_disk, "1g")
    recorder.write(voice(2, seed=1))
    recorder.close()

    read, _ = soundfile.read(small_disk / "me.flac", dtype="float32")
    assert "full" in error.sentence
    assert np.abs(read - np.concatenate([written, voice(2, seed=1)])).max() < 1 / 32000
    assert recorder.seconds_lost == 0


def test_words_after_what_was_lost_keep_their_place(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.recorder.MEMORY_LIMIT_BYTES", 1)
    recorder = FlacRecorder(small_disk / "me.flac")
    _, written = write_until_problem(recorder, voice(1))
    n_samples = len(written)
    while recorder.seconds_lost == 0:
        recorder.write(voice(1))
        n_samples += SAMPLE_RATE_HZ

    resize(small_disk, "1g")
    recorder.write(voice(1))
    recorder.close()

    read, _ = soundfile.read(small_disk / "me.flac", dtype="float32")
    assert len(read) == n_samples + SAMPLE_RATE_HZ
    assert np.abs(read[-SAMPLE_RATE_HZ:] - voice(1)).max() < 1 / 32000


def test_recording_is_put_back_when_its_folder_vanishes(tmp_path: Path) -> None:
    folder = tmp_path / "item"
    folder.mkdir()
    recorder = FlacRecorder(folder / "me.flac")
    recorder.write(voice(1))

    shutil.rmtree(folder)
    error, written = write_until_problem(recorder, voice(1, seed=1))
    recorder.close()

    read, _ = soundfile.read(folder / "me.flac", dtype="float32")
    assert error.sentence == f"The folder of '{folder / 'me.flac'}' is gone."
    assert np.abs(read - np.concatenate([voice(1), written])).max() < 1 / 32000


def test_missing_folder_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="is gone"):
        FlacRecorder(tmp_path / "none" / "me.flac")


LIMITED = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from workers.errors import DiskError
from workers.recorder import FlacRecorder

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
recorder = FlacRecorder(Path(sys.argv[1]))
block = np.random.default_rng(0).normal(size=16_000).astype(np.float32) * 0.1
try:
    while True:
        recorder.write(block)
except DiskError as error:
    print(error.sentence)
recorder.close()
print(recorder.seconds_written)
"""


def test_file_limit_is_told_like_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "me.flac"

    run = subprocess.run([sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True)

    sentence, seconds = run.stdout.splitlines()
    assert sentence == f"The disk is full: '{path}' cannot be written."
    assert float(seconds) == soundfile.info(path).duration > 1
    assert path.stat().st_size <= 50_000
