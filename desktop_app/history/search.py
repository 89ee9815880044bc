"""Finds words in transcripts, whatever their case and accents, in any script. No Qt.

Texts are compared folded. Words of three letters and more go through the trigram index; shorter ones, such as most
Chinese words, through a scan of the folded texts (10 ms for 100 000 segments).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

# Accents, and the vowel points of Hebrew and Arabic. The vowel signs of Indic scripts and the Japanese voicing marks
# are letters to their readers and stay.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u0652\u0670]")
_TERM = re.compile(r'"([^"]+)"|(\S+)')

ARTICLES = frozenset(("a", "an", "the"))  # people put one before what a picture shows
SNIPPET_BEFORE = 40
SNIPPET_AFTER = 100


def fold(text: str) -> str:
    """The text as it is compared: lower case, without accents, full-width letters as narrow ones."""
    if text.isascii():  # nearly always, and a hundred times as fast
        return text.lower().replace("\0", "")
    return "".join(map(_fold_character, text))


@cache
def _fold_character(character: str) -> str:
    # Decomposed, stripped of accents and composed again: Korean syllables stay whole.
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", character))
    return unicodedata.normalize("NFC", plain).casefold().replace("\0", "")


def terms_of(query: str) -> list[str]:
    """The folded words that all must occur; words in double quotes belong together.

    Articles need not occur, unless there is nothing else: "a frog" is in "two frogs".
    """
    sound = query.encode("utf-8", "replace").decode()  # what is no text in the shell's encoding is in no transcript
    found = [(fold(phrase or word).strip(), bool(phrase)) for phrase, word in _TERM.findall(sound)]
    terms = [term for term, _ in found if term]
    return [term for term, is_phrase in found if term and (is_phrase or term not in ARTICLES)] or terms


def condition(terms: list[str]) -> tuple[str, list[str]]:
    """SQL that is true for the `segments` in which every term occurs, and its parameters."""
    long = [term for term in terms if len(term) >= 3]
    parts, values = [], []
    if long:
        phrases = " ".join('"' + term.replace('"', '""') + '"' for term in long)
        parts.append("segments.id IN (SELECT rowid FROM segments_index WHERE segments_index MATCH ?)")
        values.append(phrases)
    for term in terms:
        if len(term) < 3:
            parts.append("instr(segments.folded, ?)")
            values.append(term)
    return " AND ".join(parts), values


def find(text: str, terms: list[str]) -> list[tuple[int, int]]:
    """Where the terms stand in `text`: (start, end), in order, without overlaps."""
    folded = fold(text)
    if not any(term in folded for term in terms):
        return []
    if text.isascii() and "\0" not in text:
        origin: Sequence[int] = range(len(text))
    else:
        origin = [index for index, character in enumerate(text) for _ in _fold_character(character)]
    found = []
    for term in terms:
        start = folded.find(term)
        while start >= 0:
            found.append((origin[start], origin[start + len(term) - 1] + 1))
            start = folded.find(term, start + len(term))
    matches: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if matches and start < matches[-1][1]:
            matches[-1] = matches[-1][0], max(end, matches[-1][1])
        else:
            matches.append((start, end))
    return matches


def snippet(text: str, matches: list[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A stretch of `text` around the first match on one line, and where the matches stand in it."""
    first = matches[0][0] if matches else 0
    start = max(0, first - SNIPPET_BEFORE)
    if start and (space := text.find(" ", start, first)) >= 0:
        start = space + 1
    end = min(len(text), first + SNIPPET_AFTER)
    if end < len(text) and (space := text.rfind(" ", first, end)) > max((e for _, e in matches if e <= end), default=0):
        end = space
    before, after = "…" * (start > 0), "…" * (end < len(text))
    shift = len(before) - start
    shown = tuple((s + shift, min(e, end) + shift) for s, e in matches if start <= s < end)
    line = re.sub(r"\s", " ", text[start:end])
    return before + line + after, shown
