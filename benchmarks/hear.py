"""How well and how soon the app hears: the live loop beside LocalAgreement-2 and offline decoding, same weights.

The loop that is measured is `workers.live.transcribe_live`, the one that the microphone takes. A virtual clock replaces
waiting: it is advanced by the audio that passes and by the measured time of each decode, so that an hour takes as long
as its decoding, and the latencies are those of a microphone on this machine. The protocol is in README.md here.

    python -m benchmarks.hear [--out benchmarks/out/hear.json] [--model NAME...] [--file STEM...] [--decode-cost]
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import soundfile

from benchmarks.local_agreement import replay_local_agreement
from benchmarks.machine import machine
from benchmarks.scoring import GoldWord, Score, quantile, score_events, score_text
from desktop_app.paths import Paths
from workers.catalogue.catalogue import Catalogue
from workers.engines.speech.faster_whisper import FasterWhisper, FasterWhisperOptions
from workers.files import transcribe_file
from workers.live import LiveOptions, Recognise, transcribe_live
from workers.mailbox import Backlog
from workers.results import SAMPLE_RATE_HZ, Commit, Hypothesis, Samples, Segment, SpeechRequest, Word
from workers.vad import FRAME_S, FRAME_SAMPLES, VoiceActivityDetector

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
MODELS = {"tiny.en": "whisper-tiny.en", "base": "whisper-base"}
THREADS = 2
PACKAGES = ("ctranslate2", "faster-whisper", "onnxruntime", "numpy")
BLOCK = 512  # samples that arrive together, as from a microphone


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Replay(Backlog):
    """A backlog whose audio arrives as virtual time passes, and whose `wait` lets it pass."""

    def __init__(self, blocks: Iterator[Samples]) -> None:
        super().__init__()
        self._arriving = blocks
        self.now_s = 0.0

    def advance(self, seconds: float) -> None:
        """Lets time pass: what a microphone would have heard meanwhile is put."""
        self.now_s += seconds
        while not self.is_closed and self.received + BLOCK <= self.now_s * SAMPLE_RATE_HZ:
            self._put_next()

    def wait(self, position: int, timeout_s: float | None = None) -> bool:
        while not self.is_closed and self.received < position:
            self._put_next()
            self.now_s = max(self.now_s, self.received / SAMPLE_RATE_HZ)
        return self.received >= position

    def _put_next(self) -> None:
        block = next(self._arriving, None)
        if block is None:
            self.close()
        else:
            self.put(block)


def blocks_of(samples: Samples) -> Iterator[Samples]:
    for start in range(0, len(samples), BLOCK):
        yield samples[start : start + BLOCK]


@dataclass(frozen=True)
class DecodeCost:
    """Seconds of a decode by a fitted model, for experiments on a busy machine."""

    base_s: float
    per_window_s: float
    per_token_s: float

    def of(self, request: SpeechRequest, hypothesis: Hypothesis) -> float:
        tokens = 1.4 * len(hypothesis.words) + 2
        return self.base_s + self.per_window_s * len(request.samples) / SAMPLE_RATE_HZ + self.per_token_s * tokens


DECODE_COSTS = {"tiny.en": DecodeCost(0.04, 0.006, 0.0055), "base": DecodeCost(0.06, 0.012, 0.0105)}


@dataclass
class Run:
    """What a replay gave: events with the times at which a user saw them, and what it cost."""

    events: list[tuple[float, object]]
    audio_s: float
    decode_s: float
    decodes: int
    closed_s: float  # when the audio ended
    ended_s: float  # when the last event was there

    @property
    def text(self) -> str:
        return "".join(event.text for _, event in self.events if isinstance(event, Commit))


def replay(samples: Samples, recognise: Recognise, options: LiveOptions, *, cost: DecodeCost | None = None) -> Run:
    """Runs the live loop over `samples` in virtual time."""
    backlog = Replay(blocks_of(samples))
    spent: list[float] = []

    def timed(request: SpeechRequest) -> Hypothesis:
        started = time.perf_counter()
        hypothesis = recognise(request)
        spent.append(cost.of(request, hypothesis) if cost else time.perf_counter() - started)
        backlog.advance(spent[-1])
        return hypothesis

    events = [
        (backlog.now_s, event)
        for event in transcribe_live(backlog, timed, options=options, clock=lambda: backlog.now_s)
    ]
    audio_s = len(samples) / SAMPLE_RATE_HZ
    return Run(events, audio_s, sum(spent), len(spent), closed_s=audio_s, ended_s=backlog.now_s)


def play(samples: Samples, recognise: Recognise, options: LiveOptions) -> Run:
    """Runs the live loop over `samples` at real-time pace, to confirm `replay`."""
    backlog = Backlog()
    began = time.perf_counter()
    spent: list[float] = []

    def feed() -> None:
        for i, block in enumerate(blocks_of(samples), start=1):
            time.sleep(max(0.0, began + i * BLOCK / SAMPLE_RATE_HZ - time.perf_counter()))
            backlog.put(block)
        backlog.close()

    def timed(request: SpeechRequest) -> Hypothesis:
        started = time.perf_counter()
        hypothesis = recognise(request)
        spent.append(time.perf_counter() - started)
        return hypothesis

    feeder = threading.Thread(target=feed)
    feeder.start()
    events = [(time.perf_counter() - began, event) for event in transcribe_live(backlog, timed, options=options)]
    feeder.join()
    audio_s = len(samples) / SAMPLE_RATE_HZ
    return Run(events, audio_s, sum(spent), len(spent), closed_s=audio_s, ended_s=time.perf_counter() - began)


# ── audio and references ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Recording:
    """Speech with its words. `spans` are stretches with their text where the recording was joined from clips."""

    name: str
    samples: Samples
    text: str
    spans: tuple[tuple[float, float, str], ...] = ()


def recordings(names: Sequence[str] = ()) -> list[Recording]:
    """The English long recordings of the data set; the sample of the repository where that is absent."""
    files = sorted((DATA / "speech" / "long").glob("en_*.flac")) or [ROOT / "assets" / "samples" / "speech.flac"]
    return [recording(file) for file in files if not names or file.stem in names]


def recording(file: Path) -> Recording:
    spans_file = file.with_suffix(".segments.tsv")
    rows = [line.split("\t") for line in spans_file.read_text().splitlines()[1:]] if spans_file.exists() else []
    spans = tuple((float(start), float(end), text) for start, end, text in rows)
    return Recording(file.stem, read(file), file.with_suffix(".txt").read_text().strip(), spans)


def read(file: Path) -> Samples:
    samples, sample_rate = soundfile.read(file, dtype="float32")
    if sample_rate != SAMPLE_RATE_HZ:
        raise ValueError(f"{file} has {sample_rate} Hz")
    return np.asarray(samples, np.float32)


def gold_words(speech: Recording, whisper: Any) -> list[GoldWord]:
    """When each word of the reference ended, by Whisper base: the text aligned span by span, or, where the recording
    has no spans of less than 30 s, the words that offline decoding heard. Ends are drawn back to the last voiced frame.
    """
    if speech.spans and all(end_s - start_s < 29 for start_s, end_s, _ in speech.spans):
        timed = [
            (word["word"], start_s + word["start"], start_s + word["end"])
            for start_s, end_s, text in speech.spans
            for word in _aligned(whisper, _between(speech.samples, start_s, end_s), text)
        ]
    else:
        segments, _ = whisper.transcribe(speech.samples, language="en", beam_size=5, word_timestamps=True)
        timed = [(word.word, word.start, word.end) for segment in segments for word in segment.words]
    frames = len(speech.samples) // FRAME_SAMPLES
    probabilities = VoiceActivityDetector()(speech.samples[: frames * FRAME_SAMPLES])
    return [GoldWord(text.strip(), _voice_end_s(probabilities, start_s, end_s)) for text, start_s, end_s in timed]


def _between(samples: Samples, start_s: float, end_s: float) -> Samples:
    return samples[round(start_s * SAMPLE_RATE_HZ) : round(end_s * SAMPLE_RATE_HZ)]


def _aligned(whisper: Any, samples: Samples, text: str) -> list[dict[str, Any]]:
    from faster_whisper.audio import pad_or_trim
    from faster_whisper.tokenizer import Tokenizer

    tokenizer = Tokenizer(whisper.hf_tokenizer, whisper.model.is_multilingual, task="transcribe", language="en")
    features = whisper.feature_extractor(samples)
    encoded = whisper.encode(pad_or_trim(features))
    aligned: list[dict[str, Any]] = whisper.find_alignment(
        tokenizer, [tokenizer.encode(" " + text.strip())], encoded, features.shape[-1]
    )[0]
    return aligned


def _voice_end_s(probabilities: Any, start_s: float, end_s: float) -> float:
    first, last = int(start_s / FRAME_S), min(len(probabilities), int(np.ceil(end_s / FRAME_S)))
    voiced = [i for i in range(first, last) if probabilities[i] >= 0.35]
    return min(end_s, (voiced[-1] + 1) * FRAME_S) if voiced else end_s


# ── measures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Measured:
    """One model, and everything that is measured with it."""

    def __init__(self, name: str, *, cost: DecodeCost | None) -> None:
        self.name = name
        self.cost = cost
        self.options = LiveOptions(language="en")
        catalogue = Catalogue(Paths.of_user().models_dir)
        self.engine = FasterWhisper(
            catalogue.locate(MODELS[name]), FasterWhisperOptions(device="cpu", compute_type="int8", threads=THREADS)
        )
        self.engine.load(lambda _fraction, _message: None)
        self.whisper = self.engine.whisper
        self.recognise(SpeechRequest(np.zeros(SAMPLE_RATE_HZ, np.float32), language="en"))  # warm

    def recognise(self, request: SpeechRequest) -> Hypothesis:
        (hypothesis,) = self.engine.run(request, lambda: False)
        return hypothesis

    def live(self, samples: Samples) -> Run:
        return replay(samples, self.recognise, self.options, cost=self.cost)

    def in_file(self, samples: Samples) -> str:
        seconds = (samples[i : i + SAMPLE_RATE_HZ] for i in range(0, len(samples), SAMPLE_RATE_HZ))
        found = transcribe_file(seconds, self.recognise, options=self.options)
        return " ".join(result.text for result in found if isinstance(result, Segment))

    def offline(self, samples: Samples) -> str:
        segments, _ = self.whisper.transcribe(samples, language="en", beam_size=5)
        return "".join(segment.text for segment in segments)

    def speech(
        self, speeches: Sequence[Recording], gold: dict[str, list[GoldWord]], *, compare: bool
    ) -> dict[str, Any]:
        """The live loop, file transcription, offline decoding and LocalAgreement-2 over the whole set."""
        live, file, offline, agreement = Score(), Score(), Score(), Score()
        audio_s = live_decode_s = agreement_decode_s = 0.0
        rows = {}
        for speech in speeches:
            run = self.live(speech.samples)
            ours = score_events(speech.text, gold[speech.name], run.events)
            plain = score_text(speech.text, self.offline(speech.samples))
            live, offline = live + ours, offline + plain
            file = file + score_text(speech.text, self.in_file(speech.samples))
            audio_s, live_decode_s = audio_s + run.audio_s, live_decode_s + run.decode_s
            rows[speech.name] = {"live_wer": round(ours.wer_percent, 2), "offline_wer": round(plain.wer_percent, 2)}
            if compare:
                events, spent_s = replay_local_agreement(speech.samples, self.whisper)
                theirs = score_events(speech.text, gold[speech.name], events)
                agreement, agreement_decode_s = agreement + theirs, agreement_decode_s + spent_s
                rows[speech.name]["local_agreement_wer"] = round(theirs.wer_percent, 2)
            print(self.name, speech.name, rows[speech.name], flush=True)
        result = {
            "live": live.summary() | {"decode_per_audio_s": round(live_decode_s / audio_s, 3)},
            "offline": offline.summary(),
            "file": file.summary(),
            "files": rows,
        }
        if compare:
            result["local_agreement"] = agreement.summary() | {
                "decode_per_audio_s": round(agreement_decode_s / audio_s, 3)
            }
        return result

    def stop(self, speeches: Sequence[Recording]) -> dict[str, Any]:
        """How long after Stop, pressed in the middle of speech, the last word is committed."""
        waits_s = []
        for speech in speeches:
            for share in (0.3, 0.6, 0.9):
                end = int(share * len(speech.samples))
                run = self.live(speech.samples[max(0, end - 12 * SAMPLE_RATE_HZ) : end])
                waits_s.append(max(0.0, max(t for t, event in run.events if isinstance(event, Commit)) - run.closed_s))
        return {"stops": len(waits_s), "median_s": quantile(waits_s, 0.5), "max_s": quantile(waits_s, 1.0)}

    def nonspeech(self) -> dict[str, dict[str, Any]]:
        """How many words are heard where nobody speaks, live and from a file."""
        found = {}
        for file in sorted((DATA / "nonspeech").glob("*.flac")):
            samples = read(file)
            found[file.stem] = {
                "seconds": round(len(samples) / SAMPLE_RATE_HZ, 1),
                "live": self.live(samples).text.strip(),
                "file": self.in_file(samples),
            }
        silence = np.zeros(30 * SAMPLE_RATE_HZ, np.float32)
        found["digital_silence"] = {
            "seconds": 30.0,
            "live": self.live(silence).text.strip(),
            "file": self.in_file(silence),
        }
        return found

    def paced(self, speech: Recording, gold: Sequence[GoldWord]) -> dict[str, Any]:
        """One recording at real-time pace, to confirm the virtual clock."""
        run = play(speech.samples, self.recognise, self.options)
        return {"file": speech.name} | score_events(speech.text, gold, run.events).summary()


def memory() -> dict[str, Any]:
    """The loop's memory after 10 minutes and after 2 hours of audio, with a recogniser that makes words up."""
    speech = read(ROOT / "assets" / "samples" / "speech.flac")

    def endless() -> Iterator[Samples]:
        while True:
            yield from blocks_of(speech)

    def recognise(request: SpeechRequest) -> Hypothesis:
        n = int(len(request.samples) / SAMPLE_RATE_HZ / 0.4)
        return Hypothesis(tuple(Word(" word", 0.4 * i, 0.4 * i + 0.3, 0.9) for i in range(n)), "en", 1.0)

    backlog = Replay(endless())
    process = psutil.Process()
    rss_bytes: dict[int, int] = {}
    for _ in transcribe_live(backlog, recognise, options=LiveOptions(language="en"), clock=lambda: backlog.now_s):
        for minutes in (10, 120):
            if minutes not in rss_bytes and backlog.now_s >= 60 * minutes:
                rss_bytes[minutes] = process.memory_info().rss
        if 120 in rss_bytes:
            break
    return {
        "after_10_min_mb": round(rss_bytes[10] / 1e6, 1),
        "after_2_h_mb": round(rss_bytes[120] / 1e6, 1),
        "growth_percent": round(100 * (rss_bytes[120] / rss_bytes[10] - 1), 2),
    }


