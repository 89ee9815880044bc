"""Looking, from the camera to the answer: a source, lanes that look, and questions, behind a few verbs.

    source's thread: frame → `newest_frame` → mailboxes of the lanes          (`_Feed.take`; no signal for a frame)
    worker's thread: mailbox → lane → engine → result_ready
    here:            Seen, AnswerToken, Answer → panel

The panel paints `newest_frame` by a timer of its own. A question is about the frame of the moment when it began; while
it is answered the lanes rest. Whatever goes wrong with an engine, the picture goes on.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from PySide6.QtCore import QLocale, QObject, QTime, QTimer, Signal

from desktop_app.notifications import DesktopNotifier
from desktop_app.sessions import snapshots
from desktop_app.sessions.cameras import CameraList
from desktop_app.sessions.chat import Chat, ChatTurn, Rating, TurnState, export_markdown
from desktop_app.sessions.choices import caption_plan, label_plan, orientation, vision_spec
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.speaker import Speaker
from desktop_app.sessions.standing_watch import Sighting, StandingWatch
from desktop_app.sessions.voice_question import SpokenQuestion, VoiceQuestion
from workers.errors import AppError, DeviceError
from workers.results import (
    Answer,
    AnswerToken,
    CameraNotice,
    Frame,
    ImageRequest,
    Notice,
    Progress,
    Region,
    Seen,
    VideoFrame,
)  # fmt: skip
from workers.sources.base import AudioSource, Camera, FrameSource
from workers.sources.image_file import Still
from workers.sources.screen_region import ScreenRegion
from workers.sources.video_file import VideoFile
from workers.sources.webcam import Webcam, list_cameras
from workers.vision import LookMailbox, LookPlan, NewestFrame
from workers.worker import AnswerWorker, LoadWorker, LookWorker, Worker

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from workers.engines.base import EngineSpec

log = logging.getLogger(__name__)

LaneName = Literal["label", "caption"]

SOURCE_TOPIC = "vision source"
ANSWER_TOPIC = "answer"
RATE_OVER_S = 2.0
SAID_WITHIN_S = 5.0  # what was said that long before a snapshot is still about it
TURN_PERIOD_MS = 33  # the panel hears of new words at most so often
VIDEO_SUFFIXES = {
    *(".3gp", ".asf", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv"),
    *(".ts", ".vob", ".webm", ".wmv"),
}
PLAN_SETTINGS = {
    "see.labels",
    "see.prompt_templates",
    "see.background",
    "see.top_k",
    "see.caption_when",
    "see.caption_interval_s",
    "see.caption_prefix",
}


@dataclass(eq=False)
class Lane:
    """What is said about the newest frame again and again. Read it, and change it through the session only.

    Attributes:
        is_on: the user wants it.
        state: idle while it is off or there is nothing to look at; loading its model; running; paused while a question
            is answered or there are no labels; failed.
        newest: what was seen last.
        per_s: looks a second, of late.
    """

    name: LaneName
    is_on: bool = False
    state: SessionState = SessionState.IDLE
    model_id: str = ""
    progress: Progress | None = None
    newest: Seen | None = None
    per_s: float = 0.0
    error: Exception | None = None


class VisionSession(QObject):
    """Looks and answers. All verbs return at once and are called from the window's thread.

    Attributes:
        standing: the standing questions, "tell me when you see ...", with verbs and signals of their own.
        voice: a question that is being spoken; `begin_voice` and `end_voice` are its verbs.
        speaker: reads answers aloud.

    Signals:
        state_changed(SessionState): of the source: loading until its first frame, paused while it is frozen.
        source_changed(): the source, the size of its frames, the region or how it is turned.
        ended(): a video came to its end; its last frame stays.
        lane_changed(Lane): anything of a lane but what it saw.
        seen(Seen): by a lane; `result` is LabelScores or Caption.
        turn_added(ChatTurn): a question was asked.
        turn_changed(ChatTurn): its state or text, at most 30 times a second.
        chat_cleared(): a new chat begins.
        pending_changed(): `pending_frames` has others.
        snapshot_taken(int): what was in view is in the history, under this number.
        cameras_changed(list[Camera]): after `watch_cameras`.
        ask_progress(object): the Progress of loading the model that answers; None when it is there or given up.
        failed(object): the exception; the user has been told.
    """

    state_changed = Signal(object)
    source_changed = Signal()
    ended = Signal()
    lane_changed = Signal(object)
    seen = Signal(object)
    turn_added = Signal(object)
    turn_changed = Signal(object)
    chat_cleared = Signal()
    pending_changed = Signal()
    snapshot_taken = Signal(int)
    cameras_changed = Signal(object)
    ask_progress = Signal(object)
    failed = Signal(object)

    _notice_came = Signal(object)
    _size_changed = Signal(object)
    _source_ended = Signal(object, object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._state = SessionState.IDLE
        self._wanted: _Feed | None = None  # what the user chose last
        self._feed: _Feed | None = None  # what runs, or is being opened
        self._is_changing = False
        self._again: Callable[[], None] | None = None  # opens what could not be opened
        self._condition: Literal["", "away", "black"] = ""
        self._cameras = CameraList()
        self._frozen: VideoFrame | None = None
        self._left: VideoFrame | None = None  # the last frame of a video that has ended
        self._region: Region | None = None
        self._lanes: dict[LaneName, _RunningLane] = {name: _RunningLane(Lane(name)) for name in get_args(LaneName)}
        self._chat = Chat()
        self._pending: list[VideoFrame] = []
        self.standing = StandingWatch(context, lambda: self.newest_frame, self._run_worker)
        self.voice = VoiceQuestion(context, self._run_worker)
        self.speaker = Speaker(context)
        self._notifier = DesktopNotifier(context)
        self._kept: dict[float, int] = {}  # frames in the history, by when they were captured
        self._spec: EngineSpec | None = None  # that answers, as the settings say
        self._answering: ChatTurn | None = None
        self._worker: AnswerWorker | None = None  # of the turn that is being answered
        self._loader: LoadWorker | None = None  # of the model that answers, ahead of the first question
        self._workers: set[Worker] = set()  # those of which not everything was heard yet
        self._has_news = False  # of the turn, since it was told last
        self._turn_timer = QTimer(self, interval=TURN_PERIOD_MS)
        self._turn_timer.timeout.connect(self._on_turn_timer)
        self._lanes["label"].lane.is_on = context.settings.see.labels_on
        self._lanes["caption"].lane.is_on = context.settings.see.caption_on

        self.standing.sighted.connect(self._on_sighted)
        self.voice.asked.connect(self._on_spoken)
        self._cameras.changed.connect(self._on_cameras_changed)
        self._notice_came.connect(self._on_notice)
        self._size_changed.connect(self._on_size_changed)
        self._source_ended.connect(self._on_source_ended)
        context.settings_changed.connect(self._on_settings_changed)
        context.closed.connect(self._on_context_closed)

    # ── what a panel shows ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def state(self) -> SessionState:
        return self._state

    @property
    def newest_frame(self) -> VideoFrame | None:
        """What to paint now: the newest frame, or the one that is frozen; whole, turned already. Cheap to ask for."""
        if self._frozen is not None:
            return self._frozen
        return self._left if self._feed is None else self._feed.newest

    @property
    def source_name(self) -> str:
        """The camera, the file, or the screen; empty when there is none."""
        return self._wanted.source.name if self._wanted is not None else ""

    @property
    def condition(self) -> Literal["", "away", "black"]:
        """The camera is away and waited for, or gives nothing but black; empty for well."""
        return self._condition

    @property
    def cameras(self) -> Sequence[Camera]:
        """What is plugged in, as far as it is known."""
        return self._cameras.cameras

    @property
    def is_camera(self) -> bool:
        """A camera is looked at, or is being opened."""
        return self._wanted is not None and isinstance(self._wanted.source, Webcam)

    @property
    def is_live(self) -> bool:
        """Frames go by; a still picture is not live, nor is what is frozen or has ended."""
        return self._feed is not None and self._feed.source.is_live and self._frozen is None

    @property
    def is_frozen(self) -> bool:
        return self._frozen is not None

    @property
    def source_fps(self) -> float:
        """How many frames a second the source gives, of late."""
        return self._feed.fps if self._feed is not None else 0.0

    @property
    def region(self) -> Region | None:
        """The part that is looked at and asked about; None is the whole frame."""
        return self._region

    @property
    def labels(self) -> Lane:
        return self._lanes["label"].lane

    @property
    def caption(self) -> Lane:
        return self._lanes["caption"].lane

    @property
    def turns(self) -> Sequence[ChatTurn]:
        """Of this chat, oldest first."""
        return self._chat.turns

    @property
    def pending_frames(self) -> Sequence[VideoFrame]:
        """What the next question will be about instead of the newest frame, if there are any."""
        return self._pending

    @property
    def is_answering(self) -> bool:
        return self._answering is not None

    # ── the source ──────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, source: FrameSource | None = None) -> None:
        """Looks at a source, or at the camera that is chosen, instead of what was looked at before."""
        if source is not None:
            self._look_at(lambda: source)
        else:
            self._look_at(self._chosen_camera, can_try_again=True)

    def open_file(self, path: Path) -> None:
        """Looks at a picture, or plays a video."""
        if path.suffix.lower() in VIDEO_SUFFIXES:
            self.open_video(path)
        else:
            self._look_at(lambda: Still.of_file(path))

    def open_video(self, address: Path | str, *, is_looped: bool = False) -> None:
        """Plays a video file, or what a server sends, such as rtsp://camera.local/1."""
        self._look_at(lambda: VideoFile(address, is_looped=is_looped), can_try_again="://" in str(address))

    def open_pixels(self, pixels: Frame, name: str) -> None:
        """Looks at a picture that is in memory already, such as the clipboard's."""
        self._look_at(lambda: Still(name, lambda: pixels))

    def watch_screen(self, box: tuple[int, int, int, int] | None = None) -> None:
        """Looks at the screen, or at a rectangle of it: left, top, right, bottom in its own pixels."""
        self._look_at(lambda: ScreenRegion(box, name=self.tr("Screen")))

    def watch_cameras(self) -> None:
        """From now on `cameras_changed` tells what is plugged in."""
        self._cameras.watch()

    def stop(self) -> None:
        """Looks no more; an answer that is being given goes on, unless the app closes."""
        self._wanted = None
        self._frozen = self._left = None
        self._condition = ""
        self._context.withdraw(SOURCE_TOPIC)
        if self._context.is_closing:
            self.stop_answer()
            self.voice.cancel()
            if self._loader is not None:
                self._loader.stop()
        if self._state.is_active or self._workers:
            self._set_state(SessionState.STOPPING)
        self.source_changed.emit()
        self._settle()

    def freeze(self) -> None:
        """Keeps the newest frame in view until `unfreeze`; the source goes on behind it."""
        if self._state is SessionState.RUNNING and self._feed is not None:
            self._frozen = self._feed.newest
            self._set_state(SessionState.PAUSED)
            self._show_lanes()

    def unfreeze(self) -> None:
        if self._state is SessionState.PAUSED:
            self._frozen = None
            self._set_state(SessionState.RUNNING)
            self._show_lanes()

    def toggle_freeze(self) -> None:
        if self._state is SessionState.PAUSED:
            self.unfreeze()
        else:
            self.freeze()

    def set_region(self, region: Region | None) -> None:
        """Looks at a part of the frame only; the preview stays whole."""
        if region != self._region:
            self._region = region
            self._change_plans()
            self._settle_standing()
            self.source_changed.emit()

    def _look_at(self, make: Callable[[], FrameSource], *, can_try_again: bool = False) -> None:
        if self._context.is_closing:
            return
        self._again = (lambda: self._look_at(make, can_try_again=True)) if can_try_again else None
        self._frozen = self._left = self._region = None
        self._condition = ""
        self._context.withdraw(SOURCE_TOPIC)
        try:
            source = make()
        except AppError as error:
            self._wanted = None
            self._fail(error)
        else:
            source.orient(orientation(self._context.settings.see))
            self._wanted = _Feed(source, self)
            self._set_state(SessionState.LOADING)
            self.source_changed.emit()
        self._settle()

    def _chosen_camera(self) -> FrameSource:
        """The camera of the settings, or the default one."""
        see = self._context.settings.see
        cameras = self._cameras.cameras or list_cameras()
        fitting = [camera for camera in cameras if (camera.id == see.camera if see.camera else camera.is_default)]
        if not fitting and see.camera:
            raise DeviceError(
                "The chosen camera is not connected.", hint="Plug it in, or choose another one.", name=see.camera
            )
        if not fitting and not cameras:
            raise DeviceError("No camera was found.", hint="Plug one in, or open a picture or a video.")
        width, height = see.resolution.split("x")
        camera = (fitting or cameras)[0]
        return Webcam(camera, width=int(width), height=int(height), fps=see.fps, on_notice=self._notice_came.emit)

    def _on_cameras_changed(self, cameras: list[Camera]) -> None:
        if self._state is SessionState.FAILED and cameras:
            self._context.withdraw(SOURCE_TOPIC)  # what could not be opened may be there now
        self.cameras_changed.emit(cameras)

    def _on_notice(self, notice: Notice) -> None:
        """What is wrong with a camera stands in the banner until it is well again."""
        if not isinstance(notice, CameraNotice) or notice.device_name != self.source_name:
            return
        self._condition = notice.condition
        if notice.condition:
            self._context.show_notice(notice, kind="warning", topic=SOURCE_TOPIC)
        else:
            self._context.withdraw(SOURCE_TOPIC)
        self.source_changed.emit()

    def _settle(self) -> None:
        """Brings what runs to what is wanted; one change at a time, and none that is outdated."""
        old, new = self._feed, self._wanted
        if self._is_changing:
            if old is not None and old is not new and not old.is_open:
                self._context.run(lambda job: old.source.stop())  # nobody waits for a camera that takes minutes
            return
        if old is new:
            self._settle_lanes()
            self._rest_when_done()
            return
        self._is_changing = True
        self._feed = new
        self._settle_lanes()
        self._context.run(
            lambda job: _exchange(old, new),
            on_done=lambda _: self._on_opened(new),
            on_failed=lambda error: self._on_open_failed(new, error),
            on_ended=self._on_changed,
        )

    def _on_opened(self, feed: _Feed | None) -> None:
        if feed is not None:
            feed.is_open = True
            if feed is self._wanted:
                self._set_state(SessionState.RUNNING)
                self.source_changed.emit()

    def _on_open_failed(self, feed: _Feed | None, error: Exception) -> None:
        self._feed = None
        if feed is not None and feed is self._wanted:
            self._wanted = None
            self._fail(error)

    def _on_changed(self) -> None:
        self._is_changing = False
        if self._feed is not None and not self._feed.is_open:  # given up while it was opened
            self._feed = None
        self._settle()

    def _on_size_changed(self, feed: _Feed) -> None:
        if feed is self._wanted:
            self.source_changed.emit()

    def _on_source_ended(self, feed: _Feed, error: Exception | None) -> None:
        """By itself: a video came to its end, or a camera was lost."""
        if feed is not self._wanted:
            return
        self._wanted = None
        if error is None:
            self._left = self._frozen or feed.newest
            self._set_state(SessionState.STOPPING)
            self.ended.emit()
        else:
            self._fail(error)
        self._frozen = None
        self.source_changed.emit()
        self._settle()

    def _fail(self, error: Exception) -> None:
        self._set_state(SessionState.FAILED)
        action = (self.tr("Try again"), self._again) if self._again is not None else None
        self._context.show_error(error, action=action, topic=SOURCE_TOPIC)
        self.failed.emit(error)
        self.source_changed.emit()

    def _rest_when_done(self) -> None:
        is_done = self._feed is None and not self._is_changing
        if self._state is SessionState.STOPPING and is_done and not (self._context.is_closing and self._workers):
            self._set_state(SessionState.IDLE)

    # ── what is seen again and again ────────────────────────────────────────────────────────────────────────────────

    def set_labels_on(self, is_on: bool) -> None:
        """Labels the newest frame again and again."""
        self._context.change_setting("see.labels_on", is_on)

    def set_caption_on(self, is_on: bool) -> None:
        """Describes the newest frame again and again."""
        self._context.change_setting("see.caption_on", is_on)

    def set_labels(self, labels: Sequence[str]) -> None:
        """What pictures may show, from the next look on; without any there is nothing to look for."""
        self._context.change_setting("see.labels", list(labels))

    def try_again(self, lane: Lane) -> None:
        """Starts a lane that failed."""
        if lane.state is SessionState.FAILED:
            self._set_lane(self._lanes[lane.name], SessionState.IDLE)
            self._settle_lanes()

    def _settle_lanes(self) -> None:
        """Starts the lanes that are wanted and have something to look at; stops the others."""
        for running in self._lanes.values():
            has_frames = self._feed is not None and self._feed is self._wanted and not self._context.is_closing
            if running.lane.is_on and has_frames:
                if running.worker is None and not running.is_starting and running.lane.state != SessionState.FAILED:
                    self._start_lane(running)
            elif running.worker is not None or running.lane.state is not SessionState.IDLE:
                self._stop_lane(running)
        self._settle_standing()

    def _settle_standing(self) -> None:
        has_frames = self._feed is not None and self._feed is self._wanted
        self.standing.settle(has_frames=has_frames, is_resting=self._answering is not None, region=self._region)

    def _start_lane(self, running: _RunningLane) -> None:
        running.is_starting = True
        running.lane.error = None
        self._set_lane(running, SessionState.LOADING)
        settings, catalogue, task = self._context.settings, self._context.catalogue, running.lane.name
        self._context.run(
            lambda job: vision_spec(settings, catalogue, task),
            on_done=lambda spec: self._on_lane_spec(running, spec),
            on_failed=lambda error: self._fail_lane(running, error),
            on_ended=lambda: self._on_lane_spec_ended(running),
        )

    def _on_lane_spec(self, running: _RunningLane, spec: EngineSpec) -> None:
        if running.lane.state is not SessionState.LOADING or self._context.is_closing:
            return
        running.spec = spec
        running.lane.model_id = spec.model_id
        running.mailbox = LookMailbox(self._plan(running))
        running.worker = LookWorker(self._context.pool, spec, running.mailbox)
        self._let_lane_rest(running)
        self._show(running.mailbox)
        self._run_worker(running.worker, self._on_lane_result)

    def _on_lane_spec_ended(self, running: _RunningLane) -> None:
        running.is_starting = False
        self._settle_lanes()

    def _stop_lane(self, running: _RunningLane) -> None:
        worker, running.worker = running.worker, None
        running.mailbox = None
        if worker is not None:
            worker.stop()
        running.lane.progress = None
        running.lane.newest = None
        running.lane.per_s = 0.0
        self._set_lane(running, SessionState.IDLE)

    def _restart_lane(self, name: LaneName) -> None:
        """With the engine and model that are chosen now; the one before stays loaded for a while."""
        self._stop_lane(self._lanes[name])
        self._settle_lanes()

    def _fail_lane(self, running: _RunningLane, error: Exception) -> None:
        running.worker = running.mailbox = None
        running.lane.error = error
        self._set_lane(running, SessionState.FAILED)
        self._context.show_error(error, topic=f"vision {running.lane.name}")

    def _plan(self, running: _RunningLane) -> LookPlan:
        see = self._context.settings.see
        if running.lane.name == "label":
            return label_plan(see, running.spec.engine if running.spec else "", self._region)
        return caption_plan(see, self._region)

    def _change_plans(self) -> None:
        for running in self._lanes.values():
            if running.mailbox is not None:
                running.mailbox.pause()  # no look begins before it is known whether there is anything to look for
                running.mailbox.change(self._plan(running))
                self._let_lane_rest(running)

    def _let_lane_rest(self, running: _RunningLane) -> None:
        """Pauses a lane while a question is answered, or while there is no label to look for."""
        if running.mailbox is None:
            return
        if self._answering is not None or not _has_task(self._plan(running).request, running.spec):
            running.mailbox.pause()
        else:
            running.mailbox.resume()
        if running.lane.state in (SessionState.RUNNING, SessionState.PAUSED):
            self._set_lane(running, SessionState.PAUSED if running.mailbox.is_paused else SessionState.RUNNING)

    def _let_lanes_rest(self) -> None:
        for running in self._lanes.values():
            self._let_lane_rest(running)
        self._settle_standing()

    def _show_lanes(self) -> None:
        for running in self._lanes.values():
            self._show(running.mailbox)
        self._show(self.standing.mailbox)

    def _show(self, mailbox: LookMailbox | None) -> None:
        """The frame that is in view, once: a live source gives the next ones."""
        frame = self.newest_frame
        if mailbox is not None and frame is not None:
            mailbox.put(frame)

    def _take(self, feed: _Feed, frame: VideoFrame) -> None:
        """In the source's thread."""
        if self._frozen is None and feed is self._feed:
            mailboxes = (*(running.mailbox for running in self._lanes.values()), self.standing.mailbox)
            for mailbox in mailboxes:
                if mailbox is not None:
                    mailbox.put(frame)

    def _on_lane_result(self, result: object) -> None:
        running = next((lane for lane in self._lanes.values() if lane.worker is self.sender()), None)
        if running is None:
            return  # of a lane that was stopped
        if isinstance(result, Progress):
            running.lane.progress = result if result.fraction < 1.0 else None
            if result == Progress(1.0) and running.lane.state is SessionState.LOADING:
                self._set_lane(running, SessionState.RUNNING)
                self._let_lane_rest(running)
            self.lane_changed.emit(running.lane)
        elif isinstance(result, Notice):
            self._context.show_notice(result)
        elif isinstance(result, Seen) and self._feed is not None and result.frame.captured_s >= self._feed.since_s:
            running.lane.newest = result
            running.lane.per_s = running.rate.tick()
            self.seen.emit(result)

    def _set_lane(self, running: _RunningLane, state: SessionState) -> None:
        running.lane.state = state
        self.lane_changed.emit(running.lane)

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────────

    def ask(
        self,
        question: str,
        *,
        same_frame: bool = False,
        frames: Sequence[VideoFrame] | None = None,
        spoken: SpokenQuestion | None = None,
    ) -> ChatTurn | None:
        """Asks about the frame of this moment; a question that is being answered is stopped.

        Args:
            same_frame: about what the question before was about: a follow-up.
            frames: about these, as they are; else about `pending_frames` if there are any.
            spoken: how it was said, which tells when it began and ended.

        Returns:
            None when there is nothing to ask about, which the user is told.
        """
        asked_s = time.monotonic() if spoken is None else spoken.ended_s
        began_s = asked_s if spoken is None else spoken.began_s
        question, last = question.strip(), self._chat.last
        if not question or self._context.is_closing:
            return None
        if frames:
            about = tuple(frames)
        elif same_frame and last is not None:
            about = last.frames
        else:
            about = tuple(self._pending) or self._this_moment()
        if not about:
            self._tell_no_frame()
            return None
        self.stop_answer()
        turn = ChatTurn(question, about, asked_s, is_same_frame=same_frame and last is not None)
        turn.is_spoken = spoken is not None
        if self._feed is not None and self._feed.source.is_live:
            turn.frame_age_s = max(0.0, began_s - about[-1].captured_s)
        self._chat.turns.append(turn)
        self._answering = turn
        self._let_lanes_rest()
        if self._pending and not turn.is_same_frame:
            self._pending.clear()
            self.pending_changed.emit()
        self.turn_added.emit(turn)
        if self._spec is not None:
            self._answer(turn, self._spec)
        else:
            settings, catalogue = self._context.settings, self._context.catalogue
            self._context.run(
                lambda job: vision_spec(settings, catalogue, "ask"),
                on_done=lambda spec: self._answer(turn, spec),
                on_failed=lambda error: self._end_turn(turn, TurnState.FAILED, error),
            )
        return turn

    def prepare_answers(self) -> None:
        """Loads the model that answers, if that has not been done, so that the first question need not wait for it."""
        if self._loader is not None or self._answering is not None or self._context.is_closing:
            return
        settings, catalogue = self._context.settings, self._context.catalogue
        self._context.run(
            lambda job: vision_spec(settings, catalogue, "ask"),
            on_done=self._on_prepared,
            on_failed=lambda error: log.info("the model that answers is not loaded ahead: %s", error),
        )

    def _on_prepared(self, spec: EngineSpec) -> None:
        self._spec = spec
        if self._loader is None and self._answering is None and not self._context.is_closing:
            self._loader = LoadWorker(self._context.pool, spec)
            self._run_worker(self._loader, self._on_load_progress)

    def _on_load_progress(self, progress: Progress) -> None:
        if self._answering is None:
            self.ask_progress.emit(progress if progress.fraction < 1.0 else None)

    def begin_voice(self, source: AudioSource | None = None) -> None:
        """The key to speak went down: the question will be about what is in view now.

        Args:
            source: instead of the microphone of Hear.
        """
        frames = tuple(self._pending) or self._this_moment()
        if not frames:
            self._tell_no_frame()
            return
        self.stop_answer()  # nobody speaks into a voice that speaks
        self.voice.begin(frames, source)

    def end_voice(self) -> None:
        """The key went up."""
        self.voice.end()

    def _on_spoken(self, spoken: SpokenQuestion) -> None:
        self.ask(spoken.text, frames=spoken.frames, spoken=spoken)

    def stop_answer(self) -> None:
        """Ends the answer that is being given, or read aloud; what there is of it stays."""
        self.speaker.stop()
        if self._worker is not None:
            self._worker.stop()
        if self._answering is not None:
            self._end_turn(self._answering, TurnState.STOPPED)

    def new_chat(self) -> None:
        """Forgets what was asked and answered."""
        self.stop_answer()
        self._chat = Chat()
        self._pending.clear()
        self.chat_cleared.emit()
        self.pending_changed.emit()

    def add_frame(self) -> None:
        """Keeps the frame of this moment for the next question; several can be asked about together."""
        if frames := self._this_moment():
            self._pending += frames
            self.pending_changed.emit()

    def remove_frame(self, index: int) -> None:
        """Takes one of `pending_frames` out."""
        del self._pending[index]
        self.pending_changed.emit()

    def rate(self, turn: ChatTurn, rating: Rating) -> None:
        """Notes whether an answer was good, also in the history where it is kept."""
        turn.rating = rating
        self.turn_changed.emit(turn)
        history = self._context.history
        if history is not None:
            for remark_id in turn.remark_ids:
                history.rate_remark(remark_id, rating)

    def export_chat(self, path: Path) -> None:
        """Writes the chat as Markdown with its pictures."""
        turns = list(self._chat.turns)
        self._context.run(
            lambda job: export_markdown(turns, path),
            on_done=lambda _: self._context.notify("info", self.tr("The chat is in '{path}'.").format(path=path)),
        )

    def snapshot(self) -> None:
        """Keeps the whole frame that is in view in the history, with what was said about it."""
        frame = self.newest_frame
        if frame is None:
            self._context.notify("info", self.tr("There is nothing to keep yet."))
            return
        if self._context.settings.history.is_private:
            self._context.notify(
                "info",
                self.tr("Private mode keeps nothing, so no snapshot was taken."),
                self.tr("Leave private mode, or save the picture as a file."),
            )
            return
        newest = [running.lane.newest for running in self._lanes.values()]
        seen = [one for one in newest if one is not None and self._is_of(one, frame)]
        turns = [turn for turn in self._chat.turns if turn.state.is_over and turn.answer and turn.is_about(frame)]
        self._keep(frame, seen=seen, turns=turns)

    def _keep(
        self, frame: VideoFrame, *, seen: Sequence[Seen] = (), turns: Sequence[ChatTurn] = (), title: str = ""
    ) -> None:
        source = self.source_name
        self._context.run(
            lambda job: snapshots.keep(
                self._context.wait_for_history(), frame, seen=seen, turns=turns, source=source, title=title
            ),
            on_done=lambda item_id: self._on_kept(frame, item_id),
        )

    def _on_sighted(self, sighting: Sighting) -> None:
        """Tells the user, in the window and outside it, and keeps the picture as evidence."""
        text = self.tr("Seen: {thing}").format(thing=sighting.standing.text)
        when = QLocale().toString(QTime.currentTime(), QLocale.FormatType.ShortFormat)
        self._context.notify("info", text, when, topic=f"sighting {sighting.standing.text}")
        self._notifier.show(text, self.tr("{source}, {when}").format(source=self.source_name, when=when))
        if not self._context.settings.history.is_private:
            self._keep(sighting.frame, title=text)

    def snapshot_of(self, frame: VideoFrame) -> int | None:
        """The number in the history of a frame that was kept; None where it was not, or not yet."""
        return self._kept.get(frame.captured_s)

    def _is_of(self, seen: Seen, frame: VideoFrame) -> bool:
        """Whether what was seen holds for a frame: it was about it, or about one just before."""
        return frame.captured_s - seen.frame.captured_s <= SAID_WITHIN_S or not self.is_live

    def _on_kept(self, frame: VideoFrame, item_id: int) -> None:
        self._kept[frame.captured_s] = item_id
        self.snapshot_taken.emit(item_id)

    def _keep_answer(self, turn: ChatTurn) -> None:
        """Adds an answer to the snapshot of its frame, if there is one."""
        history = self._context.history
        item_ids = [self._kept[frame.captured_s] for frame in turn.frames if frame.captured_s in self._kept]
        if history is not None and item_ids and not self._context.settings.history.is_private:
            self._context.run(lambda job: snapshots.add_answer(history, item_ids[-1], turn))

    def _tell_no_frame(self) -> None:
        self._context.notify("info", self.tr("There is nothing to ask about yet."), self.tr("Start a camera."))

    def _this_moment(self) -> tuple[VideoFrame, ...]:
        """What a question that begins now is about: one frame, cropped already; none where there is nothing to see."""
        frame = self._feed.of_this_moment() if self.is_live and self._feed is not None else self.newest_frame
        if frame is None:
            return ()
        return (frame if self._region is None else replace(frame, pixels=self._region.crop(frame.pixels)),)

    def _answer(self, turn: ChatTurn, spec: EngineSpec) -> None:
        self._spec = spec
        if turn.state.is_over:
            return
        turn.engine, turn.model_id = spec.engine, spec.model_id
        see = self._context.settings.see
        request = self._chat.request(turn, frames_remembered=see.frames_remembered, max_new_tokens=see.max_new_tokens)
        self._worker = AnswerWorker(self._context.pool, spec, request)
        self._run_worker(self._worker, self._on_answer_result)
        self.turn_changed.emit(turn)

    def _on_answer_result(self, result: object) -> None:
        turn = self._answering
        if turn is None or self.sender() is not self._worker:
            return  # of an answer that was stopped
        if isinstance(result, Progress):
            is_loaded = result == Progress(1.0)
            self.ask_progress.emit(None if is_loaded else result)
            if is_loaded:
                turn.state = TurnState.ANSWERING
                self.turn_changed.emit(turn)
        elif isinstance(result, AnswerToken):
            if turn.time_to_first_token_s is None:
                turn.time_to_first_token_s = time.monotonic() - turn.asked_s
            turn.answer += result.text
            self._speak(turn)
            self._has_news = True
            if not self._turn_timer.isActive():
                self._on_turn_timer()
                self._turn_timer.start()
        elif isinstance(result, Answer):
            turn.answer, turn.n_tokens, turn.tokens_per_s = result.text, result.n_tokens, result.tokens_per_s
            turn.sights = result.sights
            self._end_turn(turn, TurnState.DONE)
        elif isinstance(result, Notice):
            turn.answer, turn.time_to_first_token_s = "", None
            self.speaker.stop()
            self._context.show_notice(result)
            self.turn_changed.emit(turn)

    def _speak(self, turn: ChatTurn) -> None:
        wanted = self._context.settings.see.speak_answers
        if wanted == "all" or (wanted == "spoken" and turn.is_spoken):
            self.speaker.speak(turn.answer, is_whole=turn.state is TurnState.DONE)

    def _on_turn_timer(self) -> None:
        if self._has_news and self._answering is not None:
            self._has_news = False
            self.turn_changed.emit(self._answering)
        else:
            self._turn_timer.stop()

    def _end_turn(self, turn: ChatTurn, state: TurnState, error: Exception | None = None) -> None:
        if turn is not self._answering:
            return
        self._answering = self._worker = None
        self._turn_timer.stop()
        turn.state, turn.error = state, error
        if state is TurnState.DONE:
            self._speak(turn)
        self.ask_progress.emit(None)
        self.turn_changed.emit(turn)
        self._let_lanes_rest()
        if turn.answer:
            self._keep_answer(turn)
        if error is not None:
            self._spec = None  # the model may have been removed
            self._context.show_error(error, topic=ANSWER_TOPIC)
            self.failed.emit(error)

    # ── workers and settings ────────────────────────────────────────────────────────────────────────────────────────

    def _run_worker(self, worker: Worker, on_result: Callable[..., None]) -> None:
        worker.result_ready.connect(on_result)
        worker.ended.connect(self._on_worker_ended)
        self._workers.add(worker)
        worker.start()

    def _on_worker_ended(self, worker: Worker) -> None:
        self._workers.discard(worker)
        if worker is self._loader:
            self._loader = None
            self._on_load_progress(Progress(1.0))
        self.standing.worker_ended(worker, worker.error)
        self.voice.worker_ended(worker, worker.error)
        if worker is self._worker and self._answering is not None:
            state = TurnState.FAILED if worker.error else TurnState.STOPPED
            self._end_turn(self._answering, state, worker.error)
        for running in self._lanes.values():
            if worker is running.worker:
                if worker.error is not None:
                    self._fail_lane(running, worker.error)
                else:  # the pool was closed
                    self._stop_lane(running)
        self._rest_when_done()

    def _on_settings_changed(self, place: str) -> None:
        see = self._context.settings.see
        if place in ("see.mirror", "see.rotate_deg"):
            self._region = None
            self._change_plans()
            self._settle_standing()
            if self._wanted is not None:
                self._wanted.source.orient(orientation(see))
            self.source_changed.emit()
        elif place in ("see.camera", "see.resolution", "see.fps") and self.is_camera:
            self.start()
        elif place in ("see.labels_on", "see.caption_on"):
            self.labels.is_on, self.caption.is_on = see.labels_on, see.caption_on
            self._settle_lanes()
        elif place in ("see.label_engine", "see.label_model"):
            self._restart_lane("label")
            self.standing.restart()
        elif place in ("see.caption_engine", "see.caption_model"):
            self._restart_lane("caption")
        elif place in ("see.ask_engine", "see.ask_model", "see.judge"):
            self._spec = None
            self.standing.restart()
        elif place == "see.engine_options":
            self._spec = None
            self._restart_lane("label")
            self._restart_lane("caption")
            self.standing.restart()
        elif place in PLAN_SETTINGS:
            self._change_plans()

    def _on_context_closed(self) -> None:
        """The engines are gone: whatever still waited for one is about to end."""
        for worker in list(self._workers):
            worker.stop_and_wait()

    def _set_state(self, state: SessionState) -> None:
        if state is not self._state:
            log.info("looking: %s -> %s", self._state, state)
            self._state = state
            self.state_changed.emit(state)


