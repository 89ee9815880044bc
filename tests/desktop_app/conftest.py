"""A context with a home of its own, closed after the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.context import AppContext, Message
from desktop_app.paths import Paths
from desktop_app.settings import Settings


@pytest.fixture
def context(qtbot, tmp_path: Path) -> Iterator[AppContext]:
    paths = Paths.below(tmp_path / "home")
    context = AppContext(paths, Settings.load(paths.settings_file))
    yield context
    if not context.is_closed:
        with qtbot.waitSignal(context.closed):
            context.close()


@pytest.fixture
def messages(context: AppContext) -> list[Message]:
    posted: list[Message] = []
    context.message_posted.connect(posted.append)
    return posted
