"""The one writer: order, a database that takes nothing for a while, and the journal that bridges it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop_app.history.changes import Change
from desktop_app.history.store import History
from desktop_app.history.writer import Journal
from tests.desktop_app.history.conftest import words
from tests.small_disk import files_end_at, mounted, resize
from workers.errors import AppError, DiskError, HistoryError, HistoryLocked

HOLDS_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2])
print("locked", flush=True)
sys.stdin.readline()
"""


@contextmanager
def locked_by_another_process(folder: Path, how: str = "BEGIN EXCLUSIVE") -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_LOCK, str(folder / "history.db"), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdin
        assert holder.stdout.readline() == "locked\n"
        yield
        holder.stdin.close()


def journal(folder: Path) -> str:
    return "".join(path.read_text() for path in (folder / "journal").glob("*.jsonl"))


class Problems(list[AppError]):
    """Collects problems and can be waited for."""

    def __init__(self) -> None:
        self.came = threading.Event()

    def __call__(self, problem: AppError) -> None:
        self.append(problem)
        self.came.set()


def test_words_wait_in_order_while_another_program_locks_the_database(folder: Path) -> None:
    problems = Problems()
    history = History(folder, on_problem=problems)
    item_id = history.begin().result()
    history.append_words(item_id, "me", words("before")).result()

    with locked_by_another_process(folder):
        futures = [history.append_words(item_id, "me", words(f"word{n}", start_s=n)) for n in range(1, 20)]
        begun = history.begin(title="while locked").result()
        assert problems.came.wait(30)
        assert not any(future.done() for future in futures)
        assert "word19" in journal(folder)
        assert history.segments(item_id)[0].text == "before"
    for future in futures:
        future.result(30)

    assert [type(problem) for problem in problems] == [HistoryLocked]
    assert "in use by another program" in problems[0].sentence
    assert history.segments(item_id)[0].text == " ".join(["before", *(f"word{n}" for n in range(1, 20))])
    assert history.item(begun).title == "while locked"
    assert journal(folder) == ""
    history.close()


SPEAKS_WHILE_LOCKED = """
import sys, threading, time
from pathlib import Path
from desktop_app.history.store import History
from workers.results import Word

told = threading.Event()
history = History(Path(sys.argv[1]), on_problem=lambda problem: told.set())
item_id = history.begin(title="mine").result()
history.append_words(item_id, "me", [Word(" hello", 0, 1, 1.0)])
history.append_words(item_id, "me", [Word(" world", 1, 2, 1.0)])
told.wait()
while not any(" world" in path.read_text() for path in Path(sys.argv[1], "journal").iterdir()):
    time.sleep(0.01)
print("told", flush=True)
sys.stdin.readline()
"""


