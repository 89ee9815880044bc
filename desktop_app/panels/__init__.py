"""The pages of the window. A module or folder in here with a `PANEL` is one page; nothing else has to know it."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.context import AppContext

_log = logging.getLogger(__name__)

TOOLS_FROM = 100
"""Pages with this order or a higher one sit at the foot of the rail."""


@dataclass(frozen=True)
class PanelInfo:
    """What the rail shows and how the page is made, when it is first opened.

    A page may have `focus_search()`, which Ctrl+F calls, `feet`, the widgets that notices lie above, and actions
    (`QWidget.addAction`), which the menu and the command palette list while the page is open.

    Attributes:
        title: English; translated in the context "panels".
        icon: name of a file in assets/icons.
        shortcut: beside Ctrl+1 ... Ctrl+9, which follow the order.
        description: one sentence for the tooltip.
    """

    id: str
    title: str
    icon: str
    order: int
    create: Callable[[AppContext], QWidget]
    shortcut: str = ""
    description: str = ""


def discover() -> list[PanelInfo]:
    """Every page, in order; one that cannot be imported is logged and left out."""
    found = []
    for module_info in pkgutil.iter_modules(__path__):
        try:
            module = importlib.import_module(f"{__name__}.{module_info.name}")
        except ImportError:
            _log.exception("the page '%s' is left out", module_info.name)
        else:
            found.append(module.PANEL)
    return sorted(found, key=lambda panel: panel.order)
