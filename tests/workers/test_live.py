"""The live loop with a recogniser that follows a script: nothing is lost, whatever happens to engine and machine."""

import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workers.errors import Cancelled, EngineDied, EngineError
from workers.live import LiveOptions, transcribe_live
from workers.mailbox import Backlog
from workers.results import (
    SAMPLE_RATE_HZ,
    Commit,
    Hypothesis,
    LiveStatus,
    Notice,
    Partial,
    Samples,
    SpeechRequest,
    Word,
)  # fmt: skip

SPEECH = Path(__file__).parents[2] / "assets" / "samples" / "speech.flac"
WORD_S = 0.4


@pytest.fixture(scope="module")
def speech() -> Samples:
    return soundfile.read(SPEECH, dtype="float32")[0][: 12 * SAMPLE_RATE_HZ]


class Recogniser:
    """Finds one word in each 0.4 s of the track, called by its number; it knows the audio by heart."""

    def __init__(self, samples: Samples, *, dies_at: tuple[int, ...] = ()) -> None:
        self._samples = samples
        self._dies_at = dies_at
        self.requests: list[SpeechRequest] = []

    def __call__(self, request: SpeechRequest) -> Hypothesis:
        self.requests.append(request)
        if len(self.requests) in self._dies_at:
            raise EngineDied("The engine ended by itself.")
        start_s = self._place(request.samples) / SAMPLE_RATE_HZ
        stop_s = start_s + len(request.samples) / SAMPLE_RATE_HZ
        first, last = int(np.ceil(start_s / WORD_S - 1e-6)), int(stop_s / WORD_S)
        words = tuple(
            Word(f" w{i}", i * WORD_S - start_s, (i + 0.9) * WORD_S - start_s, 0.9) for i in range(first, last)
        )
        return Hypothesis(words, "en", 1.0)

    def _place(self, part: Samples) -> int:
        """Where in the audio these samples are, found by their first loud ones."""
        probe = part[: 2 * SAMPLE_RATE_HZ]
        return next(
            i for i in range(len(self._samples))
            if abs(self._samples[i] - probe[0]) < 1e-4
            and np.allclose(self._samples[i : i + len(probe)], probe[: len(self._samples) - i], atol=1e-4)
        )  # fmt: skip


def filled(samples: Samples) -> Backlog:
    """A backlog with everything in it already, and closed."""
    backlog = Backlog()
    for start in range(0, len(samples), 1000):
        backlog.put(samples[start : start + 1000])
    backlog.close()
    return backlog


def words_of(results: list[object]) -> list[str]:
    return [word.text for result in results if isinstance(result, Commit) for word in result.words]


def run(backlog: Backlog, recognise: Callable[[SpeechRequest], Hypothesis], **options: object) -> list[object]:
    return list(transcribe_live(backlog, recognise, options=LiveOptions(language="en", **options)))


class Arriving(Backlog):
    """A backlog whose audio arrives just when it is waited for."""

    def __init__(self, samples: Samples, block: int = 512) -> None:
        super().__init__()
        self._arriving: Iterator[Samples] = (samples[i : i + block] for i in range(0, len(samples), block))

    def wait(self, position: int, timeout_s: float | None = None) -> bool:
        while self.received < position and not self.is_closed:
            if (block := next(self._arriving, None)) is None:
                self.close()
            else:
                self.put(block)
        return self.received >= position


# ── the straight way ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_text_appears_while_the_audio_comes(speech: Samples):
    results = run(Arriving(speech), Recogniser(speech))

    words = words_of(results)
    assert len(words) > 20
    assert words == sorted(set(words), key=lambda word: int(word[2:]))
    assert any(isinstance(result, Partial) and result.words for result in results)
    assert isinstance(results[-1], LiveStatus)


def test_audio_that_waited_gives_the_same_words(speech: Samples):
    live, late = run(Arriving(speech), Recogniser(speech)), run(filled(speech), Recogniser(speech))

    assert set(words_of(late)) >= set(words_of(live))


def test_fewer_looks_are_taken_at_audio_that_waited(speech: Samples):
    live, late = Recogniser(speech), Recogniser(speech)

    run(Arriving(speech), live)
    run(filled(speech), late)

    assert len(late.requests) < len(live.requests) / 2


