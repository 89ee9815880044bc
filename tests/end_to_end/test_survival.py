"""What happens to real recordings when things break in the middle of a sentence."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import jiwer

from desktop_app.context import AppContext
from desktop_app.history.store import History
from desktop_app.main_window import MainWindow
from desktop_app.paths import Paths
from desktop_app.settings import Settings
from tests.end_to_end.conftest import LONG_MS, SAMPLE, words_of
from workers.engine_pool import EnginePool
from workers.results import Notice
from workers.sources.media_file import MediaFile


def kill_while_busy(qtbot, pool: EnginePool) -> None:
    """Kills the engine with a request in flight: it is frozen first, until no answer can be under way any more."""
    pid = pool.loaded()[0].pid
    while True:
        qtbot.waitUntil(lambda: pool.loaded()[0].is_busy, timeout=LONG_MS)
        os.kill(pid, signal.SIGSTOP)
        qtbot.wait(200)
        if pool.loaded()[0].is_busy:
            break
        os.kill(pid, signal.SIGCONT)
    os.kill(pid, signal.SIGKILL)


def test_engine_killed_in_mid_sentence_costs_one_line_and_no_word(qtbot, window, reference) -> None:
    context = window.context
    session, notices = context.sessions.speech, []
    session.result_ready.connect(lambda result: notices.append(result) if isinstance(result, Notice) else None)
    session.start(sources=[MediaFile(SAMPLE, track="me", pace=1.0)])
    qtbot.waitUntil(lambda: session.elapsed_s > 7 and bool(context.pool.loaded()), timeout=LONG_MS)

    kill_while_busy(qtbot, context.pool)
    with qtbot.waitSignal(session.finished, timeout=LONG_MS) as finished:
        pass

    assert context.history.flush()
    heard = " ".join(segment.text for segment in context.history.segments(finished.args[0]))
    assert len(notices) == 1
    assert "started again" in notices[0].hint
    assert jiwer.wer(" ".join(reference), " ".join(words_of(heard))) < 0.25


def test_quit_in_mid_sentence_keeps_the_words_until_then(qtbot, window, reference, home: Path) -> None:
    context = window.context
    session = context.sessions.speech
    session.start(sources=[MediaFile(SAMPLE, track="me", pace=1.0)])
    qtbot.waitUntil(lambda: session.elapsed_s > 9 and bool(context.pool.loaded()), timeout=LONG_MS)

    with qtbot.waitSignal(context.closed, timeout=LONG_MS):
        window.close()

    history = History(home / "data" / "history")
    (item,) = history.items()
    heard = words_of(" ".join(segment.text for segment in history.segments(item.id)))
    history.close()
    assert item.state == "finished"
    assert item.duration_s > 9
    assert len(heard) > 10
    assert sum(word in reference for word in heard) > 0.8 * len(heard)


def test_interrupted_recording_is_offered_whatever_page_was_open(qtbot, home: Path) -> None:
    history = History(home / "data" / "history")
    history.begin(source="Headset", tracks=["me"]).result()
    history.close()
    settings = Settings()
    settings.window.last_panel = "history"
    context = AppContext(Paths.below(home), settings)
    window = MainWindow(context)

    with qtbot.waitSignal(context.history_changed):
        window.start_services()

    assert window.current_panel == "hear"
    with qtbot.waitSignal(context.closed, timeout=LONG_MS):
        window.close()
    window.deleteLater()
