"""The desktop's dialog that takes a picture of the screen, played by a thread on a bus of the test's own."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jeepney
import numpy as np
import pytest
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from PIL import Image

from tests.desktop_app.test_notifications import bus  # noqa: F401
from tests.workers.sources.frame_collector import FrameCollector
from workers.errors import Cancelled, DeviceError
from workers.sources.screenshot import PATH, PORTAL, Screenshot

Play = Callable[[int, dict[str, Any]], None]


@pytest.fixture
def asked() -> list[tuple[Any, ...]]:
    """What the portal was asked for."""
    return []


@pytest.fixture
def portal(bus: None, asked: list[tuple[Any, ...]]) -> Iterator[Play]:  # noqa: F811
    """Starts a portal that answers one call: response and results; a negative one never comes."""
    connection = open_dbus_connection(bus="SESSION")
    connection.send_and_get_reply(message_bus.RequestName(PORTAL))
    threads: list[threading.Thread] = []

    def serve(response: int, results: dict[str, Any]) -> None:
        message = connection.receive(timeout=20)
        while message.header.message_type is not jeepney.MessageType.method_call:
            message = connection.receive(timeout=20)
        fields = message.header.fields
        _, options = message.body
        asked.append((fields[jeepney.HeaderFields.member], options["interactive"]))
        sender = fields[jeepney.HeaderFields.sender].removeprefix(":").replace(".", "_")
        handle = f"{PATH}/request/{sender}/{options['handle_token'][1]}"
        connection.send(jeepney.new_method_return(message, "o", (handle,)))
        if response >= 0:
            request = jeepney.DBusAddress(handle, interface="org.freedesktop.portal.Request")
            connection.send(jeepney.new_signal(request, "Response", "ua{sv}", (response, results)))

    def play(response: int, results: dict[str, Any]) -> None:
        threads.append(threading.Thread(target=serve, args=(response, results)))
        threads[-1].start()

    yield play
    for thread in threads:
        thread.join()
    connection.close()


def test_what_the_user_takes_is_looked_at(portal: Play, asked: list[tuple[Any, ...]], tmp_path: Path) -> None:
    path = tmp_path / "Screenshot from 7 o'clock.png"
    Image.fromarray(np.full((3, 4, 3), 99, np.uint8)).save(path)
    portal(0, {"uri": ("s", path.as_uri())})
    collected = FrameCollector()
    source = Screenshot()

    source.start(collected.take, collected.end)
    source.stop()

    assert asked == [("Screenshot", ("b", True))]
    assert [frame.pixels.tolist() for frame in collected.frames] == [[[[99] * 3] * 4] * 3]
    assert collected.ends == [None]
    assert not path.exists()  # it is on the page; the desktop would keep it among the user's pictures


def test_a_dialog_that_is_closed_is_told(portal: Play) -> None:
    portal(1, {})
    collected = FrameCollector()

    with pytest.raises(DeviceError, match="No screenshot was taken"):
        Screenshot().start(collected.take, collected.end)


def test_stop_ends_the_wait_for_the_user(portal: Play, asked: list[tuple[Any, ...]]) -> None:
    portal(-1, {})
    collected = FrameCollector()
    source = Screenshot()
    stopping = threading.Timer(0.5, source.stop)
    stopping.start()

    with pytest.raises(Cancelled):
        source.start(collected.take, collected.end)
    stopping.join()


def test_a_desktop_without_the_dialog_is_told(bus: None) -> None:  # noqa: F811
    collected = FrameCollector()

    with pytest.raises(DeviceError, match="takes no screenshot for another program"):
        Screenshot().start(collected.take, collected.end)
