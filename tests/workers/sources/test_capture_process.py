"""The recording process with a sound card that does what the test says."""

from __future__ import annotations

import io
import json
import os
import threading
from typing import Any

from workers.sources.capture_process import HEADER, _Recording

RATE_HZ = 16_000


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
