from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication

from desktop_app.history.store import History
from desktop_app.panels import discover
from desktop_app.panels.hear import HearPanel
from desktop_app.sessions import file_queue, speech_session
from desktop_app.sessions.file_queue import FileState
from desktop_app.sessions.session_state import SessionState
from tests.desktop_app.sessions.test_speech_session import CLIPS, ScriptedSource, speech  # noqa: F401
from tests.scripted_engine import scripted
from workers.engine_pool import EnginePool
from workers.errors import DeviceError
from workers.results import SAMPLE_RATE_HZ, Commit, Levels, LiveStatus, Partial, Segment, SourceNotice, Word
from workers.sources.base import AudioDevice

WORDS = tuple(f" word{number}" for number in range(60))


def words(text: str, start_s: float = 0.0, probability: float = 0.9) -> tuple[Word, ...]:
    return tuple(
        Word(f" {part}", start_s + 0.4 * position, start_s + 0.4 * position + 0.3, probability)
        for position, part in enumerate(text.split())
    )


@pytest.fixture
def context(context, tmp_path, monkeypatch):
    context.pool = EnginePool(placement="thread")
    context.history = History(tmp_path / "history")
    spec = scripted(words=WORDS)
    monkeypatch.setattr(speech_session, "speech_spec", lambda *_: spec)
    monkeypatch.setattr(file_queue, "speech_spec", lambda *_: spec)
    return context


@pytest.fixture
def source(context, monkeypatch):
    source = ScriptedSource()
    monkeypatch.setattr(context.sessions.speech, "_chosen_sources", lambda: [source])
    monkeypatch.setattr(context.sessions.speech, "watch_devices", lambda: None)
    return source


@pytest.fixture
def panel(qtbot, context, source):
    panel = HearPanel(context)
    panel.resize(900, 640)
    panel.show()
    yield panel
    with qtbot.waitSignal(context.closed, timeout=20_000):  # as the window does: the page goes last
        context.close()
    panel.close()
    panel.deleteLater()


def text(panel) -> str:
    return panel.pane.view.toPlainText()


def test_the_window_finds_the_page():
    assert [panel.id for panel in discover()][:2] == ["hear", "history"]


def test_press_record_speak_stop_and_the_text_is_kept(qtbot, context, panel, source, speech):  # noqa: F811
    qtbot.mouseClick(panel.record_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: source._on_end is not None)
    source.say(speech)
    qtbot.waitUntil(lambda: text(panel) != "", timeout=10_000)
    assert panel.pause_button.isVisible()
    qtbot.mouseClick(panel.record_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: context.sessions.speech.state is SessionState.IDLE, timeout=10_000)
    qtbot.waitUntil(lambda: panel.pane.player.has_media)

    context.history.flush()
    kept = [segment.text for segment in context.history.segments(panel.pane.item_id)]
    assert text(panel).split("\n") == kept
    assert panel.sound.currentWidget() is panel.pane.player_bar


def test_the_first_page_says_what_to_press(panel):
    assert panel.stack.currentWidget() is panel.empty
    assert "Press record" in panel.empty.title.text()
    assert not panel.copy_button.isEnabled()


def test_partials_are_shown_and_the_page_is_left_when_they_go(panel):
    panel._on_started(("me",))

    panel._on_result(Partial("me", words("perhaps")))
    assert panel.stack.currentWidget() is panel.pane
    panel._on_result(Partial("me", ()))

    assert panel.stack.currentWidget() is panel.empty


def test_the_lag_is_shown_only_when_behind(panel, context):
    session = context.sessions.speech
    session._state = SessionState.RUNNING

    for lag_s, is_shown in ((0.3, False), (7.0, True), (0.5, False)):
        session._on_result(LiveStatus("me", 10, 9, 8, lag_s=lag_s, is_speech=True))
        assert panel.lag.isVisible() is is_shown

    session._state = SessionState.IDLE


def test_space_pauses_while_recording_and_not_in_a_field(qtbot, panel, context, source, speech):  # noqa: F811
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


def test_dropped_files_are_transcribed_and_shown(qtbot, panel, context):
    clip = next((clip for clip in CLIPS if clip.exists()), None)
    if clip is None:
        pytest.skip("there is no sample of speech")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(clip.resolve()))])

    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    panel.dropEvent(event)
    (job,) = context.sessions.files.jobs
    qtbot.waitUntil(lambda: job.state.is_over, timeout=10_000)

    assert job.state is FileState.DONE
    assert panel.files_card.isVisible()
    assert "1 of 1" in panel.files_card.title.text()
    assert panel.files_card._timer.isActive()
    panel.files_card._timer.setInterval(0)
    qtbot.waitUntil(panel.files_card.isHidden)


def test_the_list_of_files_stays_until_it_is_closed_when_one_failed(panel, context, tmp_path):
    jobs = [file_queue.FileJob(tmp_path / name, state=state) for name, state in (
        ("good.wav", FileState.DONE), ("bad.wav", FileState.FAILED))]  # fmt: skip
    context.sessions.files._jobs = jobs

    panel.files_card.show_jobs(jobs)
    panel._on_started(("me",))

    assert panel.files_card.isVisible()
    assert not panel.files_card._timer.isActive()


def test_a_running_recording_is_not_replaced_by_a_file(qtbot, panel, context):
    session = context.sessions.speech
    panel._on_started(("me",))
    session._state = SessionState.RUNNING
    panel._on_result(Commit("me", words("keep this"), ends_segment=True))
    job = file_queue.FileJob(Path("talk.wav"), state=FileState.RUNNING)

    panel._on_job_changed(job)
    panel._on_segment(job, Segment("file", words("other text")))

    assert text(panel) == "keep this"
    session._state = SessionState.IDLE


