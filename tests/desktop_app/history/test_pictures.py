"""What was seen and drawn: pictures with what was said about them, kept whole or not at all."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.history.records import Remark
from desktop_app.history.retention import RetentionPolicy
from desktop_app.history.store import PRIVATE_FROM, History
from tests.desktop_app.history.test_writer import locked_by_another_process
from tests.small_disk import mounted
from workers.errors import DiskError, HistoryError, SourceError
from workers.results import LabelScores

CAPTION = Remark("caption", "a green frog on a leaf", model_id="starter-blip-caption", size_px=(640, 480))
ANSWER = Remark(
    "answer", "a frog", question="What is this?", model_id="starter-blip-vqa",
    time_to_first_token_s=0.25, tokens_per_s=12.5,
)  # fmt: skip

DIES_BEFORE_THE_ROW = """
import os, sys
from pathlib import Path
import numpy as np
from desktop_app.history.store import History

history = History(Path(sys.argv[1]))
history._submit = lambda *_, **__: os.kill(os.getpid(), 9)
history.add_snapshot(np.zeros((48, 64, 3), np.uint8))
"""


@pytest.fixture(scope="session")
def frame() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)


def png(frame: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "PNG")
    return file.getvalue()


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def test_snapshot_keeps_its_picture_and_what_was_said(history: History, frame: np.ndarray) -> None:
    labels = Remark.of_labels(LabelScores((("frog", 0.7), ("toad", 0.25), ("cat", 0.05)), none_score=0.1), "clip")

    item_id = history.add_snapshot(
        frame, remarks=[labels, CAPTION], source="Webcam", details={"mirrored": True}
    ).result()
    history.add_remark(item_id, ANSWER).result()

    item = history.item(item_id)
    assert (item.kind, item.state, item.source, item.details) == (
        "snapshot", "finished", "Webcam", {"mirrored": True},
    )  # fmt: skip
    assert item.preview == "a green frog on a leaf. frog, toad. What is this?"
    assert item.picture
    assert item.thumbnail
    assert (size_of(item.picture), size_of(item.thumbnail)) == ((640, 480), (320, 240))
    assert item.size_bytes == item.picture.stat().st_size + item.thumbnail.stat().st_size
    said = history.remarks(item_id)
    assert [replace(remark, said_at=None, id=0) for remark in said] == [labels, CAPTION, ANSWER]
    assert all(abs((remark.said_at - item.created_at).total_seconds()) < 60 for remark in said if remark.said_at)


@pytest.mark.parametrize("word", ["frog", "TOAD", "leaf", "this"])
def test_what_was_said_about_a_picture_is_found(history: History, frame: np.ndarray, word: str) -> None:
    labels = Remark.of_labels(LabelScores((("toad", 0.7), ("cat", 0.01))), "clip")
    item_id = history.add_snapshot(frame, remarks=[labels, CAPTION, ANSWER]).result()

    assert [item.id for item in history.items(word)] == [item_id]
    assert {hit.item_id for hit in history.search(word, kind="snapshot")} == {item_id}
    assert history.search("cat") == []


def test_labels_that_lose_against_the_background_are_not_what_a_picture_shows() -> None:
    assert Remark.of_labels(LabelScores((("cat", 0.3), ("dog", 0.2)), none_score=0.5), "clip").text == ""


def test_drawn_picture_keeps_everything_that_made_it(history: History, frame: np.ndarray) -> None:
    settings = {"seed": 7, "guidance_scale": 7.5, "controls": ["scribble"], "negative_prompt": "blurry"}
    data = png(frame)

    item_id = history.add_picture(
        data, prompt="a castle at night", engine="stable-diffusion", model_id="starter-sd", details=settings
    ).result()

    item = history.item(item_id)
    assert (item.kind, item.model_id, item.details, item.preview) == (
        "picture", "starter-sd", settings, "a castle at night",
    )  # fmt: skip
    assert item.picture
    assert item.picture.name == "picture.png"
    assert item.picture.read_bytes() == data
    assert history.remarks(item_id) == []
    assert [found.id for found in history.items("castle")] == [item_id]


def test_drawn_pixels_are_kept_without_loss(history: History, frame: np.ndarray) -> None:
    item = history.item(history.add_picture(frame).result())

    assert item.picture
    assert np.array_equal(np.asarray(Image.open(item.picture)), frame)


def test_remark_is_rated_and_corrected(history: History, frame: np.ndarray) -> None:
    item_id = history.add_snapshot(frame, remarks=[CAPTION]).result()
    (remark,) = history.remarks(item_id)

    history.rate_remark(remark.id, -1)
    history.edit_segment(remark.id, "a toad").result()

    (remark,) = history.remarks(item_id)
    assert (remark.rating, remark.text) == (-1, "a toad")
    assert history.search("toad")
    with pytest.raises(HistoryError):
        history.rate_remark(999, 1).result()


def test_remarks_are_in_the_order_in_which_they_were_made(history: History, frame: np.ndarray) -> None:
    item_id = history.add_snapshot(frame).result()
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)

    history.add_remark(item_id, replace(ANSWER, question="Later?", said_at=noon.replace(hour=13)))
    history.add_remark(item_id, replace(ANSWER, question="First?", said_at=noon)).result()

    assert [(remark.question, remark.said_at) for remark in history.remarks(item_id)] == [
        ("First?", noon),
        ("Later?", noon.replace(hour=13)),
    ]


def test_remark_on_nothing_is_refused(history: History) -> None:
    with pytest.raises(HistoryError):
        history.add_remark(999, CAPTION).result()


def test_deleted_snapshot_leaves_no_trace(history: History, folder: Path, frame: np.ndarray) -> None:
    item_id = history.add_snapshot(frame, remarks=[replace(CAPTION, text="secretissimo")]).result()

    history.delete(item_id).result()

    assert not list((folder / "media").iterdir())
    assert not any(b"secretissimo" in path.read_bytes() for path in folder.glob("history.db*"))


def test_snapshots_go_when_their_time_is_over_unless_pinned(history: History, frame: np.ndarray) -> None:
    old, pinned = (history.add_snapshot(frame).result() for _ in range(2))
    history.update_item(pinned, is_pinned=True)

    history.apply_retention(RetentionPolicy(keep_days=-1)).result()

    assert [item.id for item in history.items()] == [pinned]
    assert not history.media_path(old, "snapshot.jpg").exists()


def test_private_snapshot_is_nowhere_on_disk(history: History, folder: Path, frame: np.ndarray) -> None:
    item_id = history.add_snapshot(frame, remarks=[CAPTION], is_private=True).result()
    history.add_remark(item_id, ANSWER).result()

    assert item_id >= PRIVATE_FROM
    assert [remark.text for remark in history.remarks(item_id)] == [CAPTION.text, ANSWER.text]
    assert history.item(item_id).picture is None
    assert history.items() == []
    assert not (folder / "media").exists()


def test_bytes_that_are_no_picture_are_refused_and_leave_nothing(history: History, folder: Path) -> None:
    with pytest.raises(SourceError):
        history.add_snapshot(b"no picture").result()

    assert history.items() == []
    assert not list((folder / "media").iterdir())


def test_full_disk_is_told_and_leaves_nothing(tmp_path: Path, frame: np.ndarray) -> None:
    with mounted(tmp_path, "800k") as disk:
        history = History(disk / "history")
        with pytest.raises(DiskError, match="full"):
            history.add_picture(frame).result()  # noise of 900 KB

        assert not list((disk / "history" / "media").iterdir())
        history.close()


def test_snapshot_waits_for_a_locked_database(history: History, folder: Path, frame: np.ndarray) -> None:
    with locked_by_another_process(folder):
        added = history.add_snapshot(frame, remarks=[CAPTION])
        history.close(0.5)  # the database took nothing: it waits in the journal

    assert isinstance(added.exception(), HistoryError)
    again = History(folder)
    (item,) = again.items("frog")
    assert item.picture
    assert item.picture.is_file()
    again.close()


def test_picture_whose_window_died_before_the_row_is_listed(folder: Path) -> None:
    died = subprocess.run([sys.executable, "-c", DIES_BEFORE_THE_ROW, str(folder)], check=False)
    assert died.returncode == -signal.SIGKILL
    unfinished = next((folder / "media").iterdir()) / "picture.png.unfinished"
    unfinished.touch()

    history = History(folder)

    (item,) = history.items()
    assert (item.kind, item.state) == ("snapshot", "finished")
    assert item.picture
    assert item.thumbnail
    assert size_of(item.picture) == size_of(item.thumbnail) == (64, 48)
    assert not os.path.exists(unfinished)
    history.close()


def test_two_windows_add_at_once(history: History, folder: Path, frame: np.ndarray) -> None:
    other = History(folder)

    numbers = [window.add_snapshot(frame).result() for window in (history, other) * 3]

    assert len({*numbers}) == 6
    assert {item.id for item in other.items()} == {*numbers}
    other.close()
