"""Long work in a child process that reports progress and ends at once when cancelled. No Qt.

A download can hang in the resolver or on a silent server, where no flag is looked at; a process can always be ended.
The child gets its job as one JSON line on stdin, which then stays open: its end means that the app is gone. It answers
with JSON lines on stdout: progress, then a result or an error.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from workers import errors
from workers.cancel import POLL_S, never
from workers.engines.base import OnProgress
from workers.errors import AppError, Cancelled, EngineDied

REPORT_EVERY_S = 0.1
ROOT = Path(__file__).resolve().parents[2]


def run_job(module: str, job: dict[str, Any], on_progress: OnProgress, cancelled: Callable[[], bool] = never) -> Any:
    """What `serve` in `module` returns for `job`.

    Raises:
        Cancelled: `cancelled` became true; the child is dead by then.
        AppError: the work failed.
        EngineDied: the child ended without an answer.
    """
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-P", "-m", module]
    environment = {**os.environ, "PYTHONPATH": path}
    lines: queue.Queue[str | None] = queue.Queue()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, encoding="utf-8"
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        reader = threading.Thread(target=_read_lines, args=(child.stdout, lines), name=module)
        reader.start()
        try:
            child.stdin.write(json.dumps(job) + "\n")
            child.stdin.flush()
            return _answer(lines, on_progress, cancelled)
        except (EOFError, BrokenPipeError):
            raise EngineDied(
                "The helper process ended before its work was done (exit code {code}).",
                hint="Try again; the log may say more.",
                code=child.wait(),
            ) from None
        finally:
            child.kill()
            reader.join()


def _read_lines(stdout: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in stdout:
        lines.put(line)
    lines.put(None)


def _answer(lines: queue.Queue[str | None], on_progress: OnProgress, cancelled: Callable[[], bool]) -> Any:
    while not cancelled():
        try:
            line = lines.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if line is None:
            raise EOFError
        kind, value = json.loads(line)
        match kind:
            case "progress":
                on_progress(*value)
            case "result":
                return value
            case "error":
                name, template, hint, values = value
                raise getattr(errors, name)(template, hint, **values)
            case "bug":
                raise RuntimeError(value)
    raise Cancelled


def serve(work: Callable[[dict[str, Any], OnProgress], Any]) -> None:
    """The child's side: takes the job from stdin, does it, answers on stdout."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints must not mix with the answers
    last_report = 0.0

    def answer(kind: str, value: Any) -> None:
        answers.write(json.dumps([kind, value], default=str) + "\n")
        answers.flush()

    def report(fraction: float, message: str) -> None:
        nonlocal last_report
        if time.monotonic() - last_report >= REPORT_EVERY_S:
            last_report = time.monotonic()
            answer("progress", [fraction, message])

    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    try:
        answer("result", work(job, report))
    except AppError as error:
        answer("error", [type(error).__name__, error.template, error.hint_template, error.values])
    except Exception:  # noqa: BLE001  the top of this process: the parent logs it as a bug
        answer("bug", traceback.format_exc())


def _exit_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)
