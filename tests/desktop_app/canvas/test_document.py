import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainterPath

from desktop_app.canvas.document import Document, Drawing
from desktop_app.canvas.layers import DRAWN_LAYERS, Layer
from desktop_app.canvas.pictures import frame_of
from desktop_app.canvas.strokes import RecordedStroke, StrokePoint, StrokeStyle, replay
from tests.desktop_app.canvas.pens import pixels
from workers.errors import UsageError
from workers.pictures import rgba_of


def draw(document: Document, *points: tuple[float, float], **style) -> None:
    replay(document, [RecordedStroke(style=StrokeStyle(**style), points=[StrokePoint(*point) for point in points])])


def content(document: Document) -> dict[Layer, bytes]:
    snapshot = document.snapshot()
    return {layer: pixels(snapshot.image(layer)).tobytes() for layer in Layer}


@pytest.mark.parametrize("size", [(8192, 8192), (2049, 10), (0, 5), (5, -1)])
def test_size_that_no_canvas_can_have_is_refused_with_a_sentence(qapp, size):
    with pytest.raises(UsageError, match=rf"cannot have {size[0]} x {size[1]} pixels. Choose from 1 x 1 to 2048"):
        Document(QSize(*size))
    document = Document()
    with pytest.raises(UsageError):
        document.resize(QSize(*size))
    assert document.size == QSize(512, 512)


@pytest.mark.parametrize("side", [1, 96, 255, 257, 2048])
def test_stroke_over_a_canvas_of_any_size_is_drawn_undone_and_done_again(qapp, side):
    document = Document(QSize(side, side))
    blank = content(document)

    draw(document, (-5, -5), (side + 5, side + 5), width_px=3)
    drawn = content(document)
    document.undo()

    assert content(document) == blank != drawn
    document.redo()
    assert content(document) == drawn


def test_every_point_of_a_stroke_is_a_revision_and_its_end_is_told_after_the_last(document, qtbot):
    told = []
    document.revision_changed.connect(told.append)
    document.stroke_began.connect(lambda: told.append("began"))
    document.stroke_ended.connect(lambda: told.append("ended"))

    stroke = document.begin_stroke(StrokeStyle())
    for x in (10, 30, 50):
        stroke.add(StrokePoint(x, 20))
    stroke.finish()

    assert told == ["began", 1, 2, 3, 4, "ended"]
    assert document.revision == 4


def test_ink_in_the_middle_of_a_stroke_is_in_a_snapshot_and_later_ink_is_not(document):
    stroke = document.begin_stroke(StrokeStyle(smoothing=0))
    stroke.add(StrokePoint(50, 50))
    early = document.snapshot()
    stroke.add(StrokePoint(250, 50))
    stroke.finish()

    inked = pixels(early.image(Layer.LINE_ART))[:, :, 3]
    assert inked[50, 50] == 255
    assert not inked[:, 60:].any()
    assert pixels(document.snapshot().image(Layer.LINE_ART))[50, 150, 3] == 255


def test_reference_is_no_revision_of_what_is_drawn_and_told_as_a_layer(document, qtbot):
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    for change in (
        lambda: document.set_reference(image),
        lambda: document.set_visible(Layer.REFERENCE, False),
        lambda: document.move_reference(QRectF(5, 5, 20, 10)),
        document.settle_reference,
        document.undo,
    ):
        with qtbot.waitSignal(document.layers_changed):
            change()

    assert document.revision == 0


def test_areas_of_a_reference_are_scaled_without_mixing_their_colours(document):
    areas = QImage(2, 1, QImage.Format.Format_RGB32)
    areas.setPixelColor(0, 0, QColor("#780000"))
    areas.setPixelColor(1, 0, QColor("#04c803"))
    document.set_reference(areas)

    def colours(image):
        found = pixels(image)
        return len(np.unique(found[found[:, :, 3] > 0], axis=0))

    assert colours(document.snapshot().image(Layer.REFERENCE, is_smooth=False)) == 2
    assert colours(document.snapshot().image(Layer.REFERENCE)) > 2


def test_hidden_lines_are_a_revision_when_there_are_any(document):
    document.set_visible(Layer.LINE_ART, False)
    assert document.revision == 0
    draw(document, (10, 10))
    before = document.revision

    document.set_visible(Layer.LINE_ART, False)

    assert document.revision == before + 1


