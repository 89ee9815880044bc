"""A conversation about pictures: what was asked about which frame, and what was answered. No Qt."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from desktop_app.files import write_file
from workers.errors import disk_error
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
        is_private: asked in private mode: kept nowhere, also when that was left since.
        source: what was looked at then: a camera, a file.
        frame_age_s: how old the newest of the frames was then; 0 for a still picture.
        time_to_first_token_s: from the user's click to the first word here.
        tokens_per_s: of the engine, over the whole answer.
        remark_ids: how the history calls this answer, once for each snapshot of its frames.
        sights: how the model saw each picture of the chat.
        is_cut_off: the longest answer came before its end.
    """

    question: str
    frames: tuple[VideoFrame, ...]
    asked_s: float
    is_same_frame: bool = False
    is_spoken: bool = False
    is_private: bool = False
    source: str = ""
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
    is_cut_off: bool = False
    rating: Rating = 0
    remark_ids: list[int] = field(default_factory=list)
    error: Exception | None = None

    def is_about(self, frame: VideoFrame) -> bool:
        """Whether the frame, or a part of it, is what was asked about."""
        return any(own.captured_s == frame.captured_s for own in self.frames)

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


def export_markdown(turns: Sequence[ChatTurn], path: Path) -> None:
    """Writes a chat as Markdown, and its pictures as PNG into a folder of the same name beside it.

    Raises:
        DiskError: the file cannot be written.
    """
    from PIL import Image

    folder = path.with_suffix("")
    lines: list[str] = []
    shown: list[VideoFrame] = []
    try:
        for turn in turns:
            for frame in turn.frames:
                if frame not in shown:
                    shown.append(frame)
                    folder.mkdir(parents=True, exist_ok=True)
                    name = f"{len(shown)}.png"
                    Image.fromarray(frame.pixels).save(folder / name)
                    lines += [f"![{frame.size[0]} x {frame.size[1]}](<{folder.name}/{name}>)", ""]
            lines += [f"**{_on_one_line(turn.question)}**", "", turn.answer.strip() or "—", "", f"*{_told(turn)}*", ""]
    except OSError as error:
        raise disk_error(error, path) from error
    write_file(path, "\n".join(lines))


def _on_one_line(text: str) -> str:
    return " ".join(text.replace("*", "\\*").split())


def _told(turn: ChatTurn) -> str:
    """How an answer came, in a line."""
    parts = [turn.model_id or "no model", f"{turn.resolution[0]} x {turn.resolution[1]}"]
    if turn.time_to_first_token_s is not None:
        parts.append(f"{turn.time_to_first_token_s:.2f} s to the first word")
    if turn.tokens_per_s is not None:
        parts.append(f"{turn.tokens_per_s:.1f} tokens/s")
    if turn.state is TurnState.STOPPED:
        parts.append("stopped")
    parts += ["cut off"] * turn.is_cut_off
    parts += ["rated good"] * (turn.rating > 0) + ["rated bad"] * (turn.rating < 0)
    return ", ".join(parts)
