"""What the engines cost on a GPU, and whether all that they do works there. Needs no Qt.

Each row runs in a process of its own, with a time limit: one that fails tells its traceback in the JSON, which is
written after each row. The weights are random, of real sizes, and made on the GPU. Where there is none, the same rows
run on the processor with what is small enough for it: whether everything works, no figure.

    python -m benchmarks.gpu [--out benchmarks/out/gpu.json] [--models FOLDER] [--only ROW...] [--also ROW...] [--quick]
"""

from __future__ import annotations

import argparse
import functools
import gc
import itertools
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import draw, see_engines
from benchmarks.looking import measure_labels
from benchmarks.machine import machine
from benchmarks.random_models import MODELS, ROOT, STARTERS, build_clip, build_smolvlm, build_wav2vec2, build_whisper
from workers.cancel import Cancel, never
from workers.engine_process import EngineProcess
from workers.engines.base import EngineOptions, EngineSpec
from workers.engines.devices import is_gpu_fault, is_out_of_memory
from workers.engines.registry import engine_named
from workers.errors import AppError, Cancelled
from workers.pictures import picture_of
from workers.results import (
    SAMPLE_RATE_HZ,
    Control,
    GeneratedImage,
    Notice,
    SketchRequest,
    SketchStep,
    SpeechRequest,
    StepPreview,
)
from workers.sketch_policy import SketchPolicyOptions
from workers.sketching import Drawing, Sketching

Found = dict[str, Any]
PATIENCE_S = 60.0  # for a picture
POINT_S = 0.02  # between two points of the pen that change the drawing


@dataclass(frozen=True)
class Scale:
    """How much is measured, of what size and where."""

    device: str
    dtype: str
    models: Path
    size_px: int
    steps: int
    pairs: int
    strokes: int
    cancels: int
    rounds: int
    labels_s: float
    n_tokens: int
    n_answers: int
    switches: int
    heard_s: int

    @property
    def is_real(self) -> bool:
        return self.device == "cuda"


def scale(models: Path, *, is_quick: bool) -> Scale:
    import torch

    if not torch.cuda.is_available():
        return Scale("cpu", "float32", models, 96, 4, 1, 2, 3, 1, 0.3, 6, 1, 1, 2)
    full = Scale("cuda", "float16", models, 512, 8, 6, 12, 20, 3, 0.7, 64, 20, 10, 10)
    few = {"pairs": 2, "strokes": 3, "cancels": 4, "rounds": 1, "labels_s": 0.3, "n_tokens": 16, "n_answers": 3}
    return replace(full, **few, switches=2) if is_quick else full


# ── the models ───────────────────────────────────────────────────────────────────────────────────────────────────────


def sd15(at: Scale) -> tuple[Path, Path]:
    if not at.is_real:
        return STARTERS / "starter-sd", STARTERS / "starter-controlnet-scribble"
    folder = made("sd15", at, draw.save_real_size)
    return folder / "random-sd15", folder / "random-controlnet-sd15"


BUILDERS: dict[str, Callable[[Path], Any]] = {
    "clip-b32": build_clip,
    "clip-l14": lambda folder: build_clip(folder, "l14"),
    "smolvlm-256m": build_smolvlm,
    "smolvlm-2b": lambda folder: build_smolvlm(folder, "2b"),
    "whisper-base": lambda folder: build_whisper(folder, "base"),
    "whisper-small": lambda folder: build_whisper(folder, "small"),
    "wav2vec2-base": build_wav2vec2,
}


def made(name: str, at: Scale, build: Callable[[Path], Any] | None = None) -> Path:
    """The folder of a model, whole or not there at all."""
    import torch

    folder = at.models / f"gpu-{name}"
    for device in dict.fromkeys((at.device, "cpu")):  # a class that a GPU cannot make, the processor makes slowly
        if folder.is_dir():
            break
        beside = folder.with_name(f".{folder.name}.{os.getpid()}.{device}")
        try:
            with torch.device(device):
                (build or BUILDERS[name])(beside)
            beside.rename(folder)
        except RuntimeError:
            traceback.print_exc()
    return folder


def build(at: Scale, name: str) -> Iterator[Found]:
    began_s = time.perf_counter()
    if name == "sd15":
        sd15(at)
    else:
        made(name, at)
    yield {"seconds": round(time.perf_counter() - began_s, 1)}


# ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def used_mb(at: Scale) -> float:
    """Of the GPU, whoever uses it; without one, of this process and its children."""
    if not at.is_real:
        return see_engines.memory_mb()
    import torch

    free, total = torch.cuda.mem_get_info()
    return (total - free) / 1e6


