from random import Random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor

from desktop_app.widgets.transcript_view import Paragraph, TranscriptView
from workers.results import Commit, Partial, Word


def words(text: str, start_s: float = 0.0, probability: float = 0.9) -> tuple[Word, ...]:
    return tuple(
        Word(f" {part}", start_s + 0.4 * position, start_s + 0.4 * position + 0.3, probability)
        for position, part in enumerate(text.split())
    )


@pytest.fixture
def view(qtbot):
    view = TranscriptView()
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.set_tracks(["me"])
    view.set_live(True)
    view.show()
    return view


def lines(view: TranscriptView) -> list[str]:
    return view.toPlainText().split("\n")


def test_partials_never_change_committed_text(view):
    view.append_commit(Commit("me", words("so this is")))

    for tail in ("certain maybe", "quite", "", "another guess"):
        view.set_partial(Partial("me", words(tail, 2.0)))
        assert lines(view) == [("so this is " + tail).strip()]


def test_letters_stay_after_emoji_and_rare_characters(view):
    view.append_commit(Commit("me", words("😀 𠮷野家 hello")))
    view.set_partial(Partial("me", words("wor", 2.0)))
    view.append_commit(Commit("me", words("world", 2.0), ends_segment=True))
    assert lines(view) == ["😀 𠮷野家 hello world"]

    cursor = view.textCursor()
    start, length = view._word_span(0, 3)
    cursor.setPosition(start)
    cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)

    assert cursor.selectedText() == view.text(selection_only=True) == "world"


def test_commit_keeps_the_rest_of_the_partial_until_the_next_one(view):
    view.set_partial(Partial("me", words("one two three")))

    view.append_commit(Commit("me", words("one two")))

    assert lines(view) == ["one two three"]
    assert [word.text for word in view.paragraphs[0].partial] == [" three"]


def test_how_a_line_sounds_is_told_beside_it(view):
    view.append_commit(Commit("me", words("first line"), ends_segment=True))
    view.append_commit(Commit("me", words("second line", 5.0), ends_segment=True))
    before = view.grab().toImage()

    view.set_emotion("me", 5.0, (("happy", 0.7), ("sad", 0.3)))

    assert lines(view) == ["first line", "second line"]
    assert [paragraph.emotion for paragraph in view.paragraphs] == [(), (("happy", 0.7), ("sad", 0.3))]
    assert "happy 70%, sad 30%" in view._emotion_tip(view.paragraphs[1])
    assert view.grab().toImage() != before


def test_partial_without_commit_is_gone_when_cleared(view):
    view.append_commit(Commit("me", words("first line"), ends_segment=True))
    view.set_partial(Partial("me", words("ghost", 5.0)))

    view.set_partial(Partial("me", ()))

    assert lines(view) == ["first line"]
    assert len(view.paragraphs) == 1


def test_whatever_comes_in_whatever_order_the_page_holds_all_that_was_committed_and_no_empty_line(view):
    random = Random(5)
    view.set_tracks(["me", "computer"])
    committed: dict[str, str] = {"me": "", "computer": ""}
    for step in range(400):
        track, spoken = random.choice(["me", "computer"]), words(" ".join(["word"] * random.randrange(4)), 0.5 * step)
        if random.random() < 0.5:
            view.set_partial(Partial(track, spoken))
        else:
            view.append_commit(Commit(track, spoken, ends_segment=random.random() < 0.4))
            committed[track] += "".join(word.text for word in spoken)
    view.set_live(False)

    for track, text in committed.items():
        shown = [line for line, one in zip(lines(view), view.paragraphs, strict=True) if one.track == track]
        assert " ".join(shown) == text.strip()
    assert "" not in lines(view)


def test_end_of_a_segment_does_not_end_words_that_are_unconfirmed(view):
    view.append_commit(Commit("me", words("first"), ends_segment=True))
    view.set_partial(Partial("me", words("second", 3.0)))

    view.append_commit(Commit("me", (), ends_segment=True))
    view.append_commit(Commit("me", words("second line", 3.0), ends_segment=True))

    assert lines(view) == ["first", "second line"]


def test_only_the_block_that_changes_is_touched(view):
    for number in range(50):
        view.append_commit(Commit("me", words(f"line number {number}", 10.0 * number), ends_segment=True))
    changes = []
    view.document().contentsChange.connect(lambda position, _removed, _added: changes.append(position))

    view.set_partial(Partial("me", words("newest words", 600.0)))
    view.set_partial(Partial("me", words("newest words here", 600.0)))

    last = view.document().lastBlock().position()
    assert changes
    assert min(changes) >= last - 1