def test_drawing_on_a_hidden_layer_shows_it(document):
    document.set_visible(Layer.COLOR, False)

    draw(document, (10, 10), layer=Layer.COLOR)

    assert document.is_visible(Layer.COLOR)


def test_what_is_taken_back_on_a_hidden_layer_is_seen(document):
    draw(document, (10, 10))
    document.replace(Drawing(document.size, {}, hidden=frozenset({Layer.LINE_ART})))
    assert not document.is_visible(Layer.LINE_ART)

    document.undo()

    assert document.is_visible(Layer.LINE_ART)


def test_hand_that_goes_on_after_its_shape_was_taken_back_draws_nothing_more(document):
    edit = document.begin_edit(Layer.LINE_ART, QColor("black"))
    path = QPainterPath(QPointF(20, 20))
    path.lineTo(200, 150)
    edit.set_path(path, 6)
    document.undo()

    edit.set_path(path, 6)
    edit.ink_line(np.array([[20.0, 20.0, 3.0, 1.0], [200.0, 20.0, 3.0, 1.0]], np.float32))
    edit.add_pixels(np.ones((document.size.height(), document.size.width()), bool))
    edit.commit()

    assert document.is_blank
    draw(document, (200, 150), (210, 150))
    assert not pixels(document.snapshot().image(Layer.LINE_ART))[:140, :180, 3].any()


def test_reference_that_was_put_down_where_it_was_is_the_same_one_and_no_step(document):
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    document.set_reference(image, QRectF(5, 5, 30, 20))
    document.undo()
    document.redo()
    draw(document, (10, 10))
    document.undo()
    reference = document.reference

    for x in (9, 5):
        document.move_reference(QRectF(x, 5, 30, 20))
    document.settle_reference()

    assert document.reference is reference
    assert document.can_redo


def test_see_through_stroke_does_not_darken_where_it_crosses_itself(document):
    draw(document, (20, 20), (200, 150), (200, 20), (20, 150), opacity=0.5, width_px=20, smoothing=0)

    assert pixels(document.snapshot().image(Layer.LINE_ART))[:, :, 3].max() == 128


def test_cancelled_stroke_leaves_no_trace_and_no_step(document):
    draw(document, (10, 10), (90, 90))
    before = content(document)

    stroke = document.begin_stroke(StrokeStyle(width_px=40))
    stroke.add(StrokePoint(20, 20))
    stroke.add(StrokePoint(200, 100))
    stroke.cancel()

    assert content(document) == before
    assert len(document.undo_stack.done) == 1
    draw(document, (150, 150), width_px=2)  # nothing of the cancelled ink comes back with the next
    assert pixels(document.snapshot().image(Layer.LINE_ART))[100, 200, 3] == 0


def test_erasing_where_nothing_is_makes_no_step(document):
    draw(document, (10, 10))

    draw(document, (200, 100), (250, 150), erases=True)

    assert len(document.undo_stack.done) == 1


def test_eraser_takes_ink_away_and_leaves_no_empty_tiles(document):
    draw(document, (50, 50), (60, 60))
    draw(document, (0, 0), (150, 150), erases=True, width_px=300)

    assert document.is_empty(Layer.LINE_ART)


def test_undo_in_the_middle_of_a_stroke_takes_that_stroke_back(document):
    blank = content(document)
    stroke = document.begin_stroke(StrokeStyle())
    stroke.add(StrokePoint(20, 20))

    document.undo()

    assert not stroke.is_open
    assert content(document) == blank
    assert document.can_redo


def test_clear_is_one_step_for_all_layers(document):
    draw(document, (10, 10))
    draw(document, (20, 20), layer=Layer.COLOR)
    document.set_reference(QImage(10, 10, QImage.Format.Format_RGB32))
    before = content(document)

    document.clear()
    assert all(document.is_empty(layer) for layer in Layer)
    document.undo()

    assert content(document) == before


def test_clear_of_one_layer_leaves_the_others(document):
    draw(document, (10, 10))
    draw(document, (20, 20), layer=Layer.COLOR)

    document.clear(Layer.LINE_ART)

    assert document.is_empty(Layer.LINE_ART)
    assert not document.is_empty(Layer.COLOR)


