"""Turns segments into subtitles by the usual conventions: two lines of 42 columns, one to seven seconds. No Qt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from desktop_app.history.records import StoredSegment
from desktop_app.history.search import fold
from workers.results import Word

LINE_COLUMNS = 42  # the BBC's and Netflix's limit for Latin script; a Chinese character takes two columns
PIECE_COLUMNS = LINE_COLUMNS // 2
MIN_CUE_S = 1.0
MAX_CUE_S = 7.0

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
_CLOSING = "、。，．！？：；」』）】〉》’”"
# Words with their leading space; Chinese and Japanese characters one by one, with the punctuation that follows.
_TOKEN = re.compile(rf"\s*(?:[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")  # the others count as spaces
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)」』）]*$")
_CLAUSE_END = re.compile(r"[,;:–—、，；：][\"'”’)」』）]*$")


@dataclass(frozen=True)
class Cue:
    """One subtitle: at most two lines of words, all of one track."""

    track: str
    start_s: float
    end_s: float
    lines: tuple[tuple[Word, ...], ...]

    @property
    def text(self) -> str:
        return "\n".join("".join(word.text for word in line).strip() for line in self.lines)


def build_cues(segments: Iterable[StoredSegment], *, labels: dict[str, str] | None = None) -> list[Cue]:
    """The subtitles of a transcript in time order; cues of one track do not overlap.

    Args:
        labels: what to write before each segment of a track, such as "Me:".
    """
    by_track: dict[str, list[tuple[Word, ...]]] = {}
    for segment in segments:
        words = [piece for word in timed_words(segment) for piece in _pieces(word)]
        if words and labels:
            at_s = words[0].start_s
            words = [*_pieces(Word(labels[segment.track], at_s, at_s, 1.0)), *words]
            words[1] = replace(words[1], text=" " + words[1].text.lstrip())
        if words:
            by_track.setdefault(segment.track, []).extend(_joined(_split(tuple(words))))
    cues = [cue for track, groups in by_track.items() for cue in _timed(track, groups)]
    return sorted(cues, key=lambda cue: (cue.start_s, cue.end_s))


def timed_words(segment: StoredSegment) -> tuple[Word, ...]:
    """The words of `segment.text` with times: the engine's, or after an edit as many of them as still fit."""
    if segment.edited_text is None:
        return _with_marks(segment.words)
    heard = [piece for word in segment.words for piece in _tokens(word)]
    texts = _TOKEN.findall(segment.edited_text)
    words: list[Word] = []
    start_s = segment.start_s
    matcher = SequenceMatcher(
        None, [_plain(word.text) for word in heard], [_plain(text) for text in texts], autojunk=False
    )
    for at_heard, at_text, length in matcher.get_matching_blocks():
        end_s = heard[at_heard].start_s if at_heard < len(heard) else segment.end_s
        words += _spread(texts[len(words) : at_text], min(start_s, end_s), end_s)
        for word, text in zip(heard[at_heard : at_heard + length], texts[at_text : at_text + length], strict=True):
            words.append(replace(word, text=text))
            start_s = word.end_s
    return tuple(words)


def _with_marks(words: Iterable[Word]) -> tuple[Word, ...]:
    """The words with a full stop that came later, as a word of its own, at the end of the one before."""
    joined: list[Word] = []
    for word in words:
        if joined and not re.search(r"^\s|\w", word.text):
            joined[-1] = replace(joined[-1], text=joined[-1].text + word.text)
        else:
            joined.append(word)
    return tuple(joined)


