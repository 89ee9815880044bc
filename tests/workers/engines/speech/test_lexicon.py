"""The best path through the words of a lexicon: against every path that there is, and word for word."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from workers.engines.speech.lexicon import FILE_NAME, Lexicon

SYMBOLS = ["", "|", "a", "b"]  # 0 is the blank
WORDS = ["ab", "b", "aa"]


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon(WORDS, SYMBOLS, blank=0, delimiter=1)


def written(path: tuple[int, ...]) -> str:
    """What a path writes: runs are one symbol, blanks are nothing."""
    return "".join(SYMBOLS[symbol] for symbol, _ in itertools.groupby(path))


def is_allowed(path: tuple[int, ...]) -> bool:
    text = written(path)
    return not text or all(word in WORDS for word in text.removesuffix("|").split("|"))


@pytest.mark.parametrize("seed", range(8))
def test_path_is_the_likeliest_of_all_that_are_allowed(lexicon: Lexicon, seed: int):
    n_frames = 6
    chances = np.random.default_rng(seed).dirichlet([0.4] * 4, size=n_frames).astype(np.float32)

    path = tuple(int(symbol) for symbol in lexicon.path(chances))

    def likelihood(one: tuple[int, ...]) -> float:
        return math.prod(float(row[symbol]) for row, symbol in zip(chances, one, strict=True))

    allowed = [one for one in itertools.product(range(4), repeat=n_frames) if is_allowed(one)]
    assert is_allowed(path)
    assert likelihood(path) == pytest.approx(max(map(likelihood, allowed)), rel=1e-3)


def test_a_wrong_letter_becomes_the_word_that_it_is_nearest_to(lexicon: Lexicon):
    heard = np.full((8, 4), 0.02, np.float32)
    heard[np.arange(8), [0, 2, 2, 2, 0, 1, 3, 0]] = 0.9
    heard[3] = 0.02, 0.02, 0.6, 0.36  # "a", and a little of a "b"

    assert written(tuple(heard.argmax(1))) == "a|b"
    assert written(tuple(lexicon.path(heard))) == "ab|b"


def test_nothing_heard_writes_nothing(lexicon: Lexicon):
    silence = np.full((50, 4), 0.01, np.float32)
    silence[:, 0] = 0.97

    assert written(tuple(lexicon.path(silence))) == ""
    assert written(tuple(lexicon.path(silence[:1]))) == ""


def test_model_without_a_lexicon_may_write_any_word(tmp_path: Path):
    assert Lexicon.of_model(tmp_path, SYMBOLS, blank=0, delimiter=1) is None


@pytest.mark.parametrize("words", ["", "ab\nac\n"], ids=["empty", "a letter that is not there"])
def test_words_that_the_model_cannot_write_are_refused(tmp_path: Path, words: str):
    (tmp_path / FILE_NAME).write_text(words)

    with pytest.raises(ValueError, match="words that the model can write"):
        Lexicon.of_model(tmp_path, SYMBOLS, blank=0, delimiter=1)
