"""Transcribes a whole file, as fast as the machine can: windows cut at pauses, each with the best search. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workers.cancel import never
from workers.errors import Cancelled, EngineDied
from workers.live import LiveOptions, Recognise
from workers.results import SAMPLE_RATE_HZ, Hypothesis, Progress, Samples, Segment, SpeechRequest, Word
from workers.streaming import KEPT_S, SENTENCE_ENDS, spoken_words
from workers.vad import FRAME_SAMPLES, EndPointer, EndPointing, Stretch, VoiceActivityDetector

WINDOW_S = 27.5  # Whisper's 30 s, less the padding
BEAM_SIZE = 5
PAUSE_S = 0.5
TAIL_S = 0.3  # silence after the voice that goes with it
BREAK_S = 2.0  # a longer silence ends the window
EDGE_S = 1.0  # words this near to a cut inside speech are left to the next window
PROMPT_CHARS = 200
# Voice after the last word: the engine stopped early, at a loop or at its longest text. The words of a translation do
# not come in the order of the audio.
UNHEARD_S = {"transcribe": 2.0, "translate": 6.0}
MIN_ADVANCE_S, MAX_RESTARTS = 0.5, 10  # of a window that is asked for again from its last word
SEGMENT_S = 6.0  # a sentence that ends after this much of a segment ends it
LANGUAGE_DOUBT = 0.5  # a language less probable than this does not replace the one before


@dataclass(frozen=True)
class _Window:
    """Speech to recognise. `is_cut`: the speaker did not pause at its end."""

    start_s: float
    stop_s: float
    is_cut: bool


def transcribe_file(
    blocks: Iterable[Samples],
    recognise: Recognise,
    *,
    duration_s: float | None = None,
    options: LiveOptions | None = None,
    track: str = "file",
    cancelled: Callable[[], bool] = never,
) -> Iterator[Progress | Segment]:
    """Yields the segments of a file in order and Progress now and then; holds a minute of audio at most.

    Raises:
        Cancelled, EngineError, and whatever `blocks` raises. An engine that died is asked once more.
    """
    options = options or LiveOptions()
    audio = _Audio()
    text_before, language = "", ""
    restarts = 0

    for heard_s in audio.hear(blocks):
        if cancelled():
            raise Cancelled
        while (window := audio.next_window()) is not None:
            request = SpeechRequest(
                audio.read(window),
                language=options.language,
                task=options.task,
                prompt=options.full_prompt(text_before),
                beam_size=BEAM_SIZE,
                is_final=True,
            )
            hypothesis = _ask(recognise, request)
            if language not in ("", hypothesis.language) and hypothesis.language_probability < LANGUAGE_DOUBT:
                hypothesis = _ask(recognise, replace(request, language=language))
            words = spoken_words(hypothesis, window.start_s, audio.pointer)
            until_s = edge_s = window.stop_s
            if window.is_cut:
                edge_s = window.stop_s - EDGE_S
                words = [word for word in words if word.end_s <= edge_s]
                until_s = max([window.stop_s - 2 * EDGE_S, *(word.end_s for word in words)])
            if words:
                language = hypothesis.language
                text_before = (text_before + "".join(word.text for word in words))[-PROMPT_CHARS:]
            last_s = words[-1].end_s if words else window.start_s
            stops_early = last_s > window.start_s and audio.voiced_s(last_s, edge_s) > UNHEARD_S[options.task]
            if stops_early and restarts < MAX_RESTARTS:
                until_s = max(last_s, window.start_s + MIN_ADVANCE_S)
                text_before = ""  # it may be what made the engine repeat itself, and takes the place of new text
                restarts += 1
            else:
                restarts = 0
            audio.release(until_s)
            for sentence in _sentences(words):
                yield Segment(track, tuple(sentence), hypothesis.language)
        yield Progress(min(1.0, heard_s / duration_s) if duration_s else -1.0)
    yield Progress(1.0)


def _ask(recognise: Recognise, request: SpeechRequest) -> Hypothesis:
    try:
        return recognise(request)
    except EngineDied:
        return recognise(request)


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Cuts words into segments: where there is a pause, and where a sentence ends after a while."""
    segment: list[Word] = []
    for word in words:
        if segment and word.start_s - segment[-1].end_s > PAUSE_S:
            yield segment
            segment = []
        segment.append(word)
        if word.text.endswith(SENTENCE_ENDS) and word.end_s - segment[0].start_s > SEGMENT_S:
            yield segment
            segment = []
    if segment:
        yield segment


