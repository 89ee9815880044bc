import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QImage, QKeySequence, QPainterPath
from PySide6.QtWidgets import QAbstractButton, QMenu, QSlider, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.canvas.document import Document
from desktop_app.canvas.files import CanvasFiles
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from desktop_app.canvas.tool_popovers import WIDTH_STEPS, step_of, width_at
from desktop_app.canvas.toolbar import CanvasToolbar
from desktop_app.canvas.tools import Tool, ToolBox, ToolChoices
from desktop_app.canvas.view import CanvasView
from desktop_app.main_window import MainWindow
from tests.desktop_app.canvas.pens import mouse_drag, pixels


@pytest.fixture
def page(qtbot, qapp, context) -> QWidget:
    theme.install(qapp, "light")
    page = QWidget()
    qtbot.addWidget(page)
    page.view = CanvasView(Document(QSize(300, 200)))
    page.toolbar = CanvasToolbar(page.view, CanvasFiles(page.view, context))
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(page.toolbar)
    column.addWidget(page.view, 1)
    page.resize(1000, 600)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    page.view.setFocus()
    yield page
    qapp.setStyleSheet("")


@pytest.fixture
def view(page) -> CanvasView:
    return page.view


@pytest.fixture
def toolbar(page) -> CanvasToolbar:
    return page.toolbar


def draw(document: Document) -> None:
    stroke = document.begin_stroke(StrokeStyle())
    stroke.add(StrokePoint(50, 50))
    stroke.finish()


KEYS = {
    "B": Tool.BRUSH,
    "E": Tool.ERASER,
    "L": Tool.LINE,
    "R": Tool.RECTANGLE,
    "O": Tool.ELLIPSE,
    "G": Tool.FILL,
    "I": Tool.EYEDROPPER,
    "M": Tool.SELECT_RECTANGLE,
    "Q": Tool.SELECT_LASSO,
    "H": Tool.PAN,
}


@pytest.mark.parametrize("letter", KEYS)
def test_letter_takes_its_tool(qtbot, view, letter):
    view.box.choose(tool=Tool.ERASER if letter == "B" else Tool.BRUSH)

    qtbot.keyClick(view, getattr(Qt.Key, f"Key_{letter}"))

    assert view.box.tool is KEYS[letter]


def test_every_command_has_a_key_of_its_own_that_neither_window_nor_pages_have(qtbot, toolbar, context):
    window = MainWindow(context)
    qtbot.addWidget(window)
    assert window.panels
    own = [*toolbar.commands, *toolbar._files.actions]
    keys = [sequence.toString() for action in own for sequence in action.shortcuts()]
    of_window = {sequence.toString() for action in window.actions() for sequence in action.shortcuts()}

    assert all(action.shortcuts() for action in own)
    assert len(keys) == len(set(keys))
    assert not of_window & set(keys)


def test_keys_of_the_canvas_leave_a_text_field_alone(qtbot, page, view):
    from PySide6.QtWidgets import QLineEdit

    prompt = QLineEdit(page)
    page.layout().addWidget(prompt)
    page.addActions(page.toolbar.commands)
    prompt.setFocus()

    qtbot.keyClicks(prompt, "big egg, 12")

    assert prompt.text() == "big egg, 12"
    assert view.box.tool is Tool.BRUSH


def test_undo_and_redo_by_key(qtbot, view):
    draw(view.document)

    qtbot.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert view.document.is_empty(Layer.LINE_ART)
    qtbot.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)

    assert not view.document.is_empty(Layer.LINE_ART)


def test_brackets_change_the_width_in_steps_that_grow(qtbot, view):
    view.box.set_width(100)
    qtbot.keyClick(view, Qt.Key.Key_BracketRight)
    assert view.box.width_px == 130
    for _ in range(2):
        qtbot.keyClick(view, Qt.Key.Key_BracketLeft)

    assert view.box.width_px == 80


