"""The line at the foot of the window: engine and model, device, memory, latency, private mode, work going on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QWidget

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.settings import COMMON_LABELS
from workers.errors import AppError

if TYPE_CHECKING:
    from workers.engines.base import EngineSpec
    from workers.results import LiveStatus, Progress

REFRESH_MS = 2_000
LAG_SHOWN_FROM_S = 1.0


class StatusBar(QFrame):
    """Reads the pool every two seconds while it can be seen; everything else comes by signal."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self._context = context
        self._busy: dict[str, Progress] = {}
        self._titles: dict[str, str] = {}  # of models, by id
        self._at_work: EngineSpec | None = None  # that of the engine that was seen at work last
        self._latencies: dict[str, tuple[float, float]] = {}  # lag and decoding in seconds, by track

        self.engine = self._part("")
        self.device = self._part(self.tr("What the model runs on"))
        self.memory = self._part(self.tr("Memory that the loaded models use"))
        self.busy = self._part(self.tr("Work going on in the background"))
        self.progress = QProgressBar()
        self.progress.setFixedWidth(96)
        self.progress.setTextVisible(False)
        self.lag = self._part("")
        self.private = QToolButton()
        self.private.setText(self.tr("Private"))
        self.private.setIcon(theme.icon("private", "warning"))
        self.private.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.private.clicked.connect(lambda: context.change_setting("history.is_private", False))

        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_L, 2, theme.SPACE_M, 2)
        layout.setSpacing(theme.SPACE_L)
        layout.addWidget(self.engine)
        layout.addWidget(self.device)
        layout.addWidget(self.memory)
        layout.addStretch(1)
        layout.addWidget(self.busy)
        layout.addWidget(self.progress)
        layout.addWidget(self.lag)
        layout.addWidget(self.private)
        self.setFixedHeight(30)

        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        context.settings_changed.connect(self._show_private)
        context.busy_changed.connect(self._on_busy_changed)
        self._show_busy()
        self.clear_latency()
        self._show_private()
        self._show_engines([])

    def watch(self, speech: Any) -> None:
        """Follows how fast a speech session is."""
        speech.result_ready.connect(self._on_result)
        speech.state_changed.connect(self.clear_latency)
        speech.privacy_changed.connect(self._show_private)

    def refresh(self) -> None:
        """Asks the pool what is loaded; a pool that nobody has used yet is not made for that."""
        pool = vars(self._context).get("pool")
        self._show_engines(pool.loaded() if pool is not None and not self._context.is_closing else [])

    def clear_latency(self, _state: object = None) -> None:
        self._latencies.clear()
        self.lag.hide()

    def show_latency(self, status: LiveStatus) -> None:
        """Shows the time from a sound to its text: what waits, and how long the last look at it took."""
        _, decode_s = self._latencies.get(status.track, (0.0, 0.0))
        self._latencies[status.track] = (status.lag_s, status.decode_s or decode_s)  # in silence nothing is decoded
        lag_s, decode_s = max(self._latencies.values())
        is_late = lag_s >= LAG_SHOWN_FROM_S
        self.lag.setText(
            self.tr("{seconds} s behind").format(seconds=f"{lag_s:.1f}")
            if is_late
            else self.tr("Live: {seconds} s").format(seconds=f"{lag_s + decode_s:.1f}")
        )
        self.lag.setToolTip(
            self.tr("Latency, from a sound to its text: {waiting} s of sound wait, {decoding} s of computing.").format(
                waiting=f"{lag_s:.1f}", decoding=f"{decode_s:.1f}"
            )
        )
        self.lag.setProperty("role", "warning" if is_late else "success")
        theme.refresh(self.lag)
        self.lag.show()

    def _part(self, tip: str) -> QLabel:
        label = QLabel()
        label.setToolTip(tip)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        return label

    def _show_engines(self, loaded: list[Any]) -> None:
        busy = [engine.spec for engine in loaded if engine.is_busy]
        if busy and self._at_work not in busy:
            self._at_work = busy[0]
        loaded = sorted(loaded, key=lambda engine: bool(engine.spec != self._at_work))
        names = [self._name(engine.spec) for engine in loaded]
        more = f" + {len(names) - 1}" if len(names) > 1 else ""
        self.engine.setText(names[0] + more if names else self.tr("No model loaded"))
        self.engine.setToolTip(
            "\n".join([self.tr("Loaded models and their engines:"), *names])
            if names
            else self.tr("A model is loaded when it is first needed.")
        )
        devices = dict.fromkeys(COMMON_LABELS.get(engine.device, engine.device) for engine in loaded)
        self.device.setText(", ".join(i18n.from_settings(device) for device in devices if device))
        self.memory.setText(i18n.size_text(sum(engine.memory_bytes or 0 for engine in loaded)) if loaded else "")
        self.device.setVisible(bool(self.device.text()))
        self.memory.setVisible(bool(self.memory.text()))

    def _on_result(self, result: object) -> None:
        from workers.results import LiveStatus  # brings numpy, which the first paint does not wait for

        if isinstance(result, LiveStatus):
            self.show_latency(result)

    def _on_busy_changed(self, title: str, progress: Progress | None) -> None:
        if progress is None:
            self._busy.pop(title, None)
        else:
            self._busy[title] = progress
        self._show_busy()

    def _show_busy(self) -> None:
        title, progress = next(reversed(self._busy.items()), ("", None))
        self.busy.setVisible(progress is not None)
        self.progress.setVisible(progress is not None)
        if progress is not None:
            self.busy.setText(title)
            self.progress.setRange(0, 0 if progress.fraction < 0 else 100)
            self.progress.setValue(round(100 * progress.fraction))

    def _show_private(self, _place: str = "") -> None:
        """Follows the recording that runs; else what the next one will be."""
        is_wanted = self._context.settings.history.is_private
        speech = vars(self._context.sessions).get("speech")  # not made before the window is painted
        self.private.setVisible(is_wanted if speech is None else speech.is_private)
        self.private.setToolTip(
            self.tr("Private mode: nothing is kept. Click to end it.")
            if is_wanted
            else self.tr("Nothing of this recording is kept. The next one is.")
        )

    def _name(self, spec: Any) -> str:
        """Model and engine, such as "Whisper base · faster-whisper"."""
        if spec.model_id not in self._titles:
            try:
                self._titles[spec.model_id] = self._context.catalogue.entry(spec.model_id).title
            except AppError:  # taken out of the catalogue while it runs
                self._titles[spec.model_id] = spec.model_id
        return f"{self._titles[spec.model_id]} · {spec.engine}"

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self._timer.stop()
