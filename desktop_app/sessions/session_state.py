"""What a session is doing. Panels show it; only sessions change it."""

from __future__ import annotations

from enum import StrEnum


class SessionState(StrEnum):
    """idle → loading → running ⇄ paused → stopping → idle; failed is idle with an error that was shown.

    While loading, sound is recorded already and waits for the model. Stopping transcribes what still waits.
    """

    IDLE = "idle"
    LOADING = "loading"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    FAILED = "failed"

    @property
    def is_active(self) -> bool:
        """Sound is taken in, or could be again without a new start."""
        return self in (SessionState.LOADING, SessionState.RUNNING, SessionState.PAUSED)
