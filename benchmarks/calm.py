"""Waits until others leave the machine alone, as far as they do."""

from __future__ import annotations

import os
import time

import psutil

CALM_PERCENT, CALM_OVER_S = 10.0, 10.0  # of all cores


def wait_for_calm(limit_s: float) -> float:
    """Waits while others use the machine, at most so long; the load average then.

    Others that give way (a niceness above 0) may use it: they get what is left over.
    """
    ends_s = time.monotonic() + limit_s
    while (load := os.getloadavg()[0]) > (os.cpu_count() or 1) + 0.5 and time.monotonic() < ends_s:
        used = psutil.cpu_times_percent(interval=CALM_OVER_S)
        if used.user + used.system < CALM_PERCENT:
            break
    return load
