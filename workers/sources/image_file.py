"""Reads a picture from a file or a pipe: upright, in RGB, of a size that models look at. No Qt."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from workers.errors import SourceError
from workers.results import Frame

if TYPE_CHECKING:
    from PIL import Image

LONGEST_PX = 4096  # no model looks at more; what is longer is made smaller
MOST_STORED_PIXELS = 250_000_000  # phones have cameras of 200 million; a JPEG is made smaller while it is decoded
MOST_DECODED_PIXELS = 100_000_000  # 400 MB with transparency
MOST_NARROW = 200  # times as long as wide: models scale the short side up, and the long one with it
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, OverflowError, struct.error, zlib.error)
"""What Pillow raises on bytes that are no picture, or a broken one."""


def read_image(path: Path) -> Frame:
    """The picture in a file, its long side at most `LONGEST_PX`; of an animation the first one.

    Transparent parts become white; the camera's note on which side is up is heeded.

    Raises:
        SourceError: the file cannot be read as a picture, or it is too large.
    """
    try:
        if path.is_dir():
            raise SourceError("{path} is a folder.", hint="Choose a file in it.", path=path)
        with path.open("rb") as file:
            return decode_image(file if file.seekable() else io.BytesIO(file.read()), str(path))
    except FileNotFoundError as error:
        raise SourceError("{path} does not exist.", hint="Check the name.", path=path) from error
    except PermissionError as error:
        raise SourceError("{path} may not be read.", hint="Ask its owner for the permission.", path=path) from error
    except OSError as error:
        raise SourceError(
            "{path} cannot be read: {reason}.", hint="Check the disk.", path=path, reason=error.strerror
        ) from error


def decode_image(file: IO[bytes], name: str) -> Frame:
    """The picture in an open file, as `read_image` gives it; `name` is what an error calls it.

    Raises:
        SourceError: the file holds no picture, or one that is too large.
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
                _check_size(picture, name)
                return np.asarray(_upright_rgb(picture))
        except UnidentifiedImageError as error:
            raise SourceError(
                "{path} is not a picture that can be read.",
                hint="Check that it opens elsewhere, or save it as PNG or JPEG.",
                path=name,
            ) from error
        except DAMAGE as error:
            raise SourceError(
                "The picture {path} is damaged or cut short.", hint="Get it again, or choose another one.", path=name
            ) from error


def _check_size(picture: Image.Image, name: str) -> None:
    """Also has the decoder of a large JPEG make it smaller, which takes a fraction of the time and memory."""
    width, height = picture.size
    picture.draft("RGB", (LONGEST_PX, LONGEST_PX))
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


def _upright_rgb(picture: Image.Image) -> Image.Image:
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I") and np.asarray(picture).max() > 255:  # 16 bits: Pillow would only cut them off
        picture = Image.fromarray((np.asarray(picture) / 257).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture.thumbnail((LONGEST_PX, LONGEST_PX))
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    picture = picture.convert("RGB")
    picture.thumbnail((LONGEST_PX, LONGEST_PX))
    return picture
