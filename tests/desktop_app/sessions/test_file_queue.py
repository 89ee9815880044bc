import contextlib
import errno
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from desktop_app.context import AppContext
from desktop_app.history.store import History
from desktop_app.paths import Paths
from desktop_app.sessions import file_queue
from desktop_app.sessions.file_queue import FileJob, FileQueue, FileState
from desktop_app.sessions.session_state import SessionState
from desktop_app.settings import Settings
from tests.desktop_app.conftest import close
from tests.desktop_app.sessions.test_speech_session import CLIPS
from tests.scripted_engine import scripted
from workers.engine_pool import EnginePool
from workers.results import SAMPLE_RATE_HZ
from workers.sources import media_file
from workers.worker import FileWorker


@pytest.fixture
def context(qtbot, home):
    context = AppContext(
        Paths.below(home), Settings(), pool=EnginePool(placement="thread"), history=History(home / "history")
    )
    yield context
    close(qtbot, context)


@pytest.fixture
def queue(context, monkeypatch) -> FileQueue:
    words = tuple(f" word{number}" for number in range(60))
    monkeypatch.setattr(file_queue, "speech_spec", lambda *_: scripted(words=words))
    return context.sessions.files


@pytest.fixture
def clip(tmp_path) -> Path:
    """Six seconds of speech."""
    sample = next((clip for clip in CLIPS if clip.exists()), None)
    if sample is None:
        pytest.skip("there is no sample of speech")
    samples = np.resize(np.concatenate(list(media_file.read_blocks(sample))), 6 * SAMPLE_RATE_HZ)
    soundfile.write(tmp_path / "talk.flac", samples, SAMPLE_RATE_HZ)
    return tmp_path / "talk.flac"


def until_idle(qtbot, queue) -> None:
    qtbot.waitUntil(
        lambda: queue.state is SessionState.IDLE and all(job.state.is_over for job in queue.jobs), timeout=20_000
    )


def test_files_are_transcribed_in_order_into_the_history(qtbot, context, queue, clip, tmp_path):
    other = shutil.copy(clip, tmp_path / "other talk.flac")
    segments: list = []
    queue.segment_ready.connect(lambda job, segment: segments.append((job.path.name, segment.text)))

    first, second = queue.add([clip, other])
    until_idle(qtbot, queue)
    context.history.flush()

    assert [first.state, second.state] == [FileState.DONE, FileState.DONE]
    assert [name for name, _ in segments] == sorted((name for name, _ in segments), reverse=True)
    items = context.history.items()
    assert [item.title for item in items] == ["other talk", "talk"]
    assert {item.state for item in items} == {"finished"}
    shown = " ".join(text for name, text in segments if name == "talk.flac")
    assert " ".join(segment.text for segment in context.history.segments(first.item_id)) == shown


def test_a_file_that_is_no_sound_is_told_and_the_next_one_goes_on(qtbot, context, queue, clip, tmp_path):
    wrong = tmp_path / "letter.wav"
    wrong.write_text("Dear Ada,")

    bad, good = queue.add([wrong, clip])
    until_idle(qtbot, queue)
    context.history.flush()

    assert (bad.state, good.state) == (FileState.FAILED, FileState.DONE)
    assert "letter.wav is not an audio or video file" in str(bad.error)
    assert [item.title for item in context.history.items()] == ["talk"]


def test_a_file_that_came_while_the_history_was_opened_is_in_it(qtbot, context, queue, clip, monkeypatch):
    history, context.history, asked_for = context.history, None, threading.Event()
    monkeypatch.setattr("desktop_app.history.store.History", lambda *_, **__: asked_for.wait(5) and history)
    monkeypatch.setattr(context, "wait_for_history", lambda: asked_for.set() or AppContext.wait_for_history(context))

    context.open_history()
    (job,) = queue.add([clip])
    until_idle(qtbot, queue)

    assert job.item_id is not None
    history.flush()
    assert [item.title for item in history.items()] == ["talk"]


