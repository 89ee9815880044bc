"""The library: every picture gets a vector, and is found by words and by picture. No Qt.

A snapshot, a drawn picture and each file of an indexed folder gets a vector from the best CLIP that is installed. What
has none yet, because the app ended before or the model is another one now, gets it later; nothing is lost by stopping
anywhere. Engines are asked with the lowest priority while nobody waits.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import os
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from desktop_app.history.gallery import EVERYTHING, Among, FoundFile
from desktop_app.library import fit
from desktop_app.library.folder import FolderWalk
from desktop_app.library.found import FoundPicture, Indexed, IndexProgress
from desktop_app.library.vectors import Near, VectorIndex
from workers.cancel import never
from workers.engine_pool import EngineLease, EnginePool, Priority
from workers.engines.base import EngineOptions, EngineSpec
from workers.errors import AppError, Cancelled, EngineDied, ItemMissing, SourceError, SourceUnreachable
from workers.results import Frame, ImageRequest, MatchScores
from workers.sources.image_file import read_image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from desktop_app.history.gallery import Vectors
    from desktop_app.history.store import History
    from workers.catalogue.catalogue import Catalogue

    Vector = NDArray[np.float32]

log = logging.getLogger(__name__)

AT_ONCE = 16  # pictures in one request, and in one write
AT_ONCE_BEHIND = 2  # in the background: what is urgent waits no longer than these take
LONGEST_PX = 1024  # models look at 224 to 384; a photograph of 12 megapixels is then decoded in half the time
EMBEDDED_AT_ONCE = 64  # before a search: what was kept of late takes seconds, a whole folder would take long
CANDIDATES = 1000  # the nearest so many are looked at more closely
RERANKED = 20  # by a model that judges picture and text together, where one is installed
TOLD_FROM_S = 3.0  # of work, before anybody says how long the rest will take

T = TypeVar("T")


OnIndexProgress = Callable[[IndexProgress], None]
OnProgress = Callable[[float, str], None]


class Library:
    """Knows every picture of a history; safe to use from several threads.

    Args:
        options: those of an engine by its name; with the same ones as elsewhere, it is shared.
        model: the one that the user chose, "" for the best.
    """

    def __init__(
        self,
        history: History,
        catalogue: Catalogue,
        pool: EnginePool,
        options: Callable[[str], EngineOptions | None] = lambda engine: None,
        model: Callable[[], str] = lambda: "",
    ) -> None:
        self._history = history
        self._gallery = history.gallery
        self._catalogue = catalogue
        self._pool = pool
        self._options = options
        self._model = model
        self._lock = threading.Lock()  # of what follows
        self._indexes: dict[str, VectorIndex] = {}
        self._references: dict[str, Vectors] = {}

    def spec(self) -> EngineSpec:
        """The engine that gives the vectors: the CLIP that is chosen, or the best that is installed.

        Raises:
            ModelMissing, ModelBroken: there is none, or it is not whole.
        """
        return self._catalogue.spec("clip", self._model() or self._best(), self._options("clip"))

    def _best(self) -> str:
        """One of many languages, whatever the window speaks: with another one all would have to be looked at anew."""
        installed = [entry for entry in self._catalogue.installed("label") if "clip" in entry.engines]
        best = next((entry for entry in installed if entry.languages == ("multilingual",)), None)
        return (best or self._catalogue.default_model("label", "clip")).id

    def understands(self, text: str) -> bool:
        """Whether the model may know the language of a text; other letters than ASCII's are not English.

        Raises:
            ModelMissing, ModelBroken: as `spec`.
        """
        return text.isascii() or self._catalogue.entry(self.spec().model_id).languages != ("en",)

    # ── vectors for pictures ─────────────────────────────────────────────────────────────────────────────────────────

    def n_lacking(self) -> int:
        """How many pictures have no vector of today's model yet; 0 where there is no model."""
        try:
            return len(self._gallery.lacking(space_of(self.spec())))
        except AppError:
            return 0

    def embed_lacking(
        self,
        *,
        on_progress: OnIndexProgress = lambda progress: None,
        cancelled: Callable[[], bool] = never,
        most: int | None = None,
        is_urgent: bool = False,
    ) -> int:
        """Gives a vector to every picture that has none; how many got one. One that cannot be read is left out.

        Args:
            most: at most so many, snapshots and drawn pictures first.
            is_urgent: somebody waits for it.

        Raises:
            Cancelled: what has a vector keeps it.
            ModelMissing, ModelBroken, EngineError.
        """
        spec = self.spec()
        space = space_of(spec)
        lacking = self._gallery.lacking(space)
        todo = lacking[:most]
        if not todo:
            return 0
        count, meter = 0, _Meter(len(todo), on_progress)
        lots = _lots(todo, AT_ONCE if is_urgent else AT_ONCE_BEHIND)
        with ExitStack() as stack:
            reading = stack.enter_context(closing(_read_ahead(lots, lambda one: one.path)))
            lease: EngineLease | None = None
            for lot, frames in reading:
                sound = [
                    (one, frame) for one, frame in zip(lot, frames, strict=True) if not isinstance(frame, AppError)
                ]
                if sound and lease is None:  # no model is loaded for pictures that cannot be read
                    lease = stack.enter_context(self._pool.acquire(spec, cancelled=cancelled))
                if sound and lease is not None:
                    vectors = _embed(lease, [frame for _, frame in sound], cancelled)
                    given = zip((one for one, _ in sound), vectors, strict=True)
                    _wait(self._gallery.put_vectors(space, given), cancelled)
                count += len(sound)
                meter.add(len(lot), len(lot) - len(sound))
        log.info("%d pictures have a vector of %s now", count, spec.model_id)
        if len(todo) == len(lacking):
            _wait(self._gallery.keep_only_space(space), cancelled)
        return count

    def index_folder(
        self,
        folder: Path,
        *,
        on_progress: OnIndexProgress = lambda progress: None,
        on_load: OnProgress = lambda fraction, message: None,
        cancelled: Callable[[], bool] = never,
    ) -> Indexed:
        """Makes the pictures below a folder findable; what has not changed since the last time is not looked at again.

        Raises:
            Cancelled: what was looked at is kept, and the next time goes on from there.
            SourceError: there is no such folder, or it was forgotten meanwhile.
            ModelMissing, ModelBroken, EngineError.
        """
        folder = Path(os.path.expanduser(folder)).resolve()
        spec = self.spec()
        space = space_of(spec)
        walk = FolderWalk(folder, cancelled=cancelled)
        found: list[FoundFile] = []
        for file in walk:
            found.append(file)
            if len(found) % 100 == 0:
                on_progress(IndexProgress(len(found)))
        _wait(self._gallery.add_folder(folder), cancelled)
        known = self._gallery.known_files(folder, space)
        gone = set(known) - {file.path for file in found}
        gone = {path for path in gone if not path.startswith(tuple(walk.unreadable))}  # a disk that fails takes nothing
        _wait(self._gallery.forget_files([known[path].id for path in sorted(gone)]), cancelled)
        todo = [file for file in found if not _is_done(known.get(file.path), file)]
        problems: list[AppError] = []
        if todo:
            meter = _Meter(len(todo), on_progress)
            with (
                self._pool.acquire(spec, on_progress=on_load, cancelled=cancelled) as lease,
                closing(_read_ahead(_lots(todo, AT_ONCE), lambda file: Path(file.path))) as reading,
            ):
                for lot, frames in reading:
                    entered, errors = self._look_at(lease, lot, frames, cancelled)
                    if _wait(self._gallery.put_files(space, entered), cancelled) < len(entered):
                        break
                    problems += errors
                    meter.add(len(lot), len(errors))
        entry = next((one for one in self._gallery.folders() if one.path == folder), None)
        if entry is None:
            raise SourceError(
                "The folder {path} was forgotten while it was looked through.",
                hint="Add it again if its pictures shall be found.",
                path=folder,
            )
        log.info("indexed %d pictures, %d of them new, %d not readable", entry.n_files, len(todo), entry.n_problems)
        hidden = [
            SourceError("{path} may not be read.", hint="Ask its owner for the permission.", path=path)
            for path in walk.unreadable
        ]
        return Indexed(
            folder=folder,
            n_files=entry.n_files - entry.n_problems,
            n_new=len(todo) - len(problems),
            n_gone=len(gone),
            n_problems=entry.n_problems + sum(isinstance(problem, SourceUnreachable) for problem in problems),
            problems=(*hidden, *problems),
        )

    def _look_at(
        self,
        lease: EngineLease,
        lot: Sequence[FoundFile],
        frames: Sequence[Frame | AppError],
        cancelled: Callable[[], bool],
    ) -> tuple[list[tuple[FoundFile, Vector | str]], list[AppError]]:
        """What to enter for each file, and what was wrong with some; what cannot be reached is tried the next time."""
        vectors = iter(_embed(lease, [frame for frame in frames if not isinstance(frame, AppError)], cancelled))
        entered: list[tuple[FoundFile, Vector | str]] = []
        for file, frame in zip(lot, frames, strict=True):
            if not isinstance(frame, SourceUnreachable):
                entered.append((file, frame.sentence if isinstance(frame, AppError) else next(vectors)))
        return entered, [frame for frame in frames if isinstance(frame, AppError)]

    # ── finding pictures ─────────────────────────────────────────────────────────────────────────────────────────────

    def find_by_text(
        self,
        text: str,
        count: int,
        *,
        among: Among = EVERYTHING,
        on_load: OnProgress = lambda *_: None,
        cancelled: Callable[[], bool] = never,
    ) -> list[Near]:
        """Of some pictures those that show what a text says, the best first; none where none does.

        Raises:
            SourceError: the text is longer than the model reads.
            Cancelled, ModelMissing, ModelBroken, EngineError.
        """
        text = text.encode("utf-8", "replace").decode()  # what is no text in the shell's encoding
        request = ImageRequest("embed", texts=(text,))
        near = self._find(request, among, fit.text_fits, on_load, cancelled)
        return self._judged(near, text, cancelled)[:count]

    def find_by_picture(
        self,
        picture: Frame,
        count: int,
        *,
        among: Among = EVERYTHING,
        on_load: OnProgress = lambda *_: None,
        cancelled: Callable[[], bool] = never,
    ) -> list[Near]:
        """Of some pictures those that are like another one, the most alike first.

        Raises:
            Cancelled, ModelMissing, ModelBroken, EngineError.
        """
        return self._find(ImageRequest("embed", (picture,)), among, fit.pictures_fit, on_load, cancelled)[:count]

    def found(self, near: Sequence[Near]) -> list[FoundPicture]:
        """What the pictures are, in the same order, without those that were deleted meanwhile."""
        files = self._gallery.files_by_id(one.file_id for one in near if one.file_id)
        found = []
        for one in near:
            if one.file_id in files:
                found.append(FoundPicture(one.similarity, file=files[one.file_id]))
            elif one.item_id:
                with suppress(ItemMissing):
                    found.append(FoundPicture(one.similarity, item=self._history.item(one.item_id)))
        return found

    def path_of(self, near: Near) -> Path | None:
        """The file of a picture that was found; None when it was deleted meanwhile."""
        if near.item_id:
            return self._gallery.picture_of(near.item_id)
        file = self._gallery.files_by_id([near.file_id]).get(near.file_id)
        return file.path if file else None

    def _find(
        self,
        request: ImageRequest,
        among: Among,
        fits: Callable[[Vectors, Vector, Vectors], NDArray[np.bool_]],
        on_load: OnProgress,
        cancelled: Callable[[], bool],
    ) -> list[Near]:
        spec = self.spec()
        space = space_of(spec)
        index = self._index(space)
        if not len(index):  # nothing to load a model for
            return []
        with self._pool.acquire(spec, on_progress=on_load, cancelled=cancelled) as lease:
            query = lease.ask(request, cancelled=cancelled, priority=Priority.QUESTION).vectors[0]
            references = self._references.get(space)
            if references is None:
                words = ImageRequest("embed", texts=fit.REFERENCE_WORDS)
                references = lease.ask(words, cancelled=cancelled, priority=Priority.QUESTION).vectors
                self._references[space] = references
        near, vectors = index.nearest(query, CANDIDATES, among)
        which = fits(vectors, query, references)
        return list(itertools.compress(near, which))

    def _judged(self, near: list[Near], text: str, cancelled: Callable[[], bool]) -> list[Near]:
        """The first ones again, in the order of a model that looks at each picture and the text together."""
        installed = self._catalogue.installed("match")
        if not installed or not near:
            return near
        first, rest = near[:RERANKED], near[RERANKED:]
        chances = dict.fromkeys(first, 0.0)
        engine = installed[0].engines[0]
        spec = self._catalogue.spec(engine, installed[0].id, self._options(engine))
        with self._pool.acquire(spec, cancelled=cancelled) as lease:
            for one in first:
                path = self.path_of(one)
                try:
                    frame = None if path is None else read_image(path, longest_px=LONGEST_PX)
                except SourceError:  # gone since it was indexed
                    continue
                if frame is not None:
                    request = ImageRequest("match", (frame,), texts=(text,))
                    judged: MatchScores = lease.ask(request, cancelled=cancelled, priority=Priority.QUESTION)
                    chances[one] = judged.scores[0]
        return sorted(first, key=lambda one: -chances[one]) + rest

    def _index(self, space: str) -> VectorIndex:
        with self._lock:
            return self._indexes.setdefault(space, VectorIndex(self._gallery, space))


