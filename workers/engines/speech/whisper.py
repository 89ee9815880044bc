"""Whisper through transformers, in torch: for PyTorch checkpoints and fine-tuned models, greedy or with beams.

Paper: Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision", arXiv 2212.04356.
Weights: OpenAI Whisper (MIT, Apache-2.0 on the hub), or a CTranslate2 one through `catalogue/convert.py`.

The encoder sees the speech and a few seconds of silence instead of a window padded to 30 s. Word times come from the
cross-attention of the heads that follow the sound: a second pass over the finished text gives, in one go, where each
token looked, how probable it was, and how likely the window holds no speech.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workers.engines.base import EngineInfo, EngineOptions, OnProgress
from workers.engines.devices import DeviceChoice, torch_device, torch_dtype
from workers.engines.speech.faster_whisper import aligned_tokens, cut_loop
from workers.engines.transformers_models import load_errors, load_model, run_errors
from workers.errors import Cancelled, EngineError, ModelBroken
from workers.results import SAMPLE_RATE_HZ, Hypothesis, Samples, SpeechRequest, Word

log = logging.getLogger(__name__)

MAX_WINDOW_S = 30.0  # what the encoder was trained on
HOP = 160  # samples a mel frame
FRAME_S = 0.02  # an encoder position: two mel frames
PROMPT_TOKENS = 223  # half of the decoder's 448 positions, as in training
UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "my", "yue", "km"})
FIRST_WORD_S = 1.4  # at most: the attention counts the silence before the first word to it
MEDIAN_FRAMES = 7  # smooths the attention, as in OpenAI's word times


class WhisperOptions(EngineOptions):
    device: DeviceChoice = Field("auto", title="Device", description="Where to compute: a GPU if there is one.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", title="Number format", description="float16 is fastest on a GPU, float32 on a processor."
    )
    padding_s: float = Field(
        2.5,
        ge=0.5,
        le=30,
        title="Silence after the speech (s)",
        description="Live only. Less is faster, more is steadier.",
    )


class Whisper:
    """Answers a SpeechRequest of up to 30 s with one Hypothesis."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="whisper",
        title="Whisper (PyTorch)",
        tasks=("speech",),
        options=WhisperOptions,
    )

    def __init__(self, model: Path, options: WhisperOptions) -> None:
        self._folder = model
        self._options = options
        self._model: Any = None
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        if (self._folder / "model.bin").is_file():
            raise ModelBroken(
                "The model in '{folder}' is in CTranslate2 form.",
                hint="Convert it on the Models page or with `sensorium models convert`.",
                folder=self._folder,
            )
        on_progress(0.0, "Loading Whisper")
        started = time.perf_counter()
        with load_errors(self._folder):
            device = self.device = torch_device(self._options.device)
            self._model = load_model(
                "WhisperForConditionalGeneration",
                self._folder,
                device=device,
                dtype=torch_dtype(device, self._options.dtype),
            )
            from transformers import AutoTokenizer, GenerationConfig, WhisperFeatureExtractor

            self._extractor = WhisperFeatureExtractor.from_pretrained(self._folder, local_files_only=True)
            self._tokenizer = AutoTokenizer.from_pretrained(self._folder, local_files_only=True).backend_tokenizer
            self._published = self._model.generation_config
            self._model.generation_config = GenerationConfig()  # each request says all that it needs
            self._token = self._tokenizer.get_vocab()
            self._end, self._start = self._token["<|endoftext|>"], self._token["<|startoftranscript|>"]
            self._no_times = self._token["<|notimestamps|>"]
        # English models have the language tokens too, one place lower, and were never trained with them.
        self._is_multilingual = self._model.config.vocab_size >= 51_865
        self._languages = {
            token[2:-2]: number for token, number in self._token.items()
            if self._start < number < self._token["<|translate|>"] and token.startswith("<|")
        }  # fmt: skip
        on_progress(1.0, "Whisper is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, device, time.perf_counter() - started)

    def unload(self) -> None:
        self._model = None

    def run(self, request: SpeechRequest, cancelled: Callable[[], bool]) -> Iterator[Hypothesis]:
        import torch

        started = time.perf_counter()
        samples = request.samples[: int(MAX_WINDOW_S * SAMPLE_RATE_HZ)]
        duration_s = len(samples) / SAMPLE_RATE_HZ
        with run_errors(self._folder), torch.inference_mode():
            # Beams like to repeat themselves into a short silence; they are for files, where 30 s may take their time.
            padding_s = self._options.padding_s if request.beam_size == 1 else MAX_WINDOW_S
            sound = self._encode(samples, padding_s, cancelled)
            language, language_probability = self._language(request, sound)
            before = self._encode_text(" " + request.prompt.strip())[-PROMPT_TOKENS:] if request.prompt.strip() else []
            head = [self._start]
            if self._is_multilingual:
                head += [self._languages[language], self._token[f"<|{request.task}|>"]]
            head.append(self._no_times)
            if before:
                head = [self._token["<|startofprev|>"], *before, *head]
            # Fast talkers reach 7 tokens a second, scripts without spaces twice as many; more is a loop.
            tokens_per_s = 16 if language in UNSPACED_LANGUAGES else 8
            max_tokens = 12 + int(tokens_per_s * duration_s)
            generated = self._generate(sound, head, max_tokens, request.beam_size, cancelled)
            said = [token for token in generated if token < self._end]
            tokens = cut_loop(said)
            aligned = aligned_tokens(said, tokens, request)
            token_starts_s, probabilities, no_speech_prob = self._listen_again(sound, head, aligned, duration_s)
            probabilities = probabilities[: len(tokens)]
        has_spaces = request.task == "translate" or language not in UNSPACED_LANGUAGES
        words, first = [], 0
        for text, count in word_groups(tokens, self._decode_text, has_spaces=has_spaces):
            start_s, end_s = token_starts_s[first], token_starts_s[first + count]
            start_s = max(start_s, end_s - FIRST_WORD_S) if first == 0 else start_s
            words.append(Word(text, start_s, end_s, float(np.mean(probabilities[first : first + count]))))
            first += count
        if words and not request.word_times:
            words = [Word("".join(word.text for word in words), 0.0, duration_s, float(np.mean(probabilities)))]
        yield Hypothesis(
            words=tuple(words),
            language=language,
            language_probability=language_probability,
            no_speech_prob=no_speech_prob,
            avg_logprob=float(np.mean(np.log(np.maximum(probabilities, 1e-10)))) if tokens else 0.0,
            decode_s=time.perf_counter() - started,
        )

    def _encode(self, samples: Samples, padding_s: float, cancelled: Callable[[], bool]) -> Any:
        """The encoder's view of the samples and some silence, (1, positions, d_model).

        transformers' own encoder insists on 30 s; its layers do not.
        """
        import torch

        encoder = self._model.model.encoder
        padded_s = min(MAX_WINDOW_S, len(samples) / SAMPLE_RATE_HZ + padding_s)
        n_positions = min(math.ceil(padded_s / FRAME_S), encoder.embed_positions.num_embeddings)
        padded = np.pad(samples, (0, max(0, n_positions * 2 * HOP - len(samples))))
        features = self._extractor(
            padded, sampling_rate=SAMPLE_RATE_HZ, padding="do_not_pad", return_tensors="pt"
        ).input_features[..., : 2 * n_positions]  # (1, n_mels, frames)
        hidden = features.to(self._model.device, self._model.dtype)
        hidden = torch.nn.functional.gelu(encoder.conv1(hidden))
        hidden = torch.nn.functional.gelu(encoder.conv2(hidden)).permute(0, 2, 1)  # (1, positions, d_model)
        hidden = hidden + encoder.embed_positions.weight[: hidden.shape[1]]
        for layer in encoder.layers:
            _check(cancelled)
            hidden = layer(hidden, None)
        return encoder.layer_norm(hidden)

    def _language(self, request: SpeechRequest, sound: Any) -> tuple[str, float]:
        if not self._is_multilingual:
            return "en", 1.0
        if request.language is not None:
            if request.language not in self._languages:
                raise EngineError(
                    "This Whisper does not know the language '{language}'.",
                    hint="Choose another one, or automatic detection.",
                    language=request.language,
                )
            return request.language, 1.0
        logits = self._logits(sound, [self._start])[-1]
        names, numbers = list(self._languages), list(self._languages.values())
        chances = logits[numbers].softmax(0)
        best = int(chances.argmax())
        return names[best], float(chances[best])

    def _generate(
        self, sound: Any, head: list[int], max_tokens: int, beam_size: int, cancelled: Callable[[], bool]
    ) -> list[int]:
        """The tokens after `head`."""
        import torch
        from transformers import GenerationConfig, GenerationMixin
        from transformers.modeling_outputs import BaseModelOutput

        def stop_when_cancelled(input_ids: Any, scores: Any, **_: Any) -> Any:
            _check(cancelled)
            return torch.zeros(len(input_ids), dtype=torch.bool, device=input_ids.device)

        config = GenerationConfig(
            max_new_tokens=max(1, min(max_tokens, self._model.config.max_target_positions - len(head))),
            num_beams=beam_size,
            do_sample=False,
            suppress_tokens=getattr(self._published, "suppress_tokens", None),
            begin_suppress_tokens=getattr(self._published, "begin_suppress_tokens", None),
            decoder_start_token_id=self._start,
            bos_token_id=self._end,
            eos_token_id=self._end,
            pad_token_id=self._end,
        )
        sequence = GenerationMixin.generate(  # Whisper's own `generate` adds timestamps and 30 s windows
            self._model,
            encoder_outputs=BaseModelOutput(last_hidden_state=sound),
            decoder_input_ids=torch.tensor([head], device=sound.device),
            generation_config=config,
            stopping_criteria=[stop_when_cancelled],
        )[0]
        generated: list[int] = sequence[len(head) :].tolist()
        return generated

    def _listen_again(
        self, sound: Any, head: list[int], tokens: list[int], duration_s: float
    ) -> tuple[list[float], NDArray[np.float64], float]:
        """When each token starts and the last one ends (one time more than tokens), their probabilities, no speech."""
        import torch

        self._model.set_attn_implementation("eager")  # only this one returns what it attends to
        try:
            output = self._forward(sound, [*head, *tokens], output_attentions=True)
        finally:
            self._model.set_attn_implementation("sdpa")
        # All at once: each number that is fetched by itself waits for the GPU.
        chances = output.logits[0].float().softmax(-1)  # (positions, vocab)
        no_speech_prob = float(chances[head.index(self._start), self._no_times - 1])  # its neighbour: <|nospeech|>
        rows = list(range(len(head) - 1, len(head) - 1 + len(tokens)))
        probabilities = chances[rows, tokens].cpu().numpy().astype(np.float64)
        n_layers, n_heads = self._model.config.decoder_layers, self._model.config.decoder_attention_heads
        heads = getattr(self._published, "alignment_heads", None) or [
            (layer, number) for layer in range(n_layers // 2, n_layers) for number in range(n_heads)
        ]
        n_frames = max(1, math.ceil(duration_s / FRAME_S))
        # A row looks at the sound of the token that follows it: from the one before the text to the text's last.
        looks = [output.cross_attentions[layer][0, number, len(head) - 1 :, :n_frames] for layer, number in heads]
        attention = torch.stack(looks).float().cpu().numpy()  # (heads, tokens + 1, frames)
        starts = follow(attention) * FRAME_S
        return [min(float(start), duration_s) for start in starts], probabilities, no_speech_prob

    def _logits(self, sound: Any, tokens: list[int]) -> Any:
        return self._forward(sound, tokens).logits[0].float()  # (tokens, vocab)

    def _forward(self, sound: Any, tokens: list[int], **wanted: Any) -> Any:
        import torch
        from transformers.modeling_outputs import BaseModelOutput

        return self._model(
            encoder_outputs=BaseModelOutput(last_hidden_state=sound),
            decoder_input_ids=torch.tensor([tokens], device=sound.device),
            use_cache=False,
            **wanted,
        )

    def _encode_text(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _decode_text(self, tokens: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=False))


def _check(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled


def word_groups(
    tokens: Sequence[int], decode: Callable[[Sequence[int]], str], *, has_spaces: bool
) -> list[tuple[str, int]]:
    """The words that `tokens` spell, each with its number of tokens; punctuation stays with its word.

    A word begins at a space, or, in a script without spaces, with each whole character that is no punctuation.
    """
    groups: list[tuple[str, int]] = []
    pending: list[int] = []
    for n_taken, token in enumerate(tokens, 1):
        pending.append(token)
        text = decode(pending)
        if text.endswith("\ufffd") and n_taken < len(tokens):
            continue  # the first bytes of a character
        begins = text.startswith(" ") if has_spaces else any(character.isalnum() for character in text)
        if begins or not groups:
            groups.append((text, len(pending)))
        else:
            groups[-1] = (groups[-1][0] + text, groups[-1][1] + len(pending))
        pending = []
    if pending:
        groups.append((decode(pending), len(pending)))
    return groups


def follow(attention: NDArray[np.float32]) -> NDArray[np.int64]:
    """The frame at which each row starts, for rows that follow one another through the sound without a gap.

    Args:
        attention: (heads, rows, frames), how much each row looks at each frame.
    """
    weights = attention / np.maximum(attention.sum(-1, keepdims=True), 1e-9)
    weights = (weights - weights.mean(-2, keepdims=True)) / (weights.std(-2, keepdims=True) + 1e-9)
    edge = MEDIAN_FRAMES // 2
    padded = np.pad(weights, ((0, 0), (0, 0), (edge, edge)), mode="reflect" if weights.shape[-1] > edge else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, MEDIAN_FRAMES, axis=-1)
    gain = np.median(windows, axis=-1).mean(0)  # (rows, frames)
    rows, frames = gain.shape
    if rows > frames:  # more tokens than 20 ms frames: nonsense, spread evenly
        return np.linspace(0, frames, rows).astype(np.int64)
    # Viterbi: at each frame a row goes on or the next one begins.
    score = np.full(rows, -np.inf)
    score[0] = gain[0, 0]
    advanced = np.zeros((rows, frames), bool)
    for frame in range(1, frames):
        from_before = np.concatenate([[-np.inf], score[:-1]])
        advanced[:, frame] = from_before > score
        score = np.maximum(score, from_before) + gain[:, frame]
    starts = np.zeros(rows, np.int64)
    row = rows - 1
    for frame in range(frames - 1, 0, -1):
        if advanced[row, frame]:
            starts[row] = frame
            row -= 1
    return starts
