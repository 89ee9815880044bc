"""The recording process with a sound card that does what the test says."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from typing import Any

import numpy as np
import pytest

from workers.sources.capture_process import BLOCK_S, HEADER, _Recording

RATE_HZ = 16_000
BLOCK = b"\1\0" * round(BLOCK_S * RATE_HZ)


class Card:
    """PortAudio's stream of a sound card; `fails` is the call that it does not survive."""

    def __init__(self, *, fails: str = "") -> None:
        self._fails = fails

    def is_active(self) -> bool:
        return True

    def get_input_latency(self) -> float:
        return self._try("get_input_latency")

    def stop_stream(self) -> None:
        self._try("stop_stream")

    def start_stream(self) -> None:
        self._try("start_stream")

    def _try(self, call: str) -> float:
        if self._fails == call:
            raise OSError(-9999, "Unanticipated host error")
        return 0.0


class Recording(_Recording):
    """A recording whose card is open already; `send` gives it a command."""

    def __init__(self, card: Card, *, is_monitor: bool = False) -> None:
        commands, self._to_commands = os.pipe()
        self.output = io.BytesIO()
        super().__init__(
            {"device": None, "is_monitor": is_monitor, "native": None}, os.fdopen(commands, "rb", 0), self.output
        )
        self._stream: Any = card
        self._rate_hz, self._channels = RATE_HZ, 1
        self._thread = threading.Thread(target=self.run)
        self._thread.start()

    def _open(self) -> None: ...

    def send(self, commands: bytes) -> None:
        os.write(self._to_commands, commands)

    def hear(self, seconds: float, *, until: float) -> None:
        """Blocks of the card that have all come when the clock says `until`, the last one just then."""
        n_blocks = round(seconds / BLOCK_S)
        for i in range(n_blocks):
            self._blocks.put((BLOCK, False, until - (n_blocks - 1 - i) * BLOCK_S))

    def hear_at_once(self, seconds: float, *, at: float) -> None:
        """Blocks that come all together, as after the computer was busy."""
        for _ in range(round(seconds / BLOCK_S)):
            self._blocks.put((BLOCK, False, at))

    def messages(self) -> list[tuple[bytes, bytes]]:
        """All that it said, once it has ended."""
        self._thread.join(20)
        assert not self._thread.is_alive()
        os.close(self._to_commands)
        self._commands.close()
        said, messages = io.BytesIO(self.output.getvalue()), []
        while header := said.read(HEADER.size):
            kind, length = HEADER.unpack(header)
            messages.append((kind, said.read(length)))
        return messages


def test_card_that_does_not_go_on_after_a_pause_is_lost() -> None:
    recording = Recording(Card(fails="start_stream"))

    recording.send(b"pr")

    (kind, body), *more = recording.messages()
    assert (kind, json.loads(body)) == (b"e", {"reason": "lost", "detail": "Unanticipated host error"})
    assert more == []


def test_card_that_cannot_pause_is_lost() -> None:
    recording = Recording(Card(fails="stop_stream"))

    recording.send(b"p")

    assert [kind for kind, _ in recording.messages()] == [b"e"]


def test_pause_and_resume_end_as_asked() -> None:
    recording = Recording(Card())

    recording.send(b"prs")

    assert [kind for kind, _ in recording.messages()] == [b"z"]


def turns_s(recording: Recording) -> list[float]:
    """How long sound and silence were, in turns, once the recording has ended."""
    recording.send(b"s")
    sound = np.frombuffer(b"".join(body for kind, body in recording.messages() if kind == b"a"), np.int16)
    changes = np.flatnonzero(np.diff(sound != 0)) + 1
    return [len(turn) / RATE_HZ for turn in np.split(sound, changes)]


def test_pauses_of_a_monitor_take_their_time() -> None:
    recording, now = Recording(Card(), is_monitor=True), time.monotonic()

    for end_s in (0.3, 2.1, 3.9):
        recording.hear(0.3, until=now + end_s)

    assert turns_s(recording) == pytest.approx([0.3, 1.5, 0.3, 1.5, 0.3], abs=0.05)


def test_monitor_that_was_only_late_is_not_interrupted() -> None:
    recording, now = Recording(Card(), is_monitor=True), time.monotonic()

    recording.hear(0.3, until=now + 0.3)
    recording.hear_at_once(0.24, at=now + 0.54)
    recording.hear(0.3, until=now + 0.84)

    assert turns_s(recording) == pytest.approx([0.84])


def test_monitor_that_was_late_for_long_never_runs_ahead() -> None:
    recording, now = Recording(Card(), is_monitor=True), time.monotonic()

    recording.hear(0.3, until=now + 0.3)
    recording.hear_at_once(0.9, at=now + 1.2)
    recording.hear(0.3, until=now + 4.0)

    assert sum(turns_s(recording)) == pytest.approx(4.0, abs=0.05)


def test_microphone_has_no_silence_that_it_did_not_hear() -> None:
    recording, now = Recording(Card()), time.monotonic()

    recording.hear(0.3, until=now + 0.3)
    recording.hear(0.3, until=now + 2.1)

    assert turns_s(recording) == pytest.approx([0.6])