class Peak:
    """The most memory that was used while it was looked."""

    def __init__(self, at: Scale) -> None:
        self.mb = 0.0
        self._at = at
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._is_over.wait(0.05):
            self.mb = max(self.mb, used_mb(self._at))

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()


@contextmanager
def running(spec: EngineSpec, at: Scale, found: Found) -> Iterator[EngineProcess]:
    """The engine in its process; notes what loading took, and whether closing gives all memory back."""
    before_mb, began_s = used_mb(at), time.perf_counter()
    with closing(EngineProcess(spec)) as engine:
        engine.load(lambda fraction, message: None)
        found |= {"device": engine.device, "start_and_load_s": round(time.perf_counter() - began_s, 2)}
        found["loaded_mb"] = round(used_mb(at) - before_mb)
        with Peak(at) as peak:
            yield engine
        found["peak_mb"] = round(peak.mb - before_mb)
        closed_s = time.perf_counter()
    found["close_ms"] = draw.ms(time.perf_counter() - closed_s)
    found["left_after_close_mb"] = round(used_mb(at) - before_mb)
    found["freed_after_ms"] = _freed_ms(at, before_mb)


def _freed_ms(at: Scale, before_mb: float) -> float | None:
    """How long the driver takes to give back what a process held; None where it has not after five seconds."""
    began_s = time.perf_counter()
    while used_mb(at) > before_mb + 32:
        if time.perf_counter() - began_s > 5:
            return None
        time.sleep(0.01)
    return draw.ms(time.perf_counter() - began_s)


def spec_of(engine: str, folder: Path, **options: Any) -> EngineSpec:
    kind = engine_named(engine)
    chosen: EngineOptions = kind.info.options(**options)
    return EngineSpec.of(kind, folder.name, folder, chosen)


# ── Draw ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def throughput(at: Scale) -> Iterator[Found]:
    """The engine beside the pipeline, in one process."""
    yield draw.throughput(*sd15(at), steps=at.steps, size=at.size_px, pairs=at.pairs, device=at.device, dtype=at.dtype)


