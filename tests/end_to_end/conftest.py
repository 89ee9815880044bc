"""Real speech, real weights, real devices."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "assets" / "samples" / "speech.flac"
MODEL = "whisper-tiny.en"


@pytest.fixture(scope="session")
def spoken() -> np.ndarray:
    """The sample as a microphone would hear it: 44.1 kHz stereo, 16-bit, shape (n, 2)."""
    samples, rate_hz = soundfile.read(SAMPLE, dtype="float32")
    loud = soxr.resample(samples, rate_hz, 44_100) * 32767
    return np.stack([loud, loud], axis=1)


@pytest.fixture(scope="session")
def reference() -> list[str]:
    """The words of the sample."""
    return words_of((SAMPLE.with_suffix(".txt")).read_text(encoding="utf-8"))


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())
