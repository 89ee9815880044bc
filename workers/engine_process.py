"""Runs an engine in a process of its own, or in the caller's thread, behind the same three calls. No Qt.

    window's process                                         engine's process
    sending thread     ──── data: load, run ───────────────▶ main thread: Engine.load, Engine.run
    listener thread    ◀─── data: results, end ───────────── main thread
    EngineProcess._ask ──── control: cancel number ────────▶ control thread: a busy main thread cannot read
    listener thread    ◀─── control: log records ─────────── logging
    listener thread    ◀─── stdout and stderr, as log lines
    (writes nothing)   ──── stdin: when it closes, the kernel ends the child

Why nothing deadlocks: the listener always reads, so the child can always write; the parent writes a request only when
the child has ended the one before, so the child is reading. A child that is stopped is not: so each request has a
thread that writes it, and whoever asks can be cancelled meanwhile. One request is in flight; every frame carries its
number, and the answers to a request that was given up are dropped.

Only bytes, numpy arrays, plain values and the dataclasses and errors of `workers.results` and `workers.errors` cross:
a pickled torch tensor would import torch in the window.
"""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import io
import itertools
import logging
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, Protocol

from workers.cancel import never, wait_for
from workers.engines.base import Engine, EngineSpec, OnProgress
from workers.engines.devices import is_gpu_fault, is_out_of_memory, physical_cores
from workers.engines.registry import create
from workers.errors import AppError, Cancelled, EngineDied, OutOfMemory, PackageMissing
from workers.results import Progress

log = logging.getLogger(__name__)

GRACE_S = 10.0  # a cancelled request gets this long before the engine is killed: a kill costs the user its load
BESIDE_SPEECH = 10  # niceness: a tenth of the processor's time where speech wants all of it, else no difference
GPU_FAULT = 70  # the exit code of an engine whose GPU failed
HIDDEN_COMMAND = "engine-process"  # the subcommand that a frozen app, which has no `python -m`, gives to `main`


class RunningEngine(Protocol):
    """An engine wherever it runs: `EngineProcess` or `EngineThread`."""

    spec: EngineSpec
    pid: int
    device: str  # known once it has loaded
    was_killed: bool  # it ended because we ended it, and not by itself

    @property
    def is_alive(self) -> bool: ...

    def load(self, on_progress: OnProgress, cancelled: Callable[[], bool] = never) -> None: ...

    def settle(self, cancelled: Callable[[], bool] = never) -> None:
        """Waits until a request that was given up has ended, or was killed and the engine with it."""

    def run(self, request: Any, cancelled: Callable[[], bool] = never) -> Iterator[Any]: ...

    def close(self) -> None: ...


