"""A context with a home of its own, closed after the test."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from desktop_app.context import AppContext, Message
from desktop_app.paths import Paths
from desktop_app.settings import Settings
from workers.engine_pool import EnginePool


def close(qtbot, context: AppContext) -> None:
    """Ends the context and waits for that, unless the test did."""
    if not context.is_closed:
        with qtbot.waitSignal(context.closed, timeout=20_000):
            context.close()


@pytest.fixture
def context(qtbot, tmp_path: Path) -> Iterator[AppContext]:
    paths = Paths.below(tmp_path / "home")
    context = AppContext(paths, Settings.load(paths.settings_file))
    yield context
    close(qtbot, context)


@pytest.fixture
def messages(context: AppContext) -> list[Message]:
    posted: list[Message] = []
    context.message_posted.connect(posted.append)
    return posted


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader would read by itself; what is urgent ends with an exclamation mark."""
    texts: list[str] = []

    def update(event: QAccessibleAnnouncementEvent) -> None:
        is_urgent = event.politeness() == QAccessible.AnnouncementPoliteness.Assertive
        texts.append(event.message() + "!" * is_urgent)

    accessible = SimpleNamespace(updateAccessibility=update, AnnouncementPoliteness=QAccessible.AnnouncementPoliteness)
    monkeypatch.setattr("desktop_app.widgets.screen_reader.QAccessible", accessible)
    return texts


@pytest.fixture
def _in_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Engines of the commands in this process, where torch is imported only once."""
    import torch

    for command in ("look", "sketch"):
        monkeypatch.setattr(f"desktop_app.{command}.EnginePool", functools.partial(EnginePool, placement="thread"))
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that wait for one another by spinning are slow on a busy machine
    yield
    torch.set_num_threads(before)


in_threads = pytest.mark.usefixtures("_in_threads")