def sketch(at: Scale, number: int, controlnet: Path, **more: Any) -> SketchRequest:
    """A line across the drawing, and another one for each number."""
    lines = np.zeros((at.size_px, at.size_px, 3), np.uint8)
    row = at.size_px // 8 + number * 3 % (at.size_px * 3 // 4)
    lines[row : row + 3, at.size_px // 8 : -at.size_px // 8] = 255
    return SketchRequest(
        **{
            "prompt": draw.PROMPT,
            "width": at.size_px,
            "height": at.size_px,
            "num_inference_steps": at.steps,
            "guidance_scale": 2.0,
            "controls": (Control("scribble", picture_of(lines), "net"),),
            "folders": {"net": str(controlnet)},
        }
        | more
    )


def picture(engine: EngineProcess, request: SketchRequest) -> GeneratedImage:
    *_, last = engine.run(request)
    assert isinstance(last, GeneratedImage)
    return last


def drawing(at: Scale) -> Iterator[Found]:
    """The engine in its process: steps, pictures, same bytes, Cancel, and the live loop of the canvas."""
    base, controlnet = sd15(at)
    found: Found = {}
    with running(spec_of("stable-diffusion", base, device=at.device, dtype=at.dtype), at, found) as engine:
        first_s = _timed(lambda: picture(engine, sketch(at, 0, controlnet)))
        yield found | {"first_picture_ms": draw.ms(first_s)}
        yield _steps(engine, at, controlnet)
        yield {"same": _same(engine, at, controlnet)}
        yield {"cancel": _cancels(engine, at, controlnet)}
        yield {"live": _live(engine, at, controlnet)}
    yield found


def _timed(work: Callable[[], Any]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


def _steps(engine: EngineProcess, at: Scale, controlnet: Path) -> Found:
    steps, wholes, bare = [], [], []
    for number in range(max(2, at.pairs)):
        moments = []
        for result in engine.run(sketch(at, number, controlnet)):
            if isinstance(result, StepPreview):
                moments.append(time.perf_counter())
            if isinstance(result, GeneratedImage):
                wholes.append(result.seconds)
        steps += [later - sooner for sooner, later in itertools.pairwise(moments)]
        bare.append(picture(engine, sketch(at, number, controlnet, has_previews=False)).seconds)
    return {
        "step_ms": draw.ms(statistics.median(steps)),
        "picture_ms": draw.ms(statistics.median(wholes)),
        "picture_without_previews_ms": draw.ms(statistics.median(bare)),
    }


def _same(engine: EngineProcess, at: Scale, controlnet: Path) -> Found:
    request = sketch(at, 1, controlnet)
    pixels = picture(engine, request).pixels
    others = {
        "line": sketch(at, 2, controlnet),
        "seed": replace(request, seed=request.seed + 1),
        "prompt": replace(request, prompt="a blue chair"),
    }
    found: Found = {
        "n_values": len(np.unique(pixels)),  # one where the latents are no numbers
        "twice": np.array_equal(picture(engine, request).pixels, pixels),
        "another_differs": {
            what: not np.array_equal(picture(engine, other).pixels, pixels) for what, other in others.items()
        },
        "without_previews": np.array_equal(picture(engine, replace(request, has_previews=False)).pixels, pixels),
    }
    stop = Cancel()
    try:
        for _ in engine.run(request, stop):
            stop.set()
    except Cancelled:
        engine.settle()
    found["after_a_cancel"] = np.array_equal(picture(engine, request).pixels, pixels)
    return found


def _cancels(engine: EngineProcess, at: Scale, controlnet: Path) -> Found:
    """From Cancel at a random moment until the engine is free; the picture after it always comes."""
    whole_s = _timed(lambda: picture(engine, sketch(at, 0, controlnet)))
    taken_s = []
    for number in range(at.cancels):
        stop, stopped_s = Cancel(), [0.0]

        def cancel(stop: Cancel = stop, stopped_s: list[float] = stopped_s) -> None:
            stopped_s[0] = time.perf_counter()
            stop.set()

        timer = threading.Timer(random.uniform(0.05, 0.95) * whole_s, cancel)
        timer.start()
        try:
            for _ in engine.run(sketch(at, number, controlnet), stop):
                pass
        except Cancelled:
            engine.settle()
            taken_s.append(time.perf_counter() - stopped_s[0])
        timer.join()
        picture(engine, sketch(at, number, controlnet))
    return {"n": len(taken_s)} | (draw.spread(taken_s) if taken_s else {})


class Live:
    """The live loop of the canvas; the drawing is a line that is somewhere else at each revision."""

    def __init__(self, engine: EngineProcess, at: Scale, controlnet: Path) -> None:
        self.revision = 0
        self.previews: list[tuple[int, float]] = []  # revision, when
        self.pictures: list[tuple[int, float]] = []
        self.n_running = 0
        self.error: Exception | None = None
        self._changed = threading.Condition()
        self.sketching = Sketching(
            lambda _: Drawing(self.revision, sketch(at, self.revision, controlnet)),
            engine.run,
            options=SketchPolicyOptions(has_final=False),
        )
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        for told in self.sketching.run():
            with self._changed:
                if isinstance(told, SketchStep):
                    seen = self.previews if isinstance(told.result, StepPreview) else self.pictures
                    if isinstance(told.result, StepPreview | GeneratedImage):
                        seen.append((told.job.revision, time.perf_counter()))
                else:
                    self.n_running += -1 if hasattr(told, "is_complete") else 1
                    self.error = getattr(told, "error", None) or self.error
                self._changed.notify_all()

    def until(self, is_true: Callable[[], bool]) -> None:
        """Raises TimeoutError, or what went wrong in the loop."""
        with self._changed:
            came = self._changed.wait_for(lambda: self.error is not None or is_true(), PATIENCE_S)
        if self.error is not None:
            raise self.error
        if not came:
            raise TimeoutError

    def move(self) -> None:
        self.revision += 1
        self.sketching.changed(self.revision)

    def __enter__(self) -> Live:
        self._thread.start()
        self.sketching.set_live(True)
        return self

    def __exit__(self, *_: object) -> None:
        self.sketching.close()
        self._thread.join()


def _live(engine: EngineProcess, at: Scale, controlnet: Path) -> Found:
    """From the end of a stroke to the first preview and to the picture of it; pictures a second while one is drawn."""
    to_preview, to_picture = [], []
    with Live(engine, at, controlnet) as live:
        for _ in range(at.strokes):
            live.until(lambda: not live.n_running)
            live.sketching.stroke_began()
            for _ in range(8):
                live.move()
                time.sleep(POINT_S)
            live.sketching.stroke_ended()
            ended_s, revision = time.perf_counter(), live.revision
            live.until(lambda r=revision: any(seen >= r for seen, _ in live.pictures))  # type: ignore[misc]
            to_preview.append(next(when for seen, when in live.previews if seen >= revision) - ended_s)
            to_picture.append(next(when for seen, when in live.pictures if seen >= revision) - ended_s)
        live.until(lambda: not live.n_running)
        n_before, began_s = len(live.pictures), time.perf_counter()
        live.sketching.stroke_began()
        while (passed_s := time.perf_counter() - began_s) < 3:
            live.move()
            time.sleep(POINT_S)
        n_pictures = len(live.pictures) - n_before
        live.sketching.stroke_ended()
        live.until(lambda: not live.n_running)
    return {
        "stroke_end_to_preview_ms": draw.spread(to_preview),
        "stroke_end_to_picture_ms": draw.spread(to_picture),
        "pictures_per_s": round(n_pictures / passed_s, 2),
    }


def formats(at: Scale) -> Iterator[Found]:
    """A step of the UNet with its weights in each order: until it is done, and until all of it is queued."""
    import torch
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel.from_pretrained(sd15(at)[0] / "unet", torch_dtype=getattr(torch, at.dtype))
    unet = unet.to(at.device).eval()
    side, width = at.size_px // 8, unet.config.cross_attention_dim
    given = {"device": at.device, "dtype": unet.dtype}
    latents, words = torch.randn(2, unet.config.in_channels, side, side, **given), torch.randn(2, 77, width, **given)

    def wait() -> None:
        if at.is_real:
            torch.cuda.synchronize()

    def step_ms() -> tuple[float, float]:
        wait()
        began_s = time.perf_counter()
        unet(latents, 500, encoder_hidden_states=words, return_dict=False)
        queued_s = time.perf_counter()
        wait()
        return draw.ms(time.perf_counter() - began_s), draw.ms(queued_s - began_s)

    for name, order, is_tried in (
        ("contiguous", torch.contiguous_format, False),
        ("channels_last", torch.channels_last, False),
        ("channels_last, cudnn.benchmark", torch.channels_last, True),
        ("contiguous, cudnn.benchmark", torch.contiguous_format, True),
    ):
        torch.backends.cudnn.benchmark = is_tried
        unet.to(memory_format=order)
        with torch.inference_mode():
            for _ in range(3):
                step_ms()
            done, queued = zip(*(step_ms() for _ in range(4 * at.pairs)), strict=True)
        yield {name: {"step_ms": statistics.median(done), "queued_ms": statistics.median(queued)}}


def short_of_memory(at: Scale) -> Iterator[Found]:
    """What is drawn, and what is said, where the GPU has no room for a large picture; and what unloading leaves."""
    import torch

    from workers.engines.sketch.stable_diffusion import StableDiffusion, StableDiffusionOptions

    base, controlnet = sd15(at)
    engine = StableDiffusion(base, StableDiffusionOptions(device=at.device, dtype=at.dtype))
    engine.load(lambda fraction, message: None)
    small = list(engine.run(sketch(at, 0, controlnet), never))[-1]
    torch.cuda.empty_cache()
    _, total = torch.cuda.mem_get_info()
    side = 3 * at.size_px
    large = replace(sketch(at, 0, controlnet), width=side, height=side, num_inference_steps=2, has_previews=False)
    for room_mb in (3000, 800, 200):
        torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_allocated() + room_mb * 1e6) / total)
        try:
            told = list(engine.run(large, never))
            last = told[-1]
            size = getattr(last, "pixels", np.empty((0, 0))).shape[:2]
            ended = f"{size[1]} x {size[0]}"
        except AppError as error:
            told, ended = [], str(error)
        yield {f"{room_mb} MB": {"said": [one.sentence for one in told if isinstance(one, Notice)], "ended": ended}}
    torch.cuda.set_per_process_memory_fraction(1.0)
    again = list(engine.run(sketch(at, 0, controlnet), never))[-1]
    yield {"same_as_before": np.array_equal(again.pixels, small.pixels)}
    engine.unload()
    gc.collect()
    yield {"left_after_unload_mb": round(torch.cuda.memory_allocated() / 1e6)}


