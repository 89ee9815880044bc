import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMenu

from desktop_app.history import changes
from desktop_app.history.store import History
from desktop_app.panels.history import page, search
from desktop_app.sessions.file_queue import FileJob, FileState
from desktop_app.widgets.history_list import _details
from desktop_app.widgets.undo_bar import UNDO_SHOWN_MS
from tests.desktop_app.conftest import close
from tests.desktop_app.panels.history.conftest import add, listed, shown
from workers.results import SAMPLE_RATE_HZ


def test_list_that_is_cut_says_so_and_filters_look_further(qtbot, panel, history, monkeypatch):
    monkeypatch.setattr(search, "LIST_LIMIT", 2)
    monkeypatch.setattr(page, "LIST_LIMIT", 2)
    for number in range(4):
        add(history, "words", title=f"Talk {number}")
    history.update_item(1, is_pinned=True).result()

    shown(qtbot, panel, 2)
    assert listed(panel) == ["Talk 0", "Talk 3"]
    assert panel.side.total.text().startswith("the newest 2  ·  4 items")
    panel.side.kind.setCurrentIndex(panel.side.kind.findData("pinned"))

    shown(qtbot, panel, 1)
    assert panel.side.total.text().startswith("1 found")


def test_nothing_yet_says_what_will_be_here(qtbot, panel):
    panel.show()

    qtbot.waitUntil(panel.side.nothing.isVisible)
    assert panel.side.nothing.title.text() == "Nothing here yet"


def test_keys_stay_with_the_list_when_it_is_empty(qtbot, panel, history):
    item_id = add(history, "hello")
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    shown(qtbot, panel, 1)
    assert panel.side.list.hasFocus()

    panel.delete([item_id])
    qtbot.waitUntil(panel.side.nothing.isVisible)
    assert panel.side.nothing.hasFocus()
    panel.undo_bar.take_back()
    shown(qtbot, panel, 1)

    assert panel.side.list.hasFocus()


def test_items_are_listed_newest_first_by_name_or_first_words(qtbot, panel, history):
    add(history, "Call the plumber. Buy milk.")
    add(history, "hello", title="Meeting")

    shown(qtbot, panel, 2)

    assert listed(panel) == ["Meeting", "Call the plumber"]


def test_the_chosen_transcript_is_shown_with_its_tracks(qtbot, panel, history):
    add(history, "how are you", "fine thanks", tracks=("me", "computer"))

    shown(qtbot, panel, 1)
    qtbot.waitUntil(lambda: not panel.transcript.pane.view.is_empty)

    assert panel.transcript.pane.view.text() == "Me: how are you\nComputer: fine thanks"


@pytest.mark.parametrize(
    ("chosen", "offered"),
    [
        ("", ["Whisper base", "Whisper tiny (English)"]),
        ("de", ["Whisper base"]),
        ("en", ["Whisper base  ·  Deutsch", "Whisper base  ·  English", "Whisper tiny (English)  ·  English"]),
    ],
)
def test_transcribe_again_asks_for_the_language_where_another_is_chosen(
    qtbot, panel, context, history, monkeypatch, chosen, offered
):
    menus, asked = [], []
    monkeypatch.setattr("PySide6.QtWidgets.QMenu.popup", lambda menu, _place: menus.append(menu))
    monkeypatch.setattr(context.sessions.files, "add_again", lambda *values: asked.append(values[2:]))
    history.update_item(add(history, "guten Tag"), language="de").result()
    shown(qtbot, panel, 1)
    qtbot.waitUntil(lambda: panel.transcript.loaded is not None)
    context.change_setting("hear.language", chosen)

    panel.transcript.offer_models()
    qtbot.waitUntil(lambda: bool(menus))
    models = [action for action in menus[0].actions() if "Whisper" in action.text()]
    models[0].trigger()

    assert sorted(action.text() for action in models) == offered
    assert asked[0][1] == ("de" if chosen else "")