class _Audio:
    """The part of a file that is not transcribed yet, and where in it somebody speaks."""

    def __init__(self) -> None:
        self.pointer = EndPointer(EndPointing(min_silence_s=PAUSE_S))
        self._detector = VoiceActivityDetector()
        self._samples = np.zeros(0, np.float32)
        self._first = 0  # position of the first of them
        self._stretches: list[Stretch] = []
        self._is_over = False

    def hear(self, blocks: Iterable[Samples]) -> Iterator[float]:
        """Takes blocks in and yields, about once a second of audio, how much was heard."""
        waiting: list[Samples] = []
        n_waiting = 0
        for block in blocks:
            waiting.append(block)
            n_waiting += len(block)
            while n_waiting >= SAMPLE_RATE_HZ:
                joined = np.concatenate(waiting)
                take = min(n_waiting, SAMPLE_RATE_HZ) // FRAME_SAMPLES * FRAME_SAMPLES
                self._detect(joined[:take])
                waiting, n_waiting = [joined[take:]], n_waiting - take
                yield self.pointer.heard_s
        if n_waiting:
            rest = np.concatenate(waiting)
            self._detect(np.pad(rest, (0, -len(rest) % FRAME_SAMPLES)))
        self.pointer.finish()
        self._is_over = True
        yield self.pointer.heard_s

    def _detect(self, samples: Samples) -> None:
        self._samples = np.concatenate([self._samples, samples])
        self._stretches += self.pointer.update(self._detector(samples))
        if not self._stretches:  # nobody speaks: keep the pre-roll
            self._drop(self.pointer.heard_s - KEPT_S)

    def next_window(self) -> _Window | None:
        """Speech that is ready: followed by a long silence or the end, or as long as a window may be."""
        if not self._stretches:
            return None
        start_s = self._stretches[0].start_s
        *_, last = self._stretches
        if last.is_over and (self._is_over or self.pointer.heard_s - last.voice_end_s >= BREAK_S):
            if last.voice_end_s - start_s <= WINDOW_S:
                return _Window(start_s, min(last.voice_end_s + TAIL_S, self.pointer.heard_s), is_cut=False)
        elif self.pointer.heard_s - start_s < WINDOW_S + TAIL_S:
            return None
        pauses = [
            (after.start_s - before.voice_end_s, before.voice_end_s)
            for before, after in zip(self._stretches, self._stretches[1:], strict=False)
            if WINDOW_S / 3 <= before.voice_end_s - start_s <= WINDOW_S
        ]
        if pauses:
            _, voice_end_s = max(pauses)
            return _Window(start_s, voice_end_s + TAIL_S, is_cut=False)
        return _Window(start_s, start_s + WINDOW_S, is_cut=True)

    def read(self, window: _Window) -> Samples:
        first, last = (round(time_s * SAMPLE_RATE_HZ) - self._first for time_s in (window.start_s, window.stop_s))
        return self._samples[max(0, first) : last]

    def voiced_s(self, start_s: float, end_s: float) -> float:
        """How long somebody speaks between two times."""
        return max(0.0, end_s - start_s) * self.pointer.voiced_share(start_s, end_s)

    def release(self, until_s: float) -> None:
        """What is said before `until_s` is transcribed."""
        self._stretches = [stretch for stretch in self._stretches if stretch.voice_end_s > until_s]
        if self._stretches:
            self._stretches[0].start_s = max(self._stretches[0].start_s, until_s)
        self._drop(until_s)

    def _drop(self, before_s: float) -> None:
        n = min(len(self._samples), max(0, round(before_s * SAMPLE_RATE_HZ) - self._first))
        self._samples = self._samples[n:]
        self._first += n
