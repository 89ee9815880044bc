import pytest
from PySide6.QtCore import QRect

from desktop_app.widgets.captions_window import PAUSED_INK, CaptionsWindow
from tests.desktop_app.widgets.test_transcript_view import words
from workers.results import Commit, Partial


@pytest.fixture
def captions(qtbot, context):
    captions = CaptionsWindow(context)
    qtbot.addWidget(captions)
    captions.resize(600, 140)
    captions.set_tracks(("me",))
    captions.show()
    return captions


def test_hours_of_speech_are_not_kept(captions):
    for number in range(2000):
        captions.append_commit(Commit("me", words(f"sentence number {number} of a long day.", 5.0 * number)))
        captions.set_partial(Partial("me", words("and", 5.0 * number + 4)))
        if number % 10 == 0:
            captions.grab()

    assert len(captions.text) < 2500
    assert captions.text.endswith("sentence number 1999 of a long day. and")


def test_a_line_that_was_shown_does_not_break_anew_when_old_ones_are_forgotten(captions):
    font = captions.font()
    font.setPixelSize(32)

    def last_lines() -> list[str]:
        (layout,) = captions._lay_out(font, 560)
        lines = [layout.lineAt(number) for number in range(layout.lineCount())]
        return [layout.text()[line.textStart() :][: line.textLength()] for line in lines[-3:]]

    for number in range(200):
        captions.append_commit(Commit("me", words(f"word{number}", float(number))))
        before = last_lines()
        assert last_lines() == before


def test_each_track_has_a_line_of_its_own(captions):
    captions.set_tracks(("me", "computer"))
    captions.append_commit(Commit("me", words("how are you")))
    captions.set_partial(Partial("computer", words("fine", 2.0)))

    texts = [layout.text() for layout in captions._lay_out(captions.font(), 500)]

    assert texts == ["Me: how are you", "Computer: fine"]


def test_the_size_of_the_text_is_kept_within_bounds(captions, context):
    for _ in range(60):
        captions.make_larger()
    assert context.settings.captions.font_size_px == 120
    for _ in range(60):
        captions.make_smaller()
    assert context.settings.captions.font_size_px == 12


def test_captions_keep_a_place_free_at_the_bottom_of_the_screen(captions):
    captions.place()
    usual = captions.geometry()
    bar = QRect(usual.left(), usual.top() + 20, 400, 60)

    captions.place(bar)
    assert not captions.geometry().intersects(bar)
    assert captions.geometry().bottom() < bar.top()
    captions.place(QRect(0, 0, 10, 10))

    assert captions.geometry() == usual


def test_captions_say_that_they_are_paused(captions):
    captions.append_commit(Commit("me", words("what was said last")))
    before = captions.grab().toImage()

    captions.set_paused(True)
    paused = captions.grab().toImage()
    captions.set_paused(False)

    assert paused != before
    assert any(paused.pixelColor(x, 12) == PAUSED_INK for x in range(40))
    assert captions.grab().toImage() == before


def test_captions_name_the_device_that_is_missing(captions):
    captions.append_commit(Commit("me", words("what was said last")))
    captions.set_paused(True)
    paused = captions.grab().toImage()

    captions.set_missing("Headset")
    assert captions._sign == "Headset is missing"
    assert captions.grab().toImage() != paused
    captions.set_missing(None)

    assert captions.grab().toImage() == paused
