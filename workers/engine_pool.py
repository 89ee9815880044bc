"""Shares the running engines among all who ask, restarts the dead, and frees memory. No Qt.

Two audio tracks with the same model and options use one process. Requests of one engine go one at a time, the most
urgent first; one in flight is never interrupted. An engine that nobody leases stays warm, because loading takes
seconds; it is unloaded when another needs its memory, or after `IDLE_S`.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Literal

import psutil

from workers.cancel import never, wait_for
from workers.engine_process import EngineProcess, EngineThread, RunningEngine
from workers.engines.base import EngineSpec, OnProgress
from workers.engines.devices import memory_available_bytes
from workers.errors import Cancelled, EngineDied, EngineError, OutOfMemory
from workers.results import Notice

log = logging.getLogger(__name__)

IDLE_S = 900.0  # a quarter of an hour: longer than a pause in a meeting
MAX_DEATHS, DEATHS_WITHIN_S = 3, 60.0  # more is not bad luck, and restarting would only heat the machine
MEMORY_OF_FILES = 1.3  # a loaded model takes about its files and some buffers


class Priority(IntEnum):
    """Who goes first when several wait for one engine."""

    LIVE = 0
    QUESTION = 1
    FILE = 2
    BACKGROUND = 3


@dataclass(frozen=True)
class LoadedEngine:
    """One engine for the status bar and `doctor`."""

    spec: EngineSpec
    pid: int
    memory_bytes: int
    users: int
    device: str
    is_busy: bool


class EnginePool:
    """All engines that run. Every method may be called from any thread; `acquire` and `EngineLease.run` block.

    Args:
        placement: "thread" runs engines in the threads of those who ask, for tests and debugging.
        memory_limit_bytes: what all engines together may take; None is whatever the machine has free.
        idle_s: an engine that nobody leases is unloaded after this.
        on_notice: told, in any thread, what was unloaded and why.
    """

    def __init__(
        self,
        *,
        placement: Literal["process", "thread"] = "process",
        memory_limit_bytes: int | None = None,
        idle_s: float = IDLE_S,
        on_notice: Callable[[Notice], None] | None = None,
    ) -> None:
        self._start: Callable[[EngineSpec], RunningEngine] = EngineProcess if placement == "process" else EngineThread
        self._memory_limit_bytes = memory_limit_bytes
        self._idle_s = idle_s
        self._on_notice = on_notice
        self._lock = threading.Lock()  # guards what follows, and who uses each shared engine; held only for moments
        self._shared: dict[EngineSpec, _SharedEngine] = {}
        self._is_closed = False

    def acquire(
        self, spec: EngineSpec, *, on_progress: OnProgress | None = None, cancelled: Callable[[], bool] = never
    ) -> EngineLease:
        """Starts and loads the engine, or shares the one that runs; `on_progress` also hears of later restarts.

        Raises:
            Cancelled, EngineError, EngineBug.
        """
        with self._lock:
            shared = self._shared.setdefault(spec, _SharedEngine(spec))
            shared.users += 1
            shared.stop_idling()
        lease = EngineLease(self, shared, on_progress or (lambda fraction, message: None))
        try:
            if not shared.is_loaded:
                with self.turn(shared, Priority.LIVE, lease.on_progress, cancelled):
                    pass
        except BaseException:
            lease.release()
            raise
        return lease

    def loaded(self) -> list[LoadedEngine]:
        """The engines that run now, loading ones included."""
        with self._lock:
            running = [
                (shared, shared.engine) for shared in self._shared.values() if shared.engine and shared.engine.is_alive
            ]
        return [
            LoadedEngine(
                spec=shared.spec,
                pid=engine.pid,
                memory_bytes=_memory_bytes(engine.pid),
                users=shared.users,
                device=engine.device,
                is_busy=shared.is_busy,
            )
            for shared, engine in running
        ]

    def close(self) -> None:
        """Ends every engine at once; whoever waits for one gets Cancelled, and so does who asks later."""
        with self._lock:
            self._is_closed = True
            ending = list(self._shared.values())
            self._shared.clear()
        for shared in ending:
            shared.unload()

    @contextlib.contextmanager
    def turn(
        self, shared: _SharedEngine, priority: Priority, on_progress: OnProgress, cancelled: Callable[[], bool]
    ) -> Iterator[RunningEngine]:
        """For leases: the loaded engine, as long as it is their turn."""
        with shared.turn(priority, cancelled):
            try:
                if shared.engine is not None:
                    shared.engine.settle(cancelled)
                if not shared.is_loaded:
                    self._load(shared, on_progress, cancelled)
                assert shared.engine is not None
                yield shared.engine
            except EngineDied:
                if self._is_closed:
                    raise Cancelled from None
                raise

    def release(self, shared: _SharedEngine) -> None:
        """For leases: one user less; the engine of the last one stays warm for a while."""
        with self._lock:
            shared.users -= 1
            if shared.users == 0 and not self._is_closed:
                shared.idle_since_s = time.monotonic()
                shared.idling = threading.Timer(self._idle_s, self._unload_when_idle, [shared])
                shared.idling.daemon = True
                shared.idling.start()

    def _load(self, shared: _SharedEngine, on_progress: OnProgress, cancelled: Callable[[], bool]) -> None:
        shared.bury()
        needed = MEMORY_OF_FILES * _size_bytes(Path(shared.spec.model_path))
        while needed > self._free_bytes() and self._unload_longest_idle(shared.spec):
            pass
        while not shared.has_loaded:
            try:
                self._start_and_load(shared, on_progress, cancelled)
            except OutOfMemory:  # a guess was wrong, or it is the GPU's memory, which nobody could look at
                if not self._unload_longest_idle(shared.spec):
                    raise

    def _start_and_load(self, shared: _SharedEngine, on_progress: OnProgress, cancelled: Callable[[], bool]) -> None:
        engine = self._start(shared.spec)
        with self._lock:
            shared.engine = engine  # from here on `close` ends it
            is_closed = self._is_closed
        try:
            if is_closed:
                raise Cancelled
            engine.load(on_progress, cancelled)
        except BaseException:
            engine.close()
            raise
        shared.has_loaded = True

    def _unload_longest_idle(self, newcomer: EngineSpec) -> bool:
        """Makes some room for the newcomer and tells the user; False when no engine is idle."""
        with self._lock:
            idle = [shared for shared in self._shared.values() if shared.users == 0]
            if not idle:
                return False
            longest_idle = min(idle, key=lambda shared: shared.idle_since_s)
            del self._shared[longest_idle.spec]
        if longest_idle.is_loaded:
            values = {"old": longest_idle.spec.model_id, "new": newcomer.model_id}
            notice = Notice("The model '{old}' was unloaded to make room for '{new}'.", values=values)
            log.info("%s", notice.sentence)
            if self._on_notice is not None:
                self._on_notice(notice)
        longest_idle.unload()
        return True

    def _free_bytes(self) -> int:
        available = memory_available_bytes()
        if self._memory_limit_bytes is None:
            return available
        return min(available, self._memory_limit_bytes - sum(engine.memory_bytes for engine in self.loaded()))

    def _unload_when_idle(self, shared: _SharedEngine) -> None:
        with self._lock:
            if shared.users or self._shared.get(shared.spec) is not shared:
                return  # leased again while the timer went off
            del self._shared[shared.spec]
        log.info("unloading %s, idle for %.0f s", shared.spec.model_id, self._idle_s)
        shared.unload()


class EngineLease:
    """The right to ask an engine, until `release` or the end of the `with` block."""

    def __init__(self, pool: EnginePool, shared: _SharedEngine, on_progress: OnProgress) -> None:
        self.spec = shared.spec
        self.on_progress = on_progress
        self._pool = pool
        self._shared = shared
        self._is_released = False

    def run(
        self, request: Any, *, cancelled: Callable[[], bool] = never, priority: Priority = Priority.LIVE
    ) -> Iterator[Any]:
        """Yields `Progress` and results; an engine that has died is started again first.

        Until the generator ends or is closed, nobody else's request gets through.

        Raises:
            Cancelled: `cancelled()` became true, or the pool was closed.
            EngineDied: the engine died under this very request, which may be sent again.
            EngineError: it died too often, or what the engine says.
            EngineBug: it raised something unexpected.
        """
        with self._pool.turn(self._shared, priority, self.on_progress, cancelled) as engine:
            yield from engine.run(request, cancelled)

    def ask(self, request: Any, *, cancelled: Callable[[], bool] = never, priority: Priority = Priority.LIVE) -> Any:
        """The last thing that `run` yields: the answer of an engine that gives one."""
        *_, answer = self.run(request, cancelled=cancelled, priority=priority)
        return answer

    def release(self) -> None:
        if not self._is_released:
            self._is_released = True
            self._pool.release(self._shared)

    def __enter__(self) -> EngineLease:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class _SharedEngine:
    """One entry of the pool: an engine, who waits for it, and how often it died."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self.users = 0
        self.idle_since_s = 0.0
        self.idling: threading.Timer | None = None
        self.engine: RunningEngine | None = None
        self.has_loaded = False
        self.is_busy = False
        self._deaths_s: deque[float] = deque()
        self._condition = threading.Condition()  # guards is_busy and what follows
        self._tickets = itertools.count()
        self._waiting: list[tuple[Priority, int]] = []

    @property
    def is_loaded(self) -> bool:
        return self.has_loaded and self.engine is not None and self.engine.is_alive

    @contextlib.contextmanager
    def turn(self, priority: Priority, cancelled: Callable[[], bool]) -> Iterator[None]:
        """Waits until nobody is busy with the engine and nobody waits who is more urgent or came earlier."""
        with self._condition:
            place = (priority, next(self._tickets))
            self._waiting.append(place)
            try:
                wait_for(self._condition, lambda: not self.is_busy and min(self._waiting) == place, cancelled)
                self.is_busy = True
            finally:
                self._waiting.remove(place)
                self._condition.notify_all()
        try:
            yield
        finally:
            with self._condition:
                self.is_busy = False
                self._condition.notify_all()

    def bury(self) -> None:
        """Lets go of an engine that has died.

        Raises:
            EngineError: it has died too often of late.
        """
        now_s = time.monotonic()
        if self.engine is not None and not self.engine.was_killed:
            self._deaths_s.append(now_s)
        self.engine = None
        self.has_loaded = False
        while self._deaths_s and self._deaths_s[0] < now_s - DEATHS_WITHIN_S:
            self._deaths_s.popleft()
        if len(self._deaths_s) >= MAX_DEATHS:
            raise EngineError(
                "The model '{model}' ended unexpectedly {count} times within a minute and is not started again.",
                hint="Choose another model, or try again in a minute; the log tells more.",
                model=self.spec.model_id,
                count=len(self._deaths_s),
            )

    def stop_idling(self) -> None:
        if self.idling is not None:
            self.idling.cancel()

    def unload(self) -> None:
        self.stop_idling()
        if self.engine is not None:
            self.engine.close()


def _memory_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _size_bytes(model: Path) -> int:
    files = model.rglob("*") if model.is_dir() else [model]
    return sum(file.stat().st_size for file in files if file.is_file())
