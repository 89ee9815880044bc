"""What a reference is turned into is always that of the reference as it is now, and steers only while it is seen."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage

from desktop_app.canvas.layers import Layer
from desktop_app.canvas.pictures import image_of
from desktop_app.context import AppContext
from desktop_app.history.store import History
from desktop_app.paths import Paths
from desktop_app.sessions import reference_map, sketch_session
from desktop_app.sessions.reference_map import Standing
from desktop_app.settings import Settings
from tests.desktop_app.conftest import close
from tests.desktop_app.sessions.test_sketch_session import PLAN, draw_line, next_picture
from tests.scripted_engine import QuietEngine, scripted
from workers.engine_pool import EnginePool
from workers.engines.base import EngineInfo, EngineOptions, EngineSpec
from workers.errors import Cancelled, EngineError
from workers.pictures import frame_of
from workers.results import ControlMap


class Negative(QuietEngine):
    """An estimator: white is black. It waits where a test holds it."""

    info = EngineInfo("negative", "Negative", ("depth",), EngineOptions)
    may_go = threading.Event()
    running, most, asked = 0, 0, 0
    error: Exception | None = None

    def run(self, request, cancelled):
        kind = type(self)
        kind.running += 1
        kind.asked += 1
        kind.most = max(kind.most, kind.running)
        try:
            while not kind.may_go.wait(0.01):
                if cancelled():
                    raise Cancelled
            if kind.error is not None:
                raise kind.error
            yield ControlMap(request.kind, 255 - frame_of(request.image))
        finally:
            kind.running -= 1


@pytest.fixture(autouse=True)
def _fresh():
    Negative.may_go.set()
    Negative.running = Negative.most = Negative.asked = 0
    Negative.error = None


@pytest.fixture
def made_context(qtbot, home, monkeypatch):
    """Makes the app's context; what is still open at the end is closed."""
    plan = replace(PLAN, controls={"scribble": "lines", "depth": "depth", "pose": "pose", "seg": "seg"})
    monkeypatch.setattr(sketch_session, "sketch_plan", lambda settings, catalogue: plan)
    monkeypatch.setattr(sketch_session, "sketch_spec", lambda settings, catalogue, model_id: scripted())
    monkeypatch.setattr(
        reference_map,
        "control_spec",
        lambda settings, catalogue, plan, kind: EngineSpec.of(Negative, kind, Path("negative")),
    )
    contexts = []

    def make(settings: Settings) -> AppContext:
        context = AppContext(
            Paths.below(home), settings, pool=EnginePool(placement="thread"), history=History(home / "history")
        )
        monkeypatch.setattr(type(context.catalogue), "located", lambda catalogue, request: request, raising=False)
        context.messages = []
        context.message_posted.connect(context.messages.append)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        close(qtbot, context)


@pytest.fixture
def context(made_context, home):
    settings = Settings.load(Paths.below(home).settings_file)
    settings.draw.is_live = False
    settings.draw.has_final = False
    return made_context(settings)


@pytest.fixture
def session(context):
    session = context.sessions.sketch
    session.document.resize(QSize(64, 64))
    return session


@pytest.fixture
def steered(session, qtbot):
    """The session with a red reference that is used as depth."""
    session.prepare()
    qtbot.waitUntil(lambda: session.plan is not None and session.drawing.is_open, timeout=20_000)
    session.document.set_reference(plain("red"))
    session.use_reference_as("depth")
    settle(qtbot, session)
    return session


def plain(color: str) -> QImage:
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image


def settle(qtbot, session):
    if session.reference_map.standing is Standing.IN_WORK:
        with qtbot.waitSignal(session.reference_map.settled, timeout=20_000):
            pass


def shown(session):
    """The colour in the middle of the map."""
    return tuple(session.reference_map.shown.pixels[32, 32])


