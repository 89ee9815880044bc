"""Whole files: windows an engine can take, in order, with little memory; and real weights on real speech."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.catalogue.catalogue import Catalogue
from workers.engines.speech.faster_whisper import FasterWhisper, FasterWhisperOptions
from workers.errors import Cancelled, EngineDied
from workers.files import transcribe_file
from workers.live import LiveOptions
from workers.results import SAMPLE_RATE_HZ, Hypothesis, Progress, Samples, Segment, SpeechRequest, Word
from workers.streaming import normalised

ROOT = Path(__file__).parents[2]
SPEECH = ROOT / "assets" / "samples" / "speech.flac"
REST = (
    "no single space project in this period will be more impressive to mankind or more important for the long range "
    "exploration of space"
)
NONSPEECH = ROOT.parent / "shared" / "data" / "nonspeech"


@pytest.fixture(scope="module")
def speech() -> Samples:
    return soundfile.read(SPEECH, dtype="float32")[0]


def seconds(samples: Samples) -> Iterator[Samples]:
    yield from (samples[i : i + SAMPLE_RATE_HZ] for i in range(0, len(samples), SAMPLE_RATE_HZ))


class Recogniser:
    """Hears a word in each half second, and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[SpeechRequest] = []

    def __call__(self, request: SpeechRequest) -> Hypothesis:
        self.requests.append(request)
        n = int(len(request.samples) / SAMPLE_RATE_HZ / 0.5)
        return Hypothesis(tuple(Word(f" w{i}.", i * 0.5, i * 0.5 + 0.4, 0.9) for i in range(n)), "en", 1.0)


def segments(
    blocks: Iterator[Samples], recognise: Callable[[SpeechRequest], Hypothesis], **values: object
) -> list[Segment]:
    return [result for result in transcribe_file(blocks, recognise, **values) if isinstance(result, Segment)]


def test_windows_are_no_longer_than_an_engine_takes(speech: Samples):
    recognise = Recogniser()

    segments(seconds(np.tile(speech, 5)), recognise)

    assert len(recognise.requests) >= 4
    assert max(len(request.samples) for request in recognise.requests) <= 30 * SAMPLE_RATE_HZ
    assert {request.beam_size for request in recognise.requests} == {5}


def test_speech_without_a_pause_is_cut_and_goes_on_where_the_words_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workers.files.VoiceActivityDetector", lambda: lambda samples: np.ones(len(samples) // 512))
    recognise = Recogniser()

    found = segments(seconds(np.ones(100 * SAMPLE_RATE_HZ, np.float32)), recognise)

    words = [word for segment in found for word in segment.words]
    assert all(0 <= b.start_s - a.end_s <= 0.3 for a, b in itertools.pairwise(words))
    assert words[-1].end_s > 99


