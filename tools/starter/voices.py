"""A pool of words spoken by machine voices, made ahead by a process of its own: what starter-wav2vec2 learns from.

The voices are those of espeak-ng (GPL 3), flite (BSD-like) and festival (X11-like), from Debian; what they said is not
in git. `python -m tools.starter.voices [--utterances 9000]` says what is missing, at nice 19.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from tools.starter.pool import WORK_DIR
from workers.results import SAMPLE_RATE_HZ, Samples

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COMMANDS = (
    "start", "stop", "pause", "record", "listen", "hear", "see", "draw", "sketch", "ask", "search", "what", "where",
    "describe", "label", "caption", "undo", "redo", "clear", "save", "open", "close", "copy", "delete", "export",
    "camera", "picture", "screen", "freeze", "snapshot", "history", "models", "private", "settings", "next", "help",
    "yes", "no",
)  # fmt: skip
WORDS = (*DIGITS, *COMMANDS)
UTTERANCES = 9000
CHUNK = 20  # utterances by one voice, made together
MOST_WORDS = 3
QUIET = 0.02  # of the loudest sample: silence before and after an utterance is cut off below it
ACCENTS = ("en-gb", "en-us", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029", "en-us-nyc")
HELD_OUT_ACCENT = "en-gb-scotland"
VARIANTS = (
    "", "m1", "m2", "m3", "m4", "m6", "m7", "m8", "f1", "f2", "f3", "f5", "klatt", "klatt2", "klatt4", "Alex",
    "Alicia", "Andrea", "Andy", "Annie", "antonio", "benjamin", "boris", "caleb", "david", "ed", "edward", "Gene",
    "Hugo", "iven", "john", "Lee", "Marco", "Mario", "Michael", "miguel", "Mike", "pablo", "paul", "quincy", "rob",
    "steph", "travis", "victor", "Zac", "anika", "norbert", "grandpa",
)  # fmt: skip
HELD_OUT_VARIANTS = ("m5", "f4", "klatt3", "belinda", "Denis", "linda", "robert", "steph2", "grandma", "max")

Program = Literal["espeak-ng", "flite", "festival"]


@dataclass(frozen=True)
class Voice:
    """Somebody who speaks: `name` as the program calls it."""

    program: Program
    name: str


@dataclass(frozen=True)
class Manner:
    """How something is said: `pace` 1 is the voice's own, larger is slower; `pitch` 1 is its own, larger is higher."""

    pace: float
    pitch: float


TRAIN_VOICES = (
    *(Voice("espeak-ng", f"{accent}+{variant}".rstrip("+")) for accent in ACCENTS for variant in VARIANTS),
    Voice("flite", "kal16"),
    Voice("flite", "slt"),
    Voice("flite", "awb"),
    Voice("festival", "kal_diphone"),
    Voice("festival", "ked_diphone"),
    Voice("festival", "cmu_us_slt_arctic_hts"),
)
HELD_OUT_VOICES = (
    *(Voice("espeak-ng", f"{HELD_OUT_ACCENT}+{variant}") for variant in HELD_OUT_VARIANTS),
    *(Voice("espeak-ng", f"en-us+{variant}") for variant in HELD_OUT_VARIANTS),
    Voice("flite", "rms"),
)
SHARES = {"espeak-ng": 0.55, "flite": 0.3, "festival": 0.15}  # of the chunks, by program


