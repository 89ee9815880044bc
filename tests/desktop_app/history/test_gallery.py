"""Files of the user's own and vectors of every picture, as the history keeps them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop_app.history.gallery import FoundFile, Lacking
from desktop_app.history.store import History
from tests.desktop_app.history.test_writer import locked_by_another_process

FRAME = np.zeros((8, 8, 3), np.uint8)


@pytest.fixture(autouse=True)
def _folder_of_pictures(history: History) -> None:
    history.gallery.add_folder(Path("/pictures"))


def found(name: str, size_bytes: int = 10) -> FoundFile:
    return FoundFile(f"/pictures/{name}", size_bytes, 1_700_000_000_000_000_000)


def vector(seed: int, width: int = 4) -> np.ndarray:
    numbers = np.random.default_rng(seed).normal(size=width).astype(np.float32)
    return numbers / np.linalg.norm(numbers)


def stored(history: History, space: str = "clip") -> list[tuple[int, int]]:
    """Item and file of each vector."""
    return [
        (int(item), int(file))
        for part in history.gallery.vectors(space)
        for item, file in zip(part.item_ids, part.file_ids, strict=True)
    ]


def test_files_are_known_again_with_their_vectors(history: History) -> None:
    gallery = history.gallery

    gallery.put_files("clip", [(found("a.jpg"), vector(1)), (found("b.jpg"), "It is damaged.")]).result()

    known = gallery.known_files(Path("/pictures"), "clip")
    assert {path: (file.found, file.is_done) for path, file in known.items()} == {
        "/pictures/a.jpg": (found("a.jpg"), True),
        "/pictures/b.jpg": (found("b.jpg"), True),
    }
    assert not gallery.known_files(Path("/pictures"), "another")["/pictures/a.jpg"].is_done
    assert [file.path.name for file in gallery.files()] == ["a.jpg"]
    (part,) = gallery.vectors("clip")
    assert np.array_equal(part.vectors, vector(1)[None])
    (folder,) = gallery.folders()
    assert (folder.path, folder.n_files, folder.n_problems) == (Path("/pictures"), 2, 1)


def test_changed_file_gets_another_vector_with_a_higher_number(history: History) -> None:
    history.gallery.put_files("clip", [(found("a.jpg"), vector(1))])
    history.gallery.put_vectors("other", [(Lacking(Path(), file_id=1), vector(9))]).result()
    before = history.gallery.extent("clip")

    history.gallery.put_files("clip", [(found("a.jpg", size_bytes=11), vector(2))]).result()

    assert before == (1, 1)
    assert history.gallery.extent("clip") == (1, 3)
    assert history.gallery.extent("other")[0] == 0  # it was of the file as it was
    (part,) = history.gallery.vectors("clip")
    assert np.array_equal(part.vectors, vector(2)[None])


def test_file_that_can_no_longer_be_read_loses_its_vector(history: History) -> None:
    history.gallery.put_files("clip", [(found("a.jpg"), vector(1))])

    history.gallery.put_files("clip", [(found("a.jpg", size_bytes=3), "It is damaged.")]).result()

    assert stored(history) == []
    assert history.gallery.lacking("clip") == []


def test_what_lacks_a_vector_is_listed_the_newest_item_first(history: History, folder: Path) -> None:
    old, new = (history.add_snapshot(FRAME).result() for _ in range(2))
    history.gallery.put_files("another model", [(found("a.jpg"), vector(1)), (found("b.jpg"), "Damaged.")]).result()

    lacking = history.gallery.lacking("clip")
    history.gallery.put_vectors("clip", [(lacking[0], vector(2)), (lacking[2], vector(3))]).result()

    assert lacking == [
        Lacking(folder / "media" / f"{new:06}" / "snapshot.jpg", item_id=new),
        Lacking(folder / "media" / f"{old:06}" / "snapshot.jpg", item_id=old),
        Lacking(Path("/pictures/a.jpg"), file_id=1),
    ]
    assert [one.item_id for one in history.gallery.lacking("clip")] == [old]
    assert stored(history) == [(new, 0), (0, 1)]


def test_vector_goes_with_its_item_and_its_file(history: History, folder: Path) -> None:
    item_id = history.add_snapshot(FRAME).result()
    history.gallery.put_files("clip", [(found("a.jpg"), vector(1))]).result()
    history.gallery.put_vectors("clip", [(Lacking(Path(), item_id=item_id), vector(2))]).result()
    (part,) = history.gallery.vectors("clip")
    bytes_of_one = part.vectors[0].tobytes()

    history.delete(item_id)
    history.gallery.forget_files([1]).result()

    assert stored(history) == []
    assert not any(bytes_of_one in path.read_bytes() for path in folder.glob("history.db*"))


def test_vector_of_what_was_deleted_meanwhile_is_dropped(history: History) -> None:
    item_id = history.add_snapshot(FRAME).result()
    (lacking,) = history.gallery.lacking("clip")
    history.delete(item_id)

    history.gallery.put_vectors("clip", [(lacking, vector(1))]).result()

    assert stored(history) == []


def test_forgotten_folder_keeps_the_files_of_others(history: History) -> None:
    gallery = history.gallery
    for path in ("/pictures/best", "/pictures2"):
        gallery.add_folder(Path(path))
    names = ("/pictures/a.jpg", "/pictures/best/b.jpg", "/pictures/best.jpg", "/pictures2/c.jpg")
    gallery.put_files("clip", [(FoundFile(name, 1, 1), vector(1)) for name in names]).result()

    assert gallery.forget_folder(Path("/pictures")).result() == 2

    assert {str(file.path) for file in gallery.files()} == {"/pictures/best/b.jpg", "/pictures2/c.jpg"}
    assert len(stored(history)) == 2


def test_file_of_a_folder_that_was_forgotten_meanwhile_is_not_entered(history: History) -> None:
    gallery = history.gallery
    gallery.add_folder(Path("/pictures/best"))
    gallery.forget_folder(Path("/pictures"))
    names = ("/pictures/a.jpg", "/pictures/best/b.jpg", "/pictures/best.jpg")

    n_entered = gallery.put_files("clip", [(FoundFile(name, 1, 1), vector(1)) for name in names]).result()

    assert n_entered == 1
    assert [str(file.path) for file in gallery.files()] == ["/pictures/best/b.jpg"]
    assert len(stored(history)) == 1


def test_vectors_of_other_models_are_dropped(history: History) -> None:
    history.gallery.put_files("old", [(found("a.jpg"), vector(1))])
    history.gallery.put_vectors("new", [(Lacking(Path(), file_id=1), vector(2))])

    assert history.gallery.keep_only_space("new").result() == 1

    assert (stored(history, "old"), stored(history, "new")) == ([], [(0, 1)])


def test_vectors_wait_for_a_locked_database(history: History, folder: Path) -> None:
    with locked_by_another_process(folder):
        history.gallery.put_files("clip", [(found("a.jpg"), vector(1))])
        history.close(0.5)

    again = History(folder)
    (part,) = again.gallery.vectors("clip")
    assert np.array_equal(part.vectors, vector(1)[None])
    again.close()
