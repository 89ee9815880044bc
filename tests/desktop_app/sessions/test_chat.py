import numpy as np
import pytest

from desktop_app.sessions.chat import Chat, ChatTurn, TurnState, export_markdown
from workers.errors import DiskError
from workers.results import VideoFrame
from workers.sources.image_file import read_image


def frame(number: int) -> VideoFrame:
    return VideoFrame(np.full((2, 2, 3), number, np.uint8), number, float(number))


def chat_of(*turns: tuple[str, list[VideoFrame], str]) -> Chat:
    chat = Chat()
    chat.turns = [ChatTurn(question, tuple(frames), 0.0, answer=answer) for question, frames, answer in turns]
    return chat


def request(chat: Chat, remembered: int = 1):
    return chat.request(chat.turns[-1], frames_remembered=remembered, max_new_tokens=9)


def said(request) -> list[tuple[str, str, list[int]]]:
    return [(turn.question, turn.answer, numbers(turn.images)) for turn in request.history]


def numbers(images) -> list[int]:
    return [int(image[0, 0, 0]) for image in images]


def test_the_first_question_has_its_frames_and_no_history():
    asked = request(chat_of(("What?", [frame(1), frame(2)], "")))

    assert (asked.task, asked.question, numbers(asked.images), asked.history) == ("ask", "What?", [1, 2], ())
    assert asked.max_new_tokens == 9


def test_a_follow_up_brings_no_picture_of_its_own():
    one = frame(1)

    asked = request(chat_of(("What?", [one], " A cat "), ("Which colour?", [one], "")))

    assert said(asked) == [("What?", "A cat", [1])]
    assert asked.images == ()
    assert numbers(asked.every_image) == [1]


def test_another_frame_leaves_those_before_behind():
    one, two = frame(1), frame(2)

    asked = request(chat_of(("What?", [one], "A cat"), ("And now?", [two], "A dog"), ("Sure?", [two], "")))

    assert said(asked) == [("And now?", "A dog", [2])]


def test_a_chat_can_remember_several_frames():
    one, two, three = frame(1), frame(2), frame(3)
    turns = [("What?", [one], "A cat"), ("And?", [two], "A dog"), ("And?", [three], "A cow"), ("Same?", [two], "")]

    assert said(request(chat_of(*turns), 3)) == [
        ("What?", "A cat", [1]),
        ("And?", "A dog", [2]),
        ("And?", "A cow", [3]),
    ]
    assert said(request(chat_of(*turns), 2)) == [("And?", "A dog", [2]), ("And?", "A cow", [3])]


def test_what_was_not_answered_is_left_out_and_its_picture_joins_later():
    one = frame(1)

    asked = request(chat_of(("What?", [one], "  "), ("What is it?", [one], "")))

    assert (said(asked), numbers(asked.images)) == ([], [1])


def test_a_picture_of_before_the_newest_joins_again():
    one, two = frame(1), frame(2)

    asked = request(chat_of(("What?", [one], "A cat"), ("And?", [two], "A dog"), ("The first?", [one], "")), 5)

    assert said(asked) == [("What?", "A cat", [1]), ("And?", "A dog", [2])]
    assert numbers(asked.images) == [1]


def test_a_chat_is_exported_with_each_picture_once(tmp_path):
    one, two = frame(1), frame(2)
    chat = chat_of(("What *is*\nit?", [one], " A cat "), ("And?", [one, two], ""))
    first, second = chat.turns
    first.model_id, first.time_to_first_token_s, first.tokens_per_s, first.rating = "blip", 0.254, 12.34, 1
    second.state = TurnState.STOPPED

    export_markdown(chat.turns, tmp_path / "my chat.md")

    assert (tmp_path / "my chat.md").read_text("utf-8").splitlines() == [
        "![2 x 2](<my chat/1.png>)",
        "",
        "**What \\*is\\* it?**",
        "",
        "A cat",
        "",
        "*blip, 2 x 2, 0.25 s to the first word, 12.3 tokens/s, rated good*",
        "",
        "![2 x 2](<my chat/2.png>)",
        "",
        "**And?**",
        "",
        "—",
        "",
        "*no model, 2 x 2, stopped*",
    ]
    assert (read_image(tmp_path / "my chat" / "2.png") == 2).all()


def test_an_export_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "in the way").write_text("")

    with pytest.raises(DiskError):
        export_markdown(chat_of(("What?", [frame(1)], "A cat")).turns, tmp_path / "in the way" / "chat.md")
