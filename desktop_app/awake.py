"""Keeps the computer from going to sleep of itself while it records or transcribes, with nobody at the keyboard.

Over D-Bus, as notifications are. The desktop forgets the wish when the connection that it came by is closed: however
this process ends, the computer may sleep again.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from desktop_app.notifications import BUS_TIMEOUT_S
from desktop_app.sessions.session_state import SessionState

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

    from desktop_app.context import AppContext

log = logging.getLogger(__name__)

AT_WORK = (SessionState.LOADING, SessionState.RUNNING, SessionState.STOPPING)  # a pause may be a long one
SUSPEND = 4  # https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Inhibit.html


class Awake(QObject):
    """Asks the desktop to stay awake while any of the sessions that it watches is at work."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self._at_work: set[QObject] = set()
        self._is_asking = False
        self._connection: DBusConnection | None = None
        context.closed.connect(self._release)

    def watch(self, session: Any) -> None:
        """A session with `state_changed`."""
        session.state_changed.connect(lambda state: self._on_state(session, state))

    def _on_state(self, session: QObject, state: SessionState) -> None:
        were_at_work = bool(self._at_work)
        if state in AT_WORK:
            self._at_work.add(session)
        else:
            self._at_work.discard(session)
        if self._at_work and not were_at_work:
            self._ask()
        elif not self._at_work:
            self._release()

    def _ask(self) -> None:
        if self._is_asking or sys.platform != "linux":
            return
        self._is_asking = True
        reason = self.tr("Recording or transcribing")
        self._context.run(lambda job: stay_awake(reason), on_done=self._on_asked, on_failed=self._on_failed)

    def _on_asked(self, connection: DBusConnection) -> None:
        self._is_asking = False
        self._connection = connection
        if not self._at_work:
            self._release()

    def _on_failed(self, error: Exception) -> None:
        self._is_asking = False
        log.info("the computer may go to sleep meanwhile: %s", error)

    def _release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def stay_awake(reason: str) -> DBusConnection:
    """Asks the desktop not to suspend; until the connection is closed, it does not.

    Raises:
        OSError, KeyError: there is no session bus.
        TimeoutError: nobody answers on it.
        jeepney.DBusErrorResponse: no service there knows of it.
    """
    from jeepney import DBusAddress, DBusErrorResponse, new_method_call
    from jeepney.io.blocking import open_dbus_connection
    from jeepney.wrappers import unwrap_msg

    portal = DBusAddress(
        "/org/freedesktop/portal/desktop",
        bus_name="org.freedesktop.portal.Desktop",
        interface="org.freedesktop.portal.Inhibit",
    )
    screen_saver = DBusAddress(
        "/org/freedesktop/ScreenSaver",
        bus_name="org.freedesktop.ScreenSaver",
        interface="org.freedesktop.ScreenSaver",
    )
    through_portal = new_method_call(portal, "Inhibit", "sua{sv}", ("", SUSPEND, {"reason": ("s", reason)}))
    bus = open_dbus_connection(bus="SESSION")
    try:
        try:
            unwrap_msg(bus.send_and_get_reply(through_portal, timeout=BUS_TIMEOUT_S))
        except DBusErrorResponse:  # there the screen stays on, too
            keep_screen = new_method_call(screen_saver, "Inhibit", "ss", ("Sensorium", reason))
            unwrap_msg(bus.send_and_get_reply(keep_screen, timeout=BUS_TIMEOUT_S))
    except BaseException:
        bus.close()
        raise
    return bus