def space_of(spec: EngineSpec) -> str:
    """A name for the space of a model: another one as soon as its files differ."""
    digest = hashlib.sha256()
    for path in sorted(Path(spec.model_path).iterdir()):
        if path.suffix in (".safetensors", ".bin", ".json"):
            with path.open("rb") as file:
                size_bytes = path.stat().st_size
                digest.update(f"{path.name} {size_bytes}".encode())
                digest.update(file.read(1 << 16))
                file.seek(max(0, size_bytes - (1 << 16)))
                digest.update(file.read())
    return f"{spec.model_id} {digest.hexdigest()[:16]}"


class _Meter:
    """Counts what is done and estimates when the rest will be."""

    def __init__(self, total: int, on_progress: OnIndexProgress) -> None:
        self._total = total
        self._on_progress = on_progress
        self._done = self._n_problems = 0
        self._started_s = time.monotonic()
        on_progress(IndexProgress(0, total))

    def add(self, done: int, n_problems: int) -> None:
        self._done += done
        self._n_problems += n_problems
        taken_s = time.monotonic() - self._started_s
        left_s = taken_s / self._done * (self._total - self._done) if taken_s >= TOLD_FROM_S else None
        self._on_progress(IndexProgress(self._done, self._total, self._n_problems, left_s))


