"""The canvas, the live loop and what came of it, with an engine whose pictures tell what made them."""

import errno
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainterPath

from desktop_app.canvas import autosave, journal
from desktop_app.canvas.autosave import Autosave, take_place
from desktop_app.canvas.document import Document
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.openraster import read_ora
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from desktop_app.context import AppContext
from desktop_app.history import pictures
from desktop_app.history.store import History
from desktop_app.paths import Paths
from desktop_app.sessions import sketch_session
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.sketch_choices import SketchPlan, SketchWish, request_of
from desktop_app.settings import Settings
from tests.desktop_app.conftest import close
from tests.scripted_engine import scripted
from workers.catalogue.presets import Preset
from workers.engine_pool import EnginePool
from workers.errors import ModelMissing
from workers.pictures import quick_picture_of
from workers.results import Control, GeneratedImage, Notice, Progress, SketchJob, SketchRequest, SketchStep

PRESET = Preset(
    id="scripted",
    title="Scripted",
    purpose="live",
    family="",
    proposed_for=(),
    width=32,
    height=24,
    num_inference_steps=4,
    guidance_scale=2.0,
)
PLAN = SketchPlan(
    "scripted",
    live=PRESET.model_copy(update={"num_inference_steps": 2}),
    final=PRESET.model_copy(update={"num_inference_steps": 6}),
    controls={"scribble": "lines", "canny": "edges"},
)


@pytest.fixture
def options() -> dict:
    """Of the scripted engine."""
    return {}


@pytest.fixture
def context(qtbot, home, monkeypatch, options):
    monkeypatch.setattr(sketch_session, "sketch_plan", lambda settings, catalogue: PLAN)
    monkeypatch.setattr(sketch_session, "sketch_spec", lambda settings, catalogue, model_id: scripted(**options))
    settings = Settings()
    settings.draw.is_live = False
    settings.draw.has_final = False
    context = AppContext(
        Paths.below(home), settings, pool=EnginePool(placement="thread"), history=History(home / "history")
    )
    monkeypatch.setattr(type(context.catalogue), "located", lambda catalogue, request: request, raising=False)
    context.messages = []
    context.message_posted.connect(context.messages.append)
    yield context
    close(qtbot, context)


@pytest.fixture
def session(context):
    session = context.sessions.sketch
    session.document.resize(QSize(64, 48))
    return session


def draw_line(session, layer: Layer = Layer.LINE_ART, y: float = 20) -> None:
    edit = session.document.begin_edit(layer, QColor("black"))
    path = QPainterPath()
    path.addRect(QRectF(4, y, 40, 6))
    edit.set_path(path, 3.0)
    edit.commit()


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def next_picture(qtbot, session, act) -> GeneratedImage:
    with qtbot.waitSignal(session.picture_ready, timeout=20_000) as caught:
        act()
    return caught.args[0].image


def test_picture_is_made_of_lines_and_words(context, session, qtbot):
    draw_line(session)
    context.change_setting("draw.prompt", "a cat")

    image = next_picture(qtbot, session, session.generate)

    request = image.request
    assert request.prompt == "a cat"
    assert (request.width, request.height, request.num_inference_steps) == (32, 24, 6)
    assert [(control.kind, control.model) for control in request.controls] == [("scribble", "lines")]
    assert request.init_image is None


def test_picture_has_the_shape_of_the_drawing(context, session, qtbot):
    session.document.resize(QSize(48, 96))
    draw_line(session)

    request = next_picture(qtbot, session, session.generate).request
    assert (request.width, request.height) == (16, 40)  # of 32 x 24 pixels, in steps of 8

    context.change_setting("draw.width", 64)
    context.change_setting("draw.height", 32)
    request = next_picture(qtbot, session, session.generate).request
    assert (request.width, request.height) == (64, 32)


def test_colours_are_where_a_picture_begins(session, qtbot):
    draw_line(session, Layer.COLOR)

    request = next_picture(qtbot, session, session.generate).request

    assert request.init_image is not None
    assert request.controls == ()


