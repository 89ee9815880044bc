import pytest
from PySide6.QtCore import QPoint, Qt

from desktop_app import theme
from desktop_app.widgets import label_bars
from desktop_app.widgets.label_bars import LabelBars


@pytest.fixture
def bars(qtbot):
    bars = LabelBars()
    qtbot.addWidget(bars)
    bars.resize(300, 300)
    bars.set_labels(["a cat", "a dog", "a cup"], has_none=True, is_editable=True)
    bars.show()
    return bars


@pytest.fixture
def still(monkeypatch):
    monkeypatch.setattr(theme.theme(), "reduce_motion", True)


def shown(bars: LabelBars) -> dict[str, float]:
    return {row.label: row.shown for row in bars._shown_rows}


def test_labels_keep_their_order_until_the_first_scores(bars):
    assert bars.order == ["a cat", "a dog", "a cup", "none of these"]


def test_the_first_scores_are_shown_at_once_surest_first(bars):
    bars.set_scores([("a dog", 0.7), ("a cat", 0.1), ("a cup", 0.0)], 0.2)

    assert bars.order == ["a dog", "none of these", "a cat", "a cup"]
    assert shown(bars)["a dog"] == 0.7


def test_later_scores_are_glided_to(qtbot, bars):
    bars.set_scores([("a dog", 1.0), ("a cat", 0.0), ("a cup", 0.0)], 0.0)

    bars.set_scores([("a dog", 0.0), ("a cat", 1.0), ("a cup", 0.0)], 0.0)

    assert shown(bars)["a dog"] == 1.0
    qtbot.waitUntil(lambda: 0.0 < shown(bars)["a dog"] < 1.0)
    qtbot.waitUntil(lambda: shown(bars)["a cat"] > 0.95)


def test_who_wants_less_motion_sees_the_newest_scores_at_once(bars, still):
    bars.set_scores([("a dog", 1.0), ("a cat", 0.0), ("a cup", 0.0)], 0.0)

    bars.set_scores([("a dog", 0.0), ("a cat", 1.0), ("a cup", 0.0)], 0.0)

    assert shown(bars)["a cat"] == 1.0
    assert bars.order[0] == "a cat"


def test_near_ties_do_not_swap_places(qtbot, bars, monkeypatch):
    monkeypatch.setattr(label_bars, "RANKED_EVERY_S", 0.0)
    bars.set_scores([("a cat", 0.52), ("a dog", 0.48), ("a cup", 0.0)], 0.0)

    bars.set_scores([("a cat", 0.49), ("a dog", 0.51), ("a cup", 0.0)], 0.0)
    for _ in range(3):
        bars._on_tick()

    assert bars.order[:2] == ["a cat", "a dog"]
    bars.set_scores([("a cat", 0.1), ("a dog", 0.9), ("a cup", 0.0)], 0.0)
    qtbot.waitUntil(lambda: bars.order[:2] == ["a dog", "a cat"])


def test_labels_that_stay_keep_their_scores(bars):
    bars.set_scores([("a dog", 0.7), ("a cat", 0.1), ("a cup", 0.0)], 0.2)

    bars.set_labels(["a dog", "a tree"], has_none=True, is_editable=True)

    assert shown(bars) == {"a dog": 0.7, "a tree": 0.0, "none of these": 0.2}


def test_classes_of_a_model_come_and_go(bars):
    bars.set_labels([])
    bars.set_scores([("frog", 0.9), ("toad", 0.1)])

    bars.set_scores([("frog", 0.8), ("newt", 0.2)])

    assert [row.label for row in bars._rows] == ["frog", "newt"]


def test_the_button_of_a_bar_takes_its_label_out(qtbot, bars):
    row = bars._rows[1]
    place = bars._rect_of(row).center().toPoint()
    qtbot.mouseMove(bars.viewport(), place)

    with qtbot.waitSignal(bars.removed) as removed:
        qtbot.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=bars._button_of(row).center().toPoint())

    assert removed.args == ["a dog"]


def test_del_takes_the_chosen_label_out_but_never_none_of_these(qtbot, bars):
    for _ in range(2):
        qtbot.keyClick(bars, Qt.Key.Key_Down)
    with qtbot.waitSignal(bars.removed) as removed:
        qtbot.keyClick(bars, Qt.Key.Key_Delete)
    assert removed.args == ["a dog"]

    for _ in range(5):
        qtbot.keyClick(bars, Qt.Key.Key_Down)
    with qtbot.assertNotEmitted(bars.removed):
        qtbot.keyClick(bars, Qt.Key.Key_Delete)


def test_bar_that_the_arrow_keys_come_to_is_read_by_a_screen_reader(qtbot, bars, announced):
    bars.set_scores([("a dog", 0.7), ("a cat", 0.1), ("a cup", 0.0)], 0.2)

    for _ in range(2):
        qtbot.keyClick(bars, Qt.Key.Key_Down)

    assert announced == ["a dog 70%", "none of these 20%"]


def test_next_bar_is_chosen_when_one_is_taken_out(qtbot, bars):
    bars.removed.connect(
        lambda gone: bars.set_labels(
            [label for label in ("a cat", "a dog", "a cup") if label != gone], has_none=True, is_editable=True
        )
    )
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    qtbot.keyClick(bars, Qt.Key.Key_Delete)

    with qtbot.waitSignal(bars.removed) as removed:
        qtbot.keyClick(bars, Qt.Key.Key_Delete)

    assert removed.args == ["a dog"]


def test_five_hundred_labels_paint_only_those_in_sight(qtbot, bars, monkeypatch):
    painted = []
    paint_row = bars._paint_row
    monkeypatch.setattr(
        bars, "_paint_row", lambda painter, row, rect: (painted.append(row), paint_row(painter, row, rect))
    )

    bars.set_labels([f"label {number}" for number in range(500)], is_editable=True)
    painted.clear()
    bars.grab()

    assert 5 < len(painted) < 20
    for _ in range(30):
        qtbot.keyClick(bars, Qt.Key.Key_Down)
    assert bars._rect_of(bars._current).bottom() <= bars.viewport().height() + 1


def test_scores_go_when_nothing_is_looked_at(bars):
    bars.set_scores([("a dog", 0.7), ("a cat", 0.1), ("a cup", 0.0)], 0.2)

    bars.clear_scores()

    assert set(shown(bars).values()) == {0.0}
    assert bars.order == ["a cat", "a dog", "a cup", "none of these"]


def test_the_surest_is_said_to_screen_readers(bars):
    bars.set_scores([("a dog", 0.7), ("a cat", 0.1), ("a cup", 0.0)], 0.2)

    assert bars.accessibleDescription() == "a dog 70%"


def test_a_place_between_rows_is_nobodys(qtbot, bars):
    qtbot.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 290))

    assert bars._current is None
