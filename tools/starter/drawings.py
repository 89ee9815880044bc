"""Pictures of one thing on a quiet background, each with a prompt that asks for it and a sketch of it as by hand."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.starter.scenes import GLYPH_PX, Pixels, Split, look
from tools.starter.texts import KIND_OF, called, with_article
from tools.starter.world import KINDS

# Of several glyphs of a kind, the one that is as people sketch it.
SKETCHED = "🐱🐶🐭🐰🐵🐓🐟🐳🐴🐮🐷🍦🎂☕🚗🚚🚂🛩⛵🏠🕒📖📱☂🎩👟🌳🌼🍁☀⛰"
GLYPHS = tuple(next((glyph for glyph in kind.glyphs if glyph in SKETCHED), kind.glyphs[0]) for kind in KINDS)
SIZE_PX = 256
TEMPLATES = ("{}", "{}", "a photo of {}", "a picture of {}", "a drawing of {}", "an icon of {}", "this is {}")
ROUGHNESS = (0.0, 0.3, 0.8, 1.5, 3.0, 6.0)  # from a careful drawing to one where hardly a line is where it should be
ROUGHNESS_SHARES = (0.3, 0.25, 0.2, 0.13, 0.08, 0.04)
ENDINGS = (", photo, high quality", ", high quality", ", photo", ", cute", ", detailed", ", cartoon style", ", 3d")

Lines = list[NDArray[np.float32]]  # polylines (n, 2): x and y
Sketch = NDArray[np.uint8]  # (height, width), white lines on black


@dataclass(frozen=True)
class Drawing:
    """A picture, what asks for it, and the strokes of a sketch of it; `colour` as in a scene's thing."""

    pixels: Pixels
    name: str
    colour: str | None
    prompt: str
    strokes: Lines
    width: int  # of the strokes, in pixels

    @property
    def sketch(self) -> Sketch:
        return ink(self.strokes, self.width)


def draw(
    rng: np.random.Generator,
    split: Split = "train",
    *,
    name: str | None = None,
    is_posed: bool = False,
    roughness: float | None = None,
) -> Drawing:
    """A drawing; the same one for the same state of `rng`.

    Args:
        rng: the only source of chance.
        split: "held_out" draws hues and, every other time, combinations of thing and colour that "train" never does.
        name: of the thing; any where None.
        is_posed: in the middle and in its own shape, as a picture without a sketch should be; else it is moved, turned,
            stretched and bent, so that only the sketch tells where its edges are.
        roughness: of the sketch: 0 has every line where it is, 2 is quickly drawn; one of `ROUGHNESS` where None.
    """
    kind = int(rng.integers(len(KINDS))) if name is None else next(i for i, k in enumerate(KINDS) if k.name == name)
    name, colour, rgba = look(rng, kind, split, GLYPH_PX, GLYPHS[kind], flips=0 if is_posed else 0.2)
    seen = _posed(rng, rgba) if is_posed else _bent(rng, rgba)
    is_white = bool(rng.random() < 0.6)
    behind = _white() if is_white else _background(rng, seen)
    pixels = np.clip(255 * (behind * (1 - seen[..., 3:]) + seen[..., :3]), 0, 255).astype(np.uint8)
    if roughness is None:
        roughness = float(rng.choice(ROUGHNESS, p=ROUGHNESS_SHARES))
    strokes = by_hand(rng, outline_of(seen), roughness)
    words = prompt(rng, name, colour, is_white=is_white)
    return Drawing(pixels, name, colour, words, strokes, int(rng.integers(3, 11)))


def prompt(rng: np.random.Generator, name: str, colour: str | None, *, is_white: bool) -> str:
    """What asks for a thing, as somebody would type it: "cat", "a photo of a red cat", "a red cat, high quality"."""
    kind = KIND_OF[name]
    word = called(rng, kind)
    words = with_article(kind, word, colour) if rng.random() < 0.8 else f"{colour} {word}" if colour else word
    text = str(rng.choice(TEMPLATES)).format(words)
    if is_white and rng.random() < 0.5:
        text += " on a white background"
    return text + str(rng.choice(ENDINGS)) if rng.random() < 0.2 else text


