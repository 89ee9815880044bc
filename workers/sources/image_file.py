"""A picture from a file or a pipe, and one as a source: upright, in RGB, of a size that models look at. No Qt."""

from __future__ import annotations

import io
import struct
import threading
import time
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from workers.errors import SourceError, SourceUnreachable
from workers.results import Frame, VideoFrame
from workers.sources.base import OnEnd, OnFrame, Orientation

if TYPE_CHECKING:
    from PIL import Image

LONGEST_PX = 4096  # no model looks at more; what is longer is made smaller
MOST_STORED_PIXELS = 250_000_000  # phones have cameras of 200 million; a JPEG is made smaller while it is decoded
MOST_DECODED_PIXELS = 100_000_000  # 400 MB with transparency
MOST_NARROW = 200  # times as long as wide: models scale the short side up, and the long one with it
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, OverflowError, struct.error, zlib.error)
"""What Pillow raises on bytes that are no picture, or a broken one."""

HEIC_BRANDS = {b"ftyp" + brand for brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")}
"""How such a file begins after the length of its first box: ISO/IEC 23008-12, annex B."""


class Still:
    """One picture as a source: delivered once, and again when it is turned; it ends with `stop`.

    Args:
        read: gives the picture, or raises SourceError.
    """

    is_live = False

    def __init__(self, name: str, read: Callable[[], Frame]) -> None:
        self.name = name
        self._read = read
        self._orientation = Orientation()
        self._lock = threading.Lock()  # of what follows, and so that frames come one at a time
        self._pixels: Frame | None = None
        self._number = 0
        self._on_end: OnEnd | None = None

    @classmethod
    def of_file(cls, path: Path) -> Still:
        """The picture in a file."""
        return cls(path.name, lambda: read_image(path))

    def start(self, on_frame: OnFrame, on_end: OnEnd) -> None:
        pixels = self._read()
        with self._lock:
            self._pixels, self._on_frame, self._on_end = pixels, on_frame, on_end
            self._deliver()

    def orient(self, orientation: Orientation) -> None:
        with self._lock:
            self._orientation = orientation
            if self._on_end is not None:
                self._deliver()

    def stop(self) -> None:
        with self._lock:
            on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end(None)

    def _deliver(self) -> None:
        assert self._pixels is not None
        self._number += 1
        self._on_frame(VideoFrame(turned(self._pixels, self._orientation), self._number, time.monotonic()))


def turned(pixels: Frame, orientation: Orientation) -> Frame:
    """The picture turned and mirrored, as pixels that lie one after the other."""
    quarters = orientation.rotate_deg // 90
    pixels = np.rot90(pixels, -quarters) if quarters else pixels
    pixels = pixels[:, ::-1] if orientation.is_mirrored else pixels
    return np.ascontiguousarray(pixels)


def turned_back(pixels: Frame, orientation: Orientation) -> Frame:
    """The picture as it was before it was turned and mirrored, without a copy."""
    pixels = pixels[:, ::-1] if orientation.is_mirrored else pixels
    return np.rot90(pixels, orientation.rotate_deg // 90)


def read_image(path: Path, *, longest_px: int = LONGEST_PX, has_alpha: bool = False) -> Frame:
    """The picture in a file, its long side at most `longest_px`; of an animation the first one.

    Transparent parts become white, or with `has_alpha` stay so: (H, W, 4). The camera's note on which side is up is
    heeded.

    Raises:
        SourceUnreachable: there is no such file, it may not be read, or the disk fails.
        SourceError: the file cannot be read as a picture, or it is too large.
    """
    try:
        if path.is_dir():
            raise SourceError("{path} is a folder.", hint="Choose a file in it.", path=path)
        with path.open("rb") as file:
            seekable = file if file.seekable() else io.BytesIO(file.read())
            return decode_image(seekable, str(path), longest_px=longest_px, has_alpha=has_alpha)
    except FileNotFoundError as error:
        raise SourceUnreachable("{path} does not exist.", hint="Check the name.", path=path) from error
    except PermissionError as error:
        raise SourceUnreachable(
            "{path} may not be read.", hint="Ask its owner for the permission.", path=path
        ) from error
    except OSError as error:
        raise SourceUnreachable(
            "{path} cannot be read: {reason}.", hint="Check the disk.", path=path, reason=error.strerror
        ) from error


def decode_image(file: IO[bytes], name: str, *, longest_px: int = LONGEST_PX, has_alpha: bool = False) -> Frame:
    """The picture in an open file, as `read_image` gives it; `name` is what an error calls it.

    Raises:
        SourceError: the file holds no picture, or one that is too large.
        OSError: the disk fails.
    """
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # we count ourselves: Pillow would refuse a JPEG before it can be made smaller
    if not file.read(1):
        raise SourceError("{path} is empty.", hint="Choose another file.", path=name)
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on odd tags; what is really broken raises
        try:
            with Image.open(file) as picture:
                _check_size(picture, name, longest_px)
                return np.asarray(_upright(picture, longest_px, has_alpha=has_alpha))
        except UnidentifiedImageError as error:
            file.seek(4)
            if file.read(8) in HEIC_BRANDS:
                raise SourceError(
                    "{path} is a HEIC picture, which cannot be read here.",
                    hint="Save it as JPEG, or have the phone take JPEG.",
                    path=name,
                ) from error
            raise SourceError(
                "{path} is not a picture that can be read.",
                hint="Check that it opens elsewhere, or save it as PNG or JPEG.",
                path=name,
            ) from error
        except DAMAGE as error:
            if isinstance(error, OSError) and error.errno:  # the disk's: Pillow's own have no number
                raise
            raise SourceError(
                "The picture {path} is damaged or cut short.", hint="Get it again, or choose another one.", path=name
            ) from error


def _check_size(picture: Image.Image, name: str, longest_px: int) -> None:
    """Also has the decoder of a large JPEG make it smaller, which takes a fraction of the time and memory."""
    width, height = picture.size
    picture.draft("RGB", (longest_px, longest_px))
    if width * height > MOST_STORED_PIXELS or picture.width * picture.height > MOST_DECODED_PIXELS:
        raise SourceError(
            "The picture {path} is too large: {width} x {height} pixels.",
            hint="Make it smaller, at most 10,000 x 10,000.",
            path=name,
            width=f"{width:,}",
            height=f"{height:,}",
        )
    if max(width, height) > MOST_NARROW * min(width, height):
        raise SourceError(
            "The picture {path} is too narrow: {width} x {height} pixels.",
            hint="Cut out the part that matters.",
            path=name,
            width=f"{width:,}",
            height=f"{height:,}",
        )


def _upright(picture: Image.Image, longest_px: int, *, has_alpha: bool) -> Image.Image:
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I") and np.asarray(picture).max() > 255:  # 16 bits: Pillow would only cut them off
        picture = Image.fromarray((np.asarray(picture) / 257).astype(np.uint8))
    if picture.has_transparency_data or has_alpha:
        picture = picture.convert("RGBA")
        picture.thumbnail((longest_px, longest_px))
        if has_alpha:
            return picture
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    picture = picture.convert("RGB")
    picture.thumbnail((longest_px, longest_px))
    return picture
