"""What a ControlNet is shown of the reference picture: made anew whenever the picture, or its use, is another.

    document, settings, plan → what is wanted now ─▶ a job, one at a time ─▶ the map → pictures
                                     └── is it still what was asked for? else once more, with the newest

What steers is told by what is there now, never by what was once asked for: a picture that is hidden or gone does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.canvas.document import Document
from desktop_app.canvas.layers import Layer, Reference
from desktop_app.canvas.snapshot import Snapshot, png_bytes
from desktop_app.sessions.sketch_choices import SketchPlan, control_spec
from workers.engines.sketch.line_maps import LINE_KINDS, lines_on_black
from workers.pictures import on_ground, picture_of, rgba_of
from workers.results import ControlKind, ControlMap, ControlRequest, Picture

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from desktop_app.jobs import Job


class Standing(StrEnum):
    """Whether the reference steers pictures, and if not, why."""

    UNUSED = "unused"
    NO_PICTURE = "no_picture"
    HIDDEN = "hidden"
    NO_NET = "no_net"  # there is no ControlNet for it beside the model
    IN_WORK = "in_work"  # what it was before steers until it is done
    READY = "ready"


@dataclass(frozen=True)
class Source:
    """What a map is made of; equal ones give the same map. A reference is equal only to itself."""

    kind: ControlKind
    reference: Reference
    size: tuple[int, int]


class ReferenceMap(QObject):
    """Keeps the map of the reference in step with it; lives in the window's thread.

    Signals:
        changed(): the map, or its standing, is another.
        settled(): nothing is in work; what waited for that can go on.
        progressed(object): the Progress of loading what makes it; None when that is over.
        failed(): it could not be made; the user has been told, and the reference is not used any more.
    """

    changed = Signal()
    settled = Signal()
    progressed = Signal(object)
    failed = Signal()

    def __init__(self, context: AppContext, document: Document, plan: Callable[[], SketchPlan | None]) -> None:
        super().__init__()
        self._context, self._document, self._plan = context, document, plan
        self._made_of: Source | None = None
        self._map: ControlMap | None = None
        self._picture: Picture | None = None
        self._job: tuple[Job, Source] | None = None
        self._told: tuple[ControlMap | None, Standing] = (None, Standing.UNUSED)
        self._soon = QTimer(self, singleShot=True, interval=0)  # what changes together is looked at once
        self._soon.timeout.connect(self._refresh)
        document.layers_changed.connect(self.refresh)
        context.settings_changed.connect(self._on_settings_changed)

    @property
    def standing(self) -> Standing:
        source, plan = self._source(), self._plan()
        if not self._context.settings.draw.reference_kind:
            return Standing.UNUSED
        if source is None:
            return Standing.NO_PICTURE
        if not self._document.is_visible(Layer.REFERENCE):
            return Standing.HIDDEN
        if plan is not None and source.kind not in plan.controls:
            return Standing.NO_NET
        return Standing.READY if plan is not None and source == self._made_of else Standing.IN_WORK

    @property
    def shown(self) -> ControlMap | None:
        """What the reference was turned into, whether that steers now or not."""
        return self._map if self._is_of_this_use() else None

    @property
    def control(self) -> tuple[ControlKind, Picture] | None:
        """What steers a picture that is begun now."""
        if self.standing not in (Standing.READY, Standing.IN_WORK) or not self._is_of_this_use():
            return None
        assert self._made_of is not None
        assert self._picture is not None
        return self._made_of.kind, self._picture

    def refresh(self) -> None:
        """Something may be another: looks soon what there is to do."""
        self._soon.start()

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _source(self) -> Source | None:
        """What the map would be made of now."""
        draw, reference = self._context.settings.draw, self._document.reference
        if not draw.reference_kind or reference is None:
            return None
        size = self._document.size
        return Source(draw.reference_kind, reference, (size.width(), size.height()))

    def _is_of_this_use(self) -> bool:
        """The map that is there is one of what is wanted now, if perhaps of the picture before."""
        source, made_of = self._source(), self._made_of
        if source is None or made_of is None:
            return False
        return source.kind == made_of.kind and source.reference.is_map == made_of.reference.is_map

    def _on_settings_changed(self, place: str) -> None:
        if place == "draw.reference_kind":
            self.refresh()

    def _refresh(self) -> None:
        if self._context.is_closing:
            return
        source = self._source()
        if self._job is not None:
            if self._job[1] != source:
                self._job[0].cancel()  # and when it has ended, the newest is looked at
        elif self.standing is Standing.IN_WORK and not self._document.is_moving_reference:
            self._make(source)
        if self._told != (told := (self.shown, self.standing)):
            self._told = told
            self.changed.emit()
        if self.standing is not Standing.IN_WORK:
            self.settled.emit()

    def _make(self, source: Source | None) -> None:
        pool, plan, snapshot = self._context.pool, self._plan(), self._document.snapshot()
        if source is None or plan is None:
            return  # carried out when the model was found
        settings, catalogue = self._context.settings, self._context.catalogue

        def work(job: Job) -> tuple[ControlMap, Picture]:
            if source.reference.is_map:
                found = as_it_is(source.kind, snapshot)
            else:
                picture = Picture(png_bytes(snapshot.image(Layer.REFERENCE)))
                spec = control_spec(settings, catalogue, plan, source.kind)
                with pool.acquire(spec, on_progress=job.report, cancelled=job.cancelled) as lease:
                    found = lease.ask(ControlRequest(source.kind, picture), cancelled=job.cancelled)
            return found, picture_of(found.pixels)

        job = self._context.run(
            work,
            on_done=lambda made: self._on_made(source, *made),
            on_failed=lambda error: self._on_failed(source, error),
            on_progress=self.progressed.emit,
            on_ended=self._on_ended,
        )
        self._job = job, source

    def _on_made(self, source: Source, found: ControlMap, picture: Picture) -> None:
        if source == self._source():
            self._made_of, self._map, self._picture = source, found, picture

    def _on_failed(self, source: Source, error: Exception) -> None:
        if source == self._source():  # else it is not wanted any more
            self._context.change_setting("draw.reference_kind", "")
            self._context.show_error(error)
            self.failed.emit()

    def _on_ended(self) -> None:
        self._job = None
        self.progressed.emit(None)
        self._refresh()


def as_it_is(kind: ControlKind, snapshot: Snapshot) -> ControlMap:
    """The reference as a map that somebody drew or another program made: no colour of it is mixed with another one."""
    image = snapshot.image(Layer.REFERENCE, is_smooth=kind != "seg")
    rgba = rgba_of(Picture(png_bytes(image)))
    return ControlMap(kind, lines_on_black(rgba) if kind in LINE_KINDS else on_ground(rgba, 0))
