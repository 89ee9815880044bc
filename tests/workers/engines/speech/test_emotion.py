"""The engine on a tiny model of the real class, whose classifier is set by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

from tests.workers.engines.speech.conftest import save_emotion_model
from workers.engines.speech.emotion import Emotion, EmotionOptions
from workers.errors import Cancelled, ModelBroken
from workers.results import EmotionScores, SpeechRequest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_emotion_model(tmp_path_factory.mktemp("models") / "emotion")


@pytest.fixture(scope="module")
def engine(folder: Path) -> Emotion:
    engine = Emotion(folder, EmotionOptions())
    engine.load(lambda *_: None)
    return engine


@pytest.mark.parametrize("n_samples", [0, 16_000])
def test_scores_are_probabilities_in_plain_words_best_first(engine: Emotion, n_samples: int):
    sound = np.random.default_rng(0).normal(0, 0.1, n_samples).astype(np.float32)

    (result,) = engine.run(SpeechRequest(sound), lambda: False)

    assert isinstance(result, EmotionScores)
    assert [label for label, _ in result.scores] == ["happy", "neutral", "angry", "bored"]
    total = sum(math.exp(bias) for bias in (2, 1, 0, -1))
    assert [score for _, score in result.scores] == pytest.approx(
        [math.exp(b) / total for b in (2, 1, 0, -1)], rel=1e-5
    )


def test_a_cancelled_request_gives_nothing(engine: Emotion):
    with pytest.raises(Cancelled):
        list(engine.run(SpeechRequest(np.zeros(16_000, np.float32)), lambda: True))


def test_a_model_of_another_kind_is_broken(tone_reader: Path):
    with pytest.raises(ModelBroken, match="weights are missing"):
        Emotion(tone_reader, EmotionOptions()).load(lambda *_: None)
