from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from desktop_app.history.records import Media
from desktop_app.panels import discover
from desktop_app.panels.hear import HearPanel
from desktop_app.sessions import speech_session
from desktop_app.sessions.file_queue import FileJob, FileState
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.speech_session import SpeechSession
from tests.desktop_app.panels.hear.conftest import text, words
from tests.scripted_engine import scripted
from workers.results import SAMPLE_RATE_HZ, Commit, Partial, Progress, Segment


def test_the_window_finds_the_page():
    assert discover()[0].id == "hear"


def test_press_record_speak_stop_and_the_text_is_kept(qtbot, context, panel, source, speech):
    qtbot.mouseClick(panel.dock.record_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: source._on_end is not None)
    source.say(speech)
    qtbot.waitUntil(lambda: text(panel) != "", timeout=10_000)
    assert panel.dock.pause_button.isVisible()
    qtbot.mouseClick(panel.dock.record_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: context.sessions.speech.state is SessionState.IDLE, timeout=10_000)
    qtbot.waitUntil(lambda: panel.pane.player.has_media)

    context.history.flush()
    kept = [segment.text for segment in context.history.segments(panel.pane.item_id)]
    assert text(panel).split("\n") == kept
    assert panel.dock.sound.currentWidget() is panel.pane.player_bar


def test_partials_are_shown_and_the_page_is_left_when_they_go(panel):
    panel._on_started(("me",))

    panel._on_result(Partial("me", words("perhaps")))
    assert panel.stack.currentWidget() is panel.pane
    panel._on_result(Partial("me", ()))

    assert panel.stack.currentWidget() is panel.empty


def test_space_pauses_while_recording_and_not_in_a_field(qtbot, panel, context, source, speech):
    session = context.sessions.speech
    session.start()
    qtbot.waitUntil(lambda: not session._is_opening)
    source.say(speech)
    qtbot.waitUntil(lambda: not panel.pane.view.is_empty, timeout=10_000)

    qtbot.keyClick(panel.pane.view, Qt.Key.Key_Space)
    assert session.state is SessionState.PAUSED
    qtbot.keyClick(panel, Qt.Key.Key_Space)
    assert session.state is SessionState.RUNNING
    panel.pane.find_bar.open_with()
    qtbot.keyClick(panel.pane.find_bar.field, Qt.Key.Key_Space)
    assert session.state is SessionState.RUNNING

    session.discard()
    qtbot.waitUntil(lambda: session.state is SessionState.IDLE)


def test_a_correction_is_kept_beside_what_was_heard_and_can_be_undone(qtbot, panel, context):
    history = context.history
    item_id = history.begin(tracks=["me"]).result()
    history.append_words(item_id, "me", words("wreck a nice beach"), ends_segment=True)
    history.finish(item_id, 3.0, keep_audio=False)
    history.flush()
    panel.pane.show_item(history.item(item_id), history.segments(item_id), [])
    (paragraph,) = panel.pane.view.paragraphs

    panel.pane.view.edit_requested.emit(paragraph, "recognise speech")
    qtbot.waitUntil(lambda: history.segments(item_id)[0].edited_text == "recognise speech")
    assert history.segments(item_id)[0].original_text == "wreck a nice beach"
    panel.pane.undo()

    qtbot.waitUntil(lambda: text(panel) == "wreck a nice beach")
    assert history.segments(item_id)[0].edited_text is None


def test_a_line_is_corrected_while_the_recording_goes_on(qtbot, panel, context):
    history = context.history
    item_id = history.begin(tracks=["me"]).result()
    panel._on_started(("me",))
    panel.pane.set_item_id(item_id)
    for commit in (Commit("me", words("first"), ends_segment=True), Commit("me", words("second", 5.0))):
        history.append_words(item_id, "me", commit.words, ends_segment=commit.ends_segment)
        panel._on_result(commit)

    panel.pane.view.edit_requested.emit(panel.pane.view.paragraphs[0], "the first")

    qtbot.waitUntil(lambda: [one.text for one in history.segments(item_id)] == ["the first", "second"])
    history.finish(item_id, 6.0)


def test_a_correction_of_what_another_window_deleted_says_so(qtbot, panel, context, messages):
    item_id = context.history.begin(tracks=["me"]).result()
    context.history.finish(item_id, 0.0)
    context.history.delete(item_id).result()
    panel._on_started(("me",))
    panel._on_result(Commit("me", words("first"), ends_segment=True))
    panel.pane.set_item_id(item_id)

    panel.pane.view.edit_requested.emit(panel.pane.view.paragraphs[0], "the first")
    qtbot.waitUntil(lambda: bool(messages))

    assert messages[0].sentence == "This line is not in the history."
    assert text(panel) == "first"


