"""Pixels to `Picture` and back: PNGs that can be compared, hashed and kept in a file. No Qt."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.errors import SourceError
from workers.results import Frame, Picture

MOST_PIXELS = 8192 * 8192
PNG_SIGNATURE, PNG_GREY, PNG_RGB = b"\x89PNG\r\n\x1a\n", 0, 2
QUICK = 1  # zlib's level: a sketch is packed on the way to the engine, where time counts more than bytes


def picture_of(pixels: NDArray[np.uint8]) -> Picture:
    """The picture of pixels, shape (H, W), (H, W, 3) or (H, W, 4), uint8."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=QUICK)
    return Picture(file.getvalue())


def quick_picture_of(pixels: NDArray[np.uint8]) -> Picture:
    """The picture of pixels of a drawing, (H, W) or (H, W, 3): even paper, lines and areas.

    Packed with no filter before, that takes a fifth of the time of `picture_of`; a photograph takes more room.
    """
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + pixels[0].size), np.uint8)  # the first byte of a row names its filter: none
    rows[:, 1:] = pixels.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, PNG_GREY if pixels.ndim == 2 else PNG_RGB, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.data, QUICK)), (b"IEND", b""))
    return Picture(PNG_SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    """One part of a PNG. W3C, "Portable Network Graphics (PNG) Specification", third edition, 5.3."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rgba_of(picture: Picture) -> NDArray[np.uint8]:
    """The pixels of a picture with its transparency, (H, W, 4).

    Raises:
        SourceError: it is no PNG, a broken one, or too large.
    """
    return _decoded(picture, keep_grey=False)


def pixels_of(picture: Picture) -> NDArray[np.uint8]:
    """The pixels of a picture: (H, W) where it is only grey, as drawings mostly are, else (H, W, 4).

    Raises:
        SourceError: as `rgba_of`.
    """
    return _decoded(picture, keep_grey=True)


def _decoded(picture: Picture, *, keep_grey: bool) -> NDArray[np.uint8]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(picture.png), formats=["PNG"]) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise SourceError(
                    "A picture of {width} x {height} pixels is too large.",
                    hint="Make it smaller.",
                    width=width,
                    height=height,
                )
            if keep_grey and opened.mode == "L" and "transparency" not in opened.info:
                return np.asarray(opened)
            return np.asarray(_eight_bits(opened).convert("RGBA"))
    except (OSError, SyntaxError, ValueError, struct.error, zlib.error, Image.DecompressionBombError) as error:
        raise SourceError("A picture of the drawing is damaged.", hint="Load it or draw it again.") from error


def frame_of(picture: Picture) -> Frame:
    """The pixels of a picture on white, (H, W, 3).

    Raises:
        SourceError: as `rgba_of`.
    """
    return on_ground(rgba_of(picture), 255)


def on_ground(rgba: NDArray[np.uint8], grey: int) -> Frame:
    """Pixels with transparency, (H, W, 4), laid on an even grey: (H, W, 3)."""
    if is_opaque(rgba):
        from PIL import Image

        return np.array(Image.fromarray(rgba).convert("RGB"))  # five times as fast as a slice made contiguous
    opacity = rgba[..., 3:].astype(np.float32) / 255
    mixed: Frame = np.rint(rgba[..., :3] * opacity + grey * (1 - opacity)).astype(np.uint8)
    return mixed


def is_opaque(rgba: NDArray[np.uint8]) -> bool:
    """Whether nothing shows through pixels, (H, W, 4)."""
    pixels = np.ascontiguousarray(rgba).view("<u4")  # read whole: four times as fast as every fourth byte
    return bool((pixels >= 0xFF000000).all())


def _eight_bits(opened: Any) -> Any:
    """A picture of 16 bits a pixel as one of 8: Pillow would cut off all that is bright."""
    from PIL import Image

    if not opened.mode.startswith("I"):
        return opened
    return Image.fromarray((np.asarray(opened) / 257).clip(0, 255).astype(np.uint8))
