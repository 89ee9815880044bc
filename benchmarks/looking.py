"""What needs no window: labels a second beside plain transformers, and how soon a camera that was away is back."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROUNDS = 5
PLUGS = 5
SIZE = (1280, 720)


def measure_labels(
    folder: Path, labels: list[str], seconds: float, *, device: str = "cpu", rounds: int = ROUNDS
) -> dict[str, Any]:
    """A mailbox, the loop of the window and an engine process; a raw loop; transformers' pipeline: by turns.

    The raw loop is of a picture that is prepared already; it runs also with preparing it, which the engine has to do.
    """
    from workers.catalogue.catalogue import Catalogue
    from workers.engine_pool import EnginePool, Priority

    frame = np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)
    raw, prepared, pipeline = _plain(folder, labels, frame, device)
    rates: dict[str, list[float]] = {"ours": [], "raw": [], "raw, preparing": [], "pipeline": []}
    with tempfile.TemporaryDirectory() as home, contextlib.closing(EnginePool()) as pool:
        spec = Catalogue(Path(home)).spec("clip", str(folder))
        with pool.acquire(spec) as lease:

            def ask(request: Any) -> Any:
                return lease.ask(request, priority=Priority.BACKGROUND)

            for _ in range(rounds):
                rates["raw"].append(_per_second(raw, seconds))
                rates["ours"].append(_looks_per_second(ask, labels, frame, seconds))
                rates["raw, preparing"].append(_per_second(prepared, seconds))
                rates["pipeline"].append(_per_second(pipeline, seconds))
    return {
        "labels_per_s": {name: round(statistics.median(values), 2) for name, values in rates.items()},
        "over_raw": _ratio(rates["ours"], rates["raw"]),
        "over_raw_preparing": _ratio(rates["ours"], rates["raw, preparing"]),
        "over_pipeline": _ratio(rates["ours"], rates["pipeline"]),
    }


def _plain(folder: Path, labels: list[str], frame: Any, device: str) -> tuple[Callable[[], Any], ...]:
    """The image tower and one product, of a prepared picture and preparing it; and transformers' own pipeline."""
    import torch
    import transformers
    from PIL import Image

    from workers.engines.measured import prepare_torch

    dtype = prepare_torch(device, "auto")  # as the engine has it
    transformers.logging.set_verbosity_error()
    model = transformers.CLIPModel.from_pretrained(folder, dtype=dtype).to(device).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    pictures = transformers.AutoImageProcessor.from_pretrained(folder)

    def pixels_of(picture: Any) -> Any:
        return pictures(images=[picture], return_tensors="pt").pixel_values.to(device, dtype)

    pixels = pixels_of(frame)
    image = Image.fromarray(frame)
    texts = tokenizer([f"a photo of {label}" for label in labels], return_tensors="pt", padding=True).to(device)
    with torch.inference_mode():
        features = torch.nn.functional.normalize(model.get_text_features(**texts).pooler_output, dim=-1)
    zero_shot = transformers.pipeline(
        "zero-shot-image-classification", model=model, tokenizer=tokenizer, image_processor=pictures, device=device
    )

    def raw(pixels: Any = pixels) -> Any:
        with torch.inference_mode():
            seen = torch.nn.functional.normalize(model.get_image_features(pixel_values=pixels).pooler_output, dim=-1)
            return (model.logit_scale.exp() * seen @ features.T).softmax(-1).tolist()

    return (
        raw,
        lambda: raw(pixels_of(frame)),
        lambda: zero_shot(image, candidate_labels=labels, hypothesis_template="a photo of {}"),
    )


def _per_second(work: Callable[[], Any], seconds: float) -> float:
    work()
    count, began_s = 0, time.perf_counter()
    while (passed_s := time.perf_counter() - began_s) < seconds:
        work()
        count += 1
    return count / passed_s


def _looks_per_second(ask: Callable[[Any], Any], labels: list[str], frame: Any, seconds: float) -> float:
    """Of the loop that the window runs, fed with more frames than it can take."""
    from workers.results import ImageRequest, Seen, VideoFrame
    from workers.vision import LookMailbox, LookPlan, look_live

    request = ImageRequest("label", candidate_labels=tuple(labels), prompt_templates=("a photo of {}",))
    mailbox = LookMailbox(LookPlan(request, shrinks=True))
    is_over = threading.Event()

    def feed() -> None:
        number = 0
        while not is_over.wait(0.005):
            number += 1
            mailbox.put(VideoFrame(frame, number, time.monotonic()))

    feeder = threading.Thread(target=feed)
    feeder.start()
    looks = look_live(mailbox, ask, model_id="clip")
    first = next(looks)
    assert isinstance(first, Seen)
    count, began_s = 0, time.perf_counter()
    while (passed_s := time.perf_counter() - began_s) < seconds:
        next(looks)
        count += 1
    is_over.set()
    feeder.join()
    return count / passed_s


def _ratio(some: list[float], others: list[float]) -> float:
    return round(statistics.median(one / other for one, other in zip(some, others, strict=True)), 2)


def measure_hot_plug() -> dict[str, Any]:
    """From plugging a camera in again to its first picture, in seconds."""
    from benchmarks.synthetic_camera import CAPTURE, synthetic_camera
    from workers.results import VideoFrame
    from workers.sources.webcam import Webcam

    taken: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        device = Path(folder) / "camera.json"
        frames: list[VideoFrame] = []
        changed = threading.Condition()

        def take(frame: VideoFrame) -> None:
            with changed:
                frames.append(frame)
                changed.notify_all()

        is_away = threading.Event()
        camera = Webcam(
            synthetic_camera(device, size=SIZE),
            width=SIZE[0],
            height=SIZE[1],
            capture=CAPTURE,
            on_notice=lambda notice: is_away.set() if getattr(notice, "condition", "") == "away" else None,
        )
        camera.start(take, lambda error: None)
        try:
            for _ in range(PLUGS):
                what = device.read_bytes()
                is_away.clear()
                device.unlink()
                is_away.wait()
                with changed:
                    n_before = len(frames)
                device.write_bytes(what)
                plugged_s = time.monotonic()
                with changed:
                    changed.wait_for(lambda n_before=n_before: len(frames) > n_before)
                taken.append(time.monotonic() - plugged_s)
        finally:
            camera.stop()
    return {"median_s": round(statistics.median(taken), 2), "longest_s": round(max(taken), 2)}
