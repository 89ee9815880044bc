import contextlib
import logging
import sqlite3
import threading

from PySide6.QtCore import QObject, QThread, Signal

from desktop_app.context import AppContext
from desktop_app.history.store import History
from desktop_app.paths import Paths
from desktop_app.settings import Settings
from tests.desktop_app.conftest import close
from workers.engine_pool import EnginePool
from workers.errors import Cancelled, DiskError, ModelMissing
from workers.results import Notice, Word


class Session(QObject):
    """Needs a turn of the event loop to stop, like a real one."""

    state_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.state = "running"

    def stop(self) -> None:
        self.state = "stopping"


def test_work_runs_in_a_thread_and_its_result_comes_back_here(context, qtbot):
    threads = []

    def work(job):
        threads.append(QThread.currentThread())
        job.report(0.5, "half")
        return 42

    here, seen = QThread.currentThread(), []
    context.run(
        work,
        on_done=lambda value: seen.append((value, QThread.currentThread())),
        on_progress=lambda progress: seen.append((progress.fraction, QThread.currentThread())),
        on_ended=lambda: seen.append("ended"),
    )

    qtbot.waitUntil(lambda: "ended" in seen)
    assert seen == [(0.5, here), (42, here), "ended"]
    assert threads != [here]


def test_error_of_work_is_shown_with_its_values(context, messages, qtbot):
    def work(_job):
        raise DiskError("The disk is full: '{path}' cannot be written.", hint="Free some space.", path="/media")

    context.run(work)

    qtbot.waitUntil(lambda: bool(messages))
    assert messages[0].kind == "error"
    assert messages[0].sentence == "The disk is full: '/media' cannot be written."
    assert messages[0].hint == "Free some space."


def test_cancelled_is_never_shown(context, messages, qtbot):
    ended = []

    def work(_job):
        raise Cancelled

    context.run(work, on_ended=lambda: ended.append(True))

    qtbot.waitUntil(lambda: bool(ended))
    context.show_error(Cancelled())
    assert messages == []


def test_missing_model_offers_the_models_page(context, messages, qtbot):
    context.show_error(ModelMissing("The model '{id}' is not installed.", id="whisper-base"))

    with qtbot.waitSignal(context.panel_requested) as request:
        messages[0].action[1]()
    assert request.args == ["models"]


def test_bug_is_logged_whole_and_shown_as_unexpected(context, messages, caplog):
    with caplog.at_level(logging.ERROR):
        context.show_error(ZeroDivisionError("division by zero"))

    assert messages[0].sentence == "Something unexpected happened."
    assert "ZeroDivisionError" in messages[0].hint
    assert caplog.records[0].exc_info is not None


def test_notice_from_another_thread_is_shown_here(context, messages, qtbot):
    thread = threading.Thread(target=lambda: context._notice_came.emit(Notice("The engine was restarted.")))
    thread.start()
    thread.join()

    qtbot.waitUntil(lambda: bool(messages))
    assert (messages[0].kind, messages[0].sentence) == ("info", "The engine was restarted.")


def test_history_opens_in_the_background(context, qtbot):
    with qtbot.waitSignal(context.history_changed):
        context.open_history()

    assert isinstance(context.history, History)
    assert context.history.items() == []


def test_what_has_had_its_time_is_deleted_when_the_history_opens(context, qtbot, monkeypatch):
    history = History(context.paths.history_dir)
    monkeypatch.setattr("desktop_app.history.store.time.time", lambda: 1.0)
    history.finish(history.begin().result(), 1.0)
    monkeypatch.undo()
    history.close()
    context.settings.history.keep_days = 7

    with qtbot.waitSignal(context.history_changed):
        context.open_history()
    context.history.flush()

    assert context.history.items() == []


def test_broken_history_is_said_and_recordings_live_in_memory(context, messages, qtbot):
    context.paths.history_dir.mkdir(parents=True)
    (context.paths.history_dir / "history.db").write_bytes(b"this is no database" * 100)

    with qtbot.waitSignal(context.history_changed):
        context.open_history()
    qtbot.waitUntil(lambda: bool(messages))

    assert messages[0].kind == "error"
    assert context.wait_for_history().begin(title="", source="", engine="", model_id="", language="", tracks=("me",))


def test_what_was_said_while_the_history_was_locked_can_be_exported_once_it_opens(
    context, messages, qtbot, tmp_path, monkeypatch
):
    def until_opened() -> None:
        with qtbot.waitSignal(context.history_changed):
            context.open_history()

    monkeypatch.setattr("desktop_app.history.database.OPEN_TIMEOUT_S", 0.1)
    path = context.paths.history_dir / "history.db"
    History(path.parent).close()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        until_opened()
        item_id = context.history.begin(tracks=["me"]).result()
        context.history.append_words(item_id, "me", [Word(" important", 0.0, 1.0, 0.9)])
        until_opened()
        holder.execute("ROLLBACK")

    until_opened()
    context.history.export(item_id, tmp_path / "said.txt")

    assert (tmp_path / "said.txt").read_text() == "important\n"
    assert [message.action is not None for message in messages] == [True, True]


