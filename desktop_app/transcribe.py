"""What `sensorium transcribe` does: files, pipes and microphones to text, on the terminal and in the history. No Qt.

Live input takes the very loop that the window's microphone takes; files without `--live` take the window's file path.
"""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from desktop_app.durations import clock_text
from desktop_app.history import export
from desktop_app.history.store import PRIVATE_FROM, History
from desktop_app.paths import Paths
from desktop_app.sessions.choices import best_speech_model, can, options_of
from desktop_app.settings import Settings
from desktop_app.spoken_languages import ENGLISH_NAMES, language_code
from desktop_app.terminal import INTERRUPTED, Interrupts, LiveText, StatusLine, check_inputs
from workers.catalogue.catalogue import Catalogue
from workers.catalogue.entries import ModelEntry
from workers.engine_pool import EngineLease, EnginePool, Priority
from workers.engines.base import EngineSpec
from workers.engines.registry import engines, engines_for
from workers.errors import AppError, Cancelled, DeviceError, DiskError, SourceError, UsageError, disk_error
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
from workers.sources.devices import DEFAULT_MONITOR_ID, list_devices
from workers.sources.media_file import MediaFile
from workers.sources.microphone import Microphone
from workers.sources.pcm_stream import PcmStream

log = logging.getLogger(__name__)

BEHIND_S = 2.0  # less lag than this is not worth a word


@dataclass(frozen=True)
class Order:
    """What the user typed.

    Attributes:
        language: as a code, a locale or a name.
        output: a file, or a folder where each input gets a file of its own.
        format: of the files in that folder.
    """

    inputs: tuple[str, ...]
    is_live: bool = False
    engine: str = ""
    model: str = ""
    language: str | None = None
    task: SpeechTask = "transcribe"
    prompt: str = ""
    output: str = ""
    format: str = ""
    events: str = ""
    keeps_history: bool = True


def run(order: Order, paths: Paths, complain: Callable[[object], None]) -> int:
    """Transcribes every input and returns the exit code; an input that fails is told and the next one is taken.

    Raises:
        AppError: nothing could be transcribed at all.
    """
    language = language_code(order.language or "")
    targets = _targets(order)
    _check_inputs(order)
    settings = Settings.load(paths.settings_file)
    catalogue = Catalogue(settings.models_dir(paths.models_dir))
    keeps_history = order.keeps_history and not settings.history.is_private
    code = 0
    with contextlib.ExitStack() as stack:
        status = stack.enter_context(StatusLine())
        text = LiveText(status)

        def say(sentence: object) -> None:
            with contextlib.suppress(OSError), text.aside():  # the terminal may be gone
                complain(sentence)

        interrupts = stack.enter_context(Interrupts())
        spec = choose_spec(catalogue, settings, order.engine, order.model, language=language, task=order.task)
        events = stack.enter_context(_EventLog(order.events))
        history = _open_history(paths.history_dir if keeps_history else None, say)
        stack.callback(history.close)
        pool = EnginePool()
        stack.callback(pool.close)
        options = LiveOptions(
            language=language,
            task=order.task,
            prompt=order.prompt or settings.hear.prompt,
            custom_words=tuple(settings.hear.custom_words),
        )
        keeps_audio = settings.history.keep_audio
        desk = _Desk(order, spec, options, pool, history, keeps_audio, events, status, text, interrupts, say)
        for number, (name, target) in enumerate(zip(order.inputs, targets, strict=True), 1):
            try:
                _Job(desk, name, target).run()
            except AppError as error:
                say(error)
                code = error.exit_code
            except Cancelled:
                log.info("cancelled")
            if interrupts.were_there:
                if number < len(targets):
                    say(f"{len(targets) - number} of {len(targets)} inputs were not begun.")
                return INTERRUPTED
    return code


