"""One picture of the screen, taken by the desktop's own dialog, as Wayland has it. No Qt.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Screenshot.html
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from workers.errors import Cancelled, DeviceError
from workers.results import Frame
from workers.sources.image_file import Still, read_image

PORTAL = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
REPLY_TIMEOUT_S = 10.0  # of the portal, which only says that it will ask; the user may take any time


def is_wayland() -> bool:
    """Whether no program may look at the screen by itself."""
    return sys.platform == "linux" and bool(os.environ.get("WAYLAND_DISPLAY"))


class Screenshot(Still):
    """What the user chooses of the screen; each start asks again, and returns when the user has chosen.

    `start` raises DeviceError where the desktop has no such dialog or the user took no picture, Cancelled after `stop`.
    """

    def __init__(self, name: str = "Screen") -> None:
        super().__init__(name, self._ask)
        self._bus: Any = None  # while the user is asked
        self._is_stopped = False

    def stop(self) -> None:
        self._is_stopped = True
        if (bus := self._bus) is not None:
            with contextlib.suppress(OSError):
                bus.sock.shutdown(socket.SHUT_RDWR)  # wakes `_ask`; the portal takes its dialog away
        super().stop()

    def _ask(self) -> Frame:
        from jeepney import DBusErrorResponse
        from jeepney.io.blocking import open_dbus_connection

        try:
            with open_dbus_connection(bus="SESSION") as self._bus:
                if self._is_stopped:
                    raise Cancelled
                response, results = _take_picture(self._bus)
        except (OSError, KeyError, DBusErrorResponse) as error:
            if self._is_stopped:
                raise Cancelled from error
            raise DeviceError(
                "This desktop takes no screenshot for another program.",
                hint="Take one and paste it here, or log in to an X11 session.",
            ) from error
        finally:
            self._bus = None
        if response != 0:
            raise DeviceError("No screenshot was taken.", hint="F5 asks again.")
        path = Path(unquote(urlsplit(results["uri"][1]).path))
        try:
            return read_image(path)
        finally:  # the desktop puts it among the user's pictures, or where everybody can read it
            with contextlib.suppress(OSError):
                path.unlink()


def _take_picture(bus: Any) -> tuple[int, dict[str, Any]]:
    """The portal's response, 0 for a picture, and its results; waits for the user."""
    from jeepney import DBusAddress, MatchRule, new_method_call
    from jeepney.bus_messages import message_bus
    from jeepney.wrappers import unwrap_msg

    token = f"sensorium_{secrets.token_hex(8)}"
    sender = bus.unique_name.removeprefix(":").replace(".", "_")
    answered = MatchRule(
        type="signal",
        interface="org.freedesktop.portal.Request",
        member="Response",
        path=f"{PATH}/request/{sender}/{token}",
    )
    screenshot = DBusAddress(PATH, bus_name=PORTAL, interface="org.freedesktop.portal.Screenshot")
    options = {"handle_token": ("s", token), "interactive": ("b", True)}
    with bus.filter(answered) as answers:
        unwrap_msg(bus.send_and_get_reply(message_bus.AddMatch(answered), timeout=REPLY_TIMEOUT_S))
        call = new_method_call(screenshot, "Screenshot", "sa{sv}", ("", options))
        unwrap_msg(bus.send_and_get_reply(call, timeout=REPLY_TIMEOUT_S))
        response, results = bus.recv_until_filtered(answers).body
    return int(response), results
