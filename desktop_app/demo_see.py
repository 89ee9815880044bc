"""The part of the demonstration that sees: the page labels, describes and answers about the sample picture."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.main_window import MainWindow
from desktop_app.panels.see.page import SAMPLE, SeePanel
from desktop_app.sessions.chat import ChatTurn, TurnState
from desktop_app.sessions.lane import Lane
from desktop_app.sessions.session_state import SessionState
from workers.results import Caption, LabelScores, Region, Seen

LABELS = ["a horse", "a pig", "a balloon", "a dog", "an apple"]
HORSE = Region(0.5, 0.14, 0.36, 0.36)  # of the sample: the part that is labelled
QUESTIONS = ("what is on the right?", "what color is the balloon?", "where is the pig?")
LOOKED_AT_MS = 1200  # how long the bars may glide before their picture is taken


class Seeing(QObject):
    """Presses what a user would press, one step after the other.

    Signals:
        done(): all steps were taken, or one failed.

    Attributes:
        said: what was seen, in lines for the terminal.
        error: why it ended early; empty when it did not.
    """

    done = Signal()

    def __init__(self, window: MainWindow, take_picture: Callable[[str], None]) -> None:
        super().__init__()
        self._context = window.context
        self._session = window.context.sessions.vision
        self._window, self._picture = window, take_picture
        self._step: Callable[[object], None] = lambda _what: None  # takes what comes next
        self._questions = list(QUESTIONS)
        self._began_s = 0.0
        self.said: list[str] = []
        self.error = ""

    @property
    def page(self) -> SeePanel:
        page = self._window.page("see")
        assert isinstance(page, SeePanel)
        return page

    def start(self) -> None:
        self._session.state_changed.connect(self._on_state)
        for lane in (self._session.labels, self._session.caption):
            lane.seen.connect(lambda seen: self._step(seen))
            lane.changed.connect(lambda lane=lane: self._on_lane(lane))
        self._session.chat.turn_changed.connect(lambda turn: self._step(turn))
        self._session.failed.connect(self._on_failed)
        self._window.show_panel("see")
        self._picture("see-empty")
        self._session.set_labels(LABELS)
        self.page.look_at("sample")

    def _on_failed(self, error: Exception) -> None:
        self.error = str(error)
        self._end()

    def _on_lane(self, lane: Lane) -> None:
        if lane.error is not None and not self.error:
            self._on_failed(lane.error)

    def _on_state(self, state: SessionState) -> None:
        if state is SessionState.RUNNING and not self._began_s:
            self._label()

    def _end(self) -> None:
        self._step = lambda _what: None
        self.done.emit()

    # ── the steps ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _label(self) -> None:
        """The part with the horse."""
        self._began_s = time.monotonic()
        self.page.show_tab(self.page.labels)
        self._session.set_region(HORSE)
        self.page.labels.head.switch.click()
        self._step = self._on_labelled

    def _on_labelled(self, seen: object) -> None:
        if not (isinstance(seen, Seen) and isinstance(seen.result, LabelScores)):
            return
        self._step = lambda _what: None
        label, score = seen.result.scores[0]
        self.said.append(f"Labelled, a part of {SAMPLE.name}: {label} ({score:.0%})")
        QTimer.singleShot(LOOKED_AT_MS, self, self._describe)

    def _describe(self) -> None:
        self._picture("see-labels")
        self.page.labels.head.switch.click()
        self._session.set_region(None)
        self.page.show_tab(self.page.caption)
        self.page.caption.head.switch.click()
        self._step = self._on_described

    def _on_described(self, seen: object) -> None:
        if not (isinstance(seen, Seen) and isinstance(seen.result, Caption)):
            return
        self._step = lambda _what: None
        self.said.append(f"Described: {seen.result.text}")
        QTimer.singleShot(LOOKED_AT_MS, self, self._ask)

    def _ask(self) -> None:
        self._picture("see-caption")
        self.page.caption.head.switch.click()
        self.page.show_tab(self.page.ask)
        self._step = self._on_turn
        self._ask_next()

    def _ask_next(self) -> None:
        self.page.ask.field.setPlainText(self._questions.pop(0))
        self.page.ask.field.send()

    def _on_turn(self, turn: object) -> None:
        if not (isinstance(turn, ChatTurn) and turn.state.is_over):
            return
        if turn.state is not TurnState.DONE:
            self.error = str(turn.error or "The answer was stopped.")
            self._end()
            return
        self.said.append(f"{turn.question}  {turn.answer.strip()}  ({turn.time_to_first_token_s or 0.0:.1f} s)")
        if self._questions:
            QTimer.singleShot(0, self, self._ask_next)
        else:
            self._step = lambda _what: None
            QTimer.singleShot(LOOKED_AT_MS, self, self._keep)

    def _keep(self) -> None:
        self._picture("see-ask")
        self._session.snapshot_taken.connect(lambda _item_id: QTimer.singleShot(LOOKED_AT_MS, self, self._on_kept))
        self.page.keep()

    def _on_kept(self) -> None:
        self._picture("see-kept")
        self._end()
