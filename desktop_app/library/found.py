"""What the library gives back: pictures that were found, and what became of a folder. No Qt, no numpy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop_app.history.records import Item, PictureFile
from workers.errors import AppError


@dataclass(frozen=True)
class FoundPicture:
    """A picture that was found: of an item of the history, or a file of the user's own; `similarity` is the cosine."""

    similarity: float
    item: Item | None = None
    file: PictureFile | None = None


@dataclass(frozen=True)
class IndexProgress:
    """How far an index has come; `total` is 0 while the folder is looked through, and `done` what was found."""

    done: int
    total: int = 0
    n_problems: int = 0
    left_s: float | None = None

    @property
    def fraction(self) -> float:
        return self.done / self.total if self.total else -1.0


@dataclass(frozen=True)
class Indexed:
    """What an index made of a folder.

    Attributes:
        n_files: that can be found now.
        n_new: looked at for the first time, or again because they or the model changed.
        n_gone: not there any more, and forgotten.
        n_problems: that cannot be read, those of earlier times included.
        problems: what was wrong with those that were tried, and with folders that could not be looked into.
    """

    folder: Path
    n_files: int
    n_new: int
    n_gone: int
    n_problems: int
    problems: tuple[AppError, ...] = ()
