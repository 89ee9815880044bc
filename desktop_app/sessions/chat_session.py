"""Questions about what is in view, and their answers, one at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.sessions.chat import Chat, ChatTurn, Rating, TurnState, export_markdown
from desktop_app.sessions.choices import vision_spec
from desktop_app.sessions.looker import RunWorker
from desktop_app.sessions.speaker import Speaker
from desktop_app.sessions.voice_question import SpokenQuestion, VoiceQuestion
from workers.errors import EngineError
from workers.results import Answer, AnswerToken, Notice, Progress, VideoFrame
from workers.sources.base import AudioSource
from workers.worker import AnswerWorker, LoadWorker, Worker

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from desktop_app.jobs import Job
    from workers.engines.base import EngineSpec

log = logging.getLogger(__name__)

ANSWER_TOPIC = "answer"
NEW_CHAT_TOPIC = "new chat"
TURN_PERIOD_MS = 33  # the panel hears of new words at most so often


class ChatSession(QObject):
    """The chat of a vision session. All verbs return at once.

    Args:
        this_moment: what a question that begins now is about, cropped already; none where there is nothing to see.
        is_live: frames come from something that moves, so that a question has an age.

    Attributes:
        voice: a question that is being spoken; `begin_voice` and `end_voice` are its verbs.
        speaker: reads answers aloud.

    Signals:
        turn_added(ChatTurn): a question was asked.
        turn_changed(ChatTurn): its state or text, at most 30 times a second.
        turn_ended(ChatTurn): with an answer, or the part of it that came until it was stopped.
        chat_cleared(): another chat is there: a new one, or the one before it again.
        pending_changed(): `pending_frames` has others.
        answering_changed(): `is_answering`, for those that rest meanwhile.
        load_progress(object): the Progress of loading the model that answers; None when it is there or given up.
        failed(object): the exception; the user has been told.
    """

    turn_added = Signal(object)
    turn_changed = Signal(object)
    turn_ended = Signal(object)
    chat_cleared = Signal()
    pending_changed = Signal()
    answering_changed = Signal()
    load_progress = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        context: AppContext,
        this_moment: Callable[[], tuple[VideoFrame, ...]],
        is_live: Callable[[], bool],
        run_worker: RunWorker,
    ) -> None:
        super().__init__()
        self._context = context
        self._this_moment = this_moment
        self._is_live = is_live
        self._run_worker = run_worker
        self._chat = Chat()
        self._pending: list[VideoFrame] = []
        self._spec: EngineSpec | None = None  # that answers, as the settings say
        self._choice = 0  # how often another one was chosen
        self._answering: ChatTurn | None = None
        self._languages: tuple[str, ...] = ()  # of the model that answers
        self._worker: AnswerWorker | None = None  # of the turn that is being answered
        self._loader: LoadWorker | None = None  # of the model that answers, ahead of the first question
        self._has_news = False  # of the turn, since it was told last
        self._turn_timer = QTimer(self, interval=TURN_PERIOD_MS)
        self._turn_timer.timeout.connect(self._on_turn_timer)
        self.voice = VoiceQuestion(context, run_worker)
        self.speaker = Speaker(context)
        self.voice.asked.connect(self._on_spoken)

    @property
    def turns(self) -> Sequence[ChatTurn]:
        """Of this chat, oldest first."""
        return self._chat.turns

    @property
    def pending_frames(self) -> Sequence[VideoFrame]:
        """What the next question will be about instead of the newest frame, if there are any."""
        return self._pending

    @property
    def is_answering(self) -> bool:
        return self._answering is not None

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def ask(
        self,
        question: str,
        *,
        same_frame: bool = False,
        frames: Sequence[VideoFrame] | None = None,
        spoken: SpokenQuestion | None = None,
    ) -> ChatTurn | None:
        """Asks about the frame of this moment; a question that is being answered is stopped.

        Args:
            same_frame: about what the question before was about: a follow-up.
            frames: about these, as they are; else about `pending_frames` if there are any.
            spoken: how it was said, which tells when it began and ended.

        Returns:
            None when there is nothing to ask about, which the user is told.
        """
        asked_s = time.monotonic() if spoken is None else spoken.ended_s
        began_s = asked_s if spoken is None else spoken.began_s
        question, last = question.strip(), self._chat.last
        if not question or self._context.is_closing:
            return None
        if frames:
            about = tuple(frames)
        elif same_frame and last is not None:
            about = last.frames
        else:
            about = tuple(self._pending) or self._this_moment()
        if not about:
            self._tell_no_frame()
            return None
        self.stop_answer()
        self._context.withdraw(ANSWER_TOPIC)
        self._context.withdraw(NEW_CHAT_TOPIC)
        turn = ChatTurn(question, about, asked_s, is_same_frame=same_frame and last is not None)
        turn.is_spoken, turn.is_private = spoken is not None, self._context.settings.history.is_private
        if self._is_live():
            turn.frame_age_s = max(0.0, began_s - about[-1].captured_s)
        self._chat.turns.append(turn)
        self._answering = turn
        self.answering_changed.emit()
        if self._pending and not turn.is_same_frame:
            self._pending.clear()
            self.pending_changed.emit()
        self.turn_added.emit(turn)
        if self._spec is not None:
            self._answer(turn, self._spec)
        else:
            self._look_up(
                on_found=lambda spec: self._answer(turn, spec),
                on_failed=lambda error: self._end_turn(turn, TurnState.FAILED, error),
            )
        return turn

    def prepare_answers(self) -> None:
        """Loads the model that answers, if that has not been done, so that the first question need not wait for it."""
        if self._loader is not None or self._answering is not None or self._context.is_closing:
            return
        self._look_up(
            on_found=self._load_ahead,
            on_failed=lambda error: log.info("the model that answers is not loaded ahead: %s", error),
        )

    def begin_voice(self, source: AudioSource | None = None) -> None:
        """The key to speak went down: the question will be about what is in view now.

        Args:
            source: instead of the microphone of Hear.
        """
        frames = tuple(self._pending) or self._this_moment()
        if not frames:
            self._tell_no_frame()
            return
        self.stop_answer()  # nobody speaks into a voice that speaks
        self.prepare_answers()
        self.voice.begin(frames, source)

    def end_voice(self) -> None:
        """The key went up."""
        self.voice.end()

    def stop_answer(self) -> None:
        """Ends the answer that is being given, or read aloud; what there is of it stays."""
        self.speaker.stop()
        if self._worker is not None:
            self._worker.stop()
        if self._answering is not None:
            self._end_turn(self._answering, TurnState.STOPPED)

    def new_chat(self) -> None:
        """Begins anew; what was asked and answered can be brought back until the next question."""
        self.stop_answer()
        before = self._chat, self._pending
        self._begin(Chat(), [])
        if before[0].turns:
            back = self.tr("Bring it back"), lambda: self._begin(*before)
            self._context.notify("info", self.tr("The chat was put away."), action=back, topic=NEW_CHAT_TOPIC)

    def add_frame(self) -> None:
        """Keeps the frame of this moment for the next question; several can be asked about together."""
        if frames := self._this_moment():
            self._pending += frames
            self.pending_changed.emit()

    def add_pictures(self, frames: Sequence[VideoFrame], *, is_alone: bool = False) -> None:
        """Keeps pictures for the next question, as `add_frame` does; `is_alone` takes those before out."""
        self._pending = [*(() if is_alone else self._pending), *frames]
        self.pending_changed.emit()

    def remove_frame(self, index: int) -> None:
        """Takes one of `pending_frames` out."""
        del self._pending[index]
        self.pending_changed.emit()

    def rate(self, turn: ChatTurn, rating: Rating) -> None:
        """Notes whether an answer was good, also in the history where it is kept."""
        turn.rating = rating
        self.turn_changed.emit(turn)
        history = self._context.history
        if history is not None:
            for remark_id in turn.remark_ids:
                history.rate_remark(remark_id, rating)

    def export_chat(self, path: Path) -> None:
        """Writes the chat as Markdown with its pictures."""
        turns = list(self._chat.turns)
        self._context.run(
            lambda job: export_markdown(turns, path),
            on_done=lambda _: self._context.notify("info", self.tr("The chat is in '{path}'.").format(path=path)),
        )

    # ── for the session ─────────────────────────────────────────────────────────────────────────────────────────────

    def choose_anew(self) -> None:
        """The engine or model that answers is another from the next question on; one that loads ahead gives way."""
        self._spec = None
        self._choice += 1
        if self._loader is not None:
            self._loader.stop()
            self._end_load()
            self.prepare_answers()

    def worker_ended(self, worker: Worker) -> None:
        if worker is self._loader:
            self._end_load()
        if worker is self._worker and self._answering is not None:
            state = TurnState.FAILED if worker.error else TurnState.STOPPED
            self._end_turn(self._answering, state, worker.error)
        self.voice.worker_ended(worker, worker.error)

    def close(self) -> None:
        """The app ends."""
        self.stop_answer()
        self.voice.cancel()
        if self._loader is not None:
            self._loader.stop()

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, chat: Chat, pending: list[VideoFrame]) -> None:
        self._chat, self._pending = chat, pending
        self._context.withdraw(NEW_CHAT_TOPIC)
        self.chat_cleared.emit()
        self.pending_changed.emit()

    def _look_up(self, *, on_found: Callable[[EngineSpec], None], on_failed: Callable[[Exception], None]) -> None:
        """Which engine and model answer; kept for later questions unless another one is chosen meanwhile."""
        settings, catalogue, choice = self._context.settings, self._context.catalogue, self._choice

        def look_up(_job: Job) -> tuple[EngineSpec, tuple[str, ...]]:
            spec = vision_spec(settings, catalogue, "ask")
            return spec, self._languages_of(spec.model_id)

        def found(result: tuple[EngineSpec, tuple[str, ...]]) -> None:
            spec, self._languages = result
            if choice == self._choice:
                self._spec = spec
            on_found(spec)

        self._context.run(look_up, on_done=found, on_failed=on_failed)

    def _load_ahead(self, spec: EngineSpec) -> None:
        if spec is self._spec and self._loader is None and self._answering is None and not self._context.is_closing:
            self._loader = LoadWorker(self._context.pool, spec)
            self._run_worker(self._loader, self._on_load_progress)

    def _on_load_progress(self, progress: object) -> None:
        if self.sender() is self._loader and self._answering is None and isinstance(progress, Progress):
            self.load_progress.emit(progress if progress.fraction < 1.0 else None)

    def _end_load(self) -> None:
        self._loader = None
        if self._answering is None:
            self.load_progress.emit(None)

    def _on_spoken(self, spoken: SpokenQuestion) -> None:
        self.ask(spoken.text, frames=spoken.frames, spoken=spoken)

    def _tell_no_frame(self) -> None:
        self._context.notify("info", self.tr("There is nothing to ask about yet."), self.tr("Start a camera."))

    def _answer(self, turn: ChatTurn, spec: EngineSpec) -> None:
        if turn.state.is_over:
            return
        turn.engine, turn.model_id = spec.engine, spec.model_id
        see = self._context.settings.see
        request = self._chat.request(turn, frames_remembered=see.frames_remembered, max_new_tokens=see.max_new_tokens)
        self._worker = AnswerWorker(self._context.pool, spec, request)
        self._run_worker(self._worker, self._on_answer_result)
        self.turn_changed.emit(turn)

    def _on_answer_result(self, result: object) -> None:
        turn = self._answering
        if turn is None or self.sender() is not self._worker:
            return  # of an answer that was stopped
        if isinstance(result, Progress):
            is_loaded = result == Progress(1.0)
            self.load_progress.emit(None if is_loaded else result)
            if is_loaded:
                turn.state = TurnState.ANSWERING
                self.turn_changed.emit(turn)
        elif isinstance(result, AnswerToken):
            if turn.time_to_first_token_s is None:
                turn.time_to_first_token_s = time.monotonic() - turn.asked_s
            turn.answer += result.text
            self._speak(turn)
            self._has_news = True
            if not self._turn_timer.isActive():
                self._on_turn_timer()
                self._turn_timer.start()
        elif isinstance(result, Answer):
            turn.answer, turn.n_tokens, turn.tokens_per_s = result.text, result.n_tokens, result.tokens_per_s
            turn.sights, turn.is_cut_off = result.sights, result.is_cut_off
            self._end_turn(turn, TurnState.DONE)
        elif isinstance(result, Notice):
            turn.answer, turn.time_to_first_token_s = "", None
            self.speaker.stop()
            self._context.show_notice(result)
            self.turn_changed.emit(turn)

    def _speak(self, turn: ChatTurn) -> None:
        wanted = self._context.settings.see.speak_answers
        if wanted == "all" or (wanted == "spoken" and turn.is_spoken):
            is_whole = turn.state is TurnState.DONE
            self.speaker.speak(turn.answer, is_whole=is_whole, languages=self._languages)

    def _languages_of(self, model_id: str) -> tuple[str, ...]:
        """Those that a model answers in; none where nobody knows."""
        with suppress(EngineError):
            return self._context.catalogue.entry(model_id).languages
        return ()

    def _on_turn_timer(self) -> None:
        if self._has_news and self._answering is not None:
            self._has_news = False
            self.turn_changed.emit(self._answering)
        else:
            self._turn_timer.stop()

    def _end_turn(self, turn: ChatTurn, state: TurnState, error: Exception | None = None) -> None:
        if turn is not self._answering:
            return
        self._answering = self._worker = None
        self._turn_timer.stop()
        turn.state, turn.error = state, error
        if state is TurnState.DONE:
            self._speak(turn)
        self.load_progress.emit(None)
        self.turn_changed.emit(turn)
        self.answering_changed.emit()
        if turn.answer:
            self.turn_ended.emit(turn)
        if error is not None:
            self._spec = None  # the model may have been removed
            self._context.show_error(error, topic=ANSWER_TOPIC)
            self.failed.emit(error)
