import contextlib
import errno
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QFocusEvent, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QMessageBox
from shiboken6 import delete

from desktop_app.canvas import autosave, files
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.pictures import image_of
from desktop_app.panels.draw import DrawPanel
from desktop_app.panels.draw.results_strip import MADE_ROLE
from desktop_app.sessions import voice_question
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.sketch_session import Made
from desktop_app.sessions.voice_question import VoiceState
from desktop_app.settings import Settings
from tests.desktop_app.panels.draw.conftest import PLAN
from tests.desktop_app.panels.drops import drop, of_files
from tests.desktop_app.sessions.vision.conftest import ScriptedMicrophone, speech  # noqa: F401
from tests.scripted_engine import scripted
from workers.engines.sketch.schedulers import MOST_STEPS, SCHEDULERS
from workers.errors import EngineError
from workers.png_settings import png_with_settings, read_settings
from workers.results import (
    GeneratedImage,
    Progress,
    SketchEnded,
    SketchJob,
    SketchRequest,
    SketchStep,
    StepPreview,
    VideoFrame,
)


@pytest.fixture
def microphone(session, speech, monkeypatch) -> None:  # noqa: F811
    """Says something, which is heard as "A red cat."."""
    monkeypatch.setattr(voice_question, "speech_spec", lambda *_: scripted("ears", words=(" A", " red", " cat.")))
    monkeypatch.setattr(session.voice, "_microphone", lambda: ScriptedMicrophone(speech))


def made(qtbot, session, act):
    with qtbot.waitSignal(session.picture_ready, timeout=20_000) as caught:
        act()
    return caught.args[0].image


def test_stroke_of_the_mouse_becomes_a_live_picture(qtbot, context, panel, session):
    panel.prompt_bar.live.setChecked(True)
    middle = panel.canvas.rect().center()

    def stroke() -> None:
        qtbot.mousePress(panel.canvas, Qt.MouseButton.LeftButton, pos=middle)
        for x in range(5):
            qtbot.mouseMove(panel.canvas, middle + QPoint(6 * x, 2 * x))
        qtbot.mouseRelease(panel.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(30, 10))

    image = made(qtbot, session, stroke)

    assert [control.kind for control in image.request.controls] == ["scribble"]
    qtbot.waitUntil(lambda: panel.picture.view.image.width() == PLAN.final.width)


def test_the_picture_lies_below_the_drawing_while_it_forms_and_is_no_part_of_it(qtbot, context, panel, session):
    context.change_setting("draw.prompt", "a red cat")
    made(qtbot, session, session.generate)
    empty = session.document.snapshot().flattened()

    panel.toolbar.underlay_action.trigger()
    assert panel.canvas._underlay == panel.picture.view.image
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        session.generate()
    assert panel.canvas._underlay == panel.picture.view.image
    panel.toolbar.underlay_action.trigger()

    assert panel.canvas._underlay is None
    assert session.document.snapshot().flattened() == empty


def test_words_are_taken_when_the_hands_rest(qtbot, panel, context):
    qtbot.keyClicks(panel.prompt_bar.prompt, "a red cat")

    qtbot.waitUntil(lambda: context.settings.draw.prompt == "a red cat")


@pytest.mark.parametrize(
    ("field_of", "name"),
    [(lambda panel: panel.prompt_bar.prompt, "prompt"), (lambda panel: panel.options.negative, "negative_prompt")],
    ids=["prompt", "negative"],
)
def test_words_are_taken_at_once_when_the_keys_leave_them(qtbot, panel, context, field_of, name):
    field = field_of(panel)
    qtbot.keyClicks(field, "a red cat")

    QApplication.sendEvent(field, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))

    assert getattr(context.settings.draw, name) == "a red cat"


def test_enter_makes_a_picture_where_none_follows_the_pen(qtbot, panel, session):
    def enter() -> None:
        qtbot.keyClicks(panel.prompt_bar.prompt, "a cat")
        qtbot.keyClick(panel.prompt_bar.prompt, Qt.Key.Key_Return)

    assert made(qtbot, session, enter).request.prompt == "a cat"
    assert panel.picture.view.accessibleDescription() == "a cat"  # what a screen reader has of it


def test_in_a_small_window_results_stand_beside_the_picture(qtbot, panel, session, draw):
    draw()
    made(qtbot, session, panel.prompt_bar.generate)
    panel.resize(580, 400)
    assert not panel.strip.isVisible()

    panel.tabs.setCurrentIndex(1)

    qtbot.waitUntil(lambda: panel.strip.x() > panel.picture.geometry().right())
    strip, index = panel.strip, panel.strip.model().index(0, 0)
    qtbot.waitUntil(lambda: strip.viewport().rect().contains(strip.visualRect(index)))
    panel.resize(1000, 640)
    qtbot.waitUntil(lambda: strip.y() > panel.splitter.geometry().bottom() and strip.height() < 120)


