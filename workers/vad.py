"""Where speech starts and ends: Silero's network, and an end-pointer on top of it. No Qt.

Network: Silero VAD 6, github.com/snakers4/silero-vad (MIT); the ONNX file comes with the faster-whisper package. It is
opened by path, because importing faster_whisper would bring ctranslate2 into the window's process, and with a session
of our own, because theirs forgets its state at every call.
"""

from __future__ import annotations

import importlib.util
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.errors import PackageMissing
from workers.results import SAMPLE_RATE_HZ, Samples

FRAME_SAMPLES = 512  # Silero's step at 16 kHz
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ  # 32 ms
CONTEXT_SAMPLES = 64  # of the frame before, which the network sees too
STATE_SIZE = 128


def silero_file() -> Path:
    """The ONNX file inside the faster-whisper package, found without importing it.

    Raises:
        PackageMissing: the package, or the file in it, is not there.
    """
    spec = importlib.util.find_spec("faster_whisper")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        for file in sorted(Path(folder, "assets").glob("silero_vad*.onnx")):
            return file
    raise PackageMissing("The voice detector is missing.", "Install it: pip install faster-whisper")


class VoiceActivityDetector:
    """Says for each 32 ms frame how probably it is speech, remembering what it heard before."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # 0.1 ms a frame; more threads only spin beside the recogniser
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(silero_file()), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self.reset()

    def reset(self) -> None:
        """Forgets the past, for a new recording."""
        self._h = np.zeros((1, 1, STATE_SIZE), np.float32)
        self._c = np.zeros((1, 1, STATE_SIZE), np.float32)
        self._context = np.zeros(CONTEXT_SAMPLES, np.float32)

    def __call__(self, samples: Samples) -> NDArray[np.float32]:
        """Speech probabilities, shape (k,), for the next k frames: `samples` has 512 * k."""
        if len(samples) == 0:
            return np.zeros(0, np.float32)
        frames = samples.reshape(-1, FRAME_SAMPLES)
        tails = np.vstack([self._context, frames[:-1, -CONTEXT_SAMPLES:]])
        inputs = np.hstack([tails, frames]).astype(np.float32, copy=False)  # (k, 64 + 512)
        output, self._h, self._c = self._session.run(None, {"input": inputs, "h": self._h, "c": self._c})
        self._context = frames[-1, -CONTEXT_SAMPLES:].copy()
        return np.asarray(output, np.float32).reshape(-1)


@dataclass(frozen=True)
class EndPointing:
    """When a stretch of speech starts and ends.

    Attributes:
        onset: speech starts at a frame this probable ...
        min_speech_s: ... once this much of it came without a break.
        offset: a frame less probable than this is silence.
        min_silence_s: a stretch ends with this much silence.
        pre_roll_s: a stretch takes this much before its first frame along, where soft consonants are.
        faint: a frame this probable just before the onset belongs to the stretch too: the network needs up to a second
            to recognise a voice in noise, and the first words would be lost ...
        faint_s: ... for at most this long.
    """

    onset: float = 0.5
    faint: float = 0.1
    faint_s: float = 0.8
    offset: float = 0.35
    min_speech_s: float = 2 * FRAME_S
    min_silence_s: float = 0.6
    pre_roll_s: float = 0.4


@dataclass
class Stretch:
    """Speech from `start_s` (pre-roll included) to `voice_end_s`, the end of its last voiced frame so far."""

    start_s: float
    voice_end_s: float
    is_over: bool = False


class EndPointer:
    """Turns the detector's probabilities into stretches of speech, and remembers how voiced the last minute was.

    Args:
        start_s: where in the track the first frame lies.
    """

    MEMORY_S = 60.0

    def __init__(self, options: EndPointing | None = None, *, start_s: float = 0.0) -> None:
        self._options = options or EndPointing()
        self._start_s = start_s
        self._probabilities: deque[float] = deque(maxlen=int(self.MEMORY_S / FRAME_S))
        self._n_frames = 0
        self._run = 0  # speech frames in a row while waiting for an onset
        self._earliest_s = start_s  # the stretch before ended here: pre-roll does not reach back further
        self.current: Stretch | None = None

    @property
    def heard_s(self) -> float:
        """How much audio was looked at."""
        return self._start_s + self._n_frames * FRAME_S

    @property
    def silence_s(self) -> float:
        """How long it has been silent inside the current stretch."""
        return self.heard_s - self.current.voice_end_s if self.current else 0.0

    def update(self, probabilities: Iterable[float]) -> list[Stretch]:
        """Takes the next frames; returns the stretches that started among them (they are updated in place later)."""
        started = []
        for probability in probabilities:
            self._probabilities.append(float(probability))
            self._n_frames += 1
            if self.current is not None:
                self._continue(float(probability))
            elif probability >= self._options.onset:
                self._run += 1
                if self._run * FRAME_S >= self._options.min_speech_s:
                    start_s = self.heard_s - self._run * FRAME_S - self._faint_s() - self._options.pre_roll_s
                    self.current = Stretch(max(start_s, self._earliest_s), self.heard_s)
                    started.append(self.current)
            else:
                self._run = 0
        return started

    def _faint_s(self) -> float:
        """How long it was perhaps speech before the frames that surely were, gaps of two frames passed over."""
        before = list(self._probabilities)[-self._run - int(self._options.faint_s / FRAME_S) : -self._run]
        count = gap = 0
        for age, probability in enumerate(reversed(before), 1):
            gap = 0 if probability >= self._options.faint else gap + 1
            if gap > 2:
                break
            if not gap:
                count = age
        return count * FRAME_S

    def _continue(self, probability: float) -> None:
        assert self.current is not None
        if probability >= self._options.offset:
            self.current.voice_end_s = self.heard_s
        elif self.silence_s >= self._options.min_silence_s:
            self.finish()

    def finish(self) -> None:
        """Ends the current stretch, as when the recording stops."""
        if self.current is not None:
            self.current.is_over = True
            self._earliest_s = self.current.voice_end_s
            self.current = None
        self._run = 0

    def voiced_share(self, start_s: float, end_s: float) -> float:
        """The mean speech probability between two times of the last minute; 1 where nothing is remembered."""
        first = self._n_frames - len(self._probabilities)
        start = max(0, int((start_s - self._start_s) / FRAME_S) - first)
        end = min(len(self._probabilities), int(np.ceil((end_s - self._start_s) / FRAME_S)) - first)
        if end <= start:
            return 1.0
        return sum(self._probabilities[i] for i in range(start, end)) / (end - start)
