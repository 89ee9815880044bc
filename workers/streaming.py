"""What is said for sure and what is not yet: turns hypotheses about the newest audio into partials and commits. No Qt.

Whoever drives it (`live`) lets it `hear` the voice detector's probabilities, asks for the `next_window` of audio to
recognise, and lets it `take` the hypothesis. There is no clock in here: positions in the audio are the only time, so
that a recording replayed at any speed gives the same text.

The policy, in the order of the code:

* Speech comes in stretches, ended by a pause. Every `step_s` of new audio the window from some committed words before
  (context) to the newest sample is recognised again.
* A word gathers evidence: its probability in every hypothesis in a row that has it at the same time in the audio. It
  is committed when the evidence is enough and it ends `hold_back_s` before the edge of the audio, where words are cut
  and guessed; or when it has waited for `patience_s`. Words are committed in order and never taken back.
* In a pause, everything is committed as soon as the pause is long enough; the hypothesis for it was made shortly after
  the voice fell silent, so that nobody waits for it.
* Recognisers put a full stop wherever the audio ends. One at the very end of what was heard waits for the words after
  it: a hypothesis that has both sides tells whether the sentence was over, and with it the segment.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workers.results import Commit, Hypothesis, Partial, Word
from workers.vad import EndPointer, EndPointing, Stretch

SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")
MAX_AUDIO_S = 28.0  # of a window: Whisper's encoder takes 30 s with the padding
EPSILON_S = 1e-6
KEPT_S = 1.5  # audio that is kept while nobody speaks: more than a stretch reaches back
LAST_CONTEXT_S = 1.0
LANGUAGE_S = 1.5  # speech that is needed to tell the language
LANGUAGE_EVERY_S = 1.0
LANGUAGE_CERTAIN = 0.7
NO_SPEECH, LOW_LOGPROB = 0.6, -1.0  # Whisper's own thresholds for "nobody spoke"
MIN_VOICED = 0.1  # speech probability around a word
SOUNDLESS_S = 0.03  # a frame and a half of the alignment


@dataclass(frozen=True)
class StreamingOptions:
    """The knobs of the policy; benchmarks/README.md says what each one brought.

    Attributes:
        step_s: new audio before the next look; longer while the machine is slow.
        hold_back_s: words that end nearer to the edge of the audio are not committed.
        evidence: the sum of probabilities over agreeing hypotheses that commits a word.
        patience_s: a word is committed without enough evidence when the audio went on for this long.
        context_s: committed audio that stays in the window at least, across pauses too.
        max_window_s: a longer window is cut after a committed word.
        max_context_gap_s: after a longer silence the window starts afresh.
        settle_s: silence after which the last words of a stretch are looked at for the last time.
        min_silence_s: a pause: commits everything, and ends the segment where a sentence is over.
        max_load: share of the time spent recognising; slower machines take larger steps.
        segment_s: a sentence that ends after this much of a segment ends the segment too.
    """

    step_s: float = 0.4
    hold_back_s: float = 0.5
    evidence: float = 1.0
    patience_s: float = 2.0
    context_s: float = 2.5
    max_window_s: float = 8.0
    max_context_gap_s: float = 2.5
    settle_s: float = 0.25
    min_silence_s: float = 0.6
    max_load: float = 0.7
    segment_s: float = 10.0


@dataclass(frozen=True)
class Window:
    """Audio to recognise next, in seconds of the track, and what is known about it.

    Attributes:
        language: None to detect it.
        is_final: its speech is over.
    """

    start_s: float
    stop_s: float
    language: str | None
    is_final: bool


@dataclass(frozen=True)
class Candidate:
    """A word that is not committed yet, and the evidence for it."""

    word: Word
    evidence: float


class Streaming:
    """The policy for one track.

    Args:
        start_s: where in the track the audio begins that it is going to hear.
        said: what a policy before this one committed last; its words are not said again.
    """

    def __init__(
        self,
        track: str,
        options: StreamingOptions,
        language: str | None = None,
        *,
        start_s: float = 0.0,
        said: Sequence[Commit] = (),
    ) -> None:
        self._track = track
        self._options = options
        self._pointer = EndPointer(EndPointing(min_silence_s=options.min_silence_s), start_s=start_s)
        self._stretches: deque[Stretch] = deque()
        self._entered: Stretch | None = None  # the stretch that windows are made for
        self._last_voice_s = -1e9  # end of the stretch before
        self._window_start_s = start_s
        self._context: list[Word] = []  # the committed words from there on
        self._tail: list[Candidate] = []
        self._mark: Word | None = None  # the full stop after the last committed word, if that was the last one heard
        self._seam_text = ""  # how the newest hypothesis has the last committed word
        self._is_after_pause = False  # nothing was committed since
        self._is_closed = False
        self._segment_start_s: float | None = None
        self._step_s = options.step_s
        self._language = language or ""
        self._detects_language = language is None
        self._is_language_due = False  # not sure yet what is spoken in this stretch: nothing is committed
        self._next_probe_s = 0.0
        self.decoded_s = start_s
        self.committed_s = start_s
        self._go_on_after(said)

    def _go_on_after(self, said: Sequence[Commit]) -> None:
        for commit in said:
            self._context += commit.words
            if commit.words:
                self.committed_s = self._last_voice_s = commit.words[-1].end_s
                if self._segment_start_s is None:
                    self._segment_start_s = commit.words[0].start_s
            if commit.ends_segment:
                self._segment_start_s = None
            if self._detects_language:
                self._language = commit.language
        self._context = [word for word in self._context if word.end_s > self._window_start_s]

    # ── where we are ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def heard_s(self) -> float:
        return self._pointer.heard_s

    @property
    def is_speech(self) -> bool:
        return self._pointer.current is not None

    @property
    def lag_s(self) -> float:
        """Speech that waits beyond one step."""
        if not self._stretches:
            return 0.0
        start_s = max(self.decoded_s, self._stretches[0].start_s)
        return max(0.0, self._stretches[-1].voice_end_s - start_s - self._step_s)

    @property
    def needed_from_s(self) -> float:
        """Audio before this is not asked for again."""
        return self._window_start_s

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def hear(self, probabilities: Iterable[float]) -> list[Partial | Commit]:
        """Takes the next frames of the voice detector."""
        self._stretches.extend(self._pointer.update(probabilities))
        results = self._finish_stretches()
        if not self._stretches and self.heard_s - self._last_voice_s > self._options.max_context_gap_s:
            results += self._end_sentence()
            self._drop_context(max(0.0, self.heard_s - KEPT_S))
        return results

    def close(self) -> list[Partial | Commit]:
        """No more audio comes: the stretch that is open ends here. Somebody waits, so the last look is a short one."""
        self._options = replace(self._options, max_window_s=LAST_CONTEXT_S, context_s=LAST_CONTEXT_S)
        self._pointer.finish()
        self._is_closed = True
        return self._finish_stretches()

    # ── what to look at ──────────────────────────────────────────────────────────────────────────────────────────────

    def next_window(self) -> Window | None:
        """The audio to recognise now; None while there is too little that is new."""
        if not self._stretches:
            return None
        stretch = self._stretches[0]
        if stretch is not self._entered:
            self._enter(stretch)
        settled_s = self._settled_s(stretch)
        is_final = stretch.is_over or self.heard_s >= settled_s
        stop_s = settled_s if stretch.is_over else self.heard_s
        if is_final:
            if self.decoded_s >= settled_s - EPSILON_S:
                return None
        elif self.heard_s - self.decoded_s < self._step_s - EPSILON_S:
            return None
        self._cut_context(stop_s)
        if stop_s - self._window_start_s > MAX_AUDIO_S:
            stop_s, is_final = self._window_start_s + MAX_AUDIO_S, False
        is_long_enough = is_final or stop_s - stretch.start_s >= LANGUAGE_S
        is_probe = self._is_language_due and is_long_enough and stop_s >= self._next_probe_s
        return Window(
            start_s=stretch.start_s if is_probe else self._window_start_s,
            stop_s=stop_s,
            language=None if is_probe else self._language or None,
            is_final=is_final,
        )

    def _settled_s(self, stretch: Stretch) -> float:
        """A window that reaches this far has heard all of the stretch so far and the silence after it."""
        return min(stretch.voice_end_s + self._options.settle_s, self.heard_s if stretch.is_over else float("inf"))

    def _enter(self, stretch: Stretch) -> None:
        self._entered = stretch
        self._is_language_due = self._detects_language
        self._next_probe_s = stretch.start_s + LANGUAGE_EVERY_S
        if not self._context or stretch.start_s - self._last_voice_s > self._options.max_context_gap_s:
            self._drop_context(stretch.start_s)
        self.decoded_s = max(self.decoded_s, stretch.start_s)
        self.committed_s = max(self.committed_s, stretch.start_s)

    def _drop_context(self, start_s: float) -> None:
        self._context.clear()
        self._window_start_s = start_s

    def _cut_context(self, stop_s: float) -> None:
        """Keeps the window short: cuts it after a committed word, best where a sentence or a clause ends."""
        if stop_s - self._window_start_s <= self._options.max_window_s:
            return
        latest_s = self.committed_s - self._options.context_s
        best_n, best_score = 0, 0.0
        for n, (before, after) in enumerate(zip(self._context, self._context[1:], strict=False), start=1):
            if after.start_s > latest_s:
                break
            bonus_s = 3.0 if before.text.endswith(SENTENCE_ENDS) else 1.0 if before.text.endswith((",", "，")) else 0.0
            if after.start_s + bonus_s >= best_score:
                best_n, best_score = n, after.start_s + bonus_s
        if best_n:
            self._window_start_s = (self._context[best_n - 1].end_s + self._context[best_n].start_s) / 2
            del self._context[:best_n]
        elif not self._tail and self.decoded_s - self._window_start_s > self._options.max_window_s:
            self._drop_context(self.decoded_s - self._options.context_s)  # no word for that long: music, a crowd

    # ── what was heard ───────────────────────────────────────────────────────────────────────────────────────────────

    def take(self, window: Window, hypothesis: Hypothesis, *, decode_s: float = 0.0) -> list[Partial | Commit]:
        """Takes what an engine heard in the window; `decode_s` is how long that took."""
        self._step_s = max(self._options.step_s, decode_s / self._options.max_load)
        ended: list[Partial | Commit] = []
        if window.language is None and self._detects_language:
            ended = self._hear_language(window, hypothesis)
            if window.start_s != self._window_start_s:
                return ended  # it was to tell the language, and that is the same: the next window has the context too
        self.decoded_s = window.stop_s
        self._tail = self._with_evidence(self._new_words(window, hypothesis))
        ready = 0
        for candidate in self._tail:
            age_s = window.stop_s - candidate.word.end_s
            is_sure = candidate.evidence >= self._options.evidence and age_s >= self._options.hold_back_s
            if self._is_language_due or (not is_sure and age_s < self._options.patience_s):
                break
            ready += 1
        results = self._commit(ready)
        finished = self._finish_stretches()
        return [*ended, *results, *(finished or [self._partial()])]

    def _hear_language(self, window: Window, hypothesis: Hypothesis) -> list[Partial | Commit]:
        """Settles what is spoken in this stretch: as before, unless another language is certain or long heard."""
        ended: list[Partial | Commit] = []
        if hypothesis.language_probability >= 1.0:  # an engine that has only one
            self._detects_language = False
        is_long = window.stop_s - window.start_s >= 2 * LANGUAGE_S
        is_other = hypothesis.language != self._language
        is_certain = hypothesis.language_probability >= (0.5 if is_long else LANGUAGE_CERTAIN)
        if is_other and (is_certain or (is_long and not self._language)):
            ended = self._end_sentence()
            self._language = hypothesis.language
            self._drop_context(window.start_s)
            self._tail = []
        self._is_language_due = not (is_certain or is_long or not is_other)
        self._next_probe_s = window.stop_s + LANGUAGE_EVERY_S
        return ended

    def skip(self, window: Window) -> list[Partial | Commit]:
        """Gives the window up: what was heard of it before is committed, the rest of it is not asked for again."""
        self.decoded_s = window.stop_s
        results = self._commit(len(self._tail))
        self._drop_context(window.stop_s)
        self._stretches[0].start_s = self.committed_s = window.stop_s
        return [*results, *(self._finish_stretches() or [self._partial()])]

    def _new_words(self, window: Window, hypothesis: Hypothesis) -> list[Word]:
        """The words after the committed ones, in seconds of the track."""
        words = spoken_words(hypothesis, window.start_s, self._pointer)
        from_s = self._context[-1].end_s if self._context else 0.0
        seam = self._seam(words)
        self._seam_text = words[seam - 1].text if seam else ""
        return [
            replace(word, start_s=max(word.start_s, from_s), end_s=max(word.end_s, from_s)) for word in words[seam:]
        ]

    def _seam(self, words: Sequence[Word]) -> int:
        """How many of the words were committed before: those up to the last committed word, found by text and time."""
        if not self._context:
            return sum(middle_s(word) <= self.committed_s for word in words)
        older = sum(word.start_s < self._context[-1].start_s - 0.1 for word in words)
        for back, committed in enumerate(reversed(self._context[-3:])):
            for i in range(len(words) - 1, -1, -1):
                if same_word(words[i], committed, within_s=0.5):
                    return max(older, min(len(words), i + 1 + back))
        return max(older, sum(middle_s(word) <= self.committed_s for word in words))

    def _with_evidence(self, words: Sequence[Word]) -> list[Candidate]:
        tail = []
        for word in words:
            before = next((c.evidence for c in self._tail if same_word(c.word, word, within_s=0.5)), 0.0)
            tail.append(Candidate(word, before + word.probability))
        return tail

    # ── saying it ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _partial(self) -> Partial:
        words = [candidate.word for candidate in self._tail]
        if self._mark is not None and (not words or self._seam_text.endswith(SENTENCE_ENDS)):
            words.insert(0, self._mark)
        return Partial(self._track, tuple(words), self._language)

    def _commit(self, n_words: int) -> list[Partial | Commit]:
        """Commits the first words of the tail, cut into segments where a sentence ends."""
        if not n_words:
            return []
        commits = self._go_on_after_mark(self._tail[0].word)
        words = [candidate.word for candidate in self._tail[:n_words]]
        del self._tail[:n_words]
        self._context += words
        self.committed_s = max(self.committed_s, words[-1].end_s)
        if not self._tail:
            words[-1], self._mark = without_mark(words[-1])
        first = 0
        for i, word in enumerate(words):
            if self._segment_start_s is None:
                self._segment_start_s = word.start_s
            if word.text.endswith(SENTENCE_ENDS) and self._is_long(word.end_s):
                commits.append(Commit(self._track, tuple(words[first : i + 1]), self._language, True))
                self._segment_start_s, first = None, i + 1
        if first < len(words):
            commits.append(Commit(self._track, tuple(words[first:]), self._language))
        return commits

    def _is_long(self, end_s: float) -> bool:
        return self._segment_start_s is not None and end_s - self._segment_start_s > self._options.segment_s

    def _go_on_after_mark(self, word: Word) -> list[Partial | Commit]:
        """Before `word` is committed: says whether a sentence was over, if that was left open."""
        if self._mark is None and not self._is_after_pause:
            return []
        if self._is_after_pause and word.start_s - self._last_voice_s > self._options.max_context_gap_s:
            return self._end_sentence()
        if self._seam_text:
            is_over = self._seam_text.endswith(SENTENCE_ENDS)
        else:
            is_over = self._mark is not None and not word.text.strip()[:1].islower()
        reasons = (is_over, self._is_after_pause, self._is_long(word.start_s))  # two of them end a segment
        return self._end_of_sentence(self._mark if is_over else None, ends_segment=sum(reasons) >= 2)

    def _end_sentence(self) -> list[Partial | Commit]:
        """Nothing follows soon: the sentence is over, and the segment."""
        ended = self._end_of_sentence(self._mark, ends_segment=True)
        return [*ended, self._partial()] if ended else []

    def _end_of_sentence(self, mark: Word | None, *, ends_segment: bool) -> list[Partial | Commit]:
        self._mark, self._is_after_pause = None, False
        ends_segment = ends_segment and self._segment_start_s is not None
        if ends_segment:
            self._segment_start_s = None
        if mark is None and not ends_segment:
            return []
        return [Commit(self._track, (mark,) if mark else (), self._language, ends_segment)]

    def _finish_stretches(self) -> list[Partial | Commit]:
        """Commits what is left of stretches that are over and looked at."""
        results: list[Partial | Commit] = []
        while self._stretches and self._stretches[0] is self._entered:
            stretch = self._stretches[0]
            if not stretch.is_over or self.decoded_s < self._settled_s(stretch) - EPSILON_S:
                break
            self._stretches.popleft()
            results += self._commit(len(self._tail))
            self._is_after_pause = self._segment_start_s is not None
            results.append(self._partial())
            self.committed_s = max(self.committed_s, stretch.voice_end_s)
            self._last_voice_s = stretch.voice_end_s
        if self._is_closed and not self._stretches:
            results += self._end_sentence()
        return results


def spoken_words(hypothesis: Hypothesis, start_s: float, pointer: EndPointer) -> list[Word]:
    """The words of a hypothesis in seconds of the track, without those that silence or the decoder made up.

    Args:
        start_s: where the recognised samples start in the track.
        pointer: knows where in the track somebody spoke.
    """
    if hypothesis.no_speech_prob > NO_SPEECH and hypothesis.avg_logprob < LOW_LOGPROB:
        return []
    words = [replace(word, start_s=word.start_s + start_s, end_s=word.end_s + start_s) for word in hypothesis.words]
    while words and pointer.voiced_share(words[-1].start_s - 0.1, words[-1].end_s + 0.1) < MIN_VOICED:
        words.pop()
    return with_sound(words)


def with_sound(words: Sequence[Word]) -> list[Word]:
    """The words without loops. Those are aligned to no time at all, up to a last word that repeats the one before."""
    kept: list[Word] = []
    is_after_loop = False
    for is_soundless, group in itertools.groupby(words, lambda word: word.end_s - word.start_s < SOUNDLESS_S):
        run = list(group)
        if is_soundless and len(run) > 1:
            is_after_loop = True
            continue
        if is_after_loop and kept and same_word(kept[-1], run[0], within_s=1.0):
            kept[-1] = replace(kept[-1], end_s=run.pop(0).end_s)
        kept += run
        is_after_loop = False
    return kept


def same_word(one: Word, other: Word, *, within_s: float) -> bool:
    """Whether both are the same word, whatever their case and punctuation, at about the same time."""
    return abs(middle_s(one) - middle_s(other)) <= within_s and normalised(one.text) == normalised(other.text)


def without_mark(word: Word) -> tuple[Word, Word | None]:
    """The word, and the full stop at its end as a word of its own, which is certain where the word is."""
    text = word.text.rstrip("".join(SENTENCE_ENDS))
    if text == word.text or not normalised(text):
        return word, None
    return replace(word, text=text), Word(word.text[len(text) :], word.end_s, word.end_s, 1.0)


def middle_s(word: Word) -> float:
    return (word.start_s + word.end_s) / 2


def normalised(text: str) -> str:
    """Letters and digits only, in one case."""
    return "".join(char for char in text.casefold() if unicodedata.category(char)[0] in "LN")