@pytest.mark.parametrize(("strength", "steps"), [(1.0, 6), (0.75, 8), (0.05, 120)])
def test_as_many_steps_as_suit_are_run_however_little_is_drawn_anew(context, session, qtbot, strength, steps):
    draw_line(session, Layer.COLOR)
    context.change_setting("draw.strength", strength)

    request = next_picture(qtbot, session, session.generate).request

    assert (request.num_inference_steps, request.n_steps_run) == (steps, 6)
    context.change_setting("draw.num_inference_steps", 20)
    assert next_picture(qtbot, session, session.generate).request.num_inference_steps == 20


def test_hidden_lines_are_not_heeded(context, session, qtbot):
    draw_line(session)
    session.document.set_visible(Layer.LINE_ART, False)
    context.change_setting("draw.prompt", "a cat")

    assert next_picture(qtbot, session, session.generate).request.controls == ()


def with_nets(monkeypatch, **nets: str) -> SketchPlan:
    plan = replace(PLAN, controls=nets)
    monkeypatch.setattr(sketch_session, "sketch_plan", lambda settings, catalogue: plan)
    return plan


def test_lines_steer_as_another_kind_where_there_is_no_net_for_theirs(context, session, qtbot, monkeypatch):
    with_nets(monkeypatch, canny="edges", depth="depths")
    draw_line(session)

    request = next_picture(qtbot, session, session.generate).request

    assert [(control.kind, control.model) for control in request.controls] == [("canny", "edges")]
    assert context.messages == []


def test_lines_that_cannot_steer_are_told_once_of_a_model(context, session, qtbot, monkeypatch):
    with_nets(monkeypatch)
    context.change_setting("draw.prompt", "a cat")
    draw_line(session)
    panels = []
    context.panel_requested.connect(panels.append)

    for _ in range(2):
        assert next_picture(qtbot, session, session.generate).request.controls == ()

    (message,) = context.messages
    assert message.kind == "warning"
    assert "no ControlNet" in message.sentence
    message.action[1]()
    assert panels == ["models"]
    with qtbot.waitSignal(context.message_withdrawn):
        session._take_plan(PLAN)


def test_live_stays_on_while_lines_cannot_steer_and_nothing_is_said_of_the_picture(
    context, session, qtbot, monkeypatch
):
    with_nets(monkeypatch)
    session.set_live(True)
    with qtbot.waitSignal(context.message_posted, timeout=20_000):
        draw_line(session)

    assert next_picture(qtbot, session, lambda: context.change_setting("draw.prompt", "a cat"))
    assert session.is_live
    assert [message.kind for message in context.messages] == ["warning"]


def test_nothing_to_draw_is_said(context, session, qtbot):
    with qtbot.waitSignal(context.message_posted):
        session.generate()

    assert "nothing to make a picture of" in context.messages[-1].sentence


def test_short_memory_is_said_of_each_picture_that_is_ordered_and_once_of_live_ones(context, session):
    short = Notice("Memory was short, so the picture is decoded in tiles.")
    jobs = [SketchJob(number, 1, kind, SketchRequest()) for number, kind in enumerate(["live", "live", "ordered"])]
    said = []

    for job in (*jobs, *jobs):
        session._on_result(SketchStep(job, short))
        said.append(len(context.messages))

    assert said == [1, 1, 2, 2, 2, 3]


def test_live_picture_follows_the_drawing_and_is_not_kept(session, qtbot):
    session.set_live(True)
    qtbot.waitUntil(lambda: session.plan is not None)

    image = next_picture(qtbot, session, lambda: draw_line(session))

    assert image.request.num_inference_steps == PLAN.live.num_inference_steps
    assert session.results == []


