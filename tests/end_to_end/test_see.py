"""From a picture, and from a camera's own process, through the window's own buttons to words that mean something."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from benchmarks.synthetic_camera import CAPTURE, decode, synthetic_camera
from desktop_app.sessions.chat import TurnState
from desktop_app.sessions.session_state import SessionState
from tests.end_to_end.conftest import ROOT
from workers.results import Region
from workers.sources.webcam import Webcam

PICTURES = ROOT / "tests" / "workers" / "engines" / "vision" / "pictures"
THINGS = ("frog", "grapes", "boat")
CTRL = Qt.KeyboardModifier.ControlModifier
LONG_MS = 240_000  # engines that look give way to everybody else: generous, and only reached by a failure

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def panel(window):
    window.show_panel("see")
    window.activateWindow()
    return window.page("see")


@pytest.fixture
def session(window):
    return window.context.sessions.vision


def look_at(qtbot, panel, session, path: Path) -> None:
    panel.open_file(path)
    qtbot.waitUntil(lambda: session.source_name == path.name and session.state is SessionState.RUNNING, timeout=LONG_MS)


def ask(qtbot, panel, session, question: str) -> str:
    """Types a question and waits for its answer as it is shown."""
    qtbot.keyClicks(panel.ask.field, question)
    qtbot.keyClick(panel.ask.field, Qt.Key.Key_Return)
    turn = session.chat.turns[-1]
    assert turn.question == question
    qtbot.waitUntil(lambda: turn.state.is_over, timeout=LONG_MS)
    assert turn.state is TurnState.DONE, turn.error
    return panel.ask.chat.cards[-1].answer.text()


def test_pictures_are_labelled_with_the_users_own_words(qtbot, panel, session):
    panel.show_tab(panel.labels)
    session.set_labels([])
    panel.labels.field.setText(", ".join(f"a {thing}" for thing in THINGS))
    qtbot.keyClick(panel.labels.field, Qt.Key.Key_Return)
    assert panel.labels.head.switch.isChecked()

    for thing in THINGS:
        look_at(qtbot, panel, session, PICTURES / f"{thing}.jpg")
        qtbot.waitUntil(lambda thing=thing: panel.labels.bars.order[0] == f"a {thing}", timeout=LONG_MS)

    assert panel.labels.bars.order.index("none of these") > 0


def test_none_of_these_wins_where_no_label_fits(qtbot, panel, session):
    panel.show_tab(panel.labels)
    session.set_labels(["a violin", "a zebra", "an airplane"])
    panel.labels.head.switch.click()

    look_at(qtbot, panel, session, PICTURES / "frog.jpg")

    qtbot.waitUntil(lambda: panel.labels.bars.order[0] == "none of these", timeout=LONG_MS)


def test_the_part_that_is_marked_is_what_is_labelled(qtbot, panel, session):
    panel.show_tab(panel.labels)
    session.set_labels(["a horse", "a pig", "a balloon", "a dog", "an apple"])
    panel.labels.head.switch.click()
    look_at(qtbot, panel, session, ROOT / "assets" / "samples" / "things.jpg")

    for thing, region in (("horse", Region(0.5, 0.14, 0.36, 0.36)), ("pig", Region(0.16, 0.6, 0.41, 0.36))):
        panel.view.set_region(region)
        panel.view.region_changed.emit(region)
        qtbot.waitUntil(lambda thing=thing: panel.labels.bars.order[0] == f"a {thing}", timeout=LONG_MS)


def test_the_classes_of_a_model_need_no_labels(qtbot, panel, session):
    panel.show_tab(panel.labels)
    qtbot.waitUntil(lambda: panel.labels.model.findData("starter-vit") >= 0, timeout=LONG_MS)
    panel.labels.model._on_chosen(panel.labels.model.findData("starter-vit"))
    panel.labels.head.switch.click()

    look_at(qtbot, panel, session, PICTURES / "frog.jpg")

    qtbot.waitUntil(lambda: panel.labels.bars.order[:1] == ["frog"], timeout=LONG_MS)
    assert len(panel.labels.bars.order) == panel.labels.top_k.value()


def test_pictures_are_described_one_after_the_other(qtbot, panel, session):
    panel.show_tab(panel.caption)
    panel.caption.head.switch.click()

    for thing in THINGS:
        look_at(qtbot, panel, session, PICTURES / f"{thing}.jpg")
        qtbot.waitUntil(lambda thing=thing: thing in panel.caption.text.text(), timeout=LONG_MS)

    assert "grapes" in panel.caption.earlier.topLevelItem(0).text(1)


def test_questions_about_the_sample_are_answered_and_kept_with_it(qtbot, window, panel, session):
    context = window.context
    panel.look_at("sample")
    qtbot.waitUntil(lambda: session.state is SessionState.RUNNING, timeout=LONG_MS)

    assert "horse" in ask(qtbot, panel, session, "what is on the right?")
    panel.ask.about.setCurrentIndex(panel.ask.about.findData("same"))
    assert "blue" in ask(qtbot, panel, session, "what color is the balloon?")
    first, second = session.chat.turns
    assert second.frames == first.frames
    assert second.time_to_first_token_s < first.time_to_first_token_s  # the model was loaded by then
    with qtbot.waitSignal(session.snapshot_taken, timeout=LONG_MS) as taken:
        qtbot.keyClick(panel, Qt.Key.Key_S, CTRL)

    assert context.history.flush()
    (hit,) = context.history.search("horse")
    assert hit.item_id == taken.args[0]
    assert context.history.item(hit.item_id).picture.is_file()


def test_an_answer_is_stopped_and_the_next_one_needs_no_new_model(qtbot, window, panel, session):
    panel.look_at("sample")
    qtbot.waitUntil(lambda: session.state is SessionState.RUNNING, timeout=LONG_MS)
    assert "horse" in ask(qtbot, panel, session, "what is on the right?")
    (engine,) = window.context.pool.loaded()

    qtbot.keyClicks(panel.ask.field, "is there a dog?")
    qtbot.keyClick(panel.ask.field, Qt.Key.Key_Return)
    qtbot.keyClick(panel.ask.field, Qt.Key.Key_Escape)

    assert session.chat.turns[-1].state is TurnState.STOPPED
    assert ask(qtbot, panel, session, "is there a horse?").startswith("Yes")
    assert [loaded.pid for loaded in window.context.pool.loaded()] == [engine.pid]


def test_a_camera_is_painted_while_a_model_loads_frozen_and_let_go(qtbot, window, panel, session, tmp_path):
    window.context.change_setting("see.max_new_tokens", 4)  # nothing that it knows is in these pictures
    session.start(Webcam(synthetic_camera(tmp_path / "camera.json"), capture=CAPTURE))
    painted: set[int] = set()

    def number() -> int:
        frame = panel.view.frame
        if frame is None:
            return 0
        painted.add(decode(frame.pixels)[0])
        return max(painted)

    qtbot.waitUntil(lambda: number() > 0, timeout=LONG_MS)
    asked_at = number()
    asked = session.chat.ask("what is this?")
    qtbot.waitUntil(lambda: number() > asked_at + 5, timeout=LONG_MS)  # it goes on while the model is loaded
    qtbot.waitUntil(lambda: asked.state.is_over, timeout=LONG_MS)
    assert asked.state is TurnState.DONE
    assert decode(asked.frames[0].pixels)[0] in range(asked_at, asked_at + 5)  # the one of the click

    qtbot.keyClick(panel, Qt.Key.Key_Space)
    frozen = decode(session.newest_frame.pixels)[0]
    about = session.chat.ask("what is this?")
    qtbot.waitUntil(lambda: about.state.is_over, timeout=LONG_MS)
    assert decode(about.frames[0].pixels)[0] == frozen == number()
    qtbot.keyClick(panel, Qt.Key.Key_Space)

    qtbot.waitUntil(lambda: number() > frozen + 5, timeout=LONG_MS)
