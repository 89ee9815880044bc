"""What `sensorium transcribe` does: files, pipes and microphones to text, on the terminal and in the history. No Qt.

Live input takes the very loop that the window's microphone takes; files without `--live` take the window's file path.
"""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from desktop_app.history import export
from desktop_app.history.store import PRIVATE_FROM, History
from desktop_app.paths import Paths
from desktop_app.sessions.choices import options_of
from desktop_app.settings import Settings
from desktop_app.terminal import Interrupts, LiveText, StatusLine
from workers.catalogue.catalogue import Catalogue, ModelEntry, ModelStatus
from workers.engine_pool import EngineLease, EnginePool, Priority
from workers.engines.base import EngineSpec
from workers.engines.registry import engine_named
from workers.errors import AppError, Cancelled, DeviceError, DiskError, UsageError
from workers.files import transcribe_file
from workers.live import LiveOptions, transcribe_live
from workers.mailbox import Backlog
from workers.recorder import FlacRecorder
from workers.results import (
    SAMPLE_RATE_HZ,
    Commit,
    Hypothesis,
    LiveStatus,
    Notice,
    Partial,
    Progress,
    Samples,
    Segment,
    SpeechRequest,
    SpeechTask,
    Word,
)
from workers.sources import media_file
from workers.sources.base import AudioDevice, AudioSource
from workers.sources.devices import list_devices
from workers.sources.media_file import MediaFile
from workers.sources.microphone import Microphone
from workers.sources.pcm_stream import PcmStream

log = logging.getLogger(__name__)

INTERRUPTED = 130
BEHIND_S = 2.0  # less lag than this is not worth a word


@dataclass(frozen=True)
class Order:
    """What the user typed."""

    inputs: tuple[str, ...]
    is_live: bool = False
    engine: str = ""
    model: str = ""
    language: str | None = None
    task: SpeechTask = "transcribe"
    prompt: str = ""
    output: Path | None = None
    events: str = ""
    keeps_history: bool = True


def run(order: Order, paths: Paths, complain: Callable[[object], None]) -> int:
    """Transcribes every input and returns the exit code; an input that fails is told and the next one is taken.

    Raises:
        AppError: nothing could be transcribed at all.
    """
    _check_output(order)
    settings = Settings.load(paths.settings_file)
    folder = settings.models.folder
    catalogue = Catalogue(Path(folder).expanduser() if folder else paths.models_dir)
    keeps_history = order.keeps_history and not settings.history.is_private
    code = 0
    with contextlib.ExitStack() as stack:
        events = stack.enter_context(_EventLog(order.events))
        status = stack.enter_context(StatusLine())
        interrupts = stack.enter_context(Interrupts())
        if len(order.inputs) == 1:
            _check_file(order.inputs[0])
        spec = choose_spec(catalogue, settings, order.engine, order.model)
        history = _open_history(paths.history_dir if keeps_history else None, complain)
        stack.callback(history.close)
        pool = EnginePool()
        stack.callback(pool.close)
        desk = _Desk(order, spec, pool, history, settings.history.keep_audio, events, status, interrupts, complain)
        for name in order.inputs:
            try:
                _Job(desk, name).run()
            except AppError as error:
                status.clear()
                complain(error)
                code = error.exit_code
            except Cancelled:
                log.info("cancelled")
            if interrupts.were_there:
                return INTERRUPTED
    return code


def choose_spec(catalogue: Catalogue, settings: Settings, engine: str, model: str) -> EngineSpec:
    """The engine and model that were typed; what was left out comes from the settings or from what is installed.

    Raises:
        UsageError, ModelMissing, ModelBroken.
    """
    if engine:
        engine_named(engine)
    entry = _entry(catalogue, engine, model or (settings.hear.model if not engine else ""))
    engine = engine or (settings.hear.engine if settings.hear.engine in entry.engines else entry.engines[0])
    return catalogue.spec(engine, model or entry.id, options_of(settings, engine))


