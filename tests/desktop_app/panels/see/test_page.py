from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

from desktop_app import theme
from desktop_app.canvas.pictures import frame_of
from desktop_app.panels import discover
from desktop_app.panels.see.page import SAMPLE, SeePanel
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.voice_question import VoiceState
from desktop_app.widgets.screen_picker import ScreenPicker
from tests.desktop_app.panels.drops import drop, of_files
from workers.results import CameraNotice, Region
from workers.sources.screenshot import Screenshot

RED, GREEN = (200, 0, 0), (0, 200, 0)
CTRL = Qt.KeyboardModifier.ControlModifier


def until_seen(qtbot, session) -> None:
    qtbot.waitUntil(lambda: session.newest_frame is not None, timeout=20_000)


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    """A key goes to whatever has the focus."""
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def test_the_window_finds_the_page_between_hear_and_history():
    pages = [panel.id for panel in discover()]

    assert pages.index("hear") < pages.index("see") < pages.index("history")


def test_before_the_first_picture_the_page_says_what_to_do(panel):
    empty = panel.stage.empty

    assert empty.isVisible()
    assert not panel.view.isVisible()
    assert empty.start_button.isVisible()
    assert panel.dock.snapshot_button.toolTip() == "There is no picture yet"


def test_under_wayland_the_desktop_asks_what_of_the_screen_is_looked_at(panel, session, monkeypatch):
    looked_at = []
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setattr(session, "_look_at", lambda make: looked_at.append(type(make())))

    panel.look_at("screen")
    panel.look_at("part")

    assert looked_at == [Screenshot, Screenshot]


def test_the_promise_is_made_only_where_no_server_answers(qtbot, panel, context):
    promise = panel.stage.empty.where
    here = promise.text()

    context.change_setting("see.ask_model", "server")
    loopback = promise.text()
    context.change_setting("see.engine_options", {"server": {"address": "http://box.lan:11434/v1"}})

    assert here == "Pictures stay on this machine."
    assert loopback == "Questions and their pictures go to a server on this machine."
    assert promise.text() == "Questions and their pictures go to box.lan."
    qtbot.waitUntil(lambda: promise.text() in panel.ask.empty.text.text(), timeout=20_000)
    context.change_setting("see.ask_model", "")
    assert promise.text() == here


def test_what_is_looked_at_is_saved_and_copied_by_a_right_click(
    qtbot, panel, session, camera, messages, tmp_path, monkeypatch
):
    names = []
    monkeypatch.setattr(
        "desktop_app.panels.see.page.ask_where_to_save",
        lambda _context, _parent, _title, name, _suffix: names.append(name) or tmp_path / "left.png",
    )
    until_seen(qtbot, session)
    session.set_region(Region(0.0, 0.0, 0.5, 1.0))

    at = panel.view.rect().center()
    menu_event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, panel.view.mapToGlobal(at))
    QApplication.sendEvent(panel.view, menu_event)
    (menu,) = (menu for menu in panel.findChildren(QMenu) if menu.isVisible())
    copy, save, _keep, similar = menu.actions()
    copy.trigger()
    save.trigger()
    with qtbot.waitSignal(panel._context.similar_requested) as wanted:
        similar.trigger()
    assert wanted.args[0].shape[1] == session.newest_frame.size[0] // 2
    menu.close()
    qtbot.waitUntil(lambda: len(messages) == 2)

    assert [message.sentence for message in messages] == ["Copied.", "Saved as left.png."]
    assert names == [session.source_name]
    clip = QGuiApplication.clipboard().image()
    for pixels in (frame_of(clip), np.asarray(Image.open(tmp_path / "left.png"))):
        assert pixels.shape == (24, 16, 3)  # half of what the camera shows
        assert (pixels == RED).all()


@pytest.mark.parametrize("verb", ["copy", "ask_save"])
def test_without_a_picture_none_is_copied_nor_saved(panel, messages, verb):
    getattr(panel, verb)()

    assert [message.sentence for message in messages] == ["There is no picture yet"]