def test_an_interrupted_recording_is_offered_and_finished(qtbot, panel, context, speech):  # noqa: F811
    history = context.history
    item_id = history.begin(tracks=["me"]).result()
    soundfile.write(history.media_path(item_id, "me.flac"), np.concatenate([speech, speech]), SAMPLE_RATE_HZ)
    history.append_words(item_id, "me", words("so far"), ends_segment=True)
    history.flush()
    history.release(item_id)

    panel.look_for_unfinished()
    qtbot.waitUntil(panel.recovery_card.isVisible)
    assert "0:08" in panel.recovery_card.text.text()
    qtbot.mouseClick(panel.recovery_card.finish, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [job.state for job in context.sessions.files.jobs] == [FileState.DONE], timeout=10_000)
    history.flush()

    (row,) = panel.files_card._rows.values()
    assert row.name.text().startswith("Recording of ")
    assert not panel.recovery_card.isVisible()
    assert history.item(item_id).state == "finished"
    assert history.segments(item_id)[0].text == "so far"
    assert len(history.segments(item_id)) > 1


def test_a_recording_that_failed_is_offered_at_once(qtbot, panel, context, source, speech, monkeypatch):  # noqa: F811
    spec = scripted(words=WORDS, bugs_at=tuple(range(1, 99)))
    monkeypatch.setattr(speech_session, "speech_spec", lambda *_: spec)
    session = context.sessions.speech
    session.start()
    qtbot.waitUntil(lambda: source._on_end is not None)
    source.say(speech)
    session.stop()

    qtbot.waitUntil(panel.recovery_card.isVisible, timeout=10_000)
    panel.finish_recovered()
    panel.look_for_unfinished()
    qtbot.waitUntil(lambda: [job.state for job in context.sessions.files.jobs] == [FileState.DONE], timeout=10_000)

    context.history.flush()
    assert not panel.recovery_card.isVisible()
    assert context.history.item(session.item_id).state == "finished"
    assert context.history.segments(session.item_id)


def test_an_interrupted_recording_nobody_decided_on_is_offered_again(qtbot, panel, context, speech):  # noqa: F811
    history = context.history
    item_id = history.begin(tracks=["me"]).result()
    soundfile.write(history.media_path(item_id, "me.flac"), speech, SAMPLE_RATE_HZ)
    history.release(item_id)
    history.recover(item_id).result()

    panel.look_for_unfinished()
    qtbot.waitUntil(panel.recovery_card.isVisible)
    panel.delete_recovered()
    history.flush()

    assert history.items() == []
    assert not panel.recovery_card.isVisible()


def test_devices_that_come_and_go_are_listed_and_the_choice_stays(panel, context):
    usb = AudioDevice("pulse:usb", "USB Audio")
    context.change_setting("hear.microphone", "pulse:usb")

    context.sessions.speech.devices_changed.emit([usb, AudioDevice("pulse:built-in", "Built-in", is_default=True)])
    assert panel.choices.source.currentText() == "USB Audio"
    context.sessions.speech.devices_changed.emit([AudioDevice("pulse:built-in", "Built-in", is_default=True)])

    assert panel.choices.source.currentText() == "usb (not connected)"


def test_choices_become_settings(panel, context):
    panel.choices.source.activated.emit(panel.choices.source.findText("Microphone and computer sound"))
    panel.choices.language.activated.emit(panel.choices.language.findData("de"))

    assert (context.settings.hear.source, context.settings.hear.language) == ("both", "de")


def test_a_missing_device_stands_under_the_clock_until_it_is_back(qtbot, panel, context, source):
    session = context.sessions.speech
    session.start()
    qtbot.waitUntil(lambda: not session._is_opening)
    for condition, role in (("away", "warning"), ("", "caption")):
        session._problem.emit(SourceNotice("It.", track="me", device_name="Headset", condition=condition))
        assert (panel.status.text() == "Waiting for Headset") is bool(condition)
        assert panel.status.property("role") == role

    source.end(DeviceError("'{name}' was unplugged.", name="Headset"))
    qtbot.waitUntil(lambda: session.state is SessionState.PAUSED)

    assert panel.status.text() == "Headset is missing: choose another"
    assert panel.choices.source.isEnabled()
    session.discard()
    qtbot.waitUntil(lambda: session.state is SessionState.IDLE)
    assert panel.status.property("role") == "caption"


def test_choices_are_closed_during_a_recording_and_say_why(panel):
    panel._show_state(SessionState.RUNNING)

    assert not panel.choices.model.isEnabled()
    assert "Stop the recording" in panel.choices.model.toolTip()
    panel._show_state(SessionState.IDLE)
    assert panel.choices.model.isEnabled()


def test_without_a_model_the_way_to_one_is_shown(qtbot, panel, context):
    panel.empty.show_models(has_model=False)

    with qtbot.waitSignal(context.panel_requested) as requested:
        qtbot.mouseClick(panel.empty.models_button, Qt.MouseButton.LeftButton)

    assert requested.args == ["models"]


def test_levels_move_the_meter_and_the_waveform(panel):
    panel._on_started(("me",))
    peaks = np.tile(np.float32([-0.5, 0.5]), (6, 1))

    panel._on_levels(Levels("me", peaks, -12.0))

    assert panel.meter.dbfs == -12.0
    assert len(panel.waveform._bars["me"]) == 2


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

    with qtbot.waitSignal(captions.pause_requested):
        qtbot.keyClick(captions, Qt.Key.Key_Space)
    captions.toggle_requested.disconnect()
    with qtbot.waitSignal(captions.toggle_requested):
        qtbot.keyClick(captions, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