def test_numbers_of_better_pictures_leave_quick_ones_quick(context):
    quick = PLAN.live.model_copy(update={"loras": {"few": 1.0}, "scheduler": "lcm"})
    few = replace(PLAN, live=quick, loras={"few": "Few steps"})
    draw = context.settings.draw
    draw.prompt, draw.num_inference_steps, draw.live_steps, draw.vae = "a cat", 30, 3, "tiny"
    draw.guidance_scale, draw.scheduler = 7.0, "euler"

    def numbers(plan: SketchPlan, *, is_final: bool) -> tuple:
        snapshot = context.sessions.sketch.document.snapshot()
        request = request_of(plan, SketchWish(draw), snapshot, is_final=is_final)
        return request.num_inference_steps, request.guidance_scale, request.scheduler, request.vae

    assert numbers(PLAN, is_final=True) == (30, 7.0, "euler", "tiny")
    assert numbers(PLAN, is_final=False) == (3, 7.0, "euler", "full")
    assert numbers(few, is_final=False) == (3, 2.0, "lcm", "full")
    draw.live_steps, draw.loras = 0, {"few": 0.0}
    assert numbers(few, is_final=False) == (2, 7.0, "euler", "full")


def test_other_options_load_the_engine_anew(context, session, options, qtbot):
    draw_line(session)
    next_picture(qtbot, session, session.generate)

    options["words"] = (" other",)
    context.change_setting("draw.engine_options", {"scripted": {"words": [" other"]}})
    next_picture(qtbot, session, session.generate)

    assert [" other" in one.spec.options_json for one in context.pool.loaded()] == [False, True]


def test_words_change_a_live_picture(context, session, qtbot):
    session.set_live(True)
    next_picture(qtbot, session, lambda: draw_line(session))

    image = next_picture(qtbot, session, lambda: context.change_setting("draw.prompt", "a dog"))

    assert image.request.prompt == "a dog"


def test_better_picture_comes_at_rest_and_is_kept(context, session, qtbot):
    context.change_setting("draw.has_final", True)
    session.set_live(True)

    with qtbot.waitSignal(session.results_changed, timeout=20_000):
        draw_line(session)

    assert session.results[0].image.request.num_inference_steps == PLAN.final.num_inference_steps


def test_variations_have_seeds_of_their_own(context, session, qtbot):
    draw_line(session)
    session.vary(3)
    qtbot.waitUntil(lambda: len(session.results) == 3, timeout=20_000)
    session.vary(3)
    qtbot.waitUntil(lambda: len(session.results) == 6, timeout=20_000)

    seeds = [made.image.request.seed for made in session.results]
    assert [seed - seeds[0] for seed in seeds[:3]] == [0, 1, 2]
    assert len({context.settings.draw.seed, *seeds}) == 7


def test_picture_that_was_asked_for_is_made_and_kept_once(context, session, qtbot):
    context.change_setting("draw.has_final", True)
    session.set_live(True)
    next_picture(qtbot, session, lambda: draw_line(session))
    qtbot.waitUntil(lambda: len(session.results) == 1, timeout=20_000)
    shown = []
    session.picture_ready.connect(lambda made: shown.append(made.image.request.num_inference_steps))

    context.change_setting("draw.prompt", "a red cat")
    session.generate()
    qtbot.waitUntil(lambda: len(session.results) == 2, timeout=20_000)
    context.change_setting("draw.is_seed_locked", False)
    qtbot.wait(900)  # as long as the pen rests before a better picture

    assert shown[-1] == PLAN.final.num_inference_steps
    assert len(session.results) == 2


def test_setting_that_changes_nothing_makes_no_picture(context, session, qtbot):
    session.set_live(True)
    next_picture(qtbot, session, lambda: draw_line(session))

    with qtbot.assertNotEmitted(session.picture_ready, wait=300):
        context.change_setting("draw.reference_scale", 0.5)  # there is no reference


def test_kept_picture_is_in_the_history_with_all_that_made_it(context, session, qtbot):
    draw_line(session)
    context.change_setting("draw.prompt", "a cat")
    next_picture(qtbot, session, session.generate)

    qtbot.waitUntil(lambda: session.results[0].item_id is not None, timeout=20_000)

    context.history.flush()
    (item,) = context.history.items(kind="picture")
    assert item.model_id == "scripted"
    assert context.history.items("a cat", kind="picture") == [item]


