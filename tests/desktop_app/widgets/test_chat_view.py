import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop_app.sessions.chat import ChatTurn, TurnState
from desktop_app.widgets.chat_view import BETWEEN, ChatView
from desktop_app.widgets.thumbnail import PictureWindow, Thumbnail
from workers.errors import ModelMissing
from workers.results import Sight, VideoFrame


def frame(number: int = 1) -> VideoFrame:
    return VideoFrame(np.full((30, 40, 3), 90, np.uint8), number, time.monotonic())


def turn(question: str = "what is this?", answer: str = "", *, frames=None, **values) -> ChatTurn:
    return ChatTurn(question, tuple(frames or (frame(),)), time.monotonic(), answer=answer, **values)


@pytest.fixture
def chat(qtbot):
    chat = ChatView({"blip": "BLIP base"}.__getitem__)
    qtbot.addWidget(chat)
    chat.resize(360, 240)
    chat.show()
    return chat


def test_an_answer_grows_while_it_comes(chat):
    asked = turn()
    chat.add_turn(asked)
    assert chat.cards[0].answer.text() == "Getting ready …"

    asked.state, asked.answer = TurnState.ANSWERING, " a frog"
    chat.refresh_turn(asked)

    assert chat.cards[0].question.text() == "what is this?"
    assert chat.cards[0].answer.text() == "a frog"
    assert not chat.cards[0].copy_button.isVisible()


def test_what_it_took_stands_below_the_answer(chat):
    chat.add_turn(
        turn(
            answer="a frog",
            state=TurnState.DONE,
            model_id="blip",
            time_to_first_token_s=0.42,
            tokens_per_s=11.8,
            frame_age_s=0.012,
            sights=(Sight(384, 384, 2),),
        )
    )

    numbers = "0.4 s", "12 tokens/s", "384 × 384 × 2", "12 ms old", "BLIP base"
    text = chat.cards[0].numbers.text()
    assert text.replace("\N{NO-BREAK SPACE}", " ") == BETWEEN.join(numbers).replace("\N{NO-BREAK SPACE}", " ")
    assert text.count(" ") == 2 * (len(numbers) - 1)  # behind each dot: a line ends nowhere else
    assert "picture 40 × 30, seen at 384 × 384 × 2" in chat.cards[0].numbers.toolTip()


def test_a_stopped_answer_says_so(chat):
    chat.add_turn(turn(answer="a fr", state=TurnState.STOPPED))
    chat.add_turn(turn(state=TurnState.STOPPED))

    assert chat.cards[0].numbers.text().startswith("Stopped")
    assert chat.cards[1].answer.text() == "Stopped before the first word."


def test_an_answer_that_was_cut_off_says_so_and_an_empty_one_why(chat):
    chat.add_turn(turn(answer="a frog on a", state=TurnState.DONE, is_cut_off=True))
    chat.add_turn(turn(state=TurnState.DONE, is_cut_off=True))

    assert chat.cards[0].numbers.text().startswith("Cut\N{NO-BREAK SPACE}off")
    assert "“Longest answer”" in chat.cards[0].numbers.toolTip()
    assert chat.cards[1].answer.text().startswith("No answer came within “Longest answer”")


def test_a_failure_is_a_sentence_and_a_bug_is_not_shown_raw(chat):
    chat.add_turn(turn(state=TurnState.FAILED, error=ModelMissing("There is no model '{id}'.", "Get it.", id="x")))
    chat.add_turn(turn(state=TurnState.FAILED, error=ValueError("secret")))

    assert chat.cards[0].answer.text() == "There is no model 'x'. Get it."
    assert "secret" not in chat.cards[1].answer.text()


def test_an_answer_is_copied(qtbot, chat):
    chat.add_turn(turn(answer=" a frog 🐸", state=TurnState.DONE))

    with qtbot.waitSignal(chat.copied):
        qtbot.mouseClick(chat.cards[0].copy_button, Qt.MouseButton.LeftButton)

    assert QGuiApplication.clipboard().text() == "a frog 🐸"


def test_a_second_click_takes_the_rating_back(qtbot, chat):
    done = turn(answer="a frog", state=TurnState.DONE)
    chat.add_turn(done)
    ratings = []
    chat.rated.connect(lambda _turn, rating: ratings.append(rating))

    qtbot.mouseClick(chat.cards[0].up_button, Qt.MouseButton.LeftButton)
    done.rating = ratings[-1]
    chat.refresh_turn(done)
    qtbot.mouseClick(chat.cards[0].up_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(chat.cards[0].down_button, Qt.MouseButton.LeftButton)

    assert ratings == [1, 0, -1]


def test_a_picture_is_shown_once_for_the_questions_about_it(chat):
    same = frame()
    chat.add_turn(turn(frames=[same]))
    chat.add_turn(turn(frames=[same]))
    chat.add_turn(turn(frames=[frame(2), frame(3)]))

    assert [len(card.pictures) for card in chat.cards] == [1, 0, 2]


def test_a_small_picture_opens_large(qtbot, chat):
    chat.add_turn(turn())

    qtbot.mouseClick(chat.cards[0].pictures[0], Qt.MouseButton.LeftButton)
    (large,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, PictureWindow)]

    assert large.view.frame is chat.cards[0].turn.frames[0]
    with qtbot.waitSignal(large.destroyed):
        qtbot.keyClick(large, Qt.Key.Key_Escape)


def test_it_stays_at_the_newest_word_unless_somebody_reads_further_up(qtbot, chat):
    for number in range(8):
        chat.add_turn(turn(f"question {number}", "word " * 40, state=TurnState.DONE))
    bar = chat.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    last = chat.cards[-1].turn

    bar.setValue(0)
    last.answer += "more " * 80
    before = bar.maximum()
    chat.refresh_turn(last)

    qtbot.waitUntil(lambda: bar.maximum() > before)
    assert bar.value() == 0


def needed_px(card) -> int:
    return card.layout().heightForWidth(card.width())


def test_an_answer_is_never_cut_off_whatever_the_width(qtbot, chat):
    asked = turn(answer="word " * 40, state=TurnState.ANSWERING)
    chat.add_turn(asked)
    chat.add_turn(turn("a long question " * 20, "another answer", state=TurnState.DONE))
    asked.answer += "more " * 40
    asked.state = TurnState.DONE
    chat.refresh_turn(asked)

    for width in (360, 240, 500):
        chat.resize(width, 240)
        qtbot.waitUntil(lambda: all(card.height() >= needed_px(card) for card in chat.cards))
        qtbot.waitUntil(lambda: all(card.height() <= needed_px(card) + 1 for card in chat.cards))


def test_markup_in_an_answer_is_only_text(chat):
    chat.add_turn(turn("<b>bold</b>?", "<img src=x> & <script>", state=TurnState.DONE))

    assert chat.cards[0].answer.textFormat() is Qt.TextFormat.PlainText
    assert chat.cards[0].question.textFormat() is Qt.TextFormat.PlainText


def test_a_new_chat_is_empty(qtbot, chat):
    chat.add_turn(turn(answer="a frog", state=TurnState.DONE))

    chat.clear()

    assert chat.cards == []
    qtbot.waitUntil(lambda: not chat.findChildren(Thumbnail))
