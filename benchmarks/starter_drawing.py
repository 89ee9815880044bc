"""What starter-sd and its ControlNets draw: what the other starters see in it, and whether it follows the sketch.

Sketches are of held-out drawings and, where `../shared/data/sketches` has them, by people (Quick, Draw!, TU Berlin).
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from diffusers import ControlNetModel, StableDiffusionControlNetPipeline, StableDiffusionPipeline
from numpy.typing import NDArray
from PIL import Image
from transformers import BlipForQuestionAnswering, BlipProcessor, ViTForImageClassification, ViTImageProcessor

from benchmarks.edges import edge_f1
from tools.starter.drawings import SIZE_PX, Drawing, Lines, Sketch, canny, draw, ink
from tools.starter.scenes import Thing
from tools.starter.texts import KIND_OF, question

ROOT = Path(__file__).resolve().parent.parent
SKETCHES = ROOT.parent / "shared" / "data" / "sketches"
STEPS = 4
GUIDANCE = 1.0  # none: a picture then costs half
BATCH = 20
SEED = 20_000
ROUGHNESS = {"clean": 0.0, "rough": 2.0, "partial": 0.6}
KEPT_OF_PARTIAL = 0.6  # of each stroke
HUMAN_PEN = 5  # pixels
CALLED = {"sailboat": "boat", "alarm clock": "clock"}  # what the sketches of people name otherwise

Found = dict[str, Any]
Picture = NDArray[np.uint8]  # (SIZE_PX, SIZE_PX, 3)


@dataclass(frozen=True)
class Wanted:
    """What is to be drawn: words, and lines as a ControlNet reads them and as thin as can be."""

    name: str
    colour: str | None
    prompt: str
    sketch: Sketch
    lines: Sketch


@dataclass(frozen=True)
class Judges:
    """The starters that look at what was drawn: one names the thing, one is asked for its colour."""

    vit: ViTForImageClassification
    vit_processor: ViTImageProcessor
    blip: BlipForQuestionAnswering
    blip_processor: BlipProcessor

    @classmethod
    @cache
    def load(cls, assets: Path) -> Judges:
        vit, blip = assets / "starter-vit", assets / "starter-blip-vqa"
        return cls(
            ViTForImageClassification.from_pretrained(vit).float().eval(),
            ViTImageProcessor.from_pretrained(vit),
            BlipForQuestionAnswering.from_pretrained(blip).float().eval(),
            BlipProcessor.from_pretrained(blip),
        )

    @torch.inference_mode()
    def names(self, pictures: Sequence[Picture]) -> list[str]:
        inputs = self.vit_processor([Image.fromarray(picture) for picture in pictures], return_tensors="pt")
        found = self.vit(**inputs).logits.argmax(dim=1)
        return [self.vit.config.id2label[int(i)] for i in found]

    def colours(self, pictures: Sequence[Picture], names: Sequence[str]) -> list[str]:
        rng = np.random.default_rng(SEED)
        asked = [question(rng, [Thing(name, "red", 0.1, 0.1, 0.9, 0.9)], "colour").text for name in names]
        images = [Image.fromarray(picture) for picture in pictures]
        inputs = self.blip_processor(images=images, text=asked, padding=True, return_tensors="pt")
        tokens = self.blip.generate(**inputs, max_new_tokens=6, num_beams=1, do_sample=False)
        return self.blip_processor.batch_decode(tokens, skip_special_tokens=True)


# ── what is drawn ────────────────────────────────────────────────────────────────────────────────────────────────────


def generated(pipeline: Any, wanted: Sequence[Wanted], *, with_sketch: bool, seed: int = 0) -> list[Picture]:
    """Pictures of 4 steps; the noise of the i-th is the same whatever is asked for."""
    pictures: list[Picture] = []
    pipeline.set_progress_bar_config(disable=True)
    for first in range(0, len(wanted), BATCH):
        part = wanted[first : first + BATCH]
        sketches = {"image": [Image.fromarray(np.dstack([w.sketch] * 3)) for w in part]} if with_sketch else {}
        made = pipeline(
            prompt=[w.prompt for w in part],
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE,
            generator=[torch.Generator().manual_seed(1000 * seed + first + i) for i in range(len(part))],
            **sketches,
        ).images
        pictures += [np.asarray(image) for image in made]
    return pictures


def cpu_seconds(pipeline: Any, wanted: Wanted, *, with_sketch: bool) -> float:
    """What one picture takes, of all cores together: the median of some, after a first one that prepares."""
    taken = []
    for _ in range(6):
        started = time.process_time()
        generated(pipeline, [wanted], with_sketch=with_sketch)
        taken.append(time.process_time() - started)
    return round(statistics.median(taken[1:]), 3)


def text_pipeline(assets: Path) -> StableDiffusionPipeline:
    return StableDiffusionPipeline.from_pretrained(assets / "starter-sd", dtype=torch.float32)


def control_pipeline(assets: Path, controlnet: str) -> StableDiffusionControlNetPipeline:
    return StableDiffusionControlNetPipeline.from_pretrained(
        assets / "starter-sd",
        controlnet=ControlNetModel.from_pretrained(assets / controlnet, dtype=torch.float32),
        dtype=torch.float32,
    )


def held_out(count: int, kind: str, seed: int) -> tuple[list[Wanted], list[Picture]]:
    """Held-out drawings with sketches of a `kind` of ROUGHNESS, or "canny"; and the pictures that they are of."""
    rng = np.random.default_rng((SEED, seed))
    wanted, pictures = [], []
    for _ in range(count):
        drawing = draw(rng, "held_out", roughness=ROUGHNESS.get(kind, 0.0))
        wanted.append(_wanted(rng, drawing, kind))
        pictures.append(drawing.pixels)
    return wanted, pictures


def _wanted(rng: np.random.Generator, drawing: Drawing, kind: str) -> Wanted:
    strokes = _parts(rng, drawing.strokes) if kind == "partial" else drawing.strokes
    if kind == "canny":
        sketch = lines = canny(rng, drawing.pixels)
    else:
        sketch, lines = ink(strokes, drawing.width), thin(strokes)
    return Wanted(drawing.name, drawing.colour, drawing.prompt, sketch, lines)


def _parts(rng: np.random.Generator, strokes: Lines) -> Lines:
    """A piece of each stroke that is long enough to have one."""
    kept = []
    for stroke in strokes:
        first = int(rng.uniform(0, 1 - KEPT_OF_PARTIAL) * len(stroke))
        kept.append(stroke[first : first + max(2, round(KEPT_OF_PARTIAL * len(stroke)))])
    return kept


def thin(strokes: Lines) -> Sketch:
    """Strokes one pixel wide."""
    sketch = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    points = [np.round(stroke).astype(np.int32) for stroke in strokes]
    cv2.polylines(sketch, points, False, 255, 1)
    return sketch


def by_people(folder: Path = SKETCHES) -> dict[str, list[Wanted]]:
    """Sketches of people of things that the starters know, by where they are from."""
    found: dict[str, list[Wanted]] = {"quickdraw": [], "others": []}
    for file in sorted((folder / "quickdraw").glob("*.ndjson")):
        name = CALLED.get(file.stem, file.stem)
        for line in file.read_text().splitlines() if name in KIND_OF else ():
            strokes = _fitted([np.float32(stroke[:2]).T for stroke in json.loads(line)["drawing"]])
            found["quickdraw"].append(_asked(name, ink(strokes, HUMAN_PEN), thin(strokes)))
    for entry in json.loads((folder / "prompts.json").read_text()) if found["quickdraw"] else ():
        name = CALLED.get(entry["label"], entry["label"])
        if name in KIND_OF and "quickdraw" not in entry["image"]:
            sketch = _scanned(folder.parent / entry["image"])
            found["others"].append(_asked(name, sketch, np.zeros_like(sketch)))
    return found


def _asked(name: str, sketch: Sketch, lines: Sketch) -> Wanted:
    return Wanted(name, None, KIND_OF[name].singular, sketch, lines)


def _fitted(strokes: Lines, margin: float = 0.08) -> Lines:
    """Strokes in the middle of the frame, as large as fits."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (1 - 2 * margin) * SIZE_PX / (high - low).max()
    return [((stroke - (low + high) / 2) * scale + SIZE_PX / 2).astype(np.float32) for stroke in strokes]


