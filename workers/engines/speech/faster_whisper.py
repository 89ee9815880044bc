"""Whisper through CTranslate2, the default ear: int8 on a processor, float16 on a GPU.

Paper: Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision", arXiv 2212.04356.
Weights: OpenAI Whisper (MIT), as a CTranslate2 folder.

What makes it fast enough to show words while they are spoken: the encoder sees the speech and a few seconds of silence
instead of a window padded to 30 s, and word times come from `align` on the same encoder output.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from workers.engines.base import EngineInfo, EngineOptions, OnProgress
from workers.engines.devices import (
    DeviceChoice,
    ctranslate2_device,
    is_gpu_fault,
    is_out_of_memory,
    physical_cores,
)
from workers.errors import Cancelled, EngineError, ModelBroken, ModelMissing, OutOfMemory, PackageMissing
from workers.results import SAMPLE_RATE_HZ, Hypothesis, Samples, SpeechRequest, Word

log = logging.getLogger(__name__)

MAX_WINDOW_S = 30.0  # what the encoder was trained on
FRAMES_PER_S = 100  # mel frames
ALIGNED_FRAMES_PER_S = 50  # encoder output
FIRST_WORD_S = 0.8  # at most: the alignment starts the first word where the audio starts
NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")
UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "my", "yue", "km"})
LANGUAGE_CERTAIN = 0.7
PROMPT_TOKENS = 223  # half of the decoder's 448 positions, as in training
OPENING_PUNCTUATION = "\"'“¿([{-"
CLOSING_PUNCTUATION = "\"'.。,，!！?？:：”)]}、"


class FasterWhisperOptions(EngineOptions):
    device: DeviceChoice = Field("auto", title="Device", description="Where to compute: a GPU if there is one.")
    compute_type: Literal["auto", "int8", "int8_float16", "float16", "float32"] = Field(
        "auto", title="Number format", description="int8 is fastest on a processor, float16 on a GPU."
    )
    threads: int = Field(0, ge=0, le=64, title="Threads", description="Processor threads; 0 takes up to four cores.")
    padding_s: float = Field(
        1.5, ge=0.5, le=30, title="Silence after the speech (s)", description="Less is faster, more is steadier."
    )


class FasterWhisper:
    """Answers a SpeechRequest with one Hypothesis: greedy for `beam_size` 1, else beam search."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="faster-whisper",
        title="Whisper (CTranslate2)",
        tasks=("speech",),
        options=FasterWhisperOptions,
    )

    def __init__(self, model: Path, options: FasterWhisperOptions) -> None:
        self._folder = model
        self._options = options
        self.whisper: Any = None  # faster_whisper.WhisperModel once loaded; the benchmark asks it too
        self._tokenizers: dict[tuple[str, str], Any] = {}
        self.device = ""

    # ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def load(self, on_progress: OnProgress) -> None:
        missing = [name for name in NEEDED_FILES if not (self._folder / name).is_file()]
        if len(missing) == len(NEEDED_FILES):
            raise ModelMissing(
                "There is no Whisper model in '{folder}'.", "Choose or download one on the Models page.",
                folder=self._folder,
            )  # fmt: skip
        if missing:
            raise ModelBroken(
                "The Whisper model in '{folder}' lacks {names}.", "Remove it and download it again.",
                folder=self._folder, names=", ".join(missing),
            )  # fmt: skip
        on_progress(0.0, "Loading Whisper")
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise PackageMissing(
                "The package faster-whisper is missing.", "Install it: pip install faster-whisper"
            ) from error
        device = self.device = ctranslate2_device(self._options.device)
        compute_type = self._options.compute_type
        if compute_type == "auto":
            compute_type = "float16" if device == "cuda" else "int8"
        threads = self._options.threads or min(4, physical_cores())
        started = time.perf_counter()
        try:
            self.whisper = WhisperModel(
                str(self._folder), device=device, compute_type=compute_type, cpu_threads=threads
            )
        except Exception as error:
            if is_gpu_fault(error):
                raise
            raise self._load_error(error) from error
        self._suppressed = self._suppressed_tokens()
        on_progress(1.0, "Whisper is ready")
        log.info(
            "loaded %s on %s (%s) in %.1f s", self._folder.name, device, compute_type, time.perf_counter() - started
        )

    def _load_error(self, error: Exception) -> EngineError:
        if is_out_of_memory(error):
            return OutOfMemory(
                "There is too little memory for the Whisper model '{name}'.", "Choose a smaller one.",
                name=self._folder.name,
            )  # fmt: skip
        return ModelBroken(
            "The Whisper model in '{folder}' cannot be read: {reason}", "Remove it and download it again.",
            folder=self._folder, reason=str(error),
        )  # fmt: skip

    def unload(self) -> None:
        self.whisper = None
        self._tokenizers.clear()

    # ── one request ──────────────────────────────────────────────────────────────────────────────────────────────────

    def run(self, request: SpeechRequest, cancelled: Callable[[], bool]) -> Iterator[Hypothesis]:
        started = time.perf_counter()
        try:
            hypothesis = self._recognise(request, cancelled)
        except (RuntimeError, MemoryError) as error:
            if is_out_of_memory(error):
                raise OutOfMemory(
                    "The Whisper model ran out of memory.", "Choose a smaller one, or the device 'cpu'."
                ) from error
            raise
        yield replace(hypothesis, decode_s=time.perf_counter() - started)

    def _recognise(self, request: SpeechRequest, cancelled: Callable[[], bool]) -> Hypothesis:
        samples = request.samples[: int(MAX_WINDOW_S * SAMPLE_RATE_HZ)]
        duration_s = len(samples) / SAMPLE_RATE_HZ
        _check(cancelled)
        encoded = self._encode(samples, self._options.padding_s)
        _check(cancelled)
        language, language_probability = self._language(request, samples, encoded)
        tokenizer = self._tokenizer(language, request.task)
        result, tokens = self._decode(encoded, tokenizer, request, duration_s)
        _check(cancelled)
        words = self._words(encoded, tokenizer, tokens, request, duration_s)
        return Hypothesis(
            words=tuple(words),
            language=language,
            language_probability=language_probability,
            no_speech_prob=result.no_speech_prob,
            avg_logprob=result.scores[0],
        )

    def _encode(self, samples: Samples, padding_s: float) -> Any:
        """The encoder's view of the samples and `padding_s` of silence."""
        import ctranslate2

        padded_s = min(MAX_WINDOW_S, len(samples) / SAMPLE_RATE_HZ + padding_s)
        n_frames = 2 * math.ceil(padded_s * FRAMES_PER_S / 2)  # the encoder halves them
        padded = np.pad(samples, (0, n_frames * SAMPLE_RATE_HZ // FRAMES_PER_S - len(samples)))
        mel = self.whisper.feature_extractor(padded)[:, :n_frames]  # (n_mels, n_frames)
        features = ctranslate2.StorageView.from_array(np.ascontiguousarray(mel[None]))
        return self.whisper.model.encode(features)

    def _language(self, request: SpeechRequest, samples: Samples, encoded: Any) -> tuple[str, float]:
        """The language and how sure that is; in doubt the encoder sees 30 s, as it did in training."""
        if not self.whisper.model.is_multilingual:
            return "en", 1.0
        if request.language is not None:
            if f"<|{request.language}|>" not in self.whisper.hf_tokenizer.get_vocab():
                raise EngineError(
                    "This Whisper does not know the language '{language}'.",
                    hint="Choose another one, or automatic detection.",
                    language=request.language,
                )
            return request.language, 1.0
        token, probability = self.whisper.model.detect_language(encoded)[0][0]
        if probability < LANGUAGE_CERTAIN:
            encoded = self._encode(samples, MAX_WINDOW_S)
            token, probability = self.whisper.model.detect_language(encoded)[0][0]
        return token.strip("<|>"), probability

    def _tokenizer(self, language: str, task: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if (language, task) not in self._tokenizers:
            self._tokenizers[language, task] = Tokenizer(
                self.whisper.hf_tokenizer, self.whisper.model.is_multilingual, task=task, language=language
            )
        return self._tokenizers[language, task]

    def _suppressed_tokens(self) -> list[int]:
        """Speaker tags, music notes and the tokens that steer the decoder: nobody says them."""
        from faster_whisper.transcribe import get_suppressed_tokens

        return list(get_suppressed_tokens(self._tokenizer("en", "transcribe"), [-1]))

    def _decode(self, encoded: Any, tokenizer: Any, request: SpeechRequest, duration_s: float) -> tuple[Any, list[int]]:
        """CTranslate2's result and its text tokens."""
        before = tokenizer.encode(" " + request.prompt.strip())[-PROMPT_TOKENS:] if request.prompt.strip() else []
        prompt = [*([tokenizer.sot_prev, *before] if before else []), *tokenizer.sot_sequence, tokenizer.no_timestamps]
        # Fast talkers reach 7 tokens a second, scripts without spaces twice as many; more is a loop.
        tokens_per_s = 16 if tokenizer.language_code in UNSPACED_LANGUAGES else 8
        result = self.whisper.model.generate(
            encoded,
            [prompt],
            beam_size=request.beam_size,
            max_length=min(self.whisper.max_length, len(prompt) + 12 + int(tokens_per_s * duration_s)),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed,
        )[0]
        return result, [token for token in result.sequences_ids[0] if token < tokenizer.eot]

    def _words(
        self, encoded: Any, tokenizer: Any, tokens: list[int], request: SpeechRequest, duration_s: float
    ) -> list[Word]:
        """The words that the tokens spell, cut where they loop."""
        if not tokens:
            return []
        kept = cut_loop(tokens)
        if not request.word_times:
            return [Word(tokenizer.decode(kept), 0.0, duration_s, 1.0)]
        aligned = aligned_tokens(tokens, kept, request)
        n_frames = max(2, math.ceil(duration_s * FRAMES_PER_S))
        alignment = self.whisper.model.align(encoded, tokenizer.sot_sequence, [aligned], n_frames)[0]
        token_indices, frame_indices = np.array(alignment.alignments).T
        starts_token = np.diff(token_indices, prepend=-1) > 0
        token_times = frame_indices[starts_token] / ALIGNED_FRAMES_PER_S  # of each token and of the end
        words, first = [], 0
        is_english = request.task == "translate"  # whatever the tokenizer's language
        split = tokenizer.split_tokens_on_spaces if is_english else tokenizer.split_to_word_tokens
        for text, group in zip(*split(kept), strict=True):
            last = first + len(group)
            probability = float(np.mean(alignment.text_token_probs[first:last]))
            words.append(Word(text, float(token_times[first]), float(token_times[last]), probability))
            first = last
        words[0] = replace(words[0], start_s=max(words[0].start_s, words[0].end_s - FIRST_WORD_S))
        return merge_punctuation(words)


def _check(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled


def cut_loop(tokens: Sequence[int]) -> list[int]:
    """The tokens up to the end of the first unit of a loop: up to 3 tokens five times, longer ones three times."""
    for start in range(len(tokens)):
        for length in range(1, min(40, (len(tokens) - start) // 3) + 1):
            times = 5 if length <= 3 else 3
            unit = tokens[start : start + length]
            if list(tokens[start : start + length * times]) == list(unit) * times:
                return list(tokens[: start + length])
    return list(tokens)


def aligned_tokens(tokens: list[int], kept: list[int], request: SpeechRequest) -> list[int]:
    """Which of all tokens to align with the sound, where `cut_loop` has kept these.

    What is really said several times has to be aligned with all of its sound, and a file, which is searched with more
    beams, asks for what follows; a live window comes again soon, and loops more often.
    """
    return tokens if request.beam_size > 1 else kept


def merge_punctuation(words: Sequence[Word]) -> list[Word]:
    """Joins opening punctuation to the word after it and closing punctuation to the word before."""
    merged: list[Word] = []
    opening: Word | None = None
    for word in words:
        if opening is not None:
            word = replace(word, text=opening.text + word.text, start_s=opening.start_s)
            opening = None
        if word.text.startswith(" ") and word.text.strip() in OPENING_PUNCTUATION:
            opening = word
        elif merged and word.text in CLOSING_PUNCTUATION:
            merged[-1] = replace(merged[-1], text=merged[-1].text + word.text)
        else:
            merged.append(word)
    if opening is not None:
        merged.append(opening)
    return merged
