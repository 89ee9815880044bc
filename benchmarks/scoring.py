"""Word error rate and latencies of a transcript that grew, against a reference with times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jiwer
import numpy as np

from workers.results import Commit, Partial, Word

PAUSE_S = 1.5  # from the end of a word to the end of the next one: there is a pause in between


@dataclass(frozen=True)
class GoldWord:
    """A word of the reference and when its sound ended."""

    text: str
    end_s: float


@dataclass
class Score:
    """Counts and latencies; scores of several files add up."""

    errors: int = 0
    reference_words: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    committed_s: list[float] = field(default_factory=list)  # after the word's end
    shown_s: list[float] = field(default_factory=list)
    pause_s: list[float] = field(default_factory=list)  # committed after the word's end, of words before a pause

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def wer_percent(self) -> float:
        return 100 * self.errors / max(1, self.reference_words)

    def summary(self) -> dict[str, Any]:
        return {
            "wer_percent": round(self.wer_percent, 2),
            "substitutions": self.substitutions,
            "deletions": self.deletions,
            "insertions": self.insertions,
            "reference_words": self.reference_words,
            "matched_words": len(self.committed_s),
            "committed_median_s": quantile(self.committed_s, 0.5),
            "committed_p95_s": quantile(self.committed_s, 0.95),
            "shown_median_s": quantile(self.shown_s, 0.5),
            "shown_p95_s": quantile(self.shown_s, 0.95),
            "before_pause_median_s": quantile(self.pause_s, 0.5),
            "before_pause_p95_s": quantile(self.pause_s, 0.95),
        }


def quantile(values: Sequence[float], fraction: float) -> float | None:
    return round(float(np.quantile(values, fraction)), 3) if len(values) else None


@cache
def _normaliser() -> Any:
    from transformers.models.whisper.english_normalizer import EnglishTextNormalizer

    return EnglishTextNormalizer({})


def normalise(text: str) -> str:
    """Whisper's English normaliser: case, punctuation, numerals, contractions, "mister" and "Mr."."""
    return str(_normaliser()(text))


def matched_pairs(reference: Sequence[str], words: Sequence[str]) -> list[tuple[int, int]]:
    """Index pairs of equal words on the cheapest path from one sequence to the other."""
    if not reference or not words:
        return []
    alignment = jiwer.process_words(" ".join(reference), " ".join(words)).alignments[0]
    return [
        (chunk.ref_start_idx + i, chunk.hyp_start_idx + i)
        for chunk in alignment
        if chunk.type == "equal"
        for i in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]


def score_text(reference: str, text: str) -> Score:
    """Errors only."""
    counts = jiwer.process_words(normalise(reference), normalise(text))
    return Score(
        errors=counts.substitutions + counts.deletions + counts.insertions,
        reference_words=counts.hits + counts.substitutions + counts.deletions,
        substitutions=counts.substitutions,
        deletions=counts.deletions,
        insertions=counts.insertions,
    )


def score_events(reference: str, gold: Sequence[GoldWord], events: Iterable[tuple[float, object]]) -> Score:
    """Errors of what was committed, and how long after its end each rightly heard word was committed and first shown.

    Args:
        events: what the live loop yielded and when, in seconds since the first sample.
    """
    committed: list[tuple[Word, float]] = []
    shown: list[tuple[Word, float]] = []
    for when_s, event in events:
        if isinstance(event, Commit):
            committed += [(word, when_s) for word in event.words]
        if isinstance(event, Commit | Partial):
            shown += [(word, when_s) for word in event.words]
    score = score_text(reference, "".join(word.text for word, _ in committed))
    gold_parts = [(part, word) for word in gold for part in normalise(word.text).split()]
    parts = [(part, word, when_s) for word, when_s in committed for part in normalise(word.text).split()]
    first_shown = _first_shown(shown)
    for i, j in matched_pairs([part for part, _ in gold_parts], [part for part, _, _ in parts]):
        end_s = gold_parts[i][1].end_s
        part, word, when_s = parts[j]
        score.committed_s.append(max(0.0, when_s - end_s))
        if i + 1 == len(gold_parts) or gold_parts[i + 1][1].end_s - end_s > PAUSE_S:
            score.pause_s.append(max(0.0, when_s - end_s))
        times_s = [shown_s for middle_s, shown_s in first_shown.get(part, ()) if abs(middle_s - middle(word)) < 0.6]
        score.shown_s.append(max(0.0, min(times_s, default=when_s) - end_s))
    return score


def _first_shown(shown: Iterable[tuple[Word, float]]) -> dict[str, list[tuple[float, float]]]:
    """For each normalised word, where in the audio and when it was on the screen."""
    found: dict[str, list[tuple[float, float]]] = {}
    for word, when_s in shown:
        for part in normalise(word.text).split():
            found.setdefault(part, []).append((middle(word), when_s))
    return found


def middle(word: Word) -> float:
    return (word.start_s + word.end_s) / 2
