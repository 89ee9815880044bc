"""The strip of pictures that were made, in windows of any size."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QBoxLayout, QWidget

from desktop_app.panels.draw.results_strip import ResultsStrip
from desktop_app.sessions.sketch_session import Made
from workers.results import GeneratedImage, SketchRequest

WAYS = {False: QBoxLayout.Direction.TopToBottom, True: QBoxLayout.Direction.LeftToRight}


@pytest.mark.parametrize("n", [1, 5, 9])
def test_strip_is_as_thick_as_a_picture_and_its_bar_whatever_the_window(qtbot, n):
    """Where bar and thickness called for one another in turns, the app ended at the bottom of the stack."""
    window, strip = QWidget(), ResultsStrip()
    qtbot.addWidget(window)
    layout = QBoxLayout(WAYS[False], window)
    layout.addStretch(1)
    layout.addWidget(strip)
    strip.show_results(
        [Made(k, GeneratedImage(np.full((8, 8, 3), k, np.uint8), SketchRequest(seed=k), 0.1), 1) for k in range(n)]
    )
    window.show()

    for side, is_upright in itertools.product(range(200, 900, 37), (False, True)):
        window.resize(side, side + 120)
        layout.setDirection(WAYS[is_upright])
        strip.set_upright(is_upright)
        QCoreApplication.processEvents()

        first, room = strip.visualRect(strip.model().index(0, 0)), strip.viewport().size()
        spare = room.width() - first.width() if is_upright else room.height() - first.height()
        assert 0 <= spare < 20 + strip.horizontalScrollBar().sizeHint().height()
