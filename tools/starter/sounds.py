"""What happens to speech on its way to a microphone: rooms, noise, narrow lines; and clips of several utterances.

Before, in training, it can become another throat's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tools.starter.voices import Utterance
from workers.results import SAMPLE_RATE_HZ, Samples

LINES_HZ = (3400, 4000, 5500, 7000)  # what a telephone, an old recording or a headset lets through
COLOURS = (0.0, 0.5, 1.0)  # of noise: its spectrum falls with the frequency to this power; white, pink, brown
WINDOW = 512  # 32 ms at a time, each half over the next one
ENVELOPE = 36  # the finest ripple of a throat's envelope, in 1 / 16 kHz: under a period of any voice of up to 440 Hz
FORMANTS_HZ = (0, 600, 1500, 2600, 4000, 8000)  # where a throat differs on its own account: about at each formant
SYLLABLE = SAMPLE_RATE_HZ * 15 // 100
MOST_GAIN = 2.3  # of a band, as a natural logarithm: 20 dB


@dataclass(frozen=True)
class Clip:
    """Sound with several utterances; `parts` are (first, last sample, text) and cover all of it without a gap."""

    samples: Samples
    parts: tuple[tuple[int, int, str], ...]


def clip(rng: np.random.Generator, said: Iterable[Utterance], length: int) -> Clip:
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


def from_another_throat(rng: np.random.Generator, samples: Samples) -> Samples:
    """Speech of the same pitch and pace with formants of other frequencies and strengths: as good as another speaker.

    Vocal tract length perturbation (Jaitly and Hinton, 2013), of the spectrum's envelope alone, and not quite the same
    for each formant: by up to a fifth in all. Then bands become stronger or weaker by some dB, as from one microphone
    to another. The envelope is what the first `ENVELOPE` coefficients of the cepstrum say.
    """
    if len(samples) < WINDOW:
        return samples
    half = WINDOW // 2
    window = np.sqrt(np.hanning(WINDOW + 1)[:-1]).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, (half, WINDOW)), WINDOW)[::half]
    spectra = np.fft.rfft(frames * window)
    floor = 1e-3 * float(np.abs(spectra).max(initial=1e-6))
    cepstra = np.fft.irfft(np.log(np.abs(spectra) + floor))[:, :ENVELOPE]
    cepstra[:, 1:] *= 2
    bins = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE_HZ)
    factors = rng.uniform(0.87, 1.15) * rng.uniform(0.94, 1.06, len(FORMANTS_HZ))
    warped = np.minimum(bins / np.interp(bins, FORMANTS_HZ, factors), bins[-1])
    quefrencies = 2 * np.pi * np.arange(ENVELOPE) / SAMPLE_RATE_HZ
    change = cepstra @ (np.cos(np.outer(quefrencies, warped)) - np.cos(np.outer(quefrencies, bins)))
    change += np.interp(bins, FORMANTS_HZ, rng.normal(0, 0.4, len(FORMANTS_HZ)))  # 3.5 dB
    spectra *= np.exp(change.clip(-MOST_GAIN, MOST_GAIN))
    pieces = (np.fft.irfft(spectra) * window).astype(np.float32)
    whole = pieces[1:, :half] + pieces[:-1, half:]
    return whole.ravel()[: len(samples)]


def in_another_rhythm(rng: np.random.Generator, samples: Samples) -> Samples:
    """Speech of which some syllables are said faster and higher and some slower and lower, by up to a fifth."""
    at = np.arange(0, len(samples) + SYLLABLE, SYLLABLE)
    paces = np.interp(np.arange(len(samples)), at, rng.uniform(0.82, 1.22, len(at)))
    moments = np.concatenate([[0], np.cumsum(1 / paces)])[: len(samples)]
    return np.interp(np.arange(0, moments[-1]), moments, samples).astype(np.float32)


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