def test_a_file_that_is_done_is_listed_as_done_however_slowly_that_is_written(
    qtbot, panel, context, history, monkeypatch
):
    may_write, finish = threading.Event(), changes.finish
    item_id = history.begin(tracks=["file"]).result()
    history.flush()
    shown(qtbot, panel, 1)
    monkeypatch.setitem(changes.VERBS, "finish", lambda *args, **kwargs: may_write.wait(5) and finish(*args, **kwargs))
    monkeypatch.setattr(history, "flush", lambda timeout_s: may_write.set() or History.flush(history, timeout_s))
    history.finish(item_id, 1.0)

    context.sessions.files.job_changed.emit(FileJob(Path("talk.wav"), item_id=item_id, state=FileState.DONE))
    qtbot.waitUntil(lambda: not context._jobs)
    may_write.set()

    assert [row.is_recorded_now for row in panel.side.model.rows] == [False]


def test_search_lists_what_has_the_word_and_jumps_to_it(qtbot, panel, history):
    add(history, "nothing of interest")
    add(history, "first line", "the boiler was made in Rotterdam")
    shown(qtbot, panel, 2)

    panel.side.search.line.setText("rotterdam")
    shown(qtbot, panel, 1)
    qtbot.waitUntil(lambda: bool(panel.transcript.pane.view._hits))

    (row,) = panel.side.model.rows
    assert row.hits[0].time_s == pytest.approx(10.0 + 5 * 0.4)
    position, length = panel.transcript.pane.view._hits[0]
    assert panel.transcript.pane.view.toPlainText()[position : position + length] == "Rotterdam"


def test_a_search_opens_its_first_hit_when_what_was_open_is_none(qtbot, panel, history):
    add(history, "the boiler was made in Rotterdam")
    newest = add(history, "nothing of interest")
    shown(qtbot, panel, 2)
    qtbot.waitUntil(lambda: panel.transcript.loaded is not None and panel.transcript.loaded.item.id == newest)

    panel.side.search.line.setText("rotterdam")
    shown(qtbot, panel, 1)

    qtbot.waitUntil(lambda: panel.transcript.loaded is not None and panel.transcript.loaded.item.id != newest)
    qtbot.waitUntil(panel.transcript.isVisible)


def test_every_place_of_a_search_is_marked_and_gone_through_while_the_keys_stay(qtbot, panel, history):
    add(history, "the budget of the city", "nothing here", "a Budget for all", title="Council")
    shown(qtbot, panel, 1)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.focus_search()

    qtbot.keyClicks(panel.side.search.line, "budget")

    bar, view = panel.transcript.pane.find_bar, panel.transcript.pane.view
    qtbot.waitUntil(bar.isVisible)
    assert bar.count.text() == "1 of 2"
    assert panel.side.search.line.hasFocus()
    panel.transcript.pane.next_action.trigger()
    assert bar.count.text() == "2 of 2"
    assert view.extraSelections()[-1].cursor.selectedText() == "Budget"

    panel._on_read(*panel._wish, list(panel.side.model.rows), panel._totals)
    assert bar.count.text() == "2 of 2"  # reading the list again takes nobody back

    panel.side.search.clear()
    qtbot.waitUntil(bar.isHidden)
    assert view.extraSelections() == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Return])
def test_a_key_leads_from_the_search_to_what_was_found(qtbot, panel, history, key):
    add(history, "the budget")
    shown(qtbot, panel, 1)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.focus_search()

    qtbot.keyClick(panel.side.search.line, key)

    assert panel.side.list.hasFocus()


def test_search_without_a_hit_says_so(qtbot, panel, history):
    add(history, "hello")
    shown(qtbot, panel, 1)

    panel.side.search.line.setText("absent")

    qtbot.waitUntil(panel.side.nothing.isVisible)
    assert panel.side.nothing.title.text() == "Nothing found"
    assert [panel.transcript.isVisible(), panel.choose.isVisible()] == [False, False]
    panel.side.search.clear()
    shown(qtbot, panel, 1)
    qtbot.waitUntil(panel.transcript.isVisible)
    assert not panel.choose.isVisible()


