"""The line above a page that tells the user something: a sentence, a hint, perhaps a button."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.context import Message
from desktop_app.widgets.screen_reader import announce

_ICONS = {"info": ("info", "accent"), "warning": ("warning", "warning"), "error": ("error", "danger")}


class Banner(QWidget):
    """Shows one message at a time, oldest first, until it is dismissed; the same message twice is shown once.

    Attributes:
        gives_way: the newest message takes the place of what is shown, instead of waiting behind it.

    Signals:
        message_changed(Message | None): what is shown now.
    """

    message_changed = Signal(object)

    gives_way = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = QFrame()
        self._frame.setProperty("role", "banner")
        self._queue: deque[Message] = deque()
        self._message: Message | None = None

        self._icon = QLabel()
        self._sentence = theme.label("", "strong", wrap=True)
        self._hint = theme.label("", "muted", wrap=True)
        for text in (self._sentence, self._hint):
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)
        self._more = theme.label("", "caption")
        self._action = theme.button("")
        self._action.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the page
        self._action.clicked.connect(self._on_action)
        self._dismiss = theme.icon_button("close", self.tr("Dismiss"), tip=self.tr("Dismiss (Esc)"))
        self._dismiss.clicked.connect(self.dismiss)

        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch()
        texts.addWidget(self._sentence)
        texts.addWidget(self._hint)
        texts.addStretch()
        layout = self._row = QHBoxLayout(self._frame)
        layout.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        layout.setSpacing(theme.SPACE_M)
        layout.addWidget(self._icon)
        layout.addLayout(texts, 1)
        layout.addWidget(self._more)
        layout.addWidget(self._action)
        layout.addWidget(self._dismiss)
        outer = QVBoxLayout(self)  # its margins are the caller's: room around the frame, gone when hidden
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._frame)

        theme.theme().changed.connect(self._show_icon)
        self.hide()

    @property
    def message(self) -> Message | None:
        return self._message

    def post(self, message: Message) -> None:
        """Shows the message, or queues it behind what is shown."""
        if message.topic and self._message is not None and message.topic == self._message.topic:
            self._show(message)
            return
        self._queue = deque(waiting for waiting in self._queue if not message.topic or waiting.topic != message.topic)
        if message == self._message or message in self._queue:
            return
        if self._message is None or self.gives_way:
            self._show(message)
        else:
            self._queue.append(message)
            self._show_more()

    def withdraw(self, topic: str) -> None:
        """Takes away what was posted about a topic."""
        self._queue = deque(waiting for waiting in self._queue if waiting.topic != topic)
        if self._message is not None and self._message.topic == topic:
            self.dismiss()
        else:
            self._show_more()

    def dismiss(self) -> None:
        """Goes on to the next message, or hides."""
        self._show(self._queue.popleft() if self._queue else None)

    def _show(self, message: Message | None) -> None:
        self._message = message
        if message is not None:
            self._fill(message)
        self.setVisible(message is not None)
        self.message_changed.emit(message)
        if message is not None:
            announce(self, f"{message.sentence} {message.hint}".strip(), is_urgent=message.kind == "error")

    def _fill(self, message: Message) -> None:
        self._sentence.setText(message.sentence)
        self._hint.setText(message.hint)
        self._hint.setVisible(bool(message.hint))
        self._action.setVisible(message.action is not None)
        if message.action is not None:
            self._action.setText(message.action[0])
            self._action.setToolTip(message.action[0])
        self._frame.setProperty("tone", message.kind)
        self.setAccessibleName(message.sentence)
        self.setAccessibleDescription(message.hint)
        theme.refresh(self._frame)
        self._show_icon()
        self._show_more()

    def _show_icon(self) -> None:
        if self._message is not None:
            self._icon.setPixmap(theme.icon(*_ICONS[self._message.kind]).pixmap(20, 20))

    def _show_more(self) -> None:
        self._more.setVisible(bool(self._queue))
        self._more.setText(self.tr("%n more", "", len(self._queue)))

    def _on_action(self) -> None:
        action = self._message.action if self._message else None
        self.dismiss()
        if action is not None:
            action[1]()