def test_a_text_that_is_not_kept_says_so_when_it_is_corrected_or_exported(panel, messages):
    panel._on_started(("me",))
    panel._on_result(Commit("me", words("first"), ends_segment=True))

    panel.pane.view.edit_requested.emit(panel.pane.view.paragraphs[0], "the first")
    panel.pane.ask_export("txt")

    assert [message.sentence for message in messages] == ["This text is not in the history."] * 2
    assert text(panel) == "first"


def test_copy_takes_everything_or_the_selection(panel):
    panel._on_started(("me",))
    panel._on_result(Commit("me", words("one two"), ends_segment=True))
    panel._on_result(Commit("me", words("three", 61.0), ends_segment=True))

    panel.pane.copy()
    assert QGuiApplication.clipboard().text() == "one two\nthree"
    panel.pane.copy_with_times()
    assert QGuiApplication.clipboard().text() == "[0:00] one two\n[1:01] three"
    cursor = panel.pane.view.textCursor()
    cursor.setPosition(4)
    cursor.setPosition(7, cursor.MoveMode.KeepAnchor)
    panel.pane.view.setTextCursor(cursor)
    panel.pane.copy()
    assert QGuiApplication.clipboard().text() == "two"


@pytest.mark.parametrize(
    ("entry", "written"),
    [
        ("Text (.txt)", "export me\n"),
        ("Text with times (.txt)", "[00:00:00] export me\n"),
        ("WebVTT with word times (.vtt)", "<00:00:00.400>"),
    ],
)
def test_an_entry_of_the_export_menu_writes_its_kind(
    qtbot, panel, context, messages, tmp_path, monkeypatch, entry, written
):
    item_id = context.history.begin(tracks=["me"]).result()
    context.history.append_words(item_id, "me", words("export me"), ends_segment=True)
    context.history.finish(item_id, 3.0)
    panel.pane.set_item_id(item_id)
    monkeypatch.setattr(
        "desktop_app.widgets.transcript_pane.ask_where_to_save",
        lambda *arguments, **_: tmp_path / f"talk.{arguments[4]}",
    )

    menu = panel.pane.export_menu(panel)
    next(action for action in menu.actions() if action.text() == entry).trigger()
    qtbot.waitUntil(lambda: bool(messages))

    (file,) = tmp_path.glob("talk.*")
    assert written in file.read_text("utf-8")


@pytest.mark.parametrize("suffix", ["txt", "srt", "vtt", "json"])
def test_export_writes_the_format_of_the_suffix(qtbot, panel, context, messages, tmp_path, suffix):
    item_id = context.history.begin(tracks=["me"]).result()
    context.history.append_words(item_id, "me", words("export me"), ends_segment=True)
    context.history.finish(item_id, 3.0)
    panel.pane.set_item_id(item_id)

    panel.pane.export(tmp_path / f"talk.{suffix}")
    qtbot.waitUntil(lambda: bool(messages))

    assert "export me" in (tmp_path / f"talk.{suffix}").read_text("utf-8")
    assert messages[0].kind == "info"


def test_click_on_a_word_plays_from_it(qtbot, panel, context, tmp_path):
    soundfile.write(tmp_path / "me.flac", np.zeros(5 * SAMPLE_RATE_HZ, np.float32), SAMPLE_RATE_HZ)
    panel._on_started(("me",))
    panel._on_result(Commit("me", words("play the third", 1.0), ends_segment=True))
    panel.pane.end_live([], 5.0)
    panel.pane.player.set_media([tmp_path / "me.flac"], 5.0)
    paragraph = panel.pane.view.paragraphs[0]

    with qtbot.waitSignal(panel.pane.player.position_changed):
        panel.pane.view.word_clicked.emit(paragraph, paragraph.words[2])
    qtbot.waitUntil(lambda: panel.pane.player.is_playing)

    assert panel.pane.player.position_s >= 1.7
    panel.pane.player.set_media([], 0.0)


@pytest.mark.parametrize("state", [SessionState.RUNNING, SessionState.STOPPING])
def test_a_running_recording_is_not_replaced_by_a_file(panel, context, state):
    session = context.sessions.speech
    panel._on_started(("me",))
    session._state = state
    panel._on_result(Commit("me", words("keep this"), ends_segment=True))
    job = FileJob(Path("talk.wav"), state=FileState.RUNNING)

    panel._on_job_changed(job)
    panel._on_segment(job, Segment("file", words("other text")))

    assert text(panel) == "keep this"
    session._state = SessionState.IDLE