def _scanned(file: Path) -> Sketch:
    """A picture of a sketch as white lines on black, in the middle of the frame and as wide as a pen there."""
    gray = np.asarray(Image.open(file).convert("L"))
    lines = gray if np.median(gray) < 128 else 255 - gray
    rows, columns = np.nonzero(lines > 100)
    cut = lines[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    side = round(max(cut.shape) / 0.84)
    top, left = (side - cut.shape[0]) // 2, (side - cut.shape[1]) // 2
    framed = cv2.copyMakeBorder(
        cut, top, side - cut.shape[0] - top, left, side - cut.shape[1] - left, cv2.BORDER_CONSTANT
    )
    pen = max(1, round(side / SIZE_PX))
    return cv2.resize(
        cv2.dilate(framed, np.ones((pen, pen), np.uint8)), (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_AREA
    )


# ── what is measured ─────────────────────────────────────────────────────────────────────────────────────────────────


def seen(judges: Judges, pictures: Sequence[Picture], wanted: Sequence[Wanted]) -> Found:
    """Shares of the pictures in which the judges see the thing and, where one was asked for, the colour."""
    named = judges.names(pictures)
    coloured = [(p, w) for p, w in zip(pictures, wanted, strict=True) if w.colour and f"{w.colour} " in w.prompt]
    found: Found = {"recognised": _share([a == w.name for a, w in zip(named, wanted, strict=True)])}
    if coloured:
        colours = judges.colours([p for p, _ in coloured], [w.name for _, w in coloured])
        found["colours_right"] = _share([a == w.colour for a, (_, w) in zip(colours, coloured, strict=True)])
    return found


def followed(pictures: Sequence[Picture], wanted: Sequence[Wanted]) -> float:
    """Mean F1 of the edges with the lines."""
    return _share([edge_f1(p, w.lines > 0) for p, w in zip(pictures, wanted, strict=True)])


def _share(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)


def _exchanged(wanted: Sequence[Wanted]) -> list[Wanted]:
    order = np.random.default_rng(SEED).permutation(len(wanted))
    return [wanted[i] for i in order]


def stable_diffusion(folder: Path, count: int) -> Found:
    """From words alone: what is seen, and how long a picture takes one thread."""
    judges, pipeline = Judges.load(folder.parent), text_pipeline(folder.parent)
    wanted, pictures = held_out(count, "clean", seed=6)
    made = generated(pipeline, wanted, with_sketch=False)
    return {
        "scenes": count,
        **seen(judges, made, wanted),
        "cpu_seconds": cpu_seconds(pipeline, wanted[0], with_sketch=False),
        "of_the_originals": seen(judges, pictures, wanted),
        "shuffled": seen(judges, made, _exchanged(wanted)),
    }


def scribble(folder: Path, count: int) -> Found:
    """From words and sketches of three kinds, a third each; and from what people sketched."""
    judges, pipeline = Judges.load(folder.parent), control_pipeline(folder.parent, folder.name)
    parts = {kind: held_out(count // 3, kind, seed=7 + i) for i, kind in enumerate(ROUGHNESS)}
    made = {kind: generated(pipeline, wanted, with_sketch=True) for kind, (wanted, _) in parts.items()}
    all_made = [picture for pictures in made.values() for picture in pictures]
    everything = [w for wanted, _ in parts.values() for w in wanted]
    found = _with_control(judges, all_made, everything, text_pipeline(folder.parent))
    found["cpu_seconds"] = cpu_seconds(pipeline, everything[0], with_sketch=True)
    found["edge_f1_of"] = {kind: followed(made[kind], parts[kind][0]) for kind in ROUGHNESS}
    found["edge_f1_of_the_originals"] = {kind: followed(originals, w) for kind, (w, originals) in parts.items()}
    found["by_people"] = {
        origin: _of_people(judges, pipeline, wanted) for origin, wanted in by_people().items() if wanted
    }
    return found


def canny_edges(folder: Path, count: int) -> Found:
    """From words and the edges of held-out drawings."""
    judges, pipeline = Judges.load(folder.parent), control_pipeline(folder.parent, folder.name)
    wanted, originals = held_out(count, "canny", seed=12)
    found = _with_control(judges, generated(pipeline, wanted, with_sketch=True), wanted, text_pipeline(folder.parent))
    return found | {"edge_f1_of_the_originals": followed(originals, wanted)}


def _with_control(judges: Judges, made: list[Picture], wanted: list[Wanted], text_only: Any) -> Found:
    others = _exchanged(wanted)
    return {
        "scenes": len(made),
        **seen(judges, made, wanted),
        "edge_f1": followed(made, wanted),
        "edge_f1_without_control": followed(generated(text_only, wanted, with_sketch=False), wanted),
        "shuffled": {**seen(judges, made, others), "edge_f1": followed(made, others)},
    }


def _of_people(judges: Judges, pipeline: Any, wanted: list[Wanted]) -> Found:
    made = generated(pipeline, wanted, with_sketch=True)
    named = judges.names(made)
    missed = sorted(f"{a} for {w.name}" for a, w in zip(named, wanted, strict=True) if a != w.name)
    found: Found = {
        "scenes": len(made),
        "things": len({w.name for w in wanted}),
        **seen(judges, made, wanted),
        "shuffled": seen(judges, made, _exchanged(wanted)),
        "mistakes": missed,
    }
    if wanted[0].lines.any():
        found["edge_f1"] = followed(made, wanted)
        found["shuffled"]["edge_f1"] = followed(made, _exchanged(wanted))
    return found


MEASURES = {
    "starter-sd": stable_diffusion,
    "starter-controlnet-scribble": scribble,
    "starter-controlnet-canny": canny_edges,
}
