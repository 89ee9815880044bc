"""Puts pictures that were made into the history; on a disk that is full they wait until there is room."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.jobs import Job
from workers.errors import DiskError
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
    """

    failed = Signal(object)
    recovered = Signal()

    _written = Signal(object, object, object)  # GeneratedImage, OnKept, Future[int]

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: list[tuple[GeneratedImage, OnKept]] = []
        self._is_failing = False
        self._retry = QTimer(self, singleShot=True, interval=round(RETRY_S * 1000))
        self._retry.timeout.connect(self._try_again)
        self._written.connect(self._on_written)

    def keep(self, image: GeneratedImage, on_kept: OnKept) -> None:
        """Keeps a picture with all that made it, unless nothing is to be kept now."""
        if self._context.settings.history.is_private:
            return
        if self._is_failing:
            self._waiting.append((image, on_kept))
        else:
            self._put_away(image, on_kept)

    def _put_away(self, image: GeneratedImage, on_kept: OnKept) -> None:
        self._context.run(partial(self._kept, image), on_done=partial(self._on_given, image, on_kept))

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

    def _on_given(self, image: GeneratedImage, on_kept: OnKept, kept: Future[int] | None) -> None:
        if kept is None:
            self._on_kept(on_kept, None)
        else:
            kept.add_done_callback(partial(self._written.emit, image, on_kept))  # in the writer's thread

    def _on_written(self, image: GeneratedImage, on_kept: OnKept, kept: Future[int]) -> None:
        if (error := kept.exception()) is not None:
            self._on_failed(image, on_kept, error)
        else:
            self._on_kept(on_kept, kept.result())

    def _on_kept(self, on_kept: OnKept, item_id: int | None) -> None:
        on_kept(item_id)
        if self._waiting:
            self._try_again()
        elif self._is_failing:
            self._is_failing = False
            self.recovered.emit()

    def _on_failed(self, image: GeneratedImage, on_kept: OnKept, error: BaseException) -> None:
        if not isinstance(error, DiskError):
            self._context.show_error(error)
            return
        self._waiting.insert(0, (image, on_kept))
        self._retry.start()
        if not self._is_failing:
            self._is_failing = True
            self.failed.emit(error)

    def _try_again(self) -> None:
        if self._waiting and not self._context.is_closing:
            self._put_away(*self._waiting.pop(0))