class EngineThread:
    """Runs the engine in the thread of whoever calls: for tests and debugging."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self.pid = os.getpid()
        self.device = ""
        self.was_killed = False
        self._engine: Engine | None = None

    @property
    def is_alive(self) -> bool:
        return not self.was_killed

    def load(self, on_progress: OnProgress, cancelled: Callable[[], bool] = never) -> None:
        def report(fraction: float, message: str) -> None:
            on_progress(fraction, message)
            if cancelled():
                raise Cancelled

        with _explained(self.spec.model_id):
            self._engine = create(self.spec)
            self._engine.load(report)
        self.device = getattr(self._engine, "device", "")

    def settle(self, cancelled: Callable[[], bool] = never) -> None: ...

    def run(self, request: Any, cancelled: Callable[[], bool] = never) -> Iterator[Any]:
        assert self._engine is not None, "load comes first"
        with _explained(self.spec.model_id):
            for result in self._engine.run(request, cancelled):
                if cancelled():
                    raise Cancelled
                yield result

    def close(self) -> None:
        self.was_killed = True
        if self._engine is not None:
            self._engine.unload()


@contextlib.contextmanager
def _explained(model_id: str) -> Iterator[None]:
    """Says in a sentence what any engine may run into."""
    try:
        yield
    except (AppError, Cancelled):
        raise
    except ModuleNotFoundError as error:
        raise PackageMissing(
            "The model '{model}' needs the Python package '{package}', which is not installed.",
            hint="Install it, or choose another engine.",
            model=model_id,
            package=error.name,
        ) from error
    except Exception as error:
        if is_out_of_memory(error):
            raise _out_of_memory(model_id) from error
        raise


def _out_of_memory(model_id: str) -> OutOfMemory:
    return OutOfMemory(
        "There is not enough memory for the model '{model}'.",
        hint="Close other programs or choose a smaller model.",
        model=model_id,
    )


# ── what crosses ─────────────────────────────────────────────────────────────────────────────────────────────────────

_HEADER = struct.Struct("<IB")  # request number, kind

_LOAD, _RUN, _CANCEL = 1, 2, 3  # parent → child
_RESULT, _END, _ERROR, _BUG = 4, 5, 6, 7  # child → parent; all but a result end the request

_OUR_MODULES = {"workers.results", "workers.errors"}
_MAY_CROSS = {
    ("builtins", "bytearray"),
    ("builtins", "complex"),
    ("builtins", "frozenset"),
    ("builtins", "set"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
}


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        is_ours = module in _OUR_MODULES and getattr(vars(sys.modules[module]).get(name), "__module__", "") == module
        if is_ours or (module, name) in _MAY_CROSS:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} may not cross between the window and an engine")


def pickled(value: Any) -> bytes:
    return pickle.dumps(value, protocol=5)


def unpickled(value: bytes) -> Any:
    """What `pickled` was given.

    Raises:
        pickle.UnpicklingError: it holds something else than plain values, arrays and our own dataclasses.
    """
    return _PlainUnpickler(io.BytesIO(value)).load()


class EngineBug(RuntimeError):
    """An engine raised something unexpected; the message is its traceback."""


# ── the window's side ────────────────────────────────────────────────────────────────────────────────────────────────


class EngineProcess:
    """Starts the process; `load` and `run` may be called from any thread, one request at a time gets through.

    Args:
        threads: how many the engine's libraries may use; None is one for each physical core.
        grace_s: how long a cancelled request may go on before the process is killed.
    """

    def __init__(self, spec: EngineSpec, *, threads: int | None = None, grace_s: float = GRACE_S) -> None:
        self.spec = spec
        self.device = ""
        self.was_killed = False
        self._is_alive = True
        self._grace_s = grace_s
        self._grace: threading.Timer | None = None
        self._numbers = itertools.count(1)
        self._sending = threading.Lock()  # held while the data channel is written, and to close it
        self._condition = threading.Condition()  # guards what follows
        self._busy_with = 0  # the request that the child has not ended; 0 when it is idle
        self._wanted = 0  # the request whose answers somebody waits for; those of others are late and dropped
        self._answers: deque[tuple[int, bytes]] = deque()
        self._data, child_data = Pipe()
        self._control, child_control = Pipe()
        read_end, write_end = os.pipe()
        self._output = os.fdopen(read_end, "rb", buffering=0)
        with child_data, child_control, os.fdopen(write_end, "wb", buffering=0) as child_output:
            descriptors = (child_data.fileno(), child_control.fileno())
            self._process = subprocess.Popen(
                [*_command(), *map(str, descriptors), str(logging.getLogger().getEffectiveLevel())],
                stdin=subprocess.PIPE,
                stdout=child_output,
                stderr=child_output,
                pass_fds=descriptors,
                env=_environment(threads or physical_cores()),
                process_group=0,  # Ctrl-C in a terminal is for the app, which ends its engines in order
            )
        assert self._process.stdin is not None
        self._lifeline = self._process.stdin
        self.pid = self._process.pid
        self._listener = threading.Thread(target=self._listen, name=f"engine-{self.pid}", daemon=True)
        self._listener.start()
        log.info("started process %d for %s", self.pid, spec.model_id)

    @property
    def is_alive(self) -> bool:
        return self._is_alive

    def load(self, on_progress: OnProgress, cancelled: Callable[[], bool] = never) -> None:
        """Loads the engine, reporting to `on_progress` in the calling thread.

        Raises:
            Cancelled, EngineError, EngineDied, EngineBug.
        """
        start_s = time.monotonic()
        spec = (self.spec.factory, self.spec.model_id, self.spec.model_path, self.spec.options_json)
        with contextlib.closing(self._ask(_LOAD, spec, cancelled)) as results:
            for result in results:
                if isinstance(result, Progress):
                    on_progress(result.fraction, result.message)
                else:
                    self.device = result
        log.info("loaded %s on %s in %.1f s", self.spec.model_id, self.device or "?", time.monotonic() - start_s)

    def settle(self, cancelled: Callable[[], bool] = never) -> None:
        with self._condition:
            self._wait_until_idle(cancelled)

    def run(self, request: Any, cancelled: Callable[[], bool] = never) -> Iterator[Any]:
        """Yields what the engine yields; closing the generator early cancels the request.

        Raises:
            Cancelled, EngineError, EngineDied, EngineBug.
        """
        return self._ask(_RUN, request, cancelled)

    def close(self) -> None:
        """Ends the process at once, whatever it does: all it holds is memory."""
        with self._condition:
            self._kill()
        self._listener.join()

    def _ask(self, verb: int, value: Any, cancelled: Callable[[], bool]) -> Generator[Any]:
        frame = pickled(value)
        with self._condition:
            self._wait_until_idle(cancelled)
            if not self._is_alive:
                raise self._died()
            number = self._busy_with = self._wanted = next(self._numbers)
            answers = self._answers = deque()
        sending = threading.Thread(target=self._send, args=[number, verb, frame], name=f"to-{self.pid}", daemon=True)
        try:
            sending.start()
            while True:
                with self._condition:
                    wait_for(self._condition, lambda: bool(answers) or not self._is_alive, cancelled)
                    if not answers:
                        raise self._died()
                    kind, frame = answers.popleft()
                if kind == _END:
                    return
                result = unpickled(frame)
                if kind == _ERROR:
                    raise result
                if kind == _BUG:
                    raise EngineBug(result)
                yield result
        finally:
            self._leave(number)

    def _send(self, number: int, verb: int, frame: bytes) -> None:
        with self._sending, contextlib.suppress(OSError):  # it died; the listener says so
            self._data.send_bytes(_HEADER.pack(number, verb))
            self._data.send_bytes(frame)

    def _wait_until_idle(self, cancelled: Callable[[], bool]) -> None:
        wait_for(self._condition, lambda: not self._busy_with or not self._is_alive, cancelled)

    def _leave(self, number: int) -> None:
        """Nobody waits for this request any more: when it still goes on it is cancelled, and killed after the grace."""
        with self._condition:
            if self._busy_with == number and self._is_alive:
                self._wanted = 0
                with contextlib.suppress(OSError):
                    self._control.send_bytes(_HEADER.pack(number, _CANCEL))
                self._grace = threading.Timer(self._grace_s, self._kill_if_still_busy, [number])
                self._grace.daemon = True
                self._grace.start()

    def _kill_if_still_busy(self, number: int) -> None:
        with self._condition:
            if self._busy_with == number and self._is_alive:
                log.warning("%s did not stop within %.0f s and is killed", self.spec.model_id, self._grace_s)
                self._kill()

    def _kill(self) -> None:
        if self._is_alive:
            self.was_killed = True
            self._process.kill()

    def _died(self) -> EngineDied:
        code = self._process.returncode
        if code == -signal.SIGKILL and not self.was_killed:
            return EngineDied(
                "The model '{model}' was ended by the system, probably for lack of memory.",
                hint="Close other programs or choose a smaller model.",
                model=self.spec.model_id,
            )
        return EngineDied(
            "The model '{model}' ended unexpectedly ({reason}).",
            hint="Try again. If it happens again, choose another model; the log tells more.",
            model=self.spec.model_id,
            reason=signal.Signals(-code).name if code < 0 else f"exit code {code}",
        )

    # ── the listener thread: the only one that reads ─────────────────────────────────────────────────────────────────

    def _listen(self) -> None:
        sources: list[Any] = [self._data, self._control, self._output]
        unfinished = b""  # the start of a line whose end has not arrived
        while ready := wait(sources, timeout=None if self._data in sources else 0):  # dead: only what is left
            for source in ready:
                try:
                    if source is self._data:
                        number, kind = _HEADER.unpack(self._data.recv_bytes())
                        self._take(number, kind, self._data.recv_bytes())
                    elif source is self._control:
                        _log_record(unpickled(self._control.recv_bytes()))
                    else:
                        *lines, unfinished = (unfinished + self._read_output()).split(b"\n")
                        self._log_lines(lines)
                except (EOFError, OSError):
                    sources.remove(source)
        self._log_lines([unfinished])
        self._process.wait()
        self._end()

    def _take(self, number: int, kind: int, frame: bytes) -> None:
        with self._condition:
            if number == self._wanted:
                self._answers.append((kind, frame))
            if kind != _RESULT:
                self._busy_with = 0
                if self._grace is not None:
                    self._grace.cancel()
            self._condition.notify_all()

    def _read_output(self) -> bytes:
        if chunk := self._output.read(65536):
            return chunk
        raise EOFError

    def _log_lines(self, lines: list[bytes]) -> None:
        for line in lines:
            if line.strip():
                log.info("[%s] %s", self.spec.model_id, line.decode(errors="replace").rstrip())

    def _end(self) -> None:
        with self._condition:
            self._is_alive = False
            self._condition.notify_all()
            if self._grace is not None:
                self._grace.cancel()
            self._control.close()
        with self._sending:
            self._data.close()
        self._output.close()
        self._lifeline.close()
        log.log(
            logging.DEBUG if self.was_killed else logging.WARNING,
            "process %d for %s ended (%s)", self.pid, self.spec.model_id, self._process.returncode,
        )  # fmt: skip


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, HIDDEN_COMMAND]
    return [sys.executable, "-P", "-m", "workers.engine_process"]


def _environment(threads: int) -> dict[str, str]:
    budget = dict.fromkeys(["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"], str(threads))
    return os.environ | budget | {
        "HF_HUB_OFFLINE": "1",  # an engine reads files; downloads are the catalogue's
        "OMP_WAIT_POLICY": "PASSIVE",  # threads that spin while they wait made torch 20 times slower on a busy machine
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONUNBUFFERED": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "TQDM_DISABLE": "1",  # the log is no place for progress bars
    }  # fmt: skip


def _log_record(fields: dict[str, Any]) -> None:
    record = logging.makeLogRecord(fields)
    logger = logging.getLogger(record.name)
    if logger.isEnabledFor(record.levelno):
        logger.handle(record)


# ── the engine's side ────────────────────────────────────────────────────────────────────────────────────────────────


def main(arguments: list[str]) -> None:
    """The engine's process, until its window is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_when_stdin_closes()
    _be_first_to_go()
    faulthandler.enable()
    data, control = (Connection(int(descriptor)) for descriptor in arguments[:2])
    for connection in (data, control):
        os.set_inheritable(connection.fileno(), False)
    logging.basicConfig(level=int(arguments[2]), handlers=[_ForwardingHandler(control)])
    logging.captureWarnings(True)
    server = _Server(data)
    threading.Thread(target=server.obey, args=[control], name="control", daemon=True).start()
    server.serve()


