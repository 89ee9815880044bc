"""Drawings as OpenRaster files: a zip of PNG layers that other drawing programs open, too. For any thread.

What the format cannot say (where the reference lies, unscaled) is in a file of our own beside the layers.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, ValidationError
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

from desktop_app.canvas.document import LARGEST_SIDE_PX, Drawing
from desktop_app.canvas.layers import DRAWN_LAYERS, Layer, Reference
from desktop_app.canvas.snapshot import Snapshot, png_bytes
from desktop_app.files import write_file
from workers.errors import SourceError

NAMES = {Layer.LINE_ART: "Line art", Layer.COLOR: "Colour", Layer.REFERENCE: "Reference"}
THUMBNAIL_PX = 256
LARGEST_ENTRY_BYTES = 128 * 1024 * 1024
LARGEST_PICTURE_PX = 2 * LARGEST_SIDE_PX  # of a side
_OURS = "sensorium.json"
_ORIGINAL = "data/reference-original.png"
_DAMAGE = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, EOFError, ValueError, NotImplementedError)


class _Ours(BaseModel):
    model_config = ConfigDict(frozen=True)

    reference_rect: tuple[float, float, float, float] | None = None
    reference_opacity: float = 0.5
    reference_is_map: bool = False


def write_ora(snapshot: Snapshot, path: Path) -> None:
    """Writes a drawing with its layers.

    Raises:
        DiskError: the file cannot be written.
    """
    size = snapshot.size
    stack = ElementTree.Element("stack")
    root = ElementTree.Element("image", version="0.0.3", w=str(size.width()), h=str(size.height()))
    root.append(stack)
    pictures: dict[str, bytes] = {}
    for layer in reversed(Layer):
        if snapshot.is_empty(layer):
            continue
        pictures[_source(layer)] = png_bytes(snapshot.image(layer))
        stack.append(
            ElementTree.Element(
                "layer",
                name=NAMES[layer],
                src=_source(layer),
                x="0",
                y="0",
                opacity=str(snapshot.reference_opacity if layer is Layer.REFERENCE else 1.0),
                visibility="hidden" if layer in snapshot.hidden else "visible",
            )
        )
    merged = snapshot.flattened()
    pictures["mergedimage.png"] = png_bytes(merged)
    pictures["Thumbnails/thumbnail.png"] = png_bytes(_within(merged, THUMBNAIL_PX))
    reference = snapshot.reference
    ours = _Ours(reference_opacity=snapshot.reference_opacity)
    if reference is not None:
        rect = reference.rect
        ours = _Ours(
            reference_rect=(rect.x(), rect.y(), rect.width(), rect.height()),
            reference_opacity=snapshot.reference_opacity,
            reference_is_map=reference.is_map,
        )
        pictures[_ORIGINAL] = png_bytes(reference.image)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "image/openraster")  # the first one, uncompressed: files are known by it
        archive.writestr("stack.xml", ElementTree.tostring(root, "utf-8", xml_declaration=True))
        archive.writestr(_OURS, ours.model_dump_json())
        for name, data in pictures.items():
            archive.writestr(name, data)
    write_file(path, buffer.getvalue())


def read_ora(path: Path) -> Drawing:
    """The drawing in a file, with our layers also where another program saved it anew; a drawing of its own comes as a
    single layer of colour, made smaller where it must be.

    Raises:
        SourceError: the file cannot be read, is none of these, is damaged or too large.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            return _drawing(archive, path)
    except FileNotFoundError as error:
        raise SourceError("{path} does not exist.", hint="Check the name.", path=path) from error
    except _DAMAGE as error:
        raise SourceError(
            "{path} is no drawing that can be read.", "Choose another file, or save it as PNG.", path=path
        ) from error
    except OSError as error:
        raise SourceError(
            "{path} cannot be read: {reason}.", "Check the disk.", path=path, reason=error.strerror
        ) from error


