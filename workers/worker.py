"""The threads that bring sound, pictures and engines together and send results to the window. QtCore only."""

from __future__ import annotations

import contextlib
import logging
import queue
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Signal

from workers.cancel import Cancel
from workers.engine_pool import EngineLease, EnginePool, Priority
from workers.engines.base import EngineSpec
from workers.errors import AppError, Cancelled, EngineDied
from workers.files import transcribe_file
from workers.live import LiveOptions, transcribe_live
from workers.mailbox import Backlog
from workers.results import (
    SAMPLE_RATE_HZ,
    Commit,
    EmotionScores,
    Hypothesis,
    ImageRequest,
    Progress,
    Samples,
    Segment,
    SegmentEmotion,
    SegmentSound,
    SketchRequest,
    SpeechRequest,
)  # fmt: skip
from workers.sketch_policy import SketchPolicyOptions
from workers.sketching import Look, Sketching
from workers.sources import media_file
from workers.standing import judge_with, watch_live
from workers.vision import LookMailbox, answer_live, look_live

log = logging.getLogger(__name__)

_running: set[Worker] = set()  # whoever drops a worker at `finished` does so while its thread is still ending
MAX_SEGMENT_SAMPLES = 30 * SAMPLE_RATE_HZ  # what a SpeechRequest may hold


class Worker(QThread):
    """A thread that emits what its `work` yields. It has one ending: `finished`, after everything else.

    Signals:
        result_ready(object): one value of `workers.results`.
        failed(object): the exception that ended the work; `finished` follows.
        ended(Worker): in the thread that made it, once all it told was heard there and its own thread is gone.

    Attributes:
        is_complete: the work came to its own end, neither failed nor stopped.
        error: what ended it; None while it works, and when it came to its end or was stopped.
    """

    result_ready = Signal(object)
    failed = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cancelled = Cancel()
        self.is_complete = False
        self.error: Exception | None = None
        self.finished.connect(self._on_finished)

    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        _running.add(self)
        super().start(priority)

    def _on_finished(self) -> None:
        """In the thread that made it: waits the moment until the other is gone; only then it may be destroyed."""
        self.wait()
        self.ended.emit(self)
        _running.discard(self)

    def work(self) -> Iterator[object]:
        """Runs in the thread; yields results."""
        raise NotImplementedError

    def run(self) -> None:
        try:
            for result in self.work():
                self.result_ready.emit(result)
            self.is_complete = True
        except Cancelled:
            log.debug("%s was stopped", type(self).__name__)
        except AppError as error:
            log.warning("%s failed: %s", type(self).__name__, error)
            self._fail(error)
        except Exception as error:
            log.exception("%s failed unexpectedly", type(self).__name__)
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.error = error
        self.failed.emit(error)

    def stop(self) -> None:
        """Abandons the work, from any thread: wakes whatever it waits for and cancels the engine's request."""
        self.requestInterruption()
        self.cancelled.set()

    def stop_and_wait(self, timeout_s: float = 10.0) -> bool:
        """Stops and waits for the end; whether it came in time. A running QThread must not be destroyed."""
        self.stop()
        is_gone = self.wait(QDeadlineTimer(round(timeout_s * 1000)))
        if is_gone:
            _running.discard(self)  # as the app ends, nobody delivers `finished` any more
        return is_gone

    def report_progress(self, fraction: float, message: str) -> None:
        self.result_ready.emit(Progress(fraction, message))


