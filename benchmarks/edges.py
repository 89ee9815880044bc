"""How well the edges of a picture follow the lines of a sketch."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

TOLERANCE = 0.0075  # of the diagonal, as in the Berkeley segmentation benchmark; at least one pixel
BAND = 4  # tolerances around the lines in which an edge counts: what is further off may be background
BLUR_PX = 1.0
CANNY = 100, 200

Mask = NDArray[np.bool_]  # (height, width)


def edge_f1(pixels: NDArray[np.uint8], lines: Mask) -> float:
    """F1 of the edges of a picture (height, width, 3) and of lines one pixel wide.

    Recall is the share of the lines near an edge; precision the share of the edges near a line, of those in its band.
    """
    return f1(edges_of(pixels), lines)


def edges_of(pixels: NDArray[np.uint8]) -> Mask:
    return cv2.Canny(cv2.GaussianBlur(pixels, (0, 0), BLUR_PX), *CANNY) > 0


def f1(edges: Mask, lines: Mask) -> float:
    near = max(1.0, TOLERANCE * float(np.hypot(*lines.shape)))
    if not edges.any() or not lines.any():
        return 0.0
    to_lines, to_edges = _distances(lines), _distances(edges)
    recall = (to_edges[lines] <= near).mean()
    in_band = to_lines[edges & (to_lines <= BAND * near)]
    precision = (in_band <= near).mean() if len(in_band) else 0.0
    return float(2 * recall * precision / (recall + precision)) if recall + precision else 0.0


def _distances(mask: Mask) -> NDArray[np.float32]:
    """Of each pixel to the nearest one of the mask, in pixels."""
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