def _entry(catalogue: Catalogue, engine: str, model: str) -> ModelEntry:
    if model:
        return catalogue.entry(model)
    if not engine:
        return catalogue.default_model("speech")
    fitting = [entry for entry in catalogue.entries("speech") if engine in entry.engines]
    installed = [entry for entry in fitting if catalogue.status(entry.id) is ModelStatus.INSTALLED]
    if not fitting:
        raise UsageError("The engine '{engine}' does not turn speech into text.", engine=engine)
    return (installed or fitting)[0]


def _check_output(order: Order) -> None:
    if order.output is None:
        return
    export.format_of(order.output)
    if len(order.inputs) > 1:
        raise UsageError(
            "One --output cannot hold {count} inputs.",
            hint="Transcribe them one by one, or export them from the history.",
            count=len(order.inputs),
        )
    if not order.output.absolute().parent.is_dir():
        raise DiskError("The folder '{folder}' does not exist.", hint="Make it first.", folder=order.output.parent)


def _check_file(name: str) -> None:
    """What cannot be read is told before a model is loaded."""
    if name != "-" and not _is_microphone(name):
        media_file.duration_s(Path(name))


def _is_microphone(name: str) -> bool:
    return name == "mic" or name.startswith("mic:")


def _open_history(folder: Path | None, complain: Callable[[object], None]) -> History:
    """The history, or one in memory where it cannot be opened: what is said must come out all the same."""
    try:
        return History(folder, on_problem=complain)
    except AppError as error:
        complain(f"{error} Nothing is kept this time.")
        return History(None)


@dataclass(frozen=True)
class _Desk:
    """What all inputs of one command share."""

    order: Order
    spec: EngineSpec
    pool: EnginePool
    history: History
    keeps_audio: bool
    events: _EventLog
    status: StatusLine
    interrupts: Interrupts
    complain: Callable[[object], None]


