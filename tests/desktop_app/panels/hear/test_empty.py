from PySide6.QtCore import Qt


def test_the_first_page_says_what_to_press(panel):
    assert panel.stack.currentWidget() is panel.empty
    assert "Press record" in panel.empty.title.text()
    assert not panel.copy_button.isEnabled()


def test_without_a_model_the_way_to_one_is_shown(qtbot, panel, context):
    panel.empty.show_models(has_model=False)

    with qtbot.waitSignal(context.panel_requested) as requested:
        qtbot.mouseClick(panel.empty.models_button, Qt.MouseButton.LeftButton)

    assert requested.args == ["models"]