def kill_while_locked(folder: Path) -> None:
    History(folder).close()
    with (
        locked_by_another_process(folder),
        subprocess.Popen(
            [sys.executable, "-c", SPEAKS_WHILE_LOCKED, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child,
    ):
        assert child.stdout
        assert child.stdout.readline() == "told\n"
        os.kill(child.pid, signal.SIGKILL)


def test_words_spoken_while_locked_outlive_a_kill(folder: Path) -> None:
    kill_while_locked(folder)

    history = History(folder)

    (item,) = history.unfinished()
    assert (item.title, item.preview) == ("mine", "hello world")
    assert journal(folder) == ""
    history.close()


def test_journal_is_not_replayed_twice(folder: Path, tmp_path: Path) -> None:
    kill_while_locked(folder)
    shutil.copytree(folder / "journal", tmp_path / "copy")
    History(folder).close()
    # As if it had been killed after the commit and before it could delete the file.
    shutil.copytree(tmp_path / "copy", folder / "journal", dirs_exist_ok=True)

    history = History(folder)

    assert [item.preview for item in history.items()] == ["hello world"]
    assert journal(folder) == ""
    history.close()


def test_journal_with_half_a_line_gives_the_whole_ones(folder: Path) -> None:
    kill_while_locked(folder)
    (path,) = (folder / "journal").glob("*.jsonl")
    path.write_bytes(path.read_bytes()[:-20])

    history = History(folder)

    assert [item.preview for item in history.unfinished()] == ["hello"]
    history.close()


ITEM = {"created_at": 1.0, "kind": "speech", "title": "", "source": "", "engine": "", "model_id": "", "language": ""}
ITEM |= {"tracks": "[]", "state": "finished"}


def begin(item_id: int) -> Change:
    return Change("begin", {"item_id": item_id, **ITEM})


def test_journals_of_several_windows_are_replayed_oldest_first(folder: Path) -> None:
    titles = [Change("update_item", {"item_id": 1, "title": title}) for title in ("older", "newer")]
    (folder / "journal").mkdir(parents=True)
    for change in (begin(1), *titles):
        left = Journal(folder / "journal")
        left.append([change])
        left.close()

    history = History(folder)
    history.flush()

    assert [item.title for item in history.items()] == ["newer"]
    history.close()


def test_change_that_finds_no_room_leaves_no_part_of_a_line(folder: Path) -> None:
    (folder / "journal").mkdir(parents=True)
    left = Journal(folder / "journal")
    left.append([begin(1)])

    with files_end_at(len(journal(folder)) + 20), pytest.raises(OSError, match="No space"):
        left.append([begin(2)])
    left.append([begin(3)])
    left.close()

    history = History(folder)
    history.flush()
    assert {item.id for item in history.items()} == {1, 3}
    history.close()


def test_refused_change_leaves_nothing_of_itself(history: History) -> None:
    first = {"track": "me", "words": [], "language": "en", "original_text": "half", "start_s": 0, "end_s": 1}
    segments = [first | {"edits": []}, first | {"edits": [], "start_s": None}]

    with pytest.raises(IndexError):
        history._submit("import_item", item_id=1, item=ITEM, segments=segments).result()

    assert history.items() == []


def test_journal_of_a_running_window_is_left_to_it(folder: Path) -> None:
    problems = Problems()
    first = History(folder, on_problem=problems)
    item_id = first.begin().result()
    first.flush()
    with locked_by_another_process(folder):
        spoken = first.append_words(item_id, "me", words("once"))
        assert problems.came.wait(30)
        second = History(folder)
        spilled = journal(folder)
    spoken.result(30)

    assert "once" in spilled
    assert second.item(item_id).preview == "once"
    first.close()
    second.close()


def test_close_while_locked_ends_in_time_and_the_next_start_has_everything(folder: Path) -> None:
    history = History(folder)
    item_id = history.begin().result()
    history.flush()

    with locked_by_another_process(folder):
        spoken = history.append_words(item_id, "me", words("last words"))
        history.close(timeout_s=0.1)
    with pytest.raises(HistoryError, match="closed before"):
        spoken.result(0)

    again = History(folder)
    assert again.item(item_id).preview == "last words"
    again.close()


def test_start_while_another_program_keeps_the_database_to_itself_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.history.database.OPEN_TIMEOUT_S", 0.1)
    History(folder).close()
    holds_all = "PRAGMA locking_mode = EXCLUSIVE"
    with sqlite3.connect(folder / "history.db", isolation_level=None) as holder:
        holder.execute(holds_all)
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(HistoryLocked, match=r"in use by another program.*only on the screen"):
            History(folder)
        holder.execute("ROLLBACK")
    holder.close()

    History(folder).close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path, "400k") as disk:
        yield disk


def test_words_wait_while_the_disk_is_full(small_disk: Path) -> None:
    problems = Problems()
    history = History(small_disk / "history", on_problem=problems)
    item_id = history.begin().result()
    texts = [f"number {n} " + "word " * 200 for n in range(100)]

    futures = [
        history.append_words(item_id, "me", words(text, start_s=n), ends_segment=True) for n, text in enumerate(texts)
    ]
    assert problems.came.wait(30)
    resize(small_disk, "100m")
    for future in futures:
        future.result(30)

    assert isinstance(problems[0], DiskError)
    assert [segment.text for segment in history.segments(item_id)] == [text.strip() for text in texts]
    history.close()


def test_failing_callback_of_a_future_does_not_stop_the_writer(
    history: History, say: Callable[..., int], caplog: pytest.LogCaptureFixture
) -> None:
    item_id = say("one")
    history.update_item(item_id, title="two").add_done_callback(lambda _: 1 / 0)
    caplog.clear()

    history.update_item(item_id, title="three").result(30)

    assert history.item(item_id).title == "three"


def test_words_are_written_although_nobody_could_be_told_of_the_lock(folder: Path) -> None:
    told = threading.Event()

    def window_is_gone(_problem: AppError) -> None:
        told.set()
        raise RuntimeError("the window is gone")

    history = History(folder, on_problem=window_is_gone)
    item_id = history.begin().result()
    with locked_by_another_process(folder):
        spoken = history.append_words(item_id, "me", words("all the same"))
        assert told.wait(30)
    spoken.result(30)

    assert history.item(item_id).preview == "all the same"
    history.close()
