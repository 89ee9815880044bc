"""A transcript as it grows: confirmed words in ink, unconfirmed ones lighter, a word a click away from its sound.

One paragraph of the document is one segment, and `_paragraphs[i]` describes block `i`. Committed words are only ever
appended; an update of the unconfirmed tail touches nothing but the end of its own block, so three hours of text stay
as smooth as three lines. Times and names are painted into the margins and are no part of the text.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QPushButton, QTextEdit, QToolTip, QWidget

from desktop_app.durations import clock_text
from desktop_app.history.search import find
from desktop_app.theme import color, font, theme
from workers.results import Commit, Partial, Word

LOW_PROBABILITY = 0.5  # Whisper's wrong words are mostly below it, and few of its right ones are
GUTTER_PX = 76  # room for a time at the left
COLUMN_PX = 760  # a line longer than this is hard to follow
HEADING_PX = 30
PARAGRAPH_GAP_PX = 8
NOTE_GAP_PX = 14  # between the text and a note at the right of it
TRACK_TONES = {"me": "accent", "computer": "success"}  # colours of the theme
FOLLOW_MARGIN_PX = 24  # this close to the end counts as being at the end


@dataclass
class Paragraph:
    """One segment on the screen.

    Attributes:
        starts: where each committed word begins in the text of the block, in the units that Qt counts.
        edited_text: what the user wrote in place of the words, or None.
        segment_id: its number in the history, once it is known.
        is_open: more words may be appended.
        emotion: how it sounds, labels with probabilities, best first; mostly empty.
    """

    track: str
    words: list[Word] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    length: int = 0  # of the committed text, in the same units
    partial: tuple[Word, ...] = ()
    edited_text: str | None = None
    segment_id: int | None = None
    is_open: bool = False
    emotion: tuple[tuple[str, float], ...] = ()

    @property
    def start_s(self) -> float:
        words = self.words or self.partial
        return words[0].start_s if words else 0.0

    @property
    def end_s(self) -> float:
        words = self.words or self.partial
        return words[-1].end_s if words else 0.0


def track_name(track: str) -> str:
    """What a track is called on the screen."""
    names = {
        "me": QCoreApplication.translate("Track", "Me"),
        "computer": QCoreApplication.translate("Track", "Computer"),
        "file": QCoreApplication.translate("Track", "File"),
    }
    return names.get(track, track)


def emotion_name(label: str) -> str:
    """What an emotion is called on the screen; models may have labels of their own."""
    names = {
        "neutral": QCoreApplication.translate("Emotion", "neutral"),
        "happy": QCoreApplication.translate("Emotion", "happy"),
        "angry": QCoreApplication.translate("Emotion", "angry"),
        "sad": QCoreApplication.translate("Emotion", "sad"),
        "calm": QCoreApplication.translate("Emotion", "calm"),
        "fearful": QCoreApplication.translate("Emotion", "fearful"),
        "disgust": QCoreApplication.translate("Emotion", "disgust"),
        "surprised": QCoreApplication.translate("Emotion", "surprised"),
    }
    return names.get(label, label)


class TranscriptView(QTextEdit):
    """Read-only text that follows its end until the reader scrolls up.

    Signals:
        word_clicked(Paragraph, Word): a confirmed word was clicked.
        edit_requested(object, str): the Paragraph that the user rewrote, and the new text.
        size_requested(int): larger text (1) or smaller (-1).
    """

    word_clicked = Signal(object, object)
    edit_requested = Signal(object, str)
    size_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paragraphs: list[Paragraph] = []
        self._names: dict[str, str] = {}
        self._open: dict[str, Paragraph] = {}
        self._is_following = True
        self._is_live = False
        self._playing: tuple[int, int] | None = None  # paragraph and word that are heard now
        self._hits: list[tuple[int, int]] = []  # document position and length of what was searched
        self._hit = -1
        self._editor: _SegmentEditor | None = None
        self._edited: Paragraph | None = None
        self._press: QPoint | None = None
        self._left = GUTTER_PX
        self._text_percent = 100

        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("TranscriptView { border: none; background: transparent; padding: 0; }")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName(self.tr("Transcript"))
        self.viewport().setMouseTracking(True)
        self.document().setDocumentMargin(0)

        self._pill = QPushButton(self.tr("↓  Jump to live"), self)
        self._pill.setProperty("kind", "primary")
        self._pill.setCursor(Qt.CursorShape.PointingHandCursor)
        self._pill.setToolTip(self.tr("Show the newest words again (End)"))
        self._pill.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pill.clicked.connect(self.follow)
        self._pill.hide()

        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        theme().changed.connect(self._on_theme_changed)
        self._apply_theme()
        self._apply_frame()

    # ── content ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def clear_transcript(self) -> None:
        """Empties the page."""
        self.cancel_edit()
        self._paragraphs.clear()
        self._open.clear()
        self._playing, self._hits, self._hit = None, [], -1
        self.clear()
        self._apply_frame()
        self._show_selections()
        self.follow()

    def set_tracks(self, tracks: Sequence[str]) -> None:
        """Says which tracks there are; with two of them each has its name and colour."""
        self._names = {track: track_name(track) for track in tracks}
        self._apply_frame()
        for index in range(len(self._paragraphs)):
            self._format_block(index)
        self.viewport().update()

    def set_text_size(self, percent: int) -> None:
        """Shows the text larger or smaller; what stands at the top, or at the end while it is followed, stays there."""
        if percent == self._text_percent:
            return
        self._text_percent = percent
        was_following, first = self._is_following, self.cursorForPosition(QPoint(self._left, 0))
        top = max(0, self.cursorRect(first).top())
        self._apply_theme()
        self._apply_frame()
        if was_following:
            self.follow()
        else:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.cursorRect(first).top() - top)
        if self._editor is not None:
            self._editor.setFont(self.font())
            self._place_editor()

    def set_live(self, is_live: bool) -> None:
        """While live, unconfirmed words may be shown and the pill leads back to the end."""
        self._is_live = is_live
        if not is_live:
            for paragraph in list(self._open.values()):
                self.set_partial(Partial(paragraph.track, ()))
                paragraph.is_open = False
            self._open.clear()
        self._update_pill()

    def load(self, paragraphs: Iterable[Paragraph]) -> None:
        """Shows a stored transcript from its beginning."""
        self.clear_transcript()
        self._is_following = False
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for paragraph in paragraphs:
            index = len(self._paragraphs)
            self._paragraphs.append(paragraph)
            if index:
                cursor.insertBlock()
            cursor.setBlockFormat(self._block_format(index))
            self._insert_committed(cursor, paragraph)
        cursor.endEditBlock()
        self._apply_frame()
        self.verticalScrollBar().setValue(0)
        self._is_following = False

    def append_commit(self, commit: Commit) -> Paragraph | None:
        """Appends words that are certain; what was there stays. Gives the paragraph they went to."""
        paragraph = self._open.get(commit.track)
        if commit.words:
            if paragraph is None:
                paragraph = self._insert_paragraph(commit.track, commit.words[0].start_s)
            rest = tuple(word for word in paragraph.partial if word.start_s >= commit.words[-1].end_s - 0.05)
            cursor = self._tail_cursor(paragraph)
            cursor.beginEditBlock()
            cursor.removeSelectedText()
            self._insert_words(cursor, paragraph, commit.words)
            cursor.insertText(self._tail_text(paragraph, rest), self._partial_format)
            cursor.endEditBlock()
            paragraph.partial = rest
        if commit.ends_segment and paragraph is not None and paragraph.words:
            self._close_paragraph(paragraph)
        return paragraph

    def set_partial(self, partial: Partial) -> None:
        """Replaces the unconfirmed tail of a track."""
        paragraph = self._open.get(partial.track)
        if paragraph is None:
            if not partial.words:
                return
            paragraph = self._insert_paragraph(partial.track, partial.words[0].start_s)
        self._set_tail(paragraph, partial.words)
        if not paragraph.words and not paragraph.partial:
            self._remove_paragraph(paragraph)

    def set_edited(self, paragraph: Paragraph, text: str | None) -> None:
        """Shows `text` in place of the words of a paragraph; None brings the words back."""
        paragraph.edited_text = text
        self._write_block(self._index(paragraph), paragraph)
        self.viewport().update()

    def set_emotion(self, track: str, start_s: float, scores: tuple[tuple[str, float], ...]) -> None:
        """Notes beside the paragraph that began then how it sounds."""
        for paragraph in reversed(self._paragraphs):
            if (paragraph.track, paragraph.start_s) == (track, start_s):
                paragraph.emotion = scores
                self._apply_frame()
                self.viewport().update()
                return

    @property
    def paragraphs(self) -> Sequence[Paragraph]:
        return self._paragraphs

    @property
    def is_empty(self) -> bool:
        return not self._paragraphs

    # ── reading along ───────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_following(self) -> bool:
        return self._is_following

    def follow(self) -> None:
        """Shows the end and stays there."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._set_following(True)

    def set_playing(self, track: str | None, seconds: float = 0.0) -> None:
        """Marks the word that is heard at `seconds` of a track, None for no word; any track when `track` is ""."""
        playing = None if track is None else self._word_at_time(track, seconds)
        if playing == self._playing:
            return
        self._playing = playing
        self._show_selections()
        if playing is not None:
            cursor = QTextCursor(self._block(playing[0]))
            self._reveal(cursor.position() + self._word_span(*playing)[0], is_centred=False)

    def jump_to(self, seconds: float, track: str, terms: Sequence[str]) -> tuple[int, int]:
        """Marks every place of the folded terms and shows the one at a time; gives (which, of how many)."""
        found = self._word_at_time(track, seconds)
        if found is None:
            return 0, 0
        position = self._block(found[0]).position() + self._word_span(*found)[0]
        self._hits = list(self._places_of(terms))
        if self._hits:
            self._hit = min(bisect_left(self._hits, (position, 0)), len(self._hits) - 1)
        self._show_selections()
        self._reveal(position)
        return self._hit + 1, len(self._hits)

    def find_terms(self, terms: Sequence[str], *, backwards: bool = False) -> tuple[int, int]:
        """Marks every place of the folded terms and shows the next one; gives (which, of how many), (0, 0) for none."""
        hits = list(self._places_of(terms))
        is_same = hits and hits == self._hits
        self._hits = hits
        if not hits:
            self._hit = -1
        elif is_same:
            self._hit = (self._hit + (-1 if backwards else 1)) % len(hits)
        else:
            top = self.cursorForPosition(QPoint(self._left, 0)).position()
            self._hit = next((index for index, (position, _) in enumerate(hits) if position >= top), 0)
        self._show_selections()
        if hits:
            self._reveal(hits[self._hit][0])
        return self._hit + 1, len(hits)

    def _places_of(self, terms: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Document position and length of every place of one of them, whatever its case and accents there."""
        block = self.document().begin()
        while block.isValid():
            text = block.text()
            for start, end in find(text, list(terms)):
                yield block.position() + _units(text[:start]), _units(text[start:end])
            block = block.next()

    def clear_marks(self) -> None:
        """Forgets what was searched."""
        self._hits, self._hit = [], -1
        self._show_selections()

    def text(self, *, with_times: bool = False, selection_only: bool = False) -> str:
        """The transcript as plain text; names are added when there are two tracks."""
        cursor = self.textCursor()
        only = (cursor.selectionStart(), cursor.selectionEnd()) if selection_only and cursor.hasSelection() else None
        lines = []
        for index, paragraph in enumerate(self._paragraphs):
            block = self._block(index)
            text, start = block.text(), block.position()
            if only is not None:
                end = start + block.length() - 1
                if end < only[0] or start > only[1]:
                    continue
                cursor.setPosition(max(start, only[0]))
                cursor.setPosition(min(end, only[1]), QTextCursor.MoveMode.KeepAnchor)
                text = cursor.selectedText()
            name = self._names.get(paragraph.track, "") if len(self._names) > 1 else ""
            head = f"[{clock_text(paragraph.start_s)}] " if with_times else ""
            lines.append(head + (f"{name}: " if name else "") + text.strip())
        return "\n".join(lines)

    # ── editing a segment ───────────────────────────────────────────────────────────────────────────────────────────

    def edit_paragraph(self, paragraph: Paragraph) -> None:
        """Opens the segment for editing in place: Enter or going elsewhere keeps, Escape leaves it as it was."""
        self.keep_edit()
        if paragraph.is_open:
            return
        index = self._index(paragraph)
        self._edited = paragraph
        self._reveal(self._block(index).position(), is_centred=False)
        self._editor = _SegmentEditor(self, self._block(index).text())
        self._editor.accepted.connect(self.keep_edit)
        self._editor.cancelled.connect(self.cancel_edit)
        self._editor.document().documentLayout().documentSizeChanged.connect(self._place_editor)
        self._editor.show()
        self._place_editor()
        self._editor.setFocus()

    def edit_current(self) -> None:
        """Opens the segment with the text cursor in it."""
        if self._paragraphs:
            self.edit_paragraph(self._paragraphs[min(self.textCursor().blockNumber(), len(self._paragraphs) - 1)])

    def cancel_edit(self) -> None:
        """Closes the open editor, if any, without keeping its text."""
        if self._editor is not None:
            editor, self._editor = self._editor, None
            had_focus = editor.hasFocus()
            editor.hide()
            editor.deleteLater()
            if had_focus:  # else the keys went elsewhere on purpose
                self.setFocus()

    def keep_edit(self) -> None:
        """Closes the open editor, if any, and keeps its text."""
        if self._editor is None:
            return
        assert self._edited is not None
        paragraph, text = self._edited, " ".join(self._editor.toPlainText().split())
        self.cancel_edit()
        if text and text != self._block(self._index(paragraph)).text():
            self.edit_requested.emit(paragraph, text)

    def paragraph_at(self, point: QPoint) -> Paragraph | None:
        """The paragraph at a point of the viewport."""
        number = self.cursorForPosition(point).blockNumber()
        return self._paragraphs[number] if number < len(self._paragraphs) else None

    def _place_editor(self) -> None:
        assert self._editor is not None
        assert self._edited is not None
        rect = self._block_rect(self._block(self._index(self._edited))).toRect().adjusted(-9, -7, 9, 7)
        self._editor.resize(rect.width(), self._editor.height())  # how it wraps says how many lines there are
        height = min(max(rect.height(), self._editor.height_of_text), self.viewport().height())
        top = min(rect.top(), self.viewport().height() - height)
        self._editor.setGeometry(rect.left(), top, rect.width(), height)

    # ── paragraphs and blocks ───────────────────────────────────────────────────────────────────────────────────────

    def _block(self, index: int) -> QTextBlock:
        return self.document().findBlockByNumber(index)

    def _insert_paragraph(self, track: str, start_s: float) -> Paragraph:
        """A new open paragraph, in its place by time: the other track may have begun to speak later."""
        index = len(self._paragraphs)
        while index and self._paragraphs[index - 1].start_s > start_s:
            index -= 1
        paragraph = Paragraph(track, is_open=True)
        cursor = QTextCursor(self.document())
        if self._paragraphs:
            if index:
                cursor = QTextCursor(self._block(index - 1))
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
                cursor.insertBlock()
            else:
                cursor.insertBlock()  # pushes the first one down
        self._paragraphs.insert(index, paragraph)
        self._open[track] = paragraph
        self._playing = None
        self._format_block(index)
        self._format_block(index + 1)
        return paragraph

    def _remove_paragraph(self, paragraph: Paragraph) -> None:
        index = self._paragraphs.index(paragraph)
        del self._paragraphs[index]
        self._open.pop(paragraph.track, None)
        cursor = QTextCursor(self._block(index))
        if index:
            cursor.deletePreviousChar()
        elif self._paragraphs:
            cursor.deleteChar()
        self._format_block(index)

    def _close_paragraph(self, paragraph: Paragraph) -> None:
        rest = paragraph.partial
        self._set_tail(paragraph, ())
        paragraph.is_open = False
        self._open.pop(paragraph.track, None)
        if rest:
            self.set_partial(Partial(paragraph.track, rest))

    def _block_format(self, index: int) -> QTextBlockFormat:
        style = QTextBlockFormat()
        has_heading = len(self._names) > 1 and (
            index == 0 or self._paragraphs[index - 1].track != self._paragraphs[index].track
        )
        style.setTopMargin(HEADING_PX if has_heading else PARAGRAPH_GAP_PX)
        style.setLineHeight(135, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        return style

    def _format_block(self, index: int) -> None:
        if index < len(self._paragraphs):
            style = self._block_format(index)
            cursor = QTextCursor(self._block(index))
            if cursor.blockFormat() != style:
                cursor.setBlockFormat(style)

    def _write_block(self, index: int, paragraph: Paragraph) -> None:
        """Writes a paragraph afresh: after an edit, or when colours have changed."""
        cursor = QTextCursor(self._block(index))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        self._insert_committed(cursor, paragraph)
        cursor.insertText(self._tail_text(paragraph, paragraph.partial), self._partial_format)
        cursor.endEditBlock()

    def _insert_committed(self, cursor: QTextCursor, paragraph: Paragraph) -> None:
        """Writes what is certain in an empty block."""
        paragraph.starts.clear()
        paragraph.length = 0
        if paragraph.edited_text is not None:
            cursor.insertText(paragraph.edited_text, self._word_format)
            paragraph.length = _units(paragraph.edited_text)
        else:
            words, paragraph.words = paragraph.words, []
            self._insert_words(cursor, paragraph, words)

    def _insert_words(self, cursor: QTextCursor, paragraph: Paragraph, words: Iterable[Word]) -> None:
        pending, pending_style = "", self._word_format  # runs of one format go in together: far fewer fragments
        for word in words:
            text = word.text if paragraph.length else word.text.lstrip()
            style = self._doubtful_format if word.probability < LOW_PROBABILITY else self._word_format
            space = len(text) - len(text.lstrip())
            paragraph.words.append(word)
            paragraph.starts.append(paragraph.length + space)
            paragraph.length += _units(text)
            if style is self._word_format is pending_style:
                pending += text
                continue
            if space and pending_style is self._doubtful_format:  # the line below a word ends with it
                cursor.insertText(pending, pending_style)
                pending, pending_style = "", self._word_format
            cursor.insertText(pending + text[:space], pending_style)
            pending, pending_style = text[space:], style
        if pending:
            cursor.insertText(pending, pending_style)

    def _tail_cursor(self, paragraph: Paragraph) -> QTextCursor:
        """Selects the unconfirmed end of a paragraph and nothing else."""
        block = self._block(self._index(paragraph))
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + paragraph.length)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _index(self, paragraph: Paragraph) -> int:
        """Its place, looked for from the end, where the open ones are."""
        return next(i for i in reversed(range(len(self._paragraphs))) if self._paragraphs[i] is paragraph)

    @staticmethod
    def _tail_text(paragraph: Paragraph, words: Iterable[Word]) -> str:
        text = "".join(word.text for word in words)
        return text if paragraph.length else text.lstrip()

    def _set_tail(self, paragraph: Paragraph, words: tuple[Word, ...]) -> None:
        old, new = self._tail_text(paragraph, paragraph.partial), self._tail_text(paragraph, words)
        paragraph.partial = words
        if old != new:
            cursor = self._tail_cursor(paragraph)
            cursor.insertText(new, self._partial_format)

    def _word_span(self, index: int, word: int) -> tuple[int, int]:
        """Start and length of a word in its block."""
        paragraph = self._paragraphs[index]
        if paragraph.edited_text is not None:  # its words have no place of their own any more
            return 0, paragraph.length
        return paragraph.starts[word], _units(paragraph.words[word].text.strip())

    def _word_at_time(self, track: str, seconds: float) -> tuple[int, int] | None:
        index = bisect_right(self._paragraphs, seconds + 0.02, key=lambda p: p.start_s) - 1
        while index >= 0 and (not self._paragraphs[index].words or track not in ("", self._paragraphs[index].track)):
            index -= 1
        if index < 0:
            return None
        word = bisect_right(self._paragraphs[index].words, seconds + 0.02, key=lambda w: w.start_s) - 1
        return index, max(0, word)

    def word_at(self, point: QPoint) -> tuple[Paragraph, Word] | None:
        """The committed word below a point of the viewport."""
        cursor = self.cursorForPosition(point)
        rect = self.cursorRect(cursor)
        if not rect.adjusted(-16, 0, 16, 0).contains(point):
            return None
        # The nearest gap between letters may be behind the letter that was hit.
        return self._word_in_block(cursor.blockNumber(), cursor.positionInBlock() - (point.x() < rect.center().x()))

    def _word_in_block(self, index: int, offset: int) -> tuple[Paragraph, Word] | None:
        if index >= len(self._paragraphs) or not self._paragraphs[index].words:
            return None
        paragraph = self._paragraphs[index]
        if offset > paragraph.length:
            return None
        if paragraph.edited_text is not None:
            share = offset / max(1, paragraph.length)  # an edit has no word times: as far into the segment's words
            return paragraph, paragraph.words[min(int(share * len(paragraph.words)), len(paragraph.words) - 1)]
        return paragraph, paragraph.words[max(0, bisect_right(paragraph.starts, offset) - 1)]

    # ── look ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _apply_theme(self) -> None:
        letters = font("transcript")
        letters.setPixelSize(round(letters.pixelSize() * self._text_percent / 100))
        self.setFont(letters)
        self._word_format = QTextCharFormat()
        self._word_format.setForeground(color("text"))
        self._doubtful_format = QTextCharFormat(self._word_format)
        self._doubtful_format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        self._doubtful_format.setUnderlineColor(color("warning"))
        self._partial_format = QTextCharFormat()
        self._partial_format.setForeground(color("faint"))

    def _apply_frame(self) -> None:
        column_px = COLUMN_PX * self._text_percent // 100
        spare = max(0, self.viewport().width() - column_px - 2 * GUTTER_PX)
        self._left = GUTTER_PX + spare // 2
        root = self.document().rootFrame()
        style = root.frameFormat()
        style.setLeftMargin(self._left)
        has_notes = any(paragraph.emotion for paragraph in self._paragraphs)
        style.setRightMargin(spare // 2 + (GUTTER_PX if spare or has_notes else 24))
        style.setTopMargin(HEADING_PX if len(self._names) > 1 else 8)  # a block's own margin is dropped at the top
        style.setBottomMargin(40)
        if style != root.frameFormat():
            root.setFrameFormat(style)

    def _show_selections(self) -> None:
        # Only what is in sight: Qt looks through all marks at every paint, and a letter stands in thousands of places.
        shown = self._shown_positions()
        places = self._hits[bisect_left(self._hits, (shown.start, 0)) : bisect_left(self._hits, (shown.stop, 0))]
        marks = [self._mark(position, length, "warning_soft") for position, length in places]
        if self._playing is not None:
            start, length = self._word_span(*self._playing)
            marks.append(self._mark(self._block(self._playing[0]).position() + start, length, "accent_soft", "accent"))
        if self._hits:
            marks.append(self._mark(*self._hits[self._hit], "accent", "on_accent"))
        self.setExtraSelections(marks)

    def _shown_positions(self) -> range:
        """Of the blocks in sight, in the document."""
        height = self.viewport().height()
        last = self.cursorForPosition(QPoint(self._left, height)).block()
        first = self.cursorForPosition(QPoint(self._left, 0)).block()
        return range(first.position(), last.position() + last.length())

    def _mark(self, position: int, length: int, background: str, ink: str = "text") -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(self.document())
        mark.cursor.setPosition(position)
        mark.cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        mark.format.setBackground(color(background))
        mark.format.setForeground(color(ink))
        return mark

    def _block_rect(self, block: QTextBlock) -> QRectF:
        """The block in the viewport, without the margin above it."""
        rect = self.document().documentLayout().blockBoundingRect(block)
        rect.translate(0, -self.verticalScrollBar().value())
        rect.setLeft(self._left)
        return rect

    def _reveal(self, position: int, *, is_centred: bool = True) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        rect = self.cursorRect(cursor)
        height = self.viewport().height()
        if is_centred or rect.top() < 0 or rect.bottom() > height - 40:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + rect.top() - height // 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._paragraphs:
            return
        with QPainter(self.viewport()) as painter:
            small, bold = font("caption"), font("strong")
            faint = color("faint")
            ascent = QFontMetricsF(self.font()).ascent()
            block = self.cursorForPosition(QPoint(self._left, 0)).block()
            index = block.blockNumber()
            has_names = len(self._names) > 1
            while block.isValid() and index < len(self._paragraphs):
                rect = self._block_rect(block)
                if rect.top() - HEADING_PX > self.viewport().height():
                    break
                paragraph = self._paragraphs[index]
                colour = color(TRACK_TONES.get(paragraph.track, "faint"))
                line = block.layout().lineAt(0)
                baseline = rect.top() + (line.y() + line.ascent() if line.isValid() else ascent)
                painter.setFont(small)
                painter.setPen(faint)
                stamp = clock_text(paragraph.start_s)
                width = QFontMetricsF(small).horizontalAdvance(stamp)
                painter.drawText(QRectF(self._left - 18 - width, baseline - 40, width + 2, 40), _STAMP_FLAGS, stamp)
                if paragraph.emotion:
                    name = QFontMetricsF(small).elidedText(
                        emotion_name(paragraph.emotion[0][0]), Qt.TextElideMode.ElideRight, GUTTER_PX - NOTE_GAP_PX
                    )
                    painter.drawText(QRectF(self._note_left, baseline - 40, GUTTER_PX, 40), _NOTE_FLAGS, name)
                if has_names:
                    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                    painter.fillRect(QRectF(self._left - 11, rect.top() + 1, 3, rect.height() - 2), colour)
                    if block.blockFormat().topMargin() >= HEADING_PX:
                        painter.setFont(bold)
                        painter.setPen(colour)
                        name = self._names.get(paragraph.track, paragraph.track)
                        painter.drawText(
                            QRectF(self._left, rect.top() - HEADING_PX, 300, HEADING_PX - 2), _NAME_FLAGS, name
                        )
                if paragraph.edited_text is not None:
                    last = block.layout().lineAt(block.layout().lineCount() - 1)
                    painter.setFont(small)
                    painter.setPen(faint)
                    at = rect.left() + last.naturalTextWidth() + 10
                    painter.drawText(
                        QRectF(at, rect.top() + last.y(), 90, last.height()), _NAME_FLAGS, self.tr("edited")
                    )
                block, index = block.next(), index + 1

    def _on_theme_changed(self) -> None:
        self._apply_theme()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()  # of all: else the whole text is laid out anew for each line
        for index, paragraph in enumerate(self._paragraphs):
            self._write_block(index, paragraph)
        cursor.endEditBlock()
        self._show_selections()

    # ── the reader's hands ──────────────────────────────────────────────────────────────────────────────────────────

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._apply_frame()
        super().resizeEvent(event)
        self._place_pill()
        if self._hits:
            self._show_selections()
        if self._editor is not None:
            self._place_editor()
        if self._is_following:
            self.follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            event.ignore()  # the page's own key: pause, or play
        elif event.key() == Qt.Key.Key_End and not event.modifiers():
            self.follow()
        elif event.key() == Qt.Key.Key_F2:
            self.edit_current()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            cursor = self.textCursor()
            found = self._word_in_block(cursor.blockNumber(), cursor.positionInBlock())
            if found is not None:
                self.word_clicked.emit(*found)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y():
                self.size_requested.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        if self._press is None or (point - self._press).manhattanLength() > 4 or self.textCursor().hasSelection():
            return
        found = self.word_at(point)
        if found is not None:
            self.word_clicked.emit(*found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press = None
        paragraph = self.paragraph_at(event.position().toPoint())
        if paragraph is not None:
            self.edit_paragraph(paragraph)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not event.buttons():
            is_word = self.word_at(event.position().toPoint()) is not None
            shape = Qt.CursorShape.PointingHandCursor if is_word else Qt.CursorShape.IBeamCursor
            self.viewport().setCursor(shape)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self.word_at(event.pos())
            if event.pos().x() > self._note_left and (paragraph := self.paragraph_at(event.pos())):
                QToolTip.showText(event.globalPos(), self._emotion_tip(paragraph), self)
            elif found is not None:
                self._show_word_tip(event.globalPos(), *found)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _emotion_tip(self, paragraph: Paragraph) -> str:
        scores = ", ".join(f"{emotion_name(label)} {score:.0%}" for label, score in paragraph.emotion)
        return self.tr("The voice sounds: {scores}. A guess by a model.").format(scores=scores) if scores else ""

    @property
    def _note_left(self) -> float:
        """Where notes beside the text begin."""
        return self.viewport().width() - self.document().rootFrame().frameFormat().rightMargin() + NOTE_GAP_PX

    def _show_word_tip(self, where: QPoint, paragraph: Paragraph, word: Word) -> None:
        if paragraph.edited_text is not None:
            heard = "".join(word.text for word in paragraph.words).strip()
            QToolTip.showText(where, self.tr("Edited. Heard was: {text}").format(text=heard), self)
        elif word.probability < LOW_PROBABILITY:
            text = self.tr("Unsure of “{word}”: {percent} %. Click to hear it, double-click to correct it.")
            text = text.format(word=word.text.strip(), percent=round(100 * word.probability))
            QToolTip.showText(where, text, self)
        else:
            QToolTip.hideText()

    def _on_scrolled(self, value: int) -> None:
        self._set_following(value >= self.verticalScrollBar().maximum() - FOLLOW_MARGIN_PX)
        if self._hits:
            self._show_selections()
        if self._editor is not None:
            self._place_editor()

    def _on_range_changed(self, _minimum: int, maximum: int) -> None:
        if self._is_following:
            self.verticalScrollBar().setValue(maximum)

    def _set_following(self, is_following: bool) -> None:
        self._is_following = is_following
        self._update_pill()

    def _update_pill(self) -> None:
        self._pill.setVisible(self._is_live and not self._is_following)
        self._place_pill()

    def _place_pill(self) -> None:
        self._pill.adjustSize()
        self._pill.move((self.width() - self._pill.width()) // 2, self.height() - self._pill.height() - 14)


def _units(text: str) -> int:
    """Its length as Qt counts: what is beyond the first 65 536 characters, such as emoji, takes two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


_STAMP_FLAGS = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
_NOTE_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
_NAME_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class _SegmentEditor(QPlainTextEdit):
    """A small editor over one segment.

    Signals:
        accepted(): Enter was pressed, or the keys went elsewhere.
        cancelled(): Escape was pressed.
    """

    accepted = Signal()
    cancelled = Signal()

    def __init__(self, view: TranscriptView, text: str) -> None:
        super().__init__(view.viewport())
        self.setPlainText(text)
        self.setFont(view.font())
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setToolTip(self.tr("Enter keeps the change, Escape drops it. The words as heard are kept as well."))
        self.selectAll()
        self.moveCursor(QTextCursor.MoveOperation.End)

    @property
    def height_of_text(self) -> int:
        """What its lines need, with its frame."""
        document, block, height = self.document(), self.document().begin(), 0.0
        while block.isValid():
            height += self.blockBoundingRect(block).height()
            block = block.next()
        return math.ceil(height + 2 * document.documentMargin()) + self.height() - self.viewport().height()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.accepted.emit()
