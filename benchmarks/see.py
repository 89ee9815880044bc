"""What seeing costs the window: how smooth the picture stays while models load, label, describe and answer.

Every figure comes from the real window: a camera whose pictures carry their number and time goes through the path of a
real one, and the picture that was painted is decoded again. The models have random weights and real sizes. Needs no
display (offscreen), takes one if given.

    python -m benchmarks.see [--out benchmarks/out/see.json] [--seconds 10] [--wait-s 600] [--soak-min 30]
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.calm import wait_for_calm
from benchmarks.live_window import LiveWindow, living
from benchmarks.looking import measure_hot_plug
from benchmarks.random_models import MODELS, ROOT, build_blip, build_clip

SIZES = ((640, 480), (1280, 720))
SOURCE_FPS = 30.0
QUESTIONS = 5
AGES = 100  # questions of which only the picture counts, each at another moment between two pictures
STOPS = 5
SWITCHES = 10
ANSWER_TOKENS = 64
LABELS = [f"a {word}" for word in ["cat", "dog", "cup", "book", "phone", "chair", "apple", "flower", "car", "lamp"]]
SETTLE_S = 2.0  # between two conditions


def build_models(folder: Path) -> dict[str, Path]:
    """CLIP ViT-B/32 and BLIP base."""
    return {
        "clip": build_clip(folder / "random-clip-b32"),
        "caption": build_blip(folder / "random-blip-caption", "BlipForConditionalGeneration"),
        "ask": build_blip(folder / "random-blip-vqa", "BlipForQuestionAnswering"),
        "ask too": build_blip(folder / "random-blip-vqa-2", "BlipForQuestionAnswering"),
    }


# ── what was painted ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Paint:
    """A picture that was painted: its number, when, and how long after it was taken."""

    number: int
    at_s: float
    latency_s: float


def smoothness(paints: Sequence[Paint], began_s: float, ended_s: float) -> dict[str, float]:
    """Different pictures a second, the longest time without one, and how late they were, between two moments."""
    seen: dict[int, Paint] = {}
    for paint in paints:
        if began_s <= paint.at_s <= ended_s:
            seen.setdefault(paint.number, paint)
    first = sorted(seen.values(), key=lambda paint: paint.at_s)
    moments = [began_s, *(paint.at_s for paint in first), ended_s]
    latencies = sorted(paint.latency_s for paint in first) or [float("nan")]
    span_s = ended_s - began_s
    given = (first[-1].number - first[0].number) / (first[-1].at_s - first[0].at_s) if len(first) > 1 else 0.0
    return {
        "painted_per_s": round(len(first) / span_s, 2),
        "source_per_s": round(given, 2),  # what the camera gave: on a busy machine it may be the one that is late
        "longest_gap_ms": round(1000 * max(late - early for early, late in itertools.pairwise(moments)), 1),
        "latency_p50_ms": round(1000 * latencies[len(latencies) // 2], 1),
        "latency_p95_ms": round(1000 * latencies[min(len(latencies) - 1, int(0.95 * len(latencies)))], 1),
        "seconds": round(span_s, 1),
    }


# ── the window ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Bench(LiveWindow):
    """The window with the page See and a synthetic camera in it."""

    def __init__(self, home: Path) -> None:
        import numpy as np

        from benchmarks.synthetic_camera import decode
        from desktop_app.panels.see import stage
        from desktop_app.widgets.frame_view import FrameView

        paints: list[Paint] = []

        class MeasuredView(FrameView):
            """Decodes what it has painted."""

            def paintEvent(self, event: Any) -> None:
                super().paintEvent(event)
                image = self._image
                if image.isNull() or (paints and self._frame is self._noted):
                    return
                now_ns = time.monotonic_ns()
                self._noted = self._frame
                pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
                number, taken_ns = decode(pixels[:, :, :3])
                paints.append(Paint(number, now_ns / 1e9, (now_ns - taken_ns) / 1e9))

            _noted: Any = None

        stage.FrameView = MeasuredView  # type: ignore[misc]
        self.paints = paints
        super().__init__(home, "see")
        self.context.change_setting("see.max_new_tokens", ANSWER_TOKENS)
        self.context.change_setting("see.caption_when", "always")
        self.context.change_setting("see.caption_interval_s", 0.0)
        self.context.change_setting("see.labels", LABELS)
        self.session = self.context.sessions.vision
        self._device = home / "camera.json"

    def start_camera(self, size: tuple[int, int]) -> None:
        from benchmarks.synthetic_camera import CAPTURE, synthetic_camera
        from workers.sources.webcam import Webcam

        camera = synthetic_camera(self._device, size=size, fps=SOURCE_FPS)
        self.session.start(Webcam(camera, width=size[0], height=size[1], capture=CAPTURE))
        self.until(lambda: self.session.newest_frame is not None and self.session.newest_frame.size == size)
        self.let_go_by(SETTLE_S)

    def watched(self, seconds: float) -> dict[str, float]:
        began_s = time.monotonic()
        self.let_go_by(seconds)
        return smoothness(self.paints, began_s, time.monotonic())

    def choose(self, task: str, folder: Path) -> None:
        self.context.change_setting(f"see.{task}_engine", "clip" if task == "label" else "blip")
        self.context.change_setting(f"see.{task}_model", self.context.catalogue.add_folder(folder).id)

    def ask(self, **how: Any) -> Any:
        """Asks, and waits for the whole answer."""
        turn = self.session.chat.ask("what is on the left of the picture?", **how)
        self.until(lambda: turn.state.is_over)
        if turn.error is not None:
            raise turn.error
        return turn

    @property
    def is_engine_busy(self) -> bool:
        return any(engine.is_busy for engine in self.context.pool.loaded())


@contextmanager
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as home, living(Bench(Path(home))) as window:
        yield window


def measure_window(models: dict[str, Path], size: tuple[int, int], seconds: float) -> dict[str, Any]:
    """Every condition, one after the other, in one window. Runs in a process of its own."""
    result: dict[str, Any] = {}
    with bench() as one:
        one.start_camera(size)
        one.choose("ask", models["ask"])
        one.choose("label", models["clip"])
        one.choose("caption", models["caption"])
        result["idle"] = one.watched(seconds)
        began_s = time.monotonic()
        turn = one.session.chat.ask("what is this?")
        one.until(lambda: turn.state == "answering" or turn.state.is_over)
        result["load"] = smoothness(one.paints, began_s, time.monotonic())
        one.until(lambda: turn.state.is_over)
        if turn.error is not None:
            raise turn.error
        result["answer"] = _while_answering(one, seconds)
        result["questions"] = _questions(one)
        result["raw_beside"] = _raw_beside(one, models["ask"].parent)
        result["stops_ms"] = _stops(one)
        one.session.labels.set_on(True)
        one.until(lambda: one.session.labels.newest is not None)
        result["labels"] = one.watched(seconds)
        result["labels_per_s"] = round(one.session.labels.per_s, 2)
        one.session.labels.set_on(False)
        one.let_go_by(SETTLE_S)
        one.session.caption.set_on(True)
        one.until(lambda: one.session.caption.newest is not None)
        result["caption"] = one.watched(seconds)
        one.session.caption.set_on(False)
    return result


def _while_answering(one: Bench, seconds: float) -> dict[str, float]:
    began_s = time.monotonic()
    while time.monotonic() - began_s < seconds:
        one.ask()
    return smoothness(one.paints, began_s, time.monotonic())


def _questions(one: Bench) -> list[dict[str, float]]:
    """Each about a new picture, and then a second one about the same."""
    found = []
    for _ in range(QUESTIONS):
        first = one.ask()
        again = one.ask(same_frame=True)
        found.append(
            {
                "first_token_s": first.time_to_first_token_s,
                "same_picture_first_token_s": again.time_to_first_token_s,
                "tokens_per_s": first.tokens_per_s,
                "n_tokens": first.n_tokens,
            }
        )
    return found


def _raw_beside(one: Bench, models: Path) -> dict[str, float]:
    """Plain transformers in a process of its own, while the window shows its camera and no model of ours works."""
    command = [sys.executable, "-m", "benchmarks.see", "--only", "raw", "--models", str(models)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as raw:
        one.until(lambda: raw.poll() is not None)
        assert raw.stdout is not None
        found: dict[str, float] = json.loads(raw.stdout.read().splitlines()[-1])
    return found


def _stops(one: Bench) -> list[float]:
    """From Stop until the engine is free, in ms; in the middle of an answer."""
    found = []
    for _ in range(STOPS):
        turn = one.session.chat.ask("what is on the left of the picture?")
        one.until(lambda turn=turn: len(turn.answer.split()) > 8 or turn.state.is_over)
        stopped_s = time.monotonic()
        one.session.chat.stop_answer()
        one.until(lambda: not one.is_engine_busy)
        found.append(1000 * (time.monotonic() - stopped_s))
        engines = {engine.pid for engine in one.context.pool.loaded()}
        one.ask()
        if engines != {engine.pid for engine in one.context.pool.loaded()}:
            raise RuntimeError("the answer after a Stop took another process")
    return found


def measure_ages(models: dict[str, Path], size: tuple[int, int]) -> dict[str, float]:
    """How old pictures were when their questions were put, each while the one before is answered, in ms.

    A picture that was taken after that moment counts as well. Runs in a process of its own.
    """
    from benchmarks.synthetic_camera import decode

    found = []
    with bench() as one:
        one.start_camera(size)
        one.choose("ask", models["ask"])
        one.ask()
        for number in range(AGES):
            one.let_go_by(0.1 + number / AGES / SOURCE_FPS)
            put_ns = time.monotonic_ns()
            turn = one.session.chat.ask("what is on the left of the picture?")
            found.append(abs(put_ns - decode(turn.frames[-1].pixels)[1]) / 1e6)
        one.session.chat.stop_answer()
        one.until(lambda: not one.is_engine_busy)
    found.sort()
    return {
        "questions": AGES,
        "median_ms": round(statistics.median(found), 1),
        "p95_ms": round(found[int(0.95 * AGES)], 1),
        "longest_ms": round(found[-1], 1),
    }


def measure_memory(models: dict[str, Path]) -> dict[str, Any]:
    """Two models that answer, in turn. Runs in a process of its own."""
    taken: list[float] = []
    with bench() as one:
        one.start_camera(SIZES[0])
        for number in range(SWITCHES + 2):
            one.choose("ask", models["ask too" if number % 2 else "ask"])
            one.ask()
            if number >= 1:  # both are loaded from then on
                taken.append(one.memory_mb())
    return {"mb": [round(mb) for mb in taken], "drift": round(taken[-1] / taken[0] - 1, 4)}


def measure_raw(models: dict[str, Path]) -> dict[str, float]:
    """Plain transformers on the same picture: first token and tokens a second. Runs in a process of its own."""
    import torch
    import transformers

    from benchmarks.synthetic_camera import encode

    os.nice(10)  # as the engine process is
    folder = models["ask"]
    model = transformers.BlipForQuestionAnswering.from_pretrained(folder, dtype=torch.float32).eval()
    processor = transformers.BlipProcessor.from_pretrained(folder)
    first, rates = [], []
    for number in range(QUESTIONS + 1):
        frame = encode(number, time.monotonic_ns(), *SIZES[0])[:, :, ::-1].copy()
        for count, times in ((1, first), (ANSWER_TOKENS, rates)):
            began_s = time.perf_counter()
            inputs = processor(frame, "what is on the left of the picture?", return_tensors="pt")
            with torch.inference_mode():
                model.generate(**inputs, max_new_tokens=count, min_new_tokens=count, do_sample=False, num_beams=1)
            times.append(time.perf_counter() - began_s)
    return {
        "first_token_s": statistics.median(first[1:]),
        "tokens_per_s": ANSWER_TOKENS / statistics.median(rates[1:]),
    }


def measure_soak(models: dict[str, Path], minutes: float) -> dict[str, Any]:
    """Labels all the time and a question every 30 s. Runs in a process of its own."""
    rows = []
    with bench() as one:
        one.start_camera(SIZES[0])
        one.choose("ask", models["ask"])
        one.choose("label", models["clip"])
        one.session.labels.set_on(True)
        ends_s = time.monotonic() + 60 * minutes
        while time.monotonic() < ends_s:
            began_s = time.monotonic()
            one.ask()
            one.let_go_by(max(0.0, 30 - (time.monotonic() - began_s)))
            rows.append(
                smoothness(one.paints, began_s, time.monotonic())
                | {"memory_mb": round(one.memory_mb()), "labels_per_s": round(one.session.labels.per_s, 2)}
            )
    return {"minutes": minutes, "every_30_s": rows}


# ── everything ───────────────────────────────────────────────────────────────────────────────────────────────────────


def child(what: str, arguments: argparse.Namespace, *more: str) -> Any:
    """A measure in a process of its own, once the machine has time for it."""
    load = wait_for_calm(arguments.wait_s)
    command = [sys.executable, "-m", "benchmarks.see", "--only", what, "--models", str(arguments.models)]
    done = subprocess.run(
        [*command, "--seconds", str(arguments.seconds), "--soak-min", str(arguments.soak_min), *more],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return json.loads(done.stdout.splitlines()[-1]) | {"load_before": round(load, 2)}


def table(result: dict[str, Any]) -> str:
    """The measures as a Markdown table for the README."""
    busy = ("labels", "caption", "answer")
    windows, raw = result["window"], result["raw"]
    lines = [
        "| measure | must | "
        + " | ".join(f"{windows[name]['size'][0]} × {windows[name]['size'][1]}" for name in windows)
        + " |",
        "|---|---|" + "---|" * len(windows),
    ]

    def row(name: str, must: str, cell: Callable[[dict[str, Any]], str]) -> None:
        lines.append(f"| {name} | {must} | " + " | ".join(cell(windows[size]) for size in windows) + " |")

    for condition, name in (
        ("idle", "nothing else"),
        ("labels", "CLIP labels"),
        ("caption", "BLIP describes"),
        ("answer", "BLIP answers"),
        ("load", "a model loads"),
    ):
        must = ">= 25, <= 200 ms" if condition == "load" else ">= 29, <= 100 ms"
        row(
            f"pictures painted a second, longest gap, while {name}",
            must,
            lambda one, condition=condition: (
                f"{one[condition]['painted_per_s']:.1f}, {one[condition]['longest_gap_ms']:.0f} ms"
            ),
        )
    row("camera to screen, p95, idle", "<= 50 ms", lambda one: f"{one['idle']['latency_p95_ms']:.0f} ms")
    row(
        "camera to screen, p95, busy",
        "<= 70 ms",
        lambda one: f"{max(one[condition]['latency_p95_ms'] for condition in busy):.0f} ms",
    )
    row(
        f"age of the picture that a question is about, at most, of {AGES}",
        "<= 34 ms",
        lambda one: f"{one['ages']['longest_ms']:.0f} ms",
    )

    def median(one: dict[str, Any], key: str) -> float:
        return statistics.median(question[key] for question in one["questions"])

    row(
        "first word - plain transformers beside the window with its camera",
        "<= 50 ms",
        lambda one: f"{1000 * (median(one, 'first_token_s') - one['raw_beside']['first_token_s']):+.0f} ms",
    )
    row(
        "the same - plain transformers alone on the machine",
        "",
        lambda one: f"{1000 * (median(one, 'first_token_s') - raw['first_token_s']):+.0f} ms",
    )
    row(
        "second question about the same picture ÷ the first",
        "<= 0.40",
        lambda one: f"{median(one, 'same_picture_first_token_s') / median(one, 'first_token_s'):.2f}",
    )
    row(
        "tokens a second ÷ plain `generate` beside the window with its camera",
        ">= 0.95",
        lambda one: f"{median(one, 'tokens_per_s') / one['raw_beside']['tokens_per_s']:.2f}",
    )
    row(
        "the same ÷ plain `generate` alone on the machine",
        "",
        lambda one: f"{median(one, 'tokens_per_s') / raw['tokens_per_s']:.2f}",
    )
    row(
        "Stop, at most - one token",
        "<= 50 ms",
        lambda one: f"{max(one['stops_ms']) - 1000 / median(one, 'tokens_per_s'):.0f} ms",
    )
    drift = f"{100 * result['memory']['drift']:+.1f} %"
    row(f"memory after {SWITCHES} model switches", "<= +5 %", lambda one: drift)
    back_s = result["hot_plug"]["longest_s"]
    row("camera plugged in again to its first picture, at most", "<= 2 s", lambda one: f"{back_s:.1f} s")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out" / "see.json")
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--wait-s", type=float, default=600.0, help="at most so long for a calm machine, each time")
    parser.add_argument("--soak-min", type=float, default=0.0)
    parser.add_argument(
        "--only", choices=["window", "ages", "memory", "raw", "hot-plug", "soak"], help=argparse.SUPPRESS
    )
    parser.add_argument("--size", type=int, nargs=2, default=SIZES[0], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if arguments.only:
        models = build_models(arguments.models)  # which are there: the window's process imports no torch
        measures: dict[str, Callable[[], Any]] = {
            "window": lambda: measure_window(models, tuple(arguments.size), arguments.seconds),
            "ages": lambda: measure_ages(models, tuple(arguments.size)),
            "memory": lambda: measure_memory(models),
            "raw": lambda: measure_raw(models),
            "hot-plug": measure_hot_plug,
            "soak": lambda: measure_soak(models, arguments.soak_min),
        }
        print(json.dumps(measures[arguments.only]()))
        return
    build_models(arguments.models)
    result: dict[str, Any] = {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.platform()}",
        "python": platform.python_version(),
        "window": {},
    }
    raws = [child("raw", arguments)]  # before and after, so that a machine that changes its speed is noticed
    for width, height in SIZES:
        size = ("--size", str(width), str(height))
        measured = child("window", arguments, *size) | {"ages": child("ages", arguments, *size)}
        result["window"][f"{width}x{height}"] = measured | {"size": [width, height]}
    raws.append(child("raw", arguments))
    result["raws"] = raws
    result["raw"] = {key: statistics.mean(raw[key] for raw in raws) for key in ("first_token_s", "tokens_per_s")}
    result["memory"] = child("memory", arguments)
    result["hot_plug"] = child("hot-plug", arguments)
    if arguments.soak_min:
        result["soak"] = child("soak", arguments)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=2) + "\n")
    print(table(result))


if __name__ == "__main__":
    main()
