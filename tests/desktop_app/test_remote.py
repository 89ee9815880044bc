"""Other programs of the user reach the window by a socket; without one nothing breaks."""

import contextlib
import socket
import stat
import threading

import pytest

from desktop_app import cli, remote
from desktop_app.main_window import MainWindow
from desktop_app.paths import Paths
from desktop_app.remote import listening
from desktop_app.sessions import speech_session
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.speech_session import SpeechSession
from tests.desktop_app.sessions.test_speech_session import ScriptedSource
from tests.scripted_engine import scripted


def told(qtbot, verb: str) -> int:
    """The exit code of the command, which runs elsewhere while the event loop goes on."""
    codes: list[int] = []
    caller = threading.Thread(target=lambda: codes.append(cli.main([verb])))
    caller.start()
    qtbot.waitUntil(lambda: bool(codes))
    caller.join()
    return codes[0]


def test_the_word_is_passed_on_and_the_state_comes_back(qtbot, capsys):
    heard: list[str] = []
    path = Paths.of_user().socket_file

    with listening(path, {"toggle": lambda: heard.append("toggle") or "running"}):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert told(qtbot, "toggle") == 0

    assert heard == ["toggle"]
    assert capsys.readouterr().out == "running\n"
    assert not path.exists()


@pytest.mark.parametrize("verb", ["toggle", "pause"])
def test_no_window_is_a_sentence(capsys, verb):
    assert cli.main([verb]) == 5

    assert capsys.readouterr().err == "sensorium: No window of Sensorium is open. Open it first: sensorium\n"


def test_a_word_that_an_older_window_does_not_know_is_told(qtbot, capsys):
    with listening(Paths.of_user().socket_file, {}):
        assert told(qtbot, "pause") == 5

    assert "does not know 'pause'" in capsys.readouterr().err


def test_what_a_killed_window_left_is_no_hindrance(qtbot):
    path = Paths.of_user().socket_file
    with listening(path, {}):
        path.rename(path.with_suffix(".left"))
    path.with_suffix(".left").rename(path)

    with listening(path, {"pause": lambda: "paused"}):
        assert told(qtbot, "pause") == 0


def test_a_second_window_leaves_the_socket_to_the_first(qtbot):
    path = Paths.of_user().socket_file

    with listening(path, {"pause": lambda: "paused"}):
        with listening(path, {}):
            pass
        assert told(qtbot, "pause") == 0


def test_a_second_window_listens_when_the_first_has_closed(qtbot, monkeypatch):
    monkeypatch.setattr(remote, "RETRY_MS", 50)
    path = Paths.of_user().socket_file
    heard: list[str] = []

    with contextlib.ExitStack() as second:
        with listening(path, {}):
            second.enter_context(listening(path, {"pause": lambda: heard.append("second") or "paused"}))
        qtbot.waitUntil(path.exists)
        assert told(qtbot, "pause") == 0

    assert heard == ["second"]
    assert not path.exists()


def test_a_second_window_is_not_kept_by_a_first_that_hangs(qtbot):
    path = Paths.of_user().socket_file
    path.parent.mkdir(parents=True, exist_ok=True)

    with socket.socket(socket.AF_UNIX) as hanging, socket.socket(socket.AF_UNIX) as caller:
        hanging.bind(str(path))
        hanging.listen(0)
        caller.connect(str(path))
        with listening(path, {}):
            pass

    assert path.exists()


def test_a_folder_that_takes_no_socket_is_only_logged(tmp_path, caplog):
    (tmp_path / "file").touch()

    with listening(tmp_path / "file" / "window.sock", {}):
        pass

    assert "no commands from outside" in caplog.text


def test_the_window_starts_pauses_and_stops(qtbot, context, monkeypatch):
    monkeypatch.setattr(SpeechSession, "_chosen_sources", lambda _session: [ScriptedSource()])
    monkeypatch.setattr(SpeechSession, "watch_devices", lambda _session: None)
    monkeypatch.setattr(speech_session, "speech_spec", lambda *_: scripted(load="wait"))
    window = MainWindow(context)
    session = context.sessions.speech

    assert window.verbs["toggle"]() == "loading"
    qtbot.waitUntil(lambda: not session._is_opening)
    assert window.verbs["pause"]() == "paused"
    assert window.verbs["toggle"]() == "stopping"

    session.discard()
    qtbot.waitUntil(lambda: session.state is SessionState.IDLE)
    with qtbot.waitSignal(context.closed, timeout=20_000):
        window.close()
    window.deleteLater()
