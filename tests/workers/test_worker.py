"""A worker has one ending, stops at any moment, and brings backlog, engine and results together."""

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.scripted_engine import scripted
from workers.engine_pool import EnginePool
from workers.engine_process import EngineBug
from workers.errors import Cancelled, EngineError, ModelMissing, SourceError
from workers.mailbox import Backlog
from workers.results import (
    SAMPLE_RATE_HZ,
    Commit,
    Hypothesis,
    Notice,
    Progress,
    Segment,
    SegmentSound,
    SketchEnded,
    SketchStep,
    SpeechRequest,
)
from workers.sketching import Drawing
from workers.sources import media_file
from workers.worker import EmotionWorker, FileWorker, SketchWorker, SpeechWorker, Worker

SPEECH = Path(__file__).parents[2] / "assets/samples/speech.flac"


@pytest.fixture
def pool() -> Iterator[EnginePool]:
    with contextlib.closing(EnginePool()) as pool:
        yield pool


@contextmanager
def heard(qtbot, signal, is_meant=lambda *arguments: True, *, timeout_ms=5000):
    """Waits at its end until a signal of another thread was heard, with what is meant where several are told.

    Never disconnects: Qt may be about to deliver it.
    """
    calls: list[object] = []
    signal.connect(lambda *arguments: calls.append(arguments))
    yield calls
    qtbot.waitUntil(lambda: any(is_meant(*arguments) for arguments in calls), timeout=timeout_ms)


@pytest.fixture
def endings(qtbot):
    """Notes in order what a worker tells about its end."""

    def note(worker: Worker) -> list[object]:
        told: list[object] = []
        worker.failed.connect(told.append)
        worker.finished.connect(lambda: told.append("finished"))
        return told

    return note


class CountingWorker(Worker):
    def __init__(self, count: int, *, error: Exception | None = None) -> None:
        super().__init__()
        self._count = count
        self._error = error

    def work(self) -> Iterator[object]:
        yield from range(self._count)
        if self._error is not None:
            raise self._error


class AskingWorker(Worker):
    """Asks a scripted engine one command."""

    def __init__(self, pool: EnginePool, command: tuple[object, ...], **options: object) -> None:
        super().__init__()
        self._pool = pool
        self._command = command
        self._spec = scripted(**options)

    def work(self) -> Iterator[object]:
        with self._pool.acquire(self._spec, on_progress=self.report_progress, cancelled=self.cancelled) as lease:
            yield from lease.run(self._command, cancelled=self.cancelled)


def transcribe_a_second_at_a_time(
    backlog: Backlog, recognise: Callable[[SpeechRequest], Hypothesis], *, track: str, options: object, said: object
) -> Iterator[Commit]:
    """Stands in for the live loop, whose own tests are elsewhere: each whole second is committed at once."""
    while backlog.wait(backlog.acknowledged + SAMPLE_RATE_HZ):
        start = backlog.acknowledged
        samples = backlog.read(start, start + SAMPLE_RATE_HZ)
        yield Commit(track, recognise(SpeechRequest(samples)).words)
        backlog.acknowledge(start + SAMPLE_RATE_HZ)


@pytest.fixture
def simple_loop(monkeypatch):
    monkeypatch.setattr("workers.worker.transcribe_live", transcribe_a_second_at_a_time)


def seconds(count: int) -> np.ndarray:
    return np.zeros(count * SAMPLE_RATE_HZ, np.float32)


# ── every worker ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_results_are_emitted_in_order_and_finished_comes_last(qtbot, endings):
    worker = CountingWorker(100)
    told = endings(worker)
    worker.result_ready.connect(told.append)

    with heard(qtbot, worker.finished):
        worker.start()

    assert told == [*range(100), "finished"]


def test_error_is_told_once_and_then_finished(qtbot, endings, caplog):
    error = EngineError("No.", hint="Yes.")
    worker = CountingWorker(0, error=error)
    told = endings(worker)

    with heard(qtbot, worker.finished):
        worker.start()

    assert told == [error, "finished"]
    assert "CountingWorker failed: No. Yes." in caplog.text


def test_unexpected_error_is_logged_with_its_traceback(qtbot, endings, caplog):
    error = ZeroDivisionError("by nothing")
    worker = CountingWorker(0, error=error)
    told = endings(worker)

    with heard(qtbot, worker.finished):
        worker.start()

    assert told == [error, "finished"]
    assert "Traceback" in caplog.text


def test_being_cancelled_is_no_error(qtbot, endings):
    worker = CountingWorker(0, error=Cancelled())
    told = endings(worker)

    with heard(qtbot, worker.finished):
        worker.start()

    assert told == ["finished"]


