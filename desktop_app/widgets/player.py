"""Plays the tracks of a recording together. QtMultimedia is loaded when something is played for the first time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from desktop_app import theme
from desktop_app.widgets.transcript_view import clock_text

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer


class Player(QObject):
    """One or two files that start together; the first one is the clock.

    Signals:
        position_changed(float): seconds, some times a second while playing.
        playing_changed(bool)
        failed(str): why a file cannot be played.
    """

    position_changed = Signal(float)
    playing_changed = Signal(bool)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths: list[Path] = []
        self._players: list[QMediaPlayer] = []
        self.duration_s = 0.0

    def set_media(self, paths: list[Path], duration_s: float) -> None:
        """What to play from now on; an empty list when there is no sound."""
        self.stop()
        for player in self._players:
            player.deleteLater()
        self._players.clear()
        self._paths = paths
        self.duration_s = duration_s

    @property
    def has_media(self) -> bool:
        return bool(self._paths)

    @property
    def is_playing(self) -> bool:
        return any(player.isPlaying() for player in self._players)

    @property
    def position_s(self) -> float:
        return self._players[0].position() / 1000 if self._players else 0.0

    def play_from(self, seconds: float) -> None:
        """Plays from here on."""
        if self.has_media:
            self._open()
            self.seek(seconds)
            for player in self._players:
                player.play()

    def toggle(self) -> None:
        """Plays or pauses."""
        if self.is_playing:
            self.pause()
        elif self.has_media:
            at_end = self.position_s >= self.duration_s - 0.05
            self.play_from(0.0 if at_end else self.position_s)

    def pause(self) -> None:
        for player in self._players:
            player.pause()

    def stop(self) -> None:
        for player in self._players:
            player.stop()

    def seek(self, seconds: float) -> None:
        """Goes on from here if it plays, else from here next time."""
        self._open()
        for player in self._players:
            player.setPosition(round(seconds * 1000))

    def _open(self) -> None:
        if self._players:
            return
        from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer

        for path in self._paths:
            player = QMediaPlayer(self)
            player.setAudioOutput(QAudioOutput(player))
            player.setSource(QUrl.fromLocalFile(str(path)))
            player.errorOccurred.connect(self._on_error)
            self._players.append(player)
        if self._players:
            self._players[0].positionChanged.connect(self._on_position)
            self._players[0].playingChanged.connect(self.playing_changed)

    def _on_position(self, position_ms: int) -> None:
        self.position_changed.emit(position_ms / 1000)

    def _on_error(self, _error: QMediaPlayer.Error, text: str) -> None:
        self.failed.emit(text)


class PlayerBar(QWidget):
    """Play button, position and length of a `Player`."""

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._button = theme.icon_button("play", self.tr("Play"), tip=self.tr("Play or pause (Space)"))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName(self.tr("Position"))
        self._slider.setToolTip(self.tr("Drag to another place in the recording"))
        self._time = QLabel()
        self._time.setProperty("role", "caption")

        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._button)
        row.addWidget(self._slider, 1)
        row.addWidget(self._time)

        self._button.clicked.connect(player.toggle)
        self._slider.sliderMoved.connect(self._on_slider_moved)
        self._slider.actionTriggered.connect(self._on_slider_action)
        player.position_changed.connect(self._show_position)
        player.playing_changed.connect(self._on_playing_changed)

    def refresh(self) -> None:
        """Shows the player's new recording."""
        self._slider.setRange(0, round(self._player.duration_s * 1000))
        self._slider.setPageStep(5000)
        self._slider.setSingleStep(1000)
        self._show_position(0.0)
        self._on_playing_changed(False)

    def _on_slider_moved(self, position_ms: int) -> None:
        self._player.seek(position_ms / 1000)
        self._show_position(position_ms / 1000)

    def _on_slider_action(self, _action: int) -> None:
        if not self._slider.isSliderDown():
            self._player.seek(self._slider.sliderPosition() / 1000)

    def _show_position(self, seconds: float) -> None:
        if not self._slider.isSliderDown():
            self._slider.setValue(round(seconds * 1000))
        self._time.setText(f"{clock_text(seconds)} / {clock_text(self._player.duration_s)}")

    def _on_playing_changed(self, is_playing: bool) -> None:
        self._button.setIcon(theme.icon("pause" if is_playing else "play"))
        self._button.setAccessibleName(self.tr("Pause") if is_playing else self.tr("Play"))