def test_committed_audio_is_acknowledged(speech: Samples):
    backlog = Arriving(speech)

    run(backlog, Recogniser(speech))

    assert backlog.pending_s < 10.0


def test_silence_and_an_empty_track_give_no_text():
    unheard = Recogniser(np.zeros(1, np.float32))

    assert words_of(run(filled(np.zeros(5 * SAMPLE_RATE_HZ, np.float32)), unheard)) == []
    assert words_of(run(filled(np.zeros(0, np.float32)), unheard)) == []
    assert unheard.requests == []


def test_status_tells_how_far_it_is(speech: Samples):
    statuses = [result for result in run(filled(speech), Recogniser(speech)) if isinstance(result, LiveStatus)]

    assert statuses[0].lag_s > 0
    assert statuses[-1].received_s == pytest.approx(len(speech) / SAMPLE_RATE_HZ)
    assert all(a.decoded_s <= b.decoded_s for a, b in itertools.pairwise(statuses))


def test_the_recogniser_is_told_language_task_and_custom_words(speech: Samples):
    recognise = Recogniser(speech)

    run(filled(speech), recognise, task="translate", prompt="A speech.", custom_words=("Sputnik", "Apollo"))

    assert recognise.requests[0].language == "en"
    assert recognise.requests[0].task == "translate"
    assert recognise.requests[0].prompt == "Sputnik, Apollo A speech."


def test_closing_from_another_thread_ends_it():
    backlog = Backlog()
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.extend(run(backlog, Recogniser(np.zeros(1, np.float32)))))
    thread.start()

    backlog.close()

    thread.join(10)
    assert not thread.is_alive()
    assert isinstance(results[-1], LiveStatus)


# ── engines that fail ────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_engine_that_died_is_asked_again_and_loses_nothing(speech: Samples):
    results = run(Arriving(speech), Recogniser(speech, dies_at=(5,)))

    assert words_of(results) == words_of(run(Arriving(speech), Recogniser(speech)))
    assert [result.sentence for result in results if isinstance(result, Notice)] == ["The engine ended by itself."]


def test_audio_that_kills_the_engine_twice_is_given_up_and_the_rest_is_heard(speech: Samples):
    results = run(Arriving(speech), Recogniser(speech, dies_at=(9, 10)))

    notices = [result.sentence for result in results if isinstance(result, Notice)]
    assert len(notices) == 2
    assert "failed twice" in notices[1]
    words = words_of(results)
    assert len(words) > 15
    assert len(words) == len(set(words))


@pytest.mark.parametrize("error", [EngineError("There is no room."), Cancelled()])
def test_other_errors_end_it(speech: Samples, error: Exception):
    def fail(_request: SpeechRequest) -> Hypothesis:
        raise error

    with pytest.raises(type(error)):
        run(filled(speech), fail)


@pytest.mark.parametrize("fails_at", [1, 2, 6, 9, 14, 20])
def test_another_loop_goes_on_where_one_fell_and_says_no_word_twice(speech: Samples, fails_at: int):
    whole = words_of(run(Arriving(speech), Recogniser(speech)))
    backlog, recognise, said = Arriving(speech), Recogniser(speech), []

    def fail_once(request: SpeechRequest) -> Hypothesis:
        if len(recognise.requests) == fails_at:
            recognise.requests.append(request)
            raise ZeroDivisionError
        return recognise(request)

    loop = transcribe_live(backlog, fail_once, options=LiveOptions(language="en"))
    with pytest.raises(ZeroDivisionError):
        said.extend(result for result in loop if isinstance(result, Commit))
    rest = list(transcribe_live(backlog, fail_once, options=LiveOptions(language="en"), said=said))

    assert words_of([*said, *rest]) == whole
    ends = [result.ends_segment for result in [*said, *rest] if isinstance(result, Commit)]
    assert ends[-1]


def test_what_was_not_recognised_stays_in_the_backlog(speech: Samples):
    backlog = Arriving(speech)

    def fail(_request: SpeechRequest) -> Hypothesis:
        raise EngineError("There is no room.")

    with pytest.raises(EngineError):
        run(backlog, fail)

    assert backlog.acknowledged / SAMPLE_RATE_HZ < 1.0