# ── report ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def table(result: dict[str, Any]) -> str:
    """The measures as a Markdown table for the README."""
    models = list(result["models"])

    def row(what: str, must: str, cell: Callable[[dict[str, Any]], str]) -> str:
        return f"| {what} | {must} | " + " | ".join(cell(result["models"][name]) for name in models) + " |"

    def words(model: dict[str, Any], kind: str, *, music: bool) -> str:
        chosen = [v for k, v in model["nonspeech"].items() if ("music" in k) == music and "vocals" not in k]
        count = sum(len(v[kind].split()) for v in chosen)
        return f"{count} in {sum(v['seconds'] for v in chosen):.0f} s"

    def agreement(model: dict[str, Any], name: str) -> str:
        return str(model["speech"].get("local_agreement", {}).get(name, "not run"))

    rows = [
        "| measure | must | " + " | ".join(models) + " |",
        "|---|---|" + "---|" * len(models),
        row("WER of committed text", "offline + 2.0", lambda m: f"{m['speech']['live']['wer_percent']} %"),
        row("WER offline (beam 5)", "", lambda m: f"{m['speech']['offline']['wer_percent']} %"),
        row("WER of file transcription", "offline", lambda m: f"{m['speech']['file']['wer_percent']} %"),
        row("WER LocalAgreement-2", "", lambda m: f"{agreement(m, 'wer_percent')} %"),
        row("committed, median / p95 after the word's end", "1.1 / 2.0 s",
            lambda m: f"{m['speech']['live']['committed_median_s']:.2f} / "
                      f"{m['speech']['live']['committed_p95_s']:.2f} s"),
        row("the same, LocalAgreement-2", "",
            lambda m: f"{agreement(m, 'committed_median_s')} / {agreement(m, 'committed_p95_s')} s"),
        row("first shown, median", "0.5 s", lambda m: f"{m['speech']['live']['shown_median_s']:.2f} s"),
        row("last word before a pause committed, median / p95", "1.0 s",
            lambda m: f"{m['speech']['live']['before_pause_median_s']:.2f} / "
                      f"{m['speech']['live']['before_pause_p95_s']:.2f} s"),
        row("last word committed after Stop, median / max", "0.4 s",
            lambda m: f"{m['stop']['median_s']:.2f} / {m['stop']['max_s']:.2f} s"),
        row("decoding per second of audio", "0.7 s", lambda m: f"{m['speech']['live']['decode_per_audio_s']:.2f} s"),
        row("the same, LocalAgreement-2", "", lambda m: f"{agreement(m, 'decode_per_audio_s')} s"),
        row("words on silence and noise, live", "0", lambda m: words(m, "live", music=False)),
        row("words on silence and noise, file", "0", lambda m: words(m, "file", music=False)),
        row("words on music without voices, live", "1 in 10 s", lambda m: words(m, "live", music=True)),
        row("words on music without voices, file", "1 in 10 s", lambda m: words(m, "file", music=True)),
    ]  # fmt: skip
    if memory_result := result.get("memory"):
        growth = f"{memory_result['growth_percent']:+.1f} %"
        rows.append(f"| memory after 2 h against 10 min | + 5 % | {growth} |" + " |" * (len(models) - 1))
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out" / "hear.json")
    parser.add_argument("--model", action="append", choices=list(MODELS))
    parser.add_argument("--file", action="append", default=[], help="only this recording (stem of the file)")
    parser.add_argument("--decode-cost", action="store_true", help="a fitted cost instead of measured decode times")
    parser.add_argument("--quick", action="store_true", help="no LocalAgreement-2, no real-time run, no memory run")
    arguments = parser.parse_args()

    speeches = recordings(arguments.file)
    audio = {speech.name: round(len(speech.samples) / SAMPLE_RATE_HZ, 1) for speech in speeches}
    result: dict[str, Any] = {"machine": machine(*PACKAGES) | {"threads": THREADS}, "audio": audio, "models": {}}
    aligner = Measured("base", cost=None)
    gold = {speech.name: gold_words(speech, aligner.whisper) for speech in speeches}
    for name in arguments.model or MODELS:
        measured = Measured(name, cost=DECODE_COSTS[name] if arguments.decode_cost else None)
        shortest = min(speeches, key=lambda speech: len(speech.samples))
        result["models"][name] = {
            "speech": measured.speech(speeches, gold, compare=not arguments.quick),
            "stop": measured.stop(speeches),
            "nonspeech": measured.nonspeech(),
        } | ({} if arguments.quick else {"paced": measured.paced(shortest, gold[shortest.name])})
        write(result, arguments.out)  # each model takes a quarter of an hour
    if not arguments.quick:
        result["memory"] = memory()
        write(result, arguments.out)
    print(table(result))


def write(result: dict[str, Any], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