def test_resize_scales_the_drawing_and_can_be_undone(document):
    draw(document, (0, 100), (300, 100), width_px=40)
    document.set_reference(QImage(300, 200, QImage.Format.Format_RGB32))
    before = content(document)

    document.resize(QSize(150, 150))

    assert pixels(document.snapshot().image(Layer.LINE_ART))[75, 75, 3] == 255
    assert pixels(document.snapshot().image(Layer.LINE_ART))[20, 75, 3] == 0
    assert document.reference.rect == QRectF(0, 25, 150, 100)
    document.undo()
    assert document.size == QSize(300, 200)
    assert content(document) == before


def test_reference_that_is_dragged_is_one_step(document):
    document.set_reference(QImage(30, 20, QImage.Format.Format_RGB32))
    before = document.reference.rect

    for x in range(10):
        document.move_reference(QRectF(x, 0, 30, 20))
    document.settle_reference()

    assert len(document.undo_stack.done) == 2
    document.undo()
    assert document.reference.rect == before


def test_picture_of_a_layer_is_painted_within_the_canvas_and_undone(document):
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    image.fill(QColor("#00ff00"))

    document.paint_image(image, Layer.COLOR, QRectF(-50, -50, 100, 100))

    drawn = pixels(document.snapshot().image(Layer.COLOR))
    assert drawn[49, 49].tolist() == [0, 255, 0, 255]
    assert not drawn[51:, :, 3].any()
    document.undo()
    assert document.is_empty(Layer.COLOR)


def test_selection_ends_at_the_edge_and_becomes_a_mask(document):
    path = QPainterPath()
    path.addRect(QRectF(250, 150, 500, 500))
    document.set_selection(path)

    mask = document.snapshot().selection_mask()

    assert document.selection.boundingRect() == QRectF(250, 150, 50, 50)
    assert mask.pixelColor(299, 199).red() == 255
    assert mask.pixelColor(249, 160).red() == 0
    assert Document().snapshot().selection_mask().pixelColor(0, 0).red() == 255  # all of it


def ellipse() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QRectF(60, 40, 180, 130))  # over six tiles
    return path


def fill_everything(document: Document, layer: Layer = Layer.COLOR, **how) -> None:
    edit = document.begin_edit(layer, QColor("#ff0000"), **how)
    whole = QPainterPath()
    whole.addRect(QRectF(document.rect))
    edit.set_path(whole, 0.0, is_filled=True)
    edit.commit()


@pytest.mark.parametrize(
    "act",
    [
        fill_everything,
        lambda document: draw(document, (-100, 100), (500, 100), layer=Layer.COLOR, color="#ff0000", width_px=300),
        lambda document: document.fill(QPoint(150, 100), QColor("#ff0000")),
    ],
    ids=["shape", "stroke", "fill"],
)
def test_ink_and_fills_stay_within_the_selection_as_soft_as_its_edge(document, act):
    document.set_selection(ellipse())

    act(document)

    alpha = pixels(document.snapshot().image(Layer.COLOR))[..., 3].astype(int)
    selected = pixels(document.snapshot().selection_mask().convertToFormat(QImage.Format.Format_RGB32))[..., 0]
    assert 0 < selected[40:170, 60:240].mean() < 255
    assert abs(alpha - selected).max() <= 1
    document.undo()
    assert document.is_empty(Layer.COLOR)


def test_eraser_and_emptying_stay_within_the_selection(document):
    fill_everything(document)
    document.set_selection(ellipse())
    selected = pixels(document.snapshot().selection_mask().convertToFormat(QImage.Format.Format_RGB32))[..., 0]

    fill_everything(document, erases=True)
    erased = pixels(document.snapshot().image(Layer.COLOR))
    document.undo()
    document.clear_selected(Layer.COLOR)
    emptied = pixels(document.snapshot().image(Layer.COLOR))

    assert abs(erased[..., 3] - (255.0 - selected)).max() <= 1
    assert (emptied == erased).all()


def test_stroke_beside_the_selection_draws_nothing_and_is_no_step(document):
    document.set_selection(ellipse())

    draw(document, (10, 10), (40, 20))

    assert document.is_blank
    assert not document.can_undo


def test_part_has_a_border_that_is_soft_on_its_inside():
    document = Document(QSize(256, 256))
    path = QPainterPath()
    path.addRect(QRectF(0, 10, 100, 50))
    path.addRect(QRectF(150, 10, 2, 50))
    document.set_selection(path)

    mask = rgba_of(document.snapshot().selection_picture())[..., 0]

    assert mask[30, [0, 50, 95, 96, 97, 98, 99, 100]].tolist() == [255, 255, 255, 255, 191, 127, 63, 0]
    assert mask[[9, 10, 11], 50].tolist() == [0, 63, 127]
    assert mask[30, 149:153].tolist() == [0, 63, 63, 0]


