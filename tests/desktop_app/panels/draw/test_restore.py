"""A picture that is dropped on the window brings back all that made it, whatever somebody wrote into it."""

import io
import json
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainterPath

from desktop_app.canvas.layers import Layer
from desktop_app.sessions import reference_map, sketch_choices
from tests.desktop_app.panels.draw.test_page import made
from tests.scripted_engine import QuietEngine
from tests.workers.catalogue.test_drawing import controlnet, lora_bytes
from workers.engines.base import EngineInfo, EngineOptions, EngineSpec
from workers.engines.devices import Gpu, Machine
from workers.engines.sketch.line_maps import line_map
from workers.pictures import picture_of, rgba_of
from workers.png_settings import _request_of, png_with_settings
from workers.results import Control, ControlKind, ControlMap, Frame, Lora, SketchRequest

PIXELS = np.zeros((8, 8, 3), np.uint8)


@pytest.fixture
def messages(context):
    found = []
    context.message_posted.connect(found.append)
    return found


def drop(qtbot, context, panel, path):
    """Drops a file; waits for what is said about it."""
    with qtbot.waitSignal(context.message_posted, timeout=20_000):
        panel.canvas.files_dropped.emit([path])


def paint(session, layer, color, rect):
    edit = session.document.begin_edit(layer, QColor(color))
    path = QPainterPath()
    path.addRect(QRectF(*rect))
    edit.set_path(path, 3.0)
    edit.commit()


def test_dropped_picture_restores_everything(qtbot, context, panel, session, sd15, messages, tmp_path):
    (tmp_path / "ink.safetensors").write_bytes(lora_bytes(768))
    ids = [
        context.catalogue.add_folder(folder).id
        for folder in (
            controlnet(tmp_path / "scribble"),
            controlnet(tmp_path / "depth"),
            tmp_path / "ink.safetensors",
        )
    ]
    session.prepare()
    qtbot.waitUntil(
        lambda: session.plan is not None and set(ids) == {*session.plan.controls.values(), *session.plan.loras}
    )
    panel.options_button.setChecked(True)
    paint(session, Layer.LINE_ART, "#c02040", (4, 20, 40, 6))
    paint(session, Layer.COLOR, "#3060f0", (10, 10, 20, 20))
    session.use_as_reference(np.full((64, 64, 3), 90, np.uint8))
    session.document.set_reference_is_map(True)
    session.use_reference_as("depth")
    chosen = {
        "prompt": "a cat, asleep", "negative_prompt": "dogs", "style": "watercolour", "width": 328, "height": 264,
        "seed": 3_000_000_000, "num_inference_steps": 11, "guidance_scale": 4.5, "scheduler": "ddim-trailing",
        "eta": 0.35,
        "conditioning_scale": 0.65, "control_start": 0.2, "control_end": 0.4, "strength": 0.55,
        "reference_scale": 1.25, "reference_start": 0.1, "reference_end": 0.7,
        "loras": {ids[2]: 0.7}, "vae": "tiny",
    }  # fmt: skip
    before = {name: getattr(context.settings.draw, name) for name in chosen}
    for name, value in chosen.items():
        context.change_setting(f"draw.{name}", value)
    request = made(qtbot, session, panel.prompt_bar.generate).request
    assert [(c.kind, c.conditioning_scale, c.start, c.end) for c in request.controls] == [
        ("scribble", 0.65, 0.2, 0.4),
        ("depth", 1.25, 0.1, 0.7),
    ]
    (tmp_path / "cat.png").write_bytes(png_with_settings(PIXELS, request))
    for name, value in before.items():
        context.change_setting(f"draw.{name}", value)
    session.document.replace(replace(_empty(), size=QSize(40, 30)))
    session.use_reference_as(None)
    options = panel.options
    assert options.steps.value() == 0

    drop(qtbot, context, panel, tmp_path / "cat.png")

    assert messages[-1].kind == "info"
    assert made(qtbot, session, panel.prompt_bar.generate).request == request
    assert (options.steps.value(), options.guidance.value(), options.seed.value()) == (11, 4.5, 3_000_000_000)
    assert options.scheduler.currentData() == "ddim-trailing"
    assert (request.eta, options.eta.value(), options.eta.isEnabled()) == (0.35, 35, True)
    assert options.picture_size.currentText() == "328 × 264"
    assert [slider.value() for slider in (options.scale, options.start, options.end, options.strength)] == [
        65,
        20,
        40,
        55,
    ]
    assert options.locked.isChecked()
    assert options.loras.rows[ids[2]].number.text() == "0.70"
    session.document.undo()  # one step
    assert session.document.size == QSize(40, 30)