def test_cancel_takes_one_file_out(qtbot, context, queue, clip, tmp_path):
    first, second = queue.add([clip, clip])

    queue.cancel(second)
    until_idle(qtbot, queue)

    assert (first.state, second.state) == (FileState.DONE, FileState.CANCELLED)


def test_stop_cancels_the_file_that_runs_and_those_that_wait(qtbot, context, queue, clip):
    jobs = queue.add([clip, clip, clip])

    queue.stop()
    until_idle(qtbot, queue)

    assert [job.state for job in jobs] == [FileState.CANCELLED] * 3


def test_the_rest_of_a_recording_goes_into_the_same_item(qtbot, context, queue, clip):
    history = context.history
    item_id = history.begin(tracks=["me"]).result()
    shutil.copy(clip, history.media_path(item_id, "me.flac"))
    history.release(item_id)
    recovered = history.recover(item_id).result()

    (job,) = queue.add_rest(recovered)
    until_idle(qtbot, queue)
    history.flush()

    assert job.item_id == item_id
    assert history.item(item_id).state == "finished"
    assert history.segments(item_id)
    assert history.unfinished() == []


def recorded(history, clip, *tracks: str) -> int:
    """An item of each of whose tracks there is a recording."""
    item_id = history.begin(title="Meeting", tracks=tracks).result()
    for track in tracks:
        shutil.copy(clip, history.media_path(item_id, f"{track}.flac"))
    history.finish(item_id, 6.0)
    history.flush()
    return item_id


def again(qtbot, queue, history, item_id) -> list[FileJob]:
    """Waits behind another file of the queue, if there is one."""
    before = len(queue.jobs)
    queue.add_again(history.item(item_id), history.media(item_id), "scripted")
    qtbot.waitUntil(lambda: len(queue.jobs) > before)
    return list(queue.jobs[before:])


def test_again_with_another_model_leaves_the_first_text_alone(qtbot, context, queue, clip):
    history = context.history
    item_id = recorded(history, clip, "me")

    again(qtbot, queue, history, item_id)
    until_idle(qtbot, queue)
    history.flush()
    item = history.items()[0]
    history.delete(item_id).result()

    assert (item.title, item.model_id) == ("Meeting", "scripted")
    assert history.media(item.id)[0].path.exists()


def test_again_leaves_nothing_when_it_is_cancelled_before_its_turn(qtbot, context, queue, clip):
    history = context.history
    item_id = recorded(history, clip, "me", "computer")
    (first,) = queue.add([clip])
    jobs = again(qtbot, queue, history, item_id)

    for job in jobs:
        queue.cancel(job)
    until_idle(qtbot, queue)
    history.flush()

    assert [item.id for item in history.items()] == [first.item_id, item_id]
    assert [job.item_id for job in jobs] == [None, None]


def test_again_keeps_one_track_when_the_other_is_cancelled(qtbot, context, queue, clip):
    history = context.history
    first, other = again(qtbot, queue, history, recorded(history, clip, "me", "computer"))

    queue.cancel(other)
    until_idle(qtbot, queue)
    history.flush()

    assert history.item(first.item_id).state == "finished"
    assert {segment.track for segment in history.segments(first.item_id)} == {first.track}


def test_again_says_that_the_sound_is_gone_and_makes_no_item(qtbot, context, queue, clip):
    history, messages = context.history, []
    context.message_posted.connect(messages.append)
    item_id = recorded(history, clip, "me")
    item, media = history.item(item_id), history.media(item_id)
    media[0].path.unlink()

    queue.add_again(item, media, "scripted")
    qtbot.waitUntil(lambda: bool(messages))
    history.flush()

    assert "me.flac does not exist" in messages[0].sentence
    assert [item.id for item in history.items()] == [item_id]