def test_filters_by_kind_and_pin(qtbot, panel, history):
    add(history, "spoken")
    add(history, "from a file", title="Interview", tracks=("file",))
    shown(qtbot, panel, 2)

    panel.side.kind.setCurrentIndex(panel.side.kind.findData("files"))
    shown(qtbot, panel, 1)
    assert listed(panel) == ["Interview"]
    panel.toggle_pin()
    panel.side.kind.setCurrentIndex(panel.side.kind.findData("pinned"))
    qtbot.waitUntil(lambda: [row.item.is_pinned for row in panel.side.model.rows] == [True])


def test_a_new_name_is_kept(qtbot, panel, history):
    item_id = add(history, "hello")
    shown(qtbot, panel, 1)
    qtbot.waitUntil(lambda: panel.transcript.title.text() == "hello")

    panel.transcript.title.setText("Greeting")
    qtbot.keyClick(panel.transcript.title, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: listed(panel) == ["Greeting"])
    assert history.item(item_id).title == "Greeting"


def with_sound(history: History, *lines: str) -> int:
    """An item with the sound of a recording."""
    item_id = add(history, *lines)
    soundfile.write(history.media_path(item_id, "me.flac"), np.zeros(800, np.float32), SAMPLE_RATE_HZ)
    return item_id


def test_delete_takes_text_and_sound_of_all_that_is_chosen(qtbot, panel, history):
    item_id = with_sound(history, "one")
    add(history, "two")
    shown(qtbot, panel, 2)
    panel.side.list.selectAll()
    qtbot.keyClick(panel.side.list, Qt.Key.Key_Delete)
    panel.undo_bar.timer.start(0)
    qtbot.waitUntil(
        lambda: panel.side.nothing.isVisible() and history.items() == [] and not panel.undo_bar.hidden_items
    )

    assert not history.media_path(item_id, "me.flac").exists()
    assert panel.undo_bar.isHidden()


def test_deletion_of_what_lives_in_memory_is_taken_back_by_its_number(qtbot, panel, context, history):
    history.close()
    context.history = History(None)  # as where the history could not be opened
    item_id = add(context.history, "keep me")
    add(context.history, "other")
    shown(qtbot, panel, 2)

    panel.delete([item_id])
    shown(qtbot, panel, 1)
    with qtbot.waitSignal(panel.undo_bar.taken_back) as taken_back:
        panel.undo_bar.take_back()
    shown(qtbot, panel, 2)

    assert taken_back.args == [item_id]
    assert [row.item.id for row in panel.side.selected_rows] == [item_id]


def test_delete_can_be_taken_back(qtbot, panel, history):
    item_id = with_sound(history, "keep me")
    add(history, "other")
    shown(qtbot, panel, 2)
    panel.open_item(item_id)

    panel.delete_selected()
    shown(qtbot, panel, 1)
    assert panel.undo_bar.isVisible()
    assert panel.side.total.text().startswith("1 item ")
    qtbot.mouseClick(panel.undo_bar.button, Qt.MouseButton.LeftButton)
    shown(qtbot, panel, 2)

    assert [row.item.id for row in panel.side.selected_rows] == [item_id]
    assert history.media_path(item_id, "me.flac").exists()
    assert panel.undo_bar.isHidden()
    assert not panel.undo_bar.timer.isActive()


