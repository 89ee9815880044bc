"""Trains starter-wav2vec2, which writes digits and commands letter by letter: a Wav2Vec2ForCTC of 0.7 M parameters.

It learns from machine voices (`voices.py`) in rooms and noise (`sounds.py`), and from real digits where a folder of
them is given. Its first convolution starts as a bank of filters, the next ones as means over time: what comes out is
near a spectrogram from the first step. Where each utterance of a clip begins and ends is known, so that the letters of
each are looked for in its own part only.

    python -m tools.starter.train_wav2vec2 [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

import json
import string
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import jiwer
import numpy as np
import soundfile
import torch
from torch import Tensor
from torch.nn import functional
from transformers import (
    Wav2Vec2Config,
    Wav2Vec2CTCTokenizer,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    Wav2Vec2Processor,
)

from tools.starter.pool import WORK_DIR
from tools.starter.sounds import Clip, clip, heard
from tools.starter.train_vit import ASSETS
from tools.starter.training import dtype_of, note, options, train
from tools.starter.voices import HELD_OUT_VOICES, WORDS, Speech, Utterance, utterances
from workers.engines.speech.lexicon import FILE_NAME as LEXICON
from workers.results import SAMPLE_RATE_HZ, Samples

STEPS = 5300
BATCH = 12
CLIP_S = 4
SEED = 8
REAL_DIGITS = ASSETS.parents[2] / "shared" / "data" / "speech" / "digits"  # of people; used where it is there
TRAINED_SPEAKERS = ("george", "jackson")  # the others are measured only
REAL_SHARE = 0.12
FILTERS = 64
KERNELS, STRIDES = (128, 5, 8), (16, 5, 4)  # 8 ms at a time, 20 ms apart in the end
LOWEST_HZ, HIGHEST_HZ = 120, 7000
MEASURED_CLIPS = 60
BLANK, UNKNOWN, DELIMITER = "<pad>", "<unk>", "|"
SYMBOLS = (BLANK, UNKNOWN, DELIMITER, *string.ascii_lowercase)


def new_model() -> Wav2Vec2ForCTC:
    model = Wav2Vec2ForCTC(
        Wav2Vec2Config(
            vocab_size=len(SYMBOLS),
            pad_token_id=SYMBOLS.index(BLANK),
            conv_dim=(FILTERS, 96, 128),
            conv_kernel=KERNELS,
            conv_stride=STRIDES,
            num_feat_extract_layers=len(KERNELS),
            feat_extract_norm="group",
            hidden_size=112,
            num_hidden_layers=4,
            num_attention_heads=4,
            intermediate_size=224,
            num_conv_pos_embeddings=32,
            num_conv_pos_embedding_groups=4,
            do_stable_layer_norm=True,
            hidden_dropout=0.1,
            attention_dropout=0.1,
            activation_dropout=0.0,
            feat_proj_dropout=0.1,
            final_dropout=0.0,
            layerdrop=0.0,
            apply_spec_augment=False,
            attn_implementation="eager",
        )
    )
    start(model)
    return model


def start(model: Wav2Vec2ForCTC) -> None:
    """Starts the convolutions as a bank of band filters, as wide as the ear's, and as means over time of each."""
    first, *later = [layer.conv for layer in model.wav2vec2.feature_extractor.conv_layers]
    mels = np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), FILTERS)
    centres = 700 * (10 ** (mels / 2595) - 1)
    t = (np.arange(KERNELS[0]) - KERNELS[0] / 2) / SAMPLE_RATE_HZ
    phases = np.arange(FILTERS)[:, None] * np.pi / 2  # neighbours differ, so that no tone hides between two frames
    bank = np.cos(2 * np.pi * centres[:, None] * t + phases) * np.hanning(KERNELS[0])
    bank /= np.sqrt((bank**2).sum(axis=1, keepdims=True))
    with torch.no_grad():
        first.weight.copy_(torch.from_numpy(bank[:, None].astype(np.float32)))
        for convolution in later:
            channels = torch.arange(convolution.in_channels)
            convolution.weight.mul_(0.3)
            convolution.weight[channels, channels] += 1 / convolution.kernel_size[0]


