"""What holds for every test: no network, a home of its own, and nothing left running behind it."""

from __future__ import annotations

import gc
import os
import signal
import socket
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid
from tqdm import tqdm

from desktop_app.app import collect_due_cycles
from workers.engines import measured

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve each other on a busy machine
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background of a shell ignores it
tqdm.monitor_interval = 0  # no thread for progress bars, which would never end

hypothesis.settings.register_profile("untimed", deadline=None)  # speed belongs in benchmarks
hypothesis.settings.load_profile("untimed")

_qthreads: weakref.WeakSet[QThread] = weakref.WeakSet()
_start = QThread.start


def _remembering_start(thread: QThread, *arguments: object) -> None:
    _qthreads.add(thread)
    _start(thread, *arguments)


QThread.start = _remembering_start  # Qt has no list of its threads


@pytest.fixture(autouse=True, scope="session")
def home_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The folder that stands for the user's own while what several tests share is made."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("SENSORIUM_HOME", str(tmp_path_factory.mktemp("home")))
        measured.keep(measured.Measured("float32", 1))
        yield


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that stands for the user's own during this test."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("SENSORIUM_HOME", str(folder))
    measured.keep(measured.Measured("float32", 1))  # the same everywhere, and no second of measuring for each test
    return folder


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections go no further than this machine, except in tests marked `network`."""
    if request.node.get_closest_marker("network"):
        return
    connect = socket.socket.connect

    def connect_locally(self: socket.socket, address: object) -> None:
        is_internet = self.family in {socket.AF_INET, socket.AF_INET6}
        if is_internet and not str(address[0]).startswith(("127.", "localhost", "::1")):
            raise OSError(f"this test may not connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_locally)


@pytest.fixture(autouse=True, scope="session")
def cycles_wait_for_the_main_thread() -> Iterator[None]:
    """As in the app: Qt does not survive that a widget in a cycle is destroyed in a worker's thread."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_left_behind(cycles_wait_for_the_main_thread: None) -> Iterator[None]:
    """Fails a test that leaves a thread, a process or a window behind."""
    collect_due_cycles()
    before = {*_threads(), *_children(), *_windows()}
    yield
    for thread in set(_threads()) - before:  # one that is about to end may do so
        if isinstance(thread, QThread):
            thread.wait(1000)
        else:
            thread.join(1.0)
    if set(_windows()) - before:
        gc.collect()  # only now: it takes 100 ms where torch is loaded
    left = {*_threads(), *_children(), *_windows()} - before
    for leak in left:
        if isinstance(leak, psutil.Process):
            leak.kill()  # the next test is not to blame
    assert not left, f"left behind: {left}"


def _threads() -> list[threading.Thread | QThread]:
    running = [thread for thread in list(_qthreads) if isValid(thread) and thread.isRunning()]
    # Python has a dummy for each QThread that it has met, and keeps it.
    return [*running, *(thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread))]


def _children() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def _windows() -> list[QObject]:
    if not isinstance(QCoreApplication.instance(), QApplication):
        return []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [widget for widget in QApplication.topLevelWidgets() if isValid(widget)]
