import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt

from desktop_app.sessions import file_queue, speech_session
from desktop_app.sessions.file_queue import FileState
from tests.desktop_app.panels.hear.conftest import WORDS, text, words
from tests.scripted_engine import scripted
from workers.results import SAMPLE_RATE_HZ


def test_an_interrupted_recording_is_offered_and_finished(qtbot, panel, context, speech):
    history = context.history
    item_id = history.begin(tracks=["me"]).result()
    soundfile.write(history.media_path(item_id, "me.flac"), np.concatenate([speech, speech]), SAMPLE_RATE_HZ)
    history.append_words(item_id, "me", words("so far"), ends_segment=True)
    history.flush()
    history.release(item_id)

    panel.recovery_card.look_for_unfinished()
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


def test_a_recording_that_failed_is_offered_at_once(qtbot, panel, context, source, speech, monkeypatch):
    spec = scripted(words=WORDS, bugs_at=tuple(range(1, 99)))
    monkeypatch.setattr(speech_session, "speech_spec", lambda *_: spec)
    session = context.sessions.speech
    session.start()
    qtbot.waitUntil(lambda: source._on_end is not None)
    source.say(speech)
    session.stop()

    qtbot.waitUntil(panel.recovery_card.isVisible, timeout=10_000)
    panel.recovery_card.finish_recovered()
    panel.recovery_card.look_for_unfinished()
    qtbot.waitUntil(lambda: [job.state for job in context.sessions.files.jobs] == [FileState.DONE], timeout=10_000)

    context.history.flush()
    assert not panel.recovery_card.isVisible()
    assert context.history.item(session.item_id).state == "finished"
    assert context.history.segments(session.item_id)


def test_what_is_deleted_on_the_card_is_not_left_readable(qtbot, panel, context, speech, tmp_path):
    history = context.history
    item_id = cut_off_file(history, tmp_path / "talk.flac", 8.0, speech)
    panel.recovery_card.look_for_unfinished()
    qtbot.waitUntil(panel.recovery_card.isVisible)
    panel.pane.show_item(history.item(item_id), history.segments(item_id), [])
    assert text(panel) == "so far"

    panel.recovery_card.delete_recovered()

    assert text(panel) == ""
    qtbot.waitUntil(lambda: history.items() == [])


def test_a_deletion_that_cannot_be_done_is_told(qtbot, panel, context, messages, speech, tmp_path, monkeypatch):
    item_id = cut_off_file(context.history, tmp_path / "talk.flac", 8.0, speech)
    panel.recovery_card.look_for_unfinished()
    qtbot.waitUntil(panel.recovery_card.isVisible)
    context.history._folders.lock(item_id)  # another window has begun to finish it

    panel.recovery_card.delete_recovered()
    qtbot.waitUntil(lambda: bool(messages))

    assert "is still being recorded" in messages[0].sentence


def test_what_is_deleted_elsewhere_is_not_offered_any_more(qtbot, panel, context, speech, tmp_path):
    first, second = (cut_off_file(context.history, tmp_path / f"{name}.flac", 8.0, speech) for name in ("one", "two"))
    panel.recovery_card.look_for_unfinished()
    qtbot.waitUntil(panel.recovery_card.isVisible)

    context.items_deleted.emit(frozenset({first}))
    assert panel.recovery_card.title.text() == "Interrupted: two"
    context.items_deleted.emit(frozenset({second}))

    assert panel.recovery_card.isHidden()


@pytest.mark.parametrize("keep_audio", [True, False])
def test_what_is_kept_as_it_is_keeps_its_sound_only_where_that_is_wanted(qtbot, panel, context, speech, keep_audio):
    context.settings.history.keep_audio = keep_audio
    history = context.history
    item_id = history.begin(tracks=["me"]).result()
    soundfile.write(history.media_path(item_id, "me.flac"), speech, SAMPLE_RATE_HZ)
    history.release(item_id)

    panel.recovery_card.look_for_unfinished()
    qtbot.waitUntil(panel.recovery_card.isVisible)
    panel.recovery_card.keep_recovered()
    history.flush()

    assert history.item(item_id).state == "finished"
    assert bool(history.media(item_id)) is keep_audio