def spoken(voice: Voice, texts: Sequence[str], manner: Manner) -> list[Samples]:
    """What a voice makes of texts, 16 kHz, without the silence around.

    Raises:
        FileNotFoundError: its program is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{i}.wav" for i in range(len(texts))]
        match voice.program:
            case "espeak-ng":
                rate, pitch = str(round(165 / manner.pace)), str(round(min(99, 50 * manner.pitch)))
                for file, text in zip(files, texts, strict=True):
                    _run(["espeak-ng", "-v", voice.name, "-s", rate, "-p", pitch, "-w", str(file), text])
            case "flite":
                pace = ["--setf", f"duration_stretch={manner.pace:.2f}"]
                pitch_of = ["--setf", f"int_f0_target_mean={110 * manner.pitch:.0f}"]
                for file, text in zip(files, texts, strict=True):
                    _run(["flite", "-voice", voice.name, *pace, *pitch_of, "-t", text, "-o", str(file)])
            case "festival":
                said = [
                    f'(utt.save.wave (utt.synth (Utterance Text "{t}")) "{f}" \'riff)'
                    for t, f in zip(texts, files, strict=True)
                ]
                orders = [f"(voice_{voice.name})", f"(Parameter.set 'Duration_Stretch {manner.pace:.2f})", *said]
                script = Path(folder) / "say.scm"
                script.write_text("\n".join(orders))
                _run(["festival", "-b", str(script)])
        return [_read(file) for file in files]


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _read(file: Path) -> Samples:
    samples, rate_hz = soundfile.read(file, dtype="float32")
    samples = soxr.resample(samples, rate_hz, SAMPLE_RATE_HZ)
    loud = np.flatnonzero(np.abs(samples) > QUIET * np.abs(samples).max(initial=1e-6))
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]


def some_words(rng: np.random.Generator) -> str:
    """One to `MOST_WORDS` words; half of the words are digits where there are several."""
    count = int(rng.integers(1, MOST_WORDS + 1))
    words = DIGITS if count > 1 and rng.random() < 0.4 else WORDS
    return " ".join(rng.choice(words, size=count))


def some_manner(rng: np.random.Generator) -> Manner:
    return Manner(pace=float(rng.uniform(0.8, 1.35)), pitch=float(rng.uniform(0.6, 1.5)))


@cache
def _by_program(voices: tuple[Voice, ...]) -> dict[Program, list[Voice]]:
    programs: dict[Program, list[Voice]] = {}
    for voice in voices:
        programs.setdefault(voice.program, []).append(voice)
    return programs


def some_voice(rng: np.random.Generator, voices: tuple[Voice, ...]) -> Voice:
    """One of `voices`: by the `SHARES` of their programs, then by chance."""
    programs = _by_program(voices)
    shares = np.array([SHARES[program] for program in programs])
    chosen = list(programs)[int(rng.choice(len(shares), p=shares / shares.sum()))]
    return programs[chosen][int(rng.integers(len(programs[chosen])))]


@dataclass(frozen=True)
class Utterance:
    text: str
    samples: Samples
    voice: str


def utterances(count: int, voices: tuple[Voice, ...], seed: int | tuple[int, ...]) -> list[Utterance]:
    """Some words by each of some voices, a chunk of them by one voice; the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    said: list[Utterance] = []
    while len(said) < count:
        voice, texts = some_voice(rng, voices), [some_words(rng) for _ in range(min(CHUNK, count - len(said)))]
        heard = spoken(voice, texts, some_manner(rng))
        name = f"{voice.program} {voice.name}"
        said += [Utterance(text, samples, name) for text, samples in zip(texts, heard, strict=True)]
    return said


@dataclass(frozen=True)
class Speech:
    """Utterances on disk: `samples` (n,) int16 one after another, and where each begins and ends in them."""

    samples: NDArray[np.int16]
    texts: list[str]
    bounds: list[tuple[int, int]]

    @classmethod
    def open(cls, folder: Path = WORK_DIR / "speech") -> Speech:
        """What is there now. Raises FileNotFoundError where nothing is."""
        notes = [json.loads(line) for line in (folder / "said.jsonl").read_text().splitlines()]
        samples = np.memmap(folder / "samples.i16", np.int16, "r")
        return cls(samples, [note["text"] for note in notes], [(note["first"], note["last"]) for note in notes])

    def __len__(self) -> int:
        return len(self.texts)

    def utterance(self, i: int) -> Utterance:
        first, last = self.bounds[i]
        return Utterance(self.texts[i], self.samples[first:last].astype(np.float32) / 32768, "")


def fill(folder: Path, count: int, voices: tuple[Voice, ...] = TRAIN_VOICES, seed: int = 7) -> None:
    """Says what is missing, in chunks. Chunk i is the same whichever call says it."""
    folder.mkdir(parents=True, exist_ok=True)
    notes, sound = folder / "said.jsonl", folder / "samples.i16"
    done = len(notes.read_text().splitlines()) if notes.exists() else 0
    for first in range(done - done % CHUNK, count, CHUNK):
        made = utterances(CHUNK, voices, (seed, first))
        lines = []
        with sound.open("ab") as samples:
            at = samples.tell() // 2
            for utterance in made:
                samples.write((utterance.samples * 32767).clip(-32768, 32767).astype(np.int16).tobytes())
                note = {"text": utterance.text, "voice": utterance.voice, "first": at, "last": samples.tell() // 2}
                lines.append(json.dumps(note))
                at = samples.tell() // 2
        with notes.open("a") as file:
            file.write("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--utterances", type=int, default=UTTERANCES)
    os.nice(19)
    fill(WORK_DIR / "speech", parser.parse_args().utterances)


if __name__ == "__main__":
    main()
