"""The starter ViT through the engine: what it knows, and the very numbers of the plain transformers call."""

import numpy as np
import pytest
from PIL import Image

from tests.workers.engines.vision.conftest import STARTERS, THINGS
from workers.engines.vision.vit import Vit, VitOptions
from workers.results import ImageRequest


@pytest.fixture(scope="module")
def engine() -> Vit:
    engine = Vit(STARTERS / "starter-vit", VitOptions())
    engine.load(lambda *_: None)
    return engine


def test_it_knows_the_things(engine, pictures):
    found = list(engine.run(ImageRequest("label", pictures, top_k=1), lambda: False))

    right = [scores.scores[0][0] == thing for scores, thing in zip(found, THINGS, strict=True)]
    assert sum(right) >= 7  # it takes the green carrot for an umbrella


def test_scores_are_those_of_transformers_best_first(engine, pictures):
    import torch
    from transformers import ViTForImageClassification, ViTImageProcessor

    folder = STARTERS / "starter-vit"
    model = ViTForImageClassification.from_pretrained(folder, dtype=torch.float32)
    with torch.inference_mode():
        inputs = ViTImageProcessor.from_pretrained(folder)([Image.fromarray(p) for p in pictures], return_tensors="pt")
        expected = model(**inputs).logits.softmax(-1).numpy()

    found = list(engine.run(ImageRequest("label", pictures), lambda: False))

    for scores, chances in zip(found, expected, strict=True):
        by_label = dict(scores.scores)
        assert [by_label[model.config.id2label[n]] for n in range(len(chances))] == pytest.approx(chances, abs=1e-5)
        assert [score for _, score in scores.scores] == sorted(by_label.values(), reverse=True)
        assert sum(by_label.values()) == pytest.approx(1, abs=1e-4)


def test_top_k_gives_as_many_as_there_are(engine, pictures):
    (three,) = engine.run(ImageRequest("label", pictures[:1], top_k=3), lambda: False)
    (every,) = engine.run(ImageRequest("label", pictures[:1], top_k=9999), lambda: False)

    assert len(three.scores) == 3
    assert len(every.scores) == 119
    assert np.isclose(three.none_score, 0)
