"""The page with an engine whose pictures tell what made them."""

import pytest
from PySide6.QtCore import QSize

from desktop_app.canvas.layers import Layer
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from desktop_app.history.store import History
from desktop_app.panels.draw import DrawPanel
from desktop_app.sessions import sketch_session
from desktop_app.sessions.sketch_choices import SketchPlan, sketch_plan
from tests.desktop_app.conftest import close
from tests.scripted_engine import scripted
from tests.workers.catalogue.test_drawing import base
from workers.catalogue.catalogue import Catalogue
from workers.catalogue.presets import Preset
from workers.engine_pool import EnginePool

LOCATED = Catalogue.located  # which the fixture `context` replaces

PRESET = Preset(
    id="scripted",
    title="Scripted",
    purpose="live",
    family="",
    proposed_for=(),
    width=32,
    height=32,
    num_inference_steps=4,
    guidance_scale=2.0,
)
PLAN = SketchPlan(
    "scripted",
    is_starter=True,
    live=PRESET.model_copy(update={"num_inference_steps": 2}),
    final=PRESET.model_copy(update={"num_inference_steps": 3}),
    controls={"scribble": "lines"},
)


@pytest.fixture
def engine() -> dict:
    """The options of the engine that draws."""
    return {}


@pytest.fixture
def context(context, engine, tmp_path, monkeypatch):
    context.pool = EnginePool(placement="thread")
    context.history = History(tmp_path / "history")
    context.settings.draw.is_live = False
    context.settings.draw.has_final = False
    monkeypatch.setattr(sketch_session, "sketch_plan", lambda settings, catalogue: PLAN)
    monkeypatch.setattr(sketch_session, "sketch_spec", lambda settings, catalogue, model_id: scripted(**engine))
    monkeypatch.setattr(type(context.catalogue), "located", lambda catalogue, request: request, raising=False)
    return context


@pytest.fixture
def session(context):
    session = context.sessions.sketch
    session.document.resize(QSize(64, 64))
    return session


@pytest.fixture
def panel(qtbot, context, session):
    panel = DrawPanel(context)
    panel.resize(1000, 640)
    with qtbot.waitSignal(session.drawing.opened, timeout=20_000):
        panel.show()
    yield panel
    close(qtbot, context)  # as the window does: the page goes last
    panel.close()
    panel.deleteLater()


@pytest.fixture
def draw(session):
    """Draws a line."""

    def draw(layer: Layer = Layer.LINE_ART) -> None:
        stroke = session.document.begin_stroke(StrokeStyle(layer=layer))
        for x in range(10, 50, 4):
            stroke.add(StrokePoint(x, 30, 1.0, x))
        stroke.finish()

    return draw


@pytest.fixture
def sd15(context, monkeypatch, tmp_path):
    """The real way to a plan, with a Stable Diffusion 1.5 of which only the heads are there; gives its id."""
    folder = base(tmp_path / "sd15")
    model_id = context.catalogue.add_folder(folder).id
    context.change_setting("draw.model", model_id)
    monkeypatch.setattr(sketch_session, "sketch_plan", sketch_plan)
    return model_id
