"""What `sensorium label`, `caption` and `ask` do: pictures to words, on the terminal or as lines of JSON. No Qt."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from desktop_app.paths import Paths
from desktop_app.sessions.choices import LookTask, options_of, split_labels
from desktop_app.settings import Settings
from desktop_app.terminal import Interrupts, StatusLine, check_inputs
from workers.catalogue.catalogue import Catalogue
from workers.engine_pool import EngineLease, EnginePool, Priority
from workers.engines.base import EngineSpec
from workers.engines.registry import engines, engines_for, has_classes
from workers.errors import AppError, SourceError, UsageError
from workers.results import Answer, AnswerToken, Caption, Frame, ImageRequest, LabelScores
from workers.sources.image_file import decode_image, read_image

log = logging.getLogger(__name__)

AT_ONCE, AT_ONCE_BYTES = 16, 100_000_000  # pictures in one request, whichever is reached first
NONE_OF_THESE = "none of these"
MOST_CLASSES = 5  # that are shown: a model has hundreds
VERBS: dict[LookTask, str] = {
    "label": "label pictures",
    "caption": "describe pictures",
    "ask": "answer questions about pictures",
}


@dataclass(frozen=True)
class Order:
    """What the user typed.

    Attributes:
        images: files, or "-" for standard input; for "ask" also tables (.csv) of pictures and questions.
        options: the fields of the ImageRequest that are the same for every picture.
        question: about the pictures that no table has.
        is_each: a question about each picture by itself, whatever the engine takes.
        model: for the engine "server" the name of a model there.
        address: of that server.
        top: at most this many labels; 0 for as many as fit the engine.
    """

    task: LookTask
    images: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)
    question: str = ""
    is_each: bool = False
    engine: str = ""
    model: str = ""
    address: str = ""
    top: int = 0
    is_json: bool = False


@dataclass(frozen=True)
class Asked:
    """What one request looks at: one picture, or all that one question is about."""

    names: tuple[str, ...]
    question: str = ""


Picture = tuple[str, Frame]  # with its name
Lot = list[tuple[Asked, list[Picture]]]


def run(order: Order, paths: Paths, complain: Callable[[object], None]) -> int:
    """Looks at every picture and returns the exit code; one that cannot be read is told and the next one is taken.

    Raises:
        AppError: nothing can be looked at.
        Cancelled: by Ctrl-C.
    """
    settings = Settings.load(paths.settings_file)
    catalogue = Catalogue(settings.models_dir(paths.models_dir))
    engine = order.engine.replace("_", "-")  # chat_vlm, as its file is called, is understood as well
    if order.task == "label" and not order.model:  # without labels of one's own, those of the model
        engine = engine or ("clip" if order.options.get("candidate_labels") else "vit")
    if engine == "server":
        spec = _server_spec(catalogue, settings, order)
    else:
        spec = choose_spec(catalogue, settings, order.task, engine, order.model)
    is_together = engines()[spec.engine].info.takes_several_images and not order.is_each
    asked = _asked(order, is_together=is_together)
    _check_labels(order, spec, complain)
    if not order.model and sys.stderr.isatty() and catalogue.entry(spec.model_id).source == "bundled":
        complain(_advice(catalogue, order.task, spec))
    piped = _piped() if any("-" in one.names for one in asked) else b""
    errors: list[AppError] = []

    def tell(error: AppError) -> None:
        complain(error)
        errors.append(error)

    with contextlib.ExitStack() as stack:
        status = stack.enter_context(StatusLine())
        interrupts = stack.enter_context(Interrupts())
        pool = stack.enter_context(contextlib.closing(EnginePool()))
        lease: EngineLease | None = None
        for lot in _lots(_pictures(asked, piped, tell)):
            if lease is None:  # not before there is something to look at
                lease = pool.acquire(
                    spec,
                    on_progress=lambda fraction, message: status.show(message),
                    cancelled=interrupts.cancelled,
                )
            status.clear()
            _Show(order, lease, interrupts, has_headings=len(asked) > 1).look(lot)
    return errors[-1].exit_code if errors else 0


def typed_labels(text: str) -> tuple[str, ...]:
    """The labels between the commas of `text`, each once.

    Raises:
        UsageError: there is none.
    """
    labels = tuple(split_labels(text))
    if not labels:
        raise UsageError("There is no label in '{text}'.", hint="Write some with commas between them.", text=text)
    return labels


def choose_spec(catalogue: Catalogue, settings: Settings, task: LookTask, engine: str, model: str) -> EngineSpec:
    """The engine and model that were typed, with its options; what was left out is the first that is installed.

    Raises:
        UsageError: the engine or the model does something else.
        ModelMissing, ModelBroken.
    """
    names = [kind.info.name for kind in engines_for(task)]
    if engine and engine not in names:
        sentence = "There is no engine '{name}'."
        if engine in engines():
            sentence = "The engine '{name}' does not {verb}."
        raise UsageError(
            sentence, hint="Choose one of: {names}.", name=engine, verb=VERBS[task], names=", ".join(names)
        )
    if model:
        entry = catalogue.entry(model)
        if entry.task != task:
            raise UsageError("The model '{id}' does not {verb}.", id=entry.id, verb=VERBS[task])
    else:
        entry = catalogue.default_model(task, engine)
    engine = engine or entry.engines[0]
    return catalogue.spec(engine, model or entry.id, options_of(settings.see, engine))


def _server_spec(catalogue: Catalogue, settings: Settings, order: Order) -> EngineSpec:
    """The server of the settings, but for what was typed.

    Raises:
        UsageError: the task or an option is none of a server.
    """
    from workers.engines.vision.server import ServerOptions

    typed = {name: value for name, value in (("address", order.address), ("model", order.model)) if value}
    if order.task != "ask":
        return choose_spec(catalogue, settings, order.task, "server", "")
    try:
        options = ServerOptions(**{**settings.see.engine_options.get("server", {}), **typed})
    except ValidationError as error:
        raise UsageError(
            "The settings of the server do not fit: {names}.",
            hint="Correct them in the preferences.",
            names=", ".join(sorted({str(detail["loc"][0]) for detail in error.errors()})),
        ) from error
    return catalogue.spec("server", "server", options)


def _advice(catalogue: Catalogue, task: LookTask, spec: EngineSpec) -> str:
    """What somebody who looks on should know about a starter."""
    full = next(entry for entry in catalogue.entries(task) if entry.source == "hub" and spec.engine in entry.engines)
    return (
        f"{spec.model_id} knows only about 120 everyday things as icons. "
        f"`sensorium models download {full.id}` gets a full model."
    )


def _asked(order: Order, *, is_together: bool) -> list[Asked]:
    """Every picture with its question; those of no table share theirs where `is_together`.

    Raises:
        UsageError: an input can be no picture, or a question is missing.
        SourceError: a table cannot be read.
    """
    if order.task != "ask":
        check_inputs(order.images)
        return [Asked((name,)) for name in order.images]
    together = tuple(name for name in order.images if not name.endswith(".csv")) if is_together else ()
    asked: list[Asked] = []
    for name in order.images:
        if name.endswith(".csv"):
            asked += _table(Path(name))
        elif not order.question.strip():
            raise UsageError(
                "There is no question.", hint="Give --question TEXT, or a table of pictures and questions."
            )
        elif not together:
            asked.append(Asked((name,), order.question))
        elif name is together[0]:
            asked.append(Asked(together, order.question))
    check_inputs([name for one in asked for name in one.names])
    return asked


def _table(path: Path) -> list[Asked]:
    """The rows of a file with a picture, looked for beside the file, and a question; "image,question" may come first.

    Raises:
        SourceError: it cannot be read, or a row is something else.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [(number, row) for number, row in enumerate(csv.reader(file), 1) if row]
    except (OSError, ValueError, csv.Error) as error:
        raise SourceError(
            "{path} cannot be read: {reason}.",
            hint="Give a table with a picture and a question in each row.",
            path=path,
            reason=getattr(error, "strerror", None) or "it is no text",
        ) from error
    asked = []
    for number, row in rows:
        if len(row) != 2 or not all(cell.strip() for cell in row):
            raise SourceError(
                "Row {number} of {path} is not a picture and a question.",
                hint='Write it as: picture.png,"What is this?"',
                number=number,
                path=path,
            )
        asked.append(Asked((str(path.parent / row[0].strip()),), row[1].strip()))
    has_header = bool(rows) and [cell.strip().lower() for cell in rows[0][1]] == ["image", "question"]
    if len(asked) == has_header:
        raise SourceError("{path} is empty.", hint="Choose another file.", path=path)
    return asked[has_header:]