def test_picture_that_is_finished_while_the_history_is_opened_is_in_it(context, session, qtbot, monkeypatch):
    history, context.history, is_finished = context.history, None, threading.Event()
    monkeypatch.setattr("desktop_app.history.store.History", lambda *_, **__: is_finished.wait(20) and history)
    draw_line(session)
    context.open_history()

    next_picture(qtbot, session, session.generate)
    is_finished.set()

    qtbot.waitUntil(lambda: session.results[0].item_id is not None, timeout=20_000)
    assert [item.kind for item in history.items()] == ["picture"]


def test_pictures_of_a_full_disk_are_in_the_history_when_there_is_room(context, session, qtbot, monkeypatch):
    write = pictures._write_whole

    def on_a_full_disk(path, data):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(pictures, "_write_whole", on_a_full_disk)
    session._keeper._retry.setInterval(20)
    draw_line(session)

    next_picture(qtbot, session, lambda: session.vary(2))
    qtbot.waitUntil(lambda: len(session.results) == 2 and bool(context.messages))
    assert context.history.items() == []
    monkeypatch.setattr(pictures, "_write_whole", write)

    qtbot.waitUntil(lambda: all(made.item_id for made in session.results), timeout=20_000)
    assert len(context.history.items()) == 2
    assert [message.kind for message in context.messages] == ["error", "info"]


def test_private_picture_is_nowhere_but_on_the_screen(context, session, qtbot, home):
    context.change_setting("history.is_private", True)
    context.history.flush()
    before = files_below(home)
    draw_line(session)
    next_picture(qtbot, session, session.generate)

    context.history.flush()
    assert context.history.items(kind="picture") == []
    assert len(session.results) == 1
    close(qtbot, context)
    assert files_below(home) - before <= {context.paths.settings_file}


@pytest.mark.parametrize("options", [{"latency_s": 0.05}])
def test_cancelled_picture_is_not_shown_and_the_next_one_is(session, qtbot):
    draw_line(session)
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        session.generate()
    shown = []
    session.picture_ready.connect(shown.append)

    session.cancel()
    qtbot.waitUntil(lambda: session.job is None)

    assert shown == []
    next_picture(qtbot, session, session.generate)


@pytest.mark.parametrize("options", [{"load": "wait"}])
def test_pictures_that_wait_for_the_model_are_counted_and_cancelled(session, qtbot):
    draw_line(session)
    session.generate()
    session.vary(2)
    assert session.n_waiting == 3
    qtbot.waitUntil(lambda: session.loading is not None and not session._in_work, timeout=20_000)
    assert (session.n_waiting, session.job) == (3, None)

    with qtbot.waitSignal(session.waiting_changed):
        session.cancel()

    assert session.n_waiting == 0


def test_order_that_is_cancelled_at_once_makes_no_picture(session, qtbot):
    draw_line(session)
    session.generate()

    session.cancel()

    assert session.n_waiting == 0
    next_picture(qtbot, session, session.generate)
    assert len(session.results) == 1


def test_order_of_nothing_waits_no_longer(context, session, qtbot):
    session.generate()

    qtbot.waitUntil(lambda: session.n_waiting == 0, timeout=20_000)

    assert context.messages


@pytest.mark.parametrize("options", [{"latency_s": 0.05}])
def test_busy_light_is_lit_exactly_while_a_picture_is_made(session, qtbot):
    jobs: list[SketchJob | None] = []
    session.job_changed.connect(jobs.append)
    draw_line(session)

    next_picture(qtbot, session, session.generate)
    qtbot.waitUntil(lambda: session.job is None)

    assert [job is not None for job in jobs] == [True, False]


@pytest.mark.parametrize("options", [{"latency_s": 0.05}])
def test_switching_live_off_stops_the_picture(context, session, qtbot):
    session.set_live(True)
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        draw_line(session)

    session.set_live(False)

    qtbot.waitUntil(lambda: session.job is None)
    assert session.newest is None


def test_only_what_is_selected_is_made_anew(context, session, qtbot):
    draw_line(session)
    next_picture(qtbot, session, session.generate)
    path = QPainterPath()
    path.addRect(QRectF(0, 0, 20, 20))
    session.document.set_selection(path)

    request = next_picture(qtbot, session, session.regenerate_selection).request

    assert request.mask_image is not None
    assert request.init_image is not None


