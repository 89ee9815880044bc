"""The key that is held while somebody speaks, wherever in the window it is let go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from desktop_app.sessions.voice_question import VoiceQuestion, VoiceState

VOICE_KEY = Qt.Key.Key_F8


class VoiceKey(QObject):
    """Listens for the release only while something is spoken; a window that loses the keys forgets it.

    Args:
        on_released: ends what is spoken.
    """

    def __init__(self, voice: VoiceQuestion, on_released: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._voice = voice
        self._on_released = on_released
        voice.state_changed.connect(self._on_state_changed)

    def _on_state_changed(self, state: VoiceState) -> None:
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        if state is not VoiceState.IDLE:
            app.installEventFilter(self)  # the release of the key may go to another widget

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyRelease:
            if event.key() == VOICE_KEY and not event.isAutoRepeat():
                self._on_released()
        elif event.type() == QEvent.Type.ApplicationDeactivate:  # nobody would tell of the release
            self._voice.cancel()
        return super().eventFilter(watched, event)
