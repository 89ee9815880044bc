"""Notifications reach the desktop's service over D-Bus; without one nothing breaks."""

import subprocess
import threading

import pytest

from desktop_app import notifications
from desktop_app.notifications import DesktopNotifier, notify_over_dbus

jeepney = pytest.importorskip("jeepney")


@pytest.fixture
def bus(tmp_path, monkeypatch):
    """A session bus of our own."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address", f"--address=unix:dir={tmp_path}"]
    try:
        daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    except FileNotFoundError:
        pytest.skip("there is no dbus-daemon")
    with daemon:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().strip())
        yield
        daemon.terminate()


@pytest.fixture
def desktop(bus):
    """The notifications that a desktop would have shown."""
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import open_dbus_connection

    shown: list[tuple] = []
    connection = open_dbus_connection(bus="SESSION")
    connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.Notifications"))

    def serve() -> None:
        message = connection.receive(timeout=20)
        while message.header.message_type is not jeepney.MessageType.method_call:
            message = connection.receive(timeout=20)
        shown.append(message.body)
        connection.send(jeepney.new_method_return(message, "u", (7,)))

    serving = threading.Thread(target=serve)
    serving.start()
    yield shown
    serving.join()
    connection.close()


def test_the_desktop_shows_title_and_text_and_takes_neither_for_markup(desktop):
    number = notify_over_dbus("Seen: a <b>dog</b>", "Camera <1> & co")

    name, replaces, icon, title, text, actions, _hints, shown_ms = desktop[0]
    assert (number, name, replaces, title) == (7, "Sensorium", 0, "Seen: a <b>dog</b>")
    assert (text, actions, shown_ms) == ("Camera &lt;1&gt; &amp; co", [], notifications.SHOWN_MS)
    assert icon.endswith("sensorium.svg")


def test_the_notifier_returns_at_once_and_the_desktop_is_told(qtbot, context, desktop):
    DesktopNotifier(context).show("Seen: a dog", "Camera")

    qtbot.waitUntil(lambda: bool(desktop), timeout=20_000)
    assert desktop[0][3] == "Seen: a dog"


def test_a_bus_without_a_desktop_is_only_logged(qtbot, context, messages, bus, caplog):
    DesktopNotifier(context).show("Seen: a dog", "Camera")

    qtbot.waitUntil(lambda: "no desktop notification" in caplog.text, timeout=20_000)
    assert messages == []


def test_a_machine_without_a_bus_is_only_logged(qtbot, context, messages, monkeypatch, caplog):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)

    DesktopNotifier(context).show("Seen: a dog", "Camera")

    qtbot.waitUntil(lambda: "no desktop notification" in caplog.text, timeout=20_000)
    assert messages == []
