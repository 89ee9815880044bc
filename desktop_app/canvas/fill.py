"""The area that a fill reaches: pixels like the one that was clicked, connected with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (height, width, 4)
Area = NDArray[np.bool_]  # (height, width)


def flood(pixels: Pixels, x: int, y: int, tolerance: float) -> Area:
    """What a fill from (x, y) reaches, along rows and columns.

    Runs of like pixels are joined to those above and below them; the time goes by the number of runs, and hardly by how
    winding the area is.

    Args:
        tolerance: how far a channel may differ, in [0, 1].
    """
    like = _like(pixels, x, y, round(tolerance * 255))
    height, width = like.shape
    stride = width + 1  # a pixel that is not like it ends each row
    row_after_row = np.zeros(height * stride + 1, bool)
    row_after_row[1:].reshape(height, stride)[:, :width] = like
    borders = np.flatnonzero(row_after_row[1:] != row_after_row[:-1])
    starts, ends = borders[::2], borders[1::2]
    groups = _groups(starts, ends, stride)
    here = np.searchsorted(starts, y * stride + x, side="right") - 1
    is_reached = groups == groups[here]
    borders = np.zeros(height * stride, bool)
    borders[starts[is_reached]] = borders[ends[is_reached]] = True
    return np.logical_xor.accumulate(borders).reshape(height, stride)[:, :width]


def grown(area: Area) -> Area:
    """The area and a pixel around it, so that no pale seam is left along soft lines."""
    rows = area.copy()
    rows[1:] |= area[:-1]
    rows[:-1] |= area[1:]
    result = rows.copy()
    result[:, 1:] |= rows[:, :-1]
    result[:, :-1] |= rows[:, 1:]
    return result


def _like(pixels: Pixels, x: int, y: int, reach: int) -> Area:
    """Which pixels are like one of them in every channel."""
    height, width, n_channels = pixels.shape
    here = pixels[y, x].astype(np.int16)
    lowest, highest = (np.tile(np.clip(here + side * reach, 0, 255).astype(np.uint8), width) for side in (-1, 1))
    rows = pixels.reshape(height, width * n_channels)  # whole rows are compared many times faster than channels
    is_near = (rows >= lowest) & (rows <= highest)
    all_four: Area = is_near.reshape(pixels.shape).view(np.uint32)[:, :, 0] == 0x01010101
    return all_four


def _groups(starts: NDArray[np.int64], ends: NDArray[np.int64], stride: int) -> NDArray[np.int64]:
    """A number for each run, the same for runs that are connected."""
    # Runs are in order, so those of the next row that a run touches lie side by side: from `first` up to `last`.
    first = np.searchsorted(ends, starts + stride, side="right")
    last = np.searchsorted(starts, ends + stride, side="left")
    counts = np.maximum(last - first, 0)
    above = np.repeat(np.arange(len(starts)), counts)
    below = np.arange(len(above)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    groups = np.arange(len(starts))
    while len(above):
        low = np.minimum(groups[above], groups[below])
        np.minimum.at(groups, groups[above], low)
        np.minimum.at(groups, groups[below], low)
        while not np.array_equal(groups[groups], groups):  # each run to the first of its group so far
            groups = groups[groups]
        is_apart = groups[above] != groups[below]
        above, below = above[is_apart], below[is_apart]
    return groups