def _end_when_stdin_closes() -> None:
    """Lets the kernel end this process when the window's is gone, even while a library holds Python's lock.

    Not PR_SET_PDEATHSIG: that fires when the *thread* that started us ends, and engines outlive their first worker.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)  # ends the process
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _be_first_to_go() -> None:
    """Has the kernel take this process when memory runs out, and not the window with the recording."""
    with contextlib.suppress(OSError):  # not in every container
        Path("/proc/self/oom_score_adj").write_text("500")


class _ForwardingHandler(logging.Handler):
    """Sends records to the window, where the log is."""

    def __init__(self, control: Connection) -> None:
        super().__init__()
        self._control = control

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  a library's template that does not fit: told on stderr, as logging does
            self.handleError(record)
            return
        if record.exc_info:
            message += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
        fields = {"name": record.name, "levelno": record.levelno, "levelname": record.levelname, "msg": message}
        fields |= {"created": record.created, "process": record.process, "threadName": record.threadName}
        with contextlib.suppress(OSError):
            self._control.send_bytes(pickled(fields))


class _Server:
    """Answers one request after the other from the main thread; cancelling comes from the control thread."""

    def __init__(self, data: Connection) -> None:
        self._data = data
        self._model_id = ""
        self._engine: Engine | None = None
        self._cancelled = 0  # the newest request that the window has given up

    def obey(self, control: Connection) -> None:
        """Notes which request is cancelled; ends the process when the window's end of the channel closes."""
        try:
            while True:
                self._cancelled, _ = _HEADER.unpack(control.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)

    def serve(self) -> None:
        with contextlib.suppress(EOFError, OSError):  # the window is gone
            while True:
                number, verb = _HEADER.unpack(self._data.recv_bytes())
                self._send(number, *self._outcome(number, verb, self._data.recv_bytes()))
        os._exit(0)  # without the libraries' own endings, which may take seconds or hang

    def _outcome(self, number: int, verb: int, value: bytes) -> tuple[int, Any]:
        """Sends the results of a request; gives the kind and value of its last frame."""
        try:
            if verb == _LOAD:
                self._load(number, EngineSpec(*unpickled(value)))
            else:
                self._run(number, unpickled(value))
        except Cancelled as error:
            return _ERROR, error
        except AppError as error:
            log.debug("request %d failed", number, exc_info=True)
            values = {name: _plain(value) for name, value in error.values.items()}
            return _ERROR, type(error)(error.template, error.hint_template, **values)
        except Exception as error:
            if is_gpu_fault(error):
                log.exception("the GPU failed under request %d; only a new process can use it again", number)
                os._exit(GPU_FAULT)
            return _BUG, traceback.format_exc()
        return _END, None

    def _load(self, number: int, spec: EngineSpec) -> None:
        def report(fraction: float, message: str) -> None:
            self._send(number, _RESULT, Progress(fraction, message))
            if self._cancelled == number:
                raise Cancelled

        with _explained(spec.model_id):
            engine = create(spec)
            if "speech" not in engine.info.tasks:  # each engine takes every core: what is spoken goes first
                os.nice(max(0, BESIDE_SPEECH - os.nice(0)))
            engine.load(report)
        self._model_id, self._engine = spec.model_id, engine
        self._send(number, _RESULT, getattr(engine, "device", ""))

    def _run(self, number: int, request: Any) -> None:
        assert self._engine is not None, "load comes first"
        with _explained(self._model_id):
            for result in self._engine.run(request, lambda: self._cancelled == number):
                self._send(number, _RESULT, result)

    def _send(self, number: int, kind: int, value: Any) -> None:
        frame = pickled(value)
        self._data.send_bytes(_HEADER.pack(number, kind))
        self._data.send_bytes(frame)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | None) else str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
