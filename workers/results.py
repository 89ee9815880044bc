"""Every value that crosses a thread or a process, in the order in which it flows. No Qt.

Read from top to bottom, this file is the app: sound is taken in, asked about, answered, confirmed and shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:  # the window reads this file before its first paint, and numpy would double that time
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
"""The one sample rate inside the app: what Whisper and Wav2Vec2 were trained on. Sources resample to it."""

Samples: TypeAlias = "NDArray[np.float32]"
"""Mono audio, shape (n,), float32 in [-1, 1], at `SAMPLE_RATE_HZ`."""

SpeechTask = Literal["transcribe", "translate"]


# ── worker → engine ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class SpeechRequest:
    """Asks a speech engine for the words in `samples`.

    Attributes:
        samples: at most 30 s.
        language: ISO 639-1 code, or None to detect it.
        task: "translate" gives English whatever is spoken.
        prompt: text that came before or words to expect, as Whisper's `initial_prompt`; engines without one ignore it.
        word_times: whether words need times; without, the engine may return one word spanning everything.
        beam_size: 1 is greedy (live), 5 is Whisper's offline default; engines without beams ignore it.
        is_final: no more audio follows; engines with right context flush it.
    """

    samples: Samples
    language: str | None = None
    task: SpeechTask = "transcribe"
    prompt: str = ""
    word_times: bool = True
    beam_size: int = 1
    is_final: bool = False


# ── engine → worker ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Progress:
    """How far a load, a download or a long request has come. `fraction` is in [0, 1], or -1 when unknown."""

    fraction: float
    message: str = ""


@dataclass(frozen=True)
class Word:
    """One word with its leading space if it has one. Times in seconds of the track; `probability` in [0, 1]."""

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True)
class Hypothesis:
    """What an engine heard in one request. Word times are relative to the start of the request's samples."""

    words: tuple[Word, ...]
    language: str = ""
    language_probability: float = 0.0
    no_speech_prob: float = 0.0
    avg_logprob: float = 0.0
    decode_s: float = 0.0

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


@dataclass(frozen=True)
class EmotionScores:
    """How a segment sounds, best first: `scores` pairs a label with a probability."""

    scores: tuple[tuple[str, float], ...]


# ── live loop → session ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Partial:
    """The unconfirmed tail of a track. Replaces the one before; empty words clear it. Times in seconds of the track."""

    track: str
    words: tuple[Word, ...]
    language: str = ""

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


@dataclass(frozen=True)
class Commit:
    """Words that are now certain: appended to the track, never taken back. `ends_segment` closes the sentence or pause.

    A commit may have no words and only end the segment.
    """

    track: str
    words: tuple[Word, ...]
    language: str = ""
    ends_segment: bool = False

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


@dataclass(frozen=True, eq=False)
class SegmentSound:
    """The sound of a segment that is closed, at most its last 30 s. Times in seconds of the track."""

    track: str
    start_s: float
    end_s: float
    samples: Samples


@dataclass(frozen=True)
class SegmentEmotion:
    """How a closed segment of an item of the history sounds: labels with probabilities, best first."""

    item_id: int | None
    track: str
    start_s: float
    end_s: float
    scores: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class LiveStatus:
    """Where a track stands: `received_s` of audio came in, `decoded_s` was looked at, `lag_s` waits beyond one step."""

    track: str
    received_s: float
    decoded_s: float
    committed_s: float
    lag_s: float
    is_speech: bool
    decode_s: float = 0.0


@dataclass(frozen=True)
class Notice:
    """One sentence that the user should read although work goes on, such as an engine that was restarted.

    `template` and `hint_template` are English with `{names}`, as in AppError; the window translates them.
    """

    template: str
    hint_template: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return self.template.format(**self.values)

    @property
    def hint(self) -> str:
        return self.hint_template.format(**self.values)


@dataclass(frozen=True)
class SourceNotice(Notice):
    """How a source is until the next one of the same track: silent, away and waited for, or "" for well."""

    track: str = ""
    device_name: str = ""
    condition: Literal["", "silent", "away"] = ""


# ── source → session ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Levels:
    """What the meter and the waveform draw: the newest audio of a track as min/max pairs, and its RMS in dBFS."""

    track: str
    peaks: NDArray[np.float32]  # (columns, 2) min and max of each 20 ms column
    rms_dbfs: float


# ── session → history ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Segment:
    """One line of a transcript: committed words up to a pause or the end of a sentence."""

    track: str
    words: tuple[Word, ...]
    language: str = ""

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words).strip()

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        return self.words[-1].end_s