def test_the_key_takes_a_deletion_back_and_the_bar_names_it(qtbot, panel, history):
    add(history, "one", title="Talk with the plumber")
    add(history, "two", title="Other")
    shown(qtbot, panel, 2)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.side.list.setFocus()
    panel.open_item(panel.side.model.rows[1].item.id)

    qtbot.keyClick(panel.side.list, Qt.Key.Key_Delete)
    shown(qtbot, panel, 1)
    assert panel.undo_bar.text.text() == "Deleted: Talk with the plumber"
    qtbot.keyClick(panel.side.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    shown(qtbot, panel, 2)
    assert not panel.undo_delete_action.isEnabled()


def test_time_to_take_back_stands_still_while_a_dialog_is_open(qtbot, panel, history):
    add(history, "one")
    shown(qtbot, panel, 1)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.delete_selected()
    dialog = QDialog(panel)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)

    assert not panel.undo_bar.timer.isActive()
    assert panel.undo_bar.isVisible()
    dialog.close()
    panel.activateWindow()
    qtbot.waitUntil(panel.undo_bar.timer.isActive)

    assert 0 < panel.undo_bar.timer.remainingTime() <= UNDO_SHOWN_MS


def test_what_is_recorded_now_says_so_and_is_not_deleted(qtbot, panel, history, messages, tmp_path):
    other_window = History(tmp_path / "history")
    item_id = other_window.begin(title="Interview", tracks=("me",)).result()
    other_window.flush()
    shown(qtbot, panel, 1)
    (row,) = panel.side.model.rows
    assert _details(row) == "Recording now"
    qtbot.waitUntil(lambda: "Recording now" in panel.transcript.details.text())

    panel.delete_selected()

    assert [message.sentence for message in messages] == ["“Interview” is being recorded now."]
    assert panel.undo_bar.isHidden()
    assert not panel.undo_bar.hidden_items
    other_window.finish(item_id, 1.0)
    other_window.close()


def test_other_pages_are_told_what_is_gone_and_not_before(qtbot, context, panel, history):
    item_id = add(history, "one")
    gone: list[frozenset[int]] = []
    context.items_deleted.connect(gone.append)
    shown(qtbot, panel, 1)

    panel.delete_selected()
    assert gone == []
    panel.undo_bar.delete_now()

    assert gone == [frozenset({item_id})]


def test_the_next_deletion_makes_the_one_before_final(qtbot, panel, history):
    first, second = add(history, "first"), add(history, "second")
    shown(qtbot, panel, 2)

    panel.delete([first])
    panel.delete([second])
    qtbot.waitUntil(lambda: [item.id for item in history.items()] == [second])

    panel.undo_bar.take_back()
    shown(qtbot, panel, 1)


def test_what_was_deleted_is_gone_when_the_app_ends_before_its_time(qtbot, context, panel, history, tmp_path):
    item_id = with_sound(history, "forget me")
    shown(qtbot, panel, 1)
    panel.delete_selected()

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()

    again = History(tmp_path / "history")
    assert again.items() == []
    assert not again.media_path(item_id, "me.flac").exists()
    again.close()


def test_playing_marks_the_word_that_is_heard(qtbot, panel, history):
    item_id = add(history, "one two three")
    soundfile.write(history.media_path(item_id, "me.flac"), np.zeros(3 * SAMPLE_RATE_HZ, np.float32), SAMPLE_RATE_HZ)
    history.release(item_id)
    history.finish(item_id, 3.0)
    history.flush()
    shown(qtbot, panel, 1)
    qtbot.waitUntil(lambda: panel.transcript.pane.player.has_media)

    panel.transcript.pane.player.play_from(0.4)
    qtbot.waitUntil(lambda: panel.transcript.pane.view._playing == (0, 2), timeout=10_000)

    panel.transcript.pane.player.set_media([], 0.0)


def test_the_keys_of_the_page_are_listed(panel):
    keys = {action.shortcut().toString() for action in panel.actions()}

    assert {"Space", "Del", "Ctrl+Z"} <= keys


def test_a_recording_that_ends_appears_by_itself(qtbot, panel, context, history):
    panel.show()
    qtbot.waitUntil(panel.side.nothing.isVisible)
    add(history, "just now")

    context.sessions.speech.finished.emit(1)

    shown(qtbot, panel, 1)