def _check_labels(order: Order, spec: EngineSpec, complain: Callable[[object], None]) -> None:
    if order.task != "label":
        return
    has_labels = bool(order.options.get("candidate_labels"))
    if not has_classes(spec.engine) and not has_labels:
        raise UsageError("There is no label to choose among.", hint='Give some: --labels "a cat, a dog".')
    if has_classes(spec.engine) and has_labels:
        complain(f"{spec.model_id} has labels of its own; --labels is for the engine clip.")


def _piped() -> bytes:
    """All that comes through standard input; before `Interrupts`, so that Ctrl-C ends the waiting."""
    pipe: Any = sys.stdin.buffer
    return b"".join(iter(lambda: pipe.read1(2**20), b""))  # `read` may sleep over a signal between two pieces


def _pictures(
    asked: Iterable[Asked], piped: bytes, tell: Callable[[AppError], None]
) -> Iterator[tuple[Asked, list[Picture]]]:
    """The pictures that can be read, of all that are asked about where there is one."""
    for one in asked:
        pictures = []
        for name in one.names:
            try:
                frame = decode_image(io.BytesIO(piped), "on standard input") if name == "-" else read_image(Path(name))
                pictures.append((name, frame))
            except SourceError as error:
                tell(error)
        if pictures:
            yield one, pictures


