from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_app.history.store import History
from workers.errors import AppError
from workers.results import Word


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "history"


@pytest.fixture
def problems() -> list[AppError]:
    return []


@pytest.fixture
def history(folder: Path, problems: list[AppError]) -> Iterator[History]:
    history = History(folder, on_problem=problems.append)
    yield history
    history.close()


@pytest.fixture
def say(history: History) -> Callable[..., int]:
    """Records an item with the given segments; its number."""

    def record(*texts: str, **columns: object) -> int:
        item_id = history.begin(**columns).result()  # type: ignore[arg-type]
        for number, text in enumerate(texts):
            history.append_words(item_id, "me", words(text, start_s=number * 10), ends_segment=True)
        history.finish(item_id, duration_s=len(texts) * 10).result()
        return item_id

    return record


def words(text: str, start_s: float = 0.0, word_s: float = 0.4) -> list[Word]:
    """The words of a text, spoken one after the other."""
    return [
        Word(" " + word, round(start_s + index * word_s, 3), round(start_s + (index + 1) * word_s, 3), 0.9)
        for index, word in enumerate(text.split())
    ]
