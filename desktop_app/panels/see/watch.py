"""Watch: standing questions, "tell me when you see ...", and what was seen of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.panels.see.model_choice import ModelChoice, StarterNote
from desktop_app.sessions.session_state import SessionState
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.history_list import when_text
from desktop_app.widgets.page import EmptyState, enable, prepare_number
from desktop_app.widgets.switch import Switch
from desktop_app.widgets.thumbnail import Thumbnail

if TYPE_CHECKING:
    from desktop_app.sessions.standing_watch import Sighting, Standing

PICTURE_PX = 44


class WatchTab(QWidget):
    """Shows the session's standing questions; each has a card.

    Args:
        model: that labels; it looks for things as well.
        judge: that answers questions, and may be asked whether they are there.
    """

    def __init__(self, context: AppContext, model: ModelChoice, judge: ModelChoice) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.vision
        self._watch = self._session.standing
        self._judge = judge
        self._cards: dict[str, StandingCard] = {}
        self.title = theme.label(self.tr("Tell me when you see …"), "strong")
        self.status = ElidedLabel("", "caption")
        self.status.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.retry = theme.button(self.tr("Try again"), "link", tip=self.tr("Load the model again"))
        self.note = StarterNote(context, model)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Such as “a cat” or “Is there a dog?”"))
        self.field.setAccessibleName(self.tr("What to look for"))
        self.field.setToolTip(self.tr("Enter adds it, and it is looked for at once"))
        self.add_button = theme.icon_button("plus", self.tr("Look for it"))
        body = QWidget()
        body.setProperty("role", "page")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, theme.SPACE_S, theme.SPACE_S)
        self._column.setSpacing(theme.SPACE_S)
        self._column.addStretch(1)
        self.list = QScrollArea()
        self.list.setWidgetResizable(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWidget(body)
        self.list.setAccessibleName(self.tr("What is looked for"))
        self.empty = EmptyState(
            "bell",
            self.tr("Nothing is looked for"),
            self.tr("Name a thing: when it comes into view you are told, and its picture is kept in the history."),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.list)

        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_S)
        head.addWidget(self.title)
        head.addWidget(self.status, 1)
        head.addWidget(self.retry)
        edit = QHBoxLayout()
        edit.setSpacing(theme.SPACE_XS)
        edit.addWidget(self.field, 1)
        edit.addWidget(self.add_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_S)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addLayout(edit)
        layout.addWidget(self.stack, 1)

        self.field.returnPressed.connect(self._on_entered)
        self.field.textChanged.connect(lambda _text: self._show_button())
        self.add_button.clicked.connect(self._on_entered)
        self.retry.clicked.connect(self._watch.try_again)
        self._watch.questions_changed.connect(self._show)
        self._watch.looked.connect(self._show_looks)
        self._watch.changed.connect(self._show_status)
        self._watch.sighted.connect(self._on_sighted)
        self._session.snapshot_taken.connect(lambda _item_id: self._show_looks())
        context.items_deleted.connect(lambda _item_ids: self._show_looks())
        self._show()
        self._show_button()

    @property
    def cards(self) -> list[StandingCard]:
        return list(self._cards.values())

    def _on_entered(self) -> None:
        if self._watch.add(self.field.text()) is not None:
            self.field.clear()

    def _show_button(self) -> None:
        has_text = bool(self.field.text().strip())
        enable(self.add_button, has_text, self.tr("Look for it (Enter)"), self.tr("Name a thing first"))

    def _show(self) -> None:
        wanted = {standing.text: standing for standing in self._watch.questions}
        for text in [text for text in self._cards if text not in wanted]:
            card = self._cards.pop(text)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for text, standing in wanted.items():
            if text not in self._cards:
                self._cards[text] = StandingCard(self._context, standing)
                self._column.insertWidget(self._column.count() - 1, self._cards[text])
        self.stack.setCurrentWidget(self.list if wanted else self.empty)
        self._show_looks()
        self._show_status()

    def _show_looks(self) -> None:
        for card in self._cards.values():
            card.refresh()

    def _show_status(self) -> None:
        state, is_on = self._watch.state, any(standing.is_on for standing in self._watch.questions)
        watching = self.tr("Watching")
        if self._watch.judge_model_id == "server":
            watching = self.tr("Watching; pictures go to {place}").format(place=self._judge.server)
        texts = {
            SessionState.IDLE: self.tr("Waits for a picture") if is_on else "",
            SessionState.LOADING: self.tr("Loading the model"),
            SessionState.RUNNING: watching,
            SessionState.PAUSED: self.tr("Waits for the answer"),
            SessionState.FAILED: self.tr("Stopped by an error"),
        }
        self.status.setText(texts.get(state, ""))
        self.status.setToolTip(self.status.text())
        self.retry.setVisible(state is SessionState.FAILED)

    def _on_sighted(self, sighting: Sighting) -> None:
        if sighting.standing.text in self._cards:
            self._cards[sighting.standing.text].show_sighting(sighting)


class StandingCard(QFrame):
    """One thing that is looked for: whether it is, how the newest picture fits, and when it was seen last."""

    def __init__(self, context: AppContext, standing: Standing) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._context = context
        self._session = context.sessions.vision
        self._watch = watch = self._session.standing
        self._standing = standing
        self.picture: Thumbnail | None = None
        self.switch = Switch()
        self.switch.setAccessibleName(self.tr("Look for {thing}").format(thing=standing.text))
        self.switch.setToolTip(self.tr("Look for it, or pause"))
        self.text = ElidedLabel(standing.text, "strong")
        self.text.setToolTip(standing.text)
        self.status = ElidedLabel("", "caption")
        self.show_button = theme.icon_button(
            "history", self.tr("Show it in the history"), tip=self.tr("Show the picture that was kept when it was seen")
        )
        self.options_button = theme.icon_button(
            "preferences", self.tr("Options"), tip=self.tr("How sure it has to be, and how often you are told")
        )
        self.options_button.setCheckable(True)
        self.remove_button = theme.icon_button("trash", self.tr("Remove"), tip=self.tr("Look for it no more"))
        for button in (self.show_button, self.options_button, self.remove_button):
            button.setProperty("role", "small")
        self.hits = self._number(self.tr("Looks that must say yes"), 1, 50, standing.question.hits)
        self.looks = self._number(self.tr("Of so many looks"), 1, 50, standing.question.looks)
        self.cool_down = QDoubleSpinBox()
        self.cool_down.setRange(0.0, 86_400.0)
        self.cool_down.setDecimals(0)
        self.cool_down.setSuffix(self.tr(" s"))
        self.cool_down.setValue(standing.question.cool_down_s)
        silent = self.tr("After you were told, it is silent for so long")
        prepare_number(self.cool_down, self.tr("Told at most every"), silent)
        self.options = QWidget()
        self.options.hide()

        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.text)
        texts.addWidget(self.status)
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.SPACE_S)
        self._row.addWidget(self.switch)
        self._row.addLayout(texts, 1)
        self._row.addWidget(self.show_button)
        self._row.addWidget(self.options_button)
        self._row.addWidget(self.remove_button)
        form = QFormLayout(self.options)
        form.setContentsMargins(0, theme.SPACE_XS, 0, 0)
        form.setSpacing(theme.SPACE_S)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(self.tr("Looks that must say yes"), self.hits)
        form.addRow(self.tr("Of so many looks"), self.looks)
        form.addRow(self.tr("Told at most every"), self.cool_down)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_S, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        layout.setSpacing(0)
        layout.addLayout(self._row)
        layout.addWidget(self.options)

        self.switch.clicked.connect(lambda is_on: watch.set_on(standing, is_on))
        self.show_button.clicked.connect(self._on_show)
        self.options_button.toggled.connect(self.options.setVisible)
        self.remove_button.clicked.connect(lambda: watch.remove(standing))
        for field in (self.hits, self.looks, self.cool_down):
            field.valueChanged.connect(self._on_changed)
        self.refresh()

    def _number(self, name: str, least: int, most: int, value: int) -> QSpinBox:
        field = QSpinBox()
        field.setRange(least, most)
        field.setValue(value)
        prepare_number(field, name, name)
        return field

    def refresh(self) -> None:
        """Shows the question as it is now."""
        if self.switch.isChecked() != self._standing.is_on:
            self.switch.setChecked(self._standing.is_on)
        self.status.setText("  ·  ".join(self._parts()))
        self.status.setToolTip(self.status.text())
        self.show_button.setVisible(self._snapshot is not None)

    @property
    def _snapshot(self) -> int | None:
        """The item of the history with the picture in which it was seen last."""
        return self._session.snapshot_of(self.picture.frame) if self.picture is not None else None

    def _on_show(self) -> None:
        if (item_id := self._snapshot) is not None:
            self._context.item_requested.emit(item_id)

    def show_sighting(self, sighting: Sighting) -> None:
        """Puts the picture in which it was seen last before the name; a click shows it large."""
        if self.picture is not None:
            self._row.removeWidget(self.picture)
            self.picture.hide()
            self.picture.deleteLater()
        name = self.tr("The picture in which {thing} was seen").format(thing=self._standing.text)
        self.picture = Thumbnail(sighting.frame, name, PICTURE_PX)
        self._row.insertWidget(1, self.picture)
        self.refresh()

    def _parts(self) -> list[str]:
        standing, parts = self._standing, []
        if standing.last_seen_at is not None:
            parts.append(self.tr("Seen {when}").format(when=when_text(standing.last_seen_at)))
            if standing.n_sightings > 1:
                parts.append(self.tr("{count} times").format(count=standing.n_sightings))
        if not standing.is_on:
            parts.append(self.tr("Paused"))
        elif standing.newest is not None:
            likeness = f"{standing.newest.likeness:.0%}"
            hits = self.tr("{hits} of {looks} looks").format(hits=standing.n_hits, looks=standing.question.looks)
            parts += [likeness, hits]
        elif standing.last_seen_at is None:
            parts.append(self.tr("Not seen yet"))
        return parts

    def _on_changed(self) -> None:
        hits, looks = self.hits.value(), self.looks.value()
        if looks < hits:
            self.looks.setValue(hits)  # comes here again
            return
        self._watch.change(self._standing, hits=hits, looks=looks, cool_down_s=self.cool_down.value())
