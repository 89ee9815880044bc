"""The ruler is straight: errors, latencies and virtual time of the benchmark."""

from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.hear import Replay, blocks_of, table
from benchmarks.local_agreement import LocalAgreement
from benchmarks.scoring import GoldWord, Score, matched_pairs, normalise, score_events, score_text
from workers.results import SAMPLE_RATE_HZ, Commit, Partial, Word

GOLD = [GoldWord("the", 0.3), GoldWord("quick", 0.8), GoldWord("fox", 3.0)]


def word(text: str, start_s: float, end_s: float) -> Word:
    return Word(f" {text}", start_s, end_s, 0.9)


def test_case_punctuation_and_titles_are_no_errors():
    assert normalise("Mister Hale, TWENTY one!") == normalise("mr. hale 21")


def test_errors_are_counted_by_kind():
    score = score_text("red blue green grey", "red blew green grey black")

    assert (score.substitutions, score.deletions, score.insertions) == (1, 0, 1)
    assert score.wer_percent == 50


def test_equal_words_are_matched_around_errors():
    assert matched_pairs(["a", "b", "c"], ["a", "x", "c"]) == [(0, 0), (2, 2)]
    assert matched_pairs([], ["a"]) == []


def test_latency_is_from_the_end_of_the_word_to_its_commit():
    events = [
        (0.5, Partial("me", (word("the", 0, 0.3),))),
        (1.0, Partial("me", (word("the", 0, 0.3), word("quick", 0.4, 0.8)))),
        (1.8, Commit("me", (word("the", 0, 0.3), word("quick", 0.4, 0.8)))),
        (3.5, Commit("me", (word("fox", 2.6, 3.0),), ends_segment=True)),
    ]

    score = score_events("the quick fox", GOLD, events)

    assert score.errors == 0
    assert score.committed_s == pytest.approx([1.5, 1.0, 0.5])
    assert score.shown_s == pytest.approx([0.2, 0.2, 0.5])
    assert score.pause_s == pytest.approx([1.0, 0.5])


def test_a_word_shown_elsewhere_was_not_shown_here():
    events = [(0.4, Partial("me", (word("fox", 0, 0.3),))), (4.0, Commit("me", (word("fox", 2.6, 3.0),)))]

    assert score_events("fox", [GOLD[2]], events).shown_s == [1.0]


def test_scores_of_files_add_up():
    total = Score(errors=1, reference_words=10, committed_s=[1.0]) + Score(errors=3, reference_words=10)

    assert total.wer_percent == 20
    assert total.committed_s == [1.0]


def test_virtual_time_brings_the_audio_that_a_microphone_would_have():
    backlog = Replay(blocks_of(np.zeros(2 * SAMPLE_RATE_HZ, np.float32)))

    backlog.advance(1.0)
    assert backlog.received == pytest.approx(SAMPLE_RATE_HZ, abs=512)

    assert backlog.wait(int(1.5 * SAMPLE_RATE_HZ))
    assert backlog.now_s == pytest.approx(1.5, abs=0.04)

    assert not backlog.wait(3 * SAMPLE_RATE_HZ)
    assert backlog.is_closed


class Scripted:
    """A WhisperModel that gives one text after the other."""

    def __init__(self, *texts: str) -> None:
        self._texts = iter(texts)

    def transcribe(self, _samples: np.ndarray, **_options: object) -> tuple[Iterator[object], None]:
        words = [
            type("Word", (), {"word": f" {text}", "start": i, "end": i + 0.9, "probability": 1.0})
            for i, text in enumerate(next(self._texts).split())
        ]
        segment = type("Segment", (), {"words": words, "end": float(len(words)), "no_speech_prob": 0.0})
        return iter([segment]), None


def test_local_agreement_commits_what_two_decodes_share():
    policy = LocalAgreement(Scripted("the quick", "the quick box", "the quick brown fox"))
    second = np.zeros(SAMPLE_RATE_HZ, np.float32)

    taken = ["".join(word.text for word in policy.take(second)) for _ in range(3)]

    assert taken == ["", " the quick", ""]
    assert [word.text for word in policy.finish()] == [" brown", " fox"]


def test_the_table_has_a_column_for_each_model():
    live = dict.fromkeys(
        ("wer_percent", "committed_median_s", "committed_p95_s", "shown_median_s", "before_pause_median_s",
         "before_pause_p95_s", "decode_per_audio_s"), 1.0,
    )  # fmt: skip
    model = {
        "speech": {"live": live, "offline": live, "file": live},
        "stop": {"median_s": 0.2, "max_s": 0.3},
        "nonspeech": {"noise": {"seconds": 5.0, "live": "", "file": ""}},
    }

    lines = table({"models": {"tiny.en": model, "base": model}}).splitlines()

    assert {line.count("|") for line in lines} == {5}
    assert "| words on silence and noise, live | 0 | 0 in 5 s | 0 in 5 s |" in lines
