import json

import pytest

from desktop_app.history.store import PRIVATE_FROM
from desktop_app.panels.hear import HearPanel
from desktop_app.sessions import file_queue
from desktop_app.sessions.file_queue import FileState
from tests.desktop_app.conftest import close
from tests.desktop_app.panels.drops import drop, of_files
from tests.desktop_app.sessions.test_speech_session import CLIPS
from workers.errors import SourceError


def test_dropped_files_are_transcribed_and_shown(qtbot, panel, context):
    clip = next((clip for clip in CLIPS if clip.exists()), None)
    if clip is None:
        pytest.skip("there is no sample of speech")
    drop(panel, of_files(clip.resolve()))
    (job,) = context.sessions.files.jobs
    qtbot.waitUntil(lambda: job.state.is_over, timeout=10_000)

    assert job.state is FileState.DONE
    assert panel.files_card.isVisible()
    assert "1 of 1" in panel.files_card.title.text()
    assert panel.files_card._timer.isActive()
    panel.files_card._timer.setInterval(0)
    qtbot.waitUntil(panel.files_card.isHidden)


def test_a_file_that_is_cut_off_says_so_until_the_list_is_closed(qtbot, panel, context, tmp_path):
    clip = next((clip for clip in CLIPS if clip.exists()), None)
    if clip is None:
        pytest.skip("there is no sample of speech")
    (tmp_path / "half.flac").write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])

    (job,) = context.sessions.files.add([tmp_path / "half.flac"])
    qtbot.waitUntil(lambda: job.state.is_over, timeout=10_000)
    (row,) = panel.files_card._rows.values()

    assert job.state is FileState.DONE
    assert row.note.text() == "The file is cut off before its end."
    assert "Copy the file again" in row.note.toolTip()
    assert not panel.files_card._timer.isActive()


def test_the_list_of_files_stays_until_it_is_closed_when_one_failed(panel, context, tmp_path):
    jobs = [file_queue.FileJob(tmp_path / name, state=state) for name, state in (
        ("good.wav", FileState.DONE), ("bad.wav", FileState.FAILED))]  # fmt: skip
    context.sessions.files._jobs = jobs

    panel.files_card.show_jobs(jobs)
    panel._on_started(("me",))

    assert panel.files_card.isVisible()
    assert not panel.files_card._timer.isActive()


def test_the_reason_of_a_failure_can_be_read_beside_a_long_name(panel, context, tmp_path):
    path = tmp_path / ("An interview that was named with care " * 4 + ".wav")
    error = SourceError("{path} does not exist.", path=path)
    context.sessions.files._jobs = [file_queue.FileJob(path, state=FileState.FAILED, error=error)]
    panel.resize(640, 460)

    panel.files_card.show_jobs(context.sessions.files.jobs)
    panel.layout().activate()
    (row,) = panel.files_card._rows.values()

    assert row.note.shown_text == "The file does not exist."
    assert row.name.shown_text.startswith("An interview")
    assert row.name.shown_text.endswith("…")
    assert panel.minimumSizeHint().width() <= 640


def test_the_arrow_beside_a_file_opens_its_transcript(qtbot, panel, context, tmp_path):
    context.sessions.files._jobs = [file_queue.FileJob(tmp_path / "a.wav", state=FileState.DONE, item_id=7)]
    panel.files_card.show_jobs(context.sessions.files.jobs)
    (row,) = panel.files_card._rows.values()

    with qtbot.waitSignal(context.item_requested) as requested:
        row.button.click()

    assert requested.args == [7]


def test_a_file_of_private_mode_leads_nowhere(panel, context, tmp_path):
    job = file_queue.FileJob(tmp_path / "a.wav", state=FileState.DONE, item_id=PRIVATE_FROM + 2)
    context.sessions.files._jobs = [job]

    panel.files_card.show_jobs([job])

    (row,) = panel.files_card._rows.values()
    assert not row.button.isVisibleTo(row)


def test_the_page_is_asked_for_the_very_number(qtbot, context):
    with qtbot.waitSignal(context.item_requested) as requested:
        context.item_requested.emit(PRIVATE_FROM + 2)

    assert requested.args == [PRIVATE_FROM + 2]


def test_files_that_waited_when_the_app_ended_are_offered(qtbot, context, source, tmp_path):
    context.remember(file_queue.WAITING_KEY, json.dumps([str(tmp_path / "a.wav"), str(tmp_path / "b.wav")]))
    panel = HearPanel(context)
    qtbot.addWidget(panel)
    panel.show()

    assert panel.files_card.title.text() == "2 files were waiting when the app ended"
    assert len(panel.files_card._rows) == 2
    panel.files_card.go_on.click()
    qtbot.waitUntil(lambda: all(job.state.is_over for job in context.sessions.files.jobs))

    assert panel.files_card.title.text() == "0 of 2 transcribed"
    assert panel.files_card.go_on.isHidden()
    close(qtbot, context)
