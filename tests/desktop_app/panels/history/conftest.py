"""The page with a history of its own, the starters, and engines in this process."""

import pytest

from desktop_app.history.store import History
from desktop_app.panels.history import HistoryPanel
from tests.desktop_app.conftest import close
from tests.desktop_app.panels.hear.conftest import words
from workers.engine_pool import EnginePool
from workers.results import Segment


@pytest.fixture
def history(context, tmp_path) -> History:
    context.pool = EnginePool(placement="thread")
    context.history = History(tmp_path / "history")
    return context.history


@pytest.fixture
def panel(qtbot, context, history):
    panel = HistoryPanel(context)
    panel.resize(1000, 600)
    yield panel
    close(qtbot, context)
    panel.close()
    panel.deleteLater()


def add(history: History, *lines: str, title: str = "", tracks: tuple[str, ...] = ("me",)) -> int:
    """An item with a line every ten seconds."""
    item_id = history.begin(title=title, tracks=tracks, source="Built-in").result()
    for number, line in enumerate(lines):
        history.add_segment(item_id, Segment(tracks[number % len(tracks)], words(line, 10.0 * number), "en"))
    history.finish(item_id, 10.0 * len(lines))
    history.flush()
    return item_id


def listed(panel) -> list[str]:
    return [row.title for row in panel.side.model.rows]


def shown(qtbot, panel, count: int) -> None:
    if not panel.isVisible():
        panel.show()
    qtbot.waitUntil(
        lambda: len(panel.side.model.rows) == count and panel.side.list.isVisible() == bool(count), timeout=20_000
    )