def _lots(asked: Iterator[tuple[Asked, list[Picture]]]) -> Iterator[Lot]:
    lot: Lot = []
    for one in asked:
        lot.append(one)
        frames = [frame for _, pictures in lot for _, frame in pictures]
        if len(frames) >= AT_ONCE or sum(frame.nbytes for frame in frames) > AT_ONCE_BYTES:
            yield lot
            lot = []
    if lot:
        yield lot


class _Show:
    """Asks about pictures and writes what comes back."""

    def __init__(self, order: Order, lease: EngineLease, interrupts: Interrupts, *, has_headings: bool) -> None:
        self._order = order
        self._lease = lease
        self._interrupts = interrupts
        self._has_headings = has_headings
        self._has_classes = has_classes(lease.spec.engine)

    def look(self, lot: Lot) -> None:
        """Raises AppError, Cancelled."""
        if self._order.task == "ask":
            for is_single, group in itertools.groupby(lot, lambda one: len(one[1]) == 1):
                rows = list(group)
                if is_single and len(rows) > 1:
                    self._ask_many(rows)
                    continue
                for one, pictures in rows:
                    self._ask(one.question, pictures)
            return
        shown = [picture for _, pictures in lot for picture in pictures]
        results = self._results(tuple(frame for _, frame in shown))
        for (name, _), result in zip(shown, results, strict=True):
            if isinstance(result, LabelScores):
                self._show_labels(name, result)
            elif isinstance(result, Caption):
                self._show_caption(name, result)

    def _results(self, frames: tuple[Frame, ...], **asked: Any) -> Iterator[Any]:
        options = {**self._order.options, **asked}
        if self._order.task == "label":
            options["top_k"] = self._order.top or (MOST_CLASSES if self._has_classes else None)
        request = ImageRequest(self._order.task, frames, **options)
        return self._lease.run(request, cancelled=self._interrupts.cancelled, priority=Priority.FILE)

    def _show_labels(self, name: str, result: LabelScores) -> None:
        scores = list(result.scores)
        if self._order.options.get("background_labels") and not self._has_classes:
            scores = sorted([*scores, (NONE_OF_THESE, result.none_score)], key=lambda score: -score[1])
        if self._order.is_json:
            shown = [{"label": label, "score": round(score, 6)} for label, score in scores]
            self._write_json({"image": name, "model": self._lease.spec.model_id, "scores": shown})
        else:
            lines = [f"{score:7.1%}  {label}" for label, score in scores]
            _write("\n".join([name, *lines]) + "\n")

    def _show_caption(self, name: str, result: Caption) -> None:
        if self._order.is_json:
            self._write_json({"image": name, "model": self._lease.spec.model_id, "caption": result.text})
        else:
            _write(f"{self._heading(name)}{result.text}\n")

    def _ask(self, question: str, pictures: list[Picture]) -> None:
        if not self._order.is_json:
            _write(self._heading(pictures[0][0]))
        for result in self._results(tuple(frame for _, frame in pictures), question=question):
            if isinstance(result, AnswerToken) and not self._order.is_json:
                _write(result.text)
            elif isinstance(result, Answer):
                self._end_answer([name for name, _ in pictures], question, result)

    def _ask_many(self, lot: Lot) -> None:
        """Each about one picture."""
        frames = tuple(frame for _, pictures in lot for _, frame in pictures)
        answers = self._results(frames, questions=tuple(one.question for one, _ in lot))
        for (one, [(name, _)]), answer in zip(lot, answers, strict=True):
            if not self._order.is_json:
                _write(f"{self._heading(name)}{answer.text}")
            self._end_answer([name], one.question, answer)

    def _end_answer(self, names: list[str], question: str, answer: Answer) -> None:
        if not self._order.is_json:
            _write("\n")
            return
        spec = self._lease.spec
        self._write_json(
            {
                "images": names,
                "question": question,
                "answer": answer.text,
                "model": answer.model if spec.engine == "server" else spec.model_id,
                "time_to_first_token_s": round(answer.time_to_first_token_s, 4),
                "tokens_per_s": round(answer.tokens_per_s, 2),
                "is_cut_off": answer.is_cut_off,
            }
        )

    def _heading(self, name: str) -> str:
        return f"{name}: " if self._has_headings else ""

    def _write_json(self, value: dict[str, Any]) -> None:
        _write(json.dumps(value, ensure_ascii=False) + "\n")


def _write(text: str) -> None:
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8"))  # names of files may hold anything
    sys.stdout.flush()
