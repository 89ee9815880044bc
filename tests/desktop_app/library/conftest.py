"""A history, the starters, and engines in this process, where torch is imported only once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.history.store import History
from desktop_app.library.library import Library
from desktop_app.paths import Paths
from tests.workers.engines.vision.conftest import PICTURES
from workers.catalogue.catalogue import Catalogue
from workers.engine_pool import EnginePool


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that wait for one another by spinning are slow on a busy machine
    yield
    torch.set_num_threads(before)


@pytest.fixture
def history() -> Iterator[History]:
    history = History(Paths.of_user().history_dir)
    yield history
    history.close()


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(Paths.of_user().models_dir)


@pytest.fixture
def pool() -> Iterator[EnginePool]:
    with closing(EnginePool(placement="thread")) as pool:
        yield pool


@pytest.fixture
def library(history: History, catalogue: Catalogue, pool: EnginePool) -> Library:
    return Library(history, catalogue, pool)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder with the eight pictures of the tests, half of them in a folder below."""
    folder = tmp_path / "album"
    (folder / "more").mkdir(parents=True)
    for number, path in enumerate(sorted(PICTURES.glob("*.jpg"))):
        shutil.copy2(path, folder / "more" if number % 2 else folder)
    return folder