def test_again_copies_the_sound_where_the_disk_knows_no_links(qtbot, context, queue, clip, monkeypatch):
    def link(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    history = context.history
    monkeypatch.setattr(os, "link", link)

    (job,) = again(qtbot, queue, history, recorded(history, clip, "me"))
    until_idle(qtbot, queue)

    assert job.state is FileState.DONE


def test_again_says_that_the_disk_is_full_and_leaves_no_item(qtbot, context, queue, clip, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    history, messages = context.history, []
    context.message_posted.connect(messages.append)
    item_id = recorded(history, clip, "me")
    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(shutil, "copyfile", full)

    queue.add_again(history.item(item_id), history.media(item_id), "scripted")
    qtbot.waitUntil(lambda: bool(messages))
    history.flush()

    assert "The disk is full" in messages[0].sentence
    assert [item.id for item in history.items()] == [item_id]


def test_again_that_still_waits_when_the_app_ends_leaves_nothing(qtbot, context, queue, clip, home):
    item_id = recorded(context.history, clip, "me")
    queue.add([clip] * 5)
    (job,) = again(qtbot, queue, context.history, item_id)
    again_id = job.item_id

    close(qtbot, context)

    with contextlib.closing(History(home / "history")) as at_the_next_start:
        ids = [item.id for item in at_the_next_start.items()]
    assert item_id in ids
    assert again_id not in ids


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str | None, str]]:
    """The language that each file was asked for, and the one that its model was chosen for."""
    found = []
    spec = scripted(words=(" word",))

    def find_spec(_settings, _catalogue, _model_id, language):
        found.append(language)
        return spec

    class Worker(FileWorker):
        def __init__(self, *arguments, options, **values):
            found[-1] = options.language, found[-1]
            super().__init__(*arguments, options=options, **values)

    monkeypatch.setattr(file_queue, "speech_spec", find_spec)
    monkeypatch.setattr(file_queue, "FileWorker", Worker)
    return found


def test_again_is_in_the_language_that_is_asked_for_or_else_chosen(qtbot, context, queue, clip, asked):
    history = context.history
    item_id = recorded(history, clip, "me")
    history.update_item(item_id, language="de").result()
    context.change_setting("hear.language", "en")
    item, media = history.item(item_id), history.media(item_id)

    queue.add_again(item, media, "scripted", "de")
    queue.add_again(item, media, "scripted")
    qtbot.waitUntil(lambda: len(queue.jobs) == 2)
    until_idle(qtbot, queue)
    history.flush()

    assert sorted(asked) == [("de", "de"), ("en", "en")]
    assert sorted(item.language for item in history.items()) == ["de", "de", "en"]


@pytest.mark.parametrize(("chosen", "taken"), [("en", ("de", "de")), ("", (None, ""))])
def test_the_rest_is_in_the_language_of_the_recording_where_one_is_chosen(
    qtbot, context, queue, clip, asked, chosen, taken
):
    history = context.history
    item_id = history.begin(tracks=["me"], language="de").result()
    shutil.copy(clip, history.media_path(item_id, "me.flac"))
    history.release(item_id)
    context.change_setting("hear.language", chosen)

    queue.add_rest(history.recover(item_id).result())
    until_idle(qtbot, queue)

    assert asked == [taken]


def test_a_rest_that_is_cancelled_is_offered_again(qtbot, context, queue, clip):
    history = context.history
    item_id = history.begin(tracks=["me"]).result()
    shutil.copy(clip, history.media_path(item_id, "me.flac"))
    history.release(item_id)
    (job,) = queue.add_rest(history.recover(item_id).result())

    queue.cancel(job)
    until_idle(qtbot, queue)
    history.flush()

    assert history.item(item_id).state == "recovered"


@pytest.fixture
def long_clip(clip, tmp_path) -> Path:
    """Two minutes of speech, which an engine is asked about in parts."""
    samples, _ = soundfile.read(clip, dtype="float32")
    soundfile.write(tmp_path / "lecture.flac", np.resize(samples, 120 * SAMPLE_RATE_HZ), SAMPLE_RATE_HZ)
    return tmp_path / "lecture.flac"


def hears(monkeypatch, **options) -> None:
    spec = scripted(words=tuple(f" word{number}" for number in range(60)), **options)
    monkeypatch.setattr(file_queue, "speech_spec", lambda *_: spec)


