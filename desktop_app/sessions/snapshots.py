"""Keeps what is in view in the history, with what was said about it. Blocks: for jobs. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from desktop_app.history.records import Remark
from desktop_app.history.store import PRIVATE_FROM, History
from desktop_app.sessions.chat import ChatTurn
from workers.errors import HistoryError
from workers.results import Caption, LabelScores, Seen, VideoFrame


def keep(
    history: History | None,
    frame: VideoFrame,
    *,
    seen: Sequence[Seen] = (),
    turns: Sequence[ChatTurn] = (),
    source: str = "",
    title: str = "",
    details: Mapping[str, Any] | None = None,
) -> int:
    """Keeps the whole frame; the item's number. Turns learn how the history calls their answers.

    Raises:
        HistoryError: nothing can be kept now.
        DiskError: the picture cannot be written.
    """
    if history is None:
        raise _not_open()
    remarks = [remark_of(one) for one in seen]
    item_id = history.add_snapshot(frame.pixels, remarks=remarks, title=title, source=source, details=details).result()
    if item_id >= PRIVATE_FROM:
        raise _not_open()
    for turn in turns:
        add_answer(history, item_id, turn)
    return item_id


def add_answer(history: History, item_id: int, turn: ChatTurn) -> None:
    """Adds an answer to a picture that is kept already, with the rating that it has by then."""
    remark_id = history.add_remark(item_id, remark_of_turn(turn)).result()
    turn.remark_ids.append(remark_id)


def add_seen(history: History, item_id: int, seen: Sequence[Seen]) -> None:
    """Adds what was seen to a picture that is kept already."""
    for one in seen:
        history.add_remark(item_id, remark_of(one)).result()


def remark_of(seen: Seen) -> Remark:
    """What a lane said."""
    if isinstance(seen.result, LabelScores):
        return Remark.of_labels(seen.result, seen.model_id)
    assert isinstance(seen.result, Caption)
    return Remark("caption", seen.result.text, model_id=seen.model_id, size_px=seen.frame.size)


def remark_of_turn(turn: ChatTurn) -> Remark:
    """What was answered."""
    return Remark(
        "answer",
        turn.answer.strip(),
        question=turn.question,
        model_id=turn.model_id,
        time_to_first_token_s=turn.time_to_first_token_s or 0.0,
        tokens_per_s=turn.tokens_per_s or 0.0,
        size_px=turn.resolution,
        rating=turn.rating,
        said_at=datetime.now(UTC),
    )


def _not_open() -> HistoryError:
    return HistoryError("The history is not open, so nothing was kept.", hint="Save the picture as a file instead.")
