"""What the page Draw looks like in its states, without a model that draws: for pictures that are judged by eye."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from desktop_app.canvas.replay import scaled
from desktop_app.canvas.strokes import read_sketches
from desktop_app.panels.draw.page import DrawPanel
from desktop_app.paths import ASSETS_DIR
from desktop_app.sessions.reference_map import Standing
from desktop_app.sessions.session_state import SessionState
from workers.errors import EngineError
from workers.results import (
    Frame,
    GeneratedImage,
    Lora,
    Progress,
    SketchEnded,
    SketchJob,
    SketchRequest,
    SketchStep,
    StepPreview,
)

SIDE_PX = 512
STEPS = 8
LORAS = {
    "lcm-lora-sd15": "LCM LoRA, 4 steps",
    "ink": "Fine ink and a little watercolour on very rough paper (LoRA)",
}


def states(page: DrawPanel) -> Iterator[str | None]:
    """Brings the page from one state to the next and says which it is."""
    session = page._session
    while session.plan is None or not session.drawing.is_open:
        yield None  # lets the window live
    session.set_live(False)
    session._end_worker()
    while session.state is not SessionState.IDLE or session._ending:
        yield None
    session.document.clear()
    session.forget_results()
    page.prompt_bar.set_prompt("")
    yield "empty"
    page.prompt_bar.set_prompt("a red apple on a wooden table, morning light")
    apple = next(iter(read_sketches(ASSETS_DIR / "samples" / "sketch.json")))
    for stroke in scaled(apple, session.document.size).strokes:
        drawn = session.document.begin_stroke(stroke.style)
        for point in stroke.points:
            drawn.add(point)
        session.document.finish_stroke()
    session._show_load(Progress(0.4, "Loading Stable Diffusion"))
    yield "loading"
    session._show_load(Progress(1.0))
    yield from _pictures(page)
    yield from _options(page)
    session._on_result(SketchJob(9, 1, "live", request(9)))
    error = EngineError(
        "The ControlNet '{control}' was made for {its}, and the model that draws is {own}.",
        hint="Choose a ControlNet for {own}, or another model.",
        control="control_v11p_sd15_scribble",
        its="Stable Diffusion 1.5",
        own="Stable Diffusion XL",
    )
    session._on_result(SketchEnded(SketchJob(9, 1, "live", request(9)), False, error))
    yield "error"
    session._context.withdraw("sketch")


def request(seed: int) -> SketchRequest:
    prompt = "a red apple on a wooden table, morning light"
    return SketchRequest(prompt=prompt, seed=seed, num_inference_steps=STEPS, loras=(Lora("ink", 0.7),))


def picture(seed: int) -> Frame:
    """A photograph, with other colours for another seed."""
    with Image.open(ASSETS_DIR / "samples" / "things.jpg") as opened:
        side = min(opened.size)
        hue, saturation, value = opened.convert("RGB").crop((0, 0, side, side)).resize((SIDE_PX, SIDE_PX)).convert(
            "HSV"
        ).split()  # fmt: skip
    hue = hue.point(lambda level: (level + 36 * seed) % 256)
    return np.asarray(Image.merge("HSV", (hue, saturation, value)).convert("RGB"))


def _make(page: DrawPanel, seed: int, place: tuple[int, int] = (1, 1)) -> None:
    job = SketchJob(seed, 1, "ordered", request(seed), place)
    page._session._on_result(job)
    page._session._on_result(SketchStep(job, GeneratedImage(picture(seed), request(seed), 3.4)))
    page._session._on_result(SketchEnded(job, True))


def _pictures(page: DrawPanel) -> Iterator[str]:
    session = page._session
    job = SketchJob(1, 1, "ordered", request(1))
    session._on_result(job)
    coarse = np.asarray(Image.fromarray(picture(0)).resize((24, 24)))
    session._on_result(SketchStep(job, StepPreview(coarse, 3, STEPS, 2.1)))
    page.tabs.setCurrentIndex(1)
    yield "generating"
    session._on_result(SketchEnded(job, False))
    page.tabs.setCurrentIndex(0)
    _make(page, 0)
    yield "drawn"
    for seed in range(1, 9):
        _make(page, seed, (seed, 8))
    path = QPainterPath()
    path.addRect(QRectF(120, 120, 200, 220))
    session.document.set_selection(path)
    page.tabs.setCurrentIndex(1)
    yield "results"
    session.document.set_selection(None)
    page.picture.compare_with(session.results[2].image)
    yield "compare"
    page.picture.compare_button.setChecked(False)
    page.tabs.setCurrentIndex(0)


def _options(page: DrawPanel) -> Iterator[str | None]:
    session = page._session
    assert session.plan is not None
    session.use_as_reference(255 - np.asarray(Image.fromarray(picture(3)).convert("1").convert("RGB")))
    session.document.set_reference_is_map(True)
    session.use_reference_as("canny")
    while session.reference_map.standing is not Standing.READY:
        yield None
    page.options.underMouse = lambda: True  # type: ignore[method-assign]  # else a small window closes them
    page.options_button.setChecked(True)
    yield "options"
    session._context.change_setting("draw.seed", 4_000_000_000)
    session._plan = replace(
        session.plan,
        live=session.plan.live.model_copy(update={"loras": {"lcm-lora-sd15": 1.0}}),
        loras=LORAS,
        other_loras={"grand": "Grand style for XL"},
    )
    session.plan_changed.emit()
    session._context.change_setting("draw.loras", {"ink": 0.7, "grand": 1.0, "somebody/lost-style": 0.5})
    bar = page.options.verticalScrollBar()
    bar.rangeChanged.connect(lambda _least, most: bar.setValue(most))
    bar.setValue(bar.maximum())
    yield "loras"
    page.options_button.setChecked(False)
    session._context.change_setting("draw.loras", {})
    session.use_reference_as(None)
    session.document.set_reference(None)