def test_variations_fill_the_strip(qtbot, panel, session, draw):
    draw()

    panel.prompt_bar.variations_button.click()
    qtbot.waitUntil(lambda: len(session.results) == 4, timeout=20_000)

    assert panel.strip.isVisible()
    assert panel.strip.model().rowCount() == 4
    assert panel.strip.current.image is session.results[-1].image  # the history may have told its number meanwhile


def test_canvas_stays_where_it_is_when_pictures_come(qtbot, context, panel, session, draw):
    context.settings.draw.variations = 16
    before = panel.canvas.geometry()
    draw()

    panel.prompt_bar.variations_button.click()
    qtbot.waitUntil(lambda: len(session.results) == 16, timeout=20_000)
    qtbot.waitUntil(panel.strip.horizontalScrollBar().isVisible)

    assert panel.canvas.geometry() == before


def test_more_pictures_than_fit_leave_room_for_the_scroll_bar(qtbot, context, panel, session, draw):
    context.settings.draw.variations = 8
    draw()
    panel.prompt_bar.variations_button.click()
    qtbot.waitUntil(lambda: len(session.results) == 8, timeout=20_000)
    strip = panel.strip
    height = strip.height()

    panel.resize(560, 640)
    qtbot.waitUntil(strip.horizontalScrollBar().isVisible)

    index = strip.model().index(0, 0)
    qtbot.waitUntil(lambda: strip.visualRect(index).bottom() <= strip.viewport().height())
    panel.resize(1000, 640)
    qtbot.waitUntil(lambda: strip.height() == height)


@pytest.mark.parametrize("engine", [{"load": "wait"}])
def test_model_that_loads_is_told_where_the_picture_comes(qtbot, context, panel, session, draw):
    panel.prompt_bar.live.setChecked(True)

    qtbot.waitUntil(lambda: panel.picture.view.empty_text == "Waiting\n50%", timeout=20_000)
    panel.prompt_bar.set_prompt("a cat")
    draw()
    panel.prompt_bar.live.setChecked(False)
    panel.prompt_bar.live.setChecked(True)

    assert panel.prompt_bar.status.text() == "Waiting"
    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()
    assert panel.picture.view.empty_text == "The picture forms here while you draw."


@pytest.mark.parametrize("engine", [{"load": "wait"}])
def test_pictures_that_wait_for_the_model_are_told_and_cancelled(qtbot, panel, session, draw):
    bar = panel.prompt_bar
    qtbot.waitUntil(lambda: session.loading is not None, timeout=20_000)
    draw()
    assert not bar.cancel_button.isEnabled()

    bar.generate_button.click()
    bar.generate_button.click()

    assert bar.cancel_button.isEnabled()
    assert bar.status.text() == "2 picture(s) wait  ·  Waiting"
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not bar.cancel_button.isEnabled()
    assert bar.status.text() == "Waiting"


def test_model_that_could_not_be_loaded_for_a_picture_loads_no_longer(qtbot, panel, session):
    qtbot.waitUntil(lambda: session.plan is not None, timeout=20_000)
    job = SketchJob(1, 1, "ordered", SketchRequest())
    session._on_result(job)
    session._on_result(Progress(0.4, "Loading Stable Diffusion"))
    assert panel.picture.view.empty_text == "Loading Stable Diffusion\n40%"
    assert panel.prompt_bar.status.text() == "Loading Stable Diffusion"

    session._on_result(SketchEnded(job, False, EngineError("It does not fit.")))

    assert panel.picture.view.empty_text == "The picture forms here while you draw."
    assert panel.prompt_bar.status.text() == "It did not work. The message above says why."


def test_page_that_is_gone_is_told_nothing(qtbot, context, session):
    page = DrawPanel(context)
    delete(page)

    image = GeneratedImage(np.zeros((8, 8, 3), np.uint8), SketchRequest(), 0.1)
    session.load_progressed.emit(None)
    session.job_changed.emit(None)
    session.state_changed.emit(SessionState.IDLE)
    session.picture_ready.emit(Made(image, 1))
    session.drawing.opened.emit()
    session.plan_changed.emit()
    session.reference_map.changed.emit()
    session.document.clear(Layer.LINE_ART)
    context.change_setting("draw.eta", 0.5)
    context.change_setting("draw.loras", {"ink": 0.5})


def test_nobody_is_told_to_draw_who_has_drawn(panel, session, draw):
    session.set_live(True)
    assert panel.prompt_bar.status.text() == "Draw something, and a picture follows."
    session.set_live(False)

    draw()

    assert panel.prompt_bar.status.text() == "Press Generate."


@pytest.mark.parametrize("engine", [{"latency_s": 0.1}])
def test_light_is_lit_while_a_picture_is_made(qtbot, panel, session, draw):
    draw()
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        panel.prompt_bar.generate_button.click()

    assert panel.prompt_bar.light.is_busy
    assert panel.prompt_bar.cancel_button.isEnabled()
    assert "left" in panel.prompt_bar.status.text()
    qtbot.waitUntil(lambda: session.job is None, timeout=20_000)
    assert not panel.prompt_bar.light.is_busy


