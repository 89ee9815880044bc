"""LocalAgreement-2, the policy to compare with: Macháček et al. 2023, arXiv 2307.14743. Our implementation.

Every second the whole buffer is decoded again in a window padded to 30 s, with beam 5; what two decodes in a row agree
on, word by word from the start, is committed. A buffer over 15 s is cut where a finished segment ends.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from workers.results import SAMPLE_RATE_HZ, Commit, Samples, Word

CHUNK_S = 1.0
BEAM_SIZE = 5
TRIM_S = 15.0
PROMPT_CHARS = 200
NO_SPEECH = 0.9


class LocalAgreement:
    def __init__(self, whisper: Any) -> None:
        self._whisper = whisper  # faster_whisper.WhisperModel
        self._buffer = np.zeros(0, np.float32)
        self._offset_s = 0.0
        self._committed: list[Word] = []
        self._before: list[Word] = []  # the uncommitted words of the decode before

    def take(self, samples: Samples) -> list[Word]:
        """Decodes the buffer with the new samples; the words that are now committed."""
        self._buffer = np.concatenate([self._buffer, samples])
        segments = self._decode()
        new = self._unseen([word for words, _ in segments for word in words])
        agreed = 0
        while agreed < min(len(new), len(self._before)) and new[agreed].text == self._before[agreed].text:
            agreed += 1
        self._committed += new[:agreed]
        self._before = new[agreed:]
        self._trim([end_s for _, end_s in segments])
        return new[:agreed]

    def finish(self) -> list[Word]:
        return self._before

    @property
    def committed_s(self) -> float:
        return self._committed[-1].end_s if self._committed else 0.0

    def _decode(self) -> list[tuple[list[Word], float]]:
        scrolled = "".join(word.text for word in self._committed if word.end_s <= self._offset_s)
        segments, _ = self._whisper.transcribe(
            self._buffer, language="en", beam_size=BEAM_SIZE, word_timestamps=True, condition_on_previous_text=True,
            initial_prompt=scrolled[-PROMPT_CHARS:] or None,
        )  # fmt: skip
        return [
            (
                [Word(w.word, w.start + self._offset_s, w.end + self._offset_s, w.probability) for w in segment.words],
                segment.end + self._offset_s,
            )
            for segment in segments
            if segment.no_speech_prob <= NO_SPEECH
        ]

    def _unseen(self, words: list[Word]) -> list[Word]:
        """The words after the committed ones: by time, and at the seam by text."""
        words = [word for word in words if word.start_s > self.committed_s - 0.1]
        if words and self._committed and abs(words[0].start_s - self.committed_s) < 1.0:
            for n in range(min(5, len(words), len(self._committed)), 0, -1):
                if [w.text for w in self._committed[-n:]] == [w.text for w in words[:n]]:
                    return words[n:]
        return words

    def _trim(self, segment_ends_s: list[float]) -> None:
        if len(self._buffer) <= TRIM_S * SAMPLE_RATE_HZ:
            return
        for end_s in reversed(segment_ends_s[:-1]):
            if end_s <= self.committed_s:
                self._buffer = self._buffer[round((end_s - self._offset_s) * SAMPLE_RATE_HZ) :]
                self._offset_s = end_s
                return


def replay_local_agreement(samples: Samples, whisper: Any) -> tuple[list[tuple[float, Commit]], float]:
    """Events in virtual time, as from a microphone, and the seconds spent decoding."""
    policy = LocalAgreement(whisper)
    now_s, taken, spent_s = 0.0, 0, 0.0
    events = []
    while taken < len(samples):
        now_s = max(now_s, min(taken / SAMPLE_RATE_HZ + CHUNK_S, len(samples) / SAMPLE_RATE_HZ))
        arrived = min(len(samples), int(now_s * SAMPLE_RATE_HZ))
        started = time.perf_counter()
        words = policy.take(samples[taken:arrived])
        spent_s += time.perf_counter() - started
        now_s += time.perf_counter() - started
        taken = arrived
        events.append((now_s, Commit("me", tuple(words), "en")))
    events.append((now_s, Commit("me", tuple(policy.finish()), "en", ends_segment=True)))
    return events, spent_s
