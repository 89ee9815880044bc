"""What suits the processor of this machine, measured once: its number format and how many threads. No Qt.

bfloat16 halves what is read and computed, but only on a processor that has instructions for it: without them it is
several times slower than float32. So is one thread too many on some machines. Nothing tells but trying: a second at the
first start, then a line in a file of the cache. What is tried while others use the processor says nothing about later:
more threads seem slower then. It is not kept, and a thread for each core is taken.
"""

from __future__ import annotations

import json
import logging
import math
import os
import platform
import time
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import platformdirs
import psutil

from workers.engines.devices import physical_cores, torch_dtype

log = logging.getLogger(__name__)

WIDTH, DEPTH = 1024, 4  # matrices of 16 MB: too large for any cache, as those of a model are
PROMPT, WRITTEN = 64, 8  # tokens read at once, and one by one
RUNS = 3  # the fastest counts: others may use the processor meanwhile
MOST_OF_A_CORE = 0.25  # that others may take while it is tried
CLEARLY = 1.2  # times as fast, to leave float32; 5 % to take more threads


@dataclass(frozen=True)
class Measured:
    """What is fastest here."""

    dtype: Literal["float32", "bfloat16"]
    threads: int


def prepare_torch(device: str, dtype: Literal["auto", "float32", "float16", "bfloat16"], threads: int = 0) -> Any:
    """The torch dtype to load a model in, and torch set to so many threads; 0 and "auto" are what was measured."""
    import torch

    if device == "cpu":
        if not threads or dtype == "auto":
            fastest = measured()
            threads = threads or fastest.threads
            dtype = fastest.dtype if dtype == "auto" else dtype
        torch.set_num_threads(threads)
    return torch_dtype(device, dtype)


def measured() -> Measured:
    """What was measured on this machine, or is now."""
    kept = _kept().get(_machine())
    if kept is not None:
        return kept
    began_s, others_s = time.perf_counter(), _taken_by_others_s()
    found = measure()
    if _taken_by_others_s() - others_s > MOST_OF_A_CORE * (time.perf_counter() - began_s):
        log.info("others use the processor: it is tried again at the next start")
        return replace(found, threads=physical_cores())
    keep(found)
    return found


def _taken_by_others_s() -> float:
    """The time that all other processes have taken of all cores since the machine started."""
    busy, own = psutil.cpu_times(), psutil.Process().cpu_times()
    return float(sum(busy) - busy.idle - getattr(busy, "iowait", 0.0) - own.user - own.system)


def keep(found: Measured) -> None:
    """Remembers it for this machine; where nothing can be written, the next start measures again."""
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(json.dumps({name: asdict(one) for name, one in (_kept() | {_machine(): found}).items()}))
        beside.replace(path)
    except OSError as error:
        log.warning("what was measured cannot be kept: %s", error)


def measure() -> Measured:
    """Multiplies as a model does, with each format and number of threads. Imports torch, takes about a second."""
    import torch

    before = torch.get_num_threads()
    try:
        cores = physical_cores()
        choices = sorted({max(1, cores // 2), cores, len(os.sched_getaffinity(0))})
        times_s = {threads: _time_s(torch.float32, threads) for threads in choices}
        threads = next(threads for threads in choices if times_s[threads] <= 1.05 * min(times_s.values()))
        half_s = _time_s(torch.bfloat16, threads, patience_s=times_s[threads])
    finally:
        torch.set_num_threads(before)
    log.info("float32 %.0f ms, bfloat16 %.0f ms, %d threads", 1e3 * times_s[threads], 1e3 * half_s, threads)
    return Measured("bfloat16" if half_s * CLEARLY < times_s[threads] else "float32", threads)


def _time_s(dtype: Any, threads: int, patience_s: float = math.inf) -> float:
    """What it takes; infinity where that is more than the patience, which bfloat16 may exceed a hundred times."""
    import torch

    torch.set_num_threads(threads)
    weights = [torch.ones(WIDTH, 4 * WIDTH, dtype=dtype) for _ in range(DEPTH)]
    prompt, token = torch.ones(PROMPT, WIDTH, dtype=dtype), torch.ones(1, WIDTH, dtype=dtype)

    def run_s() -> float:
        started_s = time.perf_counter()
        for read in (*[token] * WRITTEN, prompt):
            for weight in weights:
                read @ weight
                if time.perf_counter() - started_s > patience_s:
                    return math.inf
        return time.perf_counter() - started_s

    with torch.inference_mode():
        if run_s() == math.inf:  # the first run also sets things up
            return math.inf
        return min(run_s() for _ in range(RUNS))


def _path() -> Path:
    home = os.environ.get("SENSORIUM_HOME")  # as desktop_app.paths
    if home:
        return Path(os.path.expanduser(home)) / "cache" / "processor.json"
    return platformdirs.user_cache_path("sensorium", appauthor=False) / "processor.json"


def _machine() -> str:
    """Another processor, another share of it or another torch may be another matter."""
    return f"{_processor()}, {len(os.sched_getaffinity(0))} threads, torch {version('torch')}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _kept() -> dict[str, Measured]:
    try:
        return {name: Measured(**values) for name, values in json.loads(_path().read_text()).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("what was measured cannot be read, and is measured again: %s", error)
        return {}
