"""The best path through what a CTC head says where only the words of a lexicon may be written. No torch.

Graves et al. 2006, "Connectionist Temporal Classification"; the search is Viterbi's through a loop of all words, each
ended by a delimiter, as in Collobert et al. 2016, "Wav2Letter", arXiv 1609.03193. It is exact: nothing is pruned, as a
lexicon of some dozen words has some hundred states.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE_NAME = "lexicon.txt"
"""In a model's folder: the words that it knows, one a line."""

REST, SPACE = 0, 1  # the states between words: a blank, the delimiter
LEAST_CHANCE = 1e-7
NEVER = -1e30


class Lexicon:
    """Words as a loop of states, two for each letter: the letter, and the blank that may follow it.

    Args:
        words: what may be written, in the letters of `symbols`.
        symbols: what each index of the model writes; "" for those that write nothing.

    Raises:
        ValueError: a word has a letter that the model cannot write, or there is no word.
    """

    def __init__(self, words: Sequence[str], symbols: Sequence[str], *, blank: int, delimiter: int) -> None:
        number = {symbol: i for i, symbol in enumerate(symbols) if symbol}
        unwritable = [word for word in words if not word or not set(word) <= number.keys()]
        if unwritable or not words:
            raise ValueError(f"a lexicon needs words that the model can write, not {unwritable}")
        states = [blank, delimiter]
        before = [[REST, SPACE, SPACE], [SPACE, SPACE, SPACE]]
        firsts, ends = [], []
        for word in words:
            firsts.append(len(states))
            for place, letter in enumerate(word):
                state = len(states)
                is_double = place > 0 and letter == word[place - 1]
                jump = [REST, SPACE] if place == 0 else [state - 1, state - 1 if is_double else state - 2]
                before += [[state, *jump], [state + 1, state, state]]
                states += [number[letter], blank]
            ends += [len(states) - 2, len(states) - 1]
        self._symbols = np.array(states)
        self._before = np.array(before)  # (states, 3): from where each is reached; SPACE from the ends of words, too
        self._starts, self._ends = np.array([REST, *firsts]), np.array(ends)

    @classmethod
    def of_model(cls, folder: Path, symbols: Sequence[str], *, blank: int, delimiter: int) -> Lexicon | None:
        """That of the model in a folder; None where it may write any word.

        Raises:
            ValueError: as the class.
        """
        file = folder / FILE_NAME
        if not file.is_file():
            return None
        return cls(file.read_text("utf-8").split(), symbols, blank=blank, delimiter=delimiter)

    def path(self, chances: NDArray[np.float32]) -> NDArray[np.intp]:
        """The symbol of each frame, (frames,), on the best path of whole words and silence.

        Args:
            chances: (frames, symbols), rows that add up to 1.
        """
        emitted = np.log(np.maximum(chances, LEAST_CHANCE))[:, self._symbols]  # (frames, states)
        n_frames, n_states = emitted.shape
        states = np.arange(n_states)
        came_from = np.tile(states, (n_frames, 1))
        score = np.full(n_states, NEVER)
        score[self._starts] = emitted[0, self._starts]
        for frame in range(1, n_frames):
            reached = score[self._before]  # (states, 3)
            choice = reached.argmax(axis=1)
            best, came_from[frame] = reached[states, choice], self._before[states, choice]
            end = self._ends[score[self._ends].argmax()]
            if score[end] > best[SPACE]:
                best[SPACE], came_from[frame, SPACE] = score[end], end
            score = best + emitted[frame]
        last = np.array([REST, SPACE, *self._ends])
        state = int(last[score[last].argmax()])
        path = np.empty(n_frames, np.intp)
        for frame in range(n_frames - 1, -1, -1):
            path[frame] = self._symbols[state]
            state = int(came_from[frame, state])
        return path