def select(session, *rect: float) -> None:
    path = QPainterPath()
    path.addRect(QRectF(*rect))
    session.document.set_selection(path)


def test_part_that_is_made_anew_again_is_another(session, qtbot):
    draw_line(session)
    next_picture(qtbot, session, session.generate)
    select(session, 0, 0, 20, 20)

    seeds = {next_picture(qtbot, session, session.regenerate_selection).request.seed for _ in range(2)}

    assert len(seeds) == 2


def test_words_for_a_part_leave_its_picture_alone(context, session, qtbot):
    session.set_live(True)
    next_picture(qtbot, session, lambda: draw_line(session))
    qtbot.waitUntil(lambda: session.job is None)
    select(session, 0, 0, 20, 20)

    with qtbot.assertNotEmitted(session.job_changed, wait=300):
        context.change_setting("draw.prompt", "a hat")
    assert next_picture(qtbot, session, session.regenerate_selection).request.prompt == "a hat"
    qtbot.waitUntil(lambda: session.job is None)
    with qtbot.assertNotEmitted(session.job_changed, wait=300):
        session.document.set_selection(None)


def test_words_that_were_for_no_part_make_a_picture_when_nothing_is_selected(context, session, qtbot):
    session.set_live(True)
    next_picture(qtbot, session, lambda: draw_line(session))
    select(session, 0, 0, 20, 20)
    context.change_setting("draw.prompt", "a hat")
    assert session.has_words_for_part

    request = next_picture(qtbot, session, lambda: session.document.set_selection(None)).request

    assert request.prompt == "a hat"
    assert not session.has_words_for_part


def test_picture_twice_as_large_begins_with_the_picture(session, qtbot):
    draw_line(session)
    image = next_picture(qtbot, session, session.generate)

    large = next_picture(qtbot, session, lambda: session.upscale(image))

    assert large.pixels.shape == (48, 64, 3)
    assert large.request.init_image is not None


def test_picture_of_the_camera_lies_below_the_last_drawing(session, qtbot, yesterday):
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.use_as_reference(np.full((10, 20, 3), 90, np.uint8))

    reference = session.document.reference
    assert (reference.image.width(), reference.image.height()) == (20, 10)
    assert not session.document.is_empty(Layer.LINE_ART)


@pytest.mark.parametrize("options", [{"load": "missing"}])
def test_missing_model_is_told_once_and_live_is_switched_off(context, session, qtbot):
    session.set_live(True)
    with qtbot.waitSignal(session.failed, timeout=20_000) as caught:
        draw_line(session)

    assert isinstance(caught.args[0], ModelMissing)
    assert not session.is_live
    assert session.state is SessionState.FAILED


def test_what_is_installed_while_the_model_is_looked_for_is_found(session, qtbot, monkeypatch):
    begun, may_end = threading.Event(), threading.Event()

    def slowly(settings, catalogue):
        begun.set()
        assert may_end.wait(20)
        return PLAN

    monkeypatch.setattr(sketch_session, "sketch_plan", slowly)
    session.prepare()
    assert begun.wait(20)
    richer = replace(PLAN, loras={"ink": "Ink"})
    monkeypatch.setattr(sketch_session, "sketch_plan", lambda settings, catalogue: richer)

    session.prepare()
    may_end.set()

    qtbot.waitUntil(lambda: session.plan == richer, timeout=20_000)


def test_engine_that_dies_is_started_again_unnoticed(context, session, qtbot, options, tmp_path: Path):
    options["crash_once"] = str(tmp_path / "crashed")
    context.pool = EnginePool()
    draw_line(session)

    image = next_picture(qtbot, session, session.generate)

    assert image.pixels.any()
    assert any("started again" in message.hint for message in context.messages)


@pytest.mark.parametrize("options", [{"latency_s": 0.2}])
def test_app_closes_in_the_middle_of_a_picture(context, session, qtbot):
    draw_line(session)
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        session.vary(4)

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()