def test_a_correction_is_kept_when_another_item_is_chosen(qtbot, panel, history):
    add(history, "something else")
    item_id = add(history, "wreck a nice beach")
    shown(qtbot, panel, 2)
    view = panel.transcript.pane.view
    qtbot.waitUntil(lambda: view.toPlainText() == "wreck a nice beach")
    view.edit_paragraph(view.paragraphs[0])
    view._editor.setPlainText("recognise speech")

    panel.side.choose(1)

    qtbot.waitUntil(lambda: view.toPlainText() == "something else")
    qtbot.waitUntil(lambda: history.segments(item_id)[0].edited_text == "recognise speech")


def test_arrow_keys_go_on_from_their_place_when_the_list_is_read_again(qtbot, panel, history):
    for number in range(4):
        add(history, f"line {number}")
    shown(qtbot, panel, 4)
    panel.side.choose(1)

    add(history, "the newest")
    panel.refresh()
    shown(qtbot, panel, 5)
    qtbot.keyClick(panel.side.list, Qt.Key.Key_Down)

    assert [row.title for row in panel.side.selected_rows] == ["line 1"]


def test_export_is_called_as_the_item_is(qtbot, panel, history, monkeypatch, tmp_path):
    names = []
    monkeypatch.setattr(
        "desktop_app.widgets.transcript_pane.ask_where_to_save",
        lambda _context, _parent, _title, name, suffix, **_: names.append(name) or tmp_path / f"x.{suffix}",
    )
    add(history, "hello there", title="The mayor")
    shown(qtbot, panel, 1)
    pane = panel.transcript.pane
    qtbot.waitUntil(lambda: pane.view.toPlainText() == "hello there")

    pane.ask_export("srt")

    qtbot.waitUntil((tmp_path / "x.srt").exists)
    assert names == ["The mayor"]


def test_pin_and_name_leave_the_reader_where_he_was(qtbot, panel, history):
    add(history, *[f"line {number}" for number in range(60)], title="Long")
    shown(qtbot, panel, 1)
    detail = panel.transcript
    qtbot.waitUntil(lambda: detail.pane.view.verticalScrollBar().maximum() > 300)
    detail.pane.view.verticalScrollBar().setValue(300)

    panel.toggle_pin()
    detail.title.setText("Longer")
    detail.title.editingFinished.emit()

    qtbot.waitUntil(lambda: panel.side.model.rows[0].is_pinned and panel.side.model.rows[0].title == "Longer")
    qtbot.waitUntil(lambda: detail.loaded.item.title == "Longer")
    assert detail.pin_button.isChecked()
    assert detail.pane.view.verticalScrollBar().value() == 300


def test_what_is_chosen_is_exported_from_its_menu_in_the_list(qtbot, panel, history):
    add(history, "hello")
    shown(qtbot, panel, 1)
    qtbot.waitUntil(lambda: panel.transcript.loaded is not None)

    panel.side.list.customContextMenuRequested.emit(panel.side.list.visualRect(panel.side.model.index(0)).center())
    entries = panel.findChild(QMenu).actions()
    panel.findChild(QMenu).close()
    next(entry for entry in entries if entry.text() == "Export…").trigger()

    (formats,) = (menu for menu in panel.transcript.findChildren(QMenu) if menu.isVisible())
    assert formats.actions()[0].text() == "Text (.txt)"
    formats.close()


def test_a_search_says_how_many_it_found_of_how_many(qtbot, panel, history):
    for number in range(3):
        add(history, "budget" if number else "city")
    shown(qtbot, panel, 3)
    assert panel.side.total.text().startswith("3 items")

    panel.side.search.line.setText("budget")

    shown(qtbot, panel, 2)
    assert panel.side.total.text().startswith("2 found  ·  3 items")


