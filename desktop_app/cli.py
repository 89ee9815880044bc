"""The command line: `sensorium` opens the window, `sensorium COMMAND` works in the terminal. No Qt before it is needed.

Exit codes: 0 done, 1 our bug, 2 wrong usage, 3 an input that cannot be used, 4 a model that is missing or broken,
5 a device, disk or server that is not there, 130 interrupted. Imports wait inside the commands, so that `--help`
answers at once.
"""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from desktop_app import __version__
from desktop_app.durations import clock_text
from desktop_app.terminal import INTERRUPTED
from workers.engines.sketch.schedulers import MOST_STEPS
from workers.results import LARGEST_SEED

if TYPE_CHECKING:
    from desktop_app.history.records import Item
    from desktop_app.history.store import History
    from workers.catalogue.catalogue import Catalogue

MOST = 1_000_000
LONGEST_ANSWER = 256  # tokens: a paragraph
WINDOW_TIMEOUT_S = 5.0
STATE_BYTES = 32

app = typer.Typer(
    help="Turns speech into text, looks at pictures and draws them, on your own machine. "
    "Without a command it opens the window.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
history_app = typer.Typer(help="Shows, exports and deletes what was heard and seen.", rich_markup_mode=None)
models_app = typer.Typer(help="Lists, downloads, checks and removes models.", rich_markup_mode=None)
app.add_typer(history_app, name="history", no_args_is_help=True)
app.add_typer(models_app, name="models", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
AsJsonOrPiped = Annotated[
    bool, typer.Option("--json", help="One JSON object a line; so it is anyway where the output is no terminal.")
]
Images = Annotated[
    list[str], typer.Argument(metavar="IMAGE", help="Files with pictures, or '-' for one on standard input.")
]
LookModel = Annotated[str, typer.Option("--model", metavar="ID|FOLDER", help="A model of `models list`, or a folder.")]


def _item_id(text: str) -> int:
    from workers.errors import UsageError

    try:
        return int(text)
    except ValueError as error:
        raise UsageError(
            "'{text}' is not the number of an item.", hint="`sensorium history list` shows them.", text=text
        ) from error


ItemId = Annotated[int, typer.Argument(parser=_item_id, metavar="ID", help="The number that `history list` shows.")]
ModelId = Annotated[str, typer.Argument(metavar="ID", help="The name that `models list` shows.")]


def main(arguments: list[str] | None = None) -> int:
    """Runs a command and returns its exit code; the console script and `python -m desktop_app.cli` call it."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments and "_SENSORIUM_COMPLETE" not in os.environ:
        return _window()
    if arguments[:1] == ["engine-process"]:  # how a frozen app starts its own children
        from workers.engine_process import main as engine_process

        engine_process(arguments[1:])
        return 0
    if arguments[:1] == ["capture-process"]:
        from workers.sources.capture_process import main as capture_process

        capture_process(arguments[1:])
        return 0
    if arguments[:1] == ["frame-process"]:
        from workers.sources.frame_process import main as frame_process

        frame_process(arguments[1:])
        return 0
    return _run(arguments)


def _window() -> int:
    import desktop_app.settings  # noqa: F401 - before Qt, whose import hook reads the source of each later module

    try:
        from desktop_app.app import main as window
    except ImportError as error:
        return _without_qt(error)
    return window()


def _without_qt(error: ImportError) -> int:
    """Says what to do where a library of the system that Qt needs is missing."""
    from workers.errors import DeviceError

    complain(f"The window cannot be opened: {error}. `sensorium doctor` says what to install.")
    return DeviceError.exit_code


def _run(arguments: list[str]) -> int:
    import logging

    from desktop_app import log
    from workers.errors import AppError, Cancelled, DiskError, disk_error

    _open_streams()
    try:
        code = int(app(arguments, prog_name="sensorium", standalone_mode=False) or 0)
        sys.stdout.flush()  # here, where a full disk can still be told
        return code
    except typer.TyperException as error:
        error.show()  # type: ignore[attr-defined]
        return error.exit_code
    except AppError as error:
        complain(error)
        return error.exit_code
    except (Cancelled, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        _drop_output()
        return 0
    except Exception as error:  # the top of the program
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            if error.filename is None:
                _drop_output()
            complain(disk_error(error, Path(error.filename or "standard output")))
            return DiskError.exit_code
        logging.getLogger("desktop_app.cli").exception("unexpected")
        complain(f"Something unexpected happened: {type(error).__name__}: {error}. The log has the details.")
        return 1
    finally:
        log.tear_down()


def _open_streams() -> None:
    """Has a closed stream read nothing and write nowhere, and an encoding without some letters replace them."""
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115 - as long as the program
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name) or open(os.devnull, "w")  # noqa: SIM115
        setattr(sys, name, stream)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _drop_output() -> None:
    """Lets what Python has still to write to stdout go nowhere, so that it does not fail again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(error: object) -> None:
    """Writes one sentence to stderr."""
    typer.echo(f"sensorium: {error}", err=True)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True)] = False,
) -> int:
    if version:
        typer.echo(f"sensorium {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(_window())
    from desktop_app import log
    from desktop_app.paths import Paths

    log.set_up(Paths.of_user().log_dir / "commands.log", console_level=100)  # errors are told in our own words
    return 0


# ── transcribe ───────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def transcribe(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Audio or video files, '-' for raw sound on stdin (16 kHz mono s16le PCM), 'mic', 'mic:NAME', or"
            " 'computer' for what it plays.",
        ),
    ],
    live: Annotated[bool, typer.Option("--live", help="Play files at real-time pace, as if spoken now.")] = False,
    engine: Annotated[str, typer.Option(metavar="NAME", help="faster-whisper, whisper or wav2vec2.")] = "",
    model: Annotated[str, typer.Option(metavar="ID|FOLDER", help="A model of `models list`, or a folder.")] = "",
    language: Annotated[
        str, typer.Option(metavar="CODE|NAME", help="Such as en, zh-CN or German; detected when left out.")
    ] = "",
    task: Annotated[Literal["transcribe", "translate"], typer.Option(help="Translate is into English.")] = "transcribe",
    prompt: Annotated[
        str, typer.Option(metavar="TEXT", help="Words or a sentence to expect; else those of the preferences.")
    ] = "",
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|FOLDER/",
            help="Also write a file that ends with .txt, .srt, .vtt or .json, or into a folder one for each input.",
        ),
    ] = "",
    format_: Annotated[
        Literal["", "txt", "srt", "vtt", "json"],
        typer.Option("--format", metavar="txt|srt|vtt|json", help="Of the files in the folder; txt when left out."),
    ] = "",
    events: Annotated[
        str, typer.Option(metavar="FILE|-", help="Write each change of the text as a line of JSON; '-' is stdout.")
    ] = "",
    no_history: Annotated[bool, typer.Option("--no-history", help="Keep nothing in the history.")] = False,
) -> int:
    """Turns speech into text: files, a pipe or the microphone (Ctrl-C ends it)."""
    from desktop_app.paths import Paths
    from desktop_app.transcribe import Order, run

    order = Order(
        inputs=tuple(inputs),
        is_live=live,
        engine=engine,
        model=model,
        language=language or None,
        task=task,
        prompt=prompt,
        output=output,
        format=format_,
        events=events,
        keeps_history=not no_history,
    )
    return run(order, Paths.of_user(), complain)


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def label(
    images: Images,
    labels: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Labels of your own, with commas: 'a cat, a dog'.")
    ] = None,
    background: Annotated[
        str, typer.Option(metavar="TEXT", help="What is seen when none of the labels is: 'a wall, a person'.")
    ] = "",
    or_none: Annotated[
        bool,
        typer.Option(
            "--or-none",
            help="'none of these' can win: against a wall, a person and the like. Against one label it always can.",
        ),
    ] = False,
    template: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="How to say a label: 'a photo of {}'. Several are averaged."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="At most this many labels.", show_default=False)] = MOST,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="clip, for labels of your own, or vit, which has its own.")
    ] = "",
    model: LookModel = "",
    as_json: AsJsonOrPiped = False,
) -> int:
    """Says which labels fit each picture, the best first."""
    from desktop_app.look import typed_labels
    from workers.engines.vision.clip import backgrounds_for

    candidates = () if labels is None else typed_labels(labels)
    backgrounds = typed_labels(background) if background else ()
    if len(candidates) == 1 and not backgrounds:
        or_none = True  # else it would be certain, whatever is seen
    options = {
        "candidate_labels": candidates,
        "background_labels": (*backgrounds, *(backgrounds_for(candidates) if or_none else ())),
        "prompt_templates": tuple(template or ("{}",)),
    }
    return _look("label", images, options, engine, model, top=top, is_json=as_json or not sys.stdout.isatty())


