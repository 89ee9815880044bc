"""A pool of scenes rendered ahead by a process of its own, read by the trainings as they come.

python -m tools.starter.pool [--scenes 300000] [--processes 2]       renders what is missing, at nice 19
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.starter.scenes import GRID, MOST_THINGS, SIZE_PX, Scene, Thing, render
from tools.starter.world import COLOURS, NAMES

WORK_DIR = Path(os.environ.get("SENSORIUM_STARTER_DIR", "/tmp/starter"))  # checkpoints and pool: nothing of git
SCENES = 300_000
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


def in_parts(render: Callable[[range], None], count: int, part: int, note: Path, processes: int) -> None:
    """Renders what is missing of `count`, a part of them at a time, and notes in a file how many are there.

    Args:
        render: renders some; to be called in other processes where there are several.
        count: how many there are to be.
        part: how many are rendered between two notes.
        note: the file.
        processes: that render beside each other.
    """
    parts = [range(first, min(first + part, count)) for first in range(noted(note), count, part)]
    with ExitStack() as stack:
        apply = stack.enter_context(ProcessPoolExecutor(processes)).map if processes > 1 else map
        for rendered, _ in zip(parts, apply(render, parts), strict=True):
            note.with_suffix(".tmp").write_text(str(rendered.stop))
            note.with_suffix(".tmp").replace(note)


def noted(note: Path) -> int:
    """How many are there by a note of `in_parts`."""
    return int(note.read_text()) if note.exists() else 0


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
        return noted(self.folder / "ready.txt")

    def fill(self, seed: int = 1, processes: int = 1) -> None:
        """Renders what is missing. Scene i is the same whichever call renders it."""
        some = partial(_render, self.folder, len(self.rows), seed)
        in_parts(some, len(self.rows), BATCH, self.folder / "ready.txt", processes)


def _render(folder: Path, scenes: int, seed: int, part: range) -> None:
    pool = Pool.open(folder, scenes=scenes)
    for i in part:
        scene = render(np.random.default_rng((seed, i)))
        pool.pixels[i], pool.rows[i] = scene.pixels, row_of(scene)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenes", type=int, default=SCENES)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    os.nice(19)
    Pool.open(scenes=arguments.scenes).fill(processes=arguments.processes)


if __name__ == "__main__":
    main()
