"""The live loop: the audio of one track in, partials and commits out, for as long as somebody speaks. No Qt.

The same generator serves the microphone, the command line and the benchmark. It runs in the caller's thread, which
waits for audio and for the recogniser; the source and the recorder have threads of their own, so nothing is lost while
a machine is slow: audio waits in the backlog, and the next look takes a larger step.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from workers.errors import EngineDied
from workers.mailbox import Backlog
from workers.results import (
    SAMPLE_RATE_HZ,
    Commit,
    Hypothesis,
    LiveStatus,
    Notice,
    Partial,
    SpeechRequest,
    SpeechTask,
)  # fmt: skip
from workers.streaming import Streaming, StreamingOptions, Window
from workers.vad import FRAME_SAMPLES, VoiceActivityDetector

log = logging.getLogger(__name__)

Recognise: TypeAlias = Callable[[SpeechRequest], Hypothesis]
LOOK_AHEAD_SAMPLES = 15 * SAMPLE_RATE_HZ  # a step at most, when audio has piled up
STATUS_EVERY_S = 1.0  # of audio, while nobody speaks


@dataclass(frozen=True)
class LiveOptions:
    """How a track is transcribed, live or from a file.

    Attributes:
        language: ISO 639-1 code; None detects it, and again after each pause.
        prompt: what the recording is about, in the words that will fall.
        custom_words: names and terms that should be spelt like this.
    """

    language: str | None = None
    task: SpeechTask = "transcribe"
    prompt: str = ""
    custom_words: tuple[str, ...] = ()
    streaming: StreamingOptions = field(default_factory=StreamingOptions)

    @property
    def policy(self) -> StreamingOptions:
        """Translations wait longer: their words do not come in the order of the audio."""
        if self.task == "translate":
            return replace(self.streaming, hold_back_s=1.5, evidence=2.5, patience_s=5.0)
        return self.streaming

    def full_prompt(self, text_before: str = "") -> str:
        """What the recogniser is told before the audio: what was said last, then the user's words.

        Of a long prompt engines take the end.
        """
        return " ".join(part for part in (text_before.strip(), ", ".join(self.custom_words), self.prompt) if part)


def transcribe_live(
    backlog: Backlog,
    recognise: Recognise,
    *,
    track: str = "me",
    options: LiveOptions | None = None,
    said: Sequence[Commit] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Partial | Commit | LiveStatus | Notice]:
    """Yields what is heard, until the backlog is closed and everything in it was transcribed.

    It begins with the first audio that is not acknowledged. What it needs of that again after an error is still there,
    so another loop over the same backlog goes on, told what this one `said`.

    Args:
        said: the newest commits of a loop before, those of the last half minute at least.
        clock: measures how long the recogniser takes.

    Raises:
        EngineError, Cancelled: from `recognise`, except EngineDied: that is told as a Notice, and the same audio is
            tried once more; when it fails again, that stretch of audio is given up with another Notice.
    """
    options = options or LiveOptions()
    position = backlog.acknowledged  # up to here the voice detector has heard, in samples
    told_s = position / SAMPLE_RATE_HZ
    policy = Streaming(track, options.policy, options.language, start_s=told_s, said=said)
    detector = VoiceActivityDetector()

    def status(decode_s: float = 0.0) -> LiveStatus:
        received_s = backlog.received / SAMPLE_RATE_HZ
        return LiveStatus(
            track,
            received_s=received_s,
            decoded_s=policy.decoded_s,
            committed_s=policy.committed_s,
            lag_s=policy.lag_s + max(0.0, received_s - policy.heard_s),
            is_speech=policy.is_speech,
            decode_s=decode_s,
        )

    def look(window: Window) -> Iterator[Partial | Commit | LiveStatus | Notice]:
        samples = backlog.read(_sample(window.start_s), min(_sample(window.stop_s), backlog.received))
        request = SpeechRequest(
            samples=samples,
            language=window.language,
            task=options.task,
            prompt=options.full_prompt(),
            is_final=window.is_final,
        )
        started = clock()
        try:
            hypothesis = recognise(request)
        except EngineDied as error:
            yield Notice(error.template, "It is started again; the audio is kept.", error.values)
            try:
                hypothesis = recognise(request)
            except EngineDied:
                log.warning("gave up %.1f s to %.1f s of %s", window.start_s, window.stop_s, track)
                yield _given_up(policy.committed_s, window.stop_s)
                yield from policy.skip(window)
                return
        decode_s = clock() - started
        yield from policy.take(window, hypothesis, decode_s=decode_s)
        yield status(decode_s)

    while True:
        is_closed = backlog.is_closed
        n_frames = min(backlog.received - position, LOOK_AHEAD_SAMPLES) // FRAME_SAMPLES
        if n_frames:
            stop = position + n_frames * FRAME_SAMPLES
            yield from policy.hear(detector(backlog.read(position, stop)))
            position = stop
        elif is_closed:
            rest = backlog.read(position, backlog.received)
            if len(rest):
                yield from policy.hear(detector(np.pad(rest, (0, FRAME_SAMPLES - len(rest)))))
            yield from policy.close()
        while (window := policy.next_window()) is not None:
            yield from look(window)
            told_s = policy.heard_s
        if is_closed and not n_frames:
            yield status()
            return
        if policy.heard_s - told_s >= STATUS_EVERY_S:
            told_s = policy.heard_s
            yield status()
        backlog.acknowledge(_sample(policy.needed_from_s))
        backlog.wait(position + FRAME_SAMPLES)


def _sample(time_s: float) -> int:
    return round(time_s * SAMPLE_RATE_HZ)


def _given_up(start_s: float, stop_s: float) -> Notice:
    return Notice(
        "The recogniser failed twice on {start:.0f} s to {stop:.0f} s of the recording; that part has no text.",
        "The recording has it: it can be transcribed again from the history.",
        {"start": start_s, "stop": stop_s},
    )
