"""Scenes of one to five things as a webcam would see a card or a screen, with the truth about them.

Drawn from Noto Color Emoji (SIL Open Font License 1.1; Debian's fonts-noto-color-emoji), needed for training only.
"""

from __future__ import annotations

import colorsys
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tools.starter.world import KINDS, NATURAL_COLOURS, NOT_RECOLOURED, PLACES, TINTS, Tint, is_held_out

FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
STRIKE_PX = 109  # the only size of the font's bitmaps: 136 x 128 px each
GLYPH_PX = 136
SIZE_PX = 64
GRID = 8  # cells a side in which `Scene.slots` says what is there
MOST_THINGS = 5
COUNT_WEIGHTS = (0.36, 0.22, 0.18, 0.14, 0.10)
SIZES = ((0.50, 0.98), (0.40, 0.54), (0.36, 0.46), (0.33, 0.42), (0.31, 0.37))  # share of the frame, by the count
BACKGROUNDS = ("plain", "gradient", "noise", "clouds", "stripes", "blobs", "mosaic")
HELD_OUT_BACKGROUNDS = ("checks", "rings", "weave")

Split = Literal["train", "held_out"]
Pixels = NDArray[np.uint8]  # (height, width, 3), RGB


@dataclass(frozen=True)
class Thing:
    """What was drawn, where it is seen (shares of the frame) and its colour; None where no single word fits."""

    name: str
    colour: str | None
    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def place(self) -> str:
        """The ninth of the frame that the thing's centre is in: "top left" ... "bottom right"."""
        x, y = self.centre
        return PLACES[min(2, int(3 * y))][min(2, int(3 * x))]

    @property
    def is_place_clear(self) -> bool:
        """Whether the centre is far enough from the borders of its ninth to be told from its neighbours."""
        return all(abs(v - border) > 0.045 for v in self.centre for border in (1 / 3, 2 / 3))


@dataclass(frozen=True)
class Scene:
    """A picture with its truth; `slots` (GRID, GRID) has 1 + the index of the thing seen in a cell, or 0."""

    pixels: Pixels
    things: tuple[Thing, ...]
    slots: NDArray[np.uint8]
    background: str


# ── glyphs ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def glyph(character: str, reduction: int = 1) -> NDArray[np.float32]:
    """The picture of an emoji: (136, 136, 4) divided by `reduction`, RGBA in 0..1, colours multiplied by alpha."""
    if reduction > 1:
        reduced_px = GLYPH_PX // reduction
        return cv2.resize(glyph(character), (reduced_px, reduced_px), interpolation=cv2.INTER_AREA)
    image = Image.new("RGBA", (GLYPH_PX, GLYPH_PX), (0, 0, 0, 0))
    font = ImageFont.truetype(str(FONT), STRIKE_PX, layout_engine=ImageFont.Layout.BASIC)
    left, top, right, bottom = font.getbbox(character)
    at = ((GLYPH_PX - (right - left)) / 2 - left, (GLYPH_PX - (bottom - top)) / 2 - top)
    ImageDraw.Draw(image).text(at, character, font=font, embedded_color=True)
    rgba = np.asarray(image, np.float32) / 255
    return np.dstack([rgba[..., :3] * rgba[..., 3:], rgba[..., 3]])


def tinted(rgba: NDArray[np.float32], tint: Tint, hue: float) -> NDArray[np.float32]:
    """The glyph in shades of one hue: its light and dark parts stay, its own colours go."""
    alpha = rgba[..., 3:]
    light = rgba[..., :3] @ np.float32([0.3, 0.59, 0.11]) / np.maximum(rgba[..., 3], 1e-3)
    inside = light[rgba[..., 3] > 0.5]
    level = np.clip(0.5 + (light - inside.mean()) / (4 * inside.std() + 0.2), 0, 1)[..., None]
    base = np.float32(colorsys.hsv_to_rgb(hue % 360 / 360, tint.saturation, tint.value))
    dark, pale = 0.35 * base, 0.25 * base + 0.75
    shades = np.where(level < 0.5, dark + (base - dark) * 2 * level, base + (pale - base) * (2 * level - 1))
    return np.dstack([shades * alpha, alpha]).astype(np.float32)


# ── the scene ────────────────────────────────────────────────────────────────────────────────────────────────────────


