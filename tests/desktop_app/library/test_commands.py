"""`index` and `search` on the command line: words and pictures in one list, and a sentence for what is missing."""

from __future__ import annotations

import functools
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app import cli
from desktop_app.history.records import Remark
from desktop_app.history.store import History
from desktop_app.library.commands import _progress
from desktop_app.library.found import IndexProgress
from tests.desktop_app.history.conftest import words
from tests.workers.engines.vision.conftest import PICTURES, picture
from workers.catalogue.catalogue import Catalogue
from workers.engine_pool import EnginePool

SENSORIUM = [sys.executable, "-m", "desktop_app.cli"]


@pytest.fixture(autouse=True)
def _in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines in this process, where torch is imported only once."""
    monkeypatch.setattr("desktop_app.library.commands.EnginePool", functools.partial(EnginePool, placement="thread"))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def say(history: History, text: str) -> int:
    item_id = history.begin(tracks=["me"]).result()
    history.append_words(item_id, "me", words(text), ends_segment=True)
    history.finish(item_id, 1).result()
    return item_id


def test_folder_is_indexed_and_a_picture_found_in_processes_of_their_own(album: Path) -> None:
    indexed = subprocess.run([*SENSORIUM, "index", str(album)], capture_output=True, text=True, check=False)
    found = subprocess.run([*SENSORIUM, "search", "a frog", "--json"], capture_output=True, text=True, check=False)

    assert (indexed.returncode, indexed.stderr) == (0, "")
    assert indexed.stdout == (f"{album}: 8 pictures can be found; 8 new or changed, 0 gone, 0 cannot be read.\n")
    assert (found.returncode, found.stderr) == (0, "")
    line = json.loads(found.stdout.splitlines()[0])
    assert list(line) == ["kind", "id", "score", "text", "path", "when"]
    assert (line["kind"], line["id"], line["text"]) == ("picture", None, "frog.jpg")
    assert Path(line["path"]).name == "frog.jpg"
    assert line["score"] > 0.3


def test_words_come_first_and_then_pictures_that_show_them(
    history: History, album: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["index", str(album)])
    said = say(history, "I saw a frog in the garden")
    captioned = history.add_snapshot(picture("boat"), remarks=[Remark("caption", "a frog on a boat")]).result()
    shown = history.add_snapshot(picture("frog")).result()
    capsys.readouterr()

    assert cli.main(["search", "a frog", "--json"]) == 0

    found = lines(capsys)
    assert [(one["kind"], one["id"]) for one in found[:2]] == [("snapshot", captioned), ("transcript", said)]
    assert {(one["kind"], one["id"]) for one in found[2:]} == {("snapshot", shown), ("picture", None)}
    assert [one["score"] for one in found[2:]] == sorted((one["score"] for one in found[2:]), reverse=True)
    assert all(Path(str(one["path"])).is_file() for one in found if one["kind"] != "transcript")


def test_picture_finds_its_like(history: History, album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["index", str(album)])
    capsys.readouterr()

    assert cli.main(["search", "--image", str(PICTURES / "boat.jpg"), "--json"]) == 0

    assert lines(capsys)[0]["text"] == "boat.jpg"


@pytest.mark.parametrize("kind", ["transcript", "snapshot", "picture"])
def test_only_one_kind_is_found(history: History, album: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    cli.main(["index", str(album)])
    say(history, "a frog")
    history.add_snapshot(picture("frog")).result()
    capsys.readouterr()

    assert cli.main(["search", "a frog", "--kind", kind, "--json"]) == 0

    assert [one["kind"] for one in lines(capsys)] == [kind]


@pytest.mark.parametrize("kind", ["transcript", "snapshot", "picture"])
def test_things_of_another_kind_leave_their_place_to_the_next(
    history: History, album: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    cli.main(["index", str(album)])
    remarks = [Remark("caption", "a frog")]
    for _ in range(2):
        history.add_snapshot(picture("frog")).result()
        say(history, "a frog")
        history.add_snapshot(picture("boat"), remarks=remarks).result()
    capsys.readouterr()

    assert cli.main(["search", "a frog", "--kind", kind, "--limit", "1", "--json"]) == 0

    assert [one["kind"] for one in lines(capsys)] == [kind]


def test_no_more_is_found_than_asked_for(history: History, album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["index", str(album)])
    for _ in range(3):
        say(history, "a frog and a frog")
    capsys.readouterr()

    assert cli.main(["search", "a frog", "--limit", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert cli.main(["search", "a frog", "--limit", "4"]) == 0
    assert "frog.jpg" in capsys.readouterr().out.splitlines()[3]


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (IndexProgress(1200), "Looking for pictures: 1,200"),
        (IndexProgress(3, 12), " 25%  3 of 12 pictures"),
        (IndexProgress(3, 12, 2, 75.4), " 25%  3 of 12 pictures, 2 cannot be read, 1:15 left"),
    ],
)
def test_progress_says_how_far_it_is_and_how_long_the_rest_takes(progress: IndexProgress, text: str) -> None:
    assert _progress(progress) == text


def test_item_is_found_by_its_name(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    item_id = history.add_snapshot(picture("boat"), title="My passport").result()

    assert cli.main(["search", "passport", "--json"]) == 0

    (found,) = lines(capsys)
    assert (found["id"], found["text"]) == (item_id, "My passport")


@pytest.mark.parametrize("forget", [[], ["--forget"]])
def test_home_of_a_user_who_is_not_there_is_told_in_a_sentence(
    history: History, capsys: pytest.CaptureFixture[str], forget: list[str]
) -> None:
    assert cli.main(["index", "~nosuchuser/pictures", *forget]) in (2, 3)

    assert "~nosuchuser/pictures" in capsys.readouterr().err


def test_words_are_found_where_no_model_is_and_a_sentence_says_what_is_missing(
    history: History, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "desktop_app.library.commands.Catalogue", functools.partial(Catalogue, starters_dir=tmp_path / "none")
    )
    item_id = history.add_snapshot(picture("boat"), remarks=[Remark("caption", "a frog")]).result()

    assert cli.main(["search", "frog", "--json"]) == 0

    captured = capsys.readouterr()
    assert json.loads(captured.out)["id"] == item_id
    assert "Pictures were not searched for what they show: The model" in captured.err
    assert "is not installed" in captured.err


def test_nothing_found_is_said(history: History, album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["index", str(album)])
    capsys.readouterr()

    assert cli.main(["search", "a tax return"]) == 0

    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "sensorium: Nothing was found for 'a tax return'.\n")


def test_what_cannot_be_read_is_told(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (album / "cut.jpg").write_bytes((PICTURES / "frog.jpg").read_bytes()[:900])

    assert cli.main(["index", str(album)]) == 0

    captured = capsys.readouterr()
    assert captured.err.startswith(f"sensorium: The picture {album / 'cut.jpg'} is damaged")
    assert captured.out.endswith("8 new or changed, 0 gone, 1 cannot be read.\n")


def test_forgotten_folder_keeps_its_files(album: Path, history: History, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["index", str(album)])
    capsys.readouterr()

    assert cli.main(["index", str(album), "--forget"]) == 0

    assert capsys.readouterr().out == f"{album}: 8 pictures are forgotten; the files are where they were.\n"
    assert len(list(album.rglob("*.jpg"))) == 8
    assert history.gallery.folders() == history.gallery.files() == []


def test_index_looks_at_what_the_history_has_too(
    history: History, album: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.library.commands.EMBEDDED_AT_ONCE", 1)
    boat, *_ = [history.add_snapshot(picture(thing)).result() for thing in ("boat", "frog", "carrot")]
    cli.main(["search", "a boat", "--kind", "snapshot"])
    told = capsys.readouterr().err

    cli.main(["index", str(album)])
    capsys.readouterr()
    cli.main(["search", "a boat", "--kind", "snapshot", "--json"])

    assert "2 pictures were not looked at yet; `sensorium index` does it." in told
    found = capsys.readouterr()
    assert "not looked at yet" not in found.err
    assert json.loads(found.out)["id"] == boat


def test_interrupted_index_goes_on(
    album: Path, history: History, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        shutil.copy(PICTURES / "frog.jpg", album / f"{number}.jpg")
    with monkeypatch.context() as interrupted:
        interrupted.setattr("desktop_app.library.commands._progress", interrupt_when_some_are_done)

        assert cli.main(["index", str(album)]) == 130

    n_done = len(history.gallery.files())
    assert 0 < n_done < 48
    assert cli.main(["index", str(album)]) == 0
    assert f"48 pictures can be found; {48 - n_done} new or changed" in capsys.readouterr().out


def interrupt_when_some_are_done(progress: IndexProgress) -> str:
    if progress.total and progress.done:
        signal.raise_signal(signal.SIGINT)
    return ""