def test_the_sample_is_one_click_away(qtbot, panel, session):
    qtbot.mouseClick(panel.stage.empty.sample_button, Qt.MouseButton.LeftButton)
    until_seen(qtbot, session)

    qtbot.waitUntil(panel.view.isVisible)
    assert panel.dock.title.text() == SAMPLE.name
    assert panel.choices.source.currentText() == SAMPLE.name


def test_a_camera_is_painted_as_it_goes(qtbot, panel, session, camera):
    qtbot.waitUntil(panel.view.isVisible)

    frame = camera.show(GREEN)

    qtbot.waitUntil(lambda: panel.view.frame is frame)
    middle = panel.view.rect().center()
    assert panel.view.grab().toImage().pixelColor(middle).toTuple()[:3] == GREEN


def test_space_freezes_and_goes_on(qtbot, window, session, camera):
    panel = window.page("see")
    panel.setFocus()

    press(qtbot, window, Qt.Key.Key_Space)
    assert session.is_frozen
    assert panel.view._badge == "Frozen"
    assert panel.dock.freeze_button.isChecked()
    press(qtbot, window, Qt.Key.Key_Space)

    assert not session.is_frozen
    assert panel.view._badge == ""


def test_f6_freezes_even_while_a_question_is_written(qtbot, window, session, camera):
    window.page("see").ask.field.setFocus()

    press(qtbot, window, Qt.Key.Key_F6)

    assert session.is_frozen


def test_space_is_a_space_in_the_question(qtbot, window, session, camera):
    field = window.page("see").ask.field
    field.setFocus()

    qtbot.keyClicks(field, "a b")

    assert field.toPlainText() == "a b"
    assert not session.is_frozen


def test_a_still_picture_cannot_be_frozen_and_says_so(qtbot, panel, session):
    panel.look_at("sample")
    until_seen(qtbot, session)

    qtbot.waitUntil(lambda: panel.dock.freeze_button.toolTip() == "This picture stands still already")
    assert not panel.dock.freeze_button.isEnabled()


def test_a_part_that_is_marked_is_what_is_looked_at(qtbot, panel, session, camera):
    qtbot.waitUntil(panel.view.isVisible)
    panel.view.region_changed.emit(Region(0.0, 0.0, 0.5, 0.5))
    assert session.region == Region(0.0, 0.0, 0.5, 0.5)
    assert panel.dock.region_button.isChecked()

    panel.dock.toggle_region()

    assert session.region is None
    assert panel.view.region is None


def test_escape_takes_the_part_away_before_it_takes_a_message_away(qtbot, window, session, camera, context):
    panel = window.page("see")
    session.set_region(Region(0.0, 0.0, 0.5, 0.5))
    context.notify("info", "Read me.")
    panel.setFocus()

    press(qtbot, window, Qt.Key.Key_Escape)
    assert session.region is None
    assert window.toast.isVisible()
    press(qtbot, window, Qt.Key.Key_Escape)

    assert not window.toast.isVisible()


def test_notice_keeps_clear_of_what_is_typed_and_of_the_dock(window, context):
    panel = window.page("see")
    composer = panel.ask.composer
    for tab, lower_end in ((0, composer), (1, panel.dock)):
        panel.tabs.setCurrentIndex(tab)
        context.notify("info", "Read me.")

        notice = window.toast.mapTo(window, window.toast.rect().bottomLeft())
        assert notice.y() == lower_end.mapTo(window, lower_end.rect().topLeft()).y() - theme.SPACE_S - 1


def test_mirror_and_turn_change_what_the_camera_gives(qtbot, panel, camera, context):
    qtbot.mouseClick(panel.dock.mirror_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.dock.rotate_button, Qt.MouseButton.LeftButton)

    assert (camera.orientation.is_mirrored, camera.orientation.rotate_deg) == (True, 90)
    for _ in range(3):
        panel.dock.rotate()
    assert camera.orientation.rotate_deg == 0


def test_stop_shows_the_beginning_again(qtbot, panel, session, camera):
    qtbot.waitUntil(panel.view.isVisible)

    panel.dock.toggle()

    qtbot.waitUntil(lambda: session.state is SessionState.IDLE)
    assert panel.stage.empty.isVisible()


