"""Pictures are found by what they show: with the starter CLIP, through the history's own tables."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import struct
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from desktop_app.history.store import History
from desktop_app.library import library as library_module
from desktop_app.library.found import IndexProgress
from desktop_app.library.library import Library, space_of
from desktop_app.library.vectors import Near
from tests.desktop_app.history.test_writer import locked_by_another_process
from tests.small_disk import mounted, resize
from tests.workers.engines.vision.conftest import PICTURES, STARTERS, THINGS, picture, save_blip
from workers.catalogue.catalogue import STARTERS_DIR, Catalogue
from workers.engine_pool import EnginePool
from workers.engines.vision.clip import Clip, ClipOptions
from workers.errors import AppError, Cancelled, DiskError, ModelMissing, SourceError
from workers.results import ImageRequest
from workers.sources.image_file import read_image


def names(library: Library, near: list[Near]) -> list[str]:
    return [path.stem.replace("-", " ") for one in near if (path := library.path_of(one))]


def disk_free(disk: Path) -> int:
    return shutil.disk_usage(disk).free


def vector_rows(history: History) -> int:
    with closing(sqlite3.connect(history._path)) as connection:
        return int(connection.execute("SELECT count(*) FROM embeddings").fetchone()[0])


# ── indexing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_folder_is_indexed_once_and_then_only_what_changed(library: Library, history: History, album: Path) -> None:
    first = library.index_folder(album)
    again = library.index_folder(album)
    (album / "more" / "boat.jpg").unlink()
    shutil.copy(PICTURES / "boat.jpg", album / "more" / "frog.jpg")
    shutil.copy(PICTURES / "frog.jpg", album / "new.jpg")
    third = library.index_folder(album)

    assert (first.n_files, first.n_new, first.n_gone, first.n_problems) == (8, 8, 0, 0)
    assert (again.n_files, again.n_new, again.n_gone) == (8, 0, 0)
    assert (third.n_files, third.n_new, third.n_gone) == (8, 2, 1)
    assert names(library, library.find_by_text("a frog", 5))[0] == "new"
    assert vector_rows(history) == 8


def bomb(width: int, height: int) -> bytes:
    """The beginning of a picture that says how large it would be."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def test_pictures_of_every_kind_and_what_cannot_be_read(library: Library, album: Path) -> None:
    (album / "bomb.png").write_bytes(bomb(20_000, 20_000))
    (album / "cut.jpg").write_bytes((PICTURES / "frog.jpg").read_bytes()[:900])
    (album / "empty.png").touch()
    (album / "text.gif").write_text("no picture")
    Image.open(PICTURES / "frog.jpg").convert("CMYK").save(album / "cmyk.jpg")
    Image.open(PICTURES / "frog.jpg").convert("RGBA").save(album / "alpha.webp")
    (album / "loop").symlink_to(album)

    indexed = library.index_folder(album)
    again = library.index_folder(album)

    assert (indexed.n_files, indexed.n_problems) == (10, 4)
    assert sorted(Path(str(problem.values["path"])).name for problem in indexed.problems) == [
        "bomb.png", "cut.jpg", "empty.png", "text.gif",
    ]  # fmt: skip
    assert (again.n_new, again.n_problems, again.problems) == (0, 4, ())  # not tried again
    assert set(names(library, library.find_by_text("a frog", 3))) == {"frog", "cmyk", "alpha"}


def test_interrupted_index_goes_on_where_it_stopped(
    library: Library, history: History, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "AT_ONCE", 2)
    told: list[IndexProgress] = []

    with pytest.raises(Cancelled):
        library.index_folder(album, on_progress=told.append, cancelled=lambda: any(one.done >= 4 for one in told))
    kept = vector_rows(history)
    finished = library.index_folder(album)

    assert 4 <= kept < 8
    assert finished.n_new == 8 - kept
    assert (told[0].done, told[0].total) == (0, 8)
    assert vector_rows(history) == 8


