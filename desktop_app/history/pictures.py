"""Writes the picture of an item and its thumbnail, each whole or not at all. No Qt."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.errors import disk_error

if TYPE_CHECKING:
    from PIL import Image

    from workers.results import Frame

KINDS = ("snapshot", "picture")
"""Kinds of items that have a picture, and how its file is called: a crash leaves nothing else to know it by."""

THUMBNAIL_NAME = "thumbnail.jpg"
THUMBNAIL_PX = 320  # the long side: a row of the list on a display of double density, and a little more
JPEG_QUALITY = 95  # with full colour: text on a snapshot stays sharp
_UNFINISHED = ".unfinished"


def write(folder: Path, kind: str, picture: Frame | bytes) -> Path:
    """Writes the picture of an item and then its thumbnail; the file of the picture.

    Args:
        kind: of the item: snapshots become JPEG and pictures PNG.
        picture: what is encoded already stays as it is.

    Raises:
        SourceError: the bytes are no picture.
        DiskError: the disk is full, read-only or gone.
    """
    from PIL import Image

    from workers.sources.image_file import decode_image

    if isinstance(picture, bytes):
        data, suffix = picture, _suffix_of(picture)
        image = Image.fromarray(decode_image(io.BytesIO(picture), kind))
    else:
        image = Image.fromarray(picture)
        suffix = ".png" if kind == "picture" else ".jpg"
        data = _encoded(image, suffix)
    path = folder / f"{kind}{suffix}"
    image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    try:
        _write_whole(folder / THUMBNAIL_NAME, _encoded(image, ".jpg"))
        _write_whole(path, data)
    except OSError as error:
        raise disk_error(error, path) from error
    return path


def find(folder: Path) -> Path | None:
    """The picture in an item's folder."""
    return next((path for kind in KINDS for path in sorted(folder.glob(f"{kind}.*"))), None)


def files_of(picture: Path, root: Path) -> list[dict[str, Any]]:
    """The rows of the table `media` for a picture and its thumbnail."""
    files = {"picture": picture, "thumbnail": picture.with_name(THUMBNAIL_NAME)}
    return [{"role": role, "path": str(path.relative_to(root))} for role, path in files.items()]


def remove_unfinished(folder: Path) -> None:
    """Deletes what a crash left half written."""
    for path in folder.glob(f"*{_UNFINISHED}"):
        path.unlink(missing_ok=True)


def _encoded(image: Image.Image, suffix: str) -> bytes:
    file = io.BytesIO()
    if suffix == ".png":
        image.save(file, "PNG")
    else:
        image.save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return file.getvalue()


def _suffix_of(data: bytes) -> str:
    """How a file with these bytes is called; what no decoder knows is found out by decoding."""
    starts = {b"\x89PNG": ".png", b"\xff\xd8": ".jpg", b"GIF8": ".gif", b"RIFF": ".webp"}
    return next((suffix for start, suffix in starts.items() if data.startswith(start)), ".image")


def _write_whole(path: Path, data: bytes) -> None:
    """Writes a file that is on the disk before it gets its name."""
    unfinished = path.with_name(path.name + _UNFINISHED)
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