def test_a_picture_in_the_clipboard_is_pasted(qtbot, window, session):
    image = QImage(8, 6, QImage.Format.Format_ARGB32)
    image.fill(QColor(*RED))
    QGuiApplication.clipboard().setImage(image)
    window.page("see").setFocus()

    press(qtbot, window, Qt.Key.Key_V, CTRL)
    until_seen(qtbot, session)

    assert session.newest_frame.size == (8, 6)
    assert tuple(session.newest_frame.pixels[0, 0]) == RED
    QGuiApplication.clipboard().clear()


def test_an_empty_clipboard_is_told(panel, messages):
    QGuiApplication.clipboard().setText("words")

    panel.paste()

    assert messages[-1].sentence == "There is no picture in the clipboard."


def test_a_file_that_is_dropped_is_looked_at(qtbot, panel, session, tmp_path):
    Image.new("RGB", (40, 30), GREEN).save(tmp_path / "green.png")
    covered = []

    drop(panel, of_files(tmp_path / "green.png"), before=lambda: covered.append(panel.drop_target.isVisible()))
    until_seen(qtbot, session)

    assert covered == [True]
    assert not panel.drop_target.isVisible()
    assert session.source_name == "green.png"


@pytest.fixture
def pictures(tmp_path) -> list[Path]:
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path in paths:
        Image.new("RGB", (40, 30), GREEN).save(path)
    return paths


def test_several_pictures_that_are_dropped_are_what_the_next_question_is_about(
    qtbot, panel, session, pictures, monkeypatch
):
    monkeypatch.setattr(type(panel.ask), "takes_several", True)
    panel.show_tab(panel.labels)
    pictures[1].write_bytes(b"none")

    drop(panel, of_files(*pictures))
    until_seen(qtbot, session)

    qtbot.waitUntil(lambda: len(session.chat.pending_frames) == 2, timeout=20_000)
    assert session.source_name == "0.png"
    assert panel.ask.pending.isVisible()


def test_of_several_pictures_one_is_shown_where_the_model_takes_no_more(
    qtbot, panel, session, pictures, messages, monkeypatch
):
    monkeypatch.setattr(type(panel.ask), "takes_several", False)

    drop(panel, of_files(*pictures))
    until_seen(qtbot, session)

    assert messages[-1].sentence == "“0.png” is shown, the first of 3."
    assert not session.chat.pending_frames


@pytest.mark.parametrize(("takes_several", "n_waiting"), [(True, 2), (False, 1)])
def test_a_picture_that_is_pasted_into_the_question_joins_it(
    qtbot, panel, session, camera, pictures, takes_several, n_waiting, monkeypatch
):
    monkeypatch.setattr(type(panel.ask), "takes_several", takes_several)
    session.chat.add_frame()

    panel.ask.field.insertFromMimeData(of_files(pictures[0]))

    qtbot.waitUntil(lambda: session.chat.pending_frames[-1].size == (40, 30), timeout=20_000)
    assert len(session.chat.pending_frames) == n_waiting
    assert session.source_name == "Camera"