def test_twenty_thousand_words_update_only_their_end(view):
    view.load(
        Paragraph("me", list(words("a line of ten words that somebody said before lunch", 5.0 * n)))
        for n in range(2000)
    )
    view.set_live(True)
    changed = []
    view.document().contentsChange.connect(lambda position, removed, added: changed.append(removed + added))

    view.set_partial(Partial("me", words("and then", 10_000.0)))
    view.append_commit(Commit("me", words("and then", 10_000.0)))

    assert sum(changed) < 200
    assert view.document().blockCount() == 2001


def test_two_tracks_stand_in_the_order_in_which_they_were_said(view):
    view.set_tracks(["me", "computer"])
    view.set_partial(Partial("computer", words("I began later", 2.0)))
    view.append_commit(Commit("me", words("I began first", 1.0)))
    view.append_commit(Commit("computer", words("I began later", 2.0), ends_segment=True))
    view.append_commit(Commit("me", words("and ended last", 3.0), ends_segment=True))

    assert lines(view) == ["I began first and ended last", "I began later"]
    assert view.text() == "Me: I began first and ended last\nComputer: I began later"


def test_words_of_one_track_do_not_go_into_the_others_line(view):
    view.set_tracks(["me", "computer"])
    view.append_commit(Commit("me", words("hello", 1.0)))
    view.set_partial(Partial("computer", words("good", 1.5)))
    view.set_partial(Partial("me", words("there", 2.0)))

    view.append_commit(Commit("computer", words("good morning", 1.5)))

    assert lines(view) == ["hello there", "good morning"]


def test_click_on_a_word_tells_its_time(view, qtbot):
    view.append_commit(Commit("me", words("click the fourth word here"), ends_segment=True))
    cursor = QTextCursor(view.document())
    cursor.setPosition(view.toPlainText().index("fourth") + 2)
    point = view.cursorRect(cursor).center()

    with qtbot.waitSignal(view.word_clicked) as clicked:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)

    paragraph, word = clicked.args
    assert (paragraph.track, word.text) == ("me", " fourth")


def test_enter_plays_the_word_of_the_cursor(view, qtbot):
    view.append_commit(Commit("me", words("play this word"), ends_segment=True))
    cursor = view.textCursor()
    cursor.setPosition(view.toPlainText().index("this") + 1)
    view.setTextCursor(cursor)

    with qtbot.waitSignal(view.word_clicked) as clicked:
        qtbot.keyClick(view, Qt.Key.Key_Return)

    assert clicked.args[1].text == " this"


def test_click_beside_the_text_plays_nothing(view, qtbot):
    view.append_commit(Commit("me", words("short"), ends_segment=True))

    with qtbot.assertNotEmitted(view.word_clicked):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(600, 20))


def test_doubtful_words_are_underlined_and_others_are_not(view):
    view.append_commit(Commit("me", (*words("clear"), *words("mumbled", 1.0, probability=0.2), *words("clear", 2.0))))
    cursor = QTextCursor(view.document())

    def is_marked(position: int) -> bool:
        cursor.setPosition(position + 1)
        return cursor.charFormat().fontUnderline() or cursor.charFormat().underlineStyle().value > 0

    assert [is_marked(view.toPlainText().index(word)) for word in ("clear", "mumbled")] == [False, True]
    assert not is_marked(view.toPlainText().rindex("clear"))


def test_edit_shows_the_new_text_and_keeps_what_was_heard(view, qtbot):
    view.append_commit(Commit("me", words("wreck a nice beach"), ends_segment=True))
    paragraph = view.paragraphs[0]

    view.edit_paragraph(paragraph)
    with qtbot.waitSignal(view.edit_requested) as requested:
        editor = view.findChild(type(view._editor))
        editor.setPlainText("recognise speech")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    view.set_edited(*requested.args)

    assert lines(view) == ["recognise speech"]
    assert "".join(word.text for word in paragraph.words) == " wreck a nice beach"
    view.set_edited(paragraph, None)
    assert lines(view) == ["wreck a nice beach"]


def test_escape_leaves_the_line_as_it_was(view, qtbot):
    view.append_commit(Commit("me", words("as it was"), ends_segment=True))
    view.edit_paragraph(view.paragraphs[0])
    view._editor.setPlainText("something else")

    with qtbot.assertNotEmitted(view.edit_requested):
        qtbot.keyClick(view._editor, Qt.Key.Key_Escape)

    assert lines(view) == ["as it was"]


def test_editor_grows_with_its_text(view, qtbot):
    view.append_commit(Commit("me", words("a short line"), ends_segment=True))
    view.edit_paragraph(view.paragraphs[0])
    editor = view._editor
    before = editor.height()

    editor.setPlainText("a line that is now a good deal longer " * 12)

    assert editor.height() > 3 * before
    assert editor.verticalScrollBar().maximum() == 0
    editor.setPlainText("a line that does not fit into the window any more " * 60)
    assert view.viewport().rect().contains(editor.geometry())