def compiled(at: Scale) -> Iterator[Found]:
    """What the option "Compile" brings to pictures and to words, and what it costs."""
    base, controlnet = sd15(at)
    for is_compiled in (False, True):
        found: Found = {}
        spec = spec_of("stable-diffusion", base, device=at.device, dtype=at.dtype, compile=is_compiled)
        with running(spec, at, found) as engine:
            first_s = _timed(lambda: picture(engine, sketch(at, 0, controlnet)))
            later = [picture(engine, sketch(at, n, controlnet)).seconds for n in range(1, 1 + max(2, at.pairs))]
        yield {f"draw, {is_compiled}": {"first_s": round(first_s, 1), "picture_ms": draw.ms(statistics.median(later))}}
    for is_compiled in (False, True):
        with running(spec_of("chat-vlm", made("smolvlm-256m", at), is_compiled=is_compiled), at, {}) as engine:
            rates = [
                see_engines.asked(engine, see_engines.question(see_engines.frame(n), at.n_tokens)).answer.tokens_per_s
                for n in range(3)
            ]
        yield {f"chat, {is_compiled}": {"tokens_per_s": [round(rate, 1) for rate in rates]}}


# ── See ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def labels(at: Scale, name: str) -> Iterator[Found]:
    folder = made(name, at)
    yield measure_labels(folder, list(see_engines.LABELS), at.labels_s, device=at.device, rounds=at.rounds)


