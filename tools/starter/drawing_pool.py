"""A pool of drawings rendered ahead by a process of its own, read by the trainings of starter-sd as they come.

python -m tools.starter.drawing_pool [--drawings 24000] [--processes 2]      renders what is missing, at nice 19
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.starter.drawings import SIZE_PX, draw
from tools.starter.pool import WORK_DIR, in_parts, noted

DRAWINGS = 24_000  # 6 GB
POSED_EVERY = 3  # the share that is posed: what the model learns to make without a sketch
BATCH = 120  # drawings rendered between two notes of how many there are
PROMPT = np.dtype("S100")
LATENT_SHAPE = (4, SIZE_PX // 8, SIZE_PX // 8)
ENCODED_AT_ONCE = 60


@dataclass(frozen=True)
class DrawingPool:
    """Drawings on disk: `pixels` (n, 256, 256, 3), `sketches` (n, 256, 256) and `prompts` (n,).

    The first `ready` are there. Every `POSED_EVERY`th is posed. `latents` (n, 4, 32, 32) are there where `is_encoded`.
    """

    folder: Path
    pixels: NDArray[np.uint8]
    sketches: NDArray[np.uint8]
    prompts: NDArray[np.bytes_]
    latents: NDArray[np.float16]
    is_encoded: NDArray[np.bool_]

    @classmethod
    def open(cls, folder: Path = WORK_DIR / f"drawings-{SIZE_PX}", *, drawings: int = DRAWINGS) -> DrawingPool:
        folder.mkdir(parents=True, exist_ok=True)

        def array(name: str, dtype: np.dtype, shape: tuple[int, ...]) -> NDArray:
            file = folder / name
            return np.memmap(file, dtype, "r+" if file.exists() else "w+", shape=shape)

        pixels = array("pixels.u8", np.dtype(np.uint8), (drawings, SIZE_PX, SIZE_PX, 3))
        sketches = array("sketches.u8", np.dtype(np.uint8), (drawings, SIZE_PX, SIZE_PX))
        prompts = array("prompts.bin", PROMPT, (drawings,))
        latents = array("latents.f16", np.dtype(np.float16), (drawings, *LATENT_SHAPE))
        return cls(folder, pixels, sketches, prompts, latents, array("encoded.bin", np.dtype(bool), (drawings,)))

    @property
    def ready(self) -> int:
        return noted(self.folder / "ready.txt")

    def encode(self, encode: Callable[[NDArray[np.uint8]], NDArray]) -> None:
        """Makes the latents that are missing from pixels."""
        missing = np.flatnonzero(~self.is_encoded[: self.ready])
        for first in range(0, len(missing), ENCODED_AT_ONCE):
            some = missing[first : first + ENCODED_AT_ONCE]
            self.latents[some] = encode(self.pixels[some])
            self.is_encoded[some] = True

    def fill(self, seed: int = 3, processes: int = 1) -> None:
        """Renders what is missing. Drawing i is the same whichever call renders it."""
        some = partial(_draw, self.folder, len(self.prompts), seed)
        in_parts(some, len(self.prompts), BATCH, self.folder / "ready.txt", processes)


def _draw(folder: Path, drawings: int, seed: int, part: range) -> None:
    pool = DrawingPool.open(folder, drawings=drawings)
    for i in part:
        drawing = draw(np.random.default_rng((seed, i)), is_posed=i % POSED_EVERY == 0)
        pool.pixels[i], pool.sketches[i], pool.prompts[i] = drawing.pixels, drawing.sketch, drawing.prompt


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--drawings", type=int, default=DRAWINGS)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    os.nice(19)
    DrawingPool.open(drawings=arguments.drawings).fill(processes=arguments.processes)


if __name__ == "__main__":
    main()
