from desktop_app.widgets.elided_label import ElidedLabel


def test_a_text_that_is_too_long_ends_with_dots_and_asks_for_no_room(qtbot):
    label = ElidedLabel("The whole of a very long name that nobody can read here")
    qtbot.addWidget(label)
    label.resize(120, 24)

    assert label.shown_text.startswith("The whole")
    assert label.shown_text.endswith("…")
    assert label.minimumSizeHint().width() == 0
    label.resize(2000, 24)
    assert label.shown_text == label.text()
