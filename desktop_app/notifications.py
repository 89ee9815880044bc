"""Tells the user something outside the window, which may be covered or on another desktop.

On Linux straight over D-Bus, as every desktop understands it: QSystemTrayIcon.showMessage needs an icon in a tray,
which GNOME does not have. Elsewhere by an icon that stands in the tray as long as the message does.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from desktop_app import theme

if TYPE_CHECKING:
    from desktop_app.context import AppContext

log = logging.getLogger(__name__)

SHOWN_MS = 10_000
BUS_TIMEOUT_S = 3.0


class DesktopNotifier(QObject):
    """Shows notifications of the desktop; where there are none, the window asks for attention."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self._tray: QSystemTrayIcon | None = None
        self._hide = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._hide.timeout.connect(self._remove_tray)

    def show(self, title: str, text: str) -> None:
        """Returns at once."""
        for window in QApplication.topLevelWidgets():
            if window.isWindow() and window.isVisible():
                QApplication.alert(window)
        if sys.platform == "linux":
            self._context.run(lambda job: notify_over_dbus(title, text), on_failed=self._on_failed)
        elif QSystemTrayIcon.isSystemTrayAvailable():
            if self._tray is None:
                self._tray = QSystemTrayIcon(theme.app_icon(), self)
            self._tray.show()
            self._tray.showMessage(title, text, theme.app_icon(), SHOWN_MS)
            self._hide.start()

    def _remove_tray(self) -> None:
        if self._tray is not None:
            self._tray.hide()

    def _on_failed(self, error: Exception) -> None:
        log.warning("no desktop notification: %s", error)


def notify_over_dbus(title: str, text: str) -> int:
    """Asks the desktop's notification service; the number of the notification.

    Raises:
        OSError, KeyError: there is no session bus.
        TimeoutError: nobody answers on it.
        jeepney.DBusErrorResponse: there is no such service.
    """
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection
    from jeepney.wrappers import unwrap_msg

    service = DBusAddress(
        "/org/freedesktop/Notifications",
        bus_name="org.freedesktop.Notifications",
        interface="org.freedesktop.Notifications",
    )
    icon = str(theme.ICONS_DIR / "sensorium.svg")
    # https://specifications.freedesktop.org/notification-spec: name, replaces, icon, title, text, actions, hints, ms
    values: tuple[Any, ...] = ("Sensorium", 0, icon, title, _as_plain(text), [], {}, SHOWN_MS)
    with open_dbus_connection(bus="SESSION") as bus:
        reply = bus.send_and_get_reply(
            new_method_call(service, "Notify", "susssasa{sv}i", values), timeout=BUS_TIMEOUT_S
        )
    (number,) = unwrap_msg(reply)
    return int(number)


def _as_plain(text: str) -> str:
    """A desktop may take the text for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