# ── the picture ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _posed(rng: np.random.Generator, rgba: NDArray[np.float32]) -> NDArray[np.float32]:
    side = rng.uniform(0.74, 0.86) * SIZE_PX
    middle = SIZE_PX / 2 + rng.normal(0, 3, size=2)
    return _mapped(rgba, _turned(rng.normal(0, 0.03), side, side), middle)


def _bent(rng: np.random.Generator, rgba: NDArray[np.float32]) -> NDArray[np.float32]:
    """Moved, turned, stretched and bent: as different as the same thing is from hand to hand."""
    side = rng.choice([rng.uniform(0.45, 0.7), rng.uniform(0.7, 1.0)], p=[0.15, 0.85]) * SIZE_PX
    stretch = np.exp(rng.normal(0, 0.12))
    width, height = side * min(1, stretch), side * min(1, 1 / stretch)
    free = (SIZE_PX - np.float32([width, height])) / 2
    middle = SIZE_PX / 2 + rng.uniform(-1, 1, size=2) * free
    bend = rng.choice([0, 1, 1, 2]) * rng.uniform(0.01, 0.035) * side
    return _mapped(rgba, _turned(rng.normal(0, 0.1), width, height), middle, _field(rng, bend, cells=4))


def _turned(angle: float, width: float, height: float) -> NDArray[np.float64]:
    """From the frame (pixels from the thing's middle) to the glyph (its pixels)."""
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.diag([GLYPH_PX / width, GLYPH_PX / height]) @ turn