def _is_done(known: Any, found: FoundFile) -> bool:
    return known is not None and known.is_done and known.found == found


def _embed(lease: EngineLease, frames: Sequence[Frame], cancelled: Callable[[], bool]) -> Sequence[Vector]:
    """A vector for each picture; an engine that dies is asked once more."""
    if not frames:
        if cancelled():
            raise Cancelled
        return []
    request = ImageRequest("embed", tuple(frames))
    try:
        vectors: Vectors = lease.ask(request, cancelled=cancelled, priority=Priority.BACKGROUND).vectors
    except EngineDied:
        vectors = lease.ask(request, cancelled=cancelled, priority=Priority.BACKGROUND).vectors
    return list(vectors)


def _read_ahead(
    lots: Iterable[Sequence[T]], path_of: Callable[[T], Path]
) -> Generator[tuple[Sequence[T], list[Frame | AppError]]]:
    """Each lot with its pictures, or what was wrong with them; the next lot is read while this one is worked on."""

    def read(lot: Sequence[T]) -> list[Frame | AppError]:
        return [_read(path_of(one)) for one in lot]

    with ThreadPoolExecutor(1, "picture reader") as reader:
        waiting: list[tuple[Sequence[T], Future[list[Frame | AppError]]]] = []
        for lot in lots:
            waiting.append((lot, reader.submit(read, lot)))
            if len(waiting) > 1:
                ready, frames = waiting.pop(0)
                yield ready, frames.result()
        for ready, frames in waiting:
            yield ready, frames.result()


def _read(path: Path) -> Frame | AppError:
    try:
        return read_image(path, longest_px=LONGEST_PX)
    except SourceError as error:
        return error


def _lots(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for first in range(0, len(values), size):
        yield values[first : first + size]


def _wait(written: Future[T], cancelled: Callable[[], bool]) -> T:
    """What came of it, when it is in the database, so that memory does not fill up behind a locked one.

    Raises:
        Cancelled: it is still written, or waits in the journal.
    """
    while True:
        try:
            return written.result(0.2)
        except TimeoutError:
            if cancelled():
                raise Cancelled from None
