"""What stands on the page before the first word."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.context import AppContext

ROOMY_FROM_PX = 250  # with less height, cards above need it and only the sentences stay ...
SPARSE_BELOW_PX = 130  # ... or only the first one


class Empty(QWidget):
    """What to do first."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._is_listening = False
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = theme.label("", "title")
        self.text = theme.label("", "muted", wrap=True)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setFixedWidth(440)
        self.keys = QWidget()
        keys = QHBoxLayout(self.keys)
        keys.setSpacing(theme.SPACE_S)
        keys.addStretch()
        for key, meaning in (
            ("Ctrl+R", self.tr("start and stop")),
            (self.tr("Space"), self.tr("pause")),
            ("Ctrl+O", self.tr("files")),
        ):
            keys.addWidget(theme.label(key, "key"))
            keys.addWidget(theme.label(meaning, "caption"))
            keys.addSpacing(theme.SPACE_M)
        keys.addStretch()
        self.models_button = theme.button(self.tr("Get a speech model"), "primary", "download")
        self.models_button.clicked.connect(lambda: context.panel_requested.emit("models"))
        self.models_button.hide()
        shield = QLabel()
        shield.setPixmap(theme.icon("shield", "success").pixmap(16, 16))
        self.promise = QWidget()
        promise = QHBoxLayout(self.promise)
        promise.setContentsMargins(0, 0, 0, 0)
        promise.setSpacing(theme.SPACE_XS + 2)
        promise.addStretch()
        promise.addWidget(shield)
        promise.addWidget(theme.label(self.tr("Sound and text stay on this machine."), "caption"))
        promise.addStretch()

        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE_M)
        layout.addStretch(3)
        layout.addWidget(self._icon)
        layout.addWidget(self.title)
        middle = QHBoxLayout()  # an alignment would give a wrapped text too little height
        middle.addStretch()
        middle.addWidget(self.text)
        middle.addStretch()
        layout.addLayout(middle)
        layout.addWidget(self.models_button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.keys)
        layout.addWidget(self.promise)
        layout.addStretch(4)
        theme.theme().changed.connect(self._show_icon)
        self.show_idle()

    def show_models(self, *, has_model: bool) -> None:
        """Without a model nothing can be heard: the way to one is shown."""
        self.models_button.setVisible(not has_model)

    def show_idle(self) -> None:
        self.title.setText(self.tr("Press record and speak"))
        self.text.setText(
            self.tr("You read what you say while you say it. Or drop audio and video files here to transcribe them.")
        )
        self._is_listening = False
        self._fit()
        self._show_icon()

    def show_listening(self, *, is_open: bool) -> None:
        """Invites to speak once somebody hears it."""
        self.title.setText(self.tr("Speak now") if is_open else self.tr("One moment …"))
        self.text.setText(
            self.tr("Your first words appear here in a moment.")
            if is_open
            else self.tr("The sound is being connected.")
        )
        self._is_listening = True
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def hasHeightForWidth(self) -> bool:
        return False  # the wrapped text would ask for its height before the cards get theirs

    def _fit(self) -> None:
        is_roomy = self.height() >= ROOMY_FROM_PX
        self._icon.setVisible(is_roomy)
        self.keys.setVisible(is_roomy and not self._is_listening)
        self.promise.setVisible(self.height() >= SPARSE_BELOW_PX)
        self.text.setVisible(self.height() >= SPARSE_BELOW_PX)

    def _show_icon(self) -> None:
        self._icon.setPixmap(theme.icon("hear", "accent").pixmap(48, 48))
