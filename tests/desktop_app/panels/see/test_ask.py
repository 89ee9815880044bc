import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from desktop_app.panels.see.ask import SUGGESTIONS
from desktop_app.sessions.chat import TurnState
from desktop_app.widgets.save_dialog import file_name

GREEN = (0, 200, 0)


def answered(qtbot, session) -> str:
    qtbot.waitUntil(lambda: session.chat.turns[-1].state.is_over, timeout=20_000)
    return session.chat.turns[-1].answer


def ask(qtbot, panel, question: str) -> None:
    panel.ask.field.setPlainText(question)
    qtbot.keyClick(panel.ask.field, Qt.Key.Key_Return)


def test_enter_asks_about_the_picture_and_keeps_the_focus(qtbot, window, session, camera):
    panel = window.page("see")
    panel.ask.field.setFocus()

    ask(qtbot, panel, "which colour?")

    assert answered(qtbot, session) == "which colour? 200 0 0"
    assert panel.ask.field.toPlainText() == ""
    assert window.focusWidget() is panel.ask.field
    qtbot.waitUntil(lambda: panel.ask.chat.cards[0].answer.text() == "which colour? 200 0 0")


def test_the_model_is_loaded_while_the_question_is_typed(qtbot, panel, context, session, camera):
    assert context.pool.loaded() == []

    qtbot.keyClicks(panel.ask.field, "wh")

    qtbot.waitUntil(lambda: [engine.spec.model_id for engine in context.pool.loaded()] == ["ask"], timeout=20_000)
    assert session.chat.turns == []


@pytest.mark.parametrize("question", ["why? " * 2000, "🐸🦓 wo ist 青蛙?", "<b>why?</b>"])
def test_a_question_of_any_length_and_letters_is_asked_and_shown_as_it_is(qtbot, panel, session, camera, question):
    ask(qtbot, panel, question)

    assert answered(qtbot, session) == f"{question.strip()} 200 0 0"
    card = panel.ask.chat.cards[0]
    qtbot.waitUntil(lambda: card.answer.text() == f"{question.strip()} 200 0 0")
    assert card.question.text() == question.strip()
    assert card.width() <= panel.ask.chat.viewport().width()


def test_a_suggestion_asks_itself(qtbot, panel, session, camera):
    qtbot.mouseClick(panel.ask.empty.suggestions[0], Qt.MouseButton.LeftButton)

    assert answered(qtbot, session).startswith(SUGGESTIONS[0])
    assert panel.ask.stack.currentWidget() is panel.ask.chat


def test_without_a_picture_the_question_stays_and_the_user_is_told(qtbot, panel, session, messages):
    ask(qtbot, panel, "which colour?")

    assert not session.chat.turns
    assert messages[-1].sentence == "There is nothing to ask about yet."
    assert panel.ask.field.toPlainText() == "which colour?"


def test_a_follow_up_is_about_the_same_picture_where_that_is_chosen(qtbot, panel, session, camera):
    ask(qtbot, panel, "first?")
    answered(qtbot, session)
    camera.show(GREEN)

    panel.ask.about.setCurrentIndex(1)
    ask(qtbot, panel, "same?")
    same = answered(qtbot, session)
    panel.ask.about.setCurrentIndex(0)
    ask(qtbot, panel, "newest?")

    assert same == "same? 200 0 0"
    assert answered(qtbot, session) == "newest? 0 200 0"
    assert [len(card.pictures) for card in panel.ask.chat.cards] == [1, 0, 1]


@pytest.fixture
def slow(engine):
    engine.update(latency_s=0.02, tokens=2000)


def test_stop_shows_while_it_answers_and_escape_ends_it(qtbot, slow, window, session, camera):
    panel = window.page("see")
    panel.ask.field.setFocus()
    ask(qtbot, panel, "long?")
    qtbot.waitUntil(lambda: len(session.chat.turns[0].answer) > 20, timeout=20_000)
    assert panel.ask.stop_button.isVisible()
    assert not panel.ask.send_button.isVisible()

    qtbot.keyClick(panel.ask.field, Qt.Key.Key_Escape)

    assert session.chat.turns[0].state is TurnState.STOPPED
    assert panel.ask.send_button.isVisible()
    assert panel.ask.chat.cards[0].numbers.text().startswith("Stopped")


def test_the_text_grows_while_it_comes(qtbot, slow, panel, session, camera):
    ask(qtbot, panel, "long?")
    qtbot.waitUntil(lambda: bool(panel.ask.chat.cards) and len(panel.ask.chat.cards[0].answer.text()) > 20)
    first = panel.ask.chat.cards[0].answer.text()

    qtbot.waitUntil(lambda: len(panel.ask.chat.cards[0].answer.text()) > len(first))

    assert panel.ask.chat.cards[0].answer.text().startswith(first)
    panel.ask.stop()


def test_up_brings_the_question_back(qtbot, panel, session, camera):
    ask(qtbot, panel, "first?")
    answered(qtbot, session)

    qtbot.keyClick(panel.ask.field, Qt.Key.Key_Up)

    assert panel.ask.field.toPlainText() == "first?"


