"""What a result was measured on: for its JSON."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workers.engines.devices import gpus


def machine(*packages: str) -> dict[str, Any]:
    """The processor, its load before, the GPUs and the versions of these packages."""
    cpu_info = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.split(":")[1].strip() for line in cpu_info if "model name" in line), "")
    return {
        "cpu": cpu or platform.processor(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "gpus": [gpu.name for gpu in gpus()],
        "platform": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in packages},
    }