@pytest.mark.parametrize("color", ["#000000", "#c02040"])
@pytest.mark.parametrize("canvas", [QSize(64, 64), QSize(90, 40)], ids=["square", "wide"])
def test_picture_twice_as_large_restores_everything(qtbot, context, panel, session, sd15, tmp_path, canvas, color):
    net = context.catalogue.add_folder(controlnet(tmp_path / "scribble")).id
    session.prepare()
    qtbot.waitUntil(lambda: session.plan is not None and net in session.plan.controls.values())
    session.document.resize(canvas)
    paint(session, Layer.LINE_ART, color, (4, 20, 40, 6))
    picture = made(qtbot, session, panel.prompt_bar.generate)
    large = made(qtbot, session, lambda: session.upscale(picture)).request
    height, width, _ = picture.pixels.shape
    assert (large.width, large.height) == (2 * width, 2 * height)
    (tmp_path / "large.png").write_bytes(png_with_settings(PIXELS, large))
    session.document.replace(_empty())

    drop(qtbot, context, panel, tmp_path / "large.png")

    assert made(qtbot, session, panel.prompt_bar.generate).request == large


def _empty():
    from desktop_app.canvas.document import Drawing

    return Drawing(QSize(1, 1), {})


def photo() -> Frame:
    """Something with edges, and nothing that was drawn."""
    rows, columns = np.mgrid[:48, :48]
    return np.dstack([rows * 5, columns * 5, ((rows // 12 + columns // 12) % 2) * 200]).astype(np.uint8)


@pytest.mark.parametrize("has_lines", [False, True])
@pytest.mark.parametrize("kind", get_args(ControlKind))
@pytest.mark.parametrize("large", [False, True], ids=["as it was", "twice as large"])
def test_what_a_reference_was_turned_into_comes_back_as_a_reference(
    qtbot, context, panel, session, sd15, tmp_path, monkeypatch, kind, has_lines, large
):
    """Lines, too: nobody drew them."""
    for name in ("scribble", *{kind} - {"scribble"}):
        context.catalogue.add_folder(controlnet(tmp_path / f"{name}-net"))
    monkeypatch.setattr(reference_map, "control_spec", lambda *_: EngineSpec.of(Liner, kind, tmp_path))
    session.prepare()
    qtbot.waitUntil(
        lambda: (
            session.plan is not None
            and session.plan.model_id == sd15
            and {"scribble", kind} <= {*session.plan.controls}
        )
    )
    session.document.resize(QSize(80, 60))
    if has_lines:
        paint(session, Layer.LINE_ART, "#000000", (4, 20, 40, 6))
    session.use_as_reference(photo())
    session.use_reference_as(kind)
    context.change_setting("draw.reference_scale", 0.45)
    context.change_setting("draw.conditioning_scale", 0.9)
    picture = made(qtbot, session, panel.prompt_bar.generate)
    request = made(qtbot, session, lambda: session.upscale(picture)).request if large else picture.request
    assert [control.is_reference for control in request.controls] == [False, True][not has_lines :]
    (tmp_path / "cat.png").write_bytes(png_with_settings(PIXELS, request))
    session.document.replace(_empty())
    session.use_reference_as(None)
    context.change_setting("draw.reference_scale", 0.0)

    drop(qtbot, context, panel, tmp_path / "cat.png")

    assert made(qtbot, session, panel.prompt_bar.generate).request == request
    draw = context.settings.draw
    assert (draw.reference_kind, draw.reference_scale) == (kind, 0.45)
    assert panel.options.is_map.isChecked()
    assert draw.conditioning_scale == 0.9
    assert session.document.is_empty(Layer.LINE_ART) is not has_lines
    assert panel.options.reference.currentData() == kind


class Liner(QuietEngine):
    """Turns any picture into lines, whatever it is asked for."""

    info = EngineInfo("liner", "Liner", ("depth",), EngineOptions)

    def run(self, request, cancelled):
        yield ControlMap(request.kind, line_map("canny", rgba_of(request.image)))


def test_picture_without_a_reference_lets_go_of_the_one_that_is_there(qtbot, context, panel, session, sd15, tmp_path):
    session.use_as_reference(photo())
    session.use_reference_as("depth")
    (tmp_path / "cat.png").write_bytes(png_with_settings(PIXELS, SketchRequest(prompt="a cat", model=sd15)))

    drop(qtbot, context, panel, tmp_path / "cat.png")

    assert context.settings.draw.reference_kind == ""
    assert session.document.is_empty(Layer.REFERENCE)


def test_lines_of_a_picture_that_says_nothing_about_them_were_drawn():
    """As of one that was made before it was told."""
    lines = Control("canny", picture_of(PIXELS), "x", 0.3)
    request = SketchRequest(prompt="a cat", controls=(lines, replace(lines, conditioning_scale=0.6)))
    png = png_with_settings(PIXELS, request)
    with Image.open(io.BytesIO(png)) as opened:
        text = opened.text["sensorium"].replace("is_reference", "is_unknown")

    found = _request_of(json.loads(text))

    settings = sketch_choices.settings_of(found)
    assert (settings["draw.conditioning_scale"], settings["draw.reference_scale"]) == (0.3, 0.6)


def test_what_suits_the_model_anyhow_leaves_live_pictures_quick(
    qtbot, context, panel, session, sd15, tmp_path, monkeypatch
):
    """With the few-step LoRA of the presets; a picture from before it was there is drawn without it."""
    with_gpu = Machine(8, 32 * 10**9, (Gpu("GPU", 24 * 10**9),))
    monkeypatch.setattr(sketch_choices, "machine", lambda: with_gpu)
    folder = context.catalogue.models_dir / "hyper-sd15-8steps"
    folder.mkdir(parents=True)
    (folder / "Hyper-SD15-8steps-CFG-lora.safetensors").write_bytes(lora_bytes(768))
    qtbot.waitUntil(lambda: session.prepare() or (session.plan is not None and bool(session.plan.final.loras)))
    context.change_setting("draw.prompt", "a cat")
    request = made(qtbot, session, panel.prompt_bar.generate).request
    assert [lora.model for lora in request.loras] == ["hyper-sd15-8steps"]
    (tmp_path / "new.png").write_bytes(png_with_settings(PIXELS, request))
    (tmp_path / "old.png").write_bytes(png_with_settings(PIXELS, replace(request, loras=(), num_inference_steps=30)))

    drop(qtbot, context, panel, tmp_path / "new.png")
    draw = context.settings.draw
    assert (draw.num_inference_steps, draw.guidance_scale, draw.scheduler, draw.vae, draw.loras) == (0, 0, "", "", {})
    assert (draw.width, draw.height) == (0, 0)
    assert made(qtbot, session, panel.prompt_bar.generate).request == request

    drop(qtbot, context, panel, tmp_path / "old.png")
    again = made(qtbot, session, panel.prompt_bar.generate).request
    assert again == replace(request, loras=(), num_inference_steps=30)


def test_model_of_the_picture_draws_again(qtbot, context, panel, session, sd15, messages, tmp_path):
    (tmp_path / "cat.png").write_bytes(png_with_settings(PIXELS, SketchRequest(prompt="a cat", model=sd15)))
    context.change_setting("draw.model", "starter-sd")

    drop(qtbot, context, panel, tmp_path / "cat.png")

    assert made(qtbot, session, panel.prompt_bar.generate).request.model == sd15


def test_what_is_missing_here_is_named(qtbot, context, panel, session, sd15, messages, tmp_path):
    request = SketchRequest(prompt="a cat", model="gone", loras=(Lora("lost", 0.5),), seed=9)
    (tmp_path / "cat.png").write_bytes(png_with_settings(PIXELS, request))

    drop(qtbot, context, panel, tmp_path / "cat.png")

    assert messages[-1].kind == "warning"
    assert "gone, lost" in messages[-1].sentence
    assert context.settings.draw.seed == 9
    assert context.settings.draw.model == sd15
    assert made(qtbot, session, panel.prompt_bar.generate).request.loras == ()


@pytest.fixture
def part(sd15) -> SketchRequest:
    """A part of a grey picture, made anew."""
    mask = np.zeros((64, 48, 3), np.uint8)
    mask[10:30, 8:40] = 255
    grey = picture_of(np.full((64, 48, 3), 120, np.uint8))
    return SketchRequest(
        prompt="a cat", model=sd15, width=48, height=64, seed=9, num_inference_steps=7, init_image=grey,
        mask_image=picture_of(mask), strength=1.0,
    )  # fmt: skip


def test_part_that_was_made_anew_can_be_made_again(qtbot, context, panel, session, part, tmp_path):
    (tmp_path / "cat.png").write_bytes(png_with_settings(PIXELS, part))
    session.document.resize(QSize(48, 64))

    drop(qtbot, context, panel, tmp_path / "cat.png")

    again = made(qtbot, session, panel.picture.anew_button.click).request
    assert again.init_image == part.init_image
    again, part = (np.asarray(Image.open(io.BytesIO(r.mask_image.png)).convert("L")) for r in (again, part))
    assert np.array_equal(again > 0, part > 0)


def test_picture_of_which_a_part_was_made_anew_comes_back_with_all_that_is_known_of_it(
    qtbot, context, panel, session, part, tmp_path
):
    (tmp_path / "cat.png").write_bytes(png_with_settings(PIXELS, part))

    drop(qtbot, context, panel, tmp_path / "cat.png")

    assert panel.picture.shown.request == replace(part, init_image=None, mask_image=None)
    assert panel.picture.details.text() == "48 × 64"  # nobody knows which steps made it, nor how fast
    large = made(qtbot, session, panel.picture.upscale_button.click).request
    assert (large.model, large.width, large.height) == (part.model, 96, 128)


def test_words_of_another_tool_leave_the_drawing_alone(qtbot, context, panel, session, draw, tmp_path):
    draw()
    lines = session.document.snapshot().line_art()
    info = Image.new("RGB", (8, 8))
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("parameters", "a tower\nSteps: 7, Sampler: Euler a, CFG scale: 5, Seed: 4294967295, Size: 512x768")
    info.save(tmp_path / "tower.png", pnginfo=text)

    drop(qtbot, context, panel, tmp_path / "tower.png")

    draw_settings = context.settings.draw
    assert (draw_settings.prompt, draw_settings.seed, draw_settings.scheduler) == ("a tower", 2**32 - 1, "euler-a")
    assert draw_settings.control == "scribble"
    assert session.document.snapshot().line_art() == lines


def test_model_and_loras_of_another_tool_are_named(qtbot, context, panel, session, draw, messages, tmp_path):
    from PIL.PngImagePlugin import PngInfo

    draw()
    text = PngInfo()
    text.add_text("parameters", "a tower <lora:ink:0.8>\nSteps: 7, Sampler: Euler a, Seed: 4, Model: dreams")
    Image.new("RGB", (8, 8)).save(tmp_path / "tower.png", pnginfo=text)

    drop(qtbot, context, panel, tmp_path / "tower.png")

    assert context.settings.draw.prompt == "a tower"
    assert messages[-1].kind == "warning"
    assert "dreams, ink" in messages[-1].sentence
    assert not session.document.is_empty(Layer.LINE_ART)


def test_settings_that_were_brought_back_by_mistake_go_again(qtbot, context, panel, session, draw, messages, tmp_path):
    context.settings.draw.prompt, context.settings.draw.seed = "my words", 77
    context.settings.draw.num_inference_steps, context.settings.draw.negative_prompt = 9, "fog"
    draw()
    before, lines = context.settings.draw.model_copy(deep=True), session.document.snapshot().line_art()
    request = SketchRequest(
        prompt="a cat", negative_prompt="a dog", model="gone", seed=5, init_image=picture_of(PIXELS)
    )
    (tmp_path / "cat.png").write_bytes(png_with_settings(PIXELS, request))
    drop(qtbot, context, panel, tmp_path / "cat.png")
    assert context.settings.draw.prompt == "a cat"
    context.change_setting("draw.seed", 6)

    text, act = messages[-1].action
    act()

    before.seed = 6  # which was changed since
    assert text == "Undo"
    assert context.settings.draw == before
    assert session.document.snapshot().line_art() == lines


@pytest.mark.parametrize("then", ["emptied before", "reference below", "undone"])
def test_undo_of_settings_takes_back_no_step_of_somebody_else(
    qtbot, context, panel, session, draw, messages, tmp_path, then
):
    draw()
    session.document.clear()
    if then != "emptied before":
        session.document.undo()
    controls = () if then == "emptied before" else (Control("scribble", picture_of(PIXELS), "x"),)
    (tmp_path / "cat.png").write_bytes(png_with_settings(PIXELS, SketchRequest(prompt="a cat", controls=controls)))
    drop(qtbot, context, panel, tmp_path / "cat.png")
    if then == "reference below":
        session.document.set_reference(QImage(8, 8, QImage.Format.Format_RGB32))
    elif then == "undone":
        session.document.undo()
    steps = list(session.document.undo_stack.done)

    messages[-1].action[1]()

    assert session.document.undo_stack.done == steps
    assert context.settings.draw.prompt == ""


TOO_MUCH = {
    "prompt": {"prompt": "word " * 20_000},
    "numbers": {"width": 16_384, "height": 16_384, "num_inference_steps": 1000, "guidance_scale": 100.0},
    "seed": {"seed": 2**63 - 1},
    "scheduler": {"scheduler": "eulr"},
    "no guidance": {"guidance_scale": 0.0},
    "model": {"model": "a" * 400},
    "path": {"model": "~nobody/\0/../../etc"},
    "loras": {"loras": tuple(Lora("../" * n, -10.0) for n in range(64))},
    "controls": {
        "controls": tuple(Control(kind, picture_of(PIXELS), "x", 10.0) for kind in ("depth", "canny", "pose", "seg"))
    },
    "drawing": {"controls": (Control("scribble", picture_of(np.zeros((1, 9000, 3), np.uint8)), "x"),)},
    "broken picture": {
        "controls": (Control("scribble", replace(picture_of(PIXELS), png=picture_of(PIXELS).png[:40]), "x"),)
    },
    "pixel": {"init_image": picture_of(PIXELS[:1, :1]), "mask_image": picture_of(PIXELS[:1, :1])},
}


@pytest.mark.parametrize("change", TOO_MUCH.values(), ids=TOO_MUCH)
def test_hostile_metadata_of_a_picture_ends_in_a_sentence_at_worst(
    change, qtbot, context, panel, session, sd15, messages, tmp_path
):
    request = replace(SketchRequest(prompt="a cat", model=sd15), **change)
    (tmp_path / "cat.png").write_bytes(png_with_settings(PIXELS, request))

    drop(qtbot, context, panel, tmp_path / "cat.png")

    assert not any("unexpected" in message.sentence for message in messages)
    panel.options_button.setChecked(True)
    panel.grab()
    assert session.document.size.width() <= 8192


@pytest.mark.parametrize("text", ["{", "[]", '{"request": {"width": "wide"}}', '{"request": {"seed": 1e999}}'])
def test_broken_metadata_of_a_picture_leave_it_a_picture(text, qtbot, panel, session, messages, tmp_path):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("sensorium", text)
    Image.new("RGB", (20, 10), "red").save(tmp_path / "photo.png", pnginfo=info)

    with qtbot.waitSignal(session.document.layers_changed, timeout=20_000):
        panel.canvas.files_dropped.emit([tmp_path / "photo.png"])

    assert not session.document.is_empty(Layer.REFERENCE)
    assert messages == []