def test_ratings_go_to_the_session(qtbot, panel, session, camera):
    ask(qtbot, panel, "good?")
    answered(qtbot, session)
    card = panel.ask.chat.cards[0]
    qtbot.waitUntil(card.down_button.isVisible)

    qtbot.mouseClick(card.down_button, Qt.MouseButton.LeftButton)

    assert session.chat.turns[0].rating == -1
    assert card.down_button.isChecked()


def test_answer_is_read_by_a_screen_reader_when_all_of_it_is_there(qtbot, panel, session, camera, announced):
    ask(qtbot, panel, "which colour?")
    answered(qtbot, session)

    assert announced == [session.chat.turns[0].answer]


def test_the_last_answer_is_copied(qtbot, panel, session, camera, messages):
    ask(qtbot, panel, "first?")
    answered(qtbot, session)

    panel.ask.copy_last()

    assert QGuiApplication.clipboard().text() == "first? 200 0 0"
    assert messages[-1].sentence == "Copied."


def test_a_chat_is_exported_with_its_picture(qtbot, panel, session, camera, messages, tmp_path, monkeypatch):
    ask(qtbot, panel, "which colour?")
    answered(qtbot, session)

    monkeypatch.setattr(
        "desktop_app.panels.see.ask.ask_where_to_save",
        lambda _context, _parent, _title, name, suffix: tmp_path / f"{file_name(name)}.{suffix}",
    )
    qtbot.mouseClick(panel.ask.export_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(messages))

    assert "which colour? 200 0 0" in (tmp_path / "which colour.md").read_text("utf-8")
    assert len(list((tmp_path / "which colour").iterdir())) == 1


def test_a_new_chat_is_empty_and_begins_with_the_newest_picture(qtbot, panel, session, camera):
    ask(qtbot, panel, "first?")
    answered(qtbot, session)
    panel.ask.about.setCurrentIndex(1)

    qtbot.mouseClick(panel.ask.new_button, Qt.MouseButton.LeftButton)

    assert not session.chat.turns
    assert panel.ask.stack.currentWidget() is panel.ask.empty
    assert panel.ask.about.currentIndex() == 0
    assert panel.ask.export_button.toolTip() == "Nothing was asked yet"


def test_a_chat_that_is_brought_back_is_shown_again(qtbot, panel, session, camera, messages):
    ask(qtbot, panel, "first?")
    answered(qtbot, session)
    qtbot.mouseClick(panel.ask.new_button, Qt.MouseButton.LeftButton)
    assert not panel.ask.chat.cards

    messages[-1].action[1]()

    assert panel.ask.stack.currentWidget() is panel.ask.chat
    assert len(panel.ask.chat.cards) == 1


def test_pictures_that_wait_are_shown_and_can_be_taken_out(qtbot, panel, session, camera):
    session.chat.add_frame()
    first, *_ = session.chat.pending_frames
    camera.show(GREEN)
    session.chat.add_frame()
    assert panel.ask.pending.isVisible()
    assert not panel.ask.about.isEnabled()

    qtbot.mouseClick(panel.ask.pending_row.itemAt(1).widget().button, Qt.MouseButton.LeftButton)
    assert list(session.chat.pending_frames) == [first]
    ask(qtbot, panel, "these?")

    answered(qtbot, session)
    assert not panel.ask.pending.isVisible()
    assert len(panel.ask.chat.cards[0].pictures) == 1


def test_the_starter_says_what_it_knows_and_what_it_cannot(qtbot, panel, context):
    qtbot.waitUntil(lambda: panel.ask.model.entry is not None, timeout=20_000)
    assert panel.ask.model.entry.id == "starter-llava"
    note = panel.ask.note
    assert note.isVisible()
    sentence = f"{note.text.text()} {note.button.text()}"
    assert sentence == "Starter model: knows about 120 everyday things as icons. Get a full model"

    with qtbot.waitSignal(context.panel_requested) as requested:
        note.button.click()

    assert requested.args == ["models"]
    assert panel.ask.empty.text.text() == "Understands English."

    panel.ask.model._on_chosen(panel.ask.model.findData("starter-blip-vqa"))

    assert panel.ask.empty.text.text() == (
        "One picture at a time. Each question stands alone. Answers in a word or two. Understands English."
    )
    assert panel.ask.add_button.toolTip() == "This model looks at one picture at a time"


def test_the_list_of_models_leads_to_the_options_of_their_engine(qtbot, panel, context):
    panel.ask.model.refresh()
    qtbot.waitUntil(lambda: panel.ask.model.entry is not None, timeout=20_000)
    chosen = panel.ask.model.currentIndex()

    with qtbot.waitSignal(context.options_requested) as requested:
        panel.ask.model._on_chosen(panel.ask.model.findText("Engine options…"))

    assert requested.args == ["see", "llava"]
    assert panel.ask.model.currentIndex() == chosen


def test_the_options_of_an_engine_open_in_the_preferences(qtbot, window, context):
    context.options_requested.emit("see", "server")

    assert window.current_panel == "preferences"
    page = window.page("preferences")
    card = page.options["see"]
    assert card.picker.control.currentData() == "server"
    qtbot.waitUntil(lambda: 0 <= card.mapTo(page, card.rect().topLeft()).y() < page.height() // 2)
