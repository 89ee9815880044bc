"""Tiny models of the real classes, and real Whisper weights converted once a session."""

import json
from pathlib import Path

import numpy as np
import pytest

from workers.catalogue.catalogue import Catalogue
from workers.results import SAMPLE_RATE_HZ, Samples

TONES_HZ = {"A": 500.0, "B": 1000.0, "C": 2000.0, "|": 250.0}  # the hum of 250 Hz stands for the space
LETTER_S, REST_S = 0.16, 0.08
FRAME = 320  # samples
VOCABULARY = {"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3, "|": 4, "A": 5, "B": 6, "C": 7}
TINY = {
    "vocab_size": len(VOCABULARY), "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
    "intermediate_size": 64, "conv_dim": (16,) * 7, "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2,
    "hidden_dropout": 0.0, "attention_dropout": 0.0, "activation_dropout": 0.0, "feat_proj_dropout": 0.0,
    "final_dropout": 0.0, "layerdrop": 0.0, "apply_spec_augment": False, "feat_extract_norm": "layer",
    "do_stable_layer_norm": True, "conv_bias": True, "classifier_proj_size": 16,
}  # fmt: skip
EXTRACTOR = {"feature_extractor_type": "Wav2Vec2FeatureExtractor", "do_normalize": True, "sampling_rate": 16_000}


def spell(text: str) -> tuple[Samples, list[int]]:
    """The tones that spell `text`, each followed by a rest, and the symbol of each 20 ms frame."""
    time_s = np.arange(int(LETTER_S * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    rest = np.zeros(int(REST_S * SAMPLE_RATE_HZ))
    parts = [rest, *(part for letter in text for part in (0.3 * np.sin(2 * np.pi * TONES_HZ[letter] * time_s), rest))]
    n_rest, n_letter = len(rest) // FRAME, len(time_s) // FRAME
    frames = [0] * n_rest + [frame for c in text for frame in [VOCABULARY[c]] * n_letter + [0] * n_rest]
    return np.concatenate(parts).astype(np.float32), frames


@pytest.fixture(scope="session")
def tone_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Wav2Vec2ForCTC that has just learned to read the tones of `spell`."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

    torch.set_num_threads(1)  # threads that wait for one another by spinning are slow on a busy machine
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    model = Wav2Vec2ForCTC(Wav2Vec2Config(**TINY)).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(50):
        spelt = [spell("".join(random.choice(list(TONES_HZ), 6))) for _ in range(4)]
        sounds = torch.tensor(np.stack([(sound - sound.mean()) / sound.std() for sound, _ in spelt]))
        sounds = sounds * torch.tensor(random.uniform(0.8, 1.2, (4, 1)), dtype=torch.float32)
        logits = model(sounds).logits  # (4, frames, symbols)
        targets = torch.tensor([frames[: logits.shape[1]] for _, frames in spelt])
        loss = torch.nn.functional.cross_entropy(logits.permute(0, 2, 1), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    folder = tmp_path_factory.mktemp("models") / "tone-reader"
    model.save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps(VOCABULARY))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "Wav2Vec2CTCTokenizer"}))
    (folder / "preprocessor_config.json").write_text(json.dumps(EXTRACTOR))
    return folder


def save_emotion_model(folder: Path) -> Path:
    """A Wav2Vec2ForSequenceClassification to which everything sounds happy: 64 % happy, 24 % neutral, 9 %, 3 %."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2ForSequenceClassification

    torch.set_num_threads(1)
    labels = ["neu", "hap", "ang", "bored"]
    model = Wav2Vec2ForSequenceClassification(Wav2Vec2Config(**TINY, id2label=dict(enumerate(labels))))
    model.classifier.weight.data.zero_()
    model.classifier.bias.data = torch.tensor([1.0, 2.0, 0.0, -1.0])
    model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(EXTRACTOR))
    return folder


@pytest.fixture(scope="session")
def converted_tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real Whisper tiny.en, converted for transformers."""
    return Catalogue(tmp_path_factory.mktemp("models")).convert("whisper-tiny.en", lambda *_: None)
