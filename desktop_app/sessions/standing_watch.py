"""Standing questions, "tell me when you see ...": which there are, which are watched, and what they saw.

They are kept in the settings and start paused: nothing watches before somebody says so in this window.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from desktop_app.sessions.choices import judge_spec, standing_plan, vision_spec
from desktop_app.sessions.looker import Looker, RunWorker
from desktop_app.settings import StandingQuestion
from workers.results import Likeness, StandingLook, VideoFrame
from workers.standing import StandingPolicy
from workers.vision import LookMailbox, LookPlan
from workers.worker import StandingWorker, Worker

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


class StandingWatch(Looker):
    """The standing questions of a session, which tells it when there are frames and when to rest.

    Signals:
        questions_changed(): one came, went, or was turned on or off.
        looked(): `newest` and `n_hits` of those that are on are new.
        sighted(Sighting): now; the user has been told.
    """

    questions_changed = Signal()
    looked = Signal()
    sighted = Signal(object)

    def __init__(
        self, context: AppContext, newest_frame: Callable[[], VideoFrame | None], run_worker: RunWorker
    ) -> None:
        super().__init__(context, newest_frame, run_worker, topic="standing questions")
        self._standing = [Standing(question) for question in context.settings.see.standing_questions]
        self.judge_model_id = ""

    @property
    def questions(self) -> list[Standing]:
        return self._standing

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
        self._change()

    def set_on(self, standing: Standing, is_on: bool) -> None:
        """Watches for it, or pauses it."""
        standing.is_on, standing.newest = is_on, None
        standing.policy = _policy(standing.question)
        self.questions_changed.emit()
        self._change()

    # ── as a looker ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_on(self) -> bool:
        """One of them is watched for."""
        return bool(self._on)

    def _find(self) -> Callable[[], tuple[EngineSpec, ...]]:
        settings, catalogue = self._context.settings, self._context.catalogue

        def find() -> tuple[EngineSpec, ...]:
            labels, judge = vision_spec(settings, catalogue, "label", engine="clip"), judge_spec(settings, catalogue)
            return (labels,) if judge is None else (labels, judge)

        return find

    def _make_worker(self, specs: tuple[EngineSpec, ...], mailbox: LookMailbox) -> StandingWorker:
        judge = specs[1] if len(specs) > 1 else None
        self.judge_model_id = judge.model_id if judge else ""
        worker = StandingWorker(self._context.pool, specs[0], mailbox, judge)
        self._tell(worker)
        return worker

    def _plan(self) -> LookPlan:
        return standing_plan(self._context.settings.see, [standing.text for standing in self._on], self._outlook.region)

    def _on_look(self, look: object) -> None:
        if not isinstance(look, StandingLook) or look.frame.captured_s < self._outlook.since_s:
            return  # the judge took its time, and another source is looked at
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
        self._tell(self._worker)
        self.looked.emit()

    def _forget(self) -> None:
        for standing in self._standing:
            standing.newest, standing.policy = None, _policy(standing.question)

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _on(self) -> list[Standing]:
        return [standing for standing in self._standing if standing.is_on]

    def _change(self) -> None:
        """Others are watched for from now on."""
        self._tell(self._worker)
        self.change_plan()

    def _tell(self, worker: Worker | None) -> None:
        if isinstance(worker, StandingWorker):
            worker.texts = tuple(standing.text for standing in self._on)
            worker.silent = frozenset(standing.text for standing in self._on if standing.policy.is_silent)

    def _save(self) -> None:
        self._context.change_setting("see.standing_questions", [standing.question for standing in self._standing])


def _policy(question: StandingQuestion) -> StandingPolicy:
    return StandingPolicy(hits=question.hits, looks=question.looks, cool_down_s=question.cool_down_s)
