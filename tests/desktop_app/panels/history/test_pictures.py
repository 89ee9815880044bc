"""Pictures in the history: found by words and by picture, opened, rated, deleted; and folders of the user's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage

from desktop_app.history.records import Remark
from desktop_app.library.found import IndexProgress
from desktop_app.main_window import MainWindow
from desktop_app.panels.history import page as page_module
from desktop_app.panels.history.search import Filter
from desktop_app.paths import ASSETS_DIR
from desktop_app.sessions import library_session
from desktop_app.sessions.library_session import Indexing
from desktop_app.sessions.sketch_session import SketchSession
from desktop_app.sessions.vision_session import VisionSession
from desktop_app.widgets.history_list import _details
from tests.desktop_app.panels.drops import drop, of_files
from tests.desktop_app.panels.history.conftest import add, listed, shown
from tests.workers.engines.vision.conftest import PICTURES, picture
from workers.catalogue.catalogue import Catalogue
from workers.png_settings import png_with_settings
from workers.results import LabelScores, SketchRequest

SLOW_MS = 60_000  # the engine has to be loaded, on a busy machine
FRAME = np.zeros((30, 40, 3), np.uint8)
CAPTION = Remark("caption", "a green frog", model_id="starter-blip-caption")
ANSWER = Remark("answer", "two <eyes>", question="What has it?", model_id="vqa", tokens_per_s=12.5)


@pytest.fixture(autouse=True)
def _one_thread():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that wait for one another by spinning are slow on a busy machine
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "LOOK_DELAY_MS", 0)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PICTURES, tmp_path / "album"))


def opened(qtbot, panel, key: tuple[str, int]) -> None:
    qtbot.waitUntil(lambda: panel.picture.loaded is not None and panel.picture.loaded.row.key == key, timeout=SLOW_MS)
    qtbot.waitUntil(panel.picture.isVisible, timeout=SLOW_MS)


def looked(qtbot, panel) -> None:
    """Everything that fits is in the list."""
    qtbot.waitUntil(lambda: panel._found_for == panel._wish, timeout=SLOW_MS)


def search(qtbot, panel, text: str) -> None:
    panel.side.search.line.setText(text)
    qtbot.waitUntil(lambda: panel.side.search.text == text)
    looked(qtbot, panel)


def index(qtbot, panel, folder: Path) -> None:
    panel._library.index(folder)
    qtbot.waitUntil(lambda: panel._library.indexing is None, timeout=SLOW_MS)


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_snapshot_is_listed_with_its_picture_and_opens_with_what_was_said(qtbot, panel, history):
    labels = Remark.of_labels(LabelScores((("frog", 0.7), ("cat", 0.1)), none_score=0.2), "starter-clip")
    item_id = history.add_snapshot(FRAME, remarks=[labels, CAPTION, ANSWER], source="Webcam").result()

    shown(qtbot, panel, 1)
    opened(qtbot, panel, ("item", item_id))

    assert listed(panel) == ["a green frog"]
    assert _details(panel.side.model.rows[0]) == "Snapshot"
    said = panel.picture.said.toPlainText()
    assert "frog 70% · cat 10% · none of them 20%" in said
    assert said.index("a green frog") < said.index("What has it?") < said.index("two <eyes>")
    assert "12.5 tokens a second" in said
    assert panel.picture.view.frame.size == (40, 30)
    assert "40 × 30" in panel.picture.details.text()
    (row,) = panel.side.model.rows
    qtbot.waitUntil(lambda: panel.side.pictures.get(row.thumbnail, row.when) is not None)


def test_drawn_picture_opens_with_what_made_it(qtbot, panel, history):
    size = {"prompt": "a <castle>", "width": 40, "height": 30}
    details = {
        **size,
        "seed": 7,
        "num_inference_steps": 8,
        "guidance_scale": 7.5,
        "controls": ["scribble"],
        "sketch": "x" * 9999,
    }
    history.add_picture(FRAME, prompt="a <castle>", model_id="starter-sd", details=details).result()

    shown(qtbot, panel, 1)
    qtbot.waitUntil(panel.picture.isVisible)

    said = panel.picture.said.toPlainText()
    assert said.startswith("a <castle>")
    assert "Steps\n8\nGuidance\n7.5" in said
    assert said.count("a <castle>") == 1
    assert "Width" not in said  # the line under the title says it
    assert "xxxx" not in said


def test_drawn_picture_brings_its_settings_back_to_draw(qtbot, panel, history, monkeypatch):
    request = SketchRequest(prompt="a castle", seed=7)
    restored, requested = [], []
    monkeypatch.setattr(SketchSession, "restore", lambda session, request: restored.append(request))
    panel._context.panel_requested.connect(requested.append)
    drawn = history.add_picture(png_with_settings(FRAME, request), prompt="a castle").result()
    seen = history.add_snapshot(FRAME).result()
    shown(qtbot, panel, 2)
    opened(qtbot, panel, ("item", seen))
    assert not panel.picture.draw_button.isVisible()
    assert not panel.draw_action.isEnabled()

    panel.open_item(drawn)
    opened(qtbot, panel, ("item", drawn))
    panel.picture.draw_button.click()

    qtbot.waitUntil(lambda: restored == [request])
    assert requested == ["draw"]
    assert panel.draw_action.isEnabled()


def test_picture_is_looked_at_on_see_and_what_is_said_there_is_shown(qtbot, panel, history, monkeypatch):
    looked_at, requested = [], []
    monkeypatch.setattr(VisionSession, "open_file", lambda _session, path, item_id: looked_at.append((path, item_id)))
    panel._context.panel_requested.connect(requested.append)
    seen = history.add_snapshot(FRAME).result()
    shown(qtbot, panel, 1)
    opened(qtbot, panel, ("item", seen))

    panel.picture.see_button.click()

    assert (looked_at, requested) == ([(history.item(seen).picture, seen)], ["see"])
    panel.hide()
    history.add_remark(seen, ANSWER).result()
    panel.show()
    qtbot.waitUntil(lambda: "two <eyes>" in panel.picture.said.toPlainText(), timeout=SLOW_MS)


def test_pictures_like_one_of_another_page_are_looked_for_among_all(qtbot, panel, history):
    history.add_snapshot(FRAME).result()
    shown(qtbot, panel, 1)
    panel.side.kind.setCurrentIndex(1)

    panel.find_like(FRAME)

    assert panel.side.search.query.like is FRAME
    assert panel.side.filter == Filter()


def test_drawn_picture_without_settings_says_so(qtbot, panel, history):
    said = []
    panel._context.message_posted.connect(said.append)
    drawn = history.add_picture(FRAME, prompt="a castle").result()
    shown(qtbot, panel, 1)
    opened(qtbot, panel, ("item", drawn))

    panel.draw_action.trigger()

    qtbot.waitUntil(lambda: bool(said))
    assert "nothing about how it was made" in said[0].sentence


def test_transcript_and_picture_take_turns(qtbot, panel, history):
    said = add(history, "hello")
    seen = history.add_snapshot(FRAME).result()
    shown(qtbot, panel, 2)
    opened(qtbot, panel, ("item", seen))

    panel.open_item(said)
    qtbot.waitUntil(panel.transcript.isVisible, timeout=SLOW_MS)
    panel.open_item(seen)
    opened(qtbot, panel, ("item", seen))

    assert panel.transcript.loaded is None
    assert panel.similar_action.isEnabled()
    assert not panel.again_action.isEnabled()


def test_picture_that_is_gone_says_so(qtbot, panel, history):
    item_id = history.add_snapshot(FRAME, remarks=[CAPTION]).result()
    history.media_path(item_id, "snapshot.jpg").unlink()

    shown(qtbot, panel, 1)
    opened(qtbot, panel, ("item", item_id))

    assert "does not exist" in panel.picture.said.toPlainText()
    assert not panel.picture.view.isVisible()
    assert not panel.picture.similar_button.isEnabled()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("recordings", ["hello"]),
        ("files", ["from a file"]),
        ("snapshots", ["a green frog"]),
        ("pictures", ["a castle"]),
    ],
)
def test_kinds_are_told_apart(qtbot, panel, history, kind, expected):
    add(history, "hello")
    add(history, "from a file", tracks=("file",))
    history.add_snapshot(FRAME, remarks=[CAPTION]).result()
    history.add_picture(FRAME, prompt="a castle").result()
    shown(qtbot, panel, 4)

    panel.side.kind.setCurrentIndex(panel.side.kind.findData(kind))
    shown(qtbot, panel, 1)

    assert listed(panel) == expected


def test_thumb_rates_an_answer_and_takes_it_back(qtbot, panel, history):
    item_id = history.add_snapshot(FRAME, remarks=[ANSWER]).result()
    (remark,) = history.remarks(item_id)
    shown(qtbot, panel, 1)
    opened(qtbot, panel, ("item", item_id))

    panel.picture.said.anchorClicked.emit(QUrl(f"rate:{remark.id}:-1"))
    qtbot.waitUntil(lambda: panel.picture.loaded.remarks[0].rating == -1)
    assert history.remarks(item_id)[0].rating == -1
    panel.picture.said.anchorClicked.emit(QUrl(f"rate:{remark.id}:-1"))
    qtbot.waitUntil(lambda: panel.picture.loaded.remarks[0].rating == 0)


def test_new_name_of_a_picture_is_kept(qtbot, panel, history):
    item_id = history.add_snapshot(FRAME).result()
    shown(qtbot, panel, 1)
    opened(qtbot, panel, ("item", item_id))

    panel.rename()
    panel.picture.title.setText("My passport")
    qtbot.keyClick(panel.picture.title, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: listed(panel) == ["My passport"])


def test_picture_and_words_are_copied(qtbot, panel, history):
    item_id = history.add_snapshot(FRAME, remarks=[CAPTION, ANSWER]).result()
    shown(qtbot, panel, 1)
    opened(qtbot, panel, ("item", item_id))

    panel.picture.copy()
    assert QGuiApplication.clipboard().image().size().toTuple() == (40, 30)
    panel.picture.copy_said()
    assert QGuiApplication.clipboard().text() == "a green frog\nWhat has it?\ntwo <eyes>"


def test_snapshot_is_exported_with_its_picture(qtbot, panel, history, messages, tmp_path):
    item_id = history.add_snapshot(FRAME, remarks=[CAPTION]).result()
    shown(qtbot, panel, 1)
    opened(qtbot, panel, ("item", item_id))

    panel.picture.export(tmp_path / "frog.md")
    qtbot.waitUntil(lambda: bool(messages))

    assert "(<frog/picture.jpg>)" in (tmp_path / "frog.md").read_text()
    assert (tmp_path / "frog" / "picture.jpg").is_file()


# ── search ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_words_come_at_once_and_pictures_that_show_them_follow(qtbot, panel, history, album):
    said = add(history, "I saw a frog in the garden")
    boat = history.add_snapshot(picture("boat"), remarks=[CAPTION]).result()
    frog = history.add_snapshot(picture("frog")).result()
    history.add_snapshot(picture("phone")).result()
    shown(qtbot, panel, 4)
    index(qtbot, panel, album)

    panel.side.search.line.setText("a frog")
    qtbot.waitUntil(lambda: [row.key[1] for row in panel.side.model.rows] == [boat, said])
    looked(qtbot, panel)

    rows = panel.side.model.rows
    assert [row.key for row in rows[:2]] == [("item", boat), ("item", said)]
    assert {row.title for row in rows[2:]} == {"Snapshot", "frog.jpg"}
    assert ("item", frog) in [row.key for row in rows]
    assert all(row.shows_it and "shows it" in _details(row) for row in rows[2:])


def test_picture_finds_its_like_but_not_itself(qtbot, panel, history, album):
    item_id = history.add_snapshot(picture("boat")).result()
    shown(qtbot, panel, 1)
    opened(qtbot, panel, ("item", item_id))
    index(qtbot, panel, album)

    panel.similar_action.trigger()
    looked(qtbot, panel)

    assert listed(panel) == ["boat.jpg"]
    assert panel.side.search.chip.isVisible()
    qtbot.mouseClick(panel.side.search.close_button, Qt.MouseButton.LeftButton)
    shown(qtbot, panel, 1)
    assert not panel.side.search.chip.isVisible()


def test_dropped_and_pasted_pictures_find_their_like(qtbot, panel, history):
    boat = history.add_snapshot(picture("boat")).result()
    carrot = history.add_snapshot(picture("carrot")).result()
    shown(qtbot, panel, 2)

    drop(panel, of_files(PICTURES / "boat.jpg"))
    looked(qtbot, panel)
    assert [row.key[1] for row in panel.side.model.rows] == [boat]
    QGuiApplication.clipboard().setImage(QImage(str(PICTURES / "carrot.jpg")))
    qtbot.keyClick(panel.side.search.line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    looked(qtbot, panel)

    assert [row.key[1] for row in panel.side.model.rows] == [carrot]


def test_words_end_the_search_by_picture(qtbot, panel, history):
    add(history, "hello world")
    boat = history.add_snapshot(picture("boat")).result()
    shown(qtbot, panel, 2)
    drop(panel, of_files(PICTURES / "boat.jpg"))
    looked(qtbot, panel)
    assert [row.key[1] for row in panel.side.model.rows] == [boat]

    search(qtbot, panel, "hello")

    assert listed(panel) == ["hello world"]
    assert not panel.side.search.chip.isVisible()


def test_nothing_that_looks_like_it_is_said(qtbot, panel, history):
    history.add_snapshot(picture("boat")).result()
    shown(qtbot, panel, 1)

    drop(panel, of_files(PICTURES / "carrot.jpg"))
    looked(qtbot, panel)

    qtbot.waitUntil(panel.side.nothing.isVisible)
    assert panel.side.nothing.text.text() == "No picture here looks like it."


def test_words_are_found_where_no_model_is_and_a_line_says_why_no_pictures(qtbot, context, panel, history, tmp_path):
    context.catalogue = Catalogue(tmp_path / "models", starters_dir=tmp_path / "none")
    add(history, "a frog")
    shown(qtbot, panel, 1)

    search(qtbot, panel, "frog")

    assert listed(panel) == ["a frog"]
    assert panel.side.note.text().startswith("Pictures were not searched: The model")


def test_words_that_the_model_does_not_know_are_told(qtbot, panel, history, album):
    panel.show()
    index(qtbot, panel, album)

    search(qtbot, panel, "青蛙")
    said = panel.side.note.text()
    search(qtbot, panel, "frog")

    assert said == "Pictures are found by English words; the preferences of See have the model."
    assert panel.side.note.isHidden()


def test_empty_clipboard_says_so(qtbot, panel, messages):
    QGuiApplication.clipboard().clear()

    panel.paste()

    assert [message.sentence for message in messages] == ["There is no picture in the clipboard."]


def test_deleted_snapshot_is_not_found_and_comes_back(qtbot, panel, history):
    frog = history.add_snapshot(picture("frog")).result()
    add(history, "hello")
    shown(qtbot, panel, 2)
    search(qtbot, panel, "a frog")
    shown(qtbot, panel, 1)

    panel.delete([frog])
    qtbot.waitUntil(panel.side.nothing.isVisible)
    panel.undo_bar.take_back()
    shown(qtbot, panel, 1)
    panel.delete([frog])
    panel.undo_bar.delete_now()
    qtbot.waitUntil(lambda: [item.kind for item in history.items()] == ["speech"])

    assert sum(history.gallery.extent(space)[0] for space in spaces(history)) == 0
    assert not history.media_path(frog, "snapshot.jpg").exists()


def spaces(history) -> list[str]:
    with history._reading() as connection:
        return [row[0] for row in connection.execute("SELECT DISTINCT space FROM embeddings")]


def test_answer_that_another_page_wants_shown_is_found_whatever_was_searched_for(qtbot, panel, history):
    seen = history.add_snapshot(FRAME).result()
    add(history, "hello")
    shown(qtbot, panel, 2)
    search(qtbot, panel, "hello")
    shown(qtbot, panel, 1)

    panel.open_item(seen)

    opened(qtbot, panel, ("item", seen))
    assert panel.side.search.text == ""


# ── folders ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dropped_recording_is_transcribed(qtbot, panel, context, tmp_path, monkeypatch):
    taken, opened = [], []
    monkeypatch.setattr(context.sessions.files, "add", taken.extend)
    context.panel_requested.connect(opened.append)
    speech = ASSETS_DIR / "samples" / "speech.flac"

    drop(panel, of_files(speech, PICTURES / "boat.jpg"))

    assert (taken, opened) == ([speech], ["hear"])


def test_dropped_items_that_were_exported_are_taken_in_and_what_is_none_is_told(
    qtbot, panel, history, tmp_path, messages
):
    boat = history.add_snapshot(picture("boat")).result()
    history.export(boat, tmp_path / "boat.json")
    history.delete(boat).result()
    (tmp_path / "other.json").write_text("{}")
    panel.show()

    drop(panel, of_files(tmp_path / "other.json", tmp_path / "boat.json"))

    shown(qtbot, panel, 1)
    qtbot.waitUntil(lambda: panel.picture.loaded is not None)
    assert [message.sentence for message in messages] == [
        "1 item taken in.",
        "'other.json' is not a transcript that Sensorium exported.",
    ]


def test_dropped_folder_is_indexed_and_shows_how_far_it_is(qtbot, panel, history, album):
    panel.show()

    drop(panel, of_files(album))
    qtbot.waitUntil(panel.side.index_bar.isVisible)
    assert "“album”" in panel.side.index_bar.text.text()
    qtbot.waitUntil(lambda: not panel.side.index_bar.isVisible(), timeout=SLOW_MS)

    panel.side.kind.setCurrentIndex(panel.side.kind.findData("pictures"))
    shown(qtbot, panel, 8)
    qtbot.waitUntil(lambda: panel.picture.loaded is not None)
    assert not panel.picture.delete_button.isVisible()
    assert panel.picture.title.isReadOnly()


def test_a_folder_can_be_added_where_no_picture_is(qtbot, panel, history, album, monkeypatch):
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getExistingDirectory", lambda *_: str(album))
    panel.show()
    qtbot.waitUntil(panel.side.nothing.isVisible)
    assert not panel.side.add_folder_button.isVisible()
    panel.side.kind.setCurrentIndex(panel.side.kind.findData("pictures"))
    qtbot.waitUntil(panel.side.add_folder_button.isVisible)

    panel.side.add_folder_button.click()

    shown(qtbot, panel, 8)


def test_file_of_ones_own_is_never_deleted(qtbot, panel, history, album, messages):
    panel.show()
    index(qtbot, panel, album)
    messages.clear()
    panel.side.kind.setCurrentIndex(panel.side.kind.findData("pictures"))
    shown(qtbot, panel, 8)
    panel.side.list.selectAll()

    panel.delete_selected()

    (message,) = messages
    assert message.sentence.endswith("is a file of yours and stays where it is.")
    assert panel.undo_bar.isHidden()
    assert len(list(album.iterdir())) == 8


def test_folders_are_listed_in_the_menu_and_can_be_forgotten(qtbot, panel, history, album, monkeypatch):
    panel.show()
    index(qtbot, panel, album)
    menus = []
    monkeypatch.setattr("PySide6.QtWidgets.QMenu.popup", lambda menu, _place: menus.append(menu))

    panel.side.folders_button.click()
    qtbot.waitUntil(lambda: bool(menus))

    add_action, _line, folder_action = menus[0].actions()
    assert add_action.text() == "Add a folder of pictures…"
    assert folder_action.text() == "album  ·  8"
    *_, forget = folder_action.menu().actions()
    with qtbot.waitSignal(panel._library.pictures_changed):
        forget.trigger()
    assert history.gallery.files() == []
    menus[0].deleteLater()


def test_cancel_ends_the_index(qtbot, panel, album, monkeypatch):
    monkeypatch.setattr("desktop_app.library.library.AT_ONCE", 1)
    panel.show()
    panel._library.index(album)
    qtbot.waitUntil(panel.side.index_bar.isVisible)

    qtbot.mouseClick(panel.side.index_bar.cancel_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: not panel.side.index_bar.isVisible(), timeout=SLOW_MS)


def test_window_opens_the_item_that_a_page_asks_for(qtbot, context, history):
    add(history, "hello")
    seen = history.add_snapshot(FRAME).result()
    window = MainWindow(context)
    window.show()

    context.item_requested.emit(seen)

    page = window._pages["history"]
    opened(qtbot, page, ("item", seen))
    with qtbot.waitSignal(context.closed, timeout=20_000):
        window.close()
    window.deleteLater()


def test_pictures_of_another_kind_leave_their_place_to_the_next(qtbot, panel, history, album, monkeypatch):
    monkeypatch.setattr(library_session, "FOUND_LIMIT", 1)
    panel.show()
    index(qtbot, panel, album)
    snapshot_id = history.add_snapshot(picture("frog")).result()
    for kind in ("", "snapshots", "pictures", "pinned", "snapshots"):
        panel.side.kind.setCurrentIndex(panel.side.kind.findData(kind))
        search(qtbot, panel, "a frog")
        found = [(one.item.id if one.item else one.file.path.name) for one in panel._found]

        expected = {"snapshots": [snapshot_id], "pictures": ["frog.jpg"], "pinned": []}
        assert found == expected.get(kind, found[:1])
        assert len(panel.side.model.rows) == len(found)


def test_the_time_that_is_left_stands_beside_the_folder_that_is_indexed(panel, context):
    panel.show()
    library = context.sessions.library

    library._set_indexing(Indexing(Path("/home/me/album"), IndexProgress(3, 12, left_s=75.0)))
    assert panel.side.index_bar.text.text() == "“album”: 3 of 12  ·  1:15 left"
    assert panel.side.index_bar.progress.value() == 250
    library._set_indexing(Indexing(Path("/home/me/album"), IndexProgress(1, 12)))
    assert panel.side.index_bar.text.text() == "“album”: 1 of 12"

    library._set_indexing(None)
    assert not panel.side.index_bar.isVisible()