def _drawing(archive: zipfile.ZipFile, path: Path) -> Drawing:
    root = _stack(archive)
    size = QSize(int(root.attrib["w"]), int(root.attrib["h"]))
    own = _own_layers(root)
    if not own or max(size.width(), size.height()) > LARGEST_SIDE_PX or size.isEmpty():
        merged = _within(_picture(archive, "mergedimage.png", path), LARGEST_SIDE_PX)
        return Drawing(merged.size(), {Layer.COLOR: merged})
    pictures = {layer: _picture(archive, element.attrib["src"], path) for layer, element in own.items()}
    images = {layer: _placed(pictures[layer], own[layer], size) for layer in DRAWN_LAYERS if layer in own}
    try:
        ours = _Ours.model_validate_json(_bytes(archive, _OURS))
    except (KeyError, ValidationError):
        ours = _Ours(reference_opacity=float(own[Layer.REFERENCE].get("opacity", 1)) if Layer.REFERENCE in own else 0.5)
    reference = None
    if Layer.REFERENCE in own:
        if ours.reference_rect is not None and _ORIGINAL in archive.namelist():
            original, rect = _picture(archive, _ORIGINAL, path), QRectF(*ours.reference_rect)
            reference = Reference(original, rect, ours.reference_is_map)
        else:
            picture = pictures[Layer.REFERENCE]
            reference = Reference(picture, QRectF(*_corner(own[Layer.REFERENCE]), picture.width(), picture.height()))
    hidden = frozenset(layer for layer, element in own.items() if element.get("visibility") == "hidden")
    return Drawing(size, images, reference, ours.reference_opacity, hidden)


def _own_layers(root: Any) -> dict[Layer, Any]:
    """The elements of our layers. Another program that saved the drawing gave their files other names, and cut them.

    None where it has other layers, too, or mixes them in ways of its own: then the whole is the drawing.
    """
    known = {NAMES[layer]: layer for layer in Layer} | {_source(layer): layer for layer in Layer}
    own: dict[Layer, Any] = {}
    for element in root.iter("layer"):
        layer = known.get(element.get("src")) or known.get(element.get("name"))
        is_plain = element.get("composite-op", "svg:src-over") == "svg:src-over" and (
            layer is Layer.REFERENCE or float(element.get("opacity", 1)) == 1
        )
        if layer is None or layer in own or not is_plain:
            return {}
        own[layer] = element
    return own if len(list(root.iter("stack"))) == 1 else {}


def _corner(element: Any) -> tuple[int, int]:
    return int(element.get("x", 0)), int(element.get("y", 0))


def _placed(image: QImage, element: Any, size: QSize) -> QImage:
    """A layer's picture at its place on the canvas."""
    if _corner(element) == (0, 0):
        return image
    placed = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    placed.fill(Qt.GlobalColor.transparent)
    with QPainter(placed) as painter:
        painter.drawImage(QPointF(*_corner(element)), image)
    return placed


def _stack(archive: zipfile.ZipFile) -> Any:
    text = _bytes(archive, "stack.xml")
    if b"<!" in text:  # entities that grow; no program writes them here
        raise ValueError("a document type in stack.xml")
    return ElementTree.fromstring(text)


def _bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of the archive, which is not taken at its word about the length."""
    with archive.open(name) as file:
        data = file.read(LARGEST_ENTRY_BYTES + 1)
    if len(data) > LARGEST_ENTRY_BYTES:
        raise ValueError(f"{name} is too long")
    return data


def _picture(archive: zipfile.ZipFile, name: str, path: Path) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(_bytes(archive, name)))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"png"))
    size = reader.size()
    if max(size.width(), size.height()) > LARGEST_PICTURE_PX:
        raise SourceError(
            "The picture {path} is too large: {width} x {height} pixels.",
            hint="Make it smaller, at most {largest} x {largest}.",
            path=path,
            width=f"{size.width():,}",
            height=f"{size.height():,}",
            largest=f"{LARGEST_PICTURE_PX:,}",
        )
    image = reader.read()
    if image.isNull():
        raise ValueError(f"{name} is no picture")
    return image


def _within(image: QImage, side_px: int) -> QImage:
    """The picture, made smaller where a side is longer."""
    if max(image.width(), image.height()) <= side_px:
        return image
    return image.scaled(
        side_px, side_px, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _source(layer: Layer) -> str:
    return f"data/{layer}.png"