class _Feed:
    """A source, and what came of it. `take` and `end` are called in the source's thread, the rest in the window's."""

    def __init__(self, source: FrameSource, session: VisionSession) -> None:
        self.source = source
        self.is_open = False
        self.since_s = time.monotonic()
        self.fps = 0.0
        self._session = session
        self._frames = NewestFrame()
        self._rate = _Rate()

    def start(self) -> None:
        self.source.start(self.take, self.end)

    @property
    def newest(self) -> VideoFrame | None:
        return self._frames.newest

    def of_this_moment(self) -> VideoFrame | None:
        return self._frames.of_this_moment()

    def take(self, frame: VideoFrame) -> None:
        before = self.newest
        self._frames.put(frame)
        self.fps = self._rate.tick()
        self._session._take(self, frame)
        if before is not None and before.size != frame.size:
            self._session._size_changed.emit(self)

    def end(self, error: Exception | None) -> None:
        self._session._source_ended.emit(self, error)


class _Rate:
    """How often something happens, over the last second or two."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=60)

    def tick(self) -> float:
        """It happened; how often a second of late."""
        now = time.monotonic()
        self._times.append(now)
        while now - self._times[0] > RATE_OVER_S:
            self._times.popleft()
        passed_s = now - self._times[0]
        return (len(self._times) - 1) / passed_s if passed_s else 0.0


@dataclass(eq=False)
class _RunningLane:
    """A lane with what runs it."""

    lane: Lane
    worker: LookWorker | None = None
    mailbox: LookMailbox | None = None
    spec: EngineSpec | None = None
    is_starting: bool = False
    rate: _Rate = field(default_factory=_Rate)


def _has_task(request: ImageRequest, spec: EngineSpec | None) -> bool:
    """Whether there is anything to look for."""
    return request.task != "label" or bool(request.candidate_labels) or (spec is not None and spec.engine == "vit")


def _exchange(old: _Feed | None, new: _Feed | None) -> None:
    """In a thread, because both may take seconds; the old one first, as it may be the same camera."""
    if old is not None:
        old.source.stop()
    if new is not None:
        new.start()
