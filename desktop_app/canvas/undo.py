"""What can be undone: a list of steps that is bounded by memory and forgets the oldest.

Not Qt's own stack: it counts commands, but what a step costs differs a thousandfold, and it never forgets one
while later ones are there.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from desktop_app.canvas.layers import Layer, Reference
from desktop_app.canvas.tiles import TILE_BYTES, Key, Tile

LIMIT_BYTES = 256 * 1024 * 1024
"""Some twenty thousand strokes: a packed tile takes about 3 KB."""


@dataclass(frozen=True)
class TileChange:
    layer: Layer
    key: Key
    before: Tile | None
    after: Tile | None


@dataclass(frozen=True, eq=False)
class Step:
    """What one action changed; None where it changed nothing.

    Attributes:
        size, reference: before and after.
        number: which drawing it was, before and after; see `Document.number`.
    """

    tiles: tuple[TileChange, ...] = ()
    size: tuple[QSize, QSize] | None = None
    reference: tuple[Reference | None, Reference | None] | None = None
    number: tuple[int, int] | None = None

    @property
    def n_bytes(self) -> int:
        """The memory that its tiles hold on to at this moment."""
        return sum(tile.n_bytes for change in self.tiles for tile in (change.before, change.after) if tile is not None)

    @property
    def pictures(self) -> dict[int, QImage]:
        """Those of the references, by their ids: a reference that was moved has the same one, in many steps."""
        return {id(part.image): part.image for part in self.reference or () if part is not None}

    @property
    def is_packed(self) -> bool:
        """Whether it takes as little room as it ever will."""
        return all(tile is None or tile.is_packed for change in self.tiles for tile in (change.before, change.after))


class UndoStack:
    """Steps that were done, and those that were undone and can be done again."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.done: list[Step] = []
        self.undone: list[Step] = []  # the one to be done again first is the last
        self.limit_bytes = limit_bytes
        self._most_bytes = 0  # not more than this is held: tiles shrink when they are packed
        self._sizes: list[int | None] = []  # of what was done; None may still shrink

    @property
    def newest(self) -> Step | None:
        """The step that would be taken back."""
        return self.done[-1] if self.done else None

    def push(self, step: Step) -> None:
        """Takes a step that was just done; what was undone before cannot be done again."""
        held = self.done[-1].pictures if self.done else {}
        self.undone.clear()
        self.done.append(step)
        self._sizes.append(None)
        self._most_bytes += step.n_bytes + TILE_BYTES * len(step.tiles)
        self._most_bytes += sum(image.sizeInBytes() for key, image in step.pictures.items() if key not in held)
        if self._most_bytes > self.limit_bytes:
            self._forget()

    def undo(self) -> Step | None:
        """The step to take back."""
        if not self.done:
            return None
        self.undone.append(self.done.pop())
        self._sizes.pop()
        return self.undone[-1]

    def redo(self) -> Step | None:
        """The step to do again."""
        if not self.undone:
            return None
        self.done.append(self.undone.pop())
        self._sizes.append(None)
        return self.done[-1]

    def take(self, done: list[Step], undone: list[Step]) -> None:
        """Goes on from the steps of another stack."""
        self.done, self.undone = list(done), list(undone)
        self._sizes = [None] * len(done)
        pictures = {key: image for step in (*done, *undone) for key, image in step.pictures.items()}
        self._most_bytes = sum(step.n_bytes for step in (*done, *undone))
        self._most_bytes += sum(image.sizeInBytes() for image in pictures.values())

    def _forget(self) -> None:
        """Lets go of the oldest steps until the rest has room; the newest one always stays.

        Happens every hundred strokes, between two of them: what cannot shrink any more is not counted again.
        """
        sizes = [step.n_bytes if size is None else size for step, size in zip(self.done, self._sizes, strict=True)]
        self._sizes = [
            size if known is not None or step.is_packed else None
            for step, known, size in zip(self.done, self._sizes, sizes, strict=True)
        ]
        last_with = {key: number for number, step in enumerate(self.done) for key in step.pictures}
        freed = list(sizes)  # by forgetting each one after those before it
        for key, number in last_with.items():
            freed[number] += self.done[number].pictures[key].sizeInBytes()
        total, n_forgotten = sum(freed), 0
        while total > self.limit_bytes * 0.9 and n_forgotten < len(freed) - 1:
            total -= freed[n_forgotten]
            n_forgotten += 1
        del self.done[:n_forgotten], self._sizes[:n_forgotten]
        self._most_bytes = total
