"""A question that is spoken while a key is held: the microphone, the speech engine of Hear, and the words.

    key down: the frame of this moment → the microphone opens → listening
    key up:   the rest is transcribed → `asked` with the words and the frame of the key going down

Nothing of it is recorded. A recording that runs meanwhile goes first: they share the engine.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop_app.sessions.choices import live_options, speech_spec
from workers.engine_pool import Priority
from workers.mailbox import Backlog
from workers.results import Commit, Notice, Partial, Samples, VideoFrame
from workers.sources.base import AudioSource
from workers.worker import SpeechWorker

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from workers.engines.base import EngineSpec

log = logging.getLogger(__name__)

LEVEL_PERIOD_S = 1 / 30
TOPIC = "spoken question"


class VoiceState(StrEnum):
    """idle → opening (nothing is heard yet) → listening → transcribing → idle."""

    IDLE = "idle"
    OPENING = "opening"
    LISTENING = "listening"
    TRANSCRIBING = "transcribing"


@dataclass(frozen=True, eq=False)
class SpokenQuestion:
    """What was said, and what was in view when it began.

    Attributes:
        frames: of the moment when the key went down.
        began_s, ended_s: when it went down and up, on the clock of `time.monotonic`.
    """

    text: str
    frames: tuple[VideoFrame, ...]
    began_s: float
    ended_s: float


class VoiceQuestion(QObject):
    """Takes one spoken question at a time. All verbs return at once.

    Signals:
        state_changed(VoiceState)
        text_changed(str): what was heard until now, the unconfirmed end included.
        level_changed(float): how loud it is, RMS in dBFS, at most 30 times a second while listening.
        asked(SpokenQuestion): the key was released and the words are there.
    """

    state_changed = Signal(object)
    text_changed = Signal(str)
    level_changed = Signal(float)
    asked = Signal(object)

    def __init__(
        self, context: AppContext, run_worker: Callable[[SpeechWorker, Callable[[object], None]], None]
    ) -> None:
        super().__init__()
        self._context = context
        self._run_worker = run_worker
        self._state = VoiceState.IDLE
        self._take: _Take | None = None

    @property
    def state(self) -> VoiceState:
        return self._state

    @property
    def text(self) -> str:
        return self._take.text if self._take is not None else ""

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, frames: tuple[VideoFrame, ...], source: AudioSource | None = None) -> None:
        """The key went down: listens to the microphone of Hear, or to another source."""
        if self._state is not VoiceState.IDLE or self._context.is_closing:
            return
        self._context.withdraw(TOPIC)
        take = self._take = _Take(frames, time.monotonic(), source or self._microphone(), self.level_changed.emit)
        self._set_state(VoiceState.OPENING)
        self.text_changed.emit("")
        settings, catalogue = self._context.settings, self._context.catalogue
        self._context.run(
            lambda job: take.open(lambda: speech_spec(settings, catalogue)),
            on_done=lambda spec: self._on_opened(take, spec),
            on_failed=lambda error: self._on_failed(take, error),
        )

    def end(self) -> None:
        """The key went up: what was said becomes a question."""
        take = self._take
        if take is None or self._state is VoiceState.TRANSCRIBING:
            return
        take.ended_s = time.monotonic()
        if self._state is VoiceState.OPENING:  # nothing can have been heard
            self.cancel()
            self._context.notify(
                "info", self.tr("Hold the key until you have spoken."), self.tr("Nothing was heard."), topic=TOPIC
            )
            return
        self._set_state(VoiceState.TRANSCRIBING)
        self._context.run(lambda job: take.close())

    def cancel(self) -> None:
        """Forgets what was said."""
        take, self._take = self._take, None
        if take is not None:
            if take.worker is not None:
                take.worker.stop()
            self._context.run(lambda job: take.close())
            self._set_state(VoiceState.IDLE)

    def worker_ended(self, worker: object, error: Exception | None) -> None:
        """For the session, which owns the threads."""
        take = self._take
        if take is None or worker is not take.worker:
            return
        self._take = None
        self._context.run(lambda job: take.close())
        self._set_state(VoiceState.IDLE)
        if error is not None:
            self._context.show_error(error, topic=TOPIC)
        elif take.committed.strip():
            ended_s = take.ended_s or time.monotonic()
            self.asked.emit(SpokenQuestion(take.committed.strip(), take.frames, take.began_s, ended_s))
        elif not self._context.is_closing:
            self._context.notify(
                "info",
                self.tr("Nothing was heard."),
                self.tr("Check the microphone on the page Hear, or type the question."),
                topic=TOPIC,
            )

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _microphone(self) -> AudioSource:
        from workers.sources.microphone import Microphone

        return Microphone(self._context.settings.hear.microphone or None, "me")

    def _on_opened(self, take: _Take, spec: EngineSpec) -> None:
        if take is not self._take:
            return  # cancelled meanwhile
        options = live_options(self._context.settings)
        take.worker = SpeechWorker(self._context.pool, spec, take.backlog, options=options, priority=Priority.QUESTION)
        self._set_state(VoiceState.LISTENING)
        self._run_worker(take.worker, self._on_result)

    def _on_failed(self, take: _Take, error: Exception) -> None:
        if take is self._take:
            self._take = None
            self._set_state(VoiceState.IDLE)
            self._context.show_error(error, topic=TOPIC)

    def _on_result(self, result: object) -> None:
        take = self._take
        if take is None or self.sender() is not take.worker:
            return
        if isinstance(result, Commit):
            take.committed += result.text
        elif isinstance(result, Partial):
            take.partial = result.text
        elif isinstance(result, Notice):
            self._context.show_notice(result)
        if isinstance(result, Commit | Partial):
            self.text_changed.emit(take.text)

    def _set_state(self, state: VoiceState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)


class _Take:
    """One time that the key is held. `open` and `close` block; sound comes in the source's thread."""

    def __init__(
        self,
        frames: tuple[VideoFrame, ...],
        began_s: float,
        source: AudioSource,
        on_level: Callable[[float], None],
    ) -> None:
        self.frames = frames
        self.began_s = began_s
        self.ended_s = 0.0
        self.backlog = Backlog()
        self.worker: SpeechWorker | None = None
        self.committed = ""
        self.partial = ""
        self._source = source
        self._on_level = on_level
        self._level_due_s = 0.0
        self._is_open = False
        self._is_closed = False

    @property
    def text(self) -> str:
        return (self.committed + self.partial).strip()

    def open(self, find_spec: Callable[[], EngineSpec]) -> EngineSpec:
        """Finds the model and opens the microphone."""
        spec = find_spec()
        self._source.start(self._take, lambda error: self.backlog.close())
        self._is_open = True
        if self._is_closed:  # the key was released before
            self._source.stop()
        return spec

    def close(self) -> None:
        """No more sound; what the driver still holds is heard, then the worker ends by itself."""
        if not self._is_closed:
            self._is_closed = True
            if self._is_open:
                self._source.stop()
            self.backlog.close()

    def _take(self, samples: Samples) -> None:
        if self.backlog.is_closed:
            return
        self.backlog.put(samples)
        now_s = time.monotonic()
        if now_s >= self._level_due_s:
            self._level_due_s = now_s + LEVEL_PERIOD_S
            rms = float(np.sqrt(np.mean(np.square(samples))))
            self._on_level(20 * float(np.log10(max(rms, 1e-6))))
