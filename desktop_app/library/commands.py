"""What `sensorium index` and `sensorium search` do, on the terminal or as lines of JSON. No Qt."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from desktop_app.durations import clock_text
from desktop_app.history.gallery import Among
from desktop_app.history.records import Hit, Item, Kind
from desktop_app.history.search import terms_of
from desktop_app.library.found import FoundPicture, Indexed, IndexProgress
from desktop_app.library.library import EMBEDDED_AT_ONCE, Library
from desktop_app.paths import Paths
from desktop_app.sessions.choices import options_of
from desktop_app.settings import Settings
from desktop_app.terminal import Interrupts, StatusLine
from workers.catalogue.catalogue import Catalogue
from workers.engine_pool import EnginePool
from workers.errors import AppError, UsageError
from workers.sources.image_file import read_image

if TYPE_CHECKING:
    from desktop_app.history.store import History
    from workers.results import Frame

FoundKind = Literal["transcript", "snapshot", "picture"]

KINDS: dict[Kind, FoundKind] = {"speech": "transcript", "snapshot": "snapshot", "picture": "picture"}


@dataclass(frozen=True)
class Query:
    """What the user typed: words or a picture, and what to find.

    Attributes:
        kind: only this one, or "" for all.
    """

    text: str | None = None
    image: Path | None = None
    kind: FoundKind | Literal[""] = ""
    limit: int = 100
    is_json: bool = False

    def check(self) -> None:
        """Raises UsageError when there is nothing to search for."""
        if (self.image is None) == (self.text is None):
            raise UsageError("Search for words or for a picture.", "Give a TEXT, or --image FILE.")
        if self.text is not None and not terms_of(self.text):
            raise UsageError(
                "There is no word to search for in '{text}'.", "Give one that was said or seen.", text=self.text
            )

    @property
    def item_kind(self) -> Kind | None:
        """What the history calls it."""
        return next((kind for kind, found in KINDS.items() if found == self.kind), None)


@dataclass(frozen=True)
class Found:
    """A line of what was found.

    Attributes:
        id: of the item of the history; None for a file of the user's own.
        score: for words the share of the line that they are, for pictures the cosine.
    """

    kind: FoundKind
    id: int | None
    score: float
    text: str
    path: str
    when: datetime
    time_s: float | None = None


def search(query: Query, history: History, paths: Paths, complain: Callable[[object], None]) -> None:
    """Writes what fits the query: where the words stand first, then pictures that show what they say.

    Raises:
        SourceError: the picture cannot be read.
        Cancelled: by Ctrl-C.
    """
    picture = None if query.image is None else read_image(query.image)
    known: set[int | None] = set()
    count = 0
    for found in itertools.islice(_with_words(query, history), query.limit):
        known.add(found.id)
        count += 1
        _write(found, is_json=query.is_json)
    if query.kind != "transcript" and count < query.limit:
        try:
            for found in itertools.islice(
                _that_show(query, picture, known, history, paths, complain), query.limit - count
            ):
                count += 1
                _write(found, is_json=query.is_json)
        except AppError as error:
            complain(f"Pictures were not searched for what they show: {error}")
    if not count:
        complain(f"Nothing was found for {str(query.text or query.image)!r}.")


def index(folder: Path, history: History, paths: Paths, complain: Callable[[object], None]) -> None:
    """Makes the pictures in a folder findable, and says how many there are; then all others that nobody looked at yet.

    Raises:
        SourceError: there is no such folder.
        Cancelled: by Ctrl-C; the next time goes on from there.
        AppError: there is no model.
    """
    with _library(history, paths) as (library, status, interrupts):

        def on_progress(progress: IndexProgress) -> None:
            status.show(_progress(progress))

        done = library.index_folder(
            folder,
            on_progress=on_progress,
            on_load=lambda _, message: status.show(message),
            cancelled=interrupts.cancelled,
        )
        status.clear()
        _tell(done, complain)
        library.embed_lacking(on_progress=on_progress, cancelled=interrupts.cancelled, is_urgent=True)


def _tell(done: Indexed, complain: Callable[[object], None]) -> None:
    for problem in done.problems:
        complain(problem)
    parts = [f"{done.n_new:,} new or changed", f"{done.n_gone:,} gone", f"{done.n_problems:,} cannot be read"]
    sys.stdout.write(f"{_printable(str(done.folder))}: {done.n_files:,} pictures can be found; {', '.join(parts)}.\n")
    sys.stdout.flush()


def forget(folder: Path, history: History) -> None:
    """Lets go of a folder; its files stay.

    Raises:
        UsageError: it was never indexed.
    """
    folder = Path(os.path.expanduser(folder)).resolve()
    known = [one.path for one in history.gallery.folders()]
    if folder not in known:
        raise UsageError(
            "The folder '{path}' was not indexed.",
            "Choose one of: {names}." if known else "No folder was indexed yet.",
            path=folder,
            names=", ".join(map(str, known)),
        )
    count = history.gallery.forget_folder(folder).result()
    sys.stdout.write(f"{_printable(str(folder))}: {count:,} pictures are forgotten; the files are where they were.\n")


def _with_words(query: Query, history: History) -> Iterator[Found]:
    """Lines that have the words, the newest item first, and items whose name has them; of a picture only one line."""
    if not query.text:
        return
    seen: set[int] = set()
    for hit in history.search(query.text, kind=query.item_kind, limit=query.limit):
        if hit.kind == "speech" or hit.item_id not in seen:
            yield _of_hit(hit, history)
        seen.add(hit.item_id)
    for item in history.items(query.text, kind=query.item_kind, limit=query.limit):
        if item.id not in seen:
            yield _of_item(item, 1.0)


def _of_hit(hit: Hit, history: History) -> Found:
    files = history.media(hit.item_id)
    paths = [
        file.path for file in files if file.role == "picture" or (file.track == hit.track and file.role == "audio")
    ]
    time_s = hit.time_s if hit.kind == "speech" else None
    path = str(paths[0]) if paths else ""
    return Found(KINDS.get(hit.kind, "transcript"), hit.item_id, hit.score, hit.snippet, path, hit.created_at, time_s)


def _of_item(item: Item, score: float) -> Found:
    path = str(item.picture) if item.picture else ""
    return Found(KINDS.get(item.kind, "transcript"), item.id, score, item.title or item.preview, path, item.created_at)


def _that_show(
    query: Query,
    picture: Frame | None,
    known: set[int | None],
    history: History,
    paths: Paths,
    complain: Callable[[object], None],
) -> Iterator[Found]:
    """Pictures that show what the query says or looks like, without the items that are known."""
    with _library(history, paths) as (library, status, interrupts):
        lacking = library.n_lacking()
        library.embed_lacking(
            on_progress=lambda progress: status.show(_progress(progress)),
            cancelled=interrupts.cancelled,
            most=EMBEDDED_AT_ONCE,
            is_urgent=True,
        )
        if lacking > EMBEDDED_AT_ONCE:
            complain(f"{lacking - EMBEDDED_AT_ONCE:,} pictures were not looked at yet; `sensorium index` does it.")

        def on_load(_fraction: float, message: str) -> None:
            status.show(message)

        most, among, cancelled = query.limit + len(known), Among(query.item_kind), interrupts.cancelled
        if picture is None:
            near = library.find_by_text(query.text or "", most, among=among, on_load=on_load, cancelled=cancelled)
        else:
            near = library.find_by_picture(picture, most, among=among, on_load=on_load, cancelled=cancelled)
        status.clear()
        for one in library.found(near):
            found = _of_picture(one)
            if found.id is None or found.id not in known:
                yield found


def _of_picture(picture: FoundPicture) -> Found:
    if picture.item:
        return _of_item(picture.item, picture.similarity)
    assert picture.file
    path, when = picture.file.path, picture.file.modified_at
    return Found("picture", None, picture.similarity, path.name, str(path), when)


@contextlib.contextmanager
def _library(history: History, paths: Paths) -> Iterator[tuple[Library, StatusLine, Interrupts]]:
    settings = Settings.load(paths.settings_file)
    catalogue = Catalogue(settings.models_dir(paths.models_dir))
    with StatusLine() as status, Interrupts() as interrupts, contextlib.closing(EnginePool()) as pool:
        see = settings.see
        library = Library(
            history, catalogue, pool, lambda engine: options_of(see, engine), model=lambda: see.search_model
        )
        yield library, status, interrupts


def _progress(progress: IndexProgress) -> str:
    if not progress.total:
        return f"Looking for pictures: {progress.done:,}"
    text = f"{progress.fraction:4.0%}  {progress.done:,} of {progress.total:,} pictures"
    if progress.n_problems:
        text += f", {progress.n_problems:,} cannot be read"
    return text if progress.left_s is None else f"{text}, {clock_text(progress.left_s)} left"


def _write(found: Found, *, is_json: bool) -> None:
    if is_json:
        line = json.dumps(
            {
                "kind": found.kind,
                "id": found.id,
                "score": round(found.score, 4),
                "text": found.text,
                "path": found.path,
                "when": found.when.isoformat(),
            },
            ensure_ascii=False,
        )
    else:
        place = found.kind if found.time_s is None else clock_text(found.time_s)
        text = found.text if found.id is not None else found.path
        line = f"{found.id or '':>6}  {found.when:%Y-%m-%d %H:%M}  {place:>8}  {_printable(text)}"
    sys.stdout.write(line.encode("utf-8", "replace").decode("utf-8") + "\n")
    sys.stdout.flush()


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)  # names of files may hold anything
