"""Standing questions, "tell me when you see ...": which there are, which are watched, and what they saw.

They are kept in the settings and start paused: nothing watches before somebody says so in this window.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.sessions.choices import judge_spec, standing_plan, vision_spec
from desktop_app.sessions.session_state import SessionState
from desktop_app.settings import StandingQuestion
from workers.results import Likeness, Notice, Progress, Region, StandingLook, VideoFrame
from workers.standing import StandingPolicy
from workers.vision import LookMailbox, LookPlan
from workers.worker import StandingWorker

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from workers.engines.base import EngineSpec

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Standing:
    """One standing question. Read it, and change it through `StandingWatch` only.

    Attributes:
        newest: how the newest frame fits it; None while it is paused.
        n_hits: how many of the last `question.looks` looks said yes.
        n_sightings: since the app was started.
    """

    question: StandingQuestion
    is_on: bool = False
    newest: Likeness | None = None
    n_sightings: int = 0
    last_seen_at: datetime | None = None
    policy: StandingPolicy = field(init=False)

    def __post_init__(self) -> None:
        self.policy = _policy(self.question)

    @property
    def text(self) -> str:
        return self.question.text

    @property
    def n_hits(self) -> int:
        return self.policy.n_hits


@dataclass(frozen=True, eq=False)
class Sighting:
    """What a standing question waited for was seen in `frame`."""

    standing: Standing
    frame: VideoFrame
    found: Likeness
    at: datetime


class StandingWatch(QObject):
    """The standing questions of a session, which tells it when there are frames and when to rest.

    Signals:
        questions_changed(): one came, went, or was turned on or off.
        looked(): `newest` and `n_hits` of those that are on are new.
        state_changed(SessionState): idle while none is on or there is nothing to look at; loading; running; paused
            while a question is answered; failed.
        sighted(Sighting): now; the user has been told.
    """

    questions_changed = Signal()
    looked = Signal()
    state_changed = Signal(object)
    sighted = Signal(object)

    def __init__(
        self,
        context: AppContext,
        newest_frame: Callable[[], VideoFrame | None],
        run_worker: Callable[[StandingWorker, Callable[[object], None]], None],
    ) -> None:
        super().__init__()
        self._context = context
        self._newest_frame = newest_frame
        self._run_worker = run_worker
        self._standing = [Standing(question) for question in context.settings.see.standing_questions]
        self._state = SessionState.IDLE
        self._has_frames = self._is_resting = self._is_starting = False
        self._region: Region | None = None
        self._worker: StandingWorker | None = None
        self.mailbox: LookMailbox | None = None  # frames go there, from any thread
        self.model_id = ""
        self.judge_model_id = ""
        self.error: Exception | None = None

    @property
    def questions(self) -> list[Standing]:
        return self._standing

    @property
    def state(self) -> SessionState:
        return self._state

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, text: str, *, hits: int = 3, looks: int = 5, cool_down_s: float = 60.0) -> Standing | None:
        """Adds a thing to look for and watches for it at once; None for an empty text or one that is there."""
        text = text.strip()
        if not text or any(standing.text == text for standing in self._standing):
            return None
        standing = Standing(StandingQuestion(text=text, hits=hits, looks=looks, cool_down_s=cool_down_s))
        self._standing.append(standing)
        self._save()
        self.set_on(standing, True)
        return standing

    def change(self, standing: Standing, *, hits: int, looks: int, cool_down_s: float) -> None:
        """Other numbers for when it is told; it begins to count anew."""
        standing.question = StandingQuestion(text=standing.text, hits=hits, looks=looks, cool_down_s=cool_down_s)
        standing.policy = _policy(standing.question)
        self._save()
        self.questions_changed.emit()

    def remove(self, standing: Standing) -> None:
        self._standing.remove(standing)
        self._save()
        self.questions_changed.emit()
        self._update()

    def set_on(self, standing: Standing, is_on: bool) -> None:
        """Watches for it, or pauses it."""
        standing.is_on, standing.newest = is_on, None
        standing.policy = _policy(standing.question)
        self.questions_changed.emit()
        self._update()

    def try_again(self) -> None:
        """After it failed."""
        if self._state is SessionState.FAILED:
            self._set_state(SessionState.IDLE)
            self._update()

    # ── for the session ─────────────────────────────────────────────────────────────────────────────────────────────

    def settle(self, *, has_frames: bool, is_resting: bool, region: Region | None) -> None:
        """Whether there is something to look at and time for it, and which part of the frame counts."""
        is_other_part, self._region = region != self._region, region
        self._has_frames, self._is_resting = has_frames, is_resting
        self._update(has_other_plan=is_other_part)

    def restart(self) -> None:
        """With the engines and models that are chosen now."""
        self._stop()
        self._update()

    def worker_ended(self, worker: object, error: Exception | None) -> None:
        if worker is self._worker:
            self._stop()
            if error is not None:
                self._fail(error)

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _on(self) -> list[Standing]:
        return [standing for standing in self._standing if standing.is_on]

    def _update(self, *, has_other_plan: bool = True) -> None:
        """Brings what runs to what is wanted."""
        is_wanted = bool(self._on) and self._has_frames and not self._context.is_closing
        if not is_wanted:
            if self._worker is not None or self._state is not SessionState.IDLE:
                self._stop()
            return
        if self._worker is None or self.mailbox is None:
            if not self._is_starting and self._state is not SessionState.FAILED:
                self._start()
            return
        self._tell_worker()
        if has_other_plan:
            self.mailbox.change(self._plan())
        if self._is_resting:
            self.mailbox.pause()
        else:
            self.mailbox.resume()
        if self._state in (SessionState.RUNNING, SessionState.PAUSED):
            self._set_state(SessionState.PAUSED if self._is_resting else SessionState.RUNNING)

    def _start(self) -> None:
        self._is_starting = True
        self.error = None
        self._set_state(SessionState.LOADING)
        settings, catalogue = self._context.settings, self._context.catalogue
        self._context.run(
            lambda job: (vision_spec(settings, catalogue, "label", engine="clip"), judge_spec(settings, catalogue)),
            on_done=self._on_specs,
            on_failed=self._fail,
            on_ended=self._on_specs_ended,
        )

    def _on_specs(self, specs: tuple[EngineSpec, EngineSpec | None]) -> None:
        if self._state is not SessionState.LOADING or self._context.is_closing:
            return
        spec, judge = specs
        self.model_id, self.judge_model_id = spec.model_id, judge.model_id if judge else ""
        self.mailbox = LookMailbox(self._plan())
        self._worker = StandingWorker(self._context.pool, spec, self.mailbox, judge)
        self._tell_worker()
        if self._is_resting:
            self.mailbox.pause()
        if (frame := self._newest_frame()) is not None:
            self.mailbox.put(frame)
        self._run_worker(self._worker, self._on_result)

    def _on_specs_ended(self) -> None:
        self._is_starting = False
        self._update()

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        self.mailbox = None
        if worker is not None:
            worker.stop()
        for standing in self._standing:
            standing.newest = None
        self._set_state(SessionState.IDLE)

    def _fail(self, error: Exception) -> None:
        self.error = error
        self._set_state(SessionState.FAILED)
        self._context.show_error(error, topic="standing questions")

    def _plan(self) -> LookPlan:
        return standing_plan(self._context.settings.see, [standing.text for standing in self._on], self._region)

    def _tell_worker(self) -> None:
        if self._worker is not None:
            self._worker.texts = tuple(standing.text for standing in self._on)
            self._worker.silent = frozenset(standing.text for standing in self._on if standing.policy.is_silent)

    def _on_result(self, result: object) -> None:
        if self.sender() is not self._worker:
            return  # of a worker that was stopped
        if result == Progress(1.0):
            self._set_state(SessionState.PAUSED if self._is_resting else SessionState.RUNNING)
        elif isinstance(result, Notice):
            self._context.show_notice(result)
        elif isinstance(result, StandingLook):
            self._on_look(result)

    def _on_look(self, look: StandingLook) -> None:
        on = {standing.text: standing for standing in self._on}
        for found in look.found:
            standing = on.get(found.text)
            if standing is None:
                continue
            standing.newest = found
            if standing.policy.take(found):
                standing.n_sightings += 1
                standing.last_seen_at = datetime.now().astimezone()
                log.info("a standing question was answered with yes")
                self.sighted.emit(Sighting(standing, look.frame, found, standing.last_seen_at))
        self._tell_worker()
        self.looked.emit()

    def _save(self) -> None:
        self._context.change_setting("see.standing_questions", [standing.question for standing in self._standing])

    def _set_state(self, state: SessionState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)


def _policy(question: StandingQuestion) -> StandingPolicy:
    return StandingPolicy(hits=question.hits, looks=question.looks, cool_down_s=question.cool_down_s)
