"""Puts pictures that were made into the history; on a disk that is full they wait until there is room.

Of those that came by themselves one of each drawing is left, where that is chosen: the new one is there before the old
one goes, and one that somebody did something with stays.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.jobs import Job
from workers.errors import DiskError, HistoryError
from workers.results import GeneratedImage

if TYPE_CHECKING:
    from desktop_app.context import AppContext

RETRY_S = 3.0

OnKept = Callable[[int | None], None]
"""Is told the number that the history gave; None where there is no history."""


class PictureKeeper(QObject):
    """Its verbs return at once.

    Signals:
        failed(DiskError): a picture waits; told once until there is room.
        recovered(): all that waited are in the history.
        given_up(): all that waited were deleted.
    """

    failed = Signal(object)
    recovered = Signal()
    given_up = Signal()

    _written = Signal(object, object)  # GeneratedImage, Future[int]

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._on_kept: dict[GeneratedImage, OnKept] = {}  # of those that are not in the history yet
        self._waiting: list[GeneratedImage] = []
        self._is_failing = False
        self._numbers = itertools.count()
        self._n_ordered = 0
        self._newest: dict[tuple[int, int], tuple[int, int]] = {}  # of a drawing, by itself: its number and its item
        self._retry = QTimer(self, singleShot=True, interval=round(RETRY_S * 1000))
        self._retry.timeout.connect(self._try_again)
        self._written.connect(self._on_written)

    def keep(self, image: GeneratedImage, on_kept: OnKept, *, drawing: int | None = None) -> None:
        """Keeps a picture with all that made it, unless it is not to be kept; `drawing` for one that came by itself.

        One that is on its way already is kept once, and `on_kept` told after who asked before.
        """
        choice = self._context.settings.draw.keep
        if self._context.settings.history.is_private or (drawing is not None and choice == "ordered"):
            return
        if (before := self._on_kept.get(image)) is not None:
            self._on_kept[image] = partial(_tell_both, before, on_kept)
            return
        if drawing is None:
            self._n_ordered += 1
            self._newest.clear()
        elif choice == "last":
            on_kept = partial(self._take_place, (self._n_ordered, drawing), next(self._numbers), on_kept)
        self._on_kept[image] = on_kept
        if self._is_failing:
            self._waiting.append(image)
        else:
            self._put_away(image)

    def forget(self, image: GeneratedImage) -> None:
        """Deletes a picture that is on its way into the history: it takes the place of no other one."""
        if image in self._waiting:
            self._waiting.remove(image)
            del self._on_kept[image]
            if not self._waiting and self._retry.isActive():
                self._retry.stop()
                self._is_failing = False
                self.given_up.emit()
        elif image in self._on_kept:
            self._on_kept[image] = self.delete

    def delete(self, item_id: int | None) -> None:
        """Deletes a picture from the history."""
        history = self._context.history
        if history is not None and item_id is not None:
            self._context.items_deleted.emit(frozenset({item_id}))
            self._context.run(lambda job: history.delete(item_id).result())

    def _put_away(self, image: GeneratedImage) -> None:
        self._context.run(
            partial(self._kept, image),
            on_done=partial(self._on_given, image),
            on_failed=partial(self._on_failed, image),
        )

    def _kept(self, image: GeneratedImage, _job: Job) -> Future[int] | None:
        """In a thread of its own, which does not wait for a history that takes no writes for a while."""
        from workers.png_settings import details_of, png_with_settings

        history, request = self._context.wait_for_history(), image.request
        if history is None:
            return None
        return history.add_picture(
            png_with_settings(image.pixels, request),
            prompt=request.prompt,
            engine="stable-diffusion",
            model_id=request.model,
            details=details_of(request),
        )

    def _on_given(self, image: GeneratedImage, kept: Future[int] | None) -> None:
        if kept is None:
            self._on_ended(image, None)
        else:
            kept.add_done_callback(partial(self._written.emit, image))  # in the writer's thread

    def _on_written(self, image: GeneratedImage, kept: Future[int]) -> None:
        if (error := kept.exception()) is not None:
            self._on_failed(image, error)
        else:
            self._on_ended(image, kept.result())

    def _on_ended(self, image: GeneratedImage, item_id: int | None) -> None:
        self._on_kept.pop(image)(item_id)
        if self._waiting:
            self._try_again()
        elif self._is_failing:
            self._is_failing = False
            self.recovered.emit()

    def _take_place(self, of: tuple[int, int], number: int, on_kept: OnKept, item_id: int | None) -> None:
        """Has the newer one stay of two pictures of a drawing that came by themselves."""
        on_kept(item_id)
        if item_id is None or of[0] != self._n_ordered:
            return
        made = [(number, item_id), *([self._newest[of]] if of in self._newest else [])]
        self._newest[of] = max(made)
        if len(made) == 2:
            self._let_go(min(made)[1])

    def _let_go(self, item_id: int) -> None:
        history = self._context.history
        if history is None:
            return

        def is_untouched(_job: Job) -> bool:
            try:
                item = history.item(item_id)
            except HistoryError:  # deleted already
                return False
            return not item.is_pinned and not item.title and not history.remarks(item_id)

        def delete(can_go: bool) -> None:
            if can_go:
                self.delete(item_id)

        self._context.run(is_untouched, on_done=delete)

    def _on_failed(self, image: GeneratedImage, error: BaseException) -> None:
        if not isinstance(error, DiskError):
            del self._on_kept[image]
            self._context.show_error(error)
            return
        self._waiting.insert(0, image)
        self._retry.start()
        if not self._is_failing:
            self._is_failing = True
            self.failed.emit(error)

    def _try_again(self) -> None:
        if self._waiting and not self._context.is_closing:
            self._put_away(self._waiting.pop(0))


def _tell_both(first: OnKept, second: OnKept, item_id: int | None) -> None:
    first(item_id)
    second(item_id)
