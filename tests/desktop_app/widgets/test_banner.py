import pytest

from desktop_app.context import Message
from desktop_app.widgets.banner import Banner


@pytest.fixture
def banner(qtbot) -> Banner:
    banner = Banner()
    qtbot.addWidget(banner)
    return banner


def test_banner_is_hidden_until_there_is_a_message(banner):
    assert banner.isHidden()

    banner.post(Message("error", "The disk is full.", "Free some space."))

    assert not banner.isHidden()
    assert banner.accessibleName() == "The disk is full."


def test_messages_wait_for_their_turn_and_twins_are_shown_once(banner):
    for sentence in ("one", "two", "one", "two", "three"):
        banner.post(Message("error", sentence))

    shown = []
    while banner.message is not None:
        shown.append(banner.message.sentence)
        banner.dismiss()
    assert shown == ["one", "two", "three"]
    assert banner.isHidden()


def test_message_about_the_same_topic_replaces_the_one_before_and_is_withdrawn(banner):
    banner.post(Message("warning", "It was unplugged.", topic="me"))
    banner.post(Message("error", "The disk is full."))
    banner.post(Message("error", "It stays away.", topic="me"))
    assert banner.message.sentence == "It stays away."
    banner.dismiss()
    assert banner.message.sentence == "The disk is full."

    banner.post(Message("warning", "It was unplugged.", topic="me"))
    banner.withdraw("me")
    assert banner.message.sentence == "The disk is full."
    banner.dismiss()

    assert banner.isHidden()


def test_action_runs_once_and_dismisses(banner):
    done = []
    banner.post(Message("error", "No model.", action=("Show models", lambda: done.append(1))))

    banner._action.click()

    assert done == [1]
    assert banner.message is None


def test_markup_in_a_message_is_shown_as_text(banner):
    banner.post(Message("error", "<b>x</b> & y"))

    assert banner._sentence.text() == "<b>x</b> & y"
    assert banner._sentence.textFormat() == banner._sentence.textFormat().PlainText


def test_messages_are_read_to_whoever_cannot_see_them_and_errors_at_once(banner, announced):
    banner.post(Message("error", "The disk is full.", "Free some space"))
    banner.post(Message("warning", "The camera is dark."))
    assert announced == ["The disk is full. Free some space!"]

    banner.dismiss()

    assert announced[1:] == ["The camera is dark."]