def test_lines_colours_and_the_eraser_have_a_width_and_colours_each(view):
    box = view.box
    box.set_width(3)
    box.choose(layer=Layer.COLOR)
    box.set_width(60)
    box.set_color(QColor("#00ff00"))
    box.choose(tool=Tool.ERASER)
    box.set_width(20)

    box.choose(tool=Tool.BRUSH, layer=Layer.LINE_ART)

    assert (box.width_px, box.color.name()) == (3, "#000000")
    box.choose(layer=Layer.COLOR)
    assert (box.width_px, box.color.name()) == (60, "#00ff00")


def test_swap_takes_the_colour_behind_and_brings_the_other_back(qtbot, view):
    first, second = view.box.colors

    qtbot.keyClick(view, Qt.Key.Key_X)
    assert view.box.colors == (second, first)
    qtbot.keyClick(view, Qt.Key.Key_X)

    assert view.box.colors == (first, second)


def test_black_and_white_are_one_key_away(qtbot, view):
    view.box.choose(line_art_colors=("#123456", "#654321"))

    qtbot.keyClick(view, Qt.Key.Key_D)

    assert view.box.colors == ("#000000", "#ffffff")


def test_fill_shows_the_colour_of_the_colour_layer(toolbar, view):
    view.box.choose(tool=Tool.FILL)

    assert toolbar.colors_action.isChecked()
    assert view.box.color.name() == view.box.choices.color_colors[0]
    assert view.box.choices.layer is Layer.LINE_ART  # the brush goes on with lines


@pytest.mark.parametrize("width", [260, 400, 552, 700, 1000, 1600])
def test_parts_that_are_shown_have_room_and_the_rest_is_in_the_menu(page, toolbar, width):
    page.resize(width, 400)
    toolbar.layout().activate()
    shown = [item for item in toolbar._items if not item.widget.isHidden()]
    menu = toolbar.more_menu()
    offered = set(menu.actions())

    assert sum(item.widget.width() for item in shown) <= width
    if width > 400:  # narrower, the window is never
        assert [item for item in shown if item.widget.width() < item.widget.sizeHint().width()] == []
    for item in toolbar._items:
        assert item in shown or set(item.actions) <= offered
    menu.close()


def test_what_is_needed_most_has_room_in_the_narrowest_window(page, toolbar):
    page.resize(552, 400)

    for part in (toolbar.width_button, toolbar.color_button, toolbar.layer_switch, toolbar.layers_button):
        assert not part.isHidden()
    assert toolbar.width_slider.isHidden()


def test_every_control_has_a_tip_a_name_and_can_be_reached_by_key(toolbar):
    controls = [
        control
        for kind in (QAbstractButton, QSlider)
        for control in (*toolbar.findChildren(kind), *toolbar.layers_popover.findChildren(kind))
    ]

    assert len(controls) > 30
    for control in controls:
        assert control.toolTip()
        assert control.accessibleName() or control.text()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_disabled_command_says_why(toolbar, view):
    assert not toolbar.undo_action.isEnabled()
    assert "Nothing was drawn yet." in toolbar.undo_action.toolTip()

    draw(view.document)

    assert toolbar.undo_action.isEnabled()
    assert toolbar.undo_action.toolTip() == "Undo (Ctrl+Z)"


def test_flyout_takes_the_tool_used_last_and_offers_the_others_at_the_second_click(qtbot, toolbar, view):
    view.box.choose(tool=Tool.ELLIPSE)
    view.box.choose(tool=Tool.BRUSH)

    toolbar.shapes_button.click()
    assert view.box.tool is Tool.ELLIPSE
    toolbar.shapes_button.click()

    (menu,) = toolbar.shapes_button.findChildren(QMenu)
    assert menu.isVisible()
    menu.close()
    assert toolbar.shapes_button.isChecked()