@pytest.mark.parametrize("engine", [{"latency_s": 0.1}])
def test_escape_cancels(qtbot, panel, session, draw):
    draw()
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        panel.prompt_bar.generate_button.click()

    qtbot.keyClick(panel, Qt.Key.Key_Escape)

    qtbot.waitUntil(lambda: session.job is None)
    assert session.newest is None
    qtbot.waitUntil(lambda: panel.picture.view.image.isNull())


@pytest.mark.parametrize("engine", [{"latency_s": 0.1}])
def test_picture_that_is_given_up_leaves_its_place_to_the_finished_one(qtbot, context, panel, session, draw):
    draw()
    finished = made(qtbot, session, session.generate)
    context.change_setting("draw.seed", 200)
    with qtbot.waitSignal(session.previewed, timeout=20_000):
        session.generate()
    assert panel.picture.is_preview

    session.cancel()

    qtbot.waitUntil(lambda: panel.picture.view.image == image_of(finished.pixels), timeout=20_000)


def test_preview_stays_from_one_live_picture_to_the_next(qtbot, panel, session):
    job, following = (SketchJob(n, n, "live", SketchRequest()) for n in (1, 2))
    session._on_result(job)
    session._on_result(SketchStep(job, StepPreview(np.zeros((8, 8, 3), np.uint8), 1, 4, 0.1)))

    session._on_result(SketchEnded(job, False))
    assert panel.picture.given_up.isActive()
    session._on_result(following)

    assert not panel.picture.given_up.isActive()
    assert not panel.picture.view.image.isNull()


def test_seed_that_is_not_kept_is_another_one_each_time(qtbot, context, panel, session, draw):
    draw()
    context.change_setting("draw.is_seed_locked", False)

    first = made(qtbot, session, panel.prompt_bar.generate)
    second = made(qtbot, session, panel.prompt_bar.generate)

    assert first.request.seed != second.request.seed


def test_starter_is_named_as_one_with_the_way_to_more(qtbot, context, panel, session):
    qtbot.waitUntil(lambda: session.plan is not None)
    panel.options_button.setChecked(True)

    assert panel.options.starter_note.isVisible()


def test_control_without_a_model_cannot_be_chosen(qtbot, panel, session):
    qtbot.waitUntil(lambda: session.plan is not None)
    rows = {panel.options.control.itemData(row): row for row in range(panel.options.control.count())}

    assert panel.options.control.model().item(rows["scribble"]).isEnabled()
    assert not panel.options.control.model().item(rows["canny"]).isEnabled()
    assert panel.options.control.model().item(rows["canny"]).toolTip()


@pytest.mark.parametrize("engine", [{"latency_s": 0.05}])
def test_time_that_is_left_is_told_while_a_picture_is_made(qtbot, panel, session, draw):
    draw()
    said = []
    session.previewed.connect(lambda _: said.append(panel.prompt_bar.status.text()))

    made(qtbot, session, lambda: session.vary(2))
    made(qtbot, session, lambda: None)

    assert said[0] == "Picture 1 of 2: 0.1 s left"
    assert said[-1] == "Picture 2 of 2: 0.1 s left"


def test_picture_is_saved_where_somebody_says_with_all_that_made_it(
    qtbot, context, panel, session, draw, tmp_path, monkeypatch
):
    answers, names = [None, tmp_path / "cat.png"], []

    def ask_where_to_save(_context, _parent, _title, name, _suffix):
        names.append(name)
        return answers.pop(0)

    monkeypatch.setattr("desktop_app.panels.draw.page.ask_where_to_save", ask_where_to_save)
    panel.ask_save()  # nothing is there yet: nobody is asked
    draw()
    panel.prompt_bar.set_prompt("a cat")
    image = made(qtbot, session, panel.prompt_bar.generate)
    panel.ask_save()  # and nothing was chosen
    assert (answers, names) == ([tmp_path / "cat.png"], ["a cat"])

    with qtbot.waitSignal(context.message_posted, timeout=20_000) as caught:
        panel.picture.save_button.click()

    assert "cat.png" in caught.args[0].sentence
    assert read_settings(tmp_path / "cat.png") == image.request
    assert [path.name for path in tmp_path.glob("*.png")] == ["cat.png"]


def test_saved_picture_brings_its_settings_back_when_dropped(qtbot, context, panel, session, draw, tmp_path):
    draw()
    context.change_setting("draw.prompt", "a cat")
    request = made(qtbot, session, panel.prompt_bar.generate).request
    with qtbot.waitSignal(context.message_posted, timeout=20_000):
        panel.save_picture(panel.picture.shown, tmp_path / "cat.png")
    assert read_settings(tmp_path / "cat.png").prompt == "a cat"
    context.change_setting("draw.prompt", "")
    session.document.clear()

    with qtbot.waitSignal(session.document.revision_changed, timeout=20_000):
        panel.canvas.files_dropped.emit([tmp_path / "cat.png"])

    assert context.settings.draw.prompt == "a cat"
    assert panel.prompt_bar.prompt.text() == "a cat"
    assert made(qtbot, session, panel.prompt_bar.generate).request == request