def render(
    rng: np.random.Generator, split: Split = "train", *, count: int | None = None, size_px: int = SIZE_PX
) -> Scene:
    """A scene; the same one for the same state of `rng`.

    Args:
        rng: the only source of chance.
        split: "held_out" draws only backgrounds, hues and, every other time, combinations that "train" never does.
        count: how many things; 1 to 5 by `COUNT_WEIGHTS` where None.
        size_px: of a side.
    """
    count = count or int(rng.choice(MOST_THINGS, p=COUNT_WEIGHTS)) + 1
    kinds = rng.integers(len(KINDS), size=count)
    if count > 1 and rng.random() < 0.35:  # some scenes have several of a kind
        kinds[1:][rng.random(count - 1) < 0.6] = kinds[0]
    boxes = _boxes(rng, count)
    looks = [look(rng, int(kind), split, side * size_px) for kind, (_, _, side) in zip(kinds, boxes, strict=True)]
    camera = _camera(rng, size_px)
    pixels, background = _behind(rng, split, camera, size_px, [rgba for _, _, rgba in looks])
    seen = np.zeros((size_px, size_px), np.uint8)
    for slot, ((_, _, rgba), (x, y, side)) in enumerate(zip(looks, boxes, strict=True), start=1):
        colours, alpha = _placed(rng, rgba, x, y, side, camera, size_px)
        pixels = pixels * (1 - alpha[..., None]) + colours
        seen[alpha > 0.5] = slot
    things = []
    for slot, (name, colour, _) in enumerate(looks, start=1):
        rows, columns = np.nonzero(seen == slot)
        box = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        things.append(Thing(name, colour, *(float(edge) / size_px for edge in box)))
    return Scene(_photographed(rng, pixels), tuple(things), _slots(seen), background)


def look(
    rng: np.random.Generator, kind: int, split: Split, side_px: float, character: str = "", flips: float = 0.5
) -> tuple[str, str | None, NDArray[np.float32]]:
    """A thing's name, its colour and its glyph, reduced by areas to no less than `side_px` so that none flickers.

    The glyph is `character`, or any of the kind's where that is empty; so often as `flips` says, its mirror image.
    """
    name = KINDS[kind].name
    character = character or str(rng.choice(list(KINDS[kind].glyphs)))
    rgba = glyph(character, max(1, int(GLYPH_PX / side_px)))
    if rng.random() < flips:
        rgba = rgba[:, ::-1]
    tints = [tint for tint in TINTS if not is_held_out(name, tint.colour)]
    if split == "held_out" and rng.random() < 0.5:
        tints = [tint for tint in TINTS if is_held_out(name, tint.colour)] or tints
    if rng.random() < 0.4 or name in NOT_RECOLOURED:
        return name, NATURAL_COLOURS.get(character), rgba
    tint = tints[rng.integers(len(tints))]
    return name, tint.colour, tinted(rgba, tint, _hue(rng, tint, split))


def _hue(rng: np.random.Generator, tint: Tint, split: Split) -> float:
    first, last = tint.held_out
    if split == "held_out":
        return float(rng.uniform(first, last))
    hue = float(rng.uniform(tint.first_hue, tint.last_hue - (last - first)))
    return hue if hue < first else hue + last - first


def _boxes(rng: np.random.Generator, count: int) -> list[tuple[float, float, float]]:
    """Centres and sides (shares of the frame) of things that do not cover each other."""
    smallest, largest = SIZES[count - 1]
    while True:
        boxes: list[tuple[float, float, float]] = []
        for _ in range(60):
            side = float(rng.uniform(smallest, largest))
            x, y = (float(v) for v in rng.uniform(side / 2, 1 - side / 2, size=2))
            if all(max(abs(x - u), abs(y - v)) > 0.45 * (side + other) for u, v, other in boxes):
                boxes.append((x, y, side))
            if len(boxes) == count:
                return boxes


def _camera(rng: np.random.Generator, size_px: int) -> NDArray[np.float64]:
    """How the unit square of the card is seen in the frame: a homography, mild enough to keep every thing inside."""
    corners = np.float32([[0, 0], [1, 0], [1, 1], [0, 1]])
    inset = rng.uniform(0, 0.05) if rng.random() < 0.7 else rng.uniform(0.05, 0.1)
    seen = inset + corners * (1 - 2 * inset) + rng.uniform(-0.03, 0.03, size=(4, 2))
    return cv2.getPerspectiveTransform(corners, np.clip(seen, 0, 1).astype(np.float32) * size_px)


def _behind(
    rng: np.random.Generator,
    split: Split,
    camera: NDArray[np.float64],
    size_px: int,
    looks: list[NDArray[np.float32]],
) -> tuple[NDArray[np.float32], str]:
    """What is behind the things: a wall or desk, and before it, every third time, the card or screen they are on."""
    shown = [rgba[..., :3].sum(axis=(0, 1)) / rgba[..., 3].sum() for rgba in looks]
    kind = str(rng.choice(HELD_OUT_BACKGROUNDS if split == "held_out" else BACKGROUNDS))
    behind = _texture(rng, kind, size_px, shown)
    if rng.random() < 0.35:
        card = _texture(rng, "plain" if rng.random() < 0.5 else kind, size_px, shown)
        onto = camera @ np.diag([1 / size_px, 1 / size_px, 1.0])
        inside = cv2.warpPerspective(np.ones((size_px, size_px), np.float32), onto, (size_px, size_px))[..., None]
        behind = behind * (1 - inside) + cv2.warpPerspective(card, onto, (size_px, size_px))
    return behind, kind