def _mapped(
    rgba: NDArray[np.float32],
    onto_glyph: NDArray[np.float64],
    middle: NDArray[np.float64],
    field: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    y, x = np.mgrid[:SIZE_PX, :SIZE_PX].astype(np.float32)
    at = np.stack([x - middle[0], y - middle[1]], axis=-1)
    if field is not None:
        at += field
    at = (at @ onto_glyph.T + (GLYPH_PX - 1) / 2).astype(np.float32)
    return np.clip(cv2.remap(rgba, at, None, cv2.INTER_LINEAR), 0, 1)


def _field(rng: np.random.Generator, amount_px: float, *, cells: int) -> NDArray[np.float32]:
    """Smooth displacements (SIZE_PX, SIZE_PX, 2) of about `amount_px`."""
    coarse = rng.normal(0, amount_px, size=(cells, cells, 2)).astype(np.float32)
    return cv2.resize(coarse, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_CUBIC)


def _white() -> NDArray[np.float32]:
    return np.ones((SIZE_PX, SIZE_PX, 3), np.float32)


def _background(rng: np.random.Generator, seen: NDArray[np.float32]) -> NDArray[np.float32]:
    """Plain or from one colour softly to another; pale mostly, and never nearly as the thing."""
    mean = seen[..., :3].sum(axis=(0, 1)) / seen[..., 3].sum()
    for _ in range(12):
        hue, saturation, value = rng.random(), rng.uniform(0, 0.25), 1 - 0.6 * rng.random() ** 4
        first = np.float32(colorsys.hsv_to_rgb(hue, saturation, value))
        if np.abs(first - mean).sum() > 0.4:
            break
    if rng.random() < 0.5:
        return np.broadcast_to(first, (SIZE_PX, SIZE_PX, 3))
    second = np.float32(
        colorsys.hsv_to_rgb(hue, saturation * rng.uniform(0, 1.3), min(1, value * rng.uniform(0.85, 1.2)))
    )
    y, x = np.mgrid[:SIZE_PX, :SIZE_PX].astype(np.float32) / SIZE_PX
    angle = rng.uniform(0, 2 * np.pi)
    along = np.clip((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle) + 0.5, 0, 1)[..., None]
    return first + (second - first) * along


# ── the sketch ───────────────────────────────────────────────────────────────────────────────────────────────────────


def outline_of(seen: NDArray[np.float32]) -> tuple[Lines, Lines]:
    """The lines around a thing (height, width, 4), and those between its parts; coordinates in its pixels."""
    alpha = seen[..., 3]
    around, _ = cv2.findContours((alpha > 0.5).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    shades = cv2.GaussianBlur((255 * (seen[..., :3] + 0.5 * (1 - alpha[..., None]))).astype(np.uint8), (0, 0), 2)
    edges = cv2.Canny(shades, 30, 70)
    inside = cv2.erode((alpha > 0.5).astype(np.uint8), np.ones((11, 11), np.uint8))
    within, _ = cv2.findContours(edges * inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    closed = [np.concatenate([line[:, 0], line[:1, 0]]).astype(np.float32) for line in around if len(line) > 16]
    return closed, [line[: len(line) // 2 + 1, 0].astype(np.float32) for line in within if len(line) > 32]


def by_hand(rng: np.random.Generator, lines: tuple[Lines, Lines], roughness: float) -> Lines:
    """The strokes of a hand that draws these lines: bent, simplified, with gaps, details left out; as they are at 0."""
    around, within = lines
    if not roughness:
        return around + within
    detail = rng.choice([0, 0.4, 0.7, 1.0, 1.0])
    kept = around + [line for line in within if rng.random() < detail]
    drawn: Lines = []
    for _ in range(2 if rng.random() < min(0.3, 0.12 * roughness) else 1):  # now and then drawn twice over
        bend = _field(rng, 0.8 * roughness, cells=7) + _field(rng, 1.1 * roughness, cells=3)
        for line in kept:
            for stroke in _strokes(rng, line, roughness):
                at = np.clip(stroke, 0, SIZE_PX - 1).astype(np.intp)
                drawn.append(stroke + bend[at[:, 1], at[:, 0]])
    return drawn


def ink(strokes: Lines, width: int) -> Sketch:
    """Strokes as a ControlNet reads them; they and their `width` are in pixels."""
    sketch = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    points = [np.round(stroke * 16).astype(np.int32) for stroke in strokes]
    cv2.polylines(sketch, points, False, 255, width, cv2.LINE_AA, 4)
    return sketch


def _strokes(rng: np.random.Generator, line: NDArray[np.float32], roughness: float) -> Lines:
    """One line as the strokes of a hand: simplified, and cut by gaps."""
    points = cv2.approxPolyDP(line[:, None], rng.uniform(0.7, 1.6 + 1.6 * roughness), False)[:, 0]
    if rng.random() < 0.5:
        points = _resampled(points)
    if rng.random() > min(0.6, 0.25 * roughness):
        return [points]
    points = _resampled(points)
    first = int(rng.integers(len(points)))
    gap = int(rng.uniform(0.02, 0.1) * len(points)) + 1
    return [part for part in (points[:first], points[first + gap :]) if len(part) > 1]


def _resampled(points: NDArray[np.float32], step: float = 4.0) -> NDArray[np.float32]:
    """The same line with a point every few pixels, corners a little rounded."""
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    count = max(2, int(lengths[-1] / step))
    at = np.linspace(0, lengths[-1], count)
    even = np.stack([np.interp(at, lengths, points[:, axis]) for axis in (0, 1)], axis=1)
    if count > 5:
        even[1:-1] = (even[:-2] + even[1:-1] + even[2:]) / 3
    return even.astype(np.float32)


def canny(rng: np.random.Generator, pixels: Pixels) -> Sketch:
    """The edges of a picture as the app finds them, with thresholds by chance."""
    low = float(rng.uniform(30, 120))
    return cv2.Canny(pixels, low, low * rng.uniform(1.5, 2.5))