def test_other_picture_is_laid_below_when_dropped(qtbot, panel, session, tmp_path):
    from PIL import Image

    Image.new("RGB", (20, 10), "red").save(tmp_path / "photo.png")

    with qtbot.waitSignal(session.document.layers_changed, timeout=20_000):
        panel.canvas.files_dropped.emit([tmp_path / "photo.png"])

    assert not session.document.is_empty(Layer.REFERENCE)


def test_copied_picture_is_in_the_clipboard(qtbot, panel, session, draw):
    draw()
    made(qtbot, session, panel.prompt_bar.generate)

    panel.copy_picture()

    assert QGuiApplication.clipboard().image().size() == panel.picture.view.image.size()


def test_strip_is_emptied_and_the_picture_stays(qtbot, panel, session, draw):
    draw()
    image = made(qtbot, session, panel.prompt_bar.generate)

    panel.strip.menu_requested.emit(session.results[0], panel.mapToGlobal(QPoint(0, 0)))
    (menu,) = (menu for menu in panel.findChildren(QMenu) if menu.isVisible())
    menu.actions()[-1].trigger()
    menu.close()

    assert panel.strip.model().rowCount() == 0
    assert panel.picture.shown is image


def test_tools_are_as_they_were_at_the_next_start(qtbot, context, panel):
    panel.canvas.box.choose(line_art_width_px=17.0, pressure_to_opacity=True, smoothing=0.8)
    panel.canvas.box.set_color(QColor("#123456"))
    context.save_settings()

    context.settings.window.panel_state = Settings.load(context.paths.settings_file).window.panel_state
    again = DrawPanel(context)
    qtbot.addWidget(again)

    assert again.canvas.box.choices == panel.canvas.box.choices
    assert again.toolbar.width_button.text() == "17 px"


def test_escape_goes_from_the_words_back_to_the_canvas(qtbot, panel):
    panel.activateWindow()
    panel.focus_prompt()

    qtbot.keyClick(panel.prompt_bar.prompt, Qt.Key.Key_Escape)

    assert panel.focusWidget() is panel.canvas


def test_arrow_keys_leaf_through_the_pictures(qtbot, panel, session, draw):
    draw()
    panel.prompt_bar.variations_button.click()
    qtbot.waitUntil(lambda: len(session.results) == 4, timeout=20_000)
    oldest, second, *_ = session.results
    panel.strip.setFocus()

    qtbot.keyClick(panel.strip, Qt.Key.Key_End)
    assert panel.picture.shown is oldest.image
    qtbot.keyClick(panel.strip, Qt.Key.Key_Left)

    assert panel.picture.shown is second.image


def test_right_click_copies_the_picture_that_it_is_on(qtbot, panel, session, draw, messages):
    draw()
    older = made(qtbot, session, panel.prompt_bar.generate)
    session.document.clear()
    draw(Layer.COLOR)
    newer = made(qtbot, session, panel.prompt_bar.generate)
    older, newer = image_of(older.pixels), image_of(newer.pixels)
    assert older != newer

    for widget, image, at in (
        (panel.strip.viewport(), older, panel.strip.visualRect(panel.strip.model().index(1, 0)).center()),
        (panel.picture.view, newer, panel.picture.view.rect().center()),
    ):
        QApplication.sendEvent(
            widget,
            QContextMenuEvent(
                QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at), Qt.KeyboardModifier.NoModifier
            ),
        )
        (menu,) = (menu for menu in panel.findChildren(QMenu) if menu.isVisible())
        menu.actions()[0].trigger()
        menu.close()

        assert QGuiApplication.clipboard().image().convertToFormat(image.format()) == image
        assert messages[-1].sentence == "Copied."


def kept(qtbot, context, session, panel) -> tuple[GeneratedImage, int]:
    """A picture that is in the strip and in the history."""
    image = made(qtbot, session, panel.prompt_bar.generate)
    qtbot.waitUntil(lambda: session.results[-1].item_id is not None, timeout=20_000)
    return image, session.results[-1].item_id


def shown_in(strip) -> list[GeneratedImage]:
    model = strip.model()
    return [model.index(row, 0).data(MADE_ROLE).image for row in range(model.rowCount())]


def chosen(panel, image: GeneratedImage, text: str):
    (action,) = (action for action in panel._menu_of(image).actions() if action.text() == text)
    return action


def test_picture_of_the_strip_is_shown_and_pinned_in_the_history(qtbot, context, panel, session, draw):
    draw()
    image, item_id = kept(qtbot, context, session, panel)

    with qtbot.waitSignal(context.item_requested) as wanted:
        chosen(panel, image, "Show it in the history").trigger()
    chosen(panel, image, "Pin it in the history").trigger()
    context.history.flush()

    assert wanted.args == [item_id]
    assert context.history.item(item_id).is_pinned


def pin(qtbot, context, panel, image, messages) -> None:
    chosen(panel, image, "Pin it in the history").trigger()
    qtbot.waitUntil(lambda: any("Pinned" in message.sentence for message in messages), timeout=20_000)
    context.history.flush()


