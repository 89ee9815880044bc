"""A pool of drawings rendered ahead by a process of its own, read by the trainings of starter-sd as they come.

python -m tools.starter.drawing_pool [--drawings 60000]        renders what is missing, in a process at nice 19
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.starter.drawings import SIZE_PX, draw
from tools.starter.pool import WORK_DIR

DRAWINGS = 60_000
POSED_EVERY = 3  # the share that is posed: what the model learns to make without a sketch
BATCH = 120  # drawings rendered between two notes of how many there are
PROMPT = np.dtype("S100")
LATENT_SHAPE = (4, SIZE_PX // 4, SIZE_PX // 4)


@dataclass(frozen=True)
class DrawingPool:
    """Drawings on disk: `pixels` (n, 96, 96, 3), `sketches` (n, 96, 96), `prompts` (n,); the first `ready` are there.

    Every `POSED_EVERY`th is posed. `latents` (n, 4, 24, 24) are there where `is_encoded`.
    """

    folder: Path
    pixels: NDArray[np.uint8]
    sketches: NDArray[np.uint8]
    prompts: NDArray[np.bytes_]
    latents: NDArray[np.float16]
    is_encoded: NDArray[np.bool_]

    @classmethod
    def open(cls, folder: Path = WORK_DIR / "drawings", *, drawings: int = DRAWINGS) -> DrawingPool:
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
        note = self.folder / "ready.txt"
        return int(note.read_text()) if note.exists() else 0

    def encoded(self, chosen: NDArray[np.int64], encode: Callable[[NDArray[np.uint8]], NDArray]) -> NDArray[np.float32]:
        """The latents of some drawings; `encode` makes what is missing from pixels, once."""
        missing = np.unique(chosen[~self.is_encoded[chosen]])
        if len(missing):
            self.latents[missing] = encode(self.pixels[missing])
            self.is_encoded[missing] = True
        return self.latents[chosen].astype(np.float32)

    def fill(self, seed: int = 3) -> None:
        """Renders what is missing. Drawing i is the same whichever call renders it."""
        for first in range(self.ready, len(self.prompts), BATCH):
            for i in range(first, min(first + BATCH, len(self.prompts))):
                drawing = draw(np.random.default_rng((seed, i)), is_posed=i % POSED_EVERY == 0)
                self.pixels[i], self.sketches[i], self.prompts[i] = drawing.pixels, drawing.sketch, drawing.prompt
            (self.folder / "ready.tmp").write_text(str(min(first + BATCH, len(self.prompts))))
            (self.folder / "ready.tmp").replace(self.folder / "ready.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--drawings", type=int, default=DRAWINGS)
    os.nice(19)
    DrawingPool.open(drawings=parser.parse_args().drawings).fill()


if __name__ == "__main__":
    main()
