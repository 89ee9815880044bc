"""Ask: a chat about the picture, and where the next question is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.panels.see.model_choice import ModelChoice, StarterNote
from desktop_app.sessions.chat import ChatTurn, Rating
from desktop_app.sessions.voice_question import VoiceState
from desktop_app.settings import See, extra_of
from desktop_app.widgets.chat_view import ChatView
from desktop_app.widgets.elided_combo import ElidedCombo
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.page import enable
from desktop_app.widgets.question_field import QuestionField
from desktop_app.widgets.save_dialog import ask_where_to_save
from desktop_app.widgets.screen_reader import announce
from desktop_app.widgets.thumbnail import Thumbnail
from desktop_app.widgets.voice_key import VoiceKey
from workers.engines.registry import engine_named
from workers.results import Progress

if TYPE_CHECKING:
    from workers.results import VideoFrame

QUIET_DBFS = -60
ABOUT_NEWEST, ABOUT_SAME = "newest", "same"
PENDING_PX = 40
SUGGESTIONS = ("what is on the right?", "how many things are there?", "what is this?")
"""In English, which every model understands."""


class AskTab(QWidget):
    """Shows the session's chat.

    Signals:
        picture_pasted(QMimeData): into the field.
    """

    picture_pasted = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.vision
        self._titles: dict[str, str] = {}
        self._has_text = False  # in the field
        self.model = ModelChoice(context, "ask")
        self.new_button = theme.icon_button("plus", self.tr("New chat"), tip=self.tr("New chat (Ctrl+N)"))
        self.export_button = theme.icon_button(
            "upload", self.tr("Export"), tip=self.tr("Export the chat with its pictures (Ctrl+E)")
        )
        self.note = StarterNote(context, self.model)
        self.chat = ChatView(self._title_of)
        self.empty = Empty()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.chat)
        self.stack.setMinimumHeight(1)  # a long question and its pictures come first

        self.progress = ElidedLabel("", "caption")
        self.progress.hide()
        self.pending = QWidget()
        self.voice_row = QWidget()
        self.voice_text = ElidedLabel("", "caption")
        self.voice_level = QProgressBar()
        self.voice_level.setRange(QUIET_DBFS, 0)
        self.voice_level.setTextVisible(False)
        self.voice_level.setFixedWidth(64)
        self.field = QuestionField(self.tr("Ask about the picture"))
        self.field.setToolTip(
            self.tr("Enter asks, Shift+Enter begins a new line, Up brings back what was asked before")
        )
        self.about = ElidedCombo(self.tr("About"), self.tr("Which picture the question is about"))
        self.about.setMinimumContentsLength(14)
        self.about.addItem(theme.icon("picture"), self.tr("Newest picture"), ABOUT_NEWEST)
        self.about.addItem(theme.icon("refresh"), self.tr("Same picture"), ABOUT_SAME)
        self.add_button = theme.icon_button(
            "plus", self.tr("Add this picture"), tip=self.tr("Add this picture to the next question (Ctrl+Shift+A)")
        )
        self.aloud_button = theme.icon_button("speaker", self.tr("Read answers aloud"))
        self.voice_button = theme.icon_button("hear", self.tr("Speak a question"))
        self.send_button = theme.icon_button("send", self.tr("Ask"), tip=self.tr("Ask (Enter)"))
        self.stop_button = theme.icon_button("stop", self.tr("Stop"), tip=self.tr("Stop the answer (Esc)"))

        self._lay_out()
        self._connect()
        self._show_limits()
        self._show_turns()
        self._show_pending()
        self._show_voice()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_XS)
        head.addWidget(self.model, 1)
        head.addWidget(self.new_button)
        head.addWidget(self.export_button)
        self.composer = QFrame()
        self.composer.setProperty("role", "composer")
        self.pending_row = QHBoxLayout(self.pending)
        self.pending_row.setContentsMargins(0, 0, 0, 0)
        self.pending_row.setSpacing(theme.SPACE_XS)
        self.pending_row.addStretch()
        tools = QHBoxLayout()
        tools.setSpacing(theme.SPACE_XS)
        tools.addWidget(self.about, 1)
        tools.addWidget(self.add_button)
        tools.addStretch(1)
        tools.addWidget(self.aloud_button)
        tools.addWidget(self.voice_button)
        tools.addWidget(self.send_button)
        tools.addWidget(self.stop_button)
        inner = QVBoxLayout(self.composer)
        inner.setContentsMargins(theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_XS)
        inner.setSpacing(theme.SPACE_XS)
        voice = QHBoxLayout(self.voice_row)
        voice.setContentsMargins(theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_XS, 0)
        voice.addWidget(self.voice_text, 1)
        voice.addWidget(self.voice_level)
        inner.addWidget(self.voice_row)
        inner.addWidget(self.pending)
        inner.addWidget(self.field)
        inner.addLayout(tools)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_S)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.progress)
        layout.addWidget(self.composer)

    def _connect(self) -> None:
        session = self._session
        self.empty.chosen.connect(self.ask)
        self.model.model_changed.connect(self._show_limits)
        self.new_button.clicked.connect(session.chat.new_chat)
        self.export_button.clicked.connect(self.ask_export)
        self.field.sent.connect(self.ask)
        self.field.textChanged.connect(self._show_buttons)
        self.field.textChanged.connect(self._on_text_changed)
        self.field.picture_pasted.connect(self.picture_pasted)
        self.add_button.clicked.connect(session.chat.add_frame)
        self.send_button.clicked.connect(self.field.send)
        self.stop_button.clicked.connect(self.stop)
        self.aloud_button.clicked.connect(self._on_aloud)
        self.voice_button.pressed.connect(self.begin_voice)
        self.voice_button.released.connect(session.chat.end_voice)
        session.chat.voice.state_changed.connect(self._show_voice)
        self.voice_key = VoiceKey(session.chat.voice, session.chat.end_voice, self)
        session.chat.voice.text_changed.connect(self._show_voice)
        session.chat.voice.level_changed.connect(lambda dbfs: self.voice_level.setValue(round(max(QUIET_DBFS, dbfs))))
        session.chat.speaker.speaking_changed.connect(self._show_buttons)
        self._context.settings_changed.connect(self._on_settings_changed)
        self.chat.rated.connect(self._on_rated)
        self.chat.copied.connect(lambda _turn: self._context.notify("info", self.tr("Copied.")))
        session.chat.turn_added.connect(self._on_turn_added)
        session.chat.turn_changed.connect(self._on_turn_changed)
        session.chat.turn_ended.connect(self._on_turn_ended)
        session.chat.chat_cleared.connect(self._on_chat_cleared)
        session.chat.pending_changed.connect(self._show_pending)
        session.chat.load_progress.connect(self._show_progress)
        session.state_changed.connect(self._show_buttons)
        session.source_changed.connect(self._show_buttons)

    @property
    def takes_several(self) -> bool:
        """The model that answers looks at several pictures at once."""
        return self.model.engine != "" and engine_named(self.model.engine).info.takes_several_images

    @property
    def is_busy(self) -> bool:
        """There is something that Esc stops."""
        session = self._session
        return (
            session.chat.is_answering
            or session.chat.speaker.is_speaking
            or session.chat.voice.state is not VoiceState.IDLE
        )

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def ask(self, question: str) -> None:
        """Asks about the picture that is chosen; the field keeps the focus."""
        is_same = self.about.currentData() == ABOUT_SAME and not self._session.chat.pending_frames
        if self._session.chat.ask(question, same_frame=is_same) is not None:
            self.field.remember(question)
        self.field.setFocus()

    def stop(self) -> None:
        self._session.chat.voice.cancel()
        self._session.chat.stop_answer()
        self.field.setFocus()

    def _on_text_changed(self) -> None:
        """The model that answers is loaded while the first words are typed."""
        has_text = not self.field.document().isEmpty()
        if has_text and not self._has_text and self._session.newest_frame is not None:
            self._session.chat.prepare_answers()
        self._has_text = has_text

    def begin_voice(self) -> None:
        """Takes a spoken question until the key, or the button, is released."""
        self._session.chat.begin_voice()

    def copy_last(self) -> None:
        """Copies the newest answer."""
        answers = [turn.answer.strip() for turn in self._session.chat.turns if turn.answer.strip()]
        if answers:
            QGuiApplication.clipboard().setText(answers[-1])
            self._context.notify("info", self.tr("Copied."))

    def ask_export(self) -> None:
        """Asks where to, then exports."""
        if not self._session.chat.turns:
            return
        name = self._session.chat.turns[0].question
        if path := ask_where_to_save(self._context, self, self.tr("Export the chat"), name, "md"):
            self._session.chat.export_chat(path)

    def _on_aloud(self) -> None:
        menu, group = QMenu(self), QActionGroup(self)
        chosen = self._context.settings.see.speak_answers
        for value, text in extra_of(See.model_fields["speak_answers"])["labels"].items():
            action = menu.addAction(i18n.from_settings(text))
            action.setCheckable(True)
            action.setChecked(value == chosen)
            group.addAction(action)
            action.triggered.connect(lambda _=False, value=value: self._set_aloud(value))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.aloud_button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _set_aloud(self, value: str) -> None:
        self._context.change_setting("see.speak_answers", value)

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def _title_of(self, model_id: str) -> str:
        if model_id not in self._titles:
            self._titles.update({entry.id: entry.title for entry in self._context.catalogue.entries()})
        return self._titles.get(model_id, model_id)

    def _show_limits(self) -> None:
        """What the model cannot do is said before it is asked."""
        entry, texts = self.model.entry, []
        if entry is not None:
            info = engine_named(self.model.engine).info
            if not info.takes_several_images:
                texts.append(self.tr("One picture at a time."))
            if not info.has_memory:
                texts.append(self.tr("Each question stands alone."))
            if self.model.engine == "blip":
                texts.append(self.tr("Answers in a word or two."))
            if entry.languages == ("en",):
                texts.append(self.tr("Understands English."))
            if self.model.server:
                texts.append(self.tr("Questions and their pictures go to {place}.").format(place=self.model.server))
        elif self.model.is_known:
            texts.append(self.tr("No model that answers is installed."))
        self.empty.text.setText(" ".join(texts))
        self.model.setToolTip("\n".join([self.model.tip, *texts]))
        self._show_pending()

    def _show_turns(self) -> None:
        for turn in self._session.chat.turns:
            self.chat.add_turn(turn)
        self._show_buttons()

    def _on_turn_added(self, turn: ChatTurn) -> None:
        self.chat.add_turn(turn)
        self._show_buttons()

    def _on_turn_ended(self, turn: ChatTurn) -> None:
        if not self._session.chat.speaker.is_speaking:  # two voices at once are none
            announce(self, turn.answer.strip())

    def _on_turn_changed(self, turn: ChatTurn) -> None:
        self.chat.refresh_turn(turn)
        self._show_buttons()

    def _on_chat_cleared(self) -> None:
        self.chat.clear()
        self.about.setCurrentIndex(0)
        self._show_turns()

    def _on_rated(self, turn: ChatTurn, rating: Rating) -> None:
        self._session.chat.rate(turn, rating)

    def _on_settings_changed(self, place: str) -> None:
        if place == "see.speak_answers":
            self._show_buttons()

    def _show_voice(self, _what: object = None) -> None:
        """What is heard while a question is spoken."""
        voice = self._session.chat.voice
        texts = {
            VoiceState.OPENING: self.tr("Opening the microphone …"),
            VoiceState.LISTENING: voice.text or self.tr("Speak now, then let go"),
            VoiceState.TRANSCRIBING: voice.text or self.tr("Writing it down …"),
        }
        self.voice_row.setVisible(voice.state is not VoiceState.IDLE)
        self.voice_level.setVisible(voice.state is VoiceState.LISTENING)
        self.voice_text.setText(texts.get(voice.state, ""))
        self._show_buttons()

    def _show_progress(self, progress: Progress | None) -> None:
        self.progress.setVisible(progress is not None)
        if progress is not None:
            self.progress.setText(i18n.from_workers(progress.message) or self.tr("Loading the model"))

    def _show_pending(self) -> None:
        """The pictures that wait for the next question."""
        while self.pending_row.count() > 1:
            item = self.pending_row.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        frames = list(self._session.chat.pending_frames)
        for index, frame in enumerate(frames):
            self.pending_row.insertWidget(
                index, _Pending(frame, lambda _=False, index=index: self._session.chat.remove_frame(index))
            )
        self.pending.setVisible(bool(frames))
        self._show_buttons()

    def _show_buttons(self, _state: object = None) -> None:
        session, has_turns = self._session, bool(self._session.chat.turns)
        self.stack.setCurrentWidget(self.chat if has_turns else self.empty)
        self.note.give_way(
            has_turns or bool(session.chat.pending_frames) or session.chat.voice.state is not VoiceState.IDLE
        )
        is_busy = session.chat.is_answering or session.chat.speaker.is_speaking
        self.send_button.setVisible(not is_busy)
        self.stop_button.setVisible(is_busy)
        enable(
            self.voice_button,
            session.newest_frame is not None,
            self.tr("Hold to speak a question (F8)"),
            self.tr("There is no picture yet"),
        )
        aloud = extra_of(See.model_fields["speak_answers"])["labels"][self._context.settings.see.speak_answers]
        self.aloud_button.setToolTip(self.tr("Read answers aloud: {which}").format(which=i18n.from_settings(aloud)))
        self.send_button.setEnabled(bool(self.field.toPlainText().strip()))
        self.send_button.setToolTip(
            self.tr("Ask (Enter)") if self.send_button.isEnabled() else self.tr("Write a question first")
        )
        enable(self.new_button, has_turns, self.tr("New chat (Ctrl+N)"), self.tr("Nothing was asked yet"))
        enable(
            self.export_button,
            has_turns,
            self.tr("Export the chat with its pictures (Ctrl+E)"),
            self.tr("Nothing was asked yet"),
        )
        self._show_about(has_turns=has_turns)

    def _show_about(self, *, has_turns: bool) -> None:
        pending = bool(self._session.chat.pending_frames)
        enable(
            self.about,
            has_turns and not pending,
            self.tr("Which picture the question is about"),
            self.tr("The question is about the pictures above")
            if pending
            else self.tr("The first question is about the newest picture"),
        )
        takes_several = self.takes_several
        has_picture = self._session.newest_frame is not None
        why = (
            self.tr("There is no picture yet")
            if takes_several
            else self.tr("This model looks at one picture at a time")
        )
        enable(
            self.add_button,
            takes_several and has_picture,
            self.tr("Add this picture to the next question (Ctrl+Shift+A)"),
            why,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_busy:
            self.stop()
        else:
            super().keyPressEvent(event)


class Empty(QWidget):
    """What stands there before the first question: what the model can do, and questions to begin with.

    Signals:
        chosen(str): one of the questions.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.title = theme.label(self.tr("Ask about the picture"), "heading")
        self.text = theme.label("", "muted", wrap=True)
        self.suggestions: list[QPushButton] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_XS)
        layout.addStretch(2)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        for question in SUGGESTIONS:
            button = theme.button(question, "link", tip=self.tr("Ask this"))
            button.clicked.connect(lambda _=False, question=question: self.chosen.emit(question))
            self.suggestions.append(button)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def hasHeightForWidth(self) -> bool:
        return False  # its words claim no height

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        text_px = self.text.heightForWidth(self.width())
        room_px = self.height() - text_px - 2 * theme.CONTROL_HEIGHT
        self.text.setVisible(self.height() >= text_px)
        self.title.setVisible(room_px > 0)
        for number, button in enumerate(self.suggestions, 1):
            button.setVisible(room_px > number * (theme.CONTROL_HEIGHT + theme.SPACE_XS))


class _Pending(QWidget):
    """A picture that waits for the next question, and the button that takes it out."""

    def __init__(self, frame: VideoFrame, remove) -> None:  # type: ignore[no-untyped-def]
        super().__init__()
        self.picture = Thumbnail(frame, self.tr("A picture of the next question"), PENDING_PX)
        self.button = theme.icon_button("close", self.tr("Take this picture out"))
        self.button.setIconSize(self.button.iconSize() * 0.7)
        self.button.setProperty("role", "small")
        self.button.clicked.connect(remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.picture)
        row.addWidget(self.button)
