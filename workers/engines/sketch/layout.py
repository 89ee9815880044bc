"""Where the pictures of a request lie in the picture that is made: fitted in, never stretched. No Qt, no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workers.engines.sketch.line_maps import LINE_KINDS, lines_on_black
from workers.errors import UsageError
from workers.pictures import on_ground, pixels_of, rgba_of
from workers.results import Control

LEAST_PX, MOST_PX = 32, 4096  # of a side
MOST_PIXELS = 2048 * 2048
INK = 32  # what is brighter belongs to a line

Pixels = NDArray[np.uint8]
Fill = Literal["black", "edge"]


@dataclass(frozen=True)
class Layout:
    """The picture that is asked for, and the one that is computed: rounded up to what the model can divide.

    Attributes:
        factor: how many pixels of a side become one latent.
    """

    width: int
    height: int
    factor: int

    @property
    def latent_size(self) -> tuple[int, int]:
        """(rows, columns)"""
        return math.ceil(self.height / self.factor), math.ceil(self.width / self.factor)

    @property
    def computed_size(self) -> tuple[int, int]:
        """(height, width)"""
        rows, columns = self.latent_size
        return rows * self.factor, columns * self.factor

    def place(self, pixels: Pixels, *, fill: Fill, are_lines: bool = False, has_classes: bool = False) -> Pixels:
        """A picture fitted into the one that is asked for, and grown to the computed size.

        Args:
            pixels: (H, W, 3), or (H, W).
            fill: what is around it.
            are_lines: light lines on black; made smaller they stay light.
            has_classes: colours that mean something and are not mixed.
        """
        fitted = _fitted(pixels, self.width, self.height, fill, are_lines=are_lines, has_classes=has_classes)
        height, width = self.computed_size
        return _padded(fitted, (0, height - self.height), (0, width - self.width), fill)

    def place_control(self, control: Control) -> Pixels:
        """What a ControlNet is shown, (H, W, 3), or (H, W) of lines that have no colour.

        Raises:
            SourceError: the picture is damaged.
        """
        are_lines = control.kind in LINE_KINDS
        pixels = lines_on_black(pixels_of(control.image)) if are_lines else on_ground(rgba_of(control.image), 0)
        return self.place(pixels, fill="black", are_lines=are_lines, has_classes=control.kind == "seg")

    def crop(self, pixels: Pixels) -> Pixels:
        """Of computed pixels those that were asked for."""
        return np.ascontiguousarray(pixels[: self.height, : self.width])


def check_size(width: int, height: int) -> None:
    """Lets a size pass of which a picture can be made.

    Raises:
        UsageError: it is too small or too large.
    """
    if min(width, height) < LEAST_PX:
        raise UsageError(
            "A picture of {width} x {height} pixels is too small to draw.",
            hint="Make each side at least {least} pixels.",
            width=width,
            height=height,
            least=LEAST_PX,
        )
    if max(width, height) > MOST_PX or width * height > MOST_PIXELS:
        raise UsageError(
            "A picture of {width} x {height} pixels is too large to draw.",
            hint="Draw it smaller, at most 2048 x 2048, and enlarge it afterwards.",
            width=width,
            height=height,
        )


def _fitted(pixels: Pixels, width: int, height: int, fill: Fill, *, are_lines: bool, has_classes: bool) -> Pixels:
    from PIL import Image

    own_height, own_width = pixels.shape[:2]
    scale = min(width / own_width, height / own_height)
    inner_width = min(width, max(1, round(own_width * scale)))
    inner_height = min(height, max(1, round(own_height * scale)))
    if (inner_width, inner_height) != (own_width, own_height):
        size = inner_width, inner_height
        if are_lines and scale < 1:
            pixels = _as_light(_mean_of_areas(pixels, size))
        else:
            way = Image.Resampling.NEAREST if has_classes else Image.Resampling.LANCZOS
            pixels = np.asarray(Image.fromarray(pixels).resize(size, way, reducing_gap=3.0))
    left, top = (width - inner_width) // 2, (height - inner_height) // 2
    return _padded(pixels, (top, height - inner_height - top), (left, width - inner_width - left), fill)


def _mean_of_areas(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """A picture made smaller: ten times as fast as Lanczos, and lines need no more."""
    import cv2

    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def _as_light(lines: Pixels) -> Pixels:
    """Lines that were thinned to grey, as light as they were."""
    inked = lines[lines > INK]
    if not inked.size:
        return lines
    gain = 255 / max(float(np.percentile(inked, 75)), 1.0)
    lighter: Pixels = np.minimum(lines * max(gain, 1.0), 255).astype(np.uint8)
    return lighter


def _padded(pixels: Pixels, rows: tuple[int, int], columns: tuple[int, int], fill: Fill) -> Pixels:
    if not any((*rows, *columns)):
        return pixels
    widths = (rows, columns, (0, 0))[: pixels.ndim]
    return np.pad(pixels, widths, mode="edge") if fill == "edge" else np.pad(pixels, widths)