def _mel(hz: float) -> float:
    return 2595 * np.log10(1 + hz / 700)


def new_processor(folder: Path) -> Wav2Vec2Processor:
    """What makes an engine's input of samples and letters of its output; its vocabulary is made in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({symbol: i for i, symbol in enumerate(SYMBOLS)}))
    tokenizer = Wav2Vec2CTCTokenizer(
        str(folder / "vocab.json"), pad_token=BLANK, unk_token=UNKNOWN, word_delimiter_token=DELIMITER,
        bos_token=None, eos_token=None,
    )  # fmt: skip
    extractor = Wav2Vec2FeatureExtractor(sampling_rate=SAMPLE_RATE_HZ, do_normalize=True, return_attention_mask=False)
    return Wav2Vec2Processor(extractor, tokenizer)


def letters(text: str) -> list[int]:
    """A text as symbols; every word is closed, so that the app need not wait for the next one."""
    return [SYMBOLS.index(letter) for letter in text.replace(" ", DELIMITER) + DELIMITER]


def normalised(samples: Sequence[Samples]) -> Tensor:
    """As the processor gives clips of one length: mean 0 and variance 1 each."""
    sounds = torch.from_numpy(np.stack(samples))
    return (sounds - sounds.mean(dim=1, keepdim=True)) / (sounds.var(dim=1, keepdim=True, correction=0) + 1e-7).sqrt()


def speakers(folder: Path = REAL_DIGITS) -> list[str]:
    """Who speaks in a folder of recordings of the Free Spoken Digit Dataset; nobody where it is not there."""
    return sorted({file.name.split("_")[2] for file in folder.glob("en_fsdd_*.segments.tsv")})


def real_clips(speaker: str, folder: Path = REAL_DIGITS) -> list[Clip]:
    """The recordings of one speaker, ten digits each; the parts are those in which one is heard."""
    clips = []
    for file in sorted(folder.glob(f"en_fsdd_{speaker}_*.segments.tsv")):
        samples, _ = soundfile.read(file.with_name(file.name.replace(".segments.tsv", ".flac")), dtype="float32")
        lines = [line.split("\t") for line in file.read_text().splitlines()[1:]]
        parts = [(int(float(a) * SAMPLE_RATE_HZ), int(float(b) * SAMPLE_RATE_HZ), text) for a, b, text in lines]
        clips.append(Clip(samples, tuple(parts)))
    return clips


def real_digits(names: Sequence[str], folder: Path = REAL_DIGITS) -> list[Utterance]:
    """Single digits by people (CC BY-SA 4.0); none where the folder is not there."""
    return [
        Utterance(text, one.samples[first:last], name)
        for name in names
        for one in real_clips(name, folder)
        for first, last, text in one.parts
    ]


def a_clip(rng: np.random.Generator, speech: Speech, real: Sequence[Utterance]) -> Clip:
    """A clip of training, with all that can happen to it."""
    if real and rng.random() < REAL_SHARE:
        said = [real[i] for i in rng.integers(len(real), size=8)]
    else:
        said = [speech.utterance(int(i)) for i in rng.integers(len(speech), size=8)]
    spoken = clip(rng, said, CLIP_S * SAMPLE_RATE_HZ)
    return Clip(heard(rng, spoken.samples), spoken.parts)


class Batch(NamedTuple):
    """Sounds (clips, samples), and their parts: where each is (clip, first and last sample), and its letters."""

    sounds: Tensor
    places: list[tuple[int, int, int]]
    letters: Tensor  # of all parts, one after another
    counts: list[int]  # of letters, of each part


def batch_of(speech: Speech, real: Sequence[Utterance], rng: np.random.Generator, count: int = BATCH) -> Batch:
    return batched([a_clip(rng, speech, real) for _ in range(count)])


def batched(clips: Sequence[Clip]) -> Batch:
    parts = [(i, *part) for i, one in enumerate(clips) for part in one.parts]
    targets = [letters(text) for *_, text in parts]
    return Batch(
        normalised([c.samples for c in clips]),
        [(i, first, last) for i, first, last, _ in parts],
        torch.tensor([letter for target in targets for letter in target]),
        [len(target) for target in targets],
    )


def loss_of(model: Wav2Vec2ForCTC, batch: Batch) -> Tensor:
    return ctc_loss(model(batch.sounds.to(dtype_of(model))).logits.float(), batch)


def ctc_loss(logits: Tensor, batch: Batch) -> Tensor:
    """Of frames (clips, frames, symbols): the letters of each part of a clip are looked for in its own frames."""
    chances = logits.log_softmax(-1)
    frames_a_sample = logits.shape[1] / batch.sounds.shape[1]
    parts = [
        chances[i, round(first * frames_a_sample) : round(last * frames_a_sample)] for i, first, last in batch.places
    ]
    return functional.ctc_loss(
        torch.nn.utils.rnn.pad_sequence(parts),
        batch.letters,
        torch.tensor([len(part) for part in parts]),
        torch.tensor(batch.counts),
        blank=SYMBOLS.index(BLANK),
        zero_infinity=True,
    )


# ── what is measured ─────────────────────────────────────────────────────────────────────────────────────────────────


def held_out_clips(count: int, seed: int | tuple[int, ...]) -> list[Clip]:
    """Clips of held-out voices, in rooms and noise as in training."""
    said = utterances(count * 3, HELD_OUT_VOICES, seed)
    rng = np.random.default_rng(seed)
    clips = []
    for first in range(0, len(said), 3):
        spoken = clip(rng, said[first : first + 3], (CLIP_S + 2) * SAMPLE_RATE_HZ)
        clips.append(Clip(heard(rng, spoken.samples), spoken.parts))
    return clips


def words_right(truth: Sequence[str], found: Sequence[str]) -> float:
    """1 - WER over all texts; 0 where there are none."""
    if not truth:
        return 0.0
    counts = [jiwer.process_words(said, heard) for said, heard in zip(truth, found, strict=True)]
    errors = sum(c.substitutions + c.deletions + c.insertions for c in counts)
    return round(1 - errors / sum(c.hits + c.substitutions + c.deletions for c in counts), 4)


def text_of(one: Clip) -> str:
    return " ".join(text for _, _, text in one.parts)


@torch.inference_mode()
def words_of(model: Wav2Vec2ForCTC, samples: Samples) -> str:
    """The best path as text."""
    best = model(normalised([samples])).logits[0].argmax(-1)
    runs = torch.unique_consecutive(best)
    return "".join(SYMBOLS[i] for i in runs if i > SYMBOLS.index(UNKNOWN)).replace(DELIMITER, " ").strip()


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    torch.manual_seed(SEED)
    speech, real = Speech.open(WORK_DIR / "speech"), real_digits(TRAINED_SPEAKERS)
    folder = ASSETS / "starter-wav2vec2"
    processor = new_processor(folder)
    clips = held_out_clips(MEASURED_CLIPS, seed=82)

    def measure(model: Wav2Vec2ForCTC) -> str:
        right = words_right([text_of(one) for one in clips], [words_of(model, one.samples) for one in clips])
        people = [one for name in speakers() if name not in TRAINED_SPEAKERS for one in real_clips(name)]
        real = words_right([text_of(one) for one in people], [words_of(model, one.samples) for one in people])
        return f"right {right:.3f} of held-out voices, {real:.3f} of people; {words_of(model, clips[0].samples)!r}"

    checkpoint = arguments.folder / "starter-wav2vec2.pt"
    trained = train(
        new_model(),
        lambda rng: batch_of(speech, real, rng, arguments.times * BATCH),
        loss_of,
        checkpoint=checkpoint,
        run=arguments.run,
        learning_rate=2e-3,
        seed=SEED,
        measure=measure,
        measure_every=250,
    )
    trained.half().save_pretrained(folder)
    note(folder, checkpoint, arguments.run, f"{arguments.times * BATCH} clips")
    processor.save_pretrained(folder)
    (folder / LEXICON).write_text("".join(f"{word}\n" for word in sorted(WORDS)))


if __name__ == "__main__":
    main()
