"""Lets other programs of the same user start, stop and pause: keys of the desktop, which no window can bind by itself.

A window listens on a socket; `sensorium toggle` and `sensorium pause` send one word and read the state that follows.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import QSocketNotifier, QTimer

log = logging.getLogger(__name__)

WORD_TIMEOUT_S = 0.2  # the event loop waits for it, and who connects has the word ready
WORD_BYTES = 32
RETRY_MS = 5000


@contextlib.contextmanager
def listening(path: Path, verbs: Mapping[str, Callable[[], str]]) -> Iterator[None]:
    """Calls in the event loop what is asked for, and answers what it returns.

    Where that cannot be, this window works as well. While another one does it, this one waits for it to close.
    """
    with contextlib.ExitStack() as at_the_end:
        retry = QTimer(interval=RETRY_MS)
        at_the_end.callback(retry.stop)

        def listen() -> None:
            retry.stop()
            try:
                server = _listen(path)
            except OSError as error:
                log.warning("no commands from outside the window: %s", error)
                return
            if server is None:
                retry.start()
                return
            notifier = QSocketNotifier(server.fileno(), QSocketNotifier.Type.Read)
            notifier.activated.connect(lambda: _answer(server, verbs))
            at_the_end.callback(_close, path, server, notifier)

        retry.timeout.connect(listen)
        listen()
        yield


def _close(path: Path, server: socket.socket, notifier: QSocketNotifier) -> None:
    notifier.setEnabled(False)
    path.unlink(missing_ok=True)  # before a window that waits can make its own
    server.close()


def _listen(path: Path) -> socket.socket | None:
    """None when another window does."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = socket.socket(socket.AF_UNIX)
    try:
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError), socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            with contextlib.suppress(BlockingIOError):  # a window that hangs has many that wait for an answer
                probe.connect(str(path))
            server.close()
            return None
        path.unlink(missing_ok=True)  # of a window that was killed
        server.bind(str(path))
        path.chmod(0o600)
        server.listen()
        server.setblocking(False)
    except OSError:
        server.close()
        raise
    return server


def _answer(server: socket.socket, verbs: Mapping[str, Callable[[], str]]) -> None:
    try:
        caller, _ = server.accept()
        with caller:
            caller.settimeout(WORD_TIMEOUT_S)
            verb = verbs.get(caller.recv(WORD_BYTES).decode(errors="replace"))
            if verb is not None:
                caller.sendall(verb().encode())
    except OSError as error:
        log.info("a command from outside the window was not answered: %s", error)