def control_of(qtbot, session):
    """What the picture that is made now keeps to, beside the lines."""
    image = next_picture(qtbot, session, session.generate)
    return [control for control in image.request.controls if control.kind != "scribble"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda document: document.set_reference(plain("#0000ff")), (255, 255, 0)),
        (lambda document: document.move_reference(QRectF(0, 0, 20, 20)) or document.settle_reference(), (0, 0, 0)),
        (lambda document: document.resize(QSize(96, 64)), (0, 255, 255)),
    ],
    ids=["another picture", "moved and scaled", "canvas of another size"],
)
def test_map_follows_the_reference_and_its_undo_and_redo(steered, qtbot, change, expected):
    draw_line(steered)
    assert shown(steered) == (0, 255, 255)
    before = steered.revision

    change(steered.document)
    (control,) = control_of(qtbot, steered)  # ordered at once: it waits for the new one

    assert shown(steered) == expected
    assert np.array_equal(frame_of(control.image), steered.reference_map.shown.pixels)
    assert steered.revision > before
    assert steered.reference_map.shown.pixels.shape[:2] == (64, steered.document.size.width())
    steered.document.undo()
    settle(qtbot, steered)
    assert shown(steered) == (0, 255, 255)
    steered.document.redo()
    settle(qtbot, steered)
    assert shown(steered) == expected


def test_pictures_follow_live_when_the_map_is_another(steered, qtbot):
    draw_line(steered)
    steered.set_live(True)

    def colours_of_controls(made):
        return [tuple(frame_of(control.image)[32, 32]) for control in made.image.request.controls[1:]]

    with qtbot.waitSignal(
        steered.picture_ready, timeout=20_000, check_params_cb=lambda made: colours_of_controls(made) == [(255, 0, 255)]
    ):
        steered.document.set_reference(plain("lime"))


def test_one_map_is_made_at_a_time_and_the_newest_wins(steered, qtbot):
    Negative.may_go.clear()
    Negative.most = 0
    for color in ("lime", "blue", "white", "yellow"):
        steered.document.set_reference(plain(color))
        qtbot.wait(20)

    Negative.may_go.set()
    settle(qtbot, steered)

    assert shown(steered) == (0, 0, 255)
    assert Negative.most == 1


def test_reference_that_is_dragged_is_looked_at_when_it_is_let_go(steered, qtbot):
    asked = Negative.asked
    for x in range(10):
        steered.document.move_reference(QRectF(x, 0, 40, 40))
        qtbot.wait(5)
    assert Negative.asked == asked

    steered.document.settle_reference()
    settle(qtbot, steered)

    assert Negative.asked == asked + 1


def test_hidden_reference_steers_no_more_and_does_again_when_it_is_seen(steered, qtbot):
    draw_line(steered)
    before = steered.revision

    with qtbot.waitSignal(steered.reference_map.changed):
        steered.document.set_visible(Layer.REFERENCE, False)
    assert steered.reference_map.standing is Standing.HIDDEN
    assert steered.revision == before + 1
    assert control_of(qtbot, steered) == []

    with qtbot.waitSignal(steered.reference_map.changed):
        steered.document.set_visible(Layer.REFERENCE, True)
    assert steered.revision == before + 2
    assert [control.kind for control in control_of(qtbot, steered)] == ["depth"]
    assert Negative.asked == 1


def test_reference_that_is_gone_steers_no_more_and_does_again_when_it_is_back(steered, qtbot):
    draw_line(steered)

    steered.document.clear(Layer.REFERENCE)

    assert steered.reference_map.standing is Standing.NO_PICTURE
    assert control_of(qtbot, steered) == []
    steered.document.undo()
    assert [control.kind for control in control_of(qtbot, steered)] == ["depth"]


def test_reference_that_is_used_as_nothing_steers_no_more(steered, qtbot):
    draw_line(steered)

    steered.use_reference_as(None)

    assert control_of(qtbot, steered) == []