def chat(at: Scale, name: str, *, share: float = 1.0) -> Iterator[Found]:
    few = {"rounds": max(1, round(share * at.rounds)), "n_answers": max(1, round(share * at.n_answers))}
    yield see_engines.measure_chat(made(name, at), device=at.device, n_tokens=at.n_tokens, **few)


def switches(at: Scale) -> Iterator[Found]:
    """Memory after models that made room for each other."""
    clip, talker = made("clip-b32", at), made("smolvlm-256m", at)
    before_mb = used_mb(at)
    found = see_engines.measure_memory(clip, talker, switches=at.switches, taken=lambda: used_mb(at) - before_mb)
    yield found | {"freed_after_ms": _freed_ms(at, before_mb)}


# ── Hear ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def hear(at: Scale) -> Iterator[Found]:
    """Each speech engine of torch: loads, hears some sound three times, and gives its memory back."""
    time_s = np.arange(at.heard_s * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    sound = (0.2 * np.sin(2 * np.pi * (200 + 150 * np.sin(3 * time_s)) * time_s)).astype(np.float32)
    request = SpeechRequest(sound, language="en", is_final=True)
    models = [("wav2vec2", made("wav2vec2-base", at))]
    models += [("whisper", made(f"whisper-{size}", at)) for size in (("base", "small") if at.is_real else ("base",))]
    for engine_name, folder in models:
        found: Found = {}
        try:
            with running(spec_of(engine_name, folder, device=at.device), at, found) as engine:
                heard, taken_s = [], []
                for beam_size in (1, 1, 1, *([5] if engine_name == "whisper" else [])):
                    began_s = time.perf_counter()
                    heard.append(next(iter(engine.run(replace(request, beam_size=beam_size)))))
                    taken_s.append(time.perf_counter() - began_s)
                found |= {"ms": [draw.ms(seconds) for seconds in taken_s], "words": len(heard[0].words)}
                found["same_twice"] = heard[0].text == heard[1].text == heard[2].text
                found["sound_over_time"] = round(at.heard_s / min(taken_s[:3]), 1)
        except Exception:  # noqa: BLE001 - the other engines are measured all the same
            found["failed"] = traceback.format_exc()
        yield {folder.name: found}


def fault(at: Scale) -> Iterator[Found]:
    """Whether the words of a GPU that lacks memory, and of one that failed, are known."""
    code = (
        "import torch\n"
        "def attempt(work):\n"
        "    try:\n"
        "        work()\n"
        "    except Exception as error:\n"
        "        print(type(error).__name__, '|', str(error).splitlines()[0])\n"
        "attempt(lambda: torch.empty(2**44, device='cuda'))\n"
        "attempt(lambda: torch.zeros(4, device='cuda')[torch.tensor([9], device='cuda')].cpu())\n"
        "attempt(lambda: torch.zeros(4, device='cuda').cpu())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        error = RuntimeError(line)
        yield {line: {"is_fault": is_gpu_fault(error), "is_out_of_memory": is_out_of_memory(error)}}


# ── everything ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Row:
    """A measure: a generator of what it finds, and how long it may take."""

    measure: Callable[[Scale], Iterator[Found]]
    limit_s: float


ROWS: dict[str, Row] = {
    **{f"build {name}": Row(functools.partial(build, name=name), 90) for name in ("sd15", *BUILDERS)},
    "draw throughput": Row(throughput, 90),
    "draw": Row(drawing, 90),
    "labels clip-b32": Row(functools.partial(labels, name="clip-b32"), 60),
    "chat smolvlm-256m": Row(functools.partial(chat, name="smolvlm-256m"), 100),
    "draw formats": Row(formats, 60),
    "draw, short of memory": Row(short_of_memory, 90),
    "chat smolvlm-2b": Row(functools.partial(chat, name="smolvlm-2b", share=0.35), 90),
    "labels clip-l14": Row(functools.partial(labels, name="clip-l14"), 60),
    "hear": Row(hear, 90),
    "switches": Row(switches, 150),
    "fault": Row(fault, 40),
    "compiled": Row(compiled, 180),
}
ON_A_GPU = {
    "build clip-l14", "build smolvlm-2b", "build whisper-small", "labels clip-l14", "chat smolvlm-2b",
    "draw, short of memory", "fault", "compiled",
}  # fmt: skip
ON_DEMAND = {"compiled"}


def child(name: str, arguments: argparse.Namespace) -> Found:
    """What a row finds in a process of its own, and how it ended; what it found before it failed is kept."""
    command = [sys.executable, "-m", "benchmarks.gpu", "--row", name, "--models", str(arguments.models)]
    began_s = time.perf_counter()
    process = subprocess.Popen(
        [*command, *(["--quick"] if arguments.quick else [])],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True,
        env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "PASSIVE", "TQDM_DISABLE": "1"},
    )  # fmt: skip
    ended = ""
    try:
        out, err = process.communicate(timeout=ROWS[name].limit_s)
    except subprocess.TimeoutExpired:
        ended = f"not done after {ROWS[name].limit_s:.0f} s"
        os.killpg(process.pid, signal.SIGKILL)  # its engines end with it
        out, err = process.communicate()
    found: Found = {}
    for line in out.splitlines():
        if line.startswith("{"):
            found |= json.loads(line)
    if process.returncode and not ended:
        ended = f"exit code {process.returncode}"
    if ended:
        found |= {"failed": ended, "stderr": err[-6000:]}
    return found | {"row_s": round(time.perf_counter() - began_s, 1)}


def row(name: str, at: Scale) -> None:
    """Prints what a row finds, line by line."""
    for found in ROWS[name].measure(at):
        print(json.dumps(found), flush=True)


def wanted(arguments: argparse.Namespace, *, has_gpu: bool) -> list[list[str]]:
    """The rows in groups: the models are made at once."""
    names = arguments.only or [name for name in ROWS if name not in ON_DEMAND or name in arguments.also]
    names = [name for name in names if has_gpu or name not in ON_A_GPU]
    builds = [name for name in names if name.startswith("build ")]
    return [*([builds] if builds else []), *([name] for name in names if name not in builds)]


def measure(groups: Sequence[Sequence[str]], arguments: argparse.Namespace, result: Found) -> None:
    """Adds each row to the result and to the file as soon as it is there."""
    lock = threading.Lock()
    began_s = time.perf_counter()

    def one(name: str) -> None:
        try:
            found = child(name, arguments)
        except Exception:  # noqa: BLE001 - the other rows are measured all the same
            found = {"failed": traceback.format_exc()}
        with lock:
            result[name] = found
            arguments.out.write_text(json.dumps(result, indent=1) + "\n")
            print(name, json.dumps(found), flush=True)

    for group in groups:
        if time.perf_counter() - began_s > arguments.limit_s:
            result["left out"] = [*result.get("left out", []), *group]
            arguments.out.write_text(json.dumps(result, indent=1) + "\n")
            continue
        at_once = len(group) if (os.cpu_count() or 1) >= 8 else 1
        with ThreadPoolExecutor(at_once) as threads:
            list(threads.map(one, group))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out" / "gpu.json")
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--only", nargs="+", choices=list(ROWS), metavar="ROW", help="these and no others")
    parser.add_argument("--also", nargs="+", choices=sorted(ON_DEMAND), default=[], help="these, which take long")
    parser.add_argument("--limit-s", type=float, default=480.0, help="no row begins later than this")
    parser.add_argument("--quick", action="store_true", help="a few of everything")
    parser.add_argument("--row", choices=list(ROWS), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.row:
        random.seed(1)
        row(arguments.row, scale(arguments.models, is_quick=arguments.quick))
        return
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.models.mkdir(parents=True, exist_ok=True)
    result: Found = {"machine": machine("torch", "transformers", "diffusers", "numpy")}
    has_gpu = scale(arguments.models, is_quick=arguments.quick).is_real
    measure(wanted(arguments, has_gpu=has_gpu), arguments, result)


if __name__ == "__main__":
    main()
