from __future__ import annotations

import os
import pty
import signal
import sys
import threading
from pathlib import Path

import pytest

from desktop_app import terminal
from desktop_app.terminal import Interrupts, StatusLine


def test_first_interrupt_stops_and_a_later_one_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "SAME_S", 0.0)
    stopped, cancelled = threading.Event(), threading.Condition()
    with Interrupts() as interrupts:
        interrupts.stop_with(stopped.set)

        signal.raise_signal(signal.SIGINT)
        assert stopped.wait(10)
        assert not interrupts.cancelled()
        signal.raise_signal(signal.SIGTERM)
        with cancelled:
            interrupts.cancelled.wait(cancelled)

    assert interrupts.cancelled()


def test_interrupts_that_come_together_are_one() -> None:
    stopped = threading.Event()
    with Interrupts() as interrupts:
        interrupts.stop_with(stopped.set)
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    assert stopped.is_set()
    assert not interrupts.cancelled()


def test_interrupts_give_the_handlers_back() -> None:
    before = signal.getsignal(signal.SIGINT)

    with Interrupts():
        pass

    assert signal.getsignal(signal.SIGINT) is before


def test_status_line_is_silent_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with StatusLine() as status:
        status.show("42 %")

    assert capsys.readouterr().err == ""


def test_status_line_leaves_nothing_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = pty.openpty()
    with Path(f"/proc/self/fd/{writer}").open("w") as terminal_file:
        monkeypatch.setattr(sys, "stderr", terminal_file)
        with StatusLine() as status:
            status.show("42 %")

    shown = os.read(reader, 1000).decode()
    os.close(reader)
    os.close(writer)
    assert "42 %" in shown
    assert shown.endswith("\r\x1b[K")
