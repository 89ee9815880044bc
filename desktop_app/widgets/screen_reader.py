"""Says to a screen reader what came by itself: nobody who cannot see the window would look for it."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """Has a screen reader read a text, if one runs; an urgent one cuts short what it reads now."""
    event = QAccessibleAnnouncementEvent(widget.window(), text)  # of what is in sight: the widget's tab may not be
    if is_urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