def test_a_file_is_chosen_in_a_dialog(qtbot, panel, session, tmp_path, monkeypatch):
    Image.new("RGB", (40, 30), GREEN).save(tmp_path / "green.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "green.png"), ""))

    panel.ask_file()
    until_seen(qtbot, session)

    assert session.source_name == "green.png"


def test_what_is_transparent_in_a_pasted_picture_becomes_white():
    image = QImage(3, 2, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    image.setPixelColor(1, 0, QColor(*RED))

    pixels = frame_of(image)

    assert pixels.shape == (2, 3, 3)
    assert tuple(pixels[0, 1]) == RED
    assert np.all(pixels[1] == 255)


def test_the_tab_and_the_readout_are_remembered(panel, context):
    panel.show_tab(panel.labels)
    panel.toggle_readout()

    state = context.settings.window.panel_state
    assert (state["see.tab"], state["see.readout"]) == ("labels", "off")
    assert panel.pages.currentWidget() is panel.labels


def test_a_tab_that_does_not_exist_is_not_opened(qtbot, context):
    context.settings.window.panel_state = {"see.tab": "of the future"}

    panel = SeePanel(context)
    qtbot.addWidget(panel)

    assert panel.pages.currentWidget() is panel.ask


@pytest.mark.parametrize(("size", "is_stacked"), [((960, 640), False), ((584, 430), False), ((600, 900), True)])
def test_a_tall_page_stacks_the_picture_above_the_rest(panel, size, is_stacked):
    panel.resize(*size)

    assert (panel.splitter.orientation() is Qt.Orientation.Vertical) == is_stacked


def test_every_control_has_a_name_and_a_tooltip(panel):
    for kind in (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox):
        for widget in panel.findChildren(kind):
            if widget.objectName().startswith("qt_") or isinstance(
                widget.parent(), QComboBox | QAbstractSpinBox | QTabBar
            ):
                continue
            name = widget.accessibleName() or getattr(widget, "text", str)()
            assert name, widget
            assert widget.toolTip() or isinstance(widget.parent(), QLineEdit), name


def test_every_command_of_the_page_has_a_name_of_its_own_and_no_key_twice(window):
    actions = [action for action in window.page("see").actions() if action.text()]
    keys = [key.toString() for action in [*actions, *window.actions()] for key in action.shortcuts()]

    assert len({action.text() for action in actions}) == len(actions)
    assert len(set(keys)) == len(keys)


def test_f5_stops_and_looks_again_at_what_was_looked_at(qtbot, window, session):
    panel = window.page("see")
    panel.look_at("sample")
    until_seen(qtbot, session)
    panel.setFocus()

    press(qtbot, window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: session.state is SessionState.IDLE)
    press(qtbot, window, Qt.Key.Key_F5)
    until_seen(qtbot, session)

    assert session.source_name == SAMPLE.name


def test_an_address_is_asked_for_and_remembered(panel, session, monkeypatch):
    opened, offered = [], []
    monkeypatch.setattr(session, "open_video", opened.append)

    def answer(*_arguments, text: str) -> tuple[str, bool]:
        offered.append(text)
        return " rtsp://camera.local/1 ", True

    monkeypatch.setattr(QInputDialog, "getText", answer)

    panel.look_at("stream")
    panel.look_at("stream")

    assert opened == ["rtsp://camera.local/1"] * 2
    assert offered == ["", "rtsp://camera.local/1"]


def test_a_part_of_the_screen_is_marked_and_looked_at(qtbot, panel, session, monkeypatch):
    boxes = []
    monkeypatch.setattr(session, "watch_screen", boxes.append)
    panel.look_at("part")
    (picker,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ScreenPicker)]

    qtbot.mousePress(picker, Qt.MouseButton.LeftButton, pos=QPoint(10, 20))
    qtbot.mouseMove(picker, QPoint(110, 220))
    picker.grab()
    qtbot.mouseRelease(picker, Qt.MouseButton.LeftButton, pos=QPoint(110, 220))

    (box,) = boxes
    assert not any(isinstance(widget, ScreenPicker) and widget.isVisible() for widget in QApplication.topLevelWidgets())
    assert (box[2] - box[0], box[3] - box[1]) == (101, 201)


@pytest.mark.parametrize(
    ("condition", "title", "what_to_do", "status"),
    [
        ("away", "The camera is away", "Plug it in", "The camera is away"),
        ("black", "The camera gives nothing but black", "take the cover off", "Nothing but black"),
    ],
)
def test_what_is_wrong_with_a_camera_is_said_over_its_last_picture(
    qtbot, panel, session, camera, condition, title, what_to_do, status
):
    notice = CameraNotice("{name} is not well.", values={"name": "x"}, device_name="Camera", condition=condition)

    session._on_notice(notice)

    qtbot.waitUntil(panel.stage.condition.isVisible)
    assert panel.stage.condition.title.text() == title
    assert what_to_do in panel.stage.condition.text.text()
    assert panel.view._is_dimmed == (condition == "away")
    assert panel.dock.status.text() == status

    session._on_notice(CameraNotice("", device_name="Camera"))

    assert not panel.stage.condition.isVisible()
    assert not panel.view._is_dimmed


def test_stream_that_is_away_asks_nobody_to_plug_it_in(qtbot, panel, session, camera, monkeypatch):
    monkeypatch.setattr(type(session), "is_video", True)

    session._on_notice(CameraNotice("{name} sends no more.", device_name="Camera", condition="away"))

    qtbot.waitUntil(panel.stage.condition.isVisible)
    assert panel.stage.condition.title.text() == panel.dock.status.text() == "The stream is away"


def test_what_could_not_be_opened_is_said_where_the_picture_would_be(qtbot, panel, session, tmp_path):
    (tmp_path / "no.png").write_text("no")

    panel.open_file(tmp_path / "no.png")
    qtbot.waitUntil(lambda: session.state is SessionState.FAILED)

    assert panel.stage.empty.title.text() == "Nothing to see"
    assert "not a picture that can be read" in panel.stage.empty.text.text()


@pytest.mark.parametrize(("name", "sentence"), [("bomb.png", "is too large"), ("cut.jpg", "damaged or cut short")])
def test_a_picture_that_cannot_be_looked_at_is_named_and_the_next_one_is_shown(
    qtbot, panel, session, tmp_path, name, sentence
):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    (tmp_path / "cut.jpg").write_bytes(SAMPLE.read_bytes()[:3000])

    panel.open_file(tmp_path / name)
    qtbot.waitUntil(lambda: session.state is SessionState.FAILED)
    told = panel.stage.empty.text.text()
    panel.open_sample()
    until_seen(qtbot, session)

    assert name in told
    assert sentence in told
    qtbot.waitUntil(panel.view.isVisible)


def test_without_a_camera_other_things_are_offered(panel, session):
    session.cameras_changed.emit([])

    assert panel.stage.empty.title.text() == "No camera"
    assert not panel.stage.empty.start_button.isVisible()
    assert panel.stage.empty.file_button.isVisible()
    assert panel.stage.empty.file_button.property("kind") == "primary"


def test_in_a_narrow_place_only_a_file_is_offered(qtbot, panel, session):
    panel.resize(584, 420)
    session.cameras_changed.emit([])

    empty = panel.stage.empty
    offered = empty.file_button, empty.paste_button, empty.screen_button, empty.sample_button
    assert [button.isVisible() for button in offered] == [True, False, False, False]
    qtbot.waitUntil(lambda: empty.file_button.width() >= empty.file_button.sizeHint().width())


def everything_open(panel, session) -> Iterator[QWidget]:
    """What takes the most room on each tab."""
    session.chat.add_frame()
    panel.ask.field.setPlainText("Which of the two is the larger one, and what would you say is the reason? " * 3)
    session.chat.voice._state = VoiceState.LISTENING
    panel.ask._show_voice()
    yield panel.ask.composer
    session.chat.voice._state = VoiceState.IDLE
    panel.ask._show_voice()
    for tab in (panel.labels, panel.caption):
        panel.show_tab(tab)
        tab.options_button.click()
        yield tab.options
    session.standing.set_on(session.standing.add("Is there a very small dog with a red collar in the garden?"), False)
    panel.show_tab(panel.watch)
    panel.watch.cards[0].options_button.click()
    yield panel.watch.cards[0]


def test_in_the_smallest_window_nothing_is_squeezed(qtbot, qapp, window, session):
    theme.install(qapp, "light")  # whose controls are higher
    panel = window.page("see")
    window.resize(window.minimumSize())
    panel.open_sample()
    until_seen(qtbot, session)

    for place in everything_open(panel, session):
        qtbot.waitUntil(lambda place=place: place.height() >= place.minimumSizeHint().height())
    assert panel.watch.list.widget().width() <= panel.watch.list.viewport().width()


def test_a_snapshot_is_in_the_history_with_what_was_said_about_it(qtbot, window, session, camera, context, messages):
    panel = window.page("see")
    panel.setFocus()
    asked = session.chat.ask("which colour?")
    qtbot.waitUntil(lambda: asked.state.is_over, timeout=20_000)

    with qtbot.waitSignal(session.snapshot_taken, timeout=20_000) as taken:
        press(qtbot, window, Qt.Key.Key_S, CTRL)

    context.history.flush()
    assert [remark.text for remark in context.history.remarks(taken.args[0])] == ["which colour? 200 0 0"]
    assert messages[-1].sentence == "The picture is in the history."
    with qtbot.waitSignal(context.item_requested) as requested:
        messages[-1].action[1]()
    assert requested.args == taken.args
    assert window.current_panel == "history"
