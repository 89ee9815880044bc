"""How long what was recorded is kept. No Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RetentionPolicy:
    """What is deleted by itself; pinned items never are.

    Attributes:
        keep_days: items older than this go; None keeps them for ever.
        keep_audio: without, a recording's sound goes when it is finished, and its text stays.
    """

    keep_days: int | None = None
    keep_audio: bool = True