def test_an_interrupted_recording_nobody_decided_on_is_offered_again(qtbot, panel, context, speech):
    history = context.history
    item_id = history.begin(tracks=["me"]).result()
    soundfile.write(history.media_path(item_id, "me.flac"), speech, SAMPLE_RATE_HZ)
    history.release(item_id)
    history.recover(item_id).result()

    panel.recovery_card.look_for_unfinished()
    qtbot.waitUntil(panel.recovery_card.isVisible)
    panel.recovery_card.delete_recovered()
    qtbot.waitUntil(lambda: history.items() == [])

    assert not panel.recovery_card.isVisible()


def cut_off_file(history, path, seconds: float, speech) -> int:
    """An item of a file whose transcription ended early."""
    soundfile.write(path, np.resize(speech, round(seconds * SAMPLE_RATE_HZ)), SAMPLE_RATE_HZ)
    item_id = history.begin(title=path.stem, source=str(path), tracks=["file"]).result()
    history.append_words(item_id, "file", words("so far"), ends_segment=True)
    history.flush()
    history.release(item_id)
    return item_id


def test_a_file_that_was_cut_off_is_finished_from_where_its_text_ends(qtbot, panel, context, speech, tmp_path):
    history = context.history
    item_id = cut_off_file(history, tmp_path / "talk.flac", 8.0, speech)

    panel.recovery_card.look_for_unfinished()
    qtbot.waitUntil(panel.recovery_card.isVisible)
    assert panel.recovery_card.title.text() == "Interrupted: talk"
    assert "0:08" in panel.recovery_card.text.text()
    panel.recovery_card.finish_recovered()
    qtbot.waitUntil(lambda: [job.state for job in context.sessions.files.jobs] == [FileState.DONE], timeout=10_000)
    history.flush()

    first, *rest = history.segments(item_id)
    assert (first.text, history.item(item_id).state) == ("so far", "finished")
    assert rest[0].start_s >= first.end_s


def test_a_file_that_is_kept_as_it_is_is_as_long_as_its_text(qtbot, panel, context, speech, tmp_path):
    history = context.history
    item_id = cut_off_file(history, tmp_path / "talk.flac", 8.0, speech)

    panel.recovery_card.look_for_unfinished()
    qtbot.waitUntil(panel.recovery_card.isVisible)
    panel.recovery_card.keep_recovered()
    history.flush()

    assert history.item(item_id).duration_s == history.segments(item_id)[0].end_s


def test_a_file_that_was_cut_off_and_is_gone_cannot_be_finished(qtbot, panel, context, speech, tmp_path):
    cut_off_file(context.history, tmp_path / "talk.flac", 8.0, speech)
    (tmp_path / "talk.flac").unlink()

    panel.recovery_card.look_for_unfinished()
    qtbot.waitUntil(panel.recovery_card.isVisible)

    assert not panel.recovery_card.finish.isEnabled()
    assert "Its sound is not where it was" in panel.recovery_card.finish.toolTip()


def test_a_file_that_failed_in_the_middle_is_offered_at_once(qtbot, panel, context, speech, tmp_path, monkeypatch):
    monkeypatch.setattr(file_queue, "speech_spec", lambda *_: scripted(words=WORDS, bugs_at=tuple(range(2, 99))))
    soundfile.write(tmp_path / "lecture.flac", np.resize(speech, 120 * SAMPLE_RATE_HZ), SAMPLE_RATE_HZ)

    context.sessions.files.add([tmp_path / "lecture.flac"])

    qtbot.waitUntil(panel.recovery_card.isVisible, timeout=10_000)
    assert "2:00" in panel.recovery_card.text.text()
