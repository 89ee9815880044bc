"""A pool of scenes rendered ahead by a process of its own, read by the trainings as they come.

python -m tools.starter.pool [--scenes 150000]        renders what is missing, in a process at nice 19
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.starter.scenes import GRID, MOST_THINGS, SIZE_PX, Scene, Thing, render
from tools.starter.world import COLOURS, NAMES

WORK_DIR = Path(os.environ.get("SENSORIUM_STARTER_DIR", "/tmp/starter"))  # checkpoints and pool: nothing of git
SCENES = 150_000
BATCH = 500  # scenes rendered between two notes of how many there are
NO_COLOUR = len(COLOURS)
ROW = np.dtype(
    [
        ("count", np.uint8),
        ("name", np.uint8, MOST_THINGS),
        ("colour", np.uint8, MOST_THINGS),
        ("box", np.float32, (MOST_THINGS, 4)),
        ("slots", np.uint8, (GRID, GRID)),
    ]
)


def row_of(scene: Scene) -> NDArray[np.void]:
    """The truth of a scene as one record of `ROW`."""
    row = np.zeros((), ROW)
    row["count"] = len(scene.things)
    row["slots"] = scene.slots
    for i, thing in enumerate(scene.things):
        row["name"][i] = NAMES.index(thing.name)
        row["colour"][i] = NO_COLOUR if thing.colour is None else COLOURS.index(thing.colour)
        row["box"][i] = thing.left, thing.top, thing.right, thing.bottom
    return row


def things_of(row: NDArray[np.void]) -> tuple[Thing, ...]:
    """The things of one record of `ROW`."""
    return tuple(
        Thing(NAMES[name], None if colour == NO_COLOUR else COLOURS[colour], *(float(edge) for edge in box))
        for name, colour, box in zip(
            row["name"][: row["count"]], row["colour"][: row["count"]], row["box"], strict=False
        )
    )


@dataclass(frozen=True)
class Pool:
    """Scenes on disk: `pixels` (n, 64, 64, 3) uint8 and `rows` (n,) of `ROW`; the first `ready` are there."""

    folder: Path
    pixels: NDArray[np.uint8]
    rows: NDArray[np.void]

    @classmethod
    def open(cls, folder: Path = WORK_DIR / "pool", *, scenes: int = SCENES) -> Pool:
        folder.mkdir(parents=True, exist_ok=True)

        def array(name: str, dtype: np.dtype, shape: tuple[int, ...]) -> NDArray:
            file = folder / name
            return np.memmap(file, dtype, "r+" if file.exists() else "w+", shape=shape)

        pixels = array("pixels.u8", np.dtype(np.uint8), (scenes, SIZE_PX, SIZE_PX, 3))
        return cls(folder, pixels, array("rows.bin", ROW, (scenes,)))

    @property
    def ready(self) -> int:
        note = self.folder / "ready.txt"
        return int(note.read_text()) if note.exists() else 0

    def fill(self, seed: int = 1) -> None:
        """Renders what is missing. Scene i is the same whichever call renders it."""
        for first in range(self.ready, len(self.rows), BATCH):
            for i in range(first, min(first + BATCH, len(self.rows))):
                scene = render(np.random.default_rng((seed, i)))
                self.pixels[i], self.rows[i] = scene.pixels, row_of(scene)
            (self.folder / "ready.tmp").write_text(str(min(first + BATCH, len(self.rows))))
            (self.folder / "ready.tmp").replace(self.folder / "ready.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenes", type=int, default=SCENES)
    os.nice(19)
    Pool.open(scenes=parser.parse_args().scenes).fill()


if __name__ == "__main__":
    main()
