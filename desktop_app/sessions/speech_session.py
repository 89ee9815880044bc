"""Listening, from the microphone to the history: sources, recorders, workers and what they say, behind a few verbs.

    source's thread: recorder.write → backlog.put → levels        (`Track.take`, on disk before anybody looks at it)
    worker's thread: backlog → live loop → engine → result_ready; the sound of closed segments → EmotionWorker
    here:            result_ready → history → panel

Two tracks share one engine through the pool. Whatever goes wrong with the engine, the sound is still recorded; whatever
goes wrong with the sound, what was said before is still transcribed. A worker that meets an error of ours is followed
by another one over the same backlog; a track that keeps failing is left to be finished afterwards.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app import i18n
from desktop_app.history.store import PRIVATE_FROM, History
from desktop_app.notifications import DesktopNotifier
from desktop_app.sessions.choices import emotion_spec, live_options, speech_spec
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.track import Track
from workers.errors import AppError, DeviceError, DiskError
from workers.live import LiveOptions
from workers.results import (
    Commit,
    LiveStatus,
    Notice,
    Partial,
    Progress,
    SegmentEmotion,
    SegmentSound,
    SourceNotice,
)  # fmt: skip
from workers.sources.base import AudioDevice, AudioSource
from workers.worker import EmotionWorker, SpeechWorker

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from workers.engines.base import EngineSpec
    from workers.sources.devices import DeviceWatcher

log = logging.getLogger(__name__)

PAUSE_FLUSH_MS = 300  # after it, what the driver still held when the user paused has come
PAUSE_SILENCE_S = 1.2  # heard as the end of a sentence, so that the last words before a pause are confirmed
DEVICE_SETTINGS = ("hear.source", "hear.microphone", "hear.computer_audio")
MAX_FAILURES = 3  # of a track's transcription ...
FAILURES_WITHIN_S = 60.0  # ... in this time, and nobody starts it again
LAG_TOLD_FROM_S = 2.0  # what is less is caught up with before anybody has read it
TOO_SLOW_S = 30.0  # falling behind by that much is no hiccup: the model is too large ...
SLOW_FOR_S = 10.0  # ... unless it catches up meanwhile, as with the silence of a device that was away
SLOW_TOPIC = "too slow"
START_TOPIC = "recording"  # why it could not begin or go on: holds until the next one begins
PRIVACY_TOPIC = "privacy"
TOO_SHORT_S = 1.0  # a recording without words that is shorter was a slip of the finger


class SpeechSession(QObject):
    """Listens and transcribes. All verbs return at once and are called from the window's thread.

    Signals:
        state_changed(SessionState)
        started(tuple[str, ...]): a new recording with these tracks begins.
        result_ready(object): Progress while loading; Partial, Commit, LiveStatus or Notice after. A SegmentEmotion
            may come when the recording has ended, and is of the item that it names.
        levels_ready(Levels): at most 30 times a second for each track.
        item_changed(object): the number in the history, or None.
        finished(object): everything is transcribed and kept; the item's number, or None when nothing was kept.
        failed(object): the exception; the user has been told.
        sources_changed(): they are open, a device went away, or all are there again: `is_open`, `missing_device`,
            `has_lost_source`.
        devices_changed(list[AudioDevice]): after `watch_devices`.
        privacy_changed(): `is_private` may be another.
    """

    state_changed = Signal(object)
    started = Signal(object)
    result_ready = Signal(object)
    levels_ready = Signal(object)
    item_changed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    sources_changed = Signal()
    devices_changed = Signal(object)
    privacy_changed = Signal()

    _specs_found = Signal(object, object)
    _problem = Signal(object)
    _source_ended = Signal(object, object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._state = SessionState.IDLE
        self._tracks: list[Track] = []
        self._workers: dict[Track, SpeechWorker] = {}
        self._working: set[SpeechWorker] = set()  # those of which not everything was heard yet
        self._spec: EngineSpec | None = None  # of this recording
        self._options = LiveOptions()
        self._on_segment: Callable[[SegmentSound], None] | None = None
        self._emotions: list[EmotionWorker] = []  # one a recording, until it has asked about its last segment
        self._item_id: int | None = None
        self._history: History | None = None  # where this recording goes
        self._is_private = False
        self._source_name = ""  # where it is none of the devices
        self._is_opening = False
        self._is_pause_wanted = False  # else it pauses as no device is there
        self._is_closing_sources = False
        self._stop_wanted = False
        self._discard_wanted = False
        self._is_loaded = False
        self._has_words = False
        self._error: Exception | None = None
        self._is_unfinished = False
        self._lags: dict[str, float] = {}
        self._least_lag_s = math.inf  # not 0 where the model takes long to load
        self._slow_from: tuple[float, float] | None = None  # since when it lags how much, without catching up
        self._is_slow_told = False
        self._devices: list[AudioDevice] = []
        self._watcher: DeviceWatcher | None = None

        self._specs_found.connect(self._on_specs_found)
        self._problem.connect(self._on_problem)
        self._source_ended.connect(self._on_source_ended)
        self.devices_changed.connect(self._on_devices_changed)
        context.closed.connect(self._on_context_closed)
        context.settings_changed.connect(self._on_settings_changed)
        self._notifier = DesktopNotifier(context)
        self._pause_flush = QTimer(self, singleShot=True, interval=PAUSE_FLUSH_MS)
        self._pause_flush.timeout.connect(self._on_pause_flush)

    # ── what a panel shows ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def state(self) -> SessionState:
        return self._state

    @property
    def item_id(self) -> int | None:
        return self._item_id

    @property
    def tracks(self) -> tuple[str, ...]:
        return tuple(track.name for track in self._tracks)

    @property
    def media_paths(self) -> list[Path]:
        """The files that are being written, where sound is kept."""
        return [track.path for track in self._tracks if track.path is not None]

    @property
    def elapsed_s(self) -> float:
        """How much was recorded, pauses left out."""
        return max((track.seconds for track in self._tracks), default=0.0)

    @property
    def lag_s(self) -> float:
        """How much audio waits beyond what is usual."""
        return max(self._lags.values(), default=0.0)

    @property
    def is_behind(self) -> bool:
        """Audio waits for longer than usual."""
        return self.lag_s >= LAG_TOLD_FROM_S

    @property
    def may_finish_later(self) -> bool:
        """Much is still to be transcribed after the end, of sound that is on the disk."""
        is_waiting = self._state is SessionState.STOPPING and not self._is_opening and not self._is_closing_sources
        return is_waiting and self.is_behind and all(track.is_on_disk for track in self._tracks)

    @property
    def is_unfinished(self) -> bool:
        """The text of the newest recording does not reach its end."""
        return self._is_unfinished

    @property
    def has_lost_source(self) -> bool:
        """A device went away; `resume` takes the one that is chosen then."""
        return any(track.is_lost for track in self._tracks)

    @property
    def missing_device(self) -> str | None:
        """The name, if it has one, of a device that went away: it is waited for, or lost; None while all are there."""
        return next((track.device_name for track in self._tracks if track.condition in ("away", "lost")), None)

    @property
    def is_open(self) -> bool:
        """Every source is open: who speaks now is heard."""
        return self._state.is_active and not self._is_opening

    @property
    def is_private(self) -> bool:
        """Whether what is recorded now is kept nowhere, or else what the next recording will be."""
        is_running = self._state.is_active or self._state is SessionState.STOPPING
        return self._is_private if is_running else self._context.settings.history.is_private

    @property
    def is_discarded(self) -> bool:
        """Nothing is kept of the newest recording: the user wanted that, or it could not begin."""
        return self._discard_wanted

    @property
    def devices(self) -> list[AudioDevice]:
        return self._devices

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def start(
        self,
        sources: Sequence[AudioSource] | None = None,
        spec: EngineSpec | None = None,
        *,
        source_name: str = "",
    ) -> None:
        """Begins a recording with what the settings say, unless sources and their name or an engine are given."""
        if self._state.is_active or self._state is SessionState.STOPPING or self._context.is_closing:
            return
        self._forget_private()
        self._is_private = self._context.settings.history.is_private
        self._source_name = source_name
        for topic in (START_TOPIC, PRIVACY_TOPIC, SLOW_TOPIC):
            self._context.withdraw(topic)
        self._tracks = [self._track(source) for source in (sources or self._chosen_sources())]
        self._workers = {}
        self._history, self._item_id, self._error = None, None, None
        self._stop_wanted = self._discard_wanted = self._is_loaded = self._has_words = self._is_pause_wanted = False
        self._lags.clear()
        self._least_lag_s, self._slow_from = math.inf, None
        self._is_slow_told = self._is_unfinished = False
        self._is_opening = True
        self.started.emit(self.tracks)
        self._set_state(SessionState.LOADING)
        tracks = list(self._tracks)
        self._context.run(lambda job: self._open(tracks, spec), on_done=self._on_opened, on_failed=self._on_open_failed)

    def pause(self) -> None:
        """Takes no sound until `resume`; what was said is transcribed meanwhile."""
        is_recording = any(track.is_started and not track.is_lost for track in self._tracks)
        if self._state in (SessionState.LOADING, SessionState.RUNNING) and (is_recording or not self._is_opening):
            self._is_pause_wanted = True
            for track in self._tracks:
                if not track.is_lost:
                    track.source.pause()
            self._set_state(SessionState.PAUSED)
            self._pause_flush.start()

    def resume(self) -> None:
        """Goes on; a track whose device was lost goes on with the device that is chosen now."""
        if self._state is not SessionState.PAUSED:
            return
        self._pause_flush.stop()
        self._is_pause_wanted = False
        lost = [track for track in self._tracks if track.is_lost]
        for track in self._tracks:
            if track not in lost:
                track.rejoin()  # their drivers gave more or less of the moment in which the pause began
                track.source.resume()
        if lost:
            self._reopen(lost)
        self._set_state(SessionState.RUNNING if self._is_loaded else SessionState.LOADING)

    def toggle_pause(self) -> None:
        if self._state is SessionState.PAUSED:
            self.resume()
        else:
            self.pause()

    def stop(self) -> None:
        """Ends the recording; what was said until now is still transcribed, then `finished`."""
        if self._context.is_closing and self._watcher is not None:
            watcher, self._watcher = self._watcher, None
            self._context.run(lambda job: watcher.stop())
        if self._context.is_closing:
            for worker in self._emotions:
                worker.stop()
        if not self._state.is_active:
            return
        self._pause_flush.stop()
        self._stop_wanted = True
        self._set_state(SessionState.STOPPING)
        if self._is_opening:
            started = [track for track in self._tracks if track.is_started]
            self._context.run(lambda job: _close(started))  # the others are closed when they are open
        else:
            self._close_sources()

    def discard(self) -> None:
        """Ends the recording and keeps nothing of it. While stopping, it also ends that."""
        if self._state.is_active or self._state is SessionState.STOPPING:
            self._discard_wanted = True
            self.stop()
            if not self._is_opening and not self._is_closing_sources:
                self._abandon()

    def finish_later(self) -> None:
        """Waits no longer for the text of what was recorded: the rest of it is offered, as after a crash."""
        if self.may_finish_later:
            self._abandon()

    def toggle(self) -> None:
        """The one key: starts, or stops."""
        if self._state.is_active:
            self.stop()
        else:
            self.start()

    def continue_with_chosen_device(self) -> None:
        """Goes on in the same recording after a device was lost."""
        if self._state is SessionState.PAUSED:
            self.resume()
        elif self._state in (SessionState.LOADING, SessionState.RUNNING):
            self._reopen([track for track in self._tracks if track.is_lost])

    def watch_devices(self) -> None:
        """From now on `devices_changed` tells what is plugged in."""
        if self._watcher is None and not self._context.is_closing:
            from workers.sources.devices import DeviceWatcher

            self._watcher = DeviceWatcher(self._on_devices_seen)
            self._watcher.start()

    # ── opening (in a thread) ───────────────────────────────────────────────────────────────────────────────────────

    def _chosen_sources(self) -> list[AudioSource]:
        names = {"microphone": ["me"], "computer": ["computer"], "both": ["me", "computer"]}
        return [self._chosen_source(name) for name in names[self._context.settings.hear.source]]

    def _chosen_source(self, track: str) -> AudioSource:
        from workers.sources.devices import DEFAULT_MONITOR_ID
        from workers.sources.microphone import Microphone

        device_id = self._chosen_id(track) or (None if track == "me" else DEFAULT_MONITOR_ID)
        return Microphone(device_id, track, on_notice=self._problem.emit, on_gap=lambda: self._on_gap(track))

    def _chosen_id(self, track: str) -> str:
        """Of the device that is chosen now; "" for the system's default."""
        hear = self._context.settings.hear
        return hear.microphone if track == "me" else hear.computer_audio

    def _fitting(self, track: str) -> list[AudioDevice]:
        """The devices that are plugged in, of those that may be its source: the chosen one, or any."""
        wanted = self._chosen_id(track)
        return [
            device
            for device in self._devices
            if device.is_monitor == (track == "computer") and (not wanted or device.id == wanted)
        ]

    def _on_gap(self, name: str) -> None:
        """In the source's thread: the track is behind the others by what it missed."""
        for track in self._tracks:
            if track.name == name:
                track.rejoin()

    def _track(self, source: AudioSource) -> Track:
        return Track(
            source,
            on_levels=self.levels_ready.emit,
            on_problem=self._problem.emit,
            on_end=self._source_ended.emit,
            position_of_all=lambda: max(track.backlog.received for track in self._tracks),
        )

    def _open(self, tracks: list[Track], spec: EngineSpec | None) -> None:
        """Finds the model, makes room in the history, opens the devices."""
        spec = spec or speech_spec(self._context.settings, self._context.catalogue)
        try:
            self._begin_item(tracks, spec, is_private=self._is_private)
        except AppError as error:  # the disk takes nothing, which is no reason not to listen
            self._begin_item(tracks, spec, is_private=True)
            hint = "What is said is only on the screen, until the next recording or file begins: export what you need."
            self._problem.emit(DiskError(error.template, hint, **error.values))
        emotion = None
        try:
            emotion = emotion_spec(self._context.settings, self._context.catalogue)
        except AppError as error:
            self._problem.emit(error)
        self._specs_found.emit(spec, emotion)  # the model loads while the devices are opened
        _start(tracks)

    def _begin_item(self, tracks: list[Track], spec: EngineSpec, *, is_private: bool) -> None:
        history, settings = self._context.wait_for_history(), self._context.settings
        if history is None:
            return
        self._history = history
        self._item_id = history.begin(
            source=self._source_name or " + ".join(filter(None, (self._device_name(track.name) for track in tracks))),
            engine=spec.engine,
            model_id=spec.model_id,
            language=settings.hear.language,
            tracks=[track.name for track in tracks],
            is_private=is_private,
        ).result()
        if self._item_id < PRIVATE_FROM:  # else it lives in memory
            for track in tracks:
                track.record(history.media_path(self._item_id, f"{track.name}.flac"))

    def _device_name(self, track: str) -> str:
        is_named = bool(self._chosen_id(track))
        return next((device.name for device in self._fitting(track) if is_named or device.is_default), "")

    def _on_specs_found(self, spec: EngineSpec, emotion: EngineSpec | None) -> None:
        self.item_changed.emit(self._item_id)
        self._spec = spec
        self._options = live_options(self._context.settings)
        self._on_segment = self._start_emotions(emotion).put if emotion else None
        for track in self._tracks:
            self._start_worker(track)

    def _start_worker(self, track: Track) -> None:
        """Transcribes the track from where an earlier worker left it."""
        assert self._spec is not None
        worker = SpeechWorker(
            self._context.pool,
            self._spec,
            track.backlog,
            track=track.name,
            options=self._options,
            said=track.said,
            on_segment=self._on_segment,
        )
        worker.result_ready.connect(self._on_result)
        worker.ended.connect(self._on_worker_ended)
        self._workers[track] = worker
        self._working.add(worker)
        worker.start()

    def _start_emotions(self, spec: EngineSpec) -> EmotionWorker:
        worker = EmotionWorker(self._context.pool, spec, item_id=self._item_id)
        worker.result_ready.connect(self._on_emotion)
        worker.failed.connect(self._context.show_error)
        worker.ended.connect(self._emotions.remove)
        self._emotions.append(worker)
        worker.start()
        return worker

    def _on_opened(self, _nothing: object) -> None:
        self._is_opening = False
        for track in self._tracks:
            if track.condition == "lost" and not track.is_lost:
                track.condition = ""
                self._context.withdraw(track.topic)
        self.sources_changed.emit()
        if self._stop_wanted:
            self._close_sources()

    def _on_open_failed(self, error: Exception) -> None:
        self._is_opening = False
        self._error = error
        self._discard_wanted = True  # nothing was said yet
        self._context.show_error(error, topic=START_TOPIC)
        self._set_state(SessionState.STOPPING)
        self._close_sources()

    def _reopen(self, lost: list[Track]) -> None:
        """Gives tracks whose device went away the one that is chosen now; one after the other."""
        if self._is_opening:
            return
        for track in lost:
            track.replace_source(self._chosen_source(track.name))
        self._is_opening = True
        self._context.run(lambda job: _start(lost), on_done=self._on_opened, on_failed=self._on_reopen_failed)

    def _on_reopen_failed(self, error: Exception) -> None:
        self._is_opening = False
        for track in self._tracks:
            if not track.is_started:
                track.is_lost = True
                self._tell_lost(track, error)
        self._pause_when_all_lost()
        if self._stop_wanted:
            self._close_sources()

    # ── what comes ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_result(self, result: object) -> None:
        if self._discard_wanted:
            return
        if not isinstance(result, Progress) and not self._is_loaded:
            self._is_loaded = True
            if self._state is SessionState.LOADING:
                self._set_state(SessionState.RUNNING)
        if isinstance(result, Commit):
            self._keep(result)
        elif isinstance(result, LiveStatus):
            self._lags[result.track] = result.lag_s
            self._tell_slow()
        elif isinstance(result, Notice):
            self._context.show_notice(result)
        self.result_ready.emit(result)

    def _tell_slow(self) -> None:
        self._least_lag_s = min(self._least_lag_s, self.lag_s)
        if self._is_slow_told or self.lag_s - self._least_lag_s < TOO_SLOW_S or self._spec is None:
            self._slow_from = None
            return
        now = time.monotonic()
        if self._slow_from is None or self.lag_s < self._slow_from[1]:
            self._slow_from = now, self.lag_s
        if now - self._slow_from[0] < SLOW_FOR_S:
            return
        self._is_slow_told = True
        self._context.notify(
            "warning",
            self.tr("'{model}' is too slow for this computer.").format(model=self._model_title(self._spec.model_id)),
            self.tr("Nothing is lost: the text comes later. Choose a smaller model for the next recording."),
            action=(self.tr("Show models"), lambda: self._context.panel_requested.emit("models")),
            topic=SLOW_TOPIC,
        )

    def _model_title(self, model_id: str) -> str:
        try:
            return self._context.catalogue.entry(model_id).title
        except AppError:
            return model_id

    def _keep(self, commit: Commit) -> None:
        for track in self._tracks:
            if track.name == commit.track:
                track.said.append(commit)
        self._has_words = self._has_words or bool(commit.words)
        if self._history is not None and self._item_id is not None and (commit.words or commit.ends_segment):
            self._history.append_words(
                self._item_id,
                commit.track,
                commit.words,
                language=commit.language,
                ends_segment=commit.ends_segment,
            )

    def _on_emotion(self, emotion: SegmentEmotion) -> None:
        history = self._history or self._context.history
        if history is not None and emotion.item_id is not None and not self._context.is_closing:
            history.set_emotion(emotion.item_id, emotion.track, emotion.start_s, emotion.end_s, emotion.scores)
        self.result_ready.emit(emotion)

    def _on_problem(self, problem: object) -> None:
        if isinstance(problem, SourceNotice):
            self._on_source_notice(problem)
        elif isinstance(problem, Notice):
            self._context.show_notice(problem)
        elif isinstance(problem, Exception):
            self._context.show_error(problem)
        self.result_ready.emit(problem)

    def _on_source_notice(self, notice: SourceNotice) -> None:
        """What is wrong stands in the banner until it is well again; nobody needs to read that there is sound."""
        track = next((track for track in self._tracks if track.name == notice.track), None)
        if track is None or not (self._state.is_active or self._state is SessionState.STOPPING):
            return
        was, track.device_name = track.condition, notice.device_name
        track.condition = "" if notice.condition == "moved" else notice.condition
        if notice.condition == "away":
            track.rejoin()
        self.sources_changed.emit()
        if track.condition:
            self._context.show_notice(notice, kind="warning", topic=track.topic)
            return
        self._context.withdraw(track.topic)
        if notice.condition == "moved" or was == "away":
            self._context.show_notice(notice)

    def _on_source_ended(self, track: Track, error: Exception | None) -> None:
        if track not in self._tracks or self._state is SessionState.STOPPING:
            return
        if error is None:  # a file that has been played
            track.end()
            if all(track.is_ended for track in self._tracks):
                self.stop()
            return
        track.is_lost = True
        track.take_silence(PAUSE_SILENCE_S)
        self._tell_lost(track, error)
        if isinstance(error, AppError):
            self._notifier.show(i18n.sentence(error), i18n.hint(error))
        self._pause_when_all_lost()

    def _tell_lost(self, track: Track, error: Exception) -> None:
        track.condition = "lost"
        track.device_name = str(error.values.get("name", "")) if isinstance(error, AppError) else ""
        self.sources_changed.emit()
        action = (self.tr("Continue with the chosen device"), self.continue_with_chosen_device)
        self._context.show_error(error, action=action, topic=track.topic)
        self.failed.emit(error)

    def _pause_when_all_lost(self) -> None:
        if self._state.is_active and all(track.is_lost or track.is_ended for track in self._tracks):
            self._set_state(SessionState.PAUSED)

    def _on_pause_flush(self) -> None:
        if self._state is SessionState.PAUSED:
            for track in self._tracks:
                track.take_silence(PAUSE_SILENCE_S)

    def _on_devices_seen(self, devices: list[AudioDevice]) -> None:
        self._devices = devices  # in the watcher's thread; the list is never changed
        self.devices_changed.emit(devices)

    def _on_devices_changed(self, devices: list[AudioDevice]) -> None:
        """What could not be opened, or was lost, may be there now."""
        back = [track for track in self._tracks if track.is_lost and self._fitting(track.name)]
        if back and self._state.is_active and not self._is_opening and not self._is_pause_wanted:
            self._reopen(back)
            self._set_state(SessionState.RUNNING if self._is_loaded else SessionState.LOADING)
        if isinstance(self._error, DeviceError) and any(not device.is_monitor for device in devices):
            self._context.withdraw(START_TOPIC)

    def _on_settings_changed(self, place: str) -> None:
        """A recording goes on as it began; who changes something meanwhile is told so."""
        if place == "history.is_private":
            self._context.withdraw(PRIVACY_TOPIC)
            self.privacy_changed.emit()
        if not self._state.is_active:
            return
        if place == "history.is_private":
            self._tell_privacy(wanted=self._context.settings.history.is_private)
        elif place.startswith("hear.") and not (self.has_lost_source and place in DEVICE_SETTINGS):
            self._context.notify("info", self.tr("This holds from the next recording on."))

    def _tell_privacy(self, *, wanted: bool) -> None:
        item_id = self._item_id

        def discard_this() -> None:
            if self._item_id == item_id:  # the line may still be there when the next recording runs
                self.discard()

        if wanted and not self._is_private:
            self._context.notify(
                "warning",
                self.tr("This recording is still kept: private mode begins with the next one."),
                action=(self.tr("Stop and keep nothing"), discard_this),
                topic=PRIVACY_TOPIC,
            )
        elif self._is_private and not wanted:
            text = self.tr("This recording stays private; the next one is kept.")
            self._context.notify("info", text, topic=PRIVACY_TOPIC)

    def _on_worker_failed(self, track: Track, error: Exception) -> None:
        """Goes on with another worker, or gives the track up. Its sound is recorded, and can be transcribed later."""
        now = time.monotonic()
        track.failures = [failed_at for failed_at in track.failures if now - failed_at < FAILURES_WITHIN_S] + [now]
        if self._discard_wanted or self._context.is_closing:
            return
        if isinstance(error, AppError) or len(track.failures) >= MAX_FAILURES:
            self._give_up(track, error)
            return
        self._context.notify(
            "warning",
            self.tr("Transcribing met an unexpected error and goes on."),
            self.tr("Sound and text are kept. The log has the details."),
            action=self._log_action(),
        )
        self._start_worker(track)

    def _give_up(self, track: Track, error: Exception) -> None:
        track.give_up()
        self._lags.pop(track.name, None)
        self.result_ready.emit(Partial(track.name, ()))
        if self._error is None:
            self._error = error
            if isinstance(error, AppError):
                self._context.show_error(error, topic=START_TOPIC)
            else:
                self._context.notify(
                    "error",
                    self.tr("Transcribing failed {count} times and has stopped.").format(count=MAX_FAILURES),
                    self.tr("The recording goes on. When you stop it, the missing text can be transcribed.")
                    if self.media_paths
                    else self.tr("What was said until now stays readable."),
                    action=self._log_action(),
                )
            self.failed.emit(error)
        if not self._is_loaded:
            self.stop()

    def _log_action(self) -> tuple[str, Callable[[], None]]:
        return self.tr("Show log"), lambda: self._context.panel_requested.emit("log")

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _close_sources(self) -> None:
        self._is_closing_sources = True
        tracks = list(self._tracks)
        self._context.run(lambda job: _close(tracks), on_done=self._on_sources_closed)

    def _on_sources_closed(self, _nothing: object) -> None:
        self._is_closing_sources = False
        if self._discard_wanted or (self._context.is_closing and self._is_slip):
            self._abandon()  # nobody waits for a model to load just to hear that nothing was said
        self._finish_when_done()

    def _abandon(self) -> None:
        for worker in self._workers.values():
            worker.stop()

    def _on_worker_ended(self, worker: SpeechWorker) -> None:
        self._working.discard(worker)
        if worker.error is not None:
            self._on_worker_failed(
                next(track for track in self._tracks if self._workers[track] is worker), worker.error
            )
        self._finish_when_done()

    def _finish_when_done(self) -> None:
        if self._state is not SessionState.STOPPING or self._is_opening or self._is_closing_sources or self._working:
            return
        is_complete = all(worker.is_complete for worker in self._workers.values())
        self._is_unfinished = not is_complete and not self._discard_wanted
        self._workers.clear()
        for emotions in self._emotions:  # what was said last is still asked about, while the user goes on
            emotions.finish()
        self._close_item(is_complete=is_complete)
        self._lags.clear()
        self.finished.emit(self._item_id)
        self._set_state(SessionState.FAILED if self._error else SessionState.IDLE)

    @property
    def _is_slip(self) -> bool:
        return not self._has_words and self.elapsed_s < TOO_SHORT_S

    def _close_item(self, *, is_complete: bool) -> None:
        if self._history is None or self._item_id is None:
            return
        if self._discard_wanted or self._is_slip:
            self._history.finish(self._item_id, 0.0)
            self._history.delete(self._item_id)
            self._item_id = None
            self.item_changed.emit(None)
        elif is_complete:
            policy = self._context.retention
            self._history.finish(self._item_id, self.elapsed_s, keep_audio=policy.keep_audio)
            self._history.apply_retention(policy)
        else:
            self._history.release(self._item_id)
            if not self._context.is_closing:
                self._history.recover(self._item_id)  # so that its text can be finished at once

    def _on_context_closed(self) -> None:
        """The engines are gone: whatever still waited for one is about to end, and is offered at the next start."""
        for worker in [*self._workers.values(), *self._emotions]:
            worker.stop_and_wait()

    def _forget_private(self) -> None:
        """What was private could be copied and exported until now; it was in memory only."""
        if self._history is not None and self._item_id is not None and self._is_private:
            self._history.delete(self._item_id)

    def _set_state(self, state: SessionState) -> None:
        if state is not self._state:
            log.info("listening: %s -> %s", self._state, state)
            self._state = state
            if state in (SessionState.IDLE, SessionState.FAILED):
                self._context.withdraw(PRIVACY_TOPIC)
                for track in self._tracks:
                    track.condition = ""
                    self._context.withdraw(track.topic)
            self.state_changed.emit(state)
            self.privacy_changed.emit()


def _start(tracks: Sequence[Track]) -> None:
    for track in tracks:
        track.start()


def _close(tracks: Sequence[Track]) -> None:
    for track in tracks:
        track.close()
