"""What drawing costs: how soon a picture follows the pen, and how smooth the ink stays while one is made.

Everything goes through the real window: strokes are drawn on its canvas, pictures come from the engine's own process.
The pipeline of diffusers with the same weights, steps and decoder runs in the same call, in turns with the app.

    python -m benchmarks.draw [--out benchmarks/out/draw.json] [--quick] [--real FOLDER]

--real also compares throughput on random weights of the size of Stable Diffusion 1.5, which FOLDER keeps (3 GB).
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.live_window import LiveWindow, living

ROOT = Path(__file__).resolve().parent.parent
PROMPT = "a red apple"
POINTS_PER_S = 60
STROKES, QUICK_STROKES = 20, 5
CANCELS, QUICK_CANCELS = 30, 6
ENDLESS_S, QUICK_ENDLESS_S = 20.0, 5.0
PICTURES, QUICK_PICTURES = 500, 40
PAIRS = 6  # of the app and the pipeline, in turns


@dataclass
class Seen:
    """What the session told, with the moments."""

    previews: list[tuple[int, float]] = field(default_factory=list)  # revision, when
    pictures: list[tuple[int, float, float]] = field(default_factory=list)  # revision, when, seconds
    newest_at_start: dict[int, int] = field(default_factory=dict)  # by the job's number
    revisions: dict[int, int] = field(default_factory=dict)


class Bench(LiveWindow):
    """The window with the page Draw."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "draw")
        self.session = self.context.sessions.sketch
        self.document = self.session.document
        self.seen = Seen()
        self.session.job_changed.connect(self._on_job)
        self.session.previewed.connect(self._on_preview)
        self.session.picture_ready.connect(self._on_picture)
        self.context.change_setting("draw.prompt", PROMPT)
        self.context.change_setting("draw.has_final", False)
        self.session.set_live(False)
        self.until(lambda: self.session.drawing.is_open and self.session.plan is not None)

    def _on_job(self, job: Any) -> None:
        if job is not None:
            self.seen.newest_at_start[job.number] = self.session.revision
            self.seen.revisions[job.number] = job.revision

    def _on_preview(self, step: Any) -> None:
        self.seen.previews.append((step.job.revision, time.perf_counter()))

    def _on_picture(self, made: Any) -> None:
        self.seen.pictures.append((made.revision, time.perf_counter(), made.image.seconds))

    # ── the pen ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def stroke(self, points: int = 30, *, pace: bool = True) -> None:
        """A stroke somewhere on the canvas, at the pace of a hand."""
        from desktop_app.canvas.strokes import StrokePoint, StrokeStyle

        x, y = random.uniform(60, 300), random.uniform(60, 440)
        stroke = self.document.begin_stroke(StrokeStyle(width_px=8))
        for i in range(points):
            stroke.add(StrokePoint(x + 5 * i, y + 20 * ((i // 5) % 2), 0.8, i * 1000 / POINTS_PER_S))
            if pace:
                self.let_go_by(1 / POINTS_PER_S)
        stroke.finish()

    def made(self, act: Callable[[], object]) -> float:
        """How long it takes until the picture is there, in seconds."""
        count, began_s = len(self.seen.pictures), time.perf_counter()
        act()
        self.until(lambda: len(self.seen.pictures) > count)
        return self.seen.pictures[-1][1] - began_s


# ── what is measured ─────────────────────────────────────────────────────────────────────────────────────────────────


def follow(bench: Bench, strokes: int) -> dict[str, Any]:
    """From the end of a stroke to the first preview and to the picture of it, against a step and the whole picture."""
    bench.session.set_live(True)
    bench.stroke()
    bench.until(lambda: bool(bench.seen.pictures))
    to_preview, to_picture, steps, wholes = [], [], [], []
    for _ in range(strokes):
        bench.until(lambda: bench.session.job is None)
        bench.seen.previews.clear()
        count = len(bench.seen.pictures)
        bench.stroke(random.randint(20, 45))  # else each would end in the same moment of a picture
        ended_s, revision = time.perf_counter(), bench.session.revision
        bench.until(lambda n=count, r=revision: any(p[0] >= r for p in bench.seen.pictures[n:]))
        to_preview.append(next(at for seen, at in bench.seen.previews if seen >= revision) - ended_s)
        done = next(p for p in bench.seen.pictures[count:] if p[0] >= revision)
        to_picture.append(done[1] - ended_s)
        wholes.append(done[2])
        own = [at for seen, at in bench.seen.previews if seen == done[0]]
        steps += [late - early for early, late in itertools.pairwise(own)]
    bench.session.set_live(False)
    step, whole = statistics.median(steps), statistics.median(wholes)
    return {
        "step_ms": ms(step),
        "picture_ms": ms(whole),
        "stroke_end_to_preview_ms": spread(to_preview),
        "stroke_end_to_picture_ms": spread(to_picture),
        "preview_over_a_step_ms": ms(statistics.median(to_preview) - step),
        "picture_over_its_own_time_ms": ms(statistics.median(to_picture) - whole),
    }


def endless(bench: Bench, seconds: float) -> dict[str, Any]:
    """Pictures a second under one long stroke, and how many began from a revision that was old already."""
    from desktop_app.canvas.strokes import StrokePoint, StrokeStyle

    bench.session.set_live(True)
    bench.made(lambda: bench.stroke(pace=False))
    bench.until(lambda: bench.session.job is None)
    first, began_s, numbers = len(bench.seen.pictures), time.perf_counter(), set(bench.seen.revisions)
    stroke = bench.document.begin_stroke(StrokeStyle(width_px=6))
    i = 0
    while time.perf_counter() - began_s < seconds:
        stroke.add(StrokePoint(256 + (i * 7) % 200 - 100, 256 + (i * 3) % 200 - 100, 0.8, i * 1000 / POINTS_PER_S))
        bench.let_go_by(1 / POINTS_PER_S)
        i += 1
    span_s, count = time.perf_counter() - began_s, len(bench.seen.pictures) - first
    stroke.finish()
    bench.until(lambda: bench.session.job is None)
    bench.session.set_live(False)
    begun = [number for number in bench.seen.revisions if number not in numbers]
    # A point of the pen may fall between the look at the canvas and the moment when the window hears of it.
    stale = [n for n in begun if bench.seen.newest_at_start[n] - bench.seen.revisions[n] > 2]
    return {
        "pictures_per_s": round(count / span_s, 3),
        "stale_share": round(len(stale) / max(1, len(begun)), 3),
        "begun": len(begun),
    }


def cancels(bench: Bench, count: int) -> dict[str, Any]:
    """From Cancel at a random moment until the engine is free; the picture after it always comes."""
    whole_s = statistics.median(bench.made(bench.session.generate) for _ in range(3))
    found = []
    for _ in range(count):
        bench.session.generate()
        bench.until(lambda: bench.session.job is not None)
        bench.let_go_by(random.uniform(0, whole_s))
        cancelled_s = time.perf_counter()
        bench.session.cancel()
        bench.until(lambda: not any(engine.is_busy for engine in bench.context.pool.loaded()))
        found.append(time.perf_counter() - cancelled_s)
        bench.until(lambda: bench.session.job is None)
        bench.made(bench.session.generate)
    return {"cancel_ms": spread(found), "picture_ms": ms(whole_s)}


def smooth(bench: Bench, seconds: float) -> dict[str, Any]:
    """How late the event loop is while somebody draws and pictures are made."""
    from benchmarks.window import Heartbeat

    bench.session.set_live(True)
    bench.made(lambda: bench.stroke(pace=False))
    heartbeat = Heartbeat()
    heartbeat.start()
    ends_s = time.perf_counter() + seconds
    while time.perf_counter() < ends_s:
        bench.stroke()
    delays = sorted(heartbeat.stop())
    bench.session.set_live(False)
    bench.until(lambda: bench.session.job is None)
    return late(delays)


def same(bench: Bench) -> dict[str, bool]:
    """Whether the same drawing and words give the same bytes: twice, after a cancel, after undo and redo."""

    def picture() -> bytes:
        bench.made(bench.session.generate)
        newest = bench.session.newest
        assert newest is not None
        return newest.pixels.tobytes()

    bench.document.clear()
    bench.stroke(pace=False)
    first = picture()
    found = {"twice": picture() == first}
    bench.session.generate()
    bench.until(lambda: bench.session.job is not None)
    bench.session.cancel()
    bench.until(lambda: bench.session.job is None)
    found["after_a_cancel"] = picture() == first
    bench.stroke(pace=False)
    bench.document.undo()
    bench.document.redo()
    bench.document.undo()
    found["after_undo_and_redo"] = picture() == first
    return found


def memory(bench: Bench, pictures: int) -> dict[str, Any]:
    """How much more memory the window and the engine take after many pictures than after the first ones."""
    taken = []
    for number in range(pictures):
        bench.made(lambda: bench.session.generate())
        bench.session.forget_results()
        if number % max(1, pictures // 10) == 0:
            taken.append(round(bench.memory_mb()))
    half = len(taken) // 2
    return {"mb": taken, "drift": round(taken[-1] / taken[half] - 1, 4), "pictures": pictures}


def empty_window(seconds: float) -> dict[str, float]:
    """The event loop of a window with nothing in it, in a process of its own."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    from benchmarks.window import Heartbeat

    app = QApplication([])
    window = QMainWindow()
    window.show()
    heartbeat = Heartbeat()
    heartbeat.start()
    QTimer.singleShot(round(seconds * 1000), app.quit)
    app.exec()
    return late(sorted(heartbeat.stop()))


# ── the engine against the plain pipeline ────────────────────────────────────────────────────────────────────────────


def throughput(
    base: Path,
    controlnet: Path,
    *,
    steps: int,
    size: int,
    pairs: int,
    device: str = "cpu",
    dtype: str = "float32",
) -> dict[str, Any]:
    """Pictures of the engine and of the pipeline of diffusers in turns: same weights, steps, decoder, cached words.

    Also with a control that ends at half of the steps, which the pipeline runs to the end. In a process of its own.
    """
    import numpy as np
    import torch
    from diffusers import ControlNetModel, StableDiffusionControlNetPipeline
    from PIL import Image

    from workers.cancel import never
    from workers.engines.sketch.stable_diffusion import StableDiffusion, StableDiffusionOptions
    from workers.pictures import picture_of
    from workers.results import Control, GeneratedImage, SketchRequest

    torch.set_num_threads(2)
    lines = np.zeros((size, size, 3), np.uint8)
    lines[size // 4 : size // 4 + 2, size // 4 : -size // 4] = 255
    engine = StableDiffusion(base, StableDiffusionOptions(device=device, dtype=dtype))
    engine.load(lambda fraction, message: None)
    form = getattr(torch, dtype)
    net = ControlNetModel.from_pretrained(controlnet, torch_dtype=form)
    pipe = StableDiffusionControlNetPipeline.from_pretrained(base, controlnet=net, torch_dtype=form).to(device)
    pipe.set_progress_bar_config(disable=True)
    words, silence = pipe.encode_prompt(PROMPT, device, 1, True, "")
    shown = Image.fromarray(lines)

    def request(end: float) -> SketchRequest:
        return SketchRequest(
            prompt=PROMPT,
            width=size,
            height=size,
            num_inference_steps=steps,
            guidance_scale=2.0,
            controls=(Control("scribble", picture_of(lines), "net", end=end),),
            folders={"net": str(controlnet)},
            has_previews=False,
        )

    def ours(end: float = 1.0) -> float:
        began = time.perf_counter()
        *_, last = engine.run(request(end), never)
        assert isinstance(last, GeneratedImage)
        return time.perf_counter() - began

    def plain(end: float = 1.0) -> float:
        began = time.perf_counter()
        pipe(
            prompt_embeds=words,
            negative_prompt_embeds=silence,
            image=shown,
            num_inference_steps=steps,
            guidance_scale=2.0,
            width=size,
            height=size,
            control_guidance_end=end,
            generator=torch.Generator().manual_seed(0),
        )
        return time.perf_counter() - began

    ours(), plain()
    whole_s = [(plain(), ours()) for _ in range(pairs)]
    whole = [pipeline / engine for pipeline, engine in whole_s]
    half = [plain(0.5) / ours(0.5) for _ in range(pairs)]
    return {
        "pipeline_ms": ms(statistics.median(pipeline for pipeline, _ in whole_s)),
        "engine_ms": ms(statistics.median(engine for _, engine in whole_s)),
        "engine_over_pipeline": round(statistics.median(whole), 3),
        "engine_over_pipeline_control_end_half": round(statistics.median(half), 3),
        "all": [round(value, 3) for value in (*whole, *half)],
        "size": size,
        "steps": steps,
        "pairs": pairs,
    }


def save_real_size(folder: Path) -> tuple[Path, Path]:
    """Random weights in the shapes of Stable Diffusion 1.5 and its ControlNet; the tokenizer is the starter's."""
    import torch
    from diffusers import (
        AutoencoderTiny,
        ControlNetModel,
        DDIMScheduler,
        StableDiffusionPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    base, controlnet = folder / "random-sd15", folder / "random-controlnet-sd15"
    if (base / "model_index.json").exists():
        return base, controlnet
    torch.manual_seed(0)
    tokenizer = CLIPTokenizer.from_pretrained(ROOT / "assets" / "starter" / "starter-clip")
    text = CLIPTextConfig(vocab_size=len(tokenizer), hidden_size=768, intermediate_size=3072, num_hidden_layers=12)
    unet = UNet2DConditionModel(cross_attention_dim=768, attention_head_dim=8).half()
    net = ControlNetModel.from_unet(unet)
    let_lines_matter(net)
    net.half().save_pretrained(controlnet)
    StableDiffusionPipeline(
        vae=AutoencoderTiny(latent_channels=4).half(),
        text_encoder=CLIPTextModel(text).half(),
        tokenizer=tokenizer,
        unet=unet,
        scheduler=DDIMScheduler(timestep_spacing="trailing"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(base)
    return base, controlnet


def let_lines_matter(net: Any) -> None:
    """Gives a new ControlNet weights with which it does something.

    What it adds begins as nothing, as training wants it, and lines fade on their way: all would give one picture.
    """
    import torch

    for layer in net.modules():
        if isinstance(layer, torch.nn.Conv2d) and not layer.weight.any():
            torch.nn.init.normal_(layer.weight, std=layer.in_channels**-0.5)
    for layer in net.controlnet_cond_embedding.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.normal_(layer.weight, std=(3 / (9 * layer.in_channels)) ** 0.5)


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


def spread(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50": ms(statistics.median(ordered)),
        "p95": ms(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]),
        "max": ms(ordered[-1]),
    }


def late(delays_ms: Sequence[float]) -> dict[str, float]:
    return {"p99_ms": round(delays_ms[int(0.99 * len(delays_ms))], 2), "max_ms": round(delays_ms[-1], 2)}


def measure_window(quick: bool) -> dict[str, Any]:
    """All that the window shows, in a process of its own."""
    random.seed(1)
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as home, living(Bench(Path(home))) as bench:
        assert isinstance(bench, Bench)
        result["model"] = bench.session.plan.model_id if bench.session.plan else ""
        result["follow"] = follow(bench, QUICK_STROKES if quick else STROKES)
        result["endless"] = endless(bench, QUICK_ENDLESS_S if quick else ENDLESS_S)
        result["cancels"] = cancels(bench, QUICK_CANCELS if quick else CANCELS)
        result["event_loop"] = smooth(bench, QUICK_ENDLESS_S if quick else ENDLESS_S)
        result["same"] = same(bench)
        result["memory"] = memory(bench, QUICK_PICTURES if quick else PICTURES)
    return result


def apart(call: str) -> Any:
    """What a call of this module gives in a process of its own."""
    code = f"import json\nfrom pathlib import Path\nfrom benchmarks import draw\nprint(json.dumps(draw.{call}))"
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT, env=environment
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out" / "draw.json")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--real", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    starter = ROOT / "assets" / "starter"
    result: dict[str, Any] = {"empty_event_loop": apart(f"empty_window({QUICK_ENDLESS_S})")}
    result |= apart(f"measure_window({arguments.quick})")
    pair = f"Path({str(starter / 'starter-sd')!r}), Path({str(starter / 'starter-controlnet-scribble')!r})"
    result["throughput_starter"] = apart(f"throughput({pair}, steps=4, size=256, pairs={4 * PAIRS})")
    if arguments.real:
        arguments.real.mkdir(parents=True, exist_ok=True)
        pair = f"*draw.save_real_size(Path({str(arguments.real)!r}))"
        result["throughput_real_size"] = apart(f"throughput({pair}, steps=2, size=256, pairs={PAIRS})")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