def assert_only_pinned(context, session) -> None:
    (item,) = context.history.items()
    assert item.is_pinned
    assert item.id == session.results[-1].item_id


def test_picture_that_the_history_has_not_is_put_there_to_be_pinned(qtbot, context, panel, session, draw, messages):
    context.change_setting("history.is_private", True)
    draw()
    image = made(qtbot, session, panel.prompt_bar.generate)
    assert not chosen(panel, image, "Pin it in the history").isEnabled()
    context.change_setting("history.is_private", False)

    pin(qtbot, context, panel, image, messages)

    assert_only_pinned(context, session)


def test_picture_on_its_way_into_the_history_is_pinned_and_kept_once(qtbot, context, panel, session, draw, messages):
    draw()
    image = made(qtbot, session, panel.prompt_bar.generate)
    assert session.results[-1].item_id is None

    pin(qtbot, context, panel, image, messages)

    assert_only_pinned(context, session)


def test_picture_of_the_strip_is_deleted_unless_that_is_taken_back(qtbot, context, panel, session, draw):
    draw()
    image, _ = kept(qtbot, context, session, panel)

    chosen(panel, image, "Delete").trigger()
    assert panel.strip.current is None
    panel.undo_bar.button.click()
    assert panel.strip.current.image is image
    qtbot.keyClick(panel.strip, Qt.Key.Key_Delete)
    assert not session.document.is_blank  # the key is not the canvas's here
    panel.undo_bar.delete_now()

    qtbot.waitUntil(lambda: context.history.count() == 0, timeout=20_000)
    assert list(session.results) == []
    assert panel.undo_bar.isHidden()


def test_picture_that_the_history_has_not_is_brought_back_to_its_place(qtbot, context, panel, session, draw):
    context.change_setting("history.is_private", True)
    draw()
    image = made(qtbot, session, panel.prompt_bar.generate)
    newer = made(qtbot, session, panel.prompt_bar.vary)
    assert not chosen(panel, image, "Show it in the history").isEnabled()

    chosen(panel, image, "Delete").trigger()
    assert image not in shown_in(panel.strip)
    panel.undo_bar.button.click()

    assert shown_in(panel.strip)[-1] is image
    assert newer in shown_in(panel.strip)
    chosen(panel, image, "Delete").trigger()
    panel.undo_bar.delete_now()
    assert image not in [made.image for made in session.results]