def test_pen_that_draws_meets_no_picture_on_its_path(session, qtbot, monkeypatch):
    """What a point of a stroke costs beside its ink is a number that is handed on."""
    session.set_live(True)
    qtbot.waitUntil(lambda: session.plan is not None)
    looked, snapshot = [], Document.snapshot
    monkeypatch.setattr(Document, "snapshot", lambda document: looked.append(document) or snapshot(document))

    edit = session.document.begin_edit(Layer.LINE_ART, QColor("black"))
    path = QPainterPath(QPointF(0, 0))
    path.lineTo(10, 10)
    edit.set_path(path, 3.0)

    assert looked == []
    edit.cancel()


def test_seed_of_a_kept_picture_is_repeatable(session, qtbot):
    draw_line(session)
    first = next_picture(qtbot, session, session.generate)

    again = next_picture(qtbot, session, lambda: session.make_again(first.request))

    assert again.request == first.request
    assert np.array_equal(again.pixels, first.pixels)


def test_drawing_is_there_again_after_a_kill(context, session, qtbot, home):
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    draw_line(session)
    session.drawing._autosave.flush()
    before = session.document.snapshot().line_art()

    again = AppContext(Paths.below(home), context.settings, pool=context.pool, history=context.history)
    session.drawing.close()  # as the system does for a killed window: its lock goes
    with qtbot.waitSignal(again.sessions.sketch.drawing.opened, timeout=20_000):
        again.sessions.sketch.drawing.open_last()

    assert again.sessions.sketch.document.snapshot().line_art() == before
    again.sessions.sketch.drawing.close()


def test_settings_that_are_brought_back_first_wait_for_the_last_drawing(context, session, qtbot):
    lines = np.full((64, 64), 255, np.uint8)
    lines[20:26, 4:44] = 0
    control = Control("scribble", quick_picture_of(lines), "lines")
    request = SketchRequest(prompt="a tower", model="scripted", controls=(control,))
    assert not session.drawing.is_open

    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.restore(request)

    qtbot.waitUntil(lambda: not session.document.snapshot().is_empty(Layer.LINE_ART))
    assert context.settings.draw.prompt == "a tower"


def test_private_drawing_is_not_on_the_disk(context, session, qtbot, home):
    context.change_setting("history.is_private", True)
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()

    draw_line(session)

    assert not list(Paths.below(home).drawings_dir.glob("*"))


@pytest.mark.parametrize("options", [{"latency_s": 0.3}])
def test_end_of_the_model_before_leaves_the_light_of_the_next_ones_picture_on(context, session, qtbot):
    draw_line(session)
    session.generate()
    qtbot.waitUntil(lambda: session.job is not None, timeout=20_000)
    (old,) = [session._worker]
    context.change_setting("draw.model", "another")
    assert session.job is None
    session.generate()
    qtbot.waitUntil(lambda: session.job is not None, timeout=20_000)
    job = session.job

    session._on_worker_ended(old)

    assert session.job is job
    assert session.state is SessionState.RUNNING


def test_model_that_was_left_while_it_was_loaded_is_no_longer_shown_as_loading(context, session, qtbot, monkeypatch):
    specs = {"b": scripted("b"), "a": scripted("a", load="wait")}
    monkeypatch.setattr(sketch_session, "sketch_plan", lambda settings, _: replace(PLAN, model_id=settings.draw.model))
    monkeypatch.setattr(sketch_session, "sketch_spec", lambda _settings, _catalogue, model_id: specs[model_id])
    context.change_setting("draw.model", "b")
    draw_line(session)
    next_picture(qtbot, session, session.generate)
    context.change_setting("draw.model", "a")
    session.generate()
    qtbot.waitUntil(lambda: session.loading is not None, timeout=20_000)
    (left,) = [session._worker]

    context.change_setting("draw.model", "b")
    assert session.loading is None
    left.result_ready.emit(Progress(0.7, "Loading"))  # it was on its way
    next_picture(qtbot, session, session.generate)

    assert session.loading is None