def test_thin_part_is_made_anew_all_the_same():
    document = Document(QSize(512, 512))
    path = QPainterPath()
    path.addRect(QRectF(150, 10, 3, 50))
    document.set_selection(path)

    mask = rgba_of(document.snapshot().selection_picture())[..., 0]

    assert mask[30, 149:154].tolist() == [0, 127, 255, 127, 0]


def test_selection_without_area_selects_nothing(document):
    path = QPainterPath(QPointF(5, 5))
    path.lineTo(80, 5)

    document.set_selection(path)

    assert document.selection is None


def test_color_is_what_is_seen_at_a_pixel(document):
    draw(document, (50, 50), layer=Layer.COLOR, color="#3366cc", width_px=20)

    assert document.color_at(QPoint(50, 50)).name() == "#3366cc"
    assert document.color_at(QPoint(100, 100)).name() == "#ffffff"
    assert document.color_at(QPoint(300, 0)) is None


point = st.tuples(st.floats(-50, 350), st.floats(-50, 250), st.floats(0, 1), st.floats(0, 5000))
style = st.builds(
    StrokeStyle,
    layer=st.sampled_from(DRAWN_LAYERS),
    color=st.sampled_from(["#000000", "#c04020", "#ffffff"]),
    width_px=st.floats(0.5, 120),
    opacity=st.floats(0, 1),
    erases=st.booleans(),
    pressure_to_opacity=st.booleans(),
    speed_taper=st.booleans(),
    smoothing=st.floats(0, 1),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.tuples(style, st.lists(point, min_size=1, max_size=6)), st.booleans()), max_size=12))
def test_whatever_is_drawn_undo_and_redo_give_the_same_bytes(qapp, actions):
    document = Document(QSize(300, 200))
    states = [content(document)]
    for action in actions:
        if isinstance(action, bool):
            (document.undo if action else document.redo)()
            continue
        replay(document, [RecordedStroke(style=action[0], points=[StrokePoint(*one) for one in action[1]])])
    states = [content(document)]
    while document.can_undo:
        document.undo()
        states.append(content(document))
    assert all(not any(picture) for picture in states[-1].values())

    for expected in reversed(states[:-1]):
        document.redo()
        assert content(document) == expected


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(style, st.lists(point, min_size=1, max_size=6))
def test_ink_stays_within_what_is_told_to_have_changed(qapp, how, points):
    document = Document(QSize(300, 200))
    draw(document, (0, 0), (300, 200), layer=Layer.COLOR, width_px=90)
    draw(document, (300, 0), (0, 200), width_px=90)
    before = content(document)
    told = np.zeros((200, 300), bool)

    def note(area: QRect) -> None:
        told[max(0, area.top()) : area.bottom() + 1, max(0, area.left()) : area.right() + 1] = True

    document.changed.connect(note)
    replay(document, [RecordedStroke(style=how, points=[StrokePoint(*one) for one in points])])

    for layer, old in before.items():
        differs = (np.frombuffer(old, np.uint8) != np.frombuffer(content(document)[layer], np.uint8)).reshape(
            200, 300, 4
        )
        assert not (differs.any(axis=2) & ~told).any()


def test_equal_strokes_give_equal_bytes_whatever_was_undone_in_between(qapp):
    first, second = Document(), Document()
    strokes = [((5.5, 9.1), (300.2, 280.9), (90, 400)), ((100, 100), (101, 400))]
    for points in strokes:
        draw(first, *points)
    draw(second, (400, 20), (20, 400))
    second.undo()
    for points in strokes:
        draw(second, *points)
        second.undo()
        second.redo()

    assert first.snapshot().line_picture() == second.snapshot().line_picture()


@pytest.mark.parametrize(("color", "mode"), [("#000000", "L"), ("#c01010", "RGB")])
def test_lines_for_a_model_are_one_channel_where_they_have_no_color(document, color, mode):
    draw(document, (10, 10), (90, 60), color=color)
    snapshot = document.snapshot()

    with Image.open(io.BytesIO(snapshot.line_picture().png)) as opened:
        seen = np.asarray(opened.convert("RGB"))
        assert opened.mode == mode

    assert (seen == frame_of(snapshot.line_art())).all()
