"""A conversation about pictures: each question with the small picture that it is about, and its answer as it comes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop_app import i18n, theme
from desktop_app.sessions.chat import ChatTurn, Rating, TurnState
from desktop_app.widgets.thumbnail import Thumbnail
from workers.errors import AppError

MARGIN_PX = 48  # of the pictures, left of the words
SMALL_ICON_PX = 15
STAY_AT_END_PX = 24
WHOLE_UP_TO = 30  # letters: what is longer may be broken, or it would not fit the narrowest side
BETWEEN = "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}·  "  # no line begins with the dot


class ChatView(QScrollArea):
    """The turns in order. It stays at the newest word unless the user looked further up.

    Args:
        title_of: the name of a model for people, by its id.

    Signals:
        rated(ChatTurn, Rating): the user judges an answer.
        copied(ChatTurn): the answer was copied.
    """

    rated = Signal(object, int)
    copied = Signal(object)

    def __init__(self, title_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title_of = title_of
        self._cards: dict[int, TurnCard] = {}
        self._is_at_end = True
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Questions and answers"))
        body = QWidget()
        body.setProperty("role", "page")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, theme.SPACE_S, theme.SPACE_S)
        self._column.setSpacing(theme.SPACE_L)
        self._column.addStretch(1)
        self.setWidget(body)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_grown)

    @property
    def cards(self) -> list[TurnCard]:
        return list(self._cards.values())

    def add_turn(self, turn: ChatTurn) -> None:
        before = next(reversed(self._cards.values()), None)
        is_same = before is not None and [id(f) for f in before.turn.frames] == [id(f) for f in turn.frames]
        card = TurnCard(turn, self._title_of, has_pictures=not (is_same or turn.is_same_frame))
        card.rated.connect(lambda rating: self.rated.emit(turn, rating))
        card.copied.connect(lambda: self.copied.emit(turn))
        self._cards[turn.number] = card
        self._is_at_end = True
        self._column.insertWidget(self._column.count() - 1, card)

    def refresh_turn(self, turn: ChatTurn) -> None:
        if turn.number in self._cards:
            self._cards[turn.number].refresh()

    def clear(self) -> None:
        for card in self._cards.values():
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards.clear()
        self._is_at_end = True

    def _on_scrolled(self, value: int) -> None:
        self._is_at_end = value >= self.verticalScrollBar().maximum() - STAY_AT_END_PX

    def _on_grown(self, _least: int, most: int) -> None:
        if self._is_at_end:
            self.verticalScrollBar().setValue(most)


class TurnCard(QWidget):
    """One question and its answer.

    Once the answer is there, the card holds its height by itself: a layout that asks every card for the height of its
    words at each new word would take as long as the chat is.

    Args:
        has_pictures: else it is about those of the turn above.

    Signals:
        rated(Rating): up, down, or 0 to take it back.
        copied(): the answer is in the clipboard.
    """

    rated = Signal(int)
    copied = Signal()

    def __init__(self, turn: ChatTurn, title_of: Callable[[str], str], *, has_pictures: bool) -> None:
        super().__init__()
        self.turn = turn
        self._title_of = title_of
        self.pictures = [
            Thumbnail(frame, self.tr("The picture of the question '{question}'").format(question=turn.question))
            for frame in (turn.frames if has_pictures else ())
        ]
        self.question = _text(turn.question, "strong")
        self.answer = _text("", "body")
        self.numbers = _text("", "caption")
        self.copy_button = _small_button("copy", self.tr("Copy this answer"))
        self.up_button = _small_button("thumb-up", self.tr("A good answer"))
        self.down_button = _small_button("thumb-down", self.tr("A bad answer"))
        self.up_button.setCheckable(True)
        self.down_button.setCheckable(True)
        self.copy_button.clicked.connect(self._on_copy)
        self.up_button.clicked.connect(lambda: self._rate(1))
        self.down_button.clicked.connect(lambda: self._rate(-1))

        side = QWidget()
        side.setFixedWidth(MARGIN_PX)
        margin = QVBoxLayout(side)
        margin.setContentsMargins(0, 0, 0, 0)
        margin.setSpacing(theme.SPACE_XS)
        for picture in self.pictures:
            margin.addWidget(picture)
        margin.addStretch()
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.question, 1)
        for button in (self.copy_button, self.up_button, self.down_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(theme.SPACE_XS)
        words.addLayout(head)
        words.addWidget(self.answer)
        words.addWidget(self.numbers)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(side)
        row.addLayout(words, 1)
        theme.theme().changed.connect(self._hold_height)
        self.refresh()

    def hasHeightForWidth(self) -> bool:
        return not self.turn.state.is_over

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._hold_height()

    def _hold_height(self) -> None:
        layout = self.layout()
        if self.turn.state.is_over and layout is not None and self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            self.setFixedHeight(layout.heightForWidth(self.width()))

    def refresh(self) -> None:
        """Shows the turn as it is now."""
        turn = self.turn
        self.answer.setText(self._answer_text())
        role = "danger" if turn.state is TurnState.FAILED else "body" if turn.answer else "muted"
        if self.answer.property("role") != role:
            self.answer.setProperty("role", role)
            theme.refresh(self.answer)
        self.numbers.setText(BETWEEN.join(map(_whole, self._numbers())))
        self.numbers.setToolTip("\n".join(self._numbers(is_long=True)))
        is_answered = turn.state.is_over and bool(turn.answer)
        self.copy_button.setVisible(is_answered)
        self.up_button.setVisible(is_answered)
        self.down_button.setVisible(is_answered)
        self.up_button.setChecked(turn.rating == 1)
        self.down_button.setChecked(turn.rating == -1)
        self._hold_height()

    def _answer_text(self) -> str:
        turn = self.turn
        if turn.state is TurnState.FAILED:
            if isinstance(turn.error, AppError):
                return f"{i18n.sentence(turn.error)} {i18n.hint(turn.error)}".strip()
            return self.tr("Something unexpected happened. The log says more.")
        if turn.answer:
            return turn.answer.strip()
        if turn.is_cut_off:
            return self.tr(
                "No answer came within “Longest answer”, which the preferences of See hold: a model that thinks before "
                "it answers needs more."
            )
        return {
            TurnState.WAITING: self.tr("Getting ready …"),
            TurnState.ANSWERING: self.tr("Looking …"),
            TurnState.STOPPED: self.tr("Stopped before the first word."),
        }.get(turn.state, self.tr("No answer."))

    def _numbers(self, *, is_long: bool = False) -> list[str]:
        """What it took; the name of the model comes last, which may be long."""
        turn, parts = self.turn, []
        if turn.time_to_first_token_s is not None:
            seconds = f"{turn.time_to_first_token_s:.1f}"
            parts.append((self.tr("First word after {s} s") if is_long else self.tr("{s} s")).format(s=seconds))
        if turn.tokens_per_s is not None:
            parts.append(self.tr("{count} tokens/s").format(count=f"{turn.tokens_per_s:.0f}"))
        if turn.state is TurnState.STOPPED:
            parts.insert(0, self.tr("Stopped"))
        if turn.is_cut_off:
            long = self.tr("Cut off: “Longest answer” in the preferences of See says where")
            parts.insert(0, long if is_long else self.tr("Cut off"))
        if parts or turn.state.is_over:
            parts.append(self._seen_at(is_long=is_long))
            if turn.frame_age_s:
                age = f"{1000 * turn.frame_age_s:.0f}"
                parts.append((self.tr("picture {ms} ms old") if is_long else self.tr("{ms} ms old")).format(ms=age))
            if turn.model_id:
                parts.append(self._title_of(turn.model_id))
        return parts

    def _seen_at(self, *, is_long: bool) -> str:
        """In which size the model saw the picture; the picture's own where nobody says."""
        width, height = self.turn.resolution
        own = f"{width} × {height}"
        if not self.turn.sights:
            return own
        sight = self.turn.sights[-1]
        seen = f"{sight.width_px} × {sight.height_px}" + (f" × {sight.n_tiles}" if sight.n_tiles > 1 else "")
        return self.tr("picture {own}, seen at {seen}").format(own=own, seen=seen) if is_long else seen

    def _rate(self, rating: Rating) -> None:
        self.rated.emit(0 if self.turn.rating == rating else rating)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.turn.answer.strip())
        self.copied.emit()


def _whole(part: str) -> str:
    """Is not broken into lines."""
    return part.replace(" ", "\N{NO-BREAK SPACE}") if len(part) <= WHOLE_UP_TO else part


def _text(text: str, role: str) -> QLabel:
    label = theme.label(text, role, wrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


def _small_button(icon_name: str, name: str) -> QToolButton:
    button = theme.icon_button(icon_name, name)
    button.setIconSize(button.iconSize().scaled(SMALL_ICON_PX, SMALL_ICON_PX, Qt.AspectRatioMode.KeepAspectRatio))
    button.setProperty("role", "small")
    return button