class _Job:
    """One input on its way to text."""

    def __init__(self, desk: _Desk, name: str) -> None:
        self._desk = desk
        self._name = name
        self._is_live = desk.order.is_live or _is_microphone(name)
        self._options = LiveOptions(language=desk.order.language, task=desk.order.task, prompt=desk.order.prompt)
        self._fed_s = 0.0
        self._has_text = False
        self._text = LiveText(desk.status)

    def run(self) -> None:
        """Raises AppError when the input or the engine fails; what was heard until then is kept."""
        if self._is_live:
            source, source_name = self._live_source()
            item_id = self._begin(source.track, source_name)
            lost = self._ending(item_id, lambda: self._run_live(source, item_id))
        else:
            blocks, duration_s = self._file_blocks()
            item_id = self._begin("file", self._name)
            lost = self._ending(item_id, lambda: self._run_file(blocks, duration_s, item_id))
        if self._desk.order.output:
            self._desk.history.flush()
            self._desk.history.export(item_id, self._desk.order.output)
        if lost:
            raise lost

    def _begin(self, track: str, source: str) -> int:
        is_file = self._name != "-" and not _is_microphone(self._name)
        return self._desk.history.begin(
            title=Path(self._name).name if is_file else "",
            source=source,
            engine=self._desk.spec.engine,
            model_id=self._desk.spec.model_id,
            language=self._desk.order.language or "",
            tracks=[track],
        ).result()

    def _ending(self, item_id: int, work: Callable[[], Exception | None]) -> Exception | None:
        """Does the work and closes the item, whatever happens."""
        is_complete = False
        try:
            lost = work()
            is_complete = True
        finally:
            if not self._desk.events.is_on_stdout:
                with contextlib.suppress(BrokenPipeError):
                    self._text.end_line()
            has_sound = self._is_live and self._fed_s > 0
            history = self._desk.history
            if is_complete or not has_sound or item_id >= PRIVATE_FROM:
                history.finish(item_id, self._fed_s, keep_audio=self._desk.keeps_audio).result()
            else:
                self._desk.complain("The recording is kept. Open Sensorium to finish its text.")
            if not self._has_text and not has_sound:
                history.delete(item_id).result()
        return lost

    # ── live ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _live_source(self) -> tuple[AudioSource, str]:
        """The source, and its name for the history."""
        if self._name == "-":
            return PcmStream(sys.stdin.buffer), "stdin"
        if not _is_microphone(self._name):
            return MediaFile(Path(self._name), on_notice=self._tell), self._name
        wanted = self._name.partition(":")[2]
        if not wanted:
            return Microphone(on_notice=self._tell), "Microphone"
        device = _device_named(wanted)
        track = "computer" if device.is_monitor else "me"
        return Microphone(device.id, track, on_notice=self._tell), device.name

    def _run_live(self, source: AudioSource, item_id: int) -> Exception | None:
        """Until the source ends or Ctrl-C stops it; returns the error that ended the source, if one did."""
        backlog = Backlog()
        endings: list[Exception | None] = []
        with contextlib.ExitStack() as stack:
            recorder = self._recorder(item_id, source.track)
            if recorder:
                stack.callback(self._close_recorder, recorder)

            def on_samples(samples: Samples) -> None:
                if recorder:
                    self._record(recorder, samples)
                self._feed(samples)
                backlog.put(samples)

            def on_end(error: Exception | None) -> None:
                endings.append(error)
                backlog.close()

            source.start(on_samples, on_end)
            stack.callback(source.stop)
            self._desk.interrupts.stop_with(source.stop)
            stack.callback(self._desk.interrupts.stop_with, None)
            with self._lease() as lease:
                results = transcribe_live(
                    backlog, lambda request: self._ask(lease, request), track=source.track, options=self._options
                )
                for result in results:
                    self._show_live(result, item_id)
        return endings[0]

    def _recorder(self, item_id: int, track: str) -> FlacRecorder | None:
        if item_id >= PRIVATE_FROM:
            return None
        try:
            return FlacRecorder(self._desk.history.media_path(item_id, f"{track}.flac"))
        except DiskError as error:
            self._desk.complain(error)
            return None

    def _record(self, recorder: FlacRecorder, samples: Samples) -> None:
        try:
            recorder.write(samples)
        except DiskError as error:  # told once; the text goes on
            self._desk.complain(error)

    def _close_recorder(self, recorder: FlacRecorder) -> None:
        try:
            recorder.close()
        except DiskError as error:
            self._desk.complain(error)

    def _show_live(self, result: Partial | Commit | LiveStatus | Notice, item_id: int) -> None:
        match result:
            case Partial():
                self._desk.events.write("partial", result.track, result.words, self._fed_s)
                if not self._desk.events.is_on_stdout:
                    self._text.show_unsure(result.text)
            case Commit():
                if result.words:
                    self._has_text = True
                    self._desk.events.write("commit", result.track, result.words, self._fed_s)
                if not self._desk.events.is_on_stdout:
                    self._text.show_certain([word.text for word in result.words])
                    if result.ends_segment:
                        self._text.end_line()
                self._desk.history.append_words(
                    item_id, result.track, result.words, language=result.language, ends_segment=result.ends_segment
                )
            case LiveStatus():
                if result.lag_s > BEHIND_S and not self._text.is_mid_line:
                    self._desk.status.show(f"{result.lag_s:.0f} s behind")
            case Notice():
                self._tell(result)

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _file_blocks(self) -> tuple[Iterable[Samples], float | None]:
        if self._name == "-":
            return self._stdin_blocks(), None
        path = Path(self._name)
        return media_file.read_blocks(path, on_notice=self._tell), media_file.duration_s(path)

    def _stdin_blocks(self) -> Iterator[Samples]:
        """The pipe as an iterator that Ctrl-C ends."""
        blocks: queue.Queue[Samples | None] = queue.Queue(100)
        stream = PcmStream(sys.stdin.buffer)
        self._desk.interrupts.stop_with(stream.stop)
        stream.start(blocks.put, lambda error: blocks.put(None))
        try:
            while (block := blocks.get()) is not None:
                yield block
        finally:
            while not blocks.empty():  # the stream's thread may wait for room
                blocks.get_nowait()
            stream.stop()

    def _run_file(self, blocks: Iterable[Samples], duration_s: float | None, item_id: int) -> None:
        with self._lease() as lease:
            results = transcribe_file(
                self._counted(blocks),
                lambda request: self._ask(lease, request, Priority.FILE),
                duration_s=duration_s,
                options=self._options,
                cancelled=self._desk.interrupts.cancelled,
            )
            for result in results:
                if isinstance(result, Progress):
                    self._desk.status.show(f"{self._name}  {_percent(result)}")
                else:
                    self._show_segment(result, item_id)

    def _counted(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        for block in blocks:
            self._feed(block)
            yield block

    def _show_segment(self, segment: Segment, item_id: int) -> None:
        self._has_text = True
        self._desk.events.write("commit", segment.track, segment.words, self._fed_s)
        if not self._desk.events.is_on_stdout:
            self._text.show_certain([word.text for word in segment.words])
            self._text.end_line()
        self._desk.history.add_segment(item_id, segment)

    # ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _feed(self, samples: Samples) -> None:
        self._desk.events.begin()
        self._fed_s += len(samples) / SAMPLE_RATE_HZ

    def _lease(self) -> EngineLease:
        return self._desk.pool.acquire(
            self._desk.spec,
            on_progress=lambda fraction, message: self._desk.status.show(message),
            cancelled=self._desk.interrupts.cancelled,
        )

    def _ask(self, lease: EngineLease, request: SpeechRequest, priority: Priority = Priority.LIVE) -> Hypothesis:
        answer: Hypothesis = lease.ask(request, cancelled=self._desk.interrupts.cancelled, priority=priority)
        return answer

    def _tell(self, notice: Notice) -> None:
        self._desk.status.clear()
        if self._text.is_mid_line:
            self._text.end_line()
        which = f"{self._name}: " if len(self._desk.order.inputs) > 1 else ""
        self._desk.complain(f"{which}{notice.sentence} {notice.hint}".strip())


class _EventLog:
    """One JSON object a line for each change of what the user would see; flushed, so that a reader sees it at once."""

    def __init__(self, target: str) -> None:
        self.is_on_stdout = target == "-"
        self._target = target
        self._file: IO[str] | None = None
        self._began_at: float | None = None

    def __enter__(self) -> _EventLog:
        if self.is_on_stdout:
            self._file = sys.stdout
        elif self._target:
            try:
                self._file = Path(self._target).open("w", encoding="utf-8")
            except OSError as error:
                raise DiskError(
                    "'{path}' cannot be written: {reason}.",
                    hint="Choose another file for --events.",
                    path=self._target,
                    reason=error.strerror,
                ) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._file and not self.is_on_stdout:
            self._file.close()

    def begin(self) -> None:
        """The first sample has come: `wall` counts from now."""
        if self._began_at is None:
            self._began_at = time.monotonic()

    def write(self, kind: str, track: str, words: tuple[Word, ...], audio_s: float) -> None:
        if self._file is None:
            return
        event = {
            "type": kind,
            "track": track,
            "wall": round(time.monotonic() - (self._began_at or time.monotonic()), 3),
            "audio": round(audio_s, 3),
            "text": "".join(word.text for word in words),
            "words": [asdict(word) for word in words],
        }
        self._file.write(json.dumps(event, ensure_ascii=False) + "\n")
        self._file.flush()


def _device_named(wanted: str) -> AudioDevice:
    """The device with this id or name, or the first whose name has the words in it.

    Raises:
        DeviceError: there is none.
    """
    devices = list_devices()
    for device in devices:
        if wanted in (device.id, device.name):
            return device
    for device in devices:
        if wanted.casefold() in device.name.casefold():
            return device
    names = ", ".join(f"'{device.name}'" for device in devices)
    raise DeviceError(
        "There is no microphone '{name}'.",
        hint="Choose one of {names}." if names else "None was found: plug one in.",
        name=wanted,
        names=names,
    )


def _percent(progress: Progress) -> str:
    return f"{progress.fraction:4.0%}  {progress.message}" if progress.fraction >= 0 else progress.message
