"""The drawing on the disk: the last one comes back, every stroke is safe, others can be begun, found and opened."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer, Signal

from desktop_app.canvas.autosave import RETRY_S, Autosave, Place, new_place, place_of, take_place
from desktop_app.canvas.document import Document
from desktop_app.canvas.drawings import KeptDrawing, delete_drawing, kept_drawings
from desktop_app.canvas.journal import Contents
from desktop_app.canvas.openraster import write_ora
from desktop_app.jobs import Job, nothing
from workers.errors import DiskError

if TYPE_CHECKING:
    from desktop_app.context import AppContext

log = logging.getLogger(__name__)

TOPIC, DISK_TOPIC, LEAVE_TOPIC = "drawings", "drawing", "another drawing"


class DrawingKeeper(QObject):
    """Its verbs return at once, but `close`, `last_error` and `rescue`.

    Args:
        prepare: opens the last drawing, and whatever else whoever draws needs.

    Attributes:
        is_open: the drawing of the last time is there: the canvas may be drawn on.

    Signals:
        opened(): what was drawn last is on the canvas again, or nothing was.
        deleted(Path): the folder of a drawing of before that is gone.
    """

    opened = Signal()
    deleted = Signal(object)

    def __init__(
        self, context: AppContext, document: Document, prepare: Callable[[], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._document, self._prepare = context, document, prepare
        self._autosave: Autosave | None = None
        self._is_failing = False  # no place is found
        self._retry = QTimer(self, singleShot=True, interval=round(RETRY_S * 1000))
        self._retry.timeout.connect(self._find_place_again)
        self.is_open = False
        self._is_opening = False
        self._may_be_lost = False
        self._to_do: list[Callable[[], object]] = []  # what is done when the last drawing is open

    @property
    def _is_private(self) -> bool:
        return self._context.settings.history.is_private

    def open_last(self) -> None:
        """Brings back what was drawn last, the first time that it is called; `opened` follows."""
        if self.is_open or self._is_opening:
            return
        self._is_opening = True
        if self._is_private:
            self._on_opened()
            return
        self._find_place(take_place, on_ended=self._on_opened)

    def _find_place(
        self,
        find: Callable[[Path], Place],
        *,
        on_done: Callable[[Place], None] | None = None,
        on_ended: Callable[[], None] = nothing,
    ) -> None:
        drawings, keep_in = self._context.paths.drawings_dir, on_done or self._keep_in
        self._context.run(lambda job: find(drawings), on_done=keep_in, on_failed=self._on_no_place, on_ended=on_ended)

    def _on_no_place(self, error: Exception) -> None:
        """Says it once, and tries again until there is one."""
        if not self._is_failing:
            self._context.show_error(error, topic=DISK_TOPIC)
        self._is_failing = self._autosave is None and not self._is_private
        if self._is_failing:
            self._retry.start()

    def _find_place_again(self) -> None:
        if self._autosave is None and not self._context.is_closing and not self._is_private:
            self._find_place(new_place)

    def _keep_in(self, place: Place) -> None:
        """From now on every stroke is on the disk as it is drawn; what was drawn there before is on the canvas."""
        if self._is_private or self._autosave is not None:
            place.let_go()  # it was changed twice meanwhile
            return
        is_drawn_on = self._document.is_stroking or not self._document.is_blank
        if is_drawn_on and place.contents is not None:
            place.let_go()  # that drawing would come over this one, or this one over it
            self._find_place(new_place)
            return
        self._autosave = Autosave(self._document, place)
        self._autosave.failed.connect(lambda error: self._context.show_error(error, topic=DISK_TOPIC))
        self._autosave.recovered.connect(self._on_safe_again)
        if self._is_failing:
            self._is_failing = False
            self._on_safe_again()

    def new(self) -> None:
        """Begins another drawing; the one before is found again. Where it is kept nowhere, that is said first."""
        self.when_open(lambda: self._leave(self._begin_anew, self.tr("New drawing")))

    def find(self, side_px: int, on_found: Callable[[KeptDrawing], None]) -> Job:
        """Looks for the drawings of before, newest first, with pictures of this size."""
        drawings, here = self._context.paths.drawings_dir, self._autosave.folder if self._autosave is not None else None

        def work(job: Job) -> None:
            for kept in kept_drawings(drawings, side_px, but=here):
                job.raise_if_cancelled()
                job.report_value(kept)

        return self._context.run(work, on_progress=on_found, on_failed=self._tell)

    def open(self, folder: Path) -> None:
        """Goes on with a drawing of before. Where the one that is there is kept nowhere, that is said first."""
        open_it = partial(self._find_place, lambda _drawings: place_of(folder), on_done=self._go_on_in)
        self.when_open(lambda: self._leave(open_it, self.tr("Open it")))

    def delete(self, folder: Path) -> None:
        """Deletes a drawing of before for good; `deleted` follows."""
        self._context.run(
            lambda job: delete_drawing(folder),
            on_done=lambda _: self.deleted.emit(folder),
            on_failed=self._tell,
        )

    def _go_on_in(self, place: Place) -> None:
        self._let_go()
        if self._is_private and place.contents is not None:
            self._document.restore(place.contents)
            place.let_go()
        else:
            self._keep_in(place)

    def _leave(self, go_on: Callable[[], None], text: str) -> None:
        """Goes on to another drawing as soon as nothing is lost by it, or is to be."""
        self._document.settle_reference()
        self._document.finish_stroke()
        if self._document.is_blank or (not self._is_private and self.last_error() is None):
            go_on()
            return
        sentence = self.tr("This drawing is kept nowhere: another one takes its place for good.")
        hint = self.tr("Save it as a file (Ctrl+S) if you want to have it again.")
        self._context.notify("warning", sentence, hint, action=(text, go_on), topic=LEAVE_TOPIC)

    def _begin_anew(self) -> None:
        self._let_go()
        if not self._is_private:
            self._find_place(new_place)

    def _let_go(self) -> None:
        for topic in (LEAVE_TOPIC, DISK_TOPIC):
            self._context.withdraw(topic)
        self.close()
        self._document.restore(Contents(QSize(self._document.size)))

    def last_error(self) -> DiskError | None:
        """Why the drawing would be lost if the app ended now, after one more attempt; None where it would not be."""
        if self._may_be_lost or not self.is_open or self._is_private:
            return None
        if self._autosave is None and not self._document.is_blank:
            try:
                self._keep_in(new_place(self._context.paths.drawings_dir))
            except DiskError as error:
                return error
        return self._autosave.last_error() if self._autosave is not None else None

    def give_up(self) -> None:
        """Lets the app end without the drawing: it is saved elsewhere, or not wanted."""
        self._may_be_lost = True

    def rescue(self) -> None:
        """Nobody can be asked any more: it goes where there may be room."""
        try:
            path = Path(tempfile.mkdtemp(prefix="sensorium-")) / "drawing.ora"
            write_ora(self._document.snapshot(), path)
        except (OSError, DiskError):
            log.exception("the drawing could not be written anywhere")
        else:
            log.warning("the drawing could not be written to its folder; it is in %s", path)

    def _on_safe_again(self) -> None:
        self._context.withdraw(DISK_TOPIC)
        self._context.notify("info", self.tr("The drawing is safe on the disk again."))

    def _on_opened(self) -> None:
        self._is_opening, self.is_open = False, True
        self.opened.emit()
        to_do, self._to_do = self._to_do, []
        for act in to_do:
            act()

    def when_open(self, act: Callable[[], object]) -> None:
        """Does something to the drawing, as soon as the last one is there: it would come over it."""
        if self.is_open:
            act()
        else:
            self._to_do.append(act)
            self._prepare()

    def follow_privacy(self) -> None:
        """What is drawn in private mode is on the screen only; afterwards the drawing is kept as it is then."""
        if not self.is_open:
            return
        if self._autosave is None:
            if not self._is_private:
                self._find_place(new_place if self._document.number else take_place)  # one was begun meanwhile
        elif self._is_private:
            self._autosave.rest()
        else:
            self._autosave.go_on()

    def close(self) -> None:
        """Writes what is left, and lets other windows have the drawing."""
        autosave, self._autosave = self._autosave, None
        if autosave is not None:
            autosave.close()

    def _tell(self, error: Exception) -> None:
        self._context.show_error(error, topic=TOPIC)