def test_time_left_is_told_as_soon_as_some_work_was_measured(
    library: Library, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count(0, 2.0)  # between one look at the clock and the next
    monkeypatch.setattr(library_module, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    monkeypatch.setattr(library_module, "AT_ONCE", 2)
    told: list[IndexProgress] = []

    library.index_folder(album, on_progress=told.append)

    left = [(one.done, one.left_s) for one in told if one.total]
    assert left == [(0, None), (2, None), (4, 4.0), (6, 2.0), (8, 0.0)]


def test_folder_that_cannot_be_read_now_loses_nothing(
    library: Library, history: History, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.index_folder(album)
    monkeypatch.setattr("desktop_app.library.folder.os.scandir", failing_for(album / "more"))

    indexed = library.index_folder(album)

    assert (indexed.n_files, indexed.n_gone) == (8, 0)
    assert [problem.sentence for problem in indexed.problems] == [f"{album / 'more'} may not be read."]


def test_pictures_of_a_disk_that_is_unplugged_meanwhile_are_looked_at_when_it_is_back(
    library: Library, album: Path, tmp_path: Path
) -> None:
    def unplug(progress: IndexProgress) -> None:
        if progress.total and not progress.done:
            (album / "more").rename(tmp_path / "unplugged")

    indexed = library.index_folder(album, on_progress=unplug)
    (tmp_path / "unplugged").rename(album / "more")
    again = library.index_folder(album)

    assert (indexed.n_files, indexed.n_new, indexed.n_problems) == (4, 4, 4)
    assert {Path(str(problem.values["path"])).parent for problem in indexed.problems} == {album / "more"}
    assert (again.n_files, again.n_new, again.n_problems) == (8, 4, 0)


def failing_for(folder: Path) -> Callable[[str], object]:
    import os

    scandir = os.scandir

    def scan(path: str) -> object:
        if path == str(folder):
            raise OSError(5, "Input/output error")
        return scandir(path)

    return scan


def test_folder_that_another_window_forgets_while_it_is_indexed_is_given_up(
    library: Library, history: History, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "AT_ONCE", 2)
    told: list[IndexProgress] = []

    def on_progress(progress: IndexProgress) -> None:
        told.append(progress)
        if progress.done == 2 and progress.total:
            history.gallery.forget_folder(album).result()

    with pytest.raises(SourceError, match="was forgotten"):
        library.index_folder(album, on_progress=on_progress)

    assert told[-1].done == 2  # it ended with the next lot
    assert (history.gallery.folders(), history.gallery.files()) == ([], [])


def test_the_model_is_the_chosen_one_or_one_of_many_languages(
    history: History, pool: EnginePool, tmp_path: Path
) -> None:
    catalogue, chosen = Catalogue(tmp_path / "models"), [""]
    library = Library(history, catalogue, pool, model=lambda: chosen[0])
    assert library.spec().model_id == "starter-clip"
    assert library.understands("a cat")
    assert not library.understands("猫")

    for model_id in ("clip-vit-base-patch32", "siglip2-base-patch16-224"):
        shutil.copytree(STARTERS_DIR / "starter-clip", catalogue.models_dir / model_id)

    assert library.spec().model_id == "siglip2-base-patch16-224"
    assert library.understands("猫")
    chosen[0] = "clip-vit-base-patch32"
    assert library.spec().model_id == "clip-vit-base-patch32"


def test_two_windows_index_the_same_folder(library: Library, history: History, album: Path, pool: EnginePool) -> None:
    other_history = History(history._path.parent)
    other = Library(other_history, Catalogue(album / "no models"), pool)

    library.index_folder(album)
    indexed = other.index_folder(album)

    assert (indexed.n_files, indexed.n_new) == (8, 0)
    assert (
        names(other, other.find_by_text("a frog", 1)) == names(library, library.find_by_text("a frog", 1)) == ["frog"]
    )
    other_history.close()


def test_full_disk_is_told_and_the_index_goes_on_when_there_is_space(
    catalogue: Catalogue, pool: EnginePool, album: Path, tmp_path: Path
) -> None:
    with mounted(tmp_path, "1m", together=True) as disk:
        problems, came = [], threading.Event()

        def on_problem(problem: AppError) -> None:
            problems.append(problem)
            came.set()

        history = History(disk / "history", on_problem=on_problem)
        (disk / "ballast").write_bytes(bytes(disk_free(disk)))
        library = Library(history, catalogue, pool)
        with ThreadPoolExecutor(1) as executor:
            indexing = executor.submit(library.index_folder, album)
            assert came.wait(60)
            resize(disk, "10m")
            indexed = indexing.result(60)

        assert isinstance(problems[0], DiskError)
        assert (indexed.n_files, vector_rows(history)) == (8, 8)
        history.close()


def test_index_behind_a_locked_database_can_be_cancelled(library: Library, history: History, album: Path) -> None:
    stopped = threading.Event()
    with locked_by_another_process(history._path.parent), ThreadPoolExecutor(1) as executor:
        indexing = executor.submit(library.index_folder, album, cancelled=stopped.is_set)
        stopped.set()
        with pytest.raises(Cancelled):
            indexing.result(60)


# ── snapshots ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_snapshots_get_their_vectors_and_are_found_by_what_they_show(library: Library, history: History) -> None:
    ids = {thing: history.add_snapshot(picture(thing)).result() for thing in THINGS}
    drawn = history.add_picture((PICTURES / "frog.jpg").read_bytes(), prompt="something green").result()
    assert library.n_lacking() == 9

    assert library.embed_lacking() == 9

    assert library.n_lacking() == library.embed_lacking() == 0
    assert {near.item_id for near in library.find_by_text("a frog", 2)} == {ids["frog"], drawn}
    history.delete(ids["frog"]).result()
    assert [near.item_id for near in library.find_by_text("a frog", 2)] == [drawn]
    assert vector_rows(history) == 8


def test_snapshot_that_cannot_be_read_keeps_nobody_from_the_others(library: Library, history: History) -> None:
    broken, sound = (history.add_snapshot(picture("boat")).result() for _ in range(2))
    history.media_path(broken, "snapshot.jpg").write_bytes(b"broken")

    assert library.embed_lacking() == 1

    assert [near.item_id for near in library.find_by_text("a boat", 5)] == [sound]


def test_no_model_is_loaded_for_pictures_that_cannot_be_read(
    library: Library, history: History, pool: EnginePool
) -> None:
    item_id = history.add_snapshot(picture("boat")).result()
    history.media_path(item_id, "snapshot.jpg").write_bytes(b"broken")

    assert library.embed_lacking() == 0
    assert pool.loaded() == []


def test_only_some_are_looked_at_when_somebody_waits(library: Library, history: History) -> None:
    for thing in THINGS[:3]:
        history.add_snapshot(picture(thing)).result()

    assert library.embed_lacking(most=2, is_urgent=True) == 2
    assert library.n_lacking() == 1


def test_another_model_looks_at_everything_again(
    history: History, pool: EnginePool, album: Path, tmp_path: Path
) -> None:
    starters = tmp_path / "starters"
    shutil.copytree(STARTERS / "starter-clip", starters / "starter-clip")
    library = Library(history, Catalogue(tmp_path / "models", starters_dir=starters), pool)
    history.add_snapshot(picture("carrot")).result()
    library.embed_lacking()
    library.index_folder(album)
    config = starters / "starter-clip" / "config.json"
    config.write_text(config.read_text() + "\n")  # as another version of the app would bring it

    assert library.find_by_text("a frog", 5) == []
    assert library.n_lacking() == 9
    assert library.embed_lacking() == 9

    assert names(library, library.find_by_text("a frog", 5)) == ["frog"]
    assert vector_rows(history) == 9  # the old ones are gone


def test_without_a_model_nothing_is_lacking_and_the_sentence_says_so(
    history: History, pool: EnginePool, tmp_path: Path
) -> None:
    library = Library(history, Catalogue(tmp_path / "models", starters_dir=tmp_path / "none"), pool)
    history.add_snapshot(picture("frog")).result()

    assert library.n_lacking() == 0
    with pytest.raises(ModelMissing):
        library.find_by_text("a frog", 5)


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("thing", THINGS)
def test_the_right_picture_is_found_first(library: Library, album: Path, thing: str) -> None:
    library.index_folder(album)

    article = "" if thing == "grapes" else "an " if thing == "orange" else "a "
    assert names(library, library.find_by_text(article + thing, 3))[0] == thing


def test_words_that_nothing_shows_find_nothing(library: Library, album: Path) -> None:
    library.index_folder(album)

    found = {text: library.find_by_text(text, 9) for text in ("a tax return", "meeting notes", "justice")}
    assert not any(found.values())


def test_picture_finds_its_like(library: Library, album: Path) -> None:
    library.index_folder(album)
    frog = picture("frog")
    darker = (frog[:, ::-1] * 0.7).astype(np.uint8)

    assert names(library, library.find_by_picture(darker, 5)) == ["frog"]


def test_sample_of_several_things_is_found_by_each(library: Library, album: Path) -> None:
    shutil.copy(STARTERS.parent / "samples" / "things.jpg", album)
    library.index_folder(album)

    assert "things" in names(library, library.find_by_picture(read_image(album / "things.jpg"), 3))


def test_ranking_is_that_of_plain_transformers(library: Library, album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.library.fit.TEXT_FITS_FROM", -100.0)  # all of them, to compare the order
    library.index_folder(album)
    import torch
    from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

    folder = STARTERS / "starter-clip"
    model = AutoModel.from_pretrained(folder, dtype=torch.float32)
    pictures = AutoImageProcessor.from_pretrained(folder)(
        images=[picture(thing) for thing in THINGS], return_tensors="pt"
    )
    with torch.inference_mode():
        seen = torch.nn.functional.normalize(model.get_image_features(**pictures).pooler_output, dim=-1)
        for text in ("a frog", "an orange", "a musical instrument"):
            said = AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt")
            said = torch.nn.functional.normalize(model.get_text_features(**said).pooler_output, dim=-1)[0]
            expected = [THINGS[row] for row in (seen @ said).argsort(descending=True)]

            assert names(library, library.find_by_text(text, 9)) == expected


def test_vectors_are_those_of_the_engine(library: Library, history: History, album: Path) -> None:
    library.index_folder(album)
    engine = Clip(STARTERS / "starter-clip", ClipOptions())
    engine.load(lambda *_: None)

    (stored,) = history.gallery.vectors(space_of(library.spec()))
    frames = [picture(history.gallery.files_by_id([file])[file].path.stem) for file in stored.file_ids.tolist()]
    (embeddings,) = engine.run(ImageRequest("embed", tuple(frames)), lambda: False)
    assert np.allclose(stored.vectors, embeddings.vectors, atol=1e-5)


def test_text_that_is_too_long_is_told(library: Library, album: Path) -> None:
    library.index_folder(album)

    with pytest.raises(SourceError, match="too long"):
        library.find_by_text("a frog " * 1000, 5)


def test_nothing_is_loaded_for_an_empty_library(library: Library, pool: EnginePool) -> None:
    assert library.find_by_text("a frog", 5) == []
    assert pool.loaded() == []


def test_model_that_judges_picture_and_text_orders_the_first_ones(
    library: Library,
    catalogue: Catalogue,
    pool: EnginePool,
    album: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desktop_app.library.fit.TEXT_FITS_FROM", -100.0)
    library.index_folder(album)
    before = library.find_by_text("a frog", 9)
    catalogue.add_folder(save_blip(tmp_path / "judge", "BlipForImageTextRetrieval"))
    monkeypatch.setattr(library_module, "RERANKED", 5)

    after = library.find_by_text("a frog", 9)

    spec = catalogue.spec("blip", "judge")
    with pool.acquire(spec) as lease:
        chances = {
            one: lease.ask(ImageRequest("match", (picture(name),), texts=("a frog",))).scores[0]
            for one, name in zip(before[:5], names(library, before), strict=False)
        }
    assert after == sorted(before[:5], key=lambda one: -chances[one]) + before[5:]
    assert after != before
    assert library.find_by_text("a frog", 2) == after[:2]