def columns(text: str) -> int:
    """How wide a text is where a Latin letter takes one column and a Chinese one two."""
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _split(words: tuple[Word, ...]) -> list[tuple[Word, ...]]:
    """Groups of words that each fit a cue, divided at sentences, clauses and pauses near the middle."""
    if len(words) == 1 or _fits(words):
        return [words]

    def goodness(index: int) -> float:
        before, after = words[index - 1], words[index]
        punctuation = 2 * bool(_SENTENCE_END.search(before.text)) + bool(_CLAUSE_END.search(before.text))
        pause_s = min(2.0, after.start_s - before.end_s)
        return punctuation + pause_s - 4 * abs(index / len(words) - 0.5)

    middle = max(range(1, len(words)), key=goodness)
    return _split(words[:middle]) + _split(words[middle:])


def _joined(groups: list[tuple[Word, ...]]) -> list[tuple[Word, ...]]:
    """The groups, with those that are too short to read joined to a neighbour where both fit one cue."""
    joined: list[tuple[Word, ...]] = []
    for words in groups:
        is_short = joined and min(_seconds(joined[-1]), _seconds(words)) < MIN_CUE_S
        if is_short and _fits(joined[-1] + words):
            joined[-1] += words
        else:
            joined.append(words)
    return joined


def _fits(words: tuple[Word, ...]) -> bool:
    return _seconds(words) <= MAX_CUE_S and _lines(words) is not None


def _seconds(words: tuple[Word, ...]) -> float:
    return words[-1].end_s - words[0].start_s


def _lines(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], ...] | None:
    """The words on one line or two of like length; None when they do not fit."""
    if _width(words) <= LINE_COLUMNS:
        return (words,)
    if _width(words) > 2 * LINE_COLUMNS:
        return None
    fitting = [
        (words[:index], words[index:])
        for index in range(1, len(words))
        if _width(words[:index]) <= LINE_COLUMNS and _width(words[index:]) <= LINE_COLUMNS
    ]
    return min(fitting, key=lambda lines: abs(_width(lines[0]) - _width(lines[1])), default=None)


def _width(words: Sequence[Word]) -> int:
    return columns("".join(word.text for word in words).strip())


def _timed(track: str, groups: list[tuple[Word, ...]]) -> list[Cue]:
    """Cues of one to seven seconds; short ones stay until the next one begins."""
    groups = sorted(groups, key=lambda words: words[0].start_s)
    starts = [words[0].start_s for words in groups] + [float("inf")]
    cues = []
    for words, start_s, next_s in zip(groups, starts, starts[1:], strict=False):
        end_s = max(words[-1].end_s, start_s + MIN_CUE_S)
        lines = _lines(words)
        assert lines
        cues.append(Cue(track, start_s, min(end_s, start_s + MAX_CUE_S, next_s), lines))
    return cues


def _pieces(word: Word) -> list[Word]:
    """A word as it is, or its parts where it is a whole sentence or too wide; without control characters."""
    text = re.sub(r"\s+", " ", _CONTROL.sub("", word.text))
    if columns(text) <= PIECE_COLUMNS and not re.search(r"\S \S", text):
        return [replace(word, text=text)] if text.strip() else []
    texts: list[str] = []
    for token in _TOKEN.findall(text):
        step = len(token) if columns(token) <= PIECE_COLUMNS else PIECE_COLUMNS // 2  # none is wider than two columns
        texts += [token[start : start + step] for start in range(0, len(token), step)]
    return _spread(texts, word.start_s, word.end_s, word.probability)


def _tokens(word: Word) -> list[Word]:
    return _spread(_TOKEN.findall(word.text), word.start_s, word.end_s, word.probability)


def _spread(texts: Sequence[str], start_s: float, end_s: float, probability: float = 1.0) -> list[Word]:
    """Words that share a stretch of time by their lengths."""
    total = sum(map(len, texts))
    words, position = [], 0
    for text in texts:
        from_s = start_s + (end_s - start_s) * position / total
        position += len(text)
        until_s = end_s if position == total else start_s + (end_s - start_s) * position / total
        words.append(Word(text, from_s, until_s, probability))
    return words


def _plain(text: str) -> str:
    return re.sub(r"\W", "", fold(text)) or text