def choose_spec(
    catalogue: Catalogue,
    settings: Settings,
    engine: str,
    model: str,
    *,
    language: str | None = None,
    task: SpeechTask = "transcribe",
) -> EngineSpec:
    """The engine and model that were typed; what was left out comes from the settings or from what is installed.

    Raises:
        UsageError: the engine does not hear, or the model knows neither the language nor how to translate.
        ModelMissing, ModelBroken.
    """
    names = [kind.info.name for kind in engines_for("speech")]
    if engine and engine not in names:
        sentence = "There is no engine '{name}'."
        if engine in engines():
            sentence = "The engine '{name}' does not turn speech into text."
        raise UsageError(sentence, hint="Choose one of: {names}.", name=engine, names=", ".join(names))
    entry = _entry(catalogue, settings, engine, model, language, task)
    if entry.task != "speech":
        raise UsageError("The model '{id}' does not turn speech into text.", id=entry.id)
    if not can(entry, language, task):
        able = [other for other in catalogue.entries("speech") if can(other, language, task)]
        able.sort(key=lambda other: (not catalogue.is_installed(other), engine not in other.engines))
        is_free = not model and engine in ("", *able[0].engines)
        if not is_free or not catalogue.is_installed(able[0]):
            raise _cannot(entry, able[0], engine, language, task)
        entry = able[0]
    engine = engine or (settings.hear.engine if settings.hear.engine in entry.engines else entry.engines[0])
    return catalogue.spec(engine, model or entry.id, options_of(settings.hear, engine))


def _entry(
    catalogue: Catalogue, settings: Settings, engine: str, model: str, language: str | None, task: SpeechTask
) -> ModelEntry:
    if engine and not model:
        return catalogue.default_model("speech", engine)
    model = model or settings.hear.model
    return catalogue.entry(model) if model else best_speech_model(settings.hear.engine, catalogue, language, task)


def _cannot(entry: ModelEntry, other: ModelEntry, engine: str, language: str | None, task: SpeechTask) -> UsageError:
    sentence = "The model '{id}' knows only English, not {language}."
    if not entry.translates:
        sentence = "The model '{id}' cannot translate."
    elif task == "translate":
        sentence = "The model '{id}' knows only English and cannot translate."
    choice = f"--model {other.id}"
    if engine and engine not in other.engines:
        choice = f"--engine {other.engines[0]} {choice}"
    name = ENGLISH_NAMES.get(language or "", "")
    return UsageError(sentence, hint="Choose {choice}.", id=entry.id, language=name, choice=choice)


def _check_inputs(order: Order) -> None:
    """What can be known before a model is loaded."""
    check_inputs(order.inputs)
    name = order.inputs[0]
    if len(order.inputs) == 1 and _is_file(name):
        media_file.duration_s(Path(name))


def _targets(order: Order) -> list[Path | None]:
    """The file that each input is written to; every one of them can be written.

    Raises:
        UsageError: two texts, or a text and something else, would be the same file.
        DiskError: a file cannot be written.
    """
    targets: list[Path | None] = [None] * len(order.inputs)
    output = Path(order.output)
    if order.output and (order.output.endswith("/") or output.is_dir()):
        try:
            output.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise UsageError("'{path}' is not a folder.", hint="Choose another --output.", path=output) from error
        except OSError as error:
            raise disk_error(error, output) from error
        targets = [output / f"{_stem(name)}.{order.format or 'txt'}" for name in order.inputs]
    elif order.output:
        if len(order.inputs) > 1:
            raise UsageError(
                "One --output cannot hold {count} inputs.",
                hint="Give a folder: --output FOLDER/ --format {format}.",
                count=len(order.inputs),
                format=order.format or output.suffix[1:] or "txt",
            )
        if order.format not in ("", export.format_of(output)):
            raise UsageError("'{path}' and --format {format} differ.", path=output, format=order.format)
        targets = [output]
    elif order.format:
        raise UsageError("--format says how the files in a folder are written.", hint="Add --output FOLDER/.")
    taken = {Path(name).resolve(): name for name in order.inputs if _is_file(name)}
    written = [(target, name) for target, name in zip(targets, order.inputs, strict=True) if target]
    if order.events not in ("", "-"):
        written.append((Path(order.events), "--events"))
    for path, name in written:
        if path.resolve() in taken:
            raise UsageError(
                "'{path}' would be overwritten by '{name}'.",
                hint="Choose another file or folder.",
                path=path,
                name=name,
            )
        taken[path.resolve()] = name
    for target in filter(None, targets):
        export.check_target(target)
    return targets


def _stem(name: str) -> str:
    if _is_file(name):
        return Path(name).stem
    return "stdin" if name == "-" else name.replace("/", "-").replace(":", "-")


def _is_file(name: str) -> bool:
    return name != "-" and not _is_device(name)


def _is_device(name: str) -> bool:
    return name in ("mic", "computer") or name.startswith("mic:")


