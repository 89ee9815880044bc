"""The strip of pictures that were made, in windows of any size."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QBoxLayout, QWidget

from desktop_app.panels.draw.results_strip import ResultsStrip
from desktop_app.sessions.sketch_session import Made
from workers.results import GeneratedImage, SketchRequest

WAYS = {False: QBoxLayout.Direction.TopToBottom, True: QBoxLayout.Direction.LeftToRight}


def made(level: int) -> Made:
    return Made(GeneratedImage(np.full((8, 8, 3), level, np.uint8), SketchRequest(seed=level), 0.1), 1)


@pytest.mark.parametrize("n", [1, 5, 9])
def test_strip_is_as_thick_as_a_picture_and_its_bar_whatever_the_window(qtbot, n):
    """Where bar and thickness called for one another in turns, the app ended at the bottom of the stack."""
    window, strip = QWidget(), ResultsStrip()
    qtbot.addWidget(window)
    layout = QBoxLayout(WAYS[False], window)
    layout.addStretch(1)
    layout.addWidget(strip)
    strip.show_results([made(k) for k in range(n)])
    window.show()

    for side, is_upright in itertools.product(range(200, 900, 37), (False, True)):
        window.resize(side, side + 120)
        layout.setDirection(WAYS[is_upright])
        strip.set_upright(is_upright)
        QCoreApplication.processEvents()

        first, room = strip.visualRect(strip.model().index(0, 0)), strip.viewport().size()
        spare = room.width() - first.width() if is_upright else room.height() - first.height()
        assert 0 <= spare < 20 + strip.horizontalScrollBar().sizeHint().height()


def test_each_picture_is_seen_in_its_own_place(qtbot):
    strip = ResultsStrip()
    qtbot.addWidget(strip)
    old, new = made(50), made(200)
    strip.show_results([old])
    levels_seen(strip)

    strip.show_results([old, new])

    assert levels_seen(strip) == [200, 50]


def levels_seen(strip: ResultsStrip) -> list[int]:
    model = strip.model()
    icons = [model.index(row, 0).data(Qt.ItemDataRole.DecorationRole) for row in range(model.rowCount())]
    return [icon.pixmap(64, 64).toImage().pixelColor(30, 30).red() for icon in icons]