def drawings_on_disk(home):
    """How many steps each has."""
    journals = Paths.below(home).drawings_dir.glob("*/drawing.journal")
    return [len(journal.read(file.read_bytes()).done) for file in journals]


@pytest.fixture
def yesterday(home):
    """A drawing of two strokes that another window left behind."""
    document = Document()
    saving = Autosave(document, take_place(Paths.below(home).drawings_dir))
    for x in (20, 60):
        stroke = document.begin_stroke(StrokeStyle())
        stroke.add(StrokePoint(x, 20))
        stroke.finish()
    saving.close()


def test_leaving_private_mode_opens_the_last_drawing_on_a_blank_canvas(context, session, qtbot, home, yesterday):
    context.change_setting("history.is_private", True)
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    assert session.document.is_blank

    context.change_setting("history.is_private", False)

    qtbot.waitUntil(lambda: len(session.document.undo_stack.done) == 2)
    assert drawings_on_disk(home) == [2]


def test_what_was_drawn_in_private_mode_is_kept_beside_the_last_drawing(context, session, qtbot, home, yesterday):
    context.change_setting("history.is_private", True)
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    draw_line(session)
    assert drawings_on_disk(home) == [2]

    context.change_setting("history.is_private", False)

    qtbot.waitUntil(lambda: drawings_on_disk(home) == [2, 2])  # a canvas of its size, and the line


def test_private_mode_in_between_keeps_one_drawing(context, session, qtbot, home):
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    draw_line(session)
    context.change_setting("history.is_private", True)
    draw_line(session, Layer.COLOR, 40)
    (steps,) = drawings_on_disk(home)

    context.change_setting("history.is_private", False)

    qtbot.waitUntil(lambda: drawings_on_disk(home) == [steps + 1])


def test_private_mode_that_comes_while_a_drawing_is_opened_leaves_it_alone(context, session, qtbot, home, yesterday):
    session.prepare()
    for is_private in (True, False, True):
        context.change_setting("history.is_private", is_private)

    qtbot.waitUntil(lambda: session.drawing.is_open)
    qtbot.waitUntil(lambda: not context._jobs)
    draw_line(session)

    assert drawings_on_disk(home) == [2]
    take_place(Paths.below(home).drawings_dir).let_go()  # and it can be had


def test_new_drawing_leaves_the_one_before_on_the_disk_and_has_a_place_of_its_own(context, session, qtbot, home):
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    draw_line(session)
    session.document.select_all()
    number = session.document.number

    session.drawing.new()

    assert session.document.is_blank
    assert not session.document.can_undo
    assert session.document.selection is None
    assert session.document.number != number
    draw_line(session)
    qtbot.waitUntil(lambda: sorted(drawings_on_disk(home)) == [1, 2])
    assert not context.messages


def test_new_drawing_in_private_mode_asks_and_leaves_nothing_behind(context, session, qtbot, home, yesterday):
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    context.change_setting("history.is_private", True)
    draw_line(session)
    session.drawing.new()
    (message,) = context.messages
    assert not session.document.is_blank

    message.action[1]()
    assert session.document.is_blank
    context.change_setting("history.is_private", False)

    qtbot.waitUntil(lambda: session.drawing._autosave is not None)
    assert session.document.is_blank
    assert not session.document.can_undo
    session.drawing.close()
    assert drawings_on_disk(home) == [2]


def test_new_drawing_takes_no_drawing_away_that_could_not_be_written(context, session, qtbot, monkeypatch):
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    draw_line(session)
    monkeypatch.setattr(session.drawing._autosave, "flush", lambda: False)

    session.drawing.new()

    assert not session.document.is_blank
    assert "kept nowhere" in context.messages[0].sentence


