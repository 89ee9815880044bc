import json

import numpy as np
import pytest
from pydantic import ValidationError
from PySide6.QtCore import QSize

from desktop_app.canvas.document import Document
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.replay import Replay, scaled
from desktop_app.canvas.strokes import read_sketches, replay
from desktop_app.paths import ASSETS_DIR
from tests.desktop_app.canvas.pens import pixels
from tools import sketches

FILE = ASSETS_DIR / "samples" / "sketch.json"


def test_bundled_sketches_are_those_that_the_tool_draws(tmp_path, monkeypatch):
    monkeypatch.setattr(sketches, "FILE", tmp_path / "sketch.json")
    sketches.main()

    for drawn, bundled in zip(read_sketches(tmp_path / "sketch.json"), read_sketches(FILE), strict=True):
        assert drawn.title == bundled.title
        for one, other in zip(drawn.strokes, bundled.strokes, strict=True):
            assert np.allclose(one.points, other.points, atol=0.11)  # the last digit is the processor's


def test_every_sketch_stays_on_its_canvas_and_takes_a_hand_some_seconds():
    for sketch in read_sketches(FILE):
        points = [point for stroke in sketch.strokes for point in stroke.points]

        assert all(0 < point.x < sketch.width and 0 < point.y < sketch.height for point in points)
        assert [point.time_ms for point in points] == sorted(point.time_ms for point in points)
        assert 2_000 < points[-1].time_ms < 10_000
        assert all(0 < point.pressure <= 1 for point in points)


@pytest.mark.parametrize("side", [96, 300, 1024])
def test_sketch_fits_a_canvas_of_any_size(qapp, side):
    cat = read_sketches(FILE)[0]
    document = Document(QSize(side, 2 * side))

    replay(document, scaled(cat, document.size).strokes)

    inked = pixels(document.snapshot().image(Layer.LINE_ART))[:, :, 3] > 127
    rows = inked.any(axis=1).nonzero()[0]
    assert rows[0] > side / 2
    assert rows[-1] < 1.5 * side
    assert inked[:, : side // 2].any()
    assert len(document.undo_stack.done) == len(cat.strokes)


def test_replay_at_the_pace_of_the_hand_draws_the_same(qapp, qtbot):
    star = read_sketches(FILE)[-1]
    at_once, in_time = Document(), Document()
    replay(at_once, star.strokes)
    playing = Replay(in_time, star, pace=50)

    with qtbot.waitSignal(playing.finished):
        playing.start()

    assert in_time.snapshot().line_picture() == at_once.snapshot().line_picture()


def test_replay_that_is_stopped_keeps_what_was_drawn(qapp, qtbot):
    document = Document()
    playing = Replay(document, read_sketches(FILE)[0], pace=5)
    with qtbot.waitSignal(document.revision_changed):
        playing.start()

    playing.stop()

    assert not document.is_stroking
    assert len(document.undo_stack.done) == 1


@pytest.mark.parametrize("damage", [{}, {"sketches": [{"width": 0, "height": 5, "strokes": []}]}, {"sketches": 3}])
def test_file_that_holds_no_sketches_is_refused(tmp_path, damage):
    (tmp_path / "a.json").write_text(json.dumps(damage))

    with pytest.raises(ValidationError):
        read_sketches(tmp_path / "a.json")
