"""Pixels in tiles: a change costs what it touches, and a version once made never changes again."""

from __future__ import annotations

import contextlib
import threading
import zlib
from collections import deque
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

TILE_PX = 128
TILE_BYTES = TILE_PX * TILE_PX * 4
PACK_FROM = 16  # tiles: a thread is not worth its start for one
PIXELS = QImage.Format.Format_ARGB32_Premultiplied

Key = tuple[int, int]
"""Column and row of a tile."""


class Tile:
    """One version of one tile. Its pixels never change; those not shown wait packed, in a hundredth of the room.

    Any thread may read it; only the window's thread shows and shelves it.
    """

    __slots__ = ("__weakref__", "_image", "_is_shown", "_packed")

    def __init__(self, image: QImage) -> None:
        self._image: QImage | None = image
        self._packed: bytes | None = None
        self._is_shown = False

    @classmethod
    def from_packed(cls, packed: bytes) -> Tile:
        """A tile as `packed` gave it; for other bytes `image` raises ValueError."""
        tile = cls.__new__(cls)
        tile._image, tile._packed, tile._is_shown = None, packed, False
        return tile

    # No lock: the window's thread would wait for one whose holder waits for a core. Packed bytes are there before the
    # pixels go, so one of the two always is.

    @property
    def n_bytes(self) -> int:
        """The memory that it takes now."""
        return (TILE_BYTES if self._image is not None else 0) + len(self._packed or b"")

    @property
    def is_packed(self) -> bool:
        """Whether only its packed bytes are held."""
        return self._image is None

    def image(self) -> QImage:
        """The pixels; nobody may change them."""
        image = self._image
        if image is None:
            assert self._packed is not None
            image = _unpacked(self._packed)
            if self._is_shown:
                self._image = image
        return image

    def packed(self) -> bytes:
        """The pixels in few bytes; the first call takes a millisecond and is not for the window's thread."""
        packed, image = self._packed, self._image
        if packed is None:
            assert image is not None
            packed = self._packed = zlib.compress(image.constBits(), 1)
            if not self._is_shown:
                self._image = None
        return packed

    def show(self) -> None:
        """Keeps the pixels at hand until `shelve`."""
        self._is_shown = True
        self.image()

    def shelve(self) -> None:
        """Lets a thread pack the pixels, and lets go of them then."""
        self._is_shown = False
        if self._packed is not None:
            self._image = None
        else:
            _packer.add(self)


def _unpacked(packed: bytes) -> QImage:
    try:
        pixels = zlib.decompressobj().decompress(packed, TILE_BYTES + 1)
    except zlib.error as error:
        raise ValueError("these bytes are no tile") from error
    if len(pixels) != TILE_BYTES:
        raise ValueError("these bytes are no tile")
    return QImage(pixels, TILE_PX, TILE_PX, TILE_PX * 4, PIXELS).copy()


class _Packer:
    """Packs tiles in a thread that ends when there is nothing left to do. `add` is for the window's thread."""

    def __init__(self) -> None:
        self._waiting: deque[Tile] = deque()
        self._thread: threading.Thread | None = None

    def add(self, tile: Tile) -> None:
        self._waiting.append(tile)
        if len(self._waiting) >= PACK_FROM and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._run, name="tile packer", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(IndexError):  # empty
            while True:
                self._waiting.popleft().packed()


_packer = _Packer()


class TiledImage:
    """The pixels of a layer. A tile that is not there is transparent."""

    def __init__(self) -> None:
        self.tiles: dict[Key, Tile] = {}
        self._wet: dict[Key, QImage] = {}  # tiles that are being painted on, by `open`

    @property
    def is_empty(self) -> bool:
        return not self.tiles and not self._wet

    def open(self, key: Key) -> QImage:
        """The tile to be painted on; what it was stays in `tiles` until `seal`."""
        if key not in self._wet:
            if (tile := self.tiles.get(key)) is None:
                image = QImage(TILE_PX, TILE_PX, PIXELS)
                image.fill(0)
            else:
                image = QImage(tile.image())  # shares its pixels until it is painted on
            self._wet[key] = image
        return self._wet[key]

    def seal(self) -> list[tuple[Key, Tile | None, Tile | None]]:
        """Makes what was painted the current version; gives what is different now: which tile, before and after."""
        changes = []
        for key, image in self._wet.items():
            before, after = self.tiles.get(key), tile_of(image)
            is_same = after is None if before is None else after is not None and before.image() == image
            if not is_same:
                self.put(key, after)
                changes.append((key, before, after))
        self._wet.clear()
        return changes

    def drop(self, key: Key) -> bool:
        """Forgets what was painted on a tile since the last `seal`; False when nothing was."""
        return self._wet.pop(key, None) is not None

    def put(self, key: Key, tile: Tile | None) -> None:
        """Makes a version the current one; None is transparent."""
        if (old := self.tiles.pop(key, None)) is not None:
            old.shelve()
        if tile is not None:
            tile.show()
            self.tiles[key] = tile

    def images(self) -> dict[Key, QImage]:
        """The pixels as they are at this moment, for any thread: later painting does not reach them."""
        current = {key: tile.image() for key, tile in self.tiles.items()}
        return current | {key: QImage(image) for key, image in self._wet.items()}

    def paint(self, painter: QPainter, area: QRect) -> None:
        """Draws an area, in pixels of the canvas."""
        for key in keys_in(area):
            image = self._wet.get(key)
            if image is None:
                if (tile := self.tiles.get(key)) is None:
                    continue
                image = tile.image()
            part = tile_rect(key) & area
            painter.drawImage(part.topLeft(), image, part.translated(-tile_rect(key).topLeft()))


def tile_of(image: QImage) -> Tile | None:
    """A tile, or None when nothing is left on it."""
    return Tile(image) if np.frombuffer(image.constBits(), np.uint64).any() else None


def keys_in(area: QRect) -> Iterator[Key]:
    """The tiles that an area touches."""
    if area.isEmpty():
        return
    for row in range(area.top() // TILE_PX, area.bottom() // TILE_PX + 1):
        for column in range(area.left() // TILE_PX, area.right() // TILE_PX + 1):
            yield column, row


def tile_rect(key: Key) -> QRect:
    return QRect(key[0] * TILE_PX, key[1] * TILE_PX, TILE_PX, TILE_PX)