def _texture(
    rng: np.random.Generator, kind: str, size_px: int, shown: list[NDArray[np.float32]]
) -> NDArray[np.float32]:
    first, second = _backdrop(rng, shown), _backdrop(rng, shown)
    ramp = np.arange(size_px, dtype=np.float32) / size_px
    x, y = np.meshgrid(ramp, ramp)
    angle, frequency, phase = rng.uniform(0, math.pi), rng.uniform(2, 9), rng.uniform(0, 2 * math.pi)
    along = x * math.cos(angle) + y * math.sin(angle)
    across = y * math.cos(angle) - x * math.sin(angle)
    match kind:
        case "plain":
            mix = np.zeros_like(x)
        case "gradient":
            mix = np.clip(along * rng.uniform(0.7, 1.2) + rng.uniform(-0.2, 0.2), 0, 1)
        case "noise":
            mix = rng.random((size_px, size_px), dtype=np.float32) * rng.uniform(0.2, 0.6)
        case "clouds":
            mix = sum(_smooth_noise(rng, cells, size_px) / (i + 1) for i, cells in enumerate((3, 6, 12))) / 1.6
        case "stripes":
            mix = (0.5 + 0.5 * np.sin(2 * math.pi * frequency * along + phase)) ** rng.uniform(0.4, 2) * 0.7
        case "blobs":
            mix = (_smooth_noise(rng, 5, size_px) > rng.uniform(0.4, 0.65)).astype(np.float32) * 0.7
        case "mosaic":
            coarse = rng.random((int(rng.integers(3, 9)),) * 2, dtype=np.float32)
            mix = cv2.resize(coarse, (size_px, size_px), interpolation=cv2.INTER_NEAREST) * 0.8
        case "checks":
            mix = ((np.floor(frequency * along) + np.floor(frequency * across)) % 2) * rng.uniform(0.3, 0.7)
        case "rings":
            far = np.hypot(x - rng.uniform(0, 1), y - rng.uniform(0, 1))
            mix = (0.5 + 0.5 * np.sin(2 * math.pi * frequency * far + phase)) * 0.7
        case "weave":
            mix = 0.35 * (np.sin(2 * math.pi * frequency * along) * np.sin(2 * math.pi * frequency * across) + 1)
    mixed: NDArray[np.float32] = first + (second - first) * np.asarray(mix, np.float32)[..., None]
    return mixed


def _smooth_noise(rng: np.random.Generator, cells: int, size_px: int) -> NDArray[np.float32]:
    coarse = rng.random((cells, cells), dtype=np.float32)
    return cv2.resize(coarse, (size_px, size_px), interpolation=cv2.INTER_CUBIC)


def _backdrop(rng: np.random.Generator, shown: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """A colour that stands off from the mean colour of every thing; mostly pale, gray or dark, seldom bright."""
    for _ in range(12):
        saturation = rng.uniform(0, 0.25) if rng.random() < 0.65 else rng.uniform(0.25, 0.85)
        colour = np.float32(colorsys.hsv_to_rgb(rng.random(), saturation, 1 - 0.9 * rng.random() ** 1.6))
        if all(np.abs(colour - mean).sum() > 0.45 for mean in shown):
            break
    return colour


def _placed(
    rng: np.random.Generator,
    rgba: NDArray[np.float32],
    x: float,
    y: float,
    side: float,
    camera: NDArray[np.float64],
    size_px: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A glyph as seen in the frame: premultiplied colours (size_px, size_px, 3), and how much it covers."""
    angle = math.radians(rng.normal(0, 11))
    turned = side / len(rgba)
    cos, sin, middle = turned * math.cos(angle), turned * math.sin(angle), len(rgba) / 2
    onto_card = np.array(
        [
            [cos, -sin, x - cos * middle + sin * middle],
            [sin, cos, y - sin * middle - cos * middle],
            [0, 0, 1],
        ]
    )
    seen = cv2.warpPerspective(rgba, camera @ onto_card, (size_px, size_px), flags=cv2.INTER_LINEAR)
    return seen[..., :3], seen[..., 3]


def _photographed(rng: np.random.Generator, pixels: NDArray[np.float32]) -> Pixels:
    """Light, white balance, blur, sensor noise and JPEG."""
    size_px = len(pixels)
    seen = np.clip(pixels, 0, 1) ** rng.uniform(0.8, 1.25)
    seen = seen * rng.uniform(0.72, 1.1) * rng.uniform(0.94, 1.06, size=3)
    if rng.random() < 0.4:  # light from a side
        ramp = np.linspace(-1, 1, size_px, dtype=np.float32)
        seen = seen * (1 + rng.uniform(-0.2, 0.2) * ramp[:, None] + rng.uniform(-0.2, 0.2) * ramp)[..., None]
    if rng.random() < 0.5:
        seen = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.25, 0.75) * size_px / 64)
    seen = seen + rng.normal(0, rng.uniform(0, 0.03), size=seen.shape)
    image = np.clip(255 * seen, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        _, encoded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 96))])
        image = np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1])
    return image


def _slots(seen: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The slot that covers most of each cell, where things cover a fifth of it."""
    cell_px = len(seen) // GRID
    cells = seen[: GRID * cell_px, : GRID * cell_px].reshape(GRID, cell_px, GRID, cell_px)
    covered = np.stack([(cells == slot).sum(axis=(1, 3)) for slot in range(1, MOST_THINGS + 1)])
    best = covered.argmax(axis=0) + 1
    return np.where(covered.max(axis=0) > cell_px**2 / 5, best, 0).astype(np.uint8)
