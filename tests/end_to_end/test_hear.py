"""From a sound device through the window's own buttons to text that is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import jiwer
import psutil
import pytest
import soundfile

from desktop_app.history.store import History
from tests.end_to_end.conftest import LONG_MS, MODEL, ROOT, words_of
from tests.sound_hardware import alsa_microphone, pulse_server
from workers.recorder import recover_flac

ON_DISK_WITHIN_S = 1.0  # what is promised for words

WINDOW_THAT_RECORDS = """
import sys
from PySide6.QtCore import QTimer
from desktop_app import app, main_window
from workers.results import Commit

class Window(main_window.MainWindow):
    def start_services(self):
        super().start_services()
        self.context.change_setting("hear.model", sys.argv[1])
        self.context.history_changed.connect(self.record_action.trigger)
        self.context.sessions.speech.result_ready.connect(self.tell)

    def tell(self, result):
        if isinstance(result, Commit) and result.words:
            print("".join(word.text for word in result.words), flush=True)

app.MainWindow = Window
sys.exit(app.main(["sensorium"]))
"""


def test_speech_into_a_microphone_is_text_in_the_history(
    qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoken, reference, window
) -> None:
    context = window.context
    with pulse_server(tmp_path, monkeypatch) as server:
        alsa_microphone(tmp_path, spoken, monkeypatch, server=server)
        session = context.sessions.speech
        window.show_panel("hear")
        said_s = len(spoken) / 44_100

        window.page("hear").dock.record_button.click()
        qtbot.waitUntil(lambda: session.elapsed_s > said_s + 0.5, timeout=LONG_MS)
        with qtbot.waitSignal(session.finished, timeout=LONG_MS) as finished:
            window.page("hear").dock.record_button.click()

    item_id = finished.args[0]
    assert context.history.flush()
    heard = " ".join(segment.text for segment in context.history.segments(item_id))
    assert jiwer.wer(" ".join(reference), " ".join(words_of(heard))) < 0.25
    assert soundfile.info(context.history.media(item_id)[0].path).duration == pytest.approx(session.elapsed_s, abs=0.1)
    assert context.history.search(reference[0])[0].item_id == item_id


def test_killed_window_leaves_its_sound_its_words_and_no_process(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, spoken
) -> None:
    with pulse_server(tmp_path, monkeypatch) as server:
        alsa_microphone(tmp_path, spoken, monkeypatch, server=server)
        monkeypatch.setenv("SENSORIUM_HOME", str(home))
        app = subprocess.Popen(
            [sys.executable, "-c", WINDOW_THAT_RECORDS, MODEL], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        told = [(app.stdout.readline(), time.monotonic())]
        while told[-1][1] - told[0][1] < 2 * ON_DISK_WITHIN_S:
            told.append((app.stdout.readline(), time.monotonic()))
        children = psutil.Process(app.pid).children(recursive=True)
        os.kill(app.pid, signal.SIGKILL)
        app.wait()
        app.stdout.close()
        _, alive = psutil.wait_procs(children, timeout=20)

    assert children
    assert not alive
    safe = words_of("".join(line for line, at_s in told if at_s < told[-1][1] - ON_DISK_WITHIN_S))
    with closing(History(home / "data" / "history")) as history:
        (item,) = history.unfinished()
        recovered = history.recover(item.id).result()
        text = " ".join(segment.text for segment in history.segments(item.id))
    assert safe
    assert words_of(text)[: len(safe)] == safe
    assert recovered.duration_s > 1.0
    assert recover_flac(recovered.tracks[0].path) == pytest.approx(recovered.duration_s, abs=0.1)
