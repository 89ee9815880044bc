from __future__ import annotations

import os
import pty
import re
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from desktop_app import terminal
from desktop_app.terminal import Interrupts, LiveText, StatusLine


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


def test_ignored_signal_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)

    assert not interrupts.were_there


def test_interrupts_give_the_handlers_back() -> None:
    before = signal.getsignal(signal.SIGINT)

    with Interrupts():
        pass

    assert signal.getsignal(signal.SIGINT) is before


def test_status_line_is_silent_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with StatusLine() as status:
        status.show("42 %")

    assert capsys.readouterr().err == ""


@contextmanager
def a_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Makes stdout and stderr a terminal of 40 cells; gives what was written to it."""
    reader, writer = pty.openpty()
    termios.tcsetwinsize(writer, (10, 40))
    with Path(f"/proc/self/fd/{writer}").open("w") as terminal_file, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", terminal_file)
        patched.setattr(sys, "stderr", terminal_file)
        yield lambda: _written(terminal_file, reader)
    os.close(reader)
    os.close(writer)


def _written(terminal_file: TextIO, reader: int) -> str:
    terminal_file.write("\0")
    terminal_file.flush()
    written = b""
    while not written.endswith(b"\0"):
        written += os.read(reader, 10_000)
    return written[:-1].decode()


def on_screen(written: str) -> list[str]:
    """The lines that a terminal shows after this was written."""
    plain = re.sub(r"\x1b\[[02]m", "", written).replace("\r\n", "\n")
    return [line.rpartition("\r\x1b[K")[2] for line in plain.split("\n")]


def test_status_line_leaves_nothing_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_terminal(monkeypatch) as written_to_it:
        with StatusLine() as status:
            status.show("42 %")
        written = written_to_it()

    assert "42 %" in written
    assert on_screen(written) == [""]


def test_status_line_shows_the_end_of_what_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_terminal(monkeypatch) as written_to_it:
        StatusLine().show("x" * 100 + "好的")
        (shown,) = on_screen(written_to_it())

    assert shown.endswith("好的")
    assert len(shown) + 2 < 40


def test_certain_text_stays_when_unsure_text_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_terminal(monkeypatch) as written_to_it:
        text = LiveText(StatusLine())
        text.show_unsure(" Hello whirled")
        text.show_certain([" Hello"])
        text.show_unsure(" world and more")
        text.show_certain([" world."])
        text.end_line()
        shown = on_screen(written_to_it())

    assert shown == ["Hello world.", ""]


def test_what_is_said_aside_has_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_terminal(monkeypatch) as written_to_it:
        text = LiveText(StatusLine())
        text.show_unsure(" Hello whirled")
        with text.aside():
            sys.stderr.write("The file ends early.\n")
        text.show_certain([" Hello"])
        text.show_unsure(" world")
        with text.aside():
            sys.stderr.write("The disk is full.\n")
        text.show_certain([" world."])
        text.end_line()
        shown = on_screen(written_to_it())

    assert shown == ["The file ends early.", "Hello", "The disk is full.", "world.", ""]


def test_lines_of_several_threads_never_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(text: LiveText, name: str) -> None:
        for _ in range(50):
            with text.aside():
                sys.stderr.write(f"{name}")
                sys.stderr.flush()
                sys.stderr.write(" is full.\n")

    with a_terminal(monkeypatch) as written_to_it:
        status = StatusLine()
        text = LiveText(status)
        threads = [threading.Thread(target=tell, args=(text, name)) for name in ("Disk one", "Disk two")]
        for thread in threads:
            thread.start()
        for _ in range(50):
            status.show("42 %")
            text.show_certain([" word"])
            text.end_line()
        for thread in threads:
            thread.join()
        shown = on_screen(written_to_it())

    assert set(shown) == {"Disk one is full.", "Disk two is full.", "word", ""}


def test_long_text_is_wrapped_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_terminal(monkeypatch) as written_to_it:
        text = LiveText(StatusLine())
        for word in [" seven", " letters"] * 6:
            text.show_certain([word])
            text.show_unsure(" and what is not sure yet takes much room")
        shown = on_screen(written_to_it())

    assert shown[:2] == ["seven letters seven letters seven", "letters seven letters seven letters"]
    assert all(len(line) < 40 for line in shown)


def test_piped_text_has_no_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    text = LiveText(StatusLine())

    text.show_unsure(" Hello whirled")
    text.show_certain([" Hello", " world."])
    text.end_line()

    assert capsys.readouterr().out == "Hello world.\n"
