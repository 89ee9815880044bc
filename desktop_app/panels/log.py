"""The log, as it happens: filter, copy, open its folder, save a report."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.panels import PanelInfo


def create(context: AppContext) -> QWidget:
    return theme.label("log", "title")


PANEL = PanelInfo("log", "Log", "log", 120, create, description="What the app and its engines did.")