@pytest.mark.parametrize("is_taken_back", [True, False])
def test_picture_that_is_deleted_before_the_history_has_it(
    qtbot, context, panel, session, draw, is_taken_back, tmp_path
):
    draw()
    with contextlib.closing(sqlite3.connect(tmp_path / "history" / "history.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        image = made(qtbot, session, panel.prompt_bar.generate)
        panel.discard(image)
        if is_taken_back:
            panel.undo_bar.button.click()
        else:
            panel.undo_bar.delete_now()
    if is_taken_back:
        qtbot.waitUntil(lambda: session.results[-1].item_id is not None, timeout=20_000)
    else:
        with qtbot.waitSignal(context.items_deleted, timeout=20_000):
            pass
        qtbot.waitUntil(lambda: not context._jobs, timeout=20_000)

    assert context.history.count() == (1 if is_taken_back else 0)


def test_strip_that_was_emptied_is_brought_back_and_loses_nothing_newer(qtbot, context, panel, session, draw):
    context.change_setting("history.is_private", True)
    draw()
    older = made(qtbot, session, panel.prompt_bar.generate)

    panel.empty_strip()
    assert shown_in(panel.strip) == []
    panel.undo_bar.button.click()
    assert shown_in(panel.strip) == [older]
    panel.empty_strip()
    newer = made(qtbot, session, panel.prompt_bar.generate)
    assert shown_in(panel.strip) == [newer]
    panel.undo_bar.delete_now()

    assert [made.image for made in session.results] == [newer]
    assert shown_in(panel.strip) == [newer]


def test_picture_of_the_camera_needs_a_camera(qtbot, context, panel):
    with qtbot.waitSignal(context.message_posted) as caught:
        panel.take_camera()

    assert "camera shows nothing" in caught.args[0].sentence


def test_picture_of_the_camera_is_laid_below(qtbot, context, panel, session, monkeypatch):
    frame = VideoFrame(np.full((30, 40, 3), (200, 10, 20), np.uint8), 1, 0.0)
    monkeypatch.setattr(type(context.sessions.vision), "newest_frame", property(lambda vision: frame))

    panel.take_camera()

    assert session.document.reference.image.pixelColor(5, 5).getRgb()[:3] == (200, 10, 20)


def box_of(panel) -> tuple[QMessageBox, dict[str, QAbstractButton]]:
    (box,) = panel.findChildren(QMessageBox)
    return box, {button.text(): button for button in box.buttons()}


@pytest.fixture
def full(monkeypatch, session, draw):
    """A disk that takes nothing of a drawing any more."""

    def refuse(_file, _data) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    draw()
    monkeypatch.setattr(autosave._File, "append", refuse)


def test_drawing_that_cannot_be_written_is_asked_about_before_the_window_closes(qtbot, panel, full):
    closed = []

    assert panel.ask_before_close(lambda: closed.append(1))
    box, buttons = box_of(panel)
    assert "The disk is full" in box.text()
    buttons["Stay"].click()
    assert not closed
    qtbot.waitUntil(lambda: not panel.findChildren(QMessageBox))
    assert panel.ask_before_close(lambda: closed.append(1))
    box_of(panel)[1]["Close without it"].click()

    assert closed
    assert not panel.ask_before_close(lambda: None)


def test_drawing_that_cannot_be_written_is_saved_elsewhere_before_the_window_closes(
    qtbot, panel, full, monkeypatch, tmp_path
):
    monkeypatch.setattr(files, "ask_where_to_save", lambda *_, **__: tmp_path / "elsewhere.ora")
    closed = []
    assert panel.ask_before_close(lambda: closed.append((tmp_path / "elsewhere.ora").exists()))

    box_of(panel)[1]["Save elsewhere…"].click()

    qtbot.waitUntil(lambda: closed == [True])


def test_new_drawing_is_begun_with_a_key_and_from_the_menu_of_the_canvas(qtbot, panel, session, draw):
    draw()
    (action,) = (one for one in panel.toolbar.more_menu().actions() if one.text() == "New drawing")

    qtbot.keyClick(panel.canvas, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)

    assert session.document.is_blank
    assert action in panel.actions()


def test_result_is_laid_below_as_the_next_reference(qtbot, panel, session, draw):
    draw()
    made(qtbot, session, panel.prompt_bar.generate)

    panel.picture.reference_button.click()

    reference = session.document.reference.image
    assert reference.pixelColor(5, 5) == panel.picture.view.image.pixelColor(5, 5)


def test_result_becomes_the_colours_in_the_place_where_it_is_drawn_on(panel, session):
    pixels = np.zeros((64, 32, 3), np.uint8)
    pixels[16:48, :16] = (255, 0, 0)  # of what lies on a square canvas, the left half
    menu = panel._menu_of(GeneratedImage(pixels, SketchRequest(model="scripted"), 0.0))
    (take,) = (action for action in menu.actions() if action.text() == "Take over as colours")

    take.trigger()

    colors = session.document.snapshot().image(Layer.COLOR)
    places = ((4, 4), (28, 60), (36, 4), (60, 60))
    assert [colors.pixelColor(*at).name() for at in places] == ["#ff0000", "#ff0000", "#000000", "#000000"]
    session.document.undo()
    assert session.document.is_empty(Layer.COLOR)


def test_result_is_made_twice_as_large_with_a_button(qtbot, panel, session, draw):
    draw()
    image = made(qtbot, session, panel.prompt_bar.generate)

    large = made(qtbot, session, panel.picture.upscale_button.click)

    assert large.pixels.shape[:2] == (2 * image.pixels.shape[0], 2 * image.pixels.shape[1])


def test_kept_picture_is_made_again_whatever_is_set_now(qtbot, context, panel, session, draw):
    draw()
    first = made(qtbot, session, panel.prompt_bar.generate)
    session.document.clear()
    context.change_setting("draw.prompt", "something else")
    panel._on_result_menu(session.results[0], panel.mapToGlobal(QPoint(0, 0)))
    (menu,) = (menu for menu in panel.findChildren(QMenu) if menu.isVisible())
    (again,) = (action for action in menu.actions() if action.text() == "Make it again")

    second = made(qtbot, session, again.trigger)
    menu.close()

    assert second.request == first.request


def test_style_adds_its_words(qtbot, context, panel, session, draw):
    draw()
    context.change_setting("draw.prompt", "a cat")
    choice = panel.prompt_bar.style_choice
    choice.activated.emit(choice.findData("watercolour"))

    assert "watercolo" in made(qtbot, session, panel.prompt_bar.generate).request.prompt
    assert context.settings.draw.prompt == "a cat"


@pytest.mark.parametrize("where", ["page", "canvas"])
def test_picture_with_settings_is_dropped_anywhere_on_the_page(qtbot, context, panel, where, tmp_path):
    (tmp_path / "cat.png").write_bytes(png_with_settings(np.zeros((8, 8, 3), np.uint8), SketchRequest(prompt="a cat")))

    drop(panel if where == "page" else panel.canvas, of_files(tmp_path / "cat.png"))

    qtbot.waitUntil(lambda: context.settings.draw.prompt == "a cat", timeout=20_000)


def test_wheel_scrolls_the_options_and_changes_none(qtbot, context, panel):
    panel.options_button.setChecked(True)
    steps = panel.options.steps
    before = context.settings.draw.num_inference_steps

    QCoreApplication.sendEvent(
        steps,
        QWheelEvent(
            QPointF(5, 5), QPointF(steps.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip

    assert context.settings.draw.num_inference_steps == before


def level_at_the_left(panel) -> int:
    """The red of what is shown at the left, or all over."""
    view = panel.picture.view
    return view.grab().toImage().pixelColor(view.picture_rect.adjusted(4, 4, 0, 0).topLeft().toPoint()).red()


def test_picture_before_can_be_compared_with(qtbot, context, panel, session, draw):
    draw()
    first = made(qtbot, session, session.generate)
    assert not panel.picture.compare_button.isEnabled()
    context.change_setting("draw.seed", 200)
    made(qtbot, session, session.generate)  # its previews were shown before it

    panel.picture.compare_button.click()

    assert level_at_the_left(panel) == first.request.seed


def test_picture_that_is_chosen_again_is_compared_with_the_one_before(qtbot, context, panel, session, draw):
    draw()
    first = made(qtbot, session, session.generate)
    context.change_setting("draw.seed", 200)
    made(qtbot, session, session.generate)

    panel.strip.clicked.emit(panel.strip.currentIndex())
    panel.picture.compare_button.click()

    assert level_at_the_left(panel) == first.request.seed


def test_any_two_pictures_are_compared_and_the_line_moves_with_the_keys(qtbot, panel, session, draw):
    draw()
    panel.prompt_bar.vary()
    qtbot.waitUntil(lambda: len(session.results) == 4, timeout=20_000)
    view = panel.picture.view
    seed = session.results[0].image.request.seed % 256

    panel.picture.compare_with(session.results[0].image)

    assert panel.picture.compare_button.isChecked()
    assert level_at_the_left(panel) == seed
    for _ in range(12):
        qtbot.keyClick(view, Qt.Key.Key_Left)
    assert level_at_the_left(panel) == panel.picture.shown.request.seed % 256
    panel.picture.compare_button.click()
    assert not view.is_comparing


def test_keys_of_the_picture_are_not_the_canvas_s_while_it_has_the_focus(qtbot, panel, session, draw):
    draw()
    made(qtbot, session, session.generate)
    panel.canvas.zoom_to(3.0)
    panel.canvas.box.choose(layer=Layer.COLOR)
    panel.picture.view.setFocus()

    qtbot.keyClick(panel.picture.view, Qt.Key.Key_1)
    qtbot.keyClick(panel.picture.view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)

    assert panel.canvas.zoom == 3.0
    assert panel.canvas.box.choices.layer is Layer.COLOR
    assert panel.picture.view.zoom == "fit"


def test_picture_that_is_dragged_out_is_also_a_file_that_brings_its_settings_back(qtbot, context, panel, session, draw):
    context.change_setting("draw.prompt", "a cat: red/green?")
    draw()
    image = made(qtbot, session, panel.prompt_bar.generate)

    data = panel.dragged()

    (url,) = data.urls()
    path = Path(url.toLocalFile())
    assert path.name == f"a cat red green {image.request.seed}.png"
    assert read_settings(path) == image.request
    assert QImage(data.imageData()).size() == panel.picture.view.image.size()


def test_picture_of_private_mode_is_dragged_out_without_a_file(qtbot, context, panel, session, draw):
    draw()
    made(qtbot, session, panel.prompt_bar.generate)
    context.change_setting("history.is_private", True)

    data = panel.dragged()

    assert data.hasImage()
    assert not data.hasUrls()


def test_line_between_drawing_and_picture_stays_where_it_was_dragged_to(qtbot, context, panel):
    before = panel.splitter.sizes()
    assert min(before) > 150

    panel.splitter.moveSplitter(before[0] + 100, 1)
    again = DrawPanel(context)
    qtbot.addWidget(again)
    again.resize(panel.size())
    again.show()

    assert again.splitter.sizes() == panel.splitter.sizes() != before


def test_lists_that_may_read_alike_have_titles_beside_them(panel):
    panel.options_button.click()
    options = panel.options
    titles = {label.text(): label.buddy() for label in options.findChildren(QLabel) if label.buddy() is not None}

    for title, choice in (("Size", options.picture_size), ("Sampler", options.scheduler), ("Decoding", options.vae)):
        assert titles[title] is choice
        assert choice.accessibleName() == title
    assert options.widget().width() == options.viewport().width()  # nothing is pushed out of sight


def test_fresh_noise_is_offered_where_the_sampler_takes_it(context, panel, session):
    eta = panel.options.eta
    assert eta.isEnabled()  # of the model's own sampler it is not known
    for name in SCHEDULERS:
        context.change_setting("draw.scheduler", name)
        assert eta.isEnabled() is (name in ("ddim", "ddim-trailing", "tcd"))
        assert "DDIM" in eta.toolTip()  # which do


def test_lines_say_when_there_is_no_net_for_them(context, panel, session):
    note = panel.options.lines_note
    session._take_plan(PLAN)
    assert note.isHidden()

    session._take_plan(replace(PLAN, controls={"canny": "edges"}))
    assert "Exact edges" in note.text()
    assert not note.isHidden()
    context.change_setting("draw.control", "canny")
    assert note.isHidden()

    session._take_plan(replace(PLAN, controls={}))
    assert "do not steer" in note.text()
    context.change_setting("draw.control", "")
    assert note.isHidden()


def test_sampler_that_cannot_draw_with_the_model_is_not_offered(context, panel, session):
    session._take_plan(replace(PLAN, unfit_schedulers=("heun",)))

    samplers = panel.options.scheduler
    items = {samplers.itemData(row): samplers.model().item(row) for row in range(samplers.count())}
    assert [name for name, item in items.items() if not item.isEnabled()] == ["heun"]
    assert items["heun"].toolTip() == "This sampler cannot draw with the model that is chosen"


def test_as_many_steps_can_be_chosen_as_are_drawn(qtbot, context, panel, session, draw):
    draw()
    panel.options.steps.setValue(10 * MOST_STEPS)

    assert panel.options.steps.value() == MOST_STEPS
    assert made(qtbot, session, panel.prompt_bar.generate).request.num_inference_steps == MOST_STEPS


def test_size_that_suits_follows_the_canvas(panel, session):
    session._take_plan(PLAN)
    assert panel.options.picture_size.itemText(0) == "32 × 32 (best)"

    session.document.resize(QSize(128, 64))

    assert panel.options.picture_size.itemText(0) == "48 × 24 (best)"


def test_size_that_is_chosen_is_shown(qtbot, context, panel):
    panel.options_button.setChecked(True)
    combo = panel.options.picture_size
    assert combo.currentIndex() == 0

    context.change_setting("draw.width", 512)
    context.change_setting("draw.height", 768)
    assert combo.currentText() == "512 × 768"
    context.change_setting("draw.height", 700)
    assert combo.currentText() == "512 × 700"
    context.change_setting("draw.height", 512)

    assert combo.currentText() == "512 × 512"
    assert combo.findText("512 × 700") < 0


def test_narrow_page_shows_canvas_and_picture_in_turns(qtbot, panel):
    panel.resize(560, 440)

    assert panel.canvas.isVisible()
    assert not panel.picture.isVisible()
    panel.tabs.setCurrentIndex(1)
    assert panel.picture.isVisible()
    assert not panel.canvas.isVisible()


@pytest.mark.parametrize("engine", [{"load": "missing"}])
def test_missing_model_is_said_and_live_switches_off(qtbot, context, panel, session, draw):
    context.messages = []
    context.message_posted.connect(context.messages.append)
    panel.prompt_bar.live.setChecked(True)

    draw()

    qtbot.waitUntil(lambda: not panel.prompt_bar.live.isChecked(), timeout=20_000)
    assert session.state is SessionState.FAILED
    assert any("not installed" in message.sentence for message in context.messages)


def test_what_other_tools_wrote_is_taken_over(qtbot, context, panel, session, tmp_path):
    request = SketchRequest(prompt="a tower", num_inference_steps=7, seed=5)
    (tmp_path / "tower.png").write_bytes(png_with_settings(np.zeros((8, 8, 3), np.uint8), request))

    panel.canvas.files_dropped.emit([tmp_path / "tower.png"])

    qtbot.waitUntil(lambda: context.settings.draw.prompt == "a tower", timeout=20_000)
    assert context.settings.draw.num_inference_steps == 7


def test_spoken_words_say_what_to_draw(qtbot, context, panel, session, microphone):
    qtbot.mousePress(panel.prompt_bar.voice_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.voice.state is VoiceState.LISTENING, timeout=20_000)
    assert panel.prompt_bar.prompt.isReadOnly()

    qtbot.mouseRelease(panel.prompt_bar.voice_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: context.settings.draw.prompt.startswith("A red cat"), timeout=20_000)
    assert panel.prompt_bar.prompt.text() == context.settings.draw.prompt
    assert not panel.prompt_bar.prompt.isReadOnly()


def test_escape_forgets_what_is_being_spoken(qtbot, context, panel, session, microphone):
    session.begin_voice()
    qtbot.waitUntil(lambda: session.voice.state is VoiceState.LISTENING, timeout=20_000)

    qtbot.keyClick(panel, Qt.Key.Key_Escape)

    assert session.voice.state is VoiceState.IDLE
    assert context.settings.draw.prompt == ""


def test_the_list_of_models_leads_to_the_options_of_their_engine(qtbot, panel, context):
    models = panel.options.model
    panel.options.refresh_models()
    qtbot.waitUntil(lambda: models.count() > 0, timeout=20_000)
    chosen = models.currentIndex()

    with qtbot.waitSignal(context.options_requested) as requested:
        models.activated.emit(models.findText("Engine options…"))

    assert requested.args == ["draw", "stable-diffusion"]
    assert models.currentIndex() == chosen


def test_words_for_a_part_say_what_becomes_of_them(qtbot, context, panel, session, draw):
    session.set_live(True)
    made(qtbot, session, draw)
    qtbot.waitUntil(lambda: session.job is None)
    session.document.select_all()

    panel.prompt_bar.set_prompt("a hat")

    assert "for what is selected" in panel.prompt_bar.status.text()