def running(files, *texts: str) -> FileJob:
    """A file of which something is transcribed already."""
    job = FileJob(Path("talk.wav"), state=FileState.RUNNING)
    files._jobs.append(job)
    files._running = job
    files.job_changed.emit(job)
    for position, said in enumerate(texts):
        files._on_result(Segment("file", words(said, 10.0 * position)))
    return job


def test_a_recording_made_while_a_file_runs_stays_on_the_page(panel, context):
    session, files = context.sessions.speech, context.sessions.files
    job, waiting = running(files, "first part"), FileJob(Path("next.wav"), state=FileState.RUNNING)
    files._jobs.append(waiting)
    session._state = SessionState.RUNNING
    session.started.emit(("me",))
    session.result_ready.emit(Commit("me", words("my note"), ends_segment=True))
    session._state = SessionState.IDLE
    session.finished.emit(None)

    files._on_result(Progress(0.5))
    files._on_result(Segment("file", words("last part", 20.0)))
    files._end(job, None)
    panel._on_job_changed(waiting)

    assert text(panel) == "my note"


def test_a_page_that_is_made_while_a_file_runs_has_all_of_its_text(qtbot, context, source):
    running(context.sessions.files, "first part", "second part")

    panel = HearPanel(context)
    context.sessions.files._on_result(Segment("file", words("third part", 20.0)))

    assert text(panel).split("\n") == ["first part", "second part", "third part"]
    assert panel.stack.currentWidget() is panel.pane
    assert not panel.files_card.isHidden()
    context.sessions.files._running = None
    panel.deleteLater()


def test_captions_show_what_is_said_and_remember_their_place(qtbot, panel, context):
    panel._on_started(("me",))
    panel.toggle_captions()
    panel._on_result(Commit("me", words("above all windows")))
    panel._on_result(Partial("me", words("and more", 4.0)))

    assert panel.captions.text == "above all windows and more"
    assert panel.captions_button.isChecked()
    qtbot.keyClick(panel.captions, Qt.Key.Key_Plus)
    assert context.settings.captions.font_size_px == 36
    panel.captions._is_moved = True
    qtbot.keyClick(panel.captions, Qt.Key.Key_Escape)
    assert context.settings.captions.position == "free"
    assert not panel.captions_button.isChecked()


