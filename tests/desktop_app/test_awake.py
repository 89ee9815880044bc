"""The desktop is asked not to suspend while something is at work, and for no longer."""

import queue
import threading

import pytest
from PySide6.QtCore import QObject, Signal

from desktop_app.awake import SUSPEND, Awake
from desktop_app.sessions.session_state import SessionState
from tests.desktop_app.test_notifications import bus  # noqa: F401

jeepney = pytest.importorskip("jeepney")


class Session(QObject):
    state_changed = Signal(object)


class Desktop:
    """A service that answers one call, and knows whether the caller is still there."""

    def __init__(self, name: str, signature: str, answer: tuple) -> None:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        self.calls: queue.Queue = queue.Queue()
        self._bus, self._message_bus = open_dbus_connection(bus="SESSION"), message_bus
        self._signature, self._answer = signature, answer
        self._bus.send_and_get_reply(message_bus.RequestName(name))
        self._serving = threading.Thread(target=self._serve)
        self._serving.start()

    def _serve(self) -> None:
        message = self._bus.receive(timeout=20)
        while message.header.message_type is not jeepney.MessageType.method_call:
            message = self._bus.receive(timeout=20)
        self._caller = message.header.fields[jeepney.HeaderFields.sender]
        self._bus.send(jeepney.new_method_return(message, self._signature, self._answer))
        self.calls.put(message.body)

    def is_caller_there(self) -> bool:
        self._serving.join()
        return bool(self._bus.send_and_get_reply(self._message_bus.NameHasOwner(self._caller)).body[0])

    def close(self) -> None:
        self._serving.join()
        self._bus.close()


@pytest.fixture
def portal(bus):  # noqa: F811
    desktop = Desktop("org.freedesktop.portal.Desktop", "o", ("/request",))
    yield desktop
    desktop.close()


@pytest.fixture
def screen_saver(bus):  # noqa: F811
    desktop = Desktop("org.freedesktop.ScreenSaver", "u", (7,))
    yield desktop
    desktop.close()


@pytest.fixture
def session(context):
    session = Session()
    session.awake = Awake(context)
    session.awake.watch(session)
    return session


def test_the_desktop_stays_awake_until_the_work_is_done(qtbot, session, portal):
    session.state_changed.emit(SessionState.LOADING)
    session.state_changed.emit(SessionState.RUNNING)
    _window, flags, options = portal.calls.get(timeout=20)
    qtbot.waitUntil(lambda: session.awake._connection is not None)
    session.state_changed.emit(SessionState.STOPPING)
    assert portal.is_caller_there()

    session.state_changed.emit(SessionState.IDLE)

    assert (flags, options) == (SUSPEND, {"reason": ("s", "Recording or transcribing")})
    qtbot.waitUntil(lambda: not portal.is_caller_there())


def test_a_pause_lets_the_computer_sleep(qtbot, session, portal):
    session.state_changed.emit(SessionState.RUNNING)
    qtbot.waitUntil(lambda: session.awake._connection is not None, timeout=20_000)

    session.state_changed.emit(SessionState.PAUSED)

    qtbot.waitUntil(lambda: not portal.is_caller_there())


def test_what_is_done_before_the_desktop_answers_keeps_nothing_awake(qtbot, session, portal):
    session.state_changed.emit(SessionState.RUNNING)
    session.state_changed.emit(SessionState.IDLE)

    portal.calls.get(timeout=20)

    qtbot.waitUntil(lambda: not portal.is_caller_there() and not session.awake._is_asking)


def test_a_desktop_without_a_portal_keeps_the_screen_on(qtbot, session, screen_saver):
    session.state_changed.emit(SessionState.RUNNING)

    assert screen_saver.calls.get(timeout=20) == ("Sensorium", "Recording or transcribing")
    qtbot.waitUntil(lambda: session.awake._connection is not None)
    session.state_changed.emit(SessionState.FAILED)
    assert session.awake._connection is None


def test_a_machine_without_a_bus_is_only_logged(qtbot, session, messages, monkeypatch, caplog):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    caplog.set_level("INFO")

    session.state_changed.emit(SessionState.RUNNING)

    qtbot.waitUntil(lambda: "may go to sleep" in caplog.text, timeout=20_000)
    assert messages == []


def test_recordings_and_files_are_watched(context, monkeypatch):
    states: list = []
    monkeypatch.setattr(Awake, "_on_state", lambda _awake, session, state: states.append((session, state)))
    speech, files = context.sessions.speech, context.sessions.files

    for session in (speech, files):
        session.state_changed.emit(SessionState.RUNNING)

    assert states == [(speech, SessionState.RUNNING), (files, SessionState.RUNNING)]
