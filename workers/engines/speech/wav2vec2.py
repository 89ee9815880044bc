"""Wav2Vec2 with a CTC head: writes what it hears letter by letter, without punctuation and without inventing words.

Paper: Baevski et al. 2020, "wav2vec 2.0: A Framework for Self-Supervised Learning of Speech Representations",
arXiv 2006.11477. Weights: facebook/wav2vec2-base-960h and -large-960h-lv60-self (Apache-2.0), or any Wav2Vec2ForCTC.

A letter's time is the 20 ms frame that wrote it. Live, the last word of a window may be half a word: it is left out
until the model has written a space after it or enough silence follows; the words before keep their left context,
because every request is a window from the last certain word on.

A model whose folder has a `lexicon.txt` writes the words in it and no others.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workers.engines.base import EngineInfo, EngineOptions, OnProgress
from workers.engines.devices import DeviceChoice, torch_device, torch_dtype
from workers.engines.speech.lexicon import Lexicon
from workers.engines.transformers_models import load_errors, load_model, run_errors
from workers.errors import Cancelled, ModelBroken
from workers.results import SAMPLE_RATE_HZ, Hypothesis, SpeechRequest, Word

log = logging.getLogger(__name__)

LEAST_SAMPLES = SAMPLE_RATE_HZ // 10  # the convolutions need 400; a tenth of a second has no word
ENGLISH_I = frozenset({"i", "i'm", "i'd", "i'll", "i've"})


class Wav2Vec2Options(EngineOptions):
    device: DeviceChoice = Field("auto", title="Device", description="Where to compute: a GPU if there is one.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", title="Number format", description="float16 is fastest on a GPU, float32 on a processor."
    )
    right_context_s: float = Field(
        0.3, ge=0, le=2, title="Right context (s)",
        description="Live, a last word waits until this much sound follows it or the next word begins.",
    )  # fmt: skip


class Wav2Vec2:
    """Answers a SpeechRequest with one Hypothesis; prompt and beams are not for this kind of model."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="wav2vec2",
        title="Wav2Vec2 (CTC)",
        tasks=("speech",),
        options=Wav2Vec2Options,
    )

    def __init__(self, model: Path, options: Wav2Vec2Options) -> None:
        self._folder = model
        self._options = options
        self._model: Any = None
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading Wav2Vec2")
        started = time.perf_counter()
        with load_errors(self._folder):
            device = self.device = torch_device(self._options.device)
            self._model = load_model(
                "Wav2Vec2ForCTC", self._folder, device=device, dtype=torch_dtype(device, self._options.dtype)
            )
            from transformers import Wav2Vec2CTCTokenizer, Wav2Vec2FeatureExtractor

            self._extractor = Wav2Vec2FeatureExtractor.from_pretrained(self._folder, local_files_only=True)
            tokenizer = Wav2Vec2CTCTokenizer.from_pretrained(self._folder, local_files_only=True)
            size = self._model.config.vocab_size
            names = tokenizer.convert_ids_to_tokens(list(range(size)))
        if len(tokenizer) < size:
            raise ModelBroken(
                "The vocabulary in '{folder}' does not belong to its model.",
                hint="Remove the model and download it again.",
                folder=self._folder,
            )
        special = set(tokenizer.all_special_ids) - {tokenizer.word_delimiter_token_id}
        self._symbols = ["" if number in special else name for number, name in enumerate(names)]
        self._blank, self._delimiter = tokenizer.pad_token_id, tokenizer.word_delimiter_token_id
        with load_errors(self._folder):
            self._lexicon = Lexicon.of_model(self._folder, self._symbols, blank=self._blank, delimiter=self._delimiter)
        on_progress(1.0, "Wav2Vec2 is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, device, time.perf_counter() - started)

    def unload(self) -> None:
        self._model = None

    def run(self, request: SpeechRequest, cancelled: Callable[[], bool]) -> Iterator[Hypothesis]:
        import torch

        started = time.perf_counter()
        if cancelled():
            raise Cancelled
        duration_s = len(request.samples) / SAMPLE_RATE_HZ
        samples = np.pad(request.samples, (0, max(0, LEAST_SAMPLES - len(request.samples))))
        with run_errors(self._folder), torch.inference_mode():
            sound = self._extractor(samples, sampling_rate=SAMPLE_RATE_HZ, return_tensors="pt").input_values
            logits = self._model(sound.to(self._model.device, self._model.dtype)).logits[0]  # (frames, vocab)
            chances = logits.float().softmax(-1).cpu().numpy()
        if cancelled():
            raise Cancelled
        stride_s = float(np.prod(self._model.config.conv_stride)) / SAMPLE_RATE_HZ
        path = chances.argmax(-1) if self._lexicon is None else self._lexicon.path(chances)
        words, is_closed = words_from_ctc(
            chances, path, self._symbols, blank=self._blank, delimiter=self._delimiter, frame_s=stride_s
        )
        is_cut = words and not is_closed and words[-1].end_s > duration_s - self._options.right_context_s
        if is_cut and not request.is_final:
            words.pop()
        if words and not request.word_times:
            probability = float(np.mean([word.probability for word in words]))
            words = [Word("".join(word.text for word in words), 0.0, duration_s, probability)]
        yield Hypothesis(
            words=tuple(words),
            language=request.language or "",
            avg_logprob=float(np.mean(np.log([word.probability for word in words]))) if words else 0.0,
            decode_s=time.perf_counter() - started,
        )


def words_from_ctc(
    chances: NDArray[np.float32],
    path: NDArray[np.intp],
    symbols: Sequence[str],
    *,
    blank: int,
    delimiter: int,
    frame_s: float,
) -> tuple[list[Word], bool]:
    """The words of a path, and whether a space was written after the last one.

    A run of one symbol is one letter; a blank between two runs keeps doubled letters apart. A word lasts from its first
    letter's first frame to its last letter's last one; its probability is the geometric mean of its letters' best ones.

    Args:
        chances: (frames, symbols), rows that add up to 1.
        path: the symbol of each frame, (frames,).
        symbols: what each index writes; "" for those that write nothing.
    """
    bounds = [0, *(np.flatnonzero(np.diff(path)) + 1), len(path)]
    is_capital = not any(symbol.islower() for symbol in symbols)
    words: list[Word] = []
    letters: list[tuple[str, int, int, float]] = []

    def finish() -> None:
        if letters:
            text = "".join(letter for letter, *_ in letters)
            probability = float(np.exp(np.mean([np.log(max(chance, 1e-10)) for *_, chance in letters])))
            words.append(
                Word(" " + readable(text, is_capital), letters[0][1] * frame_s, letters[-1][2] * frame_s, probability)
            )
            letters.clear()

    is_closed = False
    for first, last in pairwise(bounds):
        symbol = int(path[first])
        if symbol == delimiter:
            finish()
            is_closed = True
        elif symbol != blank and symbols[symbol]:
            letters.append((symbols[symbol], int(first), int(last), float(chances[first:last, symbol].max())))
            is_closed = False
    finish()
    return words, is_closed


def readable(text: str, is_capital: bool) -> str:
    """Capital-only vocabularies know no case: lower case reads better, with English "I" as it is written."""
    if not is_capital:
        return text
    lower = text.lower()
    return lower.capitalize() if lower in ENGLISH_I else lower