def test_worker_that_nobody_holds_lives_until_its_thread_is_gone(qtbot):
    told: list[object] = []
    worker = CountingWorker(3)
    worker.result_ready.connect(told.append)
    worker.destroyed.connect(lambda: told.append("destroyed"))
    worker.start()

    del worker
    qtbot.waitUntil(lambda: "destroyed" in told)

    assert told == [0, 1, 2, "destroyed"]


@pytest.mark.parametrize("load", ["wait", "deaf"])
def test_stop_ends_a_load(qtbot, endings, pool, load):
    worker = AskingWorker(pool, ("echo", 1), load=load)
    told = endings(worker)
    with heard(qtbot, worker.result_ready):
        worker.start()

    assert worker.stop_and_wait()

    qtbot.waitUntil(lambda: told == ["finished"])
    assert pool.loaded() == []


@pytest.mark.parametrize("command", [("wait",), ("deaf", "/never")])
def test_stop_ends_a_request_even_of_an_engine_that_does_not_heed(qtbot, endings, pool, command):
    worker = AskingWorker(pool, command)
    told = endings(worker)
    with heard(qtbot, worker.result_ready, lambda result: result in {"waiting", "deaf"}):
        worker.start()

    with heard(qtbot, worker.finished):
        assert worker.stop_and_wait()

    assert told == ["finished"]


def test_stop_before_start_is_heeded(qtbot, endings, pool):
    worker = AskingWorker(pool, ("exit", 1))
    told = endings(worker)

    worker.stop()
    with heard(qtbot, worker.finished):
        worker.start()

    assert told == ["finished"]


def test_stop_and_wait_tells_when_it_takes_too_long(qtbot):
    goes_on = threading.Event()

    class StubbornWorker(Worker):
        def work(self) -> Iterator[object]:
            yield "begun"
            goes_on.wait()

    worker = StubbornWorker()
    with heard(qtbot, worker.result_ready):
        worker.start()

    assert not worker.stop_and_wait(timeout_s=0.01)

    goes_on.set()
    assert worker.wait()


def test_bug_in_the_engine_is_told(qtbot, endings, pool):
    worker = AskingWorker(pool, ("bug", "upside down"))
    told = endings(worker)

    with heard(qtbot, worker.finished):
        worker.start()

    assert isinstance(told[0], EngineBug)
    assert "upside down" in str(told[0])


# ── speech ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_said_while_loading_is_transcribed(qtbot, endings, pool, simple_loop):
    backlog = Backlog()
    backlog.put(seconds(2))
    worker = SpeechWorker(pool, scripted(), backlog, track="computer")
    results: list[object] = []
    worker.result_ready.connect(results.append)

    with heard(qtbot, worker.finished):
        worker.start()
        worker.finish()

    assert [result.message for result in results if isinstance(result, Progress)] == ["Loading", "Loaded"]
    commits = [result for result in results if isinstance(result, Commit)]
    assert [(commit.track, commit.text) for commit in commits] == [("computer", " one two three")] * 2
    assert backlog.pending_s == 0


def test_audio_stays_when_loading_fails(qtbot, endings, pool, simple_loop):
    backlog = Backlog()
    backlog.put(seconds(2))
    worker = SpeechWorker(pool, scripted(load="missing"), backlog)
    told = endings(worker)

    with heard(qtbot, worker.finished):
        worker.start()

    assert [type(ending) for ending in told] == [ModelMissing, str]
    assert backlog.pending_s == 2
    assert not backlog.is_closed


def test_two_tracks_share_one_engine(qtbot, pool, simple_loop):
    backlogs = [Backlog(), Backlog()]
    workers = [
        SpeechWorker(pool, scripted(), backlog, track=track)
        for backlog, track in zip(backlogs, ["me", "computer"], strict=True)
    ]
    commits: list[object] = []
    for worker in workers:
        worker.result_ready.connect(lambda result: commits.append(result) if isinstance(result, Commit) else None)
    for backlog in backlogs:
        backlog.put(seconds(3))

    with heard(qtbot, workers[0].finished), heard(qtbot, workers[1].finished):
        for worker in workers:
            worker.start()
            worker.finish()

    assert sorted(commit.track for commit in commits) == ["computer"] * 3 + ["me"] * 3
    assert len(psutil.Process().children()) == 1


def test_stop_while_it_waits_for_speech_ends_it(qtbot, endings, pool, simple_loop):
    backlog = Backlog()
    backlog.put(seconds(1))
    worker = SpeechWorker(pool, scripted(), backlog)
    told = endings(worker)
    with heard(qtbot, worker.result_ready, lambda result: isinstance(result, Commit)):
        worker.start()

    with heard(qtbot, worker.finished):
        assert worker.stop_and_wait()

    assert told == ["finished"]