@app.command()
def caption(
    images: Images,
    prefix: Annotated[str, typer.Option(metavar="TEXT", help="How the caption begins.")] = "",
    engine: Annotated[str, typer.Option(metavar="NAME", help="blip.")] = "",
    model: LookModel = "",
    as_json: AsJsonOrPiped = False,
) -> int:
    """Says in a sentence what each picture shows."""
    return _look("caption", images, {"prefix": prefix}, engine, model, is_json=as_json or not sys.stdout.isatty())


@app.command()
def ask(
    images: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGE",
            help="Files with pictures, '-' for one on standard input, or a table (.csv) with rows: picture,question.",
        ),
    ],
    question: Annotated[str, typer.Option(metavar="TEXT", help="What to ask.")] = "",
    each: Annotated[bool, typer.Option("--each", help="Ask about each picture by itself.")] = False,
    engine: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="blip or blip2, for one picture; llava, idefics, chat-vlm or server, for one or several.",
        ),
    ] = "",
    model: Annotated[
        str,
        typer.Option(
            "--model", metavar="ID|FOLDER", help="A model of `models list`, or a folder; of a server, as it calls it."
        ),
    ] = "",
    address: Annotated[
        str, typer.Option(metavar="URL", help="Of the engine server, with /v1; `SENSORIUM_SERVER_KEY` is its key.")
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Answers a question about pictures; the answer comes word by word.

    An engine that takes several pictures answers once, about all of them together; with --each, and with other
    engines, there is an answer about each picture. The rows of a table always have an answer each. Where there are
    many, they are asked side by side, and come whole.
    """
    extra: dict[str, Any] = {"question": question, "is_each": each, "address": address}
    return _look("ask", images, {"max_new_tokens": LONGEST_ANSWER}, engine, model, is_json=as_json, **extra)


def _look(
    task: Literal["label", "caption", "ask"],
    images: list[str],
    options: dict[str, Any],
    engine: str,
    model: str,
    *,
    top: int = MOST,
    is_json: bool,
    **asked: Any,
) -> int:
    from desktop_app.look import Order, run
    from desktop_app.paths import Paths

    top = top if top < MOST else 0
    order = Order(task, tuple(images), options, engine=engine, model=model, top=top, is_json=is_json, **asked)
    return run(order, Paths.of_user(), complain)


# ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def sketch(
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE.png", help="Where the picture goes, with all that made it.")
    ],
    sketch: Annotated[str, typer.Argument(metavar="SKETCH", help="A drawing or a photograph to follow.")] = "",
    prompt: Annotated[str | None, typer.Option(metavar="TEXT", help="What the picture should show.")] = None,
    negative: Annotated[str | None, typer.Option(metavar="TEXT", help="What it should not show.")] = None,
    control: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="What of the sketch is followed: scribble (the default), softedge, canny, depth, pose or seg; "
            "several are heeded together.",
        ),
    ] = None,
    control_is_map: Annotated[
        bool,
        typer.Option(
            "--control-is-map",
            help="The sketch is such a map already (a depth picture, a skeleton, coloured areas, lines): it is used as "
            "it is, and no model is needed to estimate it.",
        ),
    ] = False,
    control_scale: Annotated[
        float | None, typer.Option(min=0, max=2, metavar="X", help="How strictly it is followed; 1 is normal.")
    ] = None,
    control_start: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="X", help="The share of the steps before it is followed; 0 is normal."),
    ] = None,
    control_end: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="X", help="After this share of the steps it is left; 1 is normal."),
    ] = None,
    init: Annotated[str, typer.Option(metavar="IMAGE", help="Colours to begin with.")] = "",
    mask: Annotated[str, typer.Option(metavar="IMAGE", help="White where --init is made anew; the rest stays.")] = "",
    strength: Annotated[
        float | None, typer.Option(min=0.01, max=1, metavar="X", help="How much of --init is made anew.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, max=MOST_STEPS, metavar="N", help="More take longer.")] = None,
    guidance_scale: Annotated[
        float | None, typer.Option(min=0, max=50, metavar="X", help="How strictly the words are heeded.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=LARGEST_SEED, metavar="N", help="The same one gives the same picture.")
    ] = None,
    size: Annotated[str, typer.Option(metavar="WxH", help="In pixels, such as 512x768.")] = "",
    count: Annotated[
        int, typer.Option(min=1, max=1000, metavar="N", help="How many, with seeds one after another.")
    ] = 1,
    like: Annotated[str, typer.Option(metavar="FILE.png", help="Take all that is left out from this picture.")] = "",
    style: Annotated[str, typer.Option(metavar="NAME", help="Words that are added to the prompt.")] = "",
    lora: Annotated[
        list[str] | None, typer.Option(metavar="ID[:SCALE]", help="A LoRA of `models list`, or its file.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="NAME", help="Such as ddim, euler, dpmpp-2m-karras, unipc, lcm or tcd.")
    ] = None,
    eta: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="X", help="Fresh noise in each step; only ddim and tcd take it."),
    ] = None,
    model: LookModel = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
    as_json: AsJsonOrPiped = False,
) -> int:
    """Draws a picture from words, a sketch, or both."""
    from desktop_app.paths import Paths
    from desktop_app.sketch import Order, kinds_of, run

    order = Order(
        sketch=sketch,
        output=output,
        prompt=prompt,
        negative=negative,
        controls=kinds_of(control or (["scribble"] if sketch else [])),
        control_is_map=control_is_map,
        control_scale=control_scale,
        control_start=control_start,
        control_end=control_end,
        init=init,
        mask=mask,
        strength=strength,
        steps=steps,
        guidance_scale=guidance_scale,
        seed=seed,
        size=size,
        count=count,
        like=like,
        style=style,
        model=model,
        scheduler=scheduler,
        eta=eta,
        loras=tuple(lora or ()),
        replaces=overwrite,
        is_json=as_json or not sys.stdout.isatty(),
    )
    return run(order, Paths.of_user(), complain)


# ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@history_app.command("list")
def history_list(
    query: Annotated[str, typer.Option("--search", metavar="TEXT", help="Only items with these words.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most this many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Lists what was heard and seen, the newest first."""
    with _history() as history:
        items = history.items(query, limit=limit)
        if not items:
            complain(f"Nothing in the history has {query!r}." if query else "The history is empty.")
        for item in items:
            if as_json:
                keys = ("id", "kind", "state", "title", "source", "engine", "model_id", "language", "duration_s")
                _print_json({**{key: getattr(item, key) for key in keys}, "when": item.created_at.isoformat()})
            else:
                typer.echo(_row(item))


@history_app.command("show")
def history_show(item_id: ItemId) -> None:
    """Prints the transcript of an item, or what was said about a picture."""
    from desktop_app.history.export import ExportOptions, to_txt

    with _history() as history:
        history.item(item_id)
        typer.echo(to_txt(history.segments(item_id), ExportOptions(with_times=True)), nl=False)


@history_app.command("export")
def history_export(
    item_id: ItemId,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Ends with .md, .txt, .srt, .vtt or .json.")
    ],
    times: Annotated[bool, typer.Option("--times", help="Start each line of .txt or .md with its time.")] = False,
    word_times: Annotated[bool, typer.Option("--word-times", help="Mark when each word of a .vtt is said.")] = False,
) -> None:
    """Writes an item to a file."""
    from desktop_app.history.export import ITEM_FORMATS, ExportOptions, check_target

    check_target(output, ITEM_FORMATS)
    with _history() as history:
        history.export(item_id, output, ExportOptions(with_times=times, with_word_times=word_times))