def test_drawing_of_before_is_opened_and_the_one_that_was_there_stays(context, session, qtbot, home):
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    draw_line(session)
    before, folder = session.document.snapshot().line_art(), session.drawing._autosave.folder
    session.drawing.new()
    draw_line(session, Layer.COLOR, 40)
    qtbot.waitUntil(lambda: session.drawing._autosave is not None)
    found = []
    with qtbot.waitSignal(session.drawing.find(64, found.append).ended):
        pass

    session.drawing.open(found[0].folder)

    assert [kept.folder for kept in found] == [folder]
    qtbot.waitUntil(lambda: session.document.snapshot().line_art() == before)
    draw_line(session)
    session.drawing._autosave.flush()
    assert session.drawing._autosave.folder == folder
    assert sorted(drawings_on_disk(home)) == [1, 3]


def test_drawing_of_before_that_is_opened_in_private_mode_stays_as_it_was(context, session, qtbot, home, yesterday):
    context.change_setting("history.is_private", True)
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    (folder,) = Paths.below(home).drawings_dir.iterdir()

    session.drawing.open(folder)
    qtbot.waitUntil(lambda: len(session.document.undo_stack.done) == 2)
    draw_line(session)

    assert session.drawing._autosave is None
    assert drawings_on_disk(home) == [2]
    session.drawing.delete(folder)
    qtbot.waitUntil(lambda: not drawings_on_disk(home))


def refuse(*_what, **_how) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_drawing_for_which_no_folder_could_be_made_is_written_at_the_end(context, session, qtbot, home, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(Path, "mkdir", refuse)
        session.prepare()
        qtbot.waitUntil(lambda: session.drawing.is_open)
        draw_line(session)
        assert session.drawing._autosave is None
        assert "full" in str(session.drawing.last_error())

    close(qtbot, context)

    assert drawings_on_disk(home) == [2]


def test_new_drawing_gets_a_place_as_soon_as_there_is_room(context, session, qtbot, home, monkeypatch):
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    draw_line(session)
    session.drawing._autosave.flush()
    session.drawing._retry.setInterval(20)
    with monkeypatch.context() as full:
        full.setattr(Path, "mkdir", refuse)
        session.drawing.new()
        qtbot.waitUntil(lambda: bool(context.messages))
        draw_line(session)
        draw_line(session, Layer.COLOR, 40)
        qtbot.waitUntil(session.drawing._retry.isActive)
        assert session.drawing._autosave is None

    qtbot.waitUntil(lambda: session.drawing._autosave is not None)

    session.drawing._autosave.flush()
    assert len([message for message in context.messages if message.topic == "drawing"]) == 1
    assert "safe on the disk again" in context.messages[-1].sentence
    session.drawing.close()
    assert len(drawings_on_disk(home)) == 2
    assert max(drawings_on_disk(home)) >= 2


@pytest.mark.parametrize("is_given_up", [False, True])
def test_drawing_that_cannot_be_written_at_the_end_goes_where_there_is_room(
    context, session, qtbot, monkeypatch, tmp_path, is_given_up
):
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        session.prepare()
    session.drawing._autosave.flush()
    monkeypatch.setattr(autosave._File, "append", refuse)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    draw_line(session)
    if is_given_up:
        assert session.drawing.last_error() is not None
        session.drawing.give_up()

    close(qtbot, context)

    rescued = [read_ora(file).images[Layer.LINE_ART] for file in tmp_path.glob("sensorium-*/drawing.ora")]
    assert [image.pixelColor(20, 20).alpha() for image in rescued] == ([] if is_given_up else [255])


def test_all_that_made_a_picture_comes_back(context, session, qtbot):
    draw_line(session)
    draw_line(session, Layer.COLOR, 40)
    context.change_setting("draw.prompt", "a cat")
    context.change_setting("draw.seed", 77)
    image = next_picture(qtbot, session, session.generate)
    lines = session.document.snapshot().line_art()
    session.document.clear()
    context.change_setting("draw.prompt", "")
    context.change_setting("draw.seed", 1)

    with qtbot.waitSignal(session.document.revision_changed):
        session.restore(image.request)

    draw = context.settings.draw
    assert (draw.prompt, draw.seed) == ("a cat", 77)
    assert session.document.snapshot().line_art() == lines
    again = next_picture(qtbot, session, session.generate)
    assert again.request.controls[0].image == image.request.controls[0].image
