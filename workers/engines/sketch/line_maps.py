"""Pictures to lines, light on black as ControlNets were trained, without a network: scribble, soft edge and canny.

Whether ink is dark on light paper, light on a dark ground or on a transparent one is found, never asked.
Canny 1986, "A Computational Approach to Edge Detection"; Otsu 1979, "A Threshold Selection Method".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workers.pictures import is_opaque, on_ground
from workers.results import ControlKind, Frame

LINE_KINDS: tuple[ControlKind, ...] = ("scribble", "softedge", "canny")  # the one that suits a hand first

GROUND_PX = 96  # the ground is what is left of a picture when it is this small and its lines are gone
TELLING_PX = 512  # the longer side of a picture of which is told which way its ink stands out
LEAST_CONTRAST = 24  # of ink to its ground; less is the grain of paper, or a shadow
LEAST_TEXTURE = 8
# What tells a drawing from a photograph. Of 27 drawings, some of them photographed, at most 12 % of what stands out is
# on the other side of the ground than the ink, and 4 % of the pixels are neither ground nor ink; of 30 photographs at
# least 32 % and 18 %, but for one of a single thing on white.
MOST_WRONG, MOST_TEXTURE = 0.22, 0.09
CANNY_LOW, CANNY_HIGH = 100, 200  # what ControlNets for canny were trained with
SOFTNESS = 0.6  # below 1 faint outlines within a thing stay visible beside its silhouette
SPECK_SHARE = 4e-5  # of all pixels: dust, not a line

Grey = NDArray[np.uint8]


def lines_on_black(pixels: NDArray[np.uint8]) -> Frame:
    """Lines that are drawn or were found before, as a ControlNet wants them: light on black. Shades stay.

    Args:
        pixels: (H, W, 4); or (H, W), and so are the lines then.
    """
    picture = pixels if pixels.ndim == 2 else _opaque(pixels)
    is_dark = has_dark_ink(picture if pixels.ndim == 2 else _grey(picture))
    return 255 - picture if is_dark else picture


def line_map(kind: ControlKind, rgba: NDArray[np.uint8]) -> Frame:
    """What a ControlNet for lines of this kind sees of any picture, (H, W, 3); of a drawing, its very lines."""
    import cv2

    picture = _opaque(rgba)
    grey = _grey(picture)
    if is_drawing(grey):
        lines: Grey = _binary(_ink(grey))
        if kind == "softedge":
            lines = np.asarray(cv2.GaussianBlur(lines, (0, 0), max(0.8, min(lines.shape) / 400)))
    elif kind == "canny":
        lines = np.asarray(cv2.Canny(picture, CANNY_LOW, CANNY_HIGH))
    else:
        lines = _soft_edges(grey)
        if kind == "scribble":
            lines = _binary(lines)
    return np.repeat(lines[..., None], 3, axis=2)


def has_dark_ink(grey: Grey) -> bool:
    """Whether lines are darker than what is around them; of an even picture, whether it is light, so paper."""
    grey = _at_most(grey, TELLING_PX)
    contrast = _contrast(grey)
    dark = np.maximum(-contrast - LEAST_CONTRAST, 0).sum()
    light = np.maximum(contrast - LEAST_CONTRAST, 0).sum()
    return bool(dark > light if dark != light else grey.mean() > 127)


def is_drawing(grey: Grey) -> bool:
    """Whether a picture is ink on paper, or light lines on a dark ground, and not a photograph of something else."""
    import cv2

    contrast = _contrast(np.asarray(cv2.medianBlur(grey, 5)))  # without the grain of the paper and of the camera
    ink = -contrast if has_dark_ink(grey) else contrast
    is_strong = np.abs(contrast) >= LEAST_CONTRAST
    wrong = (is_strong & (ink < 0)).sum() / max(1, is_strong.sum())
    texture = (~is_strong & (np.abs(contrast) >= LEAST_TEXTURE)).mean()
    return bool(wrong < MOST_WRONG and texture < MOST_TEXTURE)


def _opaque(rgba: NDArray[np.uint8]) -> Frame:
    """The picture on a ground that its ink stands out from."""
    if is_opaque(rgba):
        return on_ground(rgba, 255)
    weight = rgba[..., 3].astype(np.float64)
    ink = float((_grey(rgba[..., :3]) * weight).sum() / max(weight.sum(), 1.0))
    return on_ground(rgba, 255 if ink < 128 else 0)


def _grey(picture: NDArray[np.uint8]) -> Grey:
    """Rec. 601 luma."""
    import cv2

    return np.asarray(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY))


def _at_most(grey: Grey, longest_px: int) -> Grey:
    """The picture, its longer side no longer than that."""
    import cv2

    height, width = grey.shape
    scale = longest_px / max(height, width)
    if scale >= 1:
        return grey
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA))


def _contrast(grey: Grey) -> NDArray[np.int16]:
    """How much lighter each pixel is than the picture without lines, so than the light on the paper, however uneven."""
    import cv2

    small = cv2.medianBlur(_at_most(grey, GROUND_PX), 21)
    ground = cv2.resize(small, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return grey.astype(np.int16) - np.asarray(ground, np.int16)


def _ink(grey: Grey) -> Grey:
    """How much each pixel stands out from the ground, on the side on which the ink is."""
    contrast = _contrast(grey)
    return np.clip(-contrast if has_dark_ink(grey) else contrast, 0, 255).astype(np.uint8)


def _binary(ink: Grey) -> Grey:
    """The ink as white and all else as black, without specks."""
    import cv2

    inked = ink[ink >= LEAST_CONTRAST]
    if not inked.size:
        return np.zeros_like(ink)
    threshold, _ = cv2.threshold(inked.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    # Otsu parts strong ink from weak; pencil that is half as strong is ink as well.
    lines = (ink >= max(LEAST_CONTRAST, threshold / 2)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    least = max(2, round(SPECK_SHARE * ink.size))
    is_line = stats[:count, cv2.CC_STAT_AREA] >= least
    is_line[0] = False  # the ground
    return np.where(is_line[labels], 255, 0).astype(np.uint8)


def _soft_edges(grey: Grey) -> Grey:
    """Outlines of a photograph, from grey to white by their strength: the slope after smoothing."""
    import cv2

    smooth = cv2.bilateralFilter(grey, 9, 60, 9)
    smooth = cv2.GaussianBlur(smooth, (0, 0), max(1.0, min(grey.shape) / 300)).astype(np.float32)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    slope = np.hypot(across, down)
    strong = max(float(np.percentile(slope, 98)), 4.0 * LEAST_CONTRAST)
    edges: Grey = (np.minimum(slope / strong, 1) ** SOFTNESS * 255).astype(np.uint8)
    return edges