def test_map_that_cannot_be_made_is_told_and_nothing_claims_to_steer(context, steered, qtbot):
    draw_line(steered)
    Negative.error = EngineError("The estimator is broken.")
    pictures = []
    steered.picture_ready.connect(pictures.append)

    with qtbot.waitSignal(steered.reference_map.failed, timeout=20_000):
        steered.use_reference_as("pose")
        steered.generate()  # not without what was asked for

    assert [message.sentence for message in context.messages if message.kind == "error"] == ["The estimator is broken."]
    assert context.settings.draw.reference_kind == ""
    assert steered.reference_map.standing is Standing.UNUSED
    qtbot.wait(50)
    assert pictures == []
    assert control_of(qtbot, steered) == []


def test_picture_that_waits_for_the_map_is_given_up_with_cancel(steered, qtbot):
    draw_line(steered)
    pictures = []
    steered.picture_ready.connect(pictures.append)
    Negative.may_go.clear()
    steered.document.set_reference(plain("lime"))
    steered.generate()

    steered.cancel()
    Negative.may_go.set()
    settle(qtbot, steered)

    qtbot.wait(50)
    assert pictures == []
    assert len(control_of(qtbot, steered)) == 1


def test_what_is_chosen_before_the_model_is_known_is_done_then(session, qtbot):
    session.document.set_reference(plain("red"))
    session.use_reference_as("depth")
    assert session.plan is None
    assert session.reference_map.standing is Standing.IN_WORK

    assert [control.kind for control in control_of(qtbot, session)] == ["depth"]

    assert shown(session) == (0, 255, 255)


def test_use_without_a_controlnet_is_not_estimated(context, steered, qtbot):
    asked = Negative.asked

    with qtbot.waitSignal(steered.reference_map.changed):
        steered.use_reference_as("canny")

    assert steered.reference_map.standing is Standing.NO_NET
    assert Negative.asked == asked


def test_reference_steers_again_after_a_restart(context, made_context, steered, qtbot):
    close(qtbot, context)
    context.save_settings()

    again = made_context(Settings.load(context.paths.settings_file)).sessions.sketch
    again.prepare()

    qtbot.waitUntil(lambda: again.reference_map.standing is Standing.READY, timeout=20_000)
    assert shown(again) == (0, 255, 255)


@pytest.mark.parametrize("kind", ["depth", "pose", "seg"])
def test_picture_that_is_a_map_already_is_used_as_it_is(context, session, qtbot, kind):
    session.prepare()
    qtbot.waitUntil(lambda: session.plan is not None and session.drawing.is_open, timeout=20_000)
    colours = np.random.default_rng(0).choice(np.array([(120, 0, 0), (4, 200, 3), (0, 102, 200)], np.uint8), (24, 24))
    session.document.set_reference(image_of(colours))  # the canvas has 64 x 64 pixels
    session.document.set_reference_is_map(True)
    session.use_reference_as(kind)

    (control,) = control_of(qtbot, session)

    found = frame_of(control.image)
    assert control.kind == kind
    assert Negative.asked == 0
    if kind == "seg":
        rows = (np.arange(64) + 0.5) * 24 // 64
        assert np.array_equal(found, colours[rows.astype(int)][:, rows.astype(int)])
    else:
        assert np.abs(found[::8].mean((0, 1)) - colours.mean((0, 1))).max() < 30
    session.document.undo()  # it is none
    (control,) = control_of(qtbot, session)
    assert Negative.asked == 1


def test_what_is_laid_below_next_is_no_map_and_undo_knows_that_the_one_before_was(steered, qtbot):
    steered.document.set_reference_is_map(True)
    settle(qtbot, steered)
    assert shown(steered) == (255, 0, 0)

    steered.use_as_reference(np.full((32, 32, 3), 200, np.uint8))
    settle(qtbot, steered)
    assert shown(steered) == (55, 55, 55)

    steered.document.undo()
    settle(qtbot, steered)
    assert shown(steered) == (255, 0, 0)
