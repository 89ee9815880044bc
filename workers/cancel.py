"""How work is stopped from another thread: a flag that also wakes whoever waits. No Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable

from workers.errors import Cancelled

POLL_S = 0.05  # how often a plain callable is asked while nothing arrives: it cannot wake anybody


class Cancel:
    """Becomes true once and for all with `set`, which wakes the threads that wait for something else.

    Calling it answers whether it is set, so it goes wherever a `cancelled: Callable[[], bool]` is taken.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_set = False
        self._waiting: list[threading.Condition] = []

    def __call__(self) -> bool:
        return self._is_set

    def set(self) -> None:
        with self._lock:
            self._is_set = True
            waiting = list(self._waiting)
        for condition in waiting:
            with condition:
                condition.notify_all()

    def wait(self, condition: threading.Condition) -> None:
        """Waits once on `condition`, which is held, or until `set`."""
        with self._lock:
            if self._is_set:
                return
            self._waiting.append(condition)
        try:
            condition.wait()
        finally:
            with self._lock:
                self._waiting.remove(condition)


def never() -> bool:
    """The `cancelled` of work that nobody stops."""
    return False


def wait_for(condition: threading.Condition, ready: Callable[[], bool], cancelled: Callable[[], bool] = never) -> None:
    """Waits on `condition`, which is held, until `ready()`.

    A `Cancel` ends the wait at once; any other callable is asked every 50 ms.

    Raises:
        Cancelled: `cancelled()` became true, even if it is ready as well.
    """
    while not cancelled() and not ready():
        if isinstance(cancelled, Cancel):
            cancelled.wait(condition)
        else:
            condition.wait(None if cancelled is never else POLL_S)
    if cancelled():
        raise Cancelled