class SpeechWorker(Worker):
    """Transcribes a track while it is spoken; emits Progress while loading, then what `transcribe_live` yields.

    While the engine loads, and when that or the work fails, the audio stays in the backlog: another worker goes on.

    Args:
        said: the newest commits of a worker before this one over the same backlog, as `transcribe_live` wants them.
        priority: of its requests, where somebody else uses the engine, too.
        on_segment: is given the sound of each segment when it is closed, in the worker's thread.
    """

    def __init__(
        self,
        pool: EnginePool,
        spec: EngineSpec,
        backlog: Backlog,
        *,
        track: str = "me",
        options: LiveOptions | None = None,
        said: Sequence[Commit] = (),
        priority: Priority = Priority.LIVE,
        on_segment: Callable[[SegmentSound], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._spec = spec
        self._backlog = backlog
        self._track = track
        self._options = options or LiveOptions()
        self._said = tuple(said)
        self._priority = priority
        self._on_segment = on_segment
        self._open_since_s: float | None = None  # the segment whose sound is being collected
        self._sound: list[Samples] = []

    def work(self) -> Iterator[object]:
        with self._pool.acquire(self._spec, on_progress=self.report_progress, cancelled=self.cancelled) as lease:

            def recognise(request: SpeechRequest) -> Hypothesis:
                hypothesis: Hypothesis = lease.ask(request, cancelled=self.cancelled, priority=self._priority)
                return hypothesis

            for result in transcribe_live(
                self._backlog, recognise, track=self._track, options=self._options, said=self._said
            ):
                yield result
                if self._on_segment is not None and isinstance(result, Commit):
                    self._collect(result, self._on_segment)

    def _collect(self, commit: Commit, on_segment: Callable[[SegmentSound], None]) -> None:
        """Joins the sound of the words, which the backlog has until the live loop goes on, up to the segment's end."""
        if commit.words:
            start_s, self._end_s = commit.words[0].start_s, commit.words[-1].end_s
            self._open_since_s = start_s if self._open_since_s is None else self._open_since_s
            start = max(round(start_s * SAMPLE_RATE_HZ), self._backlog.acknowledged)
            stop = min(round(self._end_s * SAMPLE_RATE_HZ), self._backlog.received)
            if start < stop:
                self._sound.append(self._backlog.read(start, stop))
        if commit.ends_segment and self._open_since_s is not None:
            if self._sound:
                samples = np.concatenate(self._sound)[-MAX_SEGMENT_SAMPLES:]
                on_segment(SegmentSound(commit.track, self._open_since_s, self._end_s, samples))
            self._open_since_s, self._sound = None, []

    def finish(self) -> None:
        """No more audio comes: everything in the backlog is still transcribed, then `finished`."""
        self._backlog.close()

    def stop(self) -> None:
        """Abandons the rest of the backlog."""
        super().stop()
        self._backlog.close()


class EmotionWorker(Worker):
    """Says how segments sound, after everybody who is more urgent; emits a SegmentEmotion for each.

    The model is loaded for the first segment: by then the recording runs and the speech model is there.
    """

    def __init__(
        self, pool: EnginePool, spec: EngineSpec, *, item_id: int | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._spec = spec
        self._item_id = item_id
        self._waiting: queue.SimpleQueue[SegmentSound | None] = queue.SimpleQueue()
        self._is_over = False

    def put(self, sound: SegmentSound) -> None:
        """Asks about a segment, from any thread; a worker that has ended does not, and keeps none."""
        if not self._is_over:
            self._waiting.put(sound)

    def work(self) -> Iterator[SegmentEmotion]:
        try:
            yield from self._ask()
        finally:
            self._is_over = True
            self._waiting = queue.SimpleQueue()

    def _ask(self) -> Iterator[SegmentEmotion]:
        sound = self._waiting.get()
        if sound is None:
            return
        with self._pool.acquire(self._spec, cancelled=self.cancelled) as lease:
            while sound is not None:
                request = SpeechRequest(sound.samples)
                try:
                    heard: EmotionScores = lease.ask(request, cancelled=self.cancelled, priority=Priority.BACKGROUND)
                except EngineDied as error:
                    log.warning("no emotion for %.1f s to %.1f s: %s", sound.start_s, sound.end_s, error)
                else:
                    yield SegmentEmotion(self._item_id, sound.track, sound.start_s, sound.end_s, heard.scores)
                sound = self._waiting.get()

    def finish(self) -> None:
        """No more segments come: those that wait are still asked about, then `finished`."""
        self._waiting.put(None)

    def stop(self) -> None:
        """Abandons the segments that wait."""
        super().stop()
        self._waiting.put(None)


class FileWorker(Worker):
    """Transcribes an audio or video file from `start_s` on; emits Progress and Segments, a Notice if it is cut off."""

    def __init__(
        self,
        pool: EnginePool,
        spec: EngineSpec,
        path: Path,
        *,
        track: str = "file",
        options: LiveOptions | None = None,
        start_s: float = 0.0,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._spec = spec
        self._path = path
        self._track = track
        self._options = options or LiveOptions()
        self._start_s = start_s

    def work(self) -> Iterator[object]:
        with self._pool.acquire(self._spec, on_progress=self.report_progress, cancelled=self.cancelled) as lease:

            def recognise(request: SpeechRequest) -> Hypothesis:
                hypothesis: Hypothesis = lease.ask(request, cancelled=self.cancelled, priority=Priority.FILE)
                return hypothesis

            duration_s = media_file.duration_s(self._path)
            for result in transcribe_file(
                _blocks_from(self._start_s, media_file.read_blocks(self._path, on_notice=self.result_ready.emit)),
                recognise,
                duration_s=None if duration_s is None else max(0.0, duration_s - self._start_s),
                options=self._options,
                track=self._track,
                cancelled=self.cancelled,
            ):
                yield _later(result, self._start_s) if isinstance(result, Segment) else result


class LookWorker(Worker):
    """Looks at what comes into a mailbox; emits Progress while loading, 1.0 once it looks, then Seens and Notices.

    Its looks come after everybody who is more urgent, and a pause of the mailbox ends the one under way.
    """

    def __init__(self, pool: EnginePool, spec: EngineSpec, mailbox: LookMailbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool
        self._spec = spec
        self._mailbox = mailbox

    def work(self) -> Iterator[object]:
        with self._pool.acquire(self._spec, on_progress=self.report_progress, cancelled=self.cancelled) as lease:
            yield Progress(1.0)

            def ask(request: ImageRequest) -> object:
                return lease.ask(request, cancelled=self._gives_up, priority=Priority.BACKGROUND)

            yield from look_live(self._mailbox, ask, model_id=self._spec.model_id)

    def _gives_up(self) -> bool:
        return self.cancelled() or self._mailbox.is_paused

    def stop(self) -> None:
        self._mailbox.close()
        super().stop()


class StandingWorker(Worker):
    """Looks for what standing questions are about; emits Progress while loading, then StandingLooks and Notices.

    Args:
        spec: of the engine that labels every frame.
        judge_spec: of the one that is asked when a label fits, loaded when that first happens; None for no judge.

    Attributes:
        texts: the questions of now.
        silent: those of them that need no judge. Both may be replaced at any time, from any thread.
    """

    def __init__(
        self,
        pool: EnginePool,
        spec: EngineSpec,
        mailbox: LookMailbox,
        judge_spec: EngineSpec | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.texts: tuple[str, ...] = ()
        self.silent: frozenset[str] = frozenset()
        self._pool = pool
        self._spec = spec
        self._mailbox = mailbox
        self._judge_spec = judge_spec
        self._judge: EngineLease | None = None

    def work(self) -> Iterator[object]:
        with contextlib.ExitStack() as stack:
            lease = stack.enter_context(
                self._pool.acquire(self._spec, on_progress=self.report_progress, cancelled=self.cancelled)
            )
            yield Progress(1.0)

            def label(request: ImageRequest) -> object:
                return lease.ask(request, cancelled=self._gives_up, priority=Priority.BACKGROUND)

            def verdict(request: ImageRequest) -> object:
                if self._judge is None:
                    assert self._judge_spec is not None
                    self._judge = stack.enter_context(self._pool.acquire(self._judge_spec, cancelled=self.cancelled))
                return self._judge.ask(request, cancelled=self._gives_up, priority=Priority.BACKGROUND)

            yield from watch_live(
                self._mailbox,
                lambda: self.texts,
                label,
                judge_with(verdict) if self._judge_spec is not None else None,
                is_silent=lambda text: text in self.silent,
                is_frugal=self._judge_spec is not None and self._judge_spec.engine == "server",
            )

    def _gives_up(self) -> bool:
        return self.cancelled() or self._mailbox.is_paused

    def stop(self) -> None:
        self._mailbox.close()
        super().stop()


class LoadWorker(Worker):
    """Loads an engine ahead of the first question; emits Progress, 1.0 when it is there. It stays warm for a while."""

    def __init__(self, pool: EnginePool, spec: EngineSpec, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool
        self._spec = spec

    def work(self) -> Iterator[object]:
        with self._pool.acquire(self._spec, on_progress=self.report_progress, cancelled=self.cancelled):
            yield Progress(1.0)


class AnswerWorker(Worker):
    """Answers one question; emits Progress while loading, 1.0 when it is there, then AnswerTokens and the Answer.

    After a Notice the answer begins anew.
    """

    def __init__(
        self, pool: EnginePool, spec: EngineSpec, request: ImageRequest, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._spec = spec
        self._request = request

    def work(self) -> Iterator[object]:
        with self._pool.acquire(self._spec, on_progress=self.report_progress, cancelled=self.cancelled) as lease:
            yield Progress(1.0)

            def ask(request: ImageRequest) -> Iterator[object]:
                return lease.run(request, cancelled=self.cancelled, priority=Priority.QUESTION)

            yield from answer_live(self._request, ask)


class SketchWorker(Worker):
    """Makes pictures of a canvas until `stop`; emits Progress while a model loads, then what `sketching.run` yields.

    Attributes:
        sketching: takes what the user does.

    Args:
        look: gives what is drawn now, called in the worker's thread; it ends with Cancelled once the worker is stopped.
        spec_of: the engine and the model of a request, called in the worker's thread.
        first: whose model is loaded at once, so that the first stroke does not wait for it.
    """

    def __init__(
        self,
        pool: EnginePool,
        look: Look,
        spec_of: Callable[[SketchRequest], EngineSpec],
        *,
        first: SketchRequest | None = None,
        options: SketchPolicyOptions | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._spec_of = spec_of
        self._first = first
        self._lease: EngineLease | None = None
        self.sketching = Sketching(look, self._generate, options=options)

    def work(self) -> Iterator[object]:
        try:
            if self._first is not None:
                self._lease_for(self._first, self.cancelled)
            yield from self.sketching.run()
        finally:
            if self._lease is not None:
                self._lease.release()

    def _generate(self, request: SketchRequest, cancelled: Cancel) -> Iterator[Any]:
        return self._lease_for(request, cancelled).run(request, cancelled=cancelled)

    def _lease_for(self, request: SketchRequest, cancelled: Cancel) -> EngineLease:
        spec = self._spec_of(request)
        if self._lease is None or self._lease.spec != spec:
            if self._lease is not None:
                self._lease.release()
                self._lease = None
            self._lease = self._pool.acquire(spec, on_progress=self.report_progress, cancelled=cancelled)
        return self._lease

    def stop(self) -> None:
        super().stop()
        self.sketching.close()


def _blocks_from(start_s: float, blocks: Iterable[Samples]) -> Iterator[Samples]:
    skipped = round(start_s * SAMPLE_RATE_HZ)
    for block in blocks:
        if skipped < len(block):
            yield block[skipped:]
        skipped = max(0, skipped - len(block))


def _later(segment: Segment, by_s: float) -> Segment:
    words = (replace(word, start_s=word.start_s + by_s, end_s=word.end_s + by_s) for word in segment.words)
    return replace(segment, words=tuple(words))
