"""Real speech, real weights, real devices."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from desktop_app.context import AppContext
from desktop_app.main_window import MainWindow
from desktop_app.paths import Paths
from desktop_app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "assets" / "samples" / "speech.flac"
MODEL = "whisper-tiny.en"
LONG_MS = 90_000  # two busy cores: generous, and only reached by a failure


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


@pytest.fixture
def window(qtbot, home: Path):
    context = AppContext(Paths.below(home), Settings())
    context.change_setting("hear.model", MODEL)
    window = MainWindow(context)
    with qtbot.waitSignal(context.history_changed):
        window.start_services()
    window.show()
    yield window
    if not context.is_closed:
        with qtbot.waitSignal(context.closed, timeout=LONG_MS):
            window.close()
    window.deleteLater()