def test_details_of_a_transcript_are_whole_in_the_tip_where_they_are_cut(qtbot, panel, history):
    add(history, "hello", title="Short")
    shown(qtbot, panel, 1)
    details = panel.transcript.details
    qtbot.waitUntil(lambda: "Built-in" in details.text())
    details.resize(60, details.height())

    assert details.shown_text.endswith("…")
    assert details.text() in details.toolTip()


def test_f2_renames_in_the_list_and_corrects_a_line_in_the_text(qtbot, panel, history):
    add(history, "hello")
    shown(qtbot, panel, 1)
    pane = panel.transcript.pane
    qtbot.waitUntil(lambda: not pane.view.is_empty)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)

    panel.side.list.setFocus()
    qtbot.keyClick(panel.side.list, Qt.Key.Key_F2)
    assert (panel.focusWidget(), pane.view._editor) == (panel.transcript.title, None)

    pane.view.setFocus()
    qtbot.keyClick(pane.view, Qt.Key.Key_F2)
    assert pane.view._editor is not None


def test_line_that_is_being_corrected_is_kept_when_the_app_ends(qtbot, panel, context, history, tmp_path):
    item_id = add(history, "hello")
    shown(qtbot, panel, 1)
    view = panel.transcript.pane.view
    qtbot.waitUntil(lambda: not view.is_empty)

    qtbot.keyClick(view, Qt.Key.Key_F2)
    qtbot.keyClicks(view._editor, " world")
    close(qtbot, context)

    again = History(tmp_path / "history")
    assert [segment.text for segment in again.segments(item_id)] == ["hello world"]
    again.close()


def test_keys_go_back_and_forward_in_the_sound_while_a_line_is_corrected(qtbot, panel, history, monkeypatch):
    add(history, "hello")
    shown(qtbot, panel, 1)
    pane, skipped = panel.transcript.pane, []
    qtbot.waitUntil(lambda: not pane.view.is_empty)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    monkeypatch.setattr(pane.player, "skip", skipped.append)
    pane.view.edit_paragraph(pane.view.paragraphs[0])

    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        qtbot.keyClick(pane.view._editor, key, Qt.KeyboardModifier.AltModifier)

    assert skipped == [-5.0, 5.0]
    assert pane.view._editor is not None


def test_a_correction_that_gave_way_to_what_was_heard_can_be_brought_back(qtbot, panel, history):
    item_id = add(history, "wreck a nice beach")
    shown(qtbot, panel, 1)
    pane = panel.transcript.pane
    qtbot.waitUntil(lambda: not pane.view.is_empty)
    paragraph = pane.view.paragraphs[0]

    def stored(text: str | None) -> None:
        qtbot.waitUntil(lambda: history.segments(item_id)[0].edited_text == text)
        qtbot.waitUntil(lambda: pane.view.toPlainText() == (text or "wreck a nice beach"))

    pane.view.edit_requested.emit(paragraph, "recognise speech")
    stored("recognise speech")
    pane.restore(paragraph)
    stored(None)

    pane.undo_action.trigger()

    stored("recognise speech")
    assert not pane.undo_action.isEnabled()


def test_a_correction_can_be_undone_after_the_list_was_read_again(qtbot, panel, history):
    item_id = add(history, "wreck a nice beach", *[f"line {number}" for number in range(60)])
    shown(qtbot, panel, 1)
    pane = panel.transcript.pane
    qtbot.waitUntil(lambda: pane.view.verticalScrollBar().maximum() > 300)
    pane.view.edit_requested.emit(pane.view.paragraphs[0], "recognise speech")
    qtbot.waitUntil(lambda: history.segments(item_id)[0].edited_text == "recognise speech")
    pane.view.verticalScrollBar().setValue(300)

    panel.refresh()

    qtbot.waitUntil(lambda: panel.side.model.rows[0].title.startswith("recognise speech"))
    qtbot.waitUntil(lambda: panel.transcript.title.text() == panel.side.model.rows[0].title)
    assert pane.view.verticalScrollBar().value() == 300
    assert pane.undo_action.isEnabled()
