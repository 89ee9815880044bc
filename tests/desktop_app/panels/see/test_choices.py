import pytest
from PySide6.QtWidgets import QMenu

from workers.sources.base import Camera


@pytest.fixture
def choices(panel):
    return panel.choices


@pytest.fixture
def cameras(session):
    """Two that are plugged in."""
    cameras = [Camera("usb-1", "Front", "/dev/video0", is_default=True), Camera("usb-2", "Back", "/dev/video2")]
    session._cameras.cameras = cameras
    session.cameras_changed.emit(cameras)
    return cameras


def entries(choices) -> list[str]:
    return [choices.source.itemText(row) for row in range(choices.source.count()) if choices.source.itemText(row)]


def choose(choices, text: str) -> None:
    row = choices.source.findText(text)
    choices.source.setCurrentIndex(row)
    choices.source.activated.emit(row)


def test_cameras_are_listed_by_name_before_everything_else(choices, cameras):
    assert entries(choices)[:4] == ["Default camera", "Front", "Back", "Picture or video…"]
    assert choices.source.currentText() == "Default camera"


def test_a_camera_that_is_chosen_is_started(qtbot, choices, cameras, context, session, monkeypatch):
    started = []
    monkeypatch.setattr(session, "start", lambda: started.append(context.settings.see.camera))
    choices.camera_requested.disconnect()
    choices.camera_requested.connect(session.start)

    choose(choices, "Back")

    assert started == ["usb-2"]
    assert choices.source.currentText() == "Back"


def test_without_a_camera_the_list_says_so(choices):
    assert entries(choices)[0] == "No camera"
    assert not choices.source.model().item(0).isEnabled()


def test_the_chosen_camera_is_named_even_when_it_is_not_connected(choices, context):
    context.change_setting("see.camera", "usb-9")

    assert choices.source.currentText() == "usb-9 (not connected)"


def test_other_sources_leave_the_choice_as_it_is_until_they_are_open(qtbot, choices, cameras):
    choices.other_requested.disconnect()

    with qtbot.waitSignal(choices.other_requested) as requested:
        choose(choices, "Part of the screen…")

    assert requested.args == ["part"]
    assert choices.source.currentText() == "Default camera"


def test_what_is_looked_at_stands_first(qtbot, panel, choices, session, cameras):
    panel.look_at("sample")

    assert entries(choices)[0] == choices.source.currentText() == "things.jpg"
    qtbot.waitUntil(lambda: session.newest_frame is not None)
    assert choices.format_button.isHidden()


def test_size_and_rate_are_chosen_in_one_menu(choices, context):
    choices.format_button.click()
    menu = choices.findChild(QMenu)

    {action.text(): action for action in menu.actions()}["1920 × 1080"].trigger()
    {action.text(): action for action in menu.actions()}["60 pictures a second"].trigger()

    assert (context.settings.see.resolution, context.settings.see.fps) == ("1920x1080", 60)
    assert choices.format_button.text() == "1920 × 1080 · 60"
    menu.close()