def test_engine_that_dies_is_told_and_the_audio_stays(qtbot, endings, pool, simple_loop):
    backlog = Backlog()
    backlog.put(seconds(1))
    worker = SpeechWorker(pool, scripted(crash_always=True), backlog)
    told = endings(worker)

    with heard(qtbot, worker.finished):
        worker.start()

    assert [type(ending).__name__ for ending in told] == ["EngineDied", "str"]
    assert backlog.pending_s == 1


def test_speech_goes_through_the_real_loop_to_its_last_sample(qtbot, pool):
    backlog = Backlog()
    for block in media_file.read_blocks(SPEECH):
        backlog.put(block)
    worker = SpeechWorker(pool, scripted(), backlog)
    results: list[object] = []
    worker.result_ready.connect(results.append)

    with heard(qtbot, worker.finished, timeout_ms=30_000):
        worker.start()
        worker.finish()

    assert [result for result in results if isinstance(result, Commit) and result.words]
    assert results[-1].received_s == pytest.approx(media_file.duration_s(SPEECH), abs=0.1)


# ── emotions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_segments_are_not_kept_for_a_worker_that_failed(qtbot, endings, pool):
    worker = EmotionWorker(pool, scripted(load="missing"))
    told = endings(worker)
    sounds = [SegmentSound("me", 0.0, 1.0, seconds(1)) for _ in range(3)]
    kept = [weakref.ref(sound) for sound in sounds[1:]]
    worker.put(sounds[0])
    worker.put(sounds[1])

    with heard(qtbot, worker.ended):
        worker.start()
    worker.put(sounds[2])
    sounds.clear()

    assert [type(ending) for ending in told] == [ModelMissing, str]
    assert [sound() for sound in kept] == [None, None]


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def transcribe(qtbot, worker: FileWorker) -> tuple[list[object], list[Exception]]:
    results: list[object] = []
    errors: list[Exception] = []
    worker.result_ready.connect(results.append)
    worker.failed.connect(errors.append)
    with heard(qtbot, worker.finished, timeout_ms=30_000):
        worker.start()
    return results, errors


def test_file_is_transcribed_with_progress(qtbot, pool):
    results, errors = transcribe(qtbot, FileWorker(pool, scripted(), SPEECH))

    assert errors == []
    assert [result for result in results if isinstance(result, Segment)]
    assert results[-1] == Progress(1.0)


def test_rest_of_a_file_has_the_times_of_the_whole(qtbot, pool):
    results, _ = transcribe(qtbot, FileWorker(pool, scripted(), SPEECH, start_s=1.0))

    segments = [result for result in results if isinstance(result, Segment)]
    assert segments
    assert all(1.0 <= segment.start_s < segment.end_s for segment in segments)


def test_file_that_was_cut_off_is_told(qtbot, pool, tmp_path):
    (tmp_path / "half.flac").write_bytes(SPEECH.read_bytes()[: SPEECH.stat().st_size // 2])

    results, _ = transcribe(qtbot, FileWorker(pool, scripted(), tmp_path / "half.flac"))

    (notice,) = (result for result in results if isinstance(result, Notice))
    assert "half.flac is cut off" in notice.sentence


def test_file_that_is_no_sound_is_told(qtbot, pool, tmp_path):
    (tmp_path / "song.wav").write_text("la la la")

    results, (error,) = transcribe(qtbot, FileWorker(pool, scripted(), tmp_path / "song.wav"))

    assert isinstance(error, SourceError)
    assert not [result for result in results if isinstance(result, Segment)]


def test_pictures_of_a_canvas_are_made_until_stopped(pool, qtbot):
    worker = SketchWorker(pool, lambda job: Drawing(1, ("count", 3)), lambda request: scripted())
    told: list[object] = []
    worker.result_ready.connect(told.append)
    worker.start()
    worker.sketching.set_live(True)

    worker.sketching.changed(1)

    qtbot.waitUntil(lambda: any(isinstance(result, SketchEnded) for result in told))
    assert worker.stop_and_wait()
    assert [result.result for result in told if isinstance(result, SketchStep)][:3] == [0, 1, 2]
    assert worker.error is None


def test_canvas_is_left_in_the_middle_of_a_picture(pool, qtbot):
    worker = SketchWorker(pool, lambda job: Drawing(1, ("wait",)), lambda request: scripted())
    with heard(qtbot, worker.result_ready, lambda result: isinstance(result, SketchStep)):
        worker.start()
        worker.sketching.set_live(True)
        worker.sketching.changed(1)

    assert worker.stop_and_wait()
