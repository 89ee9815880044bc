"""What the page survives and what never changes, with a tiny model of the real classes drawing in a thread."""

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from desktop_app.canvas.layers import Layer
from desktop_app.canvas.pictures import image_of
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from desktop_app.canvas.tools import Tool
from desktop_app.sessions import sketch_session
from desktop_app.sessions.sketch_choices import sketch_plan, sketch_spec
from tests.desktop_app.canvas.pens import mouse_drag
from tests.desktop_app.panels.draw.conftest import LOCATED
from tests.desktop_app.panels.draw.test_page import made
from tests.small_disk import mounted
from tests.workers.engines.sketch.conftest import save_base, save_controlnet, save_lora
from tests.workers.engines.sketch.test_preprocessor import SAVE
from workers.catalogue.catalogue import Catalogue
from workers.engines.sketch import stable_diffusion
from workers.pictures import frame_of
from workers.png_settings import read_settings

STEPS = 4
NETS = ("scribble", "depth", "pose", "seg")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A model that draws, ControlNets, what estimates, and a LoRA for a Stable Diffusion of another family."""
    folder = tmp_path_factory.mktemp("models")
    save_base(folder / "tiny")
    for seed, kind in enumerate(NETS, 1):
        save_controlnet(folder / f"tiny-{kind}", seed=seed)
    for kind, save in SAVE.items():
        save(folder / f"estimator-of-{kind}")
    save_lora(folder / "of-another-family", "sd21")
    return folder


@pytest.fixture
def context(context, folders, monkeypatch):
    import torch

    monkeypatch.setattr(sketch_session, "sketch_plan", sketch_plan)
    monkeypatch.setattr(sketch_session, "sketch_spec", sketch_spec)
    monkeypatch.setattr(Catalogue, "located", LOCATED)
    for name in ("tiny", *(f"tiny-{kind}" for kind in NETS), "of-another-family"):
        context.catalogue.add_folder(folders / name)
    draw = context.settings.draw
    draw.model, draw.width, draw.height, draw.guidance_scale = "tiny", 64, 64, 3.0
    draw.num_inference_steps = draw.live_steps = STEPS
    context.messages = []
    context.message_posted.connect(context.messages.append)
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that wait for one another by spinning are slow on a busy machine
    yield context
    torch.set_num_threads(before)


def refusal(qtbot, context, panel) -> str:
    """What is said instead of a picture."""
    with qtbot.waitSignal(context.message_posted, timeout=20_000) as caught:
        panel.prompt_bar.generate()
    assert caught.args[0].kind == "error"
    return caught.args[0].sentence


# ── what never changes ───────────────────────────────────────────────────────────────────────────────────────────────


def test_same_drawing_gives_the_same_bytes_twice_after_a_cancel_and_after_undo_and_redo(
    qtbot, context, panel, session, draw
):
    draw()
    session.set_live(False)
    first = made(qtbot, session, panel.prompt_bar.generate)

    twice = made(qtbot, session, panel.prompt_bar.generate)
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        panel.prompt_bar.generate()
    session.cancel()
    qtbot.waitUntil(lambda: session.job is None, timeout=20_000)
    after_cancel = made(qtbot, session, panel.prompt_bar.generate)
    session.document.undo()
    session.document.redo()
    after_redo = made(qtbot, session, panel.prompt_bar.generate)

    assert first.request == twice.request == after_cancel.request == after_redo.request
    assert len({image.pixels.tobytes() for image in (first, twice, after_cancel, after_redo)}) == 1
    draw_another(session)
    assert made(qtbot, session, panel.prompt_bar.generate).pixels.tobytes() != first.pixels.tobytes()


def draw_another(session):
    stroke = session.document.begin_stroke(StrokeStyle())
    for y in range(4, 60, 4):
        stroke.add(StrokePoint(30, y, 1.0, y))
    stroke.finish()


@pytest.mark.parametrize(
    ("size", "rows", "columns"),
    [
        ((64, 64), (16, 40), (16, 40)),
        ((96, 80), (20 - 4, 50 + 4), (28 - 4, 58 + 4)),  # 1.25 times as large, 8 px from the left, with a soft edge
    ],
)
def test_selection_is_made_anew_and_the_rest_stays_byte_for_byte(
    qtbot, context, panel, session, draw, size, rows, columns
):
    draw()
    context.change_setting("draw.width", size[0])
    context.change_setting("draw.height", size[1])
    before = made(qtbot, session, panel.prompt_bar.generate)
    context.change_setting("draw.width", 72)  # of the next picture, not of a part of this one
    path = QPainterPath()
    path.addRect(QRectF(16, 16, 24, 24))  # of a canvas of 64 x 64
    session.document.set_selection(path)
    context.change_setting("draw.seed", 5)

    after = made(qtbot, session, panel.picture.anew_button.click)

    is_other = (after.pixels != before.pixels).any(axis=2)
    assert after.pixels.shape == before.pixels.shape
    assert is_other[slice(*rows), slice(*columns)].mean() > 0.5
    is_other[slice(*rows), slice(*columns)] = False
    assert not is_other.any()


def test_what_is_inside_a_lasso_is_made_anew_alone(qtbot, context, panel, session, draw):
    draw()
    before = made(qtbot, session, panel.prompt_bar.generate)
    panel.canvas.box.choose(tool=Tool.SELECT_LASSO)
    corners = [panel.canvas.to_widget(QPointF(*corner)) for corner in ((10, 10), (54, 10), (10, 54))]
    mouse_drag(panel.canvas, [(corner.x(), corner.y()) for corner in corners])
    context.change_setting("draw.seed", 5)

    after = made(qtbot, session, panel.picture.anew_button.click)

    is_other = (after.pixels != before.pixels).any(axis=2)
    rows, columns = np.mgrid[:64, :64]
    is_inside = (rows > 11) & (columns > 11) & (rows + columns < 62)  # of the triangle, but for its soft edge
    is_outside = (rows < 9) | (columns < 9) | (rows + columns > 66)
    assert is_other[is_inside].mean() > 0.5
    assert not is_other[is_outside].any()


def test_networks_run_once_a_step_for_a_picture_of_the_window(qtbot, context, panel, session, draw):
    draw()
    context.change_setting("draw.control_end", 1.0)
    assert calls(made(qtbot, session, panel.prompt_bar.generate)) == (STEPS, STEPS)

    context.change_setting("draw.control_end", 0.5)
    assert calls(made(qtbot, session, panel.prompt_bar.generate)) == (STEPS, STEPS // 2)

    context.change_setting("draw.control_start", 0.25)
    assert calls(made(qtbot, session, panel.prompt_bar.generate)) == (STEPS, STEPS // 4)

    context.change_setting("draw.control", "")
    context.change_setting("draw.prompt", "a boat")
    assert calls(made(qtbot, session, panel.prompt_bar.generate)) == (STEPS, 0)


def calls(image):
    return image.n_unet_calls, image.n_controlnet_calls


def test_many_pictures_leave_nothing_in_memory(qtbot, context, panel, session, draw, monkeypatch):
    context.change_setting("draw.num_inference_steps", 1)
    context.change_setting("history.is_private", True)
    monkeypatch.setattr(sketch_session, "RESULTS_KEPT_BYTES", 3 * 64 * 64 * 3)
    draw()
    pictures = []
    session.picture_ready.connect(lambda made: pictures.append(weakref.ref(made.image)))

    session.vary(40)
    qtbot.waitUntil(lambda: len(pictures) == 40 and session.job is None, timeout=60_000)
    gc.collect()

    assert len(session.results) == 3
    assert sum(picture() is not None for picture in pictures) <= 4  # the strip, and the one that is shown
    assert panel.strip.model().rowCount() == 3


# ── a reference that steers ──────────────────────────────────────────────────────────────────────────────────────────


def test_reference_is_turned_into_lines_that_are_shown_and_then_steer(qtbot, context, panel, session, folders):
    panel.options_button.setChecked(True)
    session.use_as_reference(
        np.kron(np.array([[0, 255], [255, 0]], np.uint8), np.ones((32, 32), np.uint8))[..., None].repeat(3, 2)
    )
    qtbot.waitUntil(lambda: session.plan is not None, timeout=20_000)
    row = panel.options.reference.findData("scribble")

    panel.options.reference.activated.emit(row)

    qtbot.waitUntil(panel.options.map.isVisible, timeout=20_000)
    assert panel.options.map.pixmap().height() == 96
    image = made(qtbot, session, panel.prompt_bar.generate)
    (control,) = image.request.controls
    assert control.kind == "scribble"
    assert np.array_equal(frame_of(control.image), session.reference_map.shown.pixels)
    with qtbot.waitSignal(session.reference_map.changed):
        session.use_reference_as(None)
    assert not panel.options.map.isVisible()


def test_reference_cannot_be_turned_into_what_has_no_model(qtbot, context, panel, session):
    qtbot.waitUntil(lambda: session.plan is not None, timeout=20_000)
    session.use_as_reference(np.zeros((8, 8, 3), np.uint8))

    panel.options_button.setChecked(True)

    with qtbot.waitSignal(context.message_posted, timeout=20_000) as caught:
        panel.options.reference.activated.emit(panel.options.reference.findData("depth"))

    assert "not installed" in caught.args[0].sentence
    assert session.reference_map.shown is None
    assert panel.options.reference.currentData() == ""  # nothing steers, and nothing says so
    qtbot.waitUntil(lambda: not panel.options.reference_rows.isVisible())


@pytest.mark.parametrize("is_map", [False, True], ids=["estimated", "a map already"])
@pytest.mark.parametrize("kind", SAVE)
def test_reference_reaches_the_network_as_depth_a_pose_or_areas(
    qtbot, context, panel, session, folders, monkeypatch, kind, is_map
):
    """A map that is there already needs no estimator."""
    given = []
    active = stable_diffusion.ActiveControl
    monkeypatch.setattr(stable_diffusion, "ActiveControl", lambda **parts: given.append(parts) or active(**parts))
    if not is_map:
        context.catalogue.add_folder(folders / f"estimator-of-{kind}")
    qtbot.waitUntil(lambda: session.plan is not None, timeout=20_000)
    panel.options_button.setChecked(True)
    context.change_setting("draw.width", 96)  # larger than the canvas: the map is scaled
    context.change_setting("draw.height", 96)
    context.change_setting("draw.reference_end", 1.0)
    context.change_setting("draw.prompt", "a boat")
    free = made(qtbot, session, panel.prompt_bar.generate)
    areas = np.zeros((64, 64, 3), np.uint8)
    areas[:23], areas[23:41], areas[41:, 17:] = (120, 120, 120), (180, 120, 120), (6, 230, 230)  # of ADE20K
    session.use_as_reference(areas)
    panel.options.is_map.setChecked(is_map)
    panel.options.reference.activated.emit(panel.options.reference.findData(kind))

    image = made(qtbot, session, panel.prompt_bar.generate)

    (control,) = image.request.controls
    assert (control.kind, control.model) == (kind, f"tiny-{kind}")
    assert panel.options.map.isVisible()
    assert np.array_equal(frame_of(control.image), session.reference_map.shown.pixels)
    assert not is_map or np.array_equal(session.reference_map.shown.pixels, areas)
    assert calls(image) == (STEPS, STEPS)
    (seen,) = given
    seen = np.rint(seen["image"][0].permute(1, 2, 0).numpy() * 255).astype(np.uint8)
    assert seen.shape == (96, 96, 3)
    if kind == "seg":
        colours = {tuple(colour) for colour in np.unique(seen.reshape(-1, 3), axis=0)}
        assert colours <= {tuple(colour) for colour in np.unique(frame_of(control.image).reshape(-1, 3), axis=0)}
        assert not is_map or len(colours) == 4
    assert kind == "pose" or (image.pixels != free.pixels).mean() > 0.3  # nobody may be in the picture


def test_what_is_shown_of_the_reference_says_whether_it_steers(qtbot, context, panel, session):
    options, document = panel.options, session.document
    qtbot.waitUntil(lambda: session.plan is not None, timeout=20_000)
    panel.options_button.setChecked(True)
    assert not options.is_map.isEnabled()  # there is no picture of which to say it
    options.reference.activated.emit(options.reference.findData("depth"))
    qtbot.waitUntil(options.map_note.isVisible)
    assert "no picture" in options.map_note.text()

    document.set_reference(image_of(np.full((64, 64, 3), 200, np.uint8)))
    options.is_map.click()
    qtbot.waitUntil(options.map.isVisible, timeout=20_000)
    qtbot.waitUntil(lambda: not options.map_note.isVisible())
    strong = options.map.pixmap().toImage()
    document.set_visible(Layer.REFERENCE, False)

    qtbot.waitUntil(options.map_note.isVisible)
    assert "hidden" in options.map_note.text()
    assert options.map.pixmap().toImage() != strong
    document.set_visible(Layer.REFERENCE, True)
    qtbot.waitUntil(lambda: not options.map_note.isVisible())
    assert options.map.pixmap().toImage() == strong


# ── what it survives ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [(1, 1), (8192, 8192)])
def test_size_that_cannot_be_drawn_is_told_and_the_next_picture_is_made(qtbot, context, panel, session, draw, size):
    draw()
    context.change_setting("draw.width", size[0])
    context.change_setting("draw.height", size[1])

    assert "{} x {}".format(*size) in refusal(qtbot, context, panel)
    context.change_setting("draw.width", 77)  # not divisible by 8
    context.change_setting("draw.height", 51)
    assert made(qtbot, session, panel.prompt_bar.generate).pixels.shape == (51, 77, 3)


def test_unknown_scheduler_is_told_and_the_next_picture_is_made(qtbot, context, panel, session, draw):
    draw()
    context.change_setting("draw.scheduler", "eulr")

    assert "no scheduler 'eulr'" in refusal(qtbot, context, panel)
    assert panel.options.scheduler.currentText() == "eulr"
    context.change_setting("draw.scheduler", "euler")
    made(qtbot, session, panel.prompt_bar.generate)


def test_lora_for_another_family_is_refused_before_anything_is_loaded(qtbot, context, panel, session, folders, draw):
    (file,) = (folders / "of-another-family").glob("*.safetensors")
    session.add_lora(file)

    qtbot.waitUntil(lambda: bool(context.messages), timeout=20_000)
    assert "was made for" in context.messages[-1].sentence
    assert context.settings.draw.loras == {}


def test_empty_canvas_and_empty_prompt_are_told(qtbot, context, panel, session):
    assert "nothing to make a picture of" in refusal(qtbot, context, panel)


def test_prompt_of_5000_characters_is_drawn_whole(qtbot, context, panel, session):
    words = "a red boat on the water, " * 200
    panel.prompt_bar.prompt.setText(words)

    assert made(qtbot, session, panel.prompt_bar.generate).request.prompt == words


def test_memory_that_is_short_is_answered_by_a_smaller_picture_and_said(
    qtbot, context, panel, session, draw, monkeypatch
):
    from workers.engines.sketch.stable_diffusion import StableDiffusion
    from workers.errors import OutOfMemory

    attempt = StableDiffusion._attempt

    def short(engine, request):
        if request.width > 50:
            raise OutOfMemory("Memory is short.")
        yield from attempt(engine, request)

    monkeypatch.setattr(StableDiffusion, "_attempt", short)
    draw()

    assert made(qtbot, session, panel.prompt_bar.generate).pixels.shape == (48, 48, 3)
    assert any("drawn smaller: 48 x 48" in message.sentence for message in context.messages)


def test_disk_that_is_full_while_a_picture_is_saved_is_told_and_leaves_nothing(
    qtbot, context, panel, session, draw, tmp_path
):
    draw()
    image = made(qtbot, session, panel.prompt_bar.generate)
    with mounted(tmp_path, "4k") as disk:
        with qtbot.waitSignal(context.message_posted, timeout=20_000) as caught:
            panel.save_picture(panel.picture.shown, disk / "boat.png")
        assert list(disk.iterdir()) == []

    assert "disk is full" in caught.args[0].sentence
    with qtbot.waitSignal(context.message_posted, timeout=20_000):
        panel.save_picture(panel.picture.shown, tmp_path / "boat.png")
    assert read_settings(tmp_path / "boat.png") == image.request


def test_window_that_is_closed_while_a_picture_is_made_goes(qtbot, context, panel, session, draw):
    draw()
    context.change_setting("draw.num_inference_steps", 500)
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        panel.prompt_bar.generate()

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()

    assert session.newest is None
    assert session.job is None


def test_window_that_is_closed_while_the_pen_draws_and_live_follows_goes(qtbot, context, panel, session):
    session.set_live(True)
    middle = panel.canvas.rect().center()
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        qtbot.mousePress(panel.canvas, Qt.MouseButton.LeftButton, pos=middle)
        for x in range(0, 60, 6):
            qtbot.mouseMove(panel.canvas, middle + QPoint(x, x))

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()

    assert session.job is None


def test_switching_live_off_stops_at_once(qtbot, context, panel, session, draw):
    context.change_setting("draw.live_steps", 500)
    panel.prompt_bar.live.setChecked(True)
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        draw()
    previews = []
    panel.prompt_bar.live.setChecked(False)
    session.previewed.connect(previews.append)

    qtbot.waitUntil(lambda: session.job is None, timeout=20_000)

    assert len(previews) <= 2  # of the step that ran
    assert not panel.prompt_bar.light.is_busy
    assert session.newest is None