def test_the_keys_of_the_captions_start_and_pause(qtbot, panel):
    captions = panel.captions
    panel.toggle_captions()
    captions.activateWindow()
    qtbot.waitUntil(captions.isActiveWindow)

    with qtbot.waitSignal(captions.pause_requested):
        qtbot.keyClick(captions, Qt.Key.Key_Space)
    captions.toggle_requested.disconnect()
    with qtbot.waitSignal(captions.toggle_requested):
        qtbot.keyClick(captions, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    """A key goes to whatever has the focus."""
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def begin(qtbot, window) -> SpeechSession:
    """Begins a recording by its key."""
    session = window.context.sessions.speech
    press(qtbot, window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: session.state.is_active and not session._is_opening)
    return session


def test_space_pauses_after_a_plain_start(qtbot, window):
    session = begin(qtbot, window)

    press(qtbot, window, Qt.Key.Key_Space)
    assert session.state is SessionState.PAUSED
    press(qtbot, window, Qt.Key.Key_Space)

    assert session.state in (SessionState.LOADING, SessionState.RUNNING)


def test_space_pauses_after_a_source_was_chosen(qtbot, window):
    panel = window.page("hear")
    panel.choices.source.setFocus()

    session = begin(qtbot, window)
    press(qtbot, window, Qt.Key.Key_Space)

    assert session.state is SessionState.PAUSED
    assert not panel.captions.isVisible()


def test_space_is_for_the_button_that_was_reached_by_tab(qtbot, window):
    panel = window.page("hear")
    session = begin(qtbot, window)
    panel.captions_button.setFocus(Qt.FocusReason.TabFocusReason)

    press(qtbot, window, Qt.Key.Key_Space)

    assert panel.captions.isVisible()
    assert session.state is not SessionState.PAUSED
    panel.toggle_captions()


def test_a_click_leaves_the_keys_to_the_page(qtbot, window):
    panel = window.page("hear")

    qtbot.mouseClick(panel.captions_button, Qt.MouseButton.LeftButton)
    panel.toggle_captions()

    assert window.focusWidget() is panel


def test_what_is_deleted_is_not_left_readable(qtbot, panel, context, tmp_path):
    soundfile.write(tmp_path / "me.flac", np.zeros(SAMPLE_RATE_HZ, np.float32), SAMPLE_RATE_HZ)
    panel._on_started(("me",))
    panel.pane.set_item_id(7)
    panel._on_result(Commit("me", words("a secret"), ends_segment=True))
    panel.pane.end_live([Media("audio", tmp_path / "me.flac", "me")], 1.0)

    context.items_deleted.emit(frozenset({8}))
    assert text(panel) == "a secret"
    context.items_deleted.emit(frozenset({7}))

    assert (text(panel), panel.captions.text) == ("", "")
    assert panel.stack.currentWidget() is panel.empty
    assert not panel.pane.player.has_media
    assert panel.dock.sound.currentWidget() is panel.dock.waveform


@pytest.mark.parametrize("has_history", [True, False])
def test_what_is_discarded_is_not_left_readable(qtbot, panel, context, source, speech, has_history):
    history = context.history
    if not has_history:
        context.history = None
    session = context.sessions.speech
    session.start()
    qtbot.waitUntil(lambda: not session._is_opening)
    source.say(speech)
    qtbot.waitUntil(lambda: panel.captions.text != "", timeout=10_000)

    panel.discard_action.trigger()
    qtbot.waitUntil(lambda: session.state is SessionState.IDLE)

    assert (text(panel), panel.captions.text, panel.dock.clock.text()) == ("", "", "0:00")
    assert panel.stack.currentWidget() is panel.empty
    context.history = history


def test_what_is_far_behind_is_offered_when_it_is_to_be_finished_later(
    qtbot, panel, context, source, speech, monkeypatch
):
    monkeypatch.setattr(speech_session, "speech_spec", lambda *_: scripted(latency_s=0.5))
    session = context.sessions.speech
    session.start()
    qtbot.waitUntil(lambda: not session._is_opening)
    source.say(np.tile(speech, 15))
    assert panel.dock.later_button.isHidden()

    session.stop()
    qtbot.waitUntil(panel.dock.later_button.isVisible, timeout=20_000)
    qtbot.mouseClick(panel.dock.later_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(panel.recovery_card.isVisible, timeout=20_000)

    assert session.state is SessionState.IDLE
    assert panel.dock.later_button.isHidden()
    assert "1:00 of sound" in panel.recovery_card.text.text()


def test_sound_that_cannot_be_played_is_told_without_the_words_of_qt(panel, messages, caplog):
    panel.pane.player.failed.emit("Could not open file")

    (message,) = messages
    assert "Could not open file" not in message.sentence + message.hint
    assert "Could not open file" in caplog.text


def test_captions_leave_the_record_bar_free_and_close_with_escape(qtbot, window):
    panel = window.page("hear")
    panel.toggle_captions()
    bar = QRect(panel.dock.mapToGlobal(QPoint()), panel.dock.size())
    assert panel.captions.isVisible()
    assert not panel.captions.geometry().intersects(bar)

    window.activateWindow()
    press(qtbot, window, Qt.Key.Key_Escape)

    assert not panel.captions.isVisible()
    assert not panel.captions_button.isChecked()


def test_a_key_offers_the_formats_once_there_is_a_text(qtbot, window):
    panel = window.page("hear")
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert not any(menu.isVisible() for menu in panel.findChildren(QMenu))
    panel._on_started(("me",))
    panel._on_result(Commit("me", words("hello")))

    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)

    (menu,) = (menu for menu in panel.findChildren(QMenu) if menu.isVisible())
    assert len(menu.actions()) == 7
    menu.close()


def test_keys_and_wheel_change_the_size_of_the_text_for_good(qtbot, window, context):
    view = window.page("hear").pane.view
    window.page("hear")._on_started(("me",))
    window.page("hear")._on_result(Commit("me", words("hello")))
    before = view.font().pixelSize()

    qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert view.font().pixelSize() > before
    assert context.settings.window.transcript_percent == 125
    turn_wheel(view, -120)
    assert view.font().pixelSize() == before
    for _ in range(20):
        turn_wheel(view, 120)
    assert context.settings.window.transcript_percent == 300
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert view.font().pixelSize() == before


def turn_wheel(view: QWidget, by: int) -> None:
    """With Ctrl held down."""
    keys, phase = Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase
    at = QPointF(view.viewport().rect().center())
    turned = QWheelEvent(at, view.mapToGlobal(at), QPoint(), QPoint(0, by), Qt.MouseButton.NoButton, keys, phase, False)
    QApplication.sendEvent(view.viewport(), turned)


def test_the_speed_of_playing_is_remembered_and_the_same_on_every_page(panel, context):
    panel.pane.rate_actions[0].trigger()

    assert context.settings.window.playback_rate == 1.25
    context.change_setting("window.playback_rate", 2.0)
    assert (panel.pane.player.rate, panel.pane.player_bar._rate.text()) == (2.0, "2 ×")