@history_app.command("import")
def history_import(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="What `history export` wrote as .json.")],
) -> None:
    """Adds items that were exported as JSON, here or on another machine, and prints their numbers."""
    with _history() as history:
        for file in files:
            typer.echo(history.import_json(file).result())


@history_app.command("delete")
def history_delete(
    item_ids: Annotated[
        list[int], typer.Argument(parser=_item_id, metavar="ID", help="The numbers that `history list` shows.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Deletes items for good, with their text, sound and pictures; none of them when one is not there."""
    from workers.errors import ItemMissing, UsageError

    items, missing = [], []
    with _history() as history:
        for item_id in dict.fromkeys(item_ids):
            try:
                items.append(history.item(item_id))
            except ItemMissing:
                missing.append(str(item_id))
        if missing:
            hint = "Nothing was deleted."
            raise ItemMissing("The history has no item {item_id}.", hint, item_id=", ".join(missing))
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError("Nobody is there to be asked whether to delete for good.", "Add --yes.")
            for item in items:
                typer.echo(_row(item), err=True)
            if not typer.confirm(f"Delete {'this' if len(items) == 1 else f'these {len(items)}'} for good?", err=True):
                complain("Nothing was deleted.")
                return
        for item in items:
            history.delete(item.id).result()


def _row(item: Item) -> str:
    text = item.title or item.preview or item.source
    line = "".join(letter if letter.isprintable() else " " for letter in text[:80])  # names of files may hold anything
    length = clock_text(item.duration_s) if item.kind == "speech" else item.kind
    return f"{item.id:6}  {item.created_at:%Y-%m-%d %H:%M}  {length:>8}  {line}"


@app.command()
def search(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="Words that were said, or what a picture shows.")
    ] = None,
    image: Annotated[
        Path | None, typer.Option("--image", metavar="FILE", help="Find pictures that are like this one.")
    ] = None,
    kind: Annotated[
        Literal["", "transcript", "snapshot", "picture"],
        typer.Option(metavar="transcript|snapshot|picture", help="Only these."),
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most this many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Finds what was said, seen and drawn: words first, then pictures that show what the words say."""
    from desktop_app.library.commands import Query, search
    from desktop_app.paths import Paths

    query = Query(text, image, kind, limit, as_json)
    query.check()
    with _history() as history:
        search(query, history, Paths.of_user(), complain)


@app.command()
def index(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="With pictures, in it and in the folders below.")],
    forget: Annotated[bool, typer.Option("--forget", help="Let go of the folder; its files stay.")] = False,
) -> None:
    """Makes a folder of your pictures searchable; the next time only what has changed is looked at."""
    from desktop_app.library.commands import forget as forget_folder
    from desktop_app.library.commands import index
    from desktop_app.paths import Paths

    with _history() as history:
        if forget:
            forget_folder(folder, history)
        else:
            index(folder, history, Paths.of_user(), complain)


class _history:
    """The history, closed at the end."""

    def __enter__(self) -> History:
        from desktop_app.history.store import History
        from desktop_app.paths import Paths

        self._history = History(Paths.of_user().history_dir, on_problem=complain)
        return self._history

    def __exit__(self, *_: object) -> None:
        self._history.close()


# ── models ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@models_app.command("list")
def models_list(as_json: AsJson = False) -> None:
    """Lists the models that there are; a star marks those that suit this machine."""
    from workers.catalogue.entries import fits
    from workers.engines.devices import machine

    catalogue = _catalogue()
    proposed = {entry.id for entry in catalogue.proposed(machine())}
    for entry in catalogue.entries():
        status = catalogue.status(entry.id)
        if as_json:
            keys = ("id", "title", "task", "engines", "source", "licence", "languages", "download_bytes")
            _print_json(
                {
                    **{key: getattr(entry, key) for key in keys},
                    "status": str(status),
                    "fits": fits(entry, machine()),
                    "is_proposed": entry.id in proposed,
                }
            )
        else:
            size = f"{entry.download_bytes / 1e6:,.0f} MB" if entry.download_bytes else ""
            mark = "*" if entry.id in proposed else " "
            typer.echo(f"{mark} {entry.id:32} {status:10} {entry.task:8} {size:>10}  {entry.title}")


@models_app.command("download")
def models_download(
    model_id: Annotated[
        str, typer.Argument(metavar="ID", help="The name that `models list` shows, or OWNER/NAME on the hub.")
    ],
) -> None:
    """Downloads a model; what was interrupted goes on where it stopped."""
    folder = _cancellable(lambda progress, cancelled: _catalogue().download(model_id, progress, cancelled))
    typer.echo(folder)


@models_app.command("convert")
def models_convert(model_id: ModelId) -> None:
    """Converts a CTranslate2 Whisper for the engine `whisper`."""
    folder = _cancellable(lambda progress, cancelled: _catalogue().convert(model_id, progress, cancelled))
    typer.echo(folder)


@models_app.command("verify")
def models_verify(model_id: ModelId) -> None:
    """Compares every file of a model with its checksum."""
    catalogue = _catalogue()
    count = _cancellable(lambda progress, cancelled: catalogue.verify(model_id, progress, cancelled))
    if count:
        typer.echo(f"{model_id}: {count} files are as they should be.")
    elif catalogue.entry(model_id).source in ("bundled", "server"):
        typer.echo(f"{model_id}: comes with the app, so there is nothing to compare.")
    else:
        typer.echo(f"{model_id}: no checksums are known.")


@models_app.command("remove")
def models_remove(model_id: ModelId) -> None:
    """Deletes a model; a folder of your own, by its id or its path, is only forgotten."""
    from workers.catalogue.catalogue import ModelStatus

    catalogue = _catalogue()
    folders = {entry.id: entry.folder for entry in catalogue.entries()}
    if model_id not in folders:
        path = str(Path(model_id).expanduser().resolve())
        model_id = next((known for known, folder in folders.items() if folder == path), model_id)
    is_listed = model_id in folders
    is_there = is_listed and catalogue.status(model_id) is not ModelStatus.ABSENT
    is_converted = is_listed and catalogue.converted_folder(model_id).exists()
    is_own = is_listed and catalogue.entry(model_id).source == "folder"
    catalogue.remove(model_id)
    if not (is_there or is_converted or is_own):
        complain(
            f"The model '{model_id}' is not {'installed' if is_listed else 'in the list'}, so nothing was removed."
        )


@models_app.command("add")
def models_add(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder with a model, or the file of a LoRA.")],
) -> None:
    """Adds a model in a folder of your own to the list."""
    typer.echo(_catalogue().add_folder(folder).id)


def _catalogue() -> Catalogue:
    from desktop_app.paths import Paths
    from desktop_app.settings import Settings
    from workers.catalogue.catalogue import Catalogue

    paths = Paths.of_user()
    settings = Settings.load(paths.settings_file)
    settings.models.choose_hub()
    return Catalogue(settings.models_dir(paths.models_dir))


def _cancellable(work: Callable[[Callable[[float, str], None], Callable[[], bool]], Any]) -> Any:
    """Does the work with a progress line; Ctrl-C cancels it in order."""
    from desktop_app.terminal import Interrupts, StatusLine

    with StatusLine() as status, Interrupts() as interrupts:
        return work(lambda fraction, message: status.show(_progress(fraction, message)), interrupts.cancelled)


# ── the machine ──────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def devices(as_json: AsJson = False) -> int:
    """Lists microphones, what the computer plays, and cameras."""
    from workers.errors import DeviceError
    from workers.sources.devices import list_devices
    from workers.sources.webcam import list_cameras

    found: list[tuple[str, Any]] = [
        ("computer" if device.is_monitor else "microphone", device) for device in list_devices()
    ]
    found += [("camera", camera) for camera in list_cameras()]
    if not found and not as_json:
        raise DeviceError("No microphone was found.", hint="Plug one in, or transcribe a file.")
    for kind, device in found:
        if as_json:
            _print_json({"kind": kind, **vars(device)})
        else:
            typer.echo(f"{'*' if device.is_default else ' '} {kind:10}  {device.name}  ({device.id})")
    return 0


@app.command()
def doctor() -> int:
    """Checks that everything the app needs is here, and says what to do where it is not."""
    from desktop_app.doctor import examine
    from desktop_app.paths import Paths
    from workers.errors import DeviceError

    levels = []
    for finding in examine(Paths.of_user()):
        levels.append(finding.level)
        advice = f"  → {finding.advice}" if finding.advice else ""
        typer.echo(f"{finding.level:8}  {finding.subject:10}  {finding.detail}{advice}")
    if "problem" in levels:
        typer.echo("\nWhat is marked as a problem keeps Sensorium from working; the arrow says what to do.")
        return DeviceError.exit_code
    typer.echo("\nSensorium works here" + (", but for what the warnings name." if "warning" in levels else "."))
    return 0


@app.command()
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where pictures and texts go.")
    ] = Path("sensorium-demo"),
) -> int:
    """Shows the app at work on its sample, and leaves screenshots and the transcript in a folder."""
    try:
        from desktop_app.demo import main as demonstrate
    except ImportError as error:
        return _without_qt(error)
    return demonstrate(output)


# ── the window ───────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def toggle() -> None:
    """Starts or stops listening in the open window; for a key of the desktop."""
    typer.echo(_ask_window("toggle"))


@app.command()
def pause() -> None:
    """Pauses or goes on with the recording of the open window; for a key of the desktop."""
    typer.echo(_ask_window("pause"))


def _ask_window(verb: str) -> str:
    """The state of the recording afterwards.

    Raises:
        ServerError: there is no window, or it does not answer.
    """
    import socket

    from desktop_app.paths import Paths
    from workers.errors import ServerError

    with socket.socket(socket.AF_UNIX) as window:
        window.settimeout(WINDOW_TIMEOUT_S)
        try:
            window.connect(str(Paths.of_user().socket_file))
        except OSError as error:
            raise ServerError("No window of Sensorium is open.", hint="Open it first: sensorium") from error
        try:
            window.sendall(verb.encode())
            state = window.recv(STATE_BYTES).decode()
        except OSError as error:
            raise ServerError("The window does not answer.", hint="Wait a moment, and try again.") from error
    if not state:
        raise ServerError("The window does not know '{verb}'.", hint="Close it and open it again.", verb=verb)
    return state


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _progress(fraction: float, message: str) -> str:
    return f"{fraction:4.0%}  {message}" if fraction >= 0 else message


if __name__ == "__main__":
    sys.exit(main())
