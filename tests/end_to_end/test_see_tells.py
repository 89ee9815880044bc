"""With the starters and real speech: a spoken question is answered, and what was waited for is told when it comes."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.sessions.chat import TurnState
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.voice_question import VoiceState
from tests.end_to_end.conftest import LONG_MS, ROOT, SAMPLE, words_of
from workers.results import SAMPLE_RATE_HZ
from workers.sources import media_file

PICTURES = ROOT / "tests" / "workers" / "engines" / "vision" / "pictures"
VERY_LONG_MS = 2 * LONG_MS  # three models are loaded, one after the other
SPOKEN_S = 2.2  # the starter reads questions of 40 tokens


class PlayedMicrophone:
    """A microphone into which the sample is spoken."""

    track = "me"

    def start(self, on_samples, on_end) -> None:
        self._on_end = on_end
        samples = np.concatenate(list(media_file.read_blocks(SAMPLE)))[: int(SPOKEN_S * SAMPLE_RATE_HZ)]
        for block in np.array_split(samples, 40):
            on_samples(block)

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None:
        self._on_end(None)


@pytest.fixture
def session(window):
    return window.context.sessions.vision


def look_at(qtbot, session, thing: str) -> None:
    session.open_file(PICTURES / f"{thing}.jpg")
    qtbot.waitUntil(lambda: session.source_name == f"{thing}.jpg" and session.state is SessionState.RUNNING)


@pytest.mark.timeout(400)
def test_a_question_that_is_spoken_is_answered(qtbot, session, reference):
    look_at(qtbot, session, "frog")
    session.chat.begin_voice(PlayedMicrophone())
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.LISTENING, timeout=VERY_LONG_MS)

    with qtbot.waitSignal(session.chat.turn_added, timeout=VERY_LONG_MS) as added:
        session.chat.end_voice()
    (turn,) = added.args
    qtbot.waitUntil(lambda: turn.state.is_over, timeout=VERY_LONG_MS)

    heard = words_of(turn.question)
    assert len(heard) > 2
    assert len(set(heard) & set(reference[:20])) >= 0.8 * len(set(heard))
    assert (turn.state, turn.is_spoken) == (TurnState.DONE, True)
    assert turn.answer


@pytest.mark.timeout(400)
def test_what_was_waited_for_is_told_when_it_comes_and_not_before(qtbot, session, monkeypatch):
    notified: list[str] = []
    monkeypatch.setattr(session._notifier, "show", lambda title, text: notified.append(title))
    look_at(qtbot, session, "boat")
    frog = session.standing.add("a frog", hits=1, looks=1)
    qtbot.waitUntil(lambda: frog.newest is not None, timeout=VERY_LONG_MS)
    assert notified == []

    with qtbot.waitSignals([session.standing.sighted, session.snapshot_taken], timeout=VERY_LONG_MS):
        look_at(qtbot, session, "frog")

    assert notified == ["Seen: a frog"]
    assert frog.newest.likeness > 0.5
    assert frog.newest.yes > 0.5