def test_what_is_first_said_where_a_window_is_cut_is_heard_in_the_next(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workers.files.VoiceActivityDetector", lambda: lambda samples: np.ones(len(samples) // 512))
    song = np.zeros(60 * SAMPLE_RATE_HZ, np.float32)
    song[round(26.4 * SAMPLE_RATE_HZ) : round(28.0 * SAMPLE_RATE_HZ)] = 1.0  # the first window ends at 27.5 s

    def hear(request: SpeechRequest) -> Hypothesis:
        sung = np.flatnonzero(request.samples)
        words = [Word(" ladies", sung[0] / SAMPLE_RATE_HZ, (sung[-1] + 1) / SAMPLE_RATE_HZ, 0.9)] if len(sung) else []
        return Hypothesis(tuple(words), "en", 1.0)

    ((word,),) = [segment.words for segment in segments(seconds(song), hear)]

    assert (word.start_s, word.end_s) == pytest.approx((26.4, 28.0), abs=0.01)


def test_a_word_at_the_beginning_of_a_window_does_not_keep_it_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workers.files.VoiceActivityDetector", lambda: lambda samples: np.ones(len(samples) // 512))
    asked: list[SpeechRequest] = []

    def hear(request: SpeechRequest) -> Hypothesis:
        asked.append(request)
        assert len(asked) < 10
        return Hypothesis((Word(" oh", 0.0, 0.0, 0.9),), "en", 1.0)

    assert segments(seconds(np.ones(60 * SAMPLE_RATE_HZ, np.float32)), hear)


def test_what_follows_where_an_engine_stops_is_asked_for_again_without_the_text_before(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("workers.files.VoiceActivityDetector", lambda: lambda samples: samples[::512] > 0.5)
    sound = np.repeat([1.0, 0.0, 1.0], [20 * SAMPLE_RATE_HZ, 3 * SAMPLE_RATE_HZ, 20 * SAMPLE_RATE_HZ])
    asked: list[SpeechRequest] = []

    def stops_early(request: SpeechRequest) -> Hypothesis:
        asked.append(request)
        stop_s = 5.0 if len(asked) == 2 else len(request.samples) / SAMPLE_RATE_HZ
        return Hypothesis(tuple(Word(" w", i * 0.5, i * 0.5 + 0.4, 0.9) for i in range(int(stop_s / 0.5))), "en", 1.0)

    found = segments(seconds(sound.astype(np.float32)), stops_early)

    assert [bool(request.prompt) for request in asked] == [False, True, False]
    assert found[-1].end_s > 42.5
    assert all(0 <= b.start_s - a.end_s < 0.2 for a, b in itertools.pairwise(found[1:]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.0, 30.0), min_size=1, max_size=8), st.integers(1, 70))
def test_an_engine_that_stops_early_ends_and_keeps_its_words_in_order(stops_s: list[float], length_s: int):
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("workers.files.VoiceActivityDetector", lambda: lambda samples: np.ones(len(samples) // 512))
        stop_s, asked = itertools.cycle(stops_s), itertools.count()

        def hear(request: SpeechRequest) -> Hypothesis:
            next(asked)
            end_s = min(next(stop_s), len(request.samples) / SAMPLE_RATE_HZ)
            return Hypothesis((Word(" w", max(0.0, end_s - 0.5), end_s, 0.9),), "en", 1.0)

        found = segments(seconds(np.ones(length_s * SAMPLE_RATE_HZ, np.float32)), hear)

    assert next(asked) <= (length_s / 25 + 1) * 11
    assert all(a.end_s <= b.start_s + 1e-6 for a, b in itertools.pairwise(found))


def test_segments_are_in_order_and_do_not_overlap(speech: Samples):
    found = segments(seconds(np.tile(speech, 3)), Recogniser())

    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(found))


def test_silence_gives_nothing_and_asks_nothing():
    recognise = Recogniser()

    assert segments(seconds(np.zeros(90 * SAMPLE_RATE_HZ, np.float32)), recognise) == []
    assert segments(iter(()), recognise) == []
    assert recognise.requests == []


def test_progress_goes_up_to_one(speech: Samples):
    results = list(transcribe_file(seconds(speech), Recogniser(), duration_s=len(speech) / SAMPLE_RATE_HZ))

    fractions = [result.fraction for result in results if isinstance(result, Progress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_progress_is_unknown_without_a_duration(speech: Samples):
    first = next(result for result in transcribe_file(seconds(speech), Recogniser()) if isinstance(result, Progress))

    assert first.fraction == -1


def test_cancel_ends_it(speech: Samples):
    with pytest.raises(Cancelled):
        list(transcribe_file(seconds(speech), Recogniser(), cancelled=lambda: True))


def test_an_engine_that_died_is_asked_once_more(speech: Samples):
    recognise, deaths = Recogniser(), iter([True, False, False])

    def dying(request: SpeechRequest) -> Hypothesis:
        if next(deaths, False):
            raise EngineDied("The engine ended by itself.")
        return recognise(request)

    assert segments(seconds(speech), dying) == segments(seconds(speech), Recogniser())


def test_a_long_file_is_not_held_in_memory(monkeypatch: pytest.MonkeyPatch):
    """Three hours of someone who speaks 10 s and is silent for 5 s."""
    monkeypatch.setattr("workers.files.VoiceActivityDetector", lambda: lambda samples: samples[::512] > 0.5)
    held: list[int] = []
    cycle = np.repeat([1.0, 0.0], [10 * SAMPLE_RATE_HZ, 5 * SAMPLE_RATE_HZ]).astype(np.float32)
    recognise = Recogniser()

    def blocks() -> Iterator[Samples]:
        for _ in range(3 * 240):
            yield cycle

    for _ in transcribe_file(blocks(), recognise, duration_s=3 * 3600):
        held.append(len(recognise.requests))
        recognise.requests.clear()

    assert sum(held) == 720
    assert max(held) <= 1


def test_the_text_before_is_the_prompt(speech: Samples):
    recognise = Recogniser()

    segments(seconds(np.tile(speech, 3)), recognise, options=LiveOptions(custom_words=("Apollo",)))

    assert recognise.requests[0].prompt == "Apollo"
    assert recognise.requests[1].prompt.startswith("w0.")
    assert recognise.requests[1].prompt.endswith(". Apollo")  # of a long prompt engines take the end
    assert len(recognise.requests[-1].prompt) < 250


# ── real weights ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def hear(tmp_path_factory: pytest.TempPathFactory) -> Callable[[SpeechRequest], Hypothesis]:
    folder = Catalogue(tmp_path_factory.mktemp("models")).locate("whisper-tiny.en")
    engine = FasterWhisper(folder, FasterWhisperOptions(device="cpu", threads=1))
    engine.load(lambda *_: None)
    return lambda request: next(engine.run(request, lambda: False))


def test_the_sample_is_transcribed(hear: Callable[[SpeechRequest], Hypothesis], speech: Samples):
    text = " ".join(segment.text for segment in segments(seconds(speech), hear))

    said = SPEECH.with_suffix(".txt").read_text()
    assert jiwer.wer(*(" ".join(map(normalised, part.split())) for part in (said, text))) < 0.15


@pytest.mark.parametrize(("start_s", "stop_s", "times"), [(0.0, 2.9, 3), (0.5, 0.95, 6), (7.6, 9.0, 3), (9.0, 11.1, 4)])
def test_what_follows_a_repetition_is_transcribed(
    hear: Callable[[SpeechRequest], Hypothesis], speech: Samples, start_s: float, stop_s: float, times: int
):
    phrase = speech[int(start_s * SAMPLE_RATE_HZ) : int(stop_s * SAMPLE_RATE_HZ)]
    rest = speech[int(12.1 * SAMPLE_RATE_HZ) :]

    found = segments(seconds(np.concatenate([*[phrase] * times, rest])), hear)

    text = " ".join(segment.text for segment in found)
    words = " ".join(map(normalised, text.replace("-", " ").split()))
    assert words.endswith(REST)
    repeated = {0.0: "nation", 0.5: "believe", 7.6: "moon", 9.0: "him"}[start_s]
    assert times - 1 <= words.split().count(repeated) <= times


@pytest.mark.skipif(not NONSPEECH.is_dir(), reason="the data is not here")
@pytest.mark.parametrize("name", ["doing_the_dishes", "noise_speechbrain4", "silence_leopard_empty", "trumpet_solo"])
def test_noise_gives_no_words(hear: Callable[[SpeechRequest], Hypothesis], name: str):
    samples, _ = soundfile.read(NONSPEECH / f"{name}.flac", dtype="float32")

    assert segments(seconds(samples), hear) == []
