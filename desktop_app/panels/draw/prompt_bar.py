"""The bar at the foot of the page: what it should be, whether pictures follow the pen, how far one is, generate."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.sketch_session import WORDS
from desktop_app.sessions.voice_question import VoiceState
from desktop_app.styles import styles
from desktop_app.widgets.elided_combo import ElidedCombo
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.switch import Switch
from workers.engines.sketch.prompts import MOST_LETTERS
from workers.results import SketchJob, SketchStep, StepPreview

TYPING_PAUSE_MS = 400  # words are taken when the hands rest: half a word makes no picture
LIGHT_PX = 10
NARROW_BELOW_PX = 620


class PromptBar(QFrame):
    """Follows `sessions.sketch` and calls its verbs."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._context = context
        self._session = context.sessions.sketch
        draw = context.settings.draw

        self.prompt = QLineEdit(draw.prompt)
        self.prompt.setCursorPosition(0)  # a long one is read from its beginning
        self.prompt.setPlaceholderText(self.tr("What should it be? A red cat, a house in the snow …"))
        self.prompt.setAccessibleName(self.tr("What it should be"))
        self.prompt.setToolTip(self.tr("What it should be (Ctrl+L; Esc goes back to the canvas)"))
        self.prompt.setClearButtonEnabled(True)
        self.prompt.setMaxLength(MOST_LETTERS)
        self.voice_button = theme.icon_button(
            "hear", self.tr("Say what it should be"), tip=self.tr("Hold and say what it should be (hold F8)")
        )
        self.style_choice = ElidedCombo(self.tr("Style"), self.tr("Words that are added to yours"))
        self.style_choice.addItem(theme.icon("palette"), self.tr("No style"), "")
        for style in styles():
            self.style_choice.addItem(theme.icon("palette"), i18n.from_settings(style.title), style.name)
        self.style_choice.setCurrentIndex(max(0, self.style_choice.findData(draw.style)))
        self.style_choice.setMinimumContentsLength(9)
        self.style_choice.setMaximumWidth(220)

        self.live = Switch()
        self.live.setAccessibleName(self.tr("Live"))
        self.live.setToolTip(self.tr("Pictures follow the pen (Ctrl+Shift+L)"))
        self.live.setChecked(self._session.is_live)
        self.light = BusyLight()
        self.status = ElidedLabel()
        self.status.setProperty("role", "caption")
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.seed_button = theme.icon_button("dice", self.tr("Another seed"), tip=self.tr("Another seed (Ctrl+J)"))
        self.variations_button = theme.button(
            self.tr("Variations"), "plain", "grid", tip=self.tr("Pictures with other seeds (Ctrl+Shift+Return)")
        )
        self.generate_button = theme.button(
            self.tr("Generate"), "primary", "draw", tip=self.tr("Make a picture with more steps (Ctrl+Return)")
        )
        self.cancel_button = theme.button(self.tr("Cancel"), "plain", "stop", tip=self.tr("Cancel (Esc)"))
        self.variations_button.setAccessibleName(self.tr("Variations"))
        self.cancel_button.setAccessibleName(self.tr("Cancel"))
        self._lay_out()

        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._take_prompt)
        self.prompt.textEdited.connect(self._typing.start)
        self.prompt.textChanged.connect(self._on_text_changed)
        self.prompt.returnPressed.connect(self._on_return)
        self.prompt.editingFinished.connect(self._on_left)
        self.style_choice.activated.connect(
            lambda row: context.change_setting("draw.style", self.style_choice.itemData(row))
        )
        self.voice_button.pressed.connect(self._session.begin_voice)
        self.voice_button.released.connect(self._session.end_voice)
        self._session.voice.state_changed.connect(self._on_voice_changed)
        self._session.voice.text_changed.connect(self._on_heard)
        self.live.toggled.connect(self._session.set_live)
        self.seed_button.clicked.connect(self._session.new_seed)
        self.generate_button.clicked.connect(self.generate)
        self.variations_button.clicked.connect(self.vary)
        self.cancel_button.clicked.connect(self._session.cancel)
        self._session.live_changed.connect(self._on_live_changed)
        self._session.job_changed.connect(self._on_job_changed)
        self._session.waiting_changed.connect(self._on_waiting_changed)
        self._session.previewed.connect(self._on_previewed)
        self._session.state_changed.connect(self._show_rest)
        self._session.load_progressed.connect(self._on_load_progressed)
        self._session.document.revision_changed.connect(self._show_rest)
        self._session.document.selection_changed.connect(self._show_rest)
        context.settings_changed.connect(self._on_settings_changed)
        self._show_rest()

    def _lay_out(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(theme.SPACE_S)
        words.addWidget(self.prompt, 1)
        words.addWidget(self.voice_button)
        words.addWidget(self.style_choice)
        verbs = QHBoxLayout()
        verbs.setSpacing(theme.SPACE_S)
        live = theme.label(self.tr("Live"), "body")
        live.setBuddy(self.live)
        verbs.addWidget(self.live)
        verbs.addWidget(live)
        verbs.addSpacing(theme.SPACE_S)
        verbs.addWidget(self.light)
        verbs.addWidget(self.status, 1)
        verbs.addWidget(self.seed_button)
        verbs.addWidget(self.variations_button)
        verbs.addWidget(self.cancel_button)
        verbs.addWidget(self.generate_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        layout.setSpacing(theme.SPACE_S)
        layout.addLayout(words)
        layout.addLayout(verbs)

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def generate(self) -> None:
        self._take_prompt()
        if not self._context.settings.draw.is_seed_locked:
            self._session.new_seed()
        self._session.generate()

    def vary(self) -> None:
        self._take_prompt()
        self._session.vary(self._context.settings.draw.variations)

    def set_prompt(self, text: str) -> None:
        """Puts words there, such as those that were spoken."""
        self.prompt.setText(text)
        self._take_prompt()

    # ── words that are spoken ───────────────────────────────────────────────────────────────────────────────────────

    def _on_voice_changed(self, state: VoiceState) -> None:
        """While somebody speaks, the words stand in the field as they are heard."""
        self.voice_button.setDown(state in (VoiceState.OPENING, VoiceState.LISTENING))
        self.prompt.setReadOnly(state is not VoiceState.IDLE)
        match state:
            case VoiceState.OPENING:
                self.status.setText(self.tr("Opening the microphone …"))
            case VoiceState.LISTENING:
                self.status.setText(self.tr("Listening …"))
            case VoiceState.TRANSCRIBING:
                self.status.setText(self.tr("Writing what was said …"))
            case VoiceState.IDLE:
                self.prompt.setText(self._context.settings.draw.prompt)
                self._show_rest()

    def _on_heard(self, text: str) -> None:
        if text.strip():
            self.prompt.setText(text.strip())

    def _on_return(self) -> None:
        if self._session.is_live:
            self._take_prompt()
        else:
            self.generate()

    def _take_prompt(self) -> None:
        self._typing.stop()
        self._context.change_setting("draw.prompt", self.prompt.text())

    def _on_left(self) -> None:
        if not self.prompt.isReadOnly():  # else somebody speaks, and it is not all that they say
            self._take_prompt()

    def _on_text_changed(self, text: str) -> None:
        if not text and not self.prompt.isReadOnly():
            self._typing.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow bar buttons show their icons alone, so that there is room for the time that is left."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= NARROW_BELOW_PX
        self.variations_button.setText(self.tr("Variations") if is_wide else "")
        self.cancel_button.setText(self.tr("Cancel") if is_wide else "")

    def _on_live_changed(self, is_on: bool) -> None:
        self.live.setChecked(is_on)
        self._show_rest()

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def _on_job_changed(self, job: SketchJob | None) -> None:
        self.light.set_busy(job.kind if job is not None else "")
        self.cancel_button.setEnabled(self._session.can_cancel)
        if job is None:
            self._show_rest()
            return
        place, of = job.of
        if self._session.loading is not None:
            self._say(self._session.load_text)
        elif of > 1:
            self._say(self.tr("Picture {place} of {count} …").format(place=place, count=of))
        else:
            self._say(self.tr("A better picture …") if job.kind == "final" else self.tr("A picture …"))

    def _on_load_progressed(self) -> None:
        self._on_job_changed(self._session.job)

    def _on_waiting_changed(self) -> None:
        self._on_job_changed(self._session.job)

    def _say(self, text: str) -> None:
        """With how many pictures wait beside those of the order that runs; first, while a model is loaded."""
        job, count = self._session.job, self._session.n_waiting
        if job is not None:
            count -= job.of[1] - job.of[0]
        waiting = self.tr("%n picture(s) wait", "", count) if count > 0 else ""
        parts = (waiting, text) if job is None else (text, waiting)
        self.status.setText("  ·  ".join(filter(None, parts)))

    def _on_previewed(self, step: SketchStep) -> None:
        preview = step.result
        if isinstance(preview, StepPreview) and preview.seconds_left >= 0:
            place, of = step.job.of
            which = self.tr("Picture {place} of {count}: ").format(place=place, count=of) if of > 1 else ""
            left = self.tr("{seconds:.1f} s left").format(seconds=preview.seconds_left)
            self._say(which + left)

    def _show_rest(self) -> None:
        if self._session.job is not None or self._session.voice.state is not VoiceState.IDLE:
            return
        self.cancel_button.setEnabled(self._session.can_cancel)
        if self._session.loading is not None or self._session.n_waiting:
            self._say(self._session.load_text)
        elif self._session.state is SessionState.FAILED:
            self.status.setText(self.tr("It did not work. The message above says why."))
        elif self._session.has_words_for_part and self._session.is_live:
            self.status.setText(self.tr("The words are for what is selected: make it anew (Ctrl+Shift+G)."))
        elif self._session.newest is not None:
            self.status.setText(
                self.tr("{seconds:.1f} s for the last picture").format(seconds=self._session.newest.seconds)
            )
        elif not self._session.document.is_blank:
            self.status.setText(
                self.tr("A picture follows each change.") if self._session.is_live else self.tr("Press Generate.")
            )
        elif self._session.is_live:
            self.status.setText(self.tr("Draw something, and a picture follows."))
        else:
            self.status.setText(self.tr("Draw something, and press Generate."))

    def _on_settings_changed(self, place: str) -> None:
        draw = self._context.settings.draw
        if place == "draw.prompt" and draw.prompt != self.prompt.text():
            self.prompt.setText(draw.prompt)
            self.prompt.setCursorPosition(0)
        elif place == "draw.style":
            self.style_choice.setCurrentIndex(max(0, self.style_choice.findData(draw.style)))
        if place in WORDS:
            self._show_rest()


class BusyLight(QWidget):
    """A dot that is lit exactly while a picture is being made."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ""
        self.setFixedSize(QSize(LIGHT_PX + 4, LIGHT_PX + 4))
        self.set_busy("")

    @property
    def is_busy(self) -> bool:
        return bool(self._kind)

    def set_busy(self, kind: str) -> None:
        self._kind = kind
        text = self.tr("A picture is being made") if kind else self.tr("Nothing is being made")
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent" if self._kind else "control"))
            painter.drawEllipse(QRectF(2, 2, LIGHT_PX, LIGHT_PX))
