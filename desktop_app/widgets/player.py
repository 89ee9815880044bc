"""Plays the tracks of a recording together. QtMultimedia is loaded when something is played for the first time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget

from desktop_app import theme
from desktop_app.durations import clock_text

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer

POSITION_MS = 50
RATES = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 3.0)


class Player(QObject):
    """One or two files that start together; the first one is the clock.

    Signals:
        position_changed(float): seconds, often enough to follow words.
        playing_changed(bool)
        rate_changed(float): how fast it plays from now on; 1.0 is as it was recorded.
        failed(str): why a file cannot be played.
    """

    position_changed = Signal(float)
    playing_changed = Signal(bool)
    rate_changed = Signal(float)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths: list[Path] = []
        self._players: list[QMediaPlayer] = []
        self._wanted: tuple[float, bool] | None = None  # where to, and whether to play, once the files are open
        self._last_s = 0.0  # what Qt told last, some times a second only
        self._until_s = math.inf
        self._since_last = QElapsedTimer()
        self._between = QTimer(self, interval=POSITION_MS)
        self._between.timeout.connect(self._on_between)
        self._rate = 1.0
        self.duration_s = 0.0

    def set_media(self, paths: list[Path], duration_s: float) -> None:
        """What to play from now on; an empty list when there is no sound."""
        self.stop()
        for player in self._players:
            player.deleteLater()
        self._players.clear()
        self._wanted = None
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
        return self._last_s

    @property
    def rate(self) -> float:
        return self._rate

    def set_rate(self, rate: float) -> None:
        """Plays faster or slower, voices as high as they are."""
        if rate == self._rate:
            return
        if self.is_playing:  # what was played since Qt told the position was as fast as before
            self._last_s += self._rate * self._since_last.elapsed() / 1000
            self._since_last.restart()
        self._rate = rate
        for player in self._players:
            player.setPlaybackRate(rate)
        self.rate_changed.emit(rate)

    def change_rate(self, steps: int) -> None:
        """One step of `RATES` faster or slower."""
        faster, slower = [rate for rate in RATES if rate > self._rate], [rate for rate in RATES if rate < self._rate]
        if steps > 0 and faster:
            self.set_rate(faster[0])
        elif steps < 0 and slower:
            self.set_rate(slower[-1])

    def play_from(self, seconds: float, until_s: float = math.inf) -> None:
        """Plays from here on, or as far as `until_s`."""
        if self.has_media:
            self._until_s = until_s
            self._go(seconds, plays=True)

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
        self._go(seconds, plays=self.is_playing)

    def skip(self, by_s: float) -> None:
        """Goes on from a place before or after this one."""
        if self.has_media:
            self.seek(min(max(0.0, self.position_s + by_s), self.duration_s))

    def _go(self, seconds: float, *, plays: bool) -> None:
        self._open()
        self._last_s = seconds
        if not all(player.mediaStatus() in self._open_states for player in self._players):
            self._wanted = seconds, plays  # a place that is set too early is forgotten by Qt
            return
        self._wanted = None
        self._since_last.restart()
        for player in self._players:
            player.setPosition(round(seconds * 1000))
        if plays:
            for player in self._players:
                player.play()

    def _open(self) -> None:
        if self._players:
            return
        from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer

        status = QMediaPlayer.MediaStatus
        self._open_states = (status.LoadedMedia, status.BufferingMedia, status.BufferedMedia, status.EndOfMedia)
        for path in self._paths:
            player = QMediaPlayer(self)
            player.setAudioOutput(_quiet_to_other_threads(QAudioOutput(player)))
            player.setPitchCompensation(True)
            player.setPlaybackRate(self._rate)
            player.setSource(QUrl.fromLocalFile(str(path)))
            player.errorOccurred.connect(self._on_error)
            player.mediaStatusChanged.connect(self._on_media_status)
            self._players.append(player)
        if self._players:
            self._players[0].positionChanged.connect(self._on_position)
            self._players[0].playingChanged.connect(self._on_playing)

    def _on_media_status(self, _status: QMediaPlayer.MediaStatus) -> None:
        if self._wanted is not None:
            self._go(self._wanted[0], plays=self._wanted[1])

    def _on_position(self, position_ms: int) -> None:
        self._last_s = position_ms / 1000
        self._since_last.restart()
        self.position_changed.emit(self._last_s)

    def _on_playing(self, is_playing: bool) -> None:
        if is_playing:
            self._since_last.restart()
            self._between.start()
        else:
            self._between.stop()
        self.playing_changed.emit(is_playing)

    def _on_between(self) -> None:
        now_s = self._last_s + self._rate * self._since_last.elapsed() / 1000
        self.position_changed.emit(min(now_s, self.duration_s))
        if now_s >= self._until_s:
            self.pause()

    def _on_error(self, _error: QMediaPlayer.Error, text: str) -> None:
        self.failed.emit(text)


def _quiet_to_other_threads(output: QAudioOutput) -> QAudioOutput:
    """The output, done with asking Python whether it overrides `disconnectNotify`.

    Qt's thread that plays asks when it ends, with a lock held that the main thread may be waiting for while it
    holds Python's: both would stand still for ever. The answer is kept from the first time on, which is now.
    """
    output.volumeChanged.connect(_nothing)
    output.volumeChanged.disconnect(_nothing)
    return output


def _nothing() -> None:
    pass


class PlayerBar(QWidget):
    """Play button, position, length and speed of a `Player`."""

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._button = theme.icon_button("play", self.tr("Play"), tip=self.tr("Play or pause (Space)"))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName(self.tr("Position"))
        self._slider.setToolTip(self.tr("Drag to another place in the recording (Alt+Left, Alt+Right)"))
        self._time = QLabel()
        self._time.setProperty("role", "caption")
        self._rate = QToolButton()
        self._rate.setToolTip(self.tr("How fast it plays (Alt+Up, Alt+Down)"))
        self._rate.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._rate.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._rate.setMenu(self._rate_menu())
        self._rate.setMinimumWidth(self._rate.fontMetrics().horizontalAdvance("0.75 ×") + 2 * theme.SPACE_S)

        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._button)
        row.addWidget(self._slider, 1)
        row.addWidget(self._time)
        row.addWidget(self._rate)
        self._show_rate(player.rate)

        self._button.clicked.connect(player.toggle)
        self._slider.sliderMoved.connect(self._on_slider_moved)
        self._slider.actionTriggered.connect(self._on_slider_action)
        player.position_changed.connect(self._show_position)
        player.playing_changed.connect(self._on_playing_changed)
        player.rate_changed.connect(self._show_rate)

    def _rate_menu(self) -> QMenu:
        menu, group = QMenu(self), QActionGroup(self)
        for rate in RATES:
            action = menu.addAction(_rate_text(rate))
            action.setData(rate)
            action.setCheckable(True)
            group.addAction(action)
        group.triggered.connect(lambda action: self._player.set_rate(action.data()))
        return menu

    def _show_rate(self, rate: float) -> None:
        self._rate.setText(_rate_text(rate))
        self._rate.setAccessibleName(self.tr("Speed: {rate}").format(rate=_rate_text(rate)))
        for action in self._rate.menu().actions():
            action.setChecked(action.data() == rate)

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
        duration_s = self._player.duration_s
        length = "" if math.isinf(duration_s) else f" / {clock_text(duration_s)}"  # unknown while it is still recorded
        self._time.setText(clock_text(seconds) + length)

    def _on_playing_changed(self, is_playing: bool) -> None:
        self._button.setIcon(theme.icon("pause" if is_playing else "play"))
        self._button.setAccessibleName(self.tr("Pause") if is_playing else self.tr("Play"))


def _rate_text(rate: float) -> str:
    return f"{rate:g} ×"