def test_setting_is_told_and_saved_once(qtbot, tmp_path):
    paths = Paths.below(tmp_path)
    context = AppContext(paths, Settings.load(paths.settings_file))
    told = []
    context.settings_changed.connect(told.append)
    context.change_setting("general.theme", "dark")

    qtbot.waitUntil(lambda: Settings.load(paths.settings_file).general.theme == "dark")
    assert told == ["general.theme"]
    close(qtbot, context)


def test_the_window_does_not_wait_for_the_disk_and_what_was_chosen_meanwhile_is_saved_after(
    context, qtbot, monkeypatch
):
    disk, written, threads = threading.Event(), [], []

    def write(settings, values):
        threads.append(threading.current_thread())
        disk.wait()
        written.append(values["general"]["theme"])

    monkeypatch.setattr(Settings, "write", write)
    context.change_setting("general.theme", "dark")
    qtbot.waitUntil(lambda: bool(threads))

    context.change_setting("general.theme", "light")
    context._save_timer.timeout.emit()
    assert threading.main_thread() not in threads
    disk.set()
    close(qtbot, context)

    assert written == ["dark", "light"]


def test_setting_that_waits_to_be_saved_is_saved_at_the_end(context, qtbot):
    context.change_setting("general.theme", "dark")

    close(qtbot, context)

    assert Settings.load(context.paths.settings_file).general.theme == "dark"


def test_settings_that_cannot_be_saved_are_said(context, messages):
    context.paths.config_dir.parent.mkdir()
    context.paths.config_dir.write_text("in the way")
    context.change_setting("general.theme", "dark")

    context.save_settings()

    assert "could not be saved" in messages[0].sentence


def test_close_cancels_work_and_waits_for_it(context, qtbot):
    started, ended = threading.Event(), []

    def work(job):
        started.set()
        job._cancelled.wait()
        ended.append(True)
        job.raise_if_cancelled()

    context.run(work)
    started.wait()
    with qtbot.waitSignal(context.closed):
        context.close()

    assert ended == [True]
    assert context.is_closed


def test_close_gives_up_on_a_history_that_takes_no_writes_and_the_next_start_has_them(context, qtbot, monkeypatch):
    monkeypatch.setattr("desktop_app.context.JOBS_LIMIT_MS", 1)
    monkeypatch.setattr("desktop_app.context.HISTORY_LIMIT_S", 0.1)
    folder = context.paths.history_dir
    context.history = history = History(folder)
    item_id = history.begin(title="to be deleted").result()
    history.finish(item_id, 1.0).result()

    with contextlib.closing(sqlite3.connect(folder / "history.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        context.run(lambda _job: history.delete(item_id).result())
        with qtbot.waitSignal(context.closed):
            context.close()

    again = History(folder)
    again.flush()
    assert again.items() == []
    again.close()


def test_close_lets_long_work_write_to_a_history_that_takes_it(context, qtbot, monkeypatch):
    monkeypatch.setattr("desktop_app.context.JOBS_LIMIT_MS", 1)
    context.history = history = History(context.paths.history_dir)
    was_looked_at, written = threading.Event(), []
    look = history.flush

    def flush(timeout_s: float) -> bool:
        was_looked_at.set()
        return look(timeout_s)

    def work(_job):
        was_looked_at.wait(10)  # longer than jobs have
        written.append(history.begin(title="late").result())

    monkeypatch.setattr(history, "flush", flush)
    context.run(work)
    with qtbot.waitSignal(context.closed):
        context.close()

    assert was_looked_at.is_set()
    assert len(written) == 1


def test_close_waits_until_sessions_are_idle(context, qtbot):
    session = Session()
    context.sessions.speech = session
    context.close()
    qtbot.wait(1)
    assert not context.is_closed

    with qtbot.waitSignal(context.closed):
        session.state = "idle"
        session.state_changed.emit("idle")


def test_close_gives_up_on_a_session_that_does_not_stop(context, qtbot):
    context.sessions.speech = Session()
    context._stop_timer.setInterval(1)

    with qtbot.waitSignal(context.closed):
        context.close()


def test_close_ends_the_pool_and_the_history(qtbot, tmp_path):
    pool, history = EnginePool(placement="thread"), History(tmp_path / "history")
    context = AppContext(Paths.below(tmp_path), Settings(), pool=pool, history=history)

    with qtbot.waitSignal(context.closed):
        context.close()
        context.close()

    assert pool._is_closed
    assert not any(thread.name.startswith("history") for thread in threading.enumerate())


def test_every_job_of_many_at_once_delivers_its_result(qtbot, context):
    results: list[int] = []

    for number in range(40):
        context.run(lambda _job, number=number: number, on_done=results.append)
    qtbot.waitUntil(lambda: len(results) == 40)

    assert sorted(results) == list(range(40))