def test_layers_are_hidden_emptied_and_made_clear_in_the_popover(toolbar, view):
    document = view.document
    draw(document)
    document.set_reference(QImage(10, 10, QImage.Format.Format_RGB32))
    popover = toolbar.layers_popover

    for layer in Layer:
        assert popover.rows[layer].eye.toolTip() == "Hide"
        popover.rows[layer].eye.click()
        assert document.hidden == {layer}
        assert popover.rows[layer].eye.toolTip() == "Show"
        popover.rows[layer].eye.click()
        assert not document.hidden
    popover.opacity.slider.setValue(20)
    assert document.reference_opacity == 0.2
    popover.rows[Layer.LINE_ART].empty.click()
    assert document.is_empty(Layer.LINE_ART)
    assert not popover.rows[Layer.LINE_ART].empty.isEnabled()
    assert popover.rows[Layer.LINE_ART].empty.toolTip() == "Nothing is on it."


def test_picture_below_becomes_the_colours_where_it_lies_in_one_step(toolbar, view):
    document = view.document
    picture = QImage(10, 10, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    document.set_reference(picture, QRectF(100, 50, 60, 60))
    document.set_visible(Layer.COLOR, False)

    toolbar.layers_popover.use_as_colors.click()

    colors = document.snapshot().image(Layer.COLOR)
    assert [colors.pixelColor(*at).name() for at in ((102, 52), (157, 107))] == ["#ff0000"] * 2
    assert [colors.pixelColor(*at).alpha() for at in ((97, 52), (163, 107))] == [0, 0]
    assert document.is_visible(Layer.COLOR)
    document.undo()
    assert document.is_empty(Layer.COLOR)


def test_brush_popover_chooses(toolbar, view):
    popover = toolbar.brush_popover
    popover.opacity.slider.setValue(40)
    popover.smoothing.slider.setValue(0)
    popover.pressure_to_width.switch.click()
    popover.finger_draws.switch.click()
    popover.width_row.slider.setValue(WIDTH_STEPS)

    choices = view.box.choices
    assert (choices.opacity, choices.smoothing, choices.pressure_to_width, choices.finger) == (0.4, 0.0, False, "pan")
    assert view.box.width_px == 300


def test_width_slider_reaches_every_width_it_shows():
    widths = [width_at(step) for step in range(WIDTH_STEPS + 1)]

    assert (widths[0], widths[-1]) == (1, 300)
    assert widths == sorted(widths)
    assert all(width_at(step_of(width)) == width for width in widths)


def test_color_picker_by_number_mouse_and_keys(qtbot, toolbar, view):
    view.box.choose(layer=Layer.COLOR)
    picker = toolbar.color_popover.picker
    toolbar.color_popover.open_below(toolbar.color_button)

    picker._number.clear()
    qtbot.keyClicks(picker._number, "3f7fd0")
    assert view.box.color.name() == "#3f7fd0"
    qtbot.mouseClick(picker._field, Qt.MouseButton.LeftButton, pos=QPoint(picker._field.width() - 1, 0))
    assert view.box.color.hsvSaturationF() > 0.98
    before = view.box.color.hsvHueF()
    qtbot.keyClick(picker._hues, Qt.Key.Key_Right)
    assert view.box.color.hsvHueF() == pytest.approx(before + 0.02, abs=0.01)
    toolbar.color_popover.close()


def test_grey_keeps_the_hue_for_the_way_back(toolbar, view):
    view.box.choose(layer=Layer.COLOR)
    picker = toolbar.color_popover.picker
    view.box.set_color(QColor("#2244cc"))
    hue = picker._field.hue

    picker._field.moved.emit(QPointF(0, 0.5))
    picker._field.moved.emit(QPointF(1, 0))

    assert view.box.color.hsvHueF() == pytest.approx(hue, abs=0.01)


def test_choices_are_kept_from_one_start_to_the_next():
    box = ToolBox()
    box.choose(tool=Tool.FILL, smoothing=0.7, layer=Layer.COLOR)
    box.note_color()
    again = ToolBox()

    again.restore(box.state())
    assert again.choices == box.choices
    for broken in ("", "[]", '{"tool": "hammer"}'):
        again.restore(broken)

    assert again.choices == box.choices
    assert ToolChoices().recent_colors == ()


def test_canvas_size_is_chosen_in_the_menu(toolbar, view):
    menu = toolbar.more_menu()
    (size,) = [action for sub in menu.findChildren(QMenu) for action in sub.actions() if action.text() == "512 × 768"]
    size.trigger()
    menu.close()

    assert view.document.size == QSize(512, 768)


def test_clear_by_key_empties_the_layer_in_hand_only(qtbot, toolbar, view):
    draw(view.document)
    view.box.choose(layer=Layer.COLOR)

    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert not view.document.is_empty(Layer.LINE_ART)
    qtbot.keyClick(view, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)

    assert view.document.is_empty(Layer.LINE_ART)


def test_clear_by_key_empties_what_is_selected_only(qtbot, toolbar, view):
    draw(view.document)
    view.document.paint_image(filled(view.document.size), Layer.COLOR)
    left = QPainterPath()
    left.addRect(0, 0, 100, 200)
    view.document.set_selection(left)
    view.box.choose(layer=Layer.COLOR)

    qtbot.keyClick(view, Qt.Key.Key_Delete)

    alpha = pixels(view.document.snapshot().image(Layer.COLOR))[:, :, 3]
    assert (alpha[:, :100] == 0).all()
    assert (alpha[:, 100:] == 255).all()
    assert not view.document.is_empty(Layer.LINE_ART)
    view.document.undo()
    assert (pixels(view.document.snapshot().image(Layer.COLOR))[:, :, 3] == 255).all()


def filled(size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor("#3f7fd0"))
    return image


def test_zoom_is_shown_and_chosen(qtbot, toolbar, view):
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert toolbar.zoom_button.text() == "100 %"

    qtbot.keyClick(view, Qt.Key.Key_Plus)

    assert toolbar.zoom_button.text() == "125 %"
    qtbot.keyClick(view, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert toolbar.zoom_button.text() == "100 %"


def test_mirrored_canvas_is_drawn_on_where_it_is_seen(qtbot, toolbar, view):
    left = view.to_widget(QPointF(30, 100))
    qtbot.keyClick(view, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert view.to_canvas(left).x() == pytest.approx(270, abs=1)
    assert "mirrored" in toolbar.zoom_button.accessibleName()

    mouse_drag(view, [(left.x(), left.y()), (left.x() + 5, left.y())])

    alpha = pixels(view.document.snapshot().image(Layer.LINE_ART))[:, :, 3]
    assert not alpha[:, :150].any()
    assert alpha[100, 268] == 255
    seen = pixels(view.grab().toImage())
    assert tuple(seen[round(left.y()), round(left.x()) + 2, :3]) == (0, 0, 0)
    qtbot.keyClick(view, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert view.to_canvas(left).x() == pytest.approx(30, abs=1)


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_canvas_turns_clockwise_and_zooms_at_the_pointer_in_a_mirror_too(view, is_mirrored):
    view.set_mirrored(is_mirrored)
    at = QPointF(200, 150)
    held = view.to_canvas(at)
    middle = view.to_widget(QPointF(150, 100))
    above = view.to_canvas(middle - QPointF(0, 50))

    view.turn_by(90, middle)

    assert (view.to_widget(above) - middle - QPointF(50, 0)).manhattanLength() < 2
    view.turn_by(-90, middle)
    view.zoom_by(2, at)
    assert (view.to_canvas(at) - held).manhattanLength() < 2


def test_commands_have_texts_for_the_palette(toolbar):
    assert all(isinstance(action, QAction) and action.text() for action in toolbar.commands)
    assert QKeySequence("Ctrl+Y") in toolbar.redo_action.shortcuts()
