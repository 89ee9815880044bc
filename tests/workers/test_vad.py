"""The voice detector remembers what it heard, and stretches of speech start early and end after a pause."""

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from workers.vad import FRAME_S, FRAME_SAMPLES, EndPointer, EndPointing, VoiceActivityDetector

SPEECH = Path(__file__).parents[2] / "assets" / "samples" / "speech.flac"


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    samples, _ = soundfile.read(SPEECH, dtype="float32")
    return samples[: 200 * FRAME_SAMPLES]


def test_speech_is_told_from_silence(speech: np.ndarray):
    detector = VoiceActivityDetector()

    spoken, silent = detector(speech), detector(np.zeros(100 * FRAME_SAMPLES, np.float32))

    assert np.mean(spoken > 0.5) > 0.5
    assert silent[10:].max() < 0.2


def test_frames_one_by_one_give_what_they_give_together(speech: np.ndarray):
    together = VoiceActivityDetector()(speech)
    detector = VoiceActivityDetector()

    one_by_one = [detector(speech[i : i + FRAME_SAMPLES])[0] for i in range(0, len(speech), FRAME_SAMPLES)]

    np.testing.assert_allclose(one_by_one, together, atol=1e-4)


def test_reset_forgets_the_past(speech: np.ndarray):
    detector = VoiceActivityDetector()
    first = detector(speech[: 10 * FRAME_SAMPLES])
    detector(speech)

    detector.reset()

    np.testing.assert_allclose(detector(speech[: 10 * FRAME_SAMPLES]), first, atol=1e-5)


def test_no_samples_are_no_frames():
    assert VoiceActivityDetector()(np.zeros(0, np.float32)).shape == (0,)


def test_it_brings_no_recogniser_into_the_process():
    code = """
import sys
from workers.vad import VoiceActivityDetector
VoiceActivityDetector()
print([name for name in ("ctranslate2", "faster_whisper", "torch") if name in sys.modules])
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


# ── stretches ────────────────────────────────────────────────────────────────────────────────────────────────────────

OPTIONS = EndPointing(min_silence_s=10 * FRAME_S, pre_roll_s=5 * FRAME_S, min_speech_s=2 * FRAME_S)


def frames(pattern: str) -> list[float]:
    """'.' is a silent frame, 'x' a voiced one."""
    return [0.9 if mark == "x" else 0.02 for mark in pattern]


def test_a_stretch_takes_its_pre_roll_along():
    (stretch,) = EndPointer(OPTIONS).update(frames("." * 20 + "xxx"))

    assert stretch.start_s == pytest.approx(15 * FRAME_S)


def test_a_click_is_no_speech():
    assert EndPointer(OPTIONS).update(frames("...x.....x....")) == []


def test_a_short_silence_does_not_end_a_stretch():
    pointer = EndPointer(OPTIONS)

    (stretch,) = pointer.update(frames("xxxx" + "." * 9 + "xx"))

    assert not stretch.is_over
    assert stretch.voice_end_s == pytest.approx(15 * FRAME_S)


def test_a_pause_ends_a_stretch_where_the_voice_ended():
    pointer = EndPointer(OPTIONS)

    (stretch,) = pointer.update(frames("xxxx" + "." * 12))

    assert stretch.is_over
    assert stretch.voice_end_s == pytest.approx(4 * FRAME_S)
    assert pointer.current is None


def test_finish_ends_the_stretch_that_is_open():
    pointer = EndPointer(OPTIONS)
    (stretch,) = pointer.update(frames("xxxx"))

    pointer.finish()

    assert stretch.is_over


def test_voiced_share_is_the_mean_probability():
    pointer = EndPointer(OPTIONS)
    pointer.update([0.0, 1.0, 1.0, 0.0])

    assert pointer.voiced_share(0, 4 * FRAME_S) == pytest.approx(0.5)
    assert pointer.voiced_share(FRAME_S, 3 * FRAME_S) == pytest.approx(1.0)
    assert pointer.voiced_share(-5.0, -1.0) == 1.0


@given(st.lists(st.floats(0, 1, width=32), max_size=200), st.integers(1, 50))
def test_stretches_are_in_order_and_do_not_overlap(probabilities: list[float], chunk: int):
    pointer = EndPointer(OPTIONS)
    stretches = []
    for i in range(0, len(probabilities), chunk):
        stretches += pointer.update(probabilities[i : i + chunk])
    pointer.finish()

    assert all(0 <= stretch.start_s < stretch.voice_end_s <= pointer.heard_s + 1e-9 for stretch in stretches)
    assert all(a.voice_end_s <= b.start_s + 1e-9 for a, b in itertools.pairwise(stretches))
    assert all(stretch.is_over for stretch in stretches)


def test_stretch_reaches_back_over_what_was_perhaps_speech():
    pointer = EndPointer()

    (stretch,) = pointer.update([0.01] * 20 + [0.2] * 10 + [0.05] + [0.3] * 5 + [0.9] * 3)

    assert stretch.start_s == pytest.approx(20 * FRAME_S - EndPointing().pre_roll_s)


def test_first_words_in_noise_are_in_the_stretch(speech: np.ndarray):
    first = EndPointer().update(VoiceActivityDetector()(speech))[0]

    assert first.start_s == 0.0  # "I believe" begins after 0.2 s; the network is sure of a voice only after 1.0 s
