"""A lane: what is said about the newest frame again and again, its labels or a caption."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Signal

from desktop_app.sessions.choices import caption_plan, label_plan, vision_spec
from desktop_app.sessions.feed import Rate
from desktop_app.sessions.looker import Looker, RunWorker
from workers.engines.registry import has_classes
from workers.results import Answer, Caption, Seen, VideoFrame
from workers.vision import LookMailbox, LookPlan
from workers.worker import LookWorker

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from workers.engines.base import EngineSpec

LaneName = Literal["label", "caption"]

SWITCHES = {"label": "see.labels_on", "caption": "see.caption_on"}


class Lane(Looker):
    """Labels or describes. The session tells when it should look otherwise than before.

    Attributes:
        newest: what was seen last.
        per_s: looks a second, of late.

    Signals:
        seen(Seen): its `result` is LabelScores or Caption.
    """

    seen = Signal(object)

    def __init__(
        self,
        name: LaneName,
        context: AppContext,
        newest_frame: Callable[[], VideoFrame | None],
        run_worker: RunWorker,
    ) -> None:
        super().__init__(context, newest_frame, run_worker, topic=f"vision {name}")
        self.name = name
        self.newest: Seen | None = None
        self.per_s = 0.0
        self._rate = Rate()
        context.settings_changed.connect(self._on_settings_changed)

    @property
    def is_on(self) -> bool:
        see = self._context.settings.see
        return see.labels_on if self.name == "label" else see.caption_on

    def set_on(self, is_on: bool) -> None:
        """Looks again and again, or no more."""
        self._context.change_setting(SWITCHES[self.name], is_on)

    def age_s(self, frame: VideoFrame) -> float:
        """How far from a frame what was seen last is; a picture that stayed the same makes nothing older."""
        if self.newest is None:
            return math.inf
        seen_s = self.newest.frame.captured_s
        if self.mailbox is not None and seen_s < frame.captured_s:
            seen_s = max(seen_s, min(self.mailbox.same_until_s, frame.captured_s))
        return abs(frame.captured_s - seen_s)

    def _find(self) -> Callable[[], tuple[EngineSpec, ...]]:
        settings, catalogue = self._context.settings, self._context.catalogue
        return lambda: (vision_spec(settings, catalogue, self.name),)

    def _make_worker(self, specs: tuple[EngineSpec, ...], mailbox: LookMailbox) -> LookWorker:
        return LookWorker(self._context.pool, specs[0], mailbox)

    def _plan(self) -> LookPlan:
        see = self._context.settings.see
        if self.name == "label":
            return label_plan(see, self.engine, self._outlook.region)
        return caption_plan(see, self.engine, self._outlook.region)

    def _has_task(self) -> bool:
        """Without labels there is nothing to look for, unless the model has classes of its own."""
        request = self._plan().request
        return request.task != "label" or bool(request.candidate_labels) or has_classes(self.engine)

    def _on_look(self, look: object) -> None:
        if isinstance(look, Seen) and look.frame.captured_s >= self._outlook.since_s:
            if isinstance(look.result, Answer):
                look = replace(look, result=Caption(look.result.text))
            self.newest = look
            self.per_s = self._rate.tick()
            self.seen.emit(look)

    def _on_settings_changed(self, place: str) -> None:
        if place == SWITCHES[self.name]:
            self._update()
            self.changed.emit()

    def _forget(self) -> None:
        self.newest = None
        self.per_s = 0.0
