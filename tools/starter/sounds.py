"""What happens to speech on its way to a microphone: rooms, noise, narrow lines; and clips of several utterances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tools.starter.voices import Utterance
from workers.results import SAMPLE_RATE_HZ, Samples

LINES_HZ = (3400, 4000, 5500, 7000)  # what a telephone, an old recording or a headset lets through
COLOURS = (0.0, 0.5, 1.0)  # of noise: its spectrum falls with the frequency to this power; white, pink, brown


@dataclass(frozen=True)
class Clip:
    """Sound with several utterances; `parts` are (first, last sample, text) and cover all of it without a gap."""

    samples: Samples
    parts: tuple[tuple[int, int, str], ...]


def clip(rng: np.random.Generator, said: Sequence[Utterance], length: int) -> Clip:
    """Utterances one after another, as loud as people are, while they fit into `length` samples.

    Each is said slower and lower or faster and higher than it was recorded. The parts end in the middle of the pauses.
    """
    samples = np.zeros(length, np.float32)
    spans: list[tuple[int, int, str]] = []
    at = _pause(rng)
    for utterance in said:
        sound = _stretched(utterance.samples, float(rng.uniform(0.82, 1.22)))
        if at + len(sound) > length - SAMPLE_RATE_HZ // 20:
            break
        samples[at : at + len(sound)] += sound * (rng.uniform(0.3, 1) * 0.5 / max(1e-3, float(np.abs(sound).max())))
        spans.append((at, at + len(sound), utterance.text))
        at += len(sound) + _pause(rng)
    ends = [(last + first) // 2 for (_, last, _), (first, _, _) in pairwise(spans)]
    bounds = [0, *ends, length]
    return Clip(samples, tuple((bounds[i], bounds[i + 1], text) for i, (_, _, text) in enumerate(spans)))


def _pause(rng: np.random.Generator) -> int:
    return int(SAMPLE_RATE_HZ * rng.uniform(0.08, 0.5))


def _stretched(samples: Samples, factor: float) -> Samples:
    positions = np.arange(0, max(1, len(samples) - 1), 1 / factor)
    return np.interp(positions, np.arange(len(samples)), samples).astype(np.float32)


def heard(rng: np.random.Generator, samples: Samples) -> Samples:
    """Speech as a microphone hears it: in a room, with noise, through a narrow line, each of them by chance."""
    if rng.random() < 0.5:
        samples = in_a_room(rng, samples)
    if rng.random() < 0.8:
        samples = with_noise(rng, samples, snr_db=float(rng.uniform(6, 40)))
    if rng.random() < 0.35:
        samples = _low_passed(samples, float(rng.choice(LINES_HZ)))
    return samples * np.float32(rng.uniform(0.2, 1) / max(1e-3, float(np.abs(samples).max())))


def in_a_room(rng: np.random.Generator, samples: Samples) -> Samples:
    """With an echo that falls by 60 dB in 0.1 to 0.5 s, some of it as loud as the voice itself."""
    decay_s = rng.uniform(0.1, 0.5)
    t = np.arange(int(decay_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    echo = rng.normal(size=len(t)) * 10 ** (-3 * t / decay_s)
    echo *= rng.uniform(0.1, 0.8) / np.sqrt((echo**2).sum())
    echo[0] = 1
    size = 1 << (len(samples) + len(echo)).bit_length()  # a power of two: other lengths take many times as long
    return np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(echo, size), size)[: len(samples)].astype(np.float32)


def with_noise(rng: np.random.Generator, samples: Samples, *, snr_db: float) -> Samples:
    """With white, pink or brown noise; now and then with the hum of the mains."""
    spectrum = np.fft.rfft(rng.normal(size=len(samples)))
    frequencies = np.maximum(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ), 30)
    noise = np.fft.irfft(spectrum * frequencies ** -float(rng.choice(COLOURS)), len(samples))
    noise /= noise.std()
    if rng.random() < 0.2:
        noise += 2 * np.sin(
            2 * np.pi * float(rng.choice((50, 60, 100, 120))) * np.arange(len(samples)) / SAMPLE_RATE_HZ
        )
    loudness = float(np.sqrt((samples**2).mean())) + 1e-5
    return (samples + noise / noise.std() * loudness * 10 ** (-snr_db / 20)).astype(np.float32)


def _low_passed(samples: Samples, most_hz: float) -> Samples:
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ) > most_hz] = 0
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)
