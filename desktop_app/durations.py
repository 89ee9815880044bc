"""How long something takes, as people write it. No Qt."""

from __future__ import annotations


def clock_text(seconds: float) -> str:
    """`seconds`, rounded, as 0:07, 12:34 or 1:02:03."""
    minutes, second = divmod(int(seconds + 0.5), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
