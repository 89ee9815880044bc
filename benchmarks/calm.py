"""Waits until others leave the machine alone, as far as they do."""

from __future__ import annotations

import os
import time


def wait_for_calm(limit_s: float) -> float:
    """Waits while others use the machine, at most so long; the load average then."""
    ends_s = time.monotonic() + limit_s
    while (load := os.getloadavg()[0]) > (os.cpu_count() or 1) + 0.5 and time.monotonic() < ends_s:
        time.sleep(5)
    return load
