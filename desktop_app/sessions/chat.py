"""A conversation about pictures: what was asked about which frame, and what was answered. No Qt."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from workers.results import ImageRequest, Sight, Turn, VideoFrame

Rating = Literal[-1, 0, 1]


class TurnState(StrEnum):
    """waiting (for the model) → answering → done, stopped or failed."""

    WAITING = "waiting"
    ANSWERING = "answering"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        return self in (TurnState.DONE, TurnState.STOPPED, TurnState.FAILED)


@dataclass(eq=False)
class ChatTurn:
    """One question and its answer. Read it, and change it through the session only.

    Attributes:
        frames: what the question is about, as they were when it began, cropped.
        is_same_frame: about what the turn before was about.
        asked_s: when the user asked, on the clock of `time.monotonic`.
        frame_age_s: how old the newest of the frames was then; 0 for a still picture.
        time_to_first_token_s: from the user's click to the first word here.
        tokens_per_s: of the engine, over the whole answer.
        sights: how the model saw each picture of the chat.
    """

    question: str
    frames: tuple[VideoFrame, ...]
    asked_s: float
    is_same_frame: bool = False
    is_spoken: bool = False
    frame_age_s: float = 0.0
    number: int = field(default_factory=itertools.count(1).__next__)
    state: TurnState = TurnState.WAITING
    answer: str = ""
    engine: str = ""
    model_id: str = ""
    time_to_first_token_s: float | None = None
    tokens_per_s: float | None = None
    n_tokens: int = 0
    sights: tuple[Sight, ...] = ()
    rating: Rating = 0
    error: Exception | None = None

    @property
    def resolution(self) -> tuple[int, int]:
        """Width and height of what was asked about."""
        return self.frames[-1].size


class Chat:
    """The turns of a conversation in order."""

    def __init__(self) -> None:
        self.turns: list[ChatTurn] = []

    @property
    def last(self) -> ChatTurn | None:
        return self.turns[-1] if self.turns else None

    def request(self, turn: ChatTurn, *, frames_remembered: int, max_new_tokens: int) -> ImageRequest:
        """What an engine is asked for a turn, after the turns before it whose pictures it still has in view.

        Args:
            frames_remembered: at most so many pictures; those of the question itself are always there.
        """
        frames, links = list(turn.frames), [turn]
        for before in reversed(self.turns[: self.turns.index(turn)]):
            joined = [frame for frame in before.frames if frame not in frames]
            if joined and len(frames) + len(joined) > frames_remembered:
                break
            if before.answer.strip():
                frames += joined
                links.insert(0, before)
        seen: list[VideoFrame] = []
        turns: list[Turn] = []
        for link in links:
            is_in_view = tuple(seen[-len(link.frames) :]) == link.frames
            new = [] if is_in_view else [frame for frame in link.frames if link is turn or frame not in seen]
            seen += new
            turns.append(Turn(link.question, link.answer.strip(), tuple(frame.pixels for frame in new)))
        *history, last = turns
        return ImageRequest(
            "ask",
            images=last.images,
            question=last.question,
            history=tuple(history),
            max_new_tokens=max_new_tokens,
        )
