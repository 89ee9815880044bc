"""Looking, from the camera to the answer: a source, those that look at it, and a chat, behind a few verbs.

    source's thread: frame → `newest_frame` → mailboxes of the lanes          (`Feed.take`; no signal for a frame)
    worker's thread: mailbox → lane → engine → result_ready
    here:            Seen, AnswerToken, Answer → panel

`feed.py` is the source that runs; `looker.py` what looks again and again, as a lane or for a standing question;
`chat_session.py` the questions. The panel paints `newest_frame` by a timer of its own. A question is about the frame of
the moment when it began; while it is answered the others rest. Whatever goes wrong with an engine, the picture goes on.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtCore import QLocale, QObject, QTime, Signal

from desktop_app import i18n
from desktop_app.notifications import DesktopNotifier
from desktop_app.sessions import snapshots
from desktop_app.sessions.cameras import CameraList
from desktop_app.sessions.chat import ChatTurn
from desktop_app.sessions.chat_session import ChatSession
from desktop_app.sessions.choices import orientation, turned_since
from desktop_app.sessions.feed import Feed, exchange
from desktop_app.sessions.lane import Lane
from desktop_app.sessions.looker import Outlook
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.standing_watch import Sighting, StandingWatch
from workers.errors import AppError, Cancelled, DeviceError
from workers.results import CameraNotice, Frame, Notice, Region, Seen, VideoFrame
from workers.sources.base import Camera, FrameSource, Orientation
from workers.sources.image_file import Still, read_image, turned, turned_back
from workers.sources.screen_region import ScreenRegion
from workers.sources.screenshot import Screenshot, is_wayland
from workers.sources.video_file import VideoFile
from workers.sources.webcam import Webcam, list_cameras
from workers.worker import Worker

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from desktop_app.history.store import History
    from desktop_app.jobs import Job

log = logging.getLogger(__name__)

SOURCE_TOPIC = "vision source"
MOST_PICTURES = 16  # that are added at once: each may take tens of megabytes
SAID_WITHIN_S = 5.0  # what was said about a frame that near is about a picture, too
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
    "see.caption_question",
}


FrameKey: TypeAlias = tuple[float, Region | None]  # when it was captured, and which part of it


def is_video_file(path: Path) -> bool:
    """By its name."""
    return path.suffix.lower() in VIDEO_SUFFIXES


class VisionSession(QObject):
    """Looks and answers. All verbs return at once and are called from the window's thread.

    Attributes:
        labels, caption: the lanes.
        standing: the standing questions, "tell me when you see ...".
        chat: the questions and their answers. Each of these has verbs and signals of its own.

    Signals:
        state_changed(SessionState): of the source: loading until its first frame, paused while it is frozen.
        source_changed(): the source, the size of its frames, the region or how it is turned.
        ended(): a video came to its end; its last frame stays.
        snapshot_taken(int): what was in view is in the history, under this number.
        cameras_changed(list[Camera]): after `watch_cameras`.
        failed(object): the exception, of the source or of an answer; the user has been told.
    """

    state_changed = Signal(object)
    source_changed = Signal()
    ended = Signal()
    snapshot_taken = Signal(int)
    cameras_changed = Signal(object)
    failed = Signal(object)

    _notice_came = Signal(object)
    _size_changed = Signal(object)
    _source_ended = Signal(object, object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._state = SessionState.IDLE
        self._wanted: Feed | None = None  # what the user chose last
        self._feed: Feed | None = None  # what runs, or is being opened
        self._is_changing = False
        self._again: Callable[[], None] | None = None  # opens what could not be opened
        self._condition: Literal["", "away", "black"] = ""
        self._cameras = CameraList()
        self._frozen: VideoFrame | None = None
        self._left: VideoFrame | None = None  # the last frame of what has ended
        self._left_since_s = math.inf  # when that began
        self._orientation = orientation(context.settings.see)
        self._turned_already = Orientation()  # of what is looked at: as it was kept, where the history has it
        self._region: Region | None = None
        self._kept: dict[FrameKey, int] = {}  # frames in the history
        self._keeping: dict[FrameKey, list[ChatTurn]] = {}  # frames on their way there, and answers that join them
        self._kept_with_answer: dict[int, tuple[int, int]] = {}  # their sizes; what was seen in them is not kept yet
        self._deleted: set[FrameKey] = set()  # frames that the user wants no more in the history
        self._workers: set[Worker] = set()  # those of which not everything was heard yet
        self._notifier = DesktopNotifier(context)

        def newest_frame() -> VideoFrame | None:
            return self.newest_frame

        self.labels = Lane("label", context, newest_frame, self._run_worker)
        self.caption = Lane("caption", context, newest_frame, self._run_worker)
        self.standing = StandingWatch(context, newest_frame, self._run_worker)
        self.chat = ChatSession(context, self._this_moment, self._is_source_live, self._run_worker)
        self._lanes = (self.labels, self.caption)
        self._lookers = (*self._lanes, self.standing)

        self.standing.sighted.connect(self._on_sighted)
        self.standing.broke_off.connect(self._tell_watch_ended)
        self.chat.answering_changed.connect(self._settle_lookers)
        self.chat.turn_added.connect(self._note_source)
        self.chat.turn_ended.connect(self._keep_answer)
        self.chat.failed.connect(self.failed)
        self._cameras.changed.connect(self._on_cameras_changed)
        self._notice_came.connect(self._on_notice)
        self._size_changed.connect(self._on_size_changed)
        self._source_ended.connect(self._on_source_ended)
        context.settings_changed.connect(self._on_settings_changed)
        context.items_deleted.connect(self._on_items_deleted)
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
    def is_video(self) -> bool:
        """A video or a stream is looked at, or is being opened."""
        return self._wanted is not None and isinstance(self._wanted.source, VideoFile)

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

    # ── the source ──────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, source: FrameSource | None = None) -> None:
        """Looks at a source, or at the camera that is chosen, instead of what was looked at before."""
        if source is not None:
            self._look_at(lambda: source)
        else:
            self._look_at(self._chosen_camera, can_try_again=True)

    def open_file(self, path: Path, *, item_id: int | None = None) -> None:
        """Looks at a picture, or plays a video; what is answered about an item of the history joins it."""
        if is_video_file(path):
            self.open_video(path)
        else:
            self._look_at(lambda: Still.of_file(path), item_id=item_id)

    def open_video(self, address: Path | str, *, is_looped: bool = False) -> None:
        """Plays a video file, or what a server sends, such as rtsp://camera.local/1."""
        self._look_at(
            lambda: VideoFile(address, is_looped=is_looped, on_notice=self._notice_came.emit),
            can_try_again="://" in str(address),
        )

    def open_pixels(self, pixels: Frame, name: str) -> None:
        """Looks at a picture that is in memory already, such as the clipboard's."""
        self._look_at(lambda: Still(name, lambda: pixels))

    def add_pictures(self, pictures: Sequence[Path | Frame], *, is_alone: bool = False) -> None:
        """Adds pictures to the next question, turned as all are; what is looked at stays.

        Args:
            pictures: the first 16 of them.
            is_alone: those that waited already are taken out.
        """
        now, taken = self._orientation, pictures[:MOST_PICTURES]
        if len(pictures) > len(taken):
            text = self.tr("The next question is about the first {most} of {count} pictures.")
            self._context.notify("info", text.format(most=len(taken), count=len(pictures)))

        def read(job: Job) -> tuple[list[VideoFrame], list[AppError]]:
            frames: list[VideoFrame] = []
            errors = []
            for picture in taken:
                job.raise_if_cancelled()
                try:
                    pixels = read_image(picture) if isinstance(picture, Path) else picture
                except AppError as error:
                    errors.append(error)
                else:
                    frames.append(VideoFrame(turned(pixels, now), len(frames) + 1, time.monotonic()))
            return frames, errors

        def on_done(found: tuple[list[VideoFrame], list[AppError]]) -> None:
            frames, errors = found
            if frames:
                self.chat.add_pictures(frames, is_alone=is_alone)
            if len(errors) > 1:
                text = self.tr("{n} of {count} pictures cannot be read.").format(n=len(errors), count=len(taken))
                self._context.notify("warning", text, i18n.sentence(errors[0]))
            elif errors:
                self._context.show_error(errors[0])

        self._context.run(read, on_done=on_done)

    def watch_screen(self, box: tuple[int, int, int, int] | None = None) -> None:
        """Looks at the screen, or at a rectangle of it: left, top, right, bottom in its own pixels.

        Under Wayland the desktop's dialog asks what is looked at, and it is looked at once.
        """
        if is_wayland():
            self._look_at(lambda: Screenshot(self.tr("Screen")))
        else:
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
            self.chat.close()
        if self._state.is_active or self._workers:
            self._set_state(SessionState.STOPPING)
        self.source_changed.emit()
        self._settle()

    def freeze(self) -> None:
        """Keeps the newest frame in view until `unfreeze`; the source goes on behind it."""
        if self._state is SessionState.RUNNING and self._feed is not None:
            self._frozen = self._feed.newest
            self._set_state(SessionState.PAUSED)
            self._show_frame()

    def unfreeze(self) -> None:
        if self._state is SessionState.PAUSED:
            self._frozen = None
            self._set_state(SessionState.RUNNING)
            self._show_frame()

    def toggle_freeze(self) -> None:
        if self._state is SessionState.PAUSED:
            self.unfreeze()
        else:
            self.freeze()

    def set_region(self, region: Region | None) -> None:
        """Looks at a part of the frame only; the preview stays whole."""
        if region != self._region:
            self._region = region
            self._settle_lookers()
            self.source_changed.emit()

    def _turn(self, now: Orientation) -> None:
        """What comes is turned by its source; what stays in view is turned here."""
        before, self._orientation = self._orientation, now

        def anew(frame: VideoFrame | None) -> VideoFrame | None:
            return None if frame is None else replace(frame, pixels=turned(turned_back(frame.pixels, before), now))

        self._frozen, self._left = anew(self._frozen), anew(self._left)
        if self._wanted is not None:
            self._wanted.source.orient(turned_since(self._turned_already, now))
            self._note_item(self._wanted)
        if self._frozen is not None or self._left is not None:
            self._show_frame()

    def _look_at(
        self, make: Callable[[], FrameSource], *, can_try_again: bool = False, item_id: int | None = None
    ) -> None:
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
            self._turned_already = Orientation() if item_id is None else self._orientation
            source.orient(turned_since(self._turned_already, self._orientation))
            self._wanted = Feed(
                source,
                on_frame=self._take,
                on_resized=self._size_changed.emit,
                on_ended=self._source_ended.emit,
                item_id=item_id,
            )
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
        """What is wrong with a camera or a stream stands in the banner until it is well again."""
        if not isinstance(notice, CameraNotice) or notice.device_name != self.source_name:
            return
        self._condition = notice.condition
        if notice.condition:
            self._context.show_notice(notice, kind="warning", topic=SOURCE_TOPIC)
            if self.standing.is_on:
                sentence = i18n.from_workers(notice.template, dict(notice.values))
                self._notifier.show(self.tr("Nothing can be seen for now"), sentence)
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
            self._settle_lookers()
            self._rest_when_done()
            return
        self._is_changing = True
        self._feed = new
        self._settle_lookers()
        self._context.run(
            lambda job: exchange(old, new),
            on_done=lambda _: self._on_opened(new),
            on_failed=lambda error: self._on_open_failed(new, error),
            on_ended=self._on_changed,
        )

    def _on_opened(self, feed: Feed | None) -> None:
        if feed is not None:
            feed.is_open = True
            self._note_item(feed)
            if feed is self._wanted:
                self._set_state(SessionState.RUNNING)
                self.source_changed.emit()

    def _on_open_failed(self, feed: Feed | None, error: Exception) -> None:
        self._feed = None
        if feed is not None and feed is self._wanted:
            self._wanted = None
            self._fail(error)

    def _on_changed(self) -> None:
        self._is_changing = False
        if self._feed is not None and not self._feed.is_open:  # given up while it was opened
            self._feed = None
        self._settle()

    def _on_size_changed(self, feed: Feed) -> None:
        if feed is self._wanted:
            self.source_changed.emit()

    def _on_source_ended(self, feed: Feed, error: Exception | None) -> None:
        """By itself: a video came to its end, or a camera was lost."""
        if feed is not self._wanted:
            return
        self._wanted = None
        self._left, self._left_since_s = self._frozen or feed.newest, feed.since_s
        if error is None:
            self._set_state(SessionState.STOPPING)
            self.ended.emit()
        else:
            self._fail(error)
            self._tell_watch_ended(error)
        self._frozen = None
        self.source_changed.emit()
        self._settle()
        self._show_frame()

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

    # ── those that look ─────────────────────────────────────────────────────────────────────────────────────────────

    def set_labels(self, labels: Sequence[str]) -> None:
        """What pictures may show, from the next look on; without any there is nothing to look for."""
        self._context.change_setting("see.labels", list(labels))

    def _settle_lookers(self) -> None:
        feed = self._feed if self._feed is self._wanted else None
        left_since_s = self._left_since_s if self._left is not None else math.inf
        since_s = feed.since_s if feed is not None else left_since_s
        outlook = Outlook(since_s, is_resting=self.chat.is_answering, region=self._region)
        for lane in self._lanes:
            lane.settle(outlook)
        self.standing.settle(outlook if feed is not None else replace(outlook, since_s=math.inf))

    def _show_frame(self) -> None:
        for looker in self._lookers:
            looker.show()

    def _take(self, feed: Feed, frame: VideoFrame) -> None:
        """In the source's thread."""
        if self._frozen is None and feed is self._feed:
            for looker in self._lookers:
                if (mailbox := looker.mailbox) is not None:
                    mailbox.put(frame)

    def _is_source_live(self) -> bool:
        return self._feed is not None and self._feed.source.is_live

    def _this_moment(self) -> tuple[VideoFrame, ...]:
        """What a question that begins now is about: one frame, cropped already; none where there is nothing to see."""
        frame = self._feed.of_this_moment() if self.is_live and self._feed is not None else self.newest_frame
        if frame is None:
            return ()
        return (frame.cropped(self._region),)

    # ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────────

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
        near = [lane.newest for lane in self._lanes if lane.age_s(frame) <= SAID_WITHIN_S]
        seen = [one for one in near if one is not None]
        item_id = self._kept.get(_key(frame), 0)
        history = self._context.history
        if history is not None and self._kept_with_answer.get(item_id) == frame.size:
            del self._kept_with_answer[item_id]
            self._context.run(
                lambda job: snapshots.add_seen(history, item_id, seen),
                on_done=lambda _: self.snapshot_taken.emit(item_id),
            )
            return
        over = [turn for turn in self.chat.turns if turn.state.is_over and turn.answer and not turn.is_private]
        turns = [turn for turn in over if turn.is_about(frame)]
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

    def _note_item(self, feed: Feed) -> None:
        """A picture of the history is kept already; each way it is turned is a frame of its own."""
        frame = feed.newest
        if feed.item_id is not None and frame is not None:
            self._kept[_key(frame)] = feed.item_id
            self._kept_with_answer[feed.item_id] = frame.size

    def _tell_watch_ended(self, error: Exception) -> None:
        """Outside the window, too: whoever watches for something may be away."""
        if self.standing.is_on and not isinstance(error, Cancelled):
            sentence = i18n.sentence(error) if isinstance(error, AppError) else ""
            self._notifier.show(self.tr("Nothing is watched for any more"), sentence)

    def snapshot_of(self, frame: VideoFrame) -> int | None:
        """The number in the history of a frame that was kept; None where it was not, or not yet."""
        return self._kept.get(_key(frame))

    def _on_kept(self, frame: VideoFrame, item_id: int) -> None:
        self._kept[_key(frame)] = item_id
        self.snapshot_taken.emit(item_id)

    def _on_items_deleted(self, item_ids: frozenset[int]) -> None:
        self._deleted |= {key for key, item_id in self._kept.items() if item_id in item_ids}
        self._kept = {key: item_id for key, item_id in self._kept.items() if item_id not in item_ids}
        self._kept_with_answer = {id_: size for id_, size in self._kept_with_answer.items() if id_ not in item_ids}

    def _note_source(self, turn: ChatTurn) -> None:
        """Another one may be looked at when it is answered."""
        before = [other for other in self.chat.turns if other is not turn and other.frames == turn.frames]
        turn.source = before[-1].source if before and turn.is_same_frame else self.source_name

    def _keep_answer(self, turn: ChatTurn) -> None:
        """Adds an answer to the snapshot of each of its frames; without one, the picture is kept with it."""
        for frame in {_key(frame): frame for frame in turn.frames}.values():
            self._keep_answer_about(frame, turn)

    def _keep_answer_about(self, frame: VideoFrame, turn: ChatTurn) -> None:
        history, settings = self._context.history, self._context.settings
        if history is None or settings.history.is_private or turn.is_private:
            return
        keys = (_key(frame), (frame.captured_s, None))  # a part joins the whole that it was cut from, too
        item_id = next((self._kept[key] for key in keys if key in self._kept), None)
        waiting = next((self._keeping[key] for key in keys if key in self._keeping), None)
        if item_id is not None:
            self._context.run(lambda job: snapshots.add_answer(history, item_id, turn))
        elif waiting is not None:
            waiting.append(turn)
        elif settings.see.keep_answers and self._deleted.isdisjoint(keys):
            self._keep_with_answer(history, frame, turn)

    def _keep_with_answer(self, history: History, frame: VideoFrame, turn: ChatTurn) -> None:
        """Keeps what was asked about, cropped as it was, with its answer and those that come meanwhile."""
        key, late = _key(frame), list[ChatTurn]()
        self._keeping[key] = late
        source, title = turn.source, " ".join(turn.question.split())

        def on_done(item_id: int) -> None:
            self._kept[key] = item_id
            self._kept_with_answer[item_id] = frame.size

        def on_ended() -> None:
            del self._keeping[key]
            for other in late:
                self._keep_answer_about(frame, other)

        self._context.run(
            lambda job: snapshots.keep(history, frame, turns=[turn], source=source, title=title),
            on_done=on_done,
            on_ended=on_ended,
        )

    # ── workers and settings ────────────────────────────────────────────────────────────────────────────────────────

    def _run_worker(self, worker: Worker, on_result: Callable[[object], None]) -> None:
        worker.result_ready.connect(on_result)
        worker.ended.connect(self._on_worker_ended)
        self._workers.add(worker)
        worker.start()

    def _on_worker_ended(self, worker: Worker) -> None:
        self._workers.discard(worker)
        self.chat.worker_ended(worker)
        for looker in self._lookers:
            looker.worker_ended(worker)
        self._rest_when_done()

    def _on_settings_changed(self, place: str) -> None:
        see = self._context.settings.see
        if place in ("see.mirror", "see.rotate_deg"):
            self._region = None
            self._settle_lookers()
            self._turn(orientation(see))
            for lane in self._lanes:
                lane.change_plan()
            self.source_changed.emit()
        elif place in ("see.camera", "see.resolution", "see.fps") and self.is_camera:
            self.start()
        elif place in ("see.label_engine", "see.label_model"):
            self.labels.restart()
            self.standing.restart()
        elif place in ("see.caption_engine", "see.caption_model"):
            self.caption.restart()
        elif place in ("see.ask_engine", "see.ask_model", "see.judge", "see.judge_by_server"):
            self.chat.choose_anew()
            self.standing.restart()
        elif place == "see.engine_options":
            self.chat.choose_anew()
            for looker in self._lookers:
                looker.restart()
        elif place in PLAN_SETTINGS:
            for looker in self._lookers if place == "see.prompt_templates" else self._lanes:
                looker.change_plan()

    def _on_context_closed(self) -> None:
        """The engines are gone: whatever still waited for one is about to end."""
        for worker in list(self._workers):
            worker.stop_and_wait()

    def _set_state(self, state: SessionState) -> None:
        if state is not self._state:
            log.info("looking: %s -> %s", self._state, state)
            self._state = state
            self.state_changed.emit(state)


def _key(frame: VideoFrame) -> FrameKey:
    return frame.captured_s, frame.region