def _open_history(folder: Path | None, say: Callable[[object], None]) -> History:
    """The history, or one in memory where it cannot be opened: what is said must come out all the same."""
    try:
        return History(folder, on_problem=say)
    except AppError as error:
        say(f"{error} Nothing is kept this time.")
        return History(None)


@dataclass(frozen=True)
class _Desk:
    """What all inputs of one command share."""

    order: Order
    spec: EngineSpec
    options: LiveOptions
    pool: EnginePool
    history: History
    keeps_audio: bool
    events: _EventLog
    status: StatusLine
    text: LiveText
    interrupts: Interrupts
    say: Callable[[object], None]


class _Job:
    """One input on its way to text."""

    def __init__(self, desk: _Desk, name: str, target: Path | None) -> None:
        self._desk = desk
        self._name = name
        self._target = target
        self._is_live = desk.order.is_live or _is_device(name)
        self._text = desk.text
        self._fed_s = 0.0
        self._has_text = False
        self._text_until_s = 0.0
        self._copy_id: int | None = None  # in memory, for --output: a full or locked disk must not cost it

    def run(self) -> None:
        """Raises AppError when the input or the engine fails; what was heard until then is kept."""
        if self._is_live:
            source, source_name = self._live_source()
            item_id = self._begin(source.track, source_name)
            lost = self._ending(item_id, lambda: self._run_live(source, item_id))
        else:
            blocks, duration_s = self._file_blocks()
            item_id = self._begin("file", self._source)
            lost = self._ending(item_id, lambda: self._run_file(blocks, duration_s, item_id))
        if lost:
            raise lost
        if self._fed_s == 0 and not self._desk.interrupts.were_there:
            hint = "Pipe 16 kHz mono s16le PCM into it." if self._name == "-" else ""
            raise SourceError("No sound came from {name}.", hint=hint, name=self._title)

    @property
    def _title(self) -> str:
        return "standard input" if self._name == "-" else self._name

    @property
    def _source(self) -> str:
        """Where the history finds a file again, from every folder."""
        return "stdin" if self._name == "-" else str(Path(self._name).resolve())

    def _begin(self, track: str, source: str) -> int:
        def begin(*, is_private: bool) -> int:
            return self._desk.history.begin(
                title=Path(self._name).name if _is_file(self._name) else "",
                source=source,
                engine=self._desk.spec.engine,
                model_id=self._desk.spec.model_id,
                language=self._desk.options.language or "",
                tracks=[track],
                is_private=is_private,
            ).result()

        if self._target:
            self._copy_id = begin(is_private=True)
        return begin(is_private=False)

    def _ending(self, item_id: int, work: Callable[[], Exception | None]) -> Exception | None:
        """Does the work, closes the item and writes the output, whatever happens."""
        try:
            lost = work()
        except BaseException as error:
            self._close(item_id, error, is_finished=False)
            raise
        self._close(item_id, lost, is_finished=True)
        return lost

    def _close(self, item_id: int, error: BaseException | None, *, is_finished: bool) -> None:
        with contextlib.suppress(OSError):
            self._text.end_line()
        history, say = self._desk.history, self._desk.say
        is_kept, has_sound = item_id < PRIVATE_FROM, self._is_live and self._fed_s > 0
        if is_finished or not (is_kept and has_sound):
            history.finish(item_id, self._fed_s, keep_audio=self._desk.keeps_audio)
        else:
            say("The recording is kept. Open Sensorium to finish its text.")
        places: list[str] = []
        unwritten: AppError | None = None
        if self._target and self._copy_id and (self._has_text or (is_finished and self._fed_s > 0)):
            history.finish(self._copy_id, self._fed_s)
            try:
                history.export(self._copy_id, self._target)
                places.append(f"in '{self._target}'")
            except AppError as failure:
                unwritten = failure
        if not self._has_text and not has_sound:
            history.delete(item_id)
        elif is_kept:
            places.append(f"in the history as item {item_id}")
        if unwritten and error is None:
            raise unwritten
        if unwritten:
            say(unwritten)
        self._tell_outcome(error, " and ".join(places))

    def _tell_outcome(self, error: BaseException | None, places: str) -> None:
        """One line where the text ends early or there is none; an error is told by who catches it."""
        was_interrupted = self._desk.interrupts.were_there
        verb = "Interrupted" if was_interrupted else "Stopped"
        until = clock_text(self._text_until_s)
        if self._has_text and (error or (was_interrupted and self._target)):
            self._say(f"{verb}: the text up to {until} is {places}." if places else f"{verb} at {until}.")
        elif isinstance(error, Cancelled):
            self._say("Interrupted before the first words; nothing was written.")
        elif not self._has_text and error is None and self._fed_s > 0:
            self._say(f"Nobody speaks in {self._title}.")

    def _say(self, sentence: str) -> None:
        which = f"{self._title}: " if len(self._desk.order.inputs) > 1 else ""
        self._desk.say(f"{which}{sentence}")

    # ── live ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _live_source(self) -> tuple[AudioSource, str]:
        """The source, and its name for the history."""
        if self._name == "-":
            return PcmStream(sys.stdin.buffer), self._source
        if not _is_device(self._name):
            return MediaFile(Path(self._name), on_notice=self._tell), self._source
        if self._name == "computer":
            return Microphone(DEFAULT_MONITOR_ID, "computer", on_notice=self._tell), "Computer sound"
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
                    backlog, lambda request: self._ask(lease, request), track=source.track, options=self._desk.options
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
            self._desk.say(error)
            return None

    def _record(self, recorder: FlacRecorder, samples: Samples) -> None:
        try:
            recorder.write(samples)
        except DiskError as error:  # told once; the text goes on
            self._desk.say(error)

    def _close_recorder(self, recorder: FlacRecorder) -> None:
        try:
            recorder.close()
        except DiskError as error:
            self._desk.say(error)

    def _show_live(self, result: Partial | Commit | LiveStatus | Notice, item_id: int) -> None:
        match result:
            case Partial():
                self._desk.events.write("partial", result.track, result.words, self._fed_s)
                if not self._desk.events.is_on_stdout:
                    self._text.show_unsure(result.text)
            case Commit():
                for kept_id in filter(None, (item_id, self._copy_id)):  # first: the terminal may be gone
                    self._desk.history.append_words(
                        kept_id, result.track, result.words, language=result.language, ends_segment=result.ends_segment
                    )
                if result.words:
                    self._has_text, self._text_until_s = True, result.words[-1].end_s
                    self._desk.events.write("commit", result.track, result.words, self._fed_s)
                if not self._desk.events.is_on_stdout:
                    self._text.show_certain([word.text for word in result.words])
                    if result.ends_segment:
                        self._text.end_line()
            case LiveStatus():
                if result.lag_s > BEHIND_S and not self._text.is_mid_line:
                    self._desk.status.show(f"{result.lag_s:.0f} s behind")
            case Notice():
                self._say(f"{result.sentence} {result.hint}")

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _file_blocks(self) -> tuple[Iterable[Samples], float | None]:
        if self._name == "-":
            return self._stdin_blocks(), None
        path = Path(self._name)
        return media_file.read_blocks(path, on_notice=self._tell), media_file.duration_s(path)

    def _stdin_blocks(self) -> Iterator[Samples]:
        """The pipe as an iterator that Ctrl-C ends."""
        blocks: queue.Queue[Samples | Exception | None] = queue.Queue(100)
        is_over = threading.Event()
        stream = PcmStream(sys.stdin.buffer)
        self._desk.interrupts.stop_with(stream.stop)
        stream.start(lambda samples: None if is_over.is_set() else blocks.put(samples), blocks.put)
        try:
            while (block := blocks.get()) is not None:
                if isinstance(block, Exception):
                    raise block
                yield block
        finally:
            self._desk.interrupts.stop_with(None)
            is_over.set()
            while not blocks.empty():  # the stream's thread may wait for room
                blocks.get_nowait()
            stream.stop()

    def _run_file(self, blocks: Iterable[Samples], duration_s: float | None, item_id: int) -> None:
        with self._lease() as lease:
            results = transcribe_file(
                self._counted(blocks),
                lambda request: self._ask(lease, request, Priority.FILE),
                duration_s=duration_s,
                options=self._desk.options,
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
        for kept_id in filter(None, (item_id, self._copy_id)):  # first: the terminal may be gone
            self._desk.history.add_segment(kept_id, segment)
        self._has_text, self._text_until_s = True, segment.end_s
        self._desk.events.write("commit", segment.track, segment.words, self._fed_s)
        if not self._desk.events.is_on_stdout:
            self._text.show_certain([word.text for word in segment.words])
            self._text.end_line()

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
        self._desk.say(f"{notice.sentence} {notice.hint}".strip())


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
