"""The picture that forms while the pen moves, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.canvas.pictures import image_of
from desktop_app.context import AppContext
from desktop_app.sessions.sketch_session import Made
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.picture_view import PictureView
from workers.results import GeneratedImage, SketchJob, SketchStep, StepPreview

NEXT_WITHIN_MS = 400  # after one that gave way, a live picture has begun


class PictureSide(QWidget):
    """Follows the session; a picture that was chosen stays until the next one comes.

    Signals:
        image_changed(QImage): another one is shown, a preview perhaps.
    """

    image_changed = Signal(QImage)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._session = context.sessions.sketch
        self._shown: GeneratedImage | None = None
        self._before: QImage | None = None  # what stood here before, or was chosen: to compare with
        self._titles = self._before_and_now
        self.given_up = QTimer(self, singleShot=True, interval=NEXT_WITHIN_MS)  # when no other one began
        self.view = PictureView()
        self.details = ElidedLabel()
        self.details.setProperty("role", "caption")
        self.compare_button = self._button("compare", self.tr("Compare with the picture before"))
        self.compare_button.setCheckable(True)
        self.reference_button = self._button("layers", self.tr("Lay below the drawing, as a reference"))
        self.anew_button = self._button("select-rectangle", self.tr("Make what is selected anew (Ctrl+Shift+G)"))
        self.upscale_button = self._button("enlarge", self.tr("Make it twice as large"))
        self.copy_button = self._button("copy", self.tr("Copy the picture"))
        self.save_button = self._button("download", self.tr("Save the picture (Ctrl+Shift+S)"))

        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_XS)
        row.addWidget(self.details, 1)
        for button in self.buttons:
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_S)
        layout.addWidget(self.view, 1)
        layout.addLayout(row)

        self._session.previewed.connect(self._on_previewed)
        # Methods, which end with this widget: the session may still tell something when the page is gone.
        self._session.picture_ready.connect(self._on_picture_ready)
        self._session.job_changed.connect(self._on_job_changed)
        self.given_up.timeout.connect(self._show_finished)
        self._session.load_progressed.connect(self._show_progress)
        self._session.document.selection_changed.connect(self._show_buttons)
        self.compare_button.toggled.connect(self._on_compare)
        self._show_buttons()
        self._show_progress()

    @property
    def _before_and_now(self) -> tuple[str, str]:
        return self.tr("Before"), self.tr("Now")

    @property
    def is_preview(self) -> bool:
        """Whether what is shown is still being made."""
        return self._shown is None or self.view.image != image_of(self._shown.pixels)

    @property
    def buttons(self) -> tuple[QToolButton, ...]:
        return (
            self.compare_button, self.reference_button, self.anew_button, self.upscale_button, self.copy_button,
            self.save_button,
        )  # fmt: skip

    @property
    def shown(self) -> GeneratedImage | None:
        """The finished picture that is shown, or that a preview stands before."""
        return self._shown

    def show_picture(self, image: GeneratedImage) -> None:
        if image is not self._shown:
            self._before = image_of(self._shown.pixels) if self._shown is not None else None
            self._titles = self._before_and_now
            self._shown = image
        self._show_image(image_of(image.pixels))
        self.compare_button.setChecked(False)
        request = image.request
        self.view.setAccessibleDescription(request.prompt)
        height, width, _ = image.pixels.shape
        how = self.tr("{width} × {height} · seed {seed} · {steps} steps · {seconds:.1f} s").format(
            width=width,
            height=height,
            seed=request.seed,
            steps=request.n_steps_run,
            seconds=image.seconds,
        )
        self.details.setText(how if image.seconds else f"{width} × {height}")  # it was not made here: nobody knows how
        self._show_buttons()

    def _show_finished(self) -> None:
        """Takes away a preview that no picture came of: what is below it speaks of the finished one."""
        if self.is_preview:
            self._show_image(QImage() if self._shown is None else image_of(self._shown.pixels))

    def _show_image(self, image: QImage) -> None:
        self.view.show_image(image)
        self.image_changed.emit(image)

    def compare_with(self, image: GeneratedImage) -> None:
        """Shows another picture at the left of a line, until the button that says so is released."""
        self._before = image_of(image.pixels)
        self._titles = (self.tr("Chosen"), self.tr("Shown"))
        self.compare_button.setChecked(False)
        self.compare_button.setChecked(True)
        self._show_buttons()

    def _button(self, icon: str, tip: str) -> QToolButton:
        return theme.icon_button(icon, tip)

    def _on_picture_ready(self, made: Made) -> None:
        self.show_picture(made.image)

    def _on_previewed(self, step: SketchStep) -> None:
        preview = step.result
        if isinstance(preview, StepPreview) and preview.pixels is not None:
            self.compare_button.setChecked(False)
            self._show_image(image_of(preview.pixels))
            self.view.set_fraction(preview.step / preview.of)

    def _on_job_changed(self, job: SketchJob | None) -> None:
        self._show_progress()
        if job is None:
            self.given_up.start()
        else:
            self.given_up.stop()

    def _show_progress(self) -> None:
        """How far a model is that is being loaded; else that a picture begins, or that none is made."""
        loading = self._session.loading
        if loading is None:
            self.view.set_empty_text(self.tr("The picture forms here while you draw."))
            self.view.set_fraction(-1.0 if self._session.job is None else 0.0)
        else:
            percent = f"\n{loading.fraction:.0%}" if loading.fraction > 0 else ""
            self.view.set_empty_text(self._session.load_text + percent)
            self.view.set_fraction(max(0.0, loading.fraction))

    def _on_compare(self, is_on: bool) -> None:
        self.view.compare_with(self._before if is_on else None, self._titles)

    def _show_buttons(self) -> None:
        for button in self.buttons:
            button.setEnabled(self._shown is not None)
        self.compare_button.setEnabled(self._before is not None)
        is_selected = self._session.document.selection is not None
        self.anew_button.setEnabled(self._shown is not None and is_selected)
        self.anew_button.setToolTip(
            self.tr("Make what is selected anew (Ctrl+Shift+G)")
            if is_selected
            else self.tr("Select a part of the drawing (M): it alone is made anew")
        )