def test_a_file_that_failed_in_the_middle_is_as_long_as_its_text_and_not_complete(
    qtbot, context, queue, long_clip, monkeypatch
):
    hears(monkeypatch, bugs_at=tuple(range(2, 99)))

    (job,) = queue.add([long_clip])
    until_idle(qtbot, queue)
    context.history.flush()

    item = context.history.item(job.item_id)
    assert (job.state, item.state) == (FileState.FAILED, "recovered")
    assert 0 < item.duration_s == context.history.segments(item.id)[-1].end_s < 60


def test_a_file_that_the_end_of_the_app_cut_off_is_found_at_the_next_start(
    qtbot, context, queue, long_clip, home, monkeypatch
):
    hears(monkeypatch, latency_s=0.3)
    queue.segment_ready.connect(lambda *_: context.close())

    with qtbot.waitSignal(context.closed, timeout=20_000):
        queue.add([long_clip])
    history = History(home / "history")

    assert [item.title for item in history.unfinished()] == ["lecture"]
    history.close()


def test_the_rest_of_a_recording_that_is_deleted_is_not_transcribed(qtbot, context, queue, clip):
    history = context.history
    item_id = history.begin(tracks=["me"]).result()
    shutil.copy(clip, history.media_path(item_id, "me.flac"))
    history.release(item_id)
    _, job = [*queue.add([clip]), *queue.add_rest(history.recover(item_id).result())]

    context.items_deleted.emit(frozenset({item_id}))
    history.delete(item_id).result()
    until_idle(qtbot, queue)

    assert (job.state, job.item_id) == (FileState.CANCELLED, None)


def test_closing_cancels_and_keeps_what_was_transcribed(qtbot, context, queue, clip, home):
    queue.segment_ready.connect(lambda *_: context.close())  # while the first one runs

    with qtbot.waitSignal(context.closed, timeout=20_000):
        jobs = queue.add([clip] * 3)

    assert [job.state for job in jobs] == [FileState.CANCELLED] * 3
    history = History(home / "history")
    (item,) = history.unfinished()
    assert [segment.text for segment in history.segments(item.id)] == [segment.text for segment in jobs[0].segments]
    assert history.items() == [item]
    history.close()


def next_start(qtbot, context, home) -> AppContext:
    """Ends the app and begins it again."""
    close(qtbot, context)
    return AppContext(
        Paths.below(home), context.settings, pool=EnginePool(placement="thread"), history=History(home / "history")
    )


def test_files_that_waited_when_the_app_ended_wait_for_a_word_at_the_next_start(qtbot, context, queue, clip, home):
    queue.add([clip, clip])

    context = next_start(qtbot, context, home)
    queue = context.sessions.files
    assert queue.is_held
    assert [(job.path, job.state) for job in queue.jobs] == [(clip, FileState.WAITING)] * 2
    queue.go_on()
    until_idle(qtbot, queue)

    assert not queue.is_held
    assert [job.state for job in queue.jobs] == [FileState.DONE] * 2
    close(qtbot, context)


@pytest.mark.parametrize("remembered", ["", "no list", "3", "[1, 2]", '{"a": 1'])
def test_files_that_waited_are_forgotten_where_somebody_wrote_into_the_settings(qtbot, home, remembered):
    settings = Settings()
    settings.window.panel_state = {file_queue.WAITING_KEY: remembered}

    context = AppContext(Paths.below(home), settings)

    assert list(context.sessions.files.jobs) == []
    close(qtbot, context)


def test_files_are_kept_waiting_over_several_starts_and_not_when_they_were_cancelled(qtbot, context, queue, clip, home):
    queue.add([clip])
    for _ in range(2):
        context = next_start(qtbot, context, home)
        assert [job.state for job in context.sessions.files.jobs] == [FileState.WAITING]

    context.sessions.files.stop()
    context = next_start(qtbot, context, home)

    assert (list(context.sessions.files.jobs), context.sessions.files.is_held) == ([], False)
    close(qtbot, context)


def test_private_mode_remembers_no_files(qtbot, context, queue, clip, home):
    context.settings.history.is_private = True
    queue.add([clip, clip])

    context = next_start(qtbot, context, home)

    assert list(context.sessions.files.jobs) == []
    assert str(clip) not in str(context.settings)
    close(qtbot, context)
