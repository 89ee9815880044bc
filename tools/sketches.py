"""Draws the sample sketches, stroke by stroke as a hand does: `python -m tools.sketches` writes them into assets.

The curves are written down here; the hand is made up: it speeds up and slows down, presses and trembles a little, the
same each time.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).resolve().parent.parent / "assets" / "samples" / "sketch.json"
SIDE_PX = 512
POINT_MS = 8  # a pen tells 125 places a second
FASTEST_PX_S = 700.0
PAUSE_MS = 180  # between strokes
WIDTH_PX = 7.0

Curve = NDArray[np.float64]  # (n, 2) places of the canvas, close together


def line(*corners: tuple[float, float]) -> Curve:
    """Straight from corner to corner."""
    parts = [np.linspace(start, end, 40, endpoint=False) for start, end in itertools.pairwise(corners)]
    return np.concatenate([*parts, [corners[-1]]])


def arc(x: float, y: float, across: float, down: float, start: float, end: float) -> Curve:
    """A part of an ellipse around (x, y), from one angle to another in degrees, 0 at the right and 90 below."""
    turn = np.radians(np.linspace(start, end, 120))
    return np.stack([x + across * np.cos(turn), y + down * np.sin(turn)], axis=1)


def curve(*places: tuple[float, float]) -> Curve:
    """Through all places without a corner (Catmull-Rom)."""
    through = np.array([places[0], *places, places[-1]])
    t = np.linspace(0, 1, 30, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(through, through[1:], through[2:], through[3:], strict=False):
        parts.append(b + t * (c - a) / 2 + t**2 * (a - 2.5 * b + 2 * c - d / 2) + t**3 * (1.5 * (b - c) + (d - a) / 2))
    return np.concatenate([*parts, [places[-1]]])


CAT = (
    curve((150, 215), (140, 120), (152, 96), (205, 150)),
    curve((205, 150), (256, 138), (307, 150)),
    curve((307, 150), (360, 96), (372, 120), (362, 215)),
    curve((362, 215), (384, 285), (345, 360), (256, 378), (167, 360), (128, 285), (150, 215)),
    arc(205, 245, 15, 20, -90, 275),
    arc(307, 245, 15, 20, -90, 275),
    line((243, 292), (269, 292), (256, 308), (243, 292)),
    curve((256, 308), (250, 330), (228, 334), (214, 322)),
    curve((256, 308), (262, 330), (284, 334), (298, 322)),
    line((190, 300), (96, 282)),
    line((190, 312), (92, 322)),
    line((322, 300), (416, 282)),
    line((322, 312), (420, 322)),
)
HOUSE = (
    line((128, 250), (128, 430), (384, 430), (384, 250)),
    line((92, 268), (256, 108), (420, 268)),
    line((230, 430), (230, 330), (290, 330), (290, 430)),
    arc(278, 384, 4, 4, 0, 360),
    line((158, 282), (208, 282), (208, 332), (158, 332), (158, 282)),
    line((183, 282), (183, 332)),
    line((158, 307), (208, 307)),
    line((320, 172), (320, 118), (352, 118), (352, 202)),
)
UMBRELLA = (
    arc(256, 262, 180, 158, 180, 360),
    curve((76, 262), (106, 236), (136, 262)),
    curve((136, 262), (196, 230), (256, 262)),
    curve((256, 262), (316, 230), (376, 262)),
    curve((376, 262), (406, 236), (436, 262)),
    curve((256, 104), (176, 170), (136, 262)),
    curve((256, 104), (336, 170), (376, 262)),
    line((256, 104), (256, 82)),
    curve((256, 262), (256, 330), (256, 400), (244, 428), (216, 430), (204, 404)),
)
FISH = (
    curve((372, 256), (320, 184), (220, 168), (130, 226), (106, 256), (130, 286), (220, 344), (320, 328), (372, 256)),
    curve((372, 256), (420, 210), (448, 186), (434, 256), (448, 326), (420, 302), (372, 256)),
    arc(164, 240, 9, 9, 0, 360),
    curve((198, 206), (220, 250), (198, 306)),
    curve((250, 172), (290, 124), (316, 186)),
    curve((250, 262), (284, 278), (300, 300), (262, 300)),
)
STAR = (line(*((256 + 180 * math.sin(turn), 266 - 180 * math.cos(turn)) for turn in np.radians(range(0, 721, 144)))),)
SKETCHES = {"a cat": CAT, "a house": HOUSE, "an umbrella": UMBRELLA, "a fish": FISH, "a star": STAR}


def stroke(path: Curve, rng: np.random.Generator, began_ms: float) -> list[list[float]]:
    """The path as a hand draws it: `[x, y, pressure, time_ms]` each, the time since the sketch was begun."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    lengths = np.concatenate([[0.0], np.cumsum(steps)])
    whole = lengths[-1]
    seconds = max(0.12, 1.6 * whole / FASTEST_PX_S)
    time_s = np.arange(0.0, seconds, POINT_MS / 1000)
    share = time_s / seconds
    along = whole * (share - np.sin(2 * np.pi * share) / (2 * np.pi) * 0.9)  # slow, fast, slow
    places = np.stack([np.interp(along, lengths, path[:, axis]) for axis in (0, 1)], axis=1)
    for axis in (0, 1):
        speed, phase = rng.uniform(4, 9), rng.uniform(0, 2 * np.pi)
        places[:, axis] += 1.1 * np.sin(speed * time_s + phase) + rng.normal(0, 0.12, len(places))
    pressure = 0.25 + 0.6 * np.clip(np.minimum(share, 1 - share) / 0.14, 0, 1) + 0.08 * np.sin(5 * time_s)
    times = began_ms + 1000 * time_s
    table = np.column_stack([places, np.clip(pressure, 0, 1), times])
    return [[round(x, 1), round(y, 1), round(force, 2), round(at)] for x, y, force, at in table.tolist()]


def sketch(title: str, curves: Sequence[Curve]) -> dict[str, object]:
    rng = np.random.default_rng(len(title))
    strokes, now_ms = [], 0.0
    for path in curves:
        points = stroke(path, rng, now_ms)
        strokes.append({"style": {"width_px": WIDTH_PX}, "points": points})
        now_ms = points[-1][3] + PAUSE_MS
    return {"title": title, "width": SIDE_PX, "height": SIDE_PX, "strokes": strokes}


def main() -> None:
    sketches = [sketch(title, curves) for title, curves in SKETCHES.items()]
    FILE.write_text(json.dumps({"sketches": sketches}, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
