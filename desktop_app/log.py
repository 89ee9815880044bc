"""The log: a rotating file, the console, and the last records in memory for the Log page. No Qt."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections import deque
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

FILE_BYTES = 2_000_000
FILES_KEPT = 3
RING_LENGTH = 5_000

_QUIET = ("PIL", "urllib3", "httpx", "httpcore", "huggingface_hub", "filelock", "faster_whisper", "fsspec", "asyncio")


@dataclass(frozen=True)
class LogLine:
    """One record as the Log page shows it. `number` counts up without gaps; `when` is in s since the epoch."""

    number: int
    when: float
    level: int
    name: str
    text: str
    details: str = ""


class Ring(logging.Handler):
    """The newest records, readable from any thread."""

    def __init__(self, length: int = RING_LENGTH) -> None:
        super().__init__(logging.DEBUG)
        self._lines: deque[LogLine] = deque(maxlen=length)
        self._count = 0
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001 - a record with wrong arguments must not end the thread that wrote it
            text = str(record.msg)
        details = record.exc_text or ""
        if record.exc_info and record.exc_info[0] is not None and not details:
            details = "".join(traceback.format_exception(*record.exc_info))
        with self._guard:
            self._count += 1
            self._lines.append(LogLine(self._count, record.created, record.levelno, record.name, text, details))

    def after(self, number: int) -> list[LogLine]:
        """The lines that came after line `number` and are still held, oldest first."""
        with self._guard:
            if number >= self._count:
                return []
            return [line for line in self._lines if line.number > number]


ring = Ring()


def set_up(log_file: Path | None, *, console_level: int = logging.WARNING) -> None:
    """Sends records to the ring, the console and the file; a file that cannot be written is said once and left out."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for package in ("desktop_app", "workers"):
        logging.getLogger(package).setLevel(logging.DEBUG)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    tear_down()
    root.addHandler(ring)
    plain = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    if sys.stderr is not None:  # pythonw has none
        console = logging.StreamHandler()
        console.setLevel(console_level)
        console.setFormatter(plain)
        _ours(console)
    if log_file is not None:
        try:
            log_file.parent.mkdir(parents=True, exist_ok=True)
            file = RotatingFileHandler(log_file, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
        except OSError as error:
            logging.getLogger(__name__).warning("no log file at %s: %s", log_file, error)
        else:
            file.setLevel(logging.INFO)
            file.setFormatter(plain)
            _ours(file)
    logging.captureWarnings(capture=True)


def tear_down() -> None:
    """Takes our handlers off again and closes the file."""
    root = logging.getLogger()
    root.removeHandler(ring)
    for handler in [handler for handler in root.handlers if getattr(handler, "is_sensorium", False)]:
        root.removeHandler(handler)
        handler.close()
    logging.captureWarnings(capture=False)


def _ours(handler: logging.Handler) -> None:
    handler.is_sensorium = True  # type: ignore[attr-defined]
    logging.getLogger().addHandler(handler)