def test_a_correction_is_kept_when_the_keys_go_elsewhere(view, qtbot):
    view.append_commit(Commit("me", words("wreck a nice beach"), ends_segment=True))
    view.append_commit(Commit("me", words("another line", 5.0), ends_segment=True))
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.edit_paragraph(view.paragraphs[0])
    qtbot.waitUntil(view._editor.hasFocus)
    view._editor.setPlainText("recognise speech")

    with qtbot.waitSignal(view.edit_requested) as requested:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.viewport().rect().center())

    assert requested.args == [view.paragraphs[0], "recognise speech"]
    assert view._editor is None


def test_a_correction_is_kept_when_another_line_is_opened(view, qtbot):
    view.append_commit(Commit("me", words("wreck a nice beach"), ends_segment=True))
    view.append_commit(Commit("me", words("another line", 5.0), ends_segment=True))
    view.edit_paragraph(view.paragraphs[0])
    view._editor.setPlainText("recognise speech")

    with qtbot.waitSignal(view.edit_requested) as requested:
        view.edit_paragraph(view.paragraphs[1])

    assert requested.args[1] == "recognise speech"
    assert view._editor.toPlainText() == "another line"


def test_new_words_do_not_scroll_a_reader_who_looked_back(view, qtbot):
    for number in range(60):
        view.append_commit(Commit("me", words(f"line number {number}", 10.0 * number), ends_segment=True))
    qtbot.waitUntil(lambda: view.verticalScrollBar().value() == view.verticalScrollBar().maximum() > 0)
    view.verticalScrollBar().setValue(100)

    view.append_commit(Commit("me", words("newest", 700.0), ends_segment=True))

    assert not view.is_following
    assert view.verticalScrollBar().value() == 100
    view.follow()
    assert view.is_following
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def test_find_goes_from_place_to_place_and_around(view):
    view.append_commit(Commit("me", words("tea and Tea and tea"), ends_segment=True))

    assert view.find_terms(["tea"]) == (1, 3)
    assert view.find_terms(["tea"]) == (2, 3)
    assert view.find_terms(["tea"], backwards=True) == (1, 3)
    assert view.find_terms(["tea"], backwards=True) == (3, 3)
    assert view.find_terms(["coffee"]) == (0, 0)


def test_larger_text_keeps_the_place_of_the_reader(view, qtbot):
    for number in range(80):
        view.append_commit(Commit("me", words(f"line number {number}", 10.0 * number), ends_segment=True))
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() > 0)
    assert view.is_following
    before = view.font().pixelSize()

    view.set_text_size(200)
    assert view.font().pixelSize() == 2 * before
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()

    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    first = view.cursorForPosition(QPoint(100, 0)).blockNumber()
    view.set_text_size(100)
    assert view.cursorForPosition(QPoint(100, 0)).blockNumber() == first
    assert not view.is_following

    view.verticalScrollBar().setValue(0)
    view.set_text_size(200)
    assert view.verticalScrollBar().value() == 0


def test_other_colours_lay_the_text_out_once(view, qtbot):
    for number in range(20):
        view.append_commit(Commit("me", words(f"line {number}", 10.0 * number), ends_segment=True))
    before, changes = lines(view), []
    view.document().contentsChanged.connect(lambda: changes.append(True))

    view._on_theme_changed()

    assert lines(view) == before
    assert len(changes) == 1


def test_find_heeds_neither_accents_nor_case(view):
    view.append_commit(Commit("me", words("🙂 une crème, une CREME"), ends_segment=True))

    assert view.find_terms(["creme"]) == (1, 2)
    assert [mark.cursor.selectedText() for mark in view.extraSelections()] == ["crème", "CREME", "crème"]


def test_only_places_in_sight_are_marked(view):
    for _ in range(300):
        view.append_commit(Commit("me", words("tea and tea"), ends_segment=True))
    view.set_live(False)
    view.verticalScrollBar().setValue(0)
    assert view.find_terms(["tea"]) == (1, 600)
    assert 2 < len(view.extraSelections()) < 60

    view.find_terms(["tea"], backwards=True)

    assert view.verticalScrollBar().value() > 0
    assert 2 < len(view.extraSelections()) < 60
    last = view.document().characterCount() - 1
    assert last - 3 in [mark.cursor.selectionStart() for mark in view.extraSelections()]


def test_text_with_times_names_the_beginning_of_each_line(view):
    view.append_commit(Commit("me", words("hello", 65.0), ends_segment=True))

    assert view.text(with_times=True) == "[1:05] hello"


def test_end_of_live_text_leaves_no_unconfirmed_words(view):
    view.append_commit(Commit("me", words("certain")))
    view.set_partial(Partial("me", words("perhaps", 2.0)))
    view.set_partial(Partial("computer", words("who knows", 3.0)))

    view.set_live(False)

    assert lines(view) == ["certain"]
    assert len(view.paragraphs) == 1
