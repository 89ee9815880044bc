"""The starter CLIP and a tiny SigLIP through the engine, against the plain transformers calls."""

import numpy as np
import pytest
from PIL import Image

from tests.workers.engines.vision.conftest import STARTERS, THINGS
from workers.cancel import never
from workers.engines.vision.clip import Clip, ClipOptions, backgrounds_for
from workers.errors import Cancelled, ModelBroken, SourceError, UsageError
from workers.results import ImageRequest

LABELS = tuple(f"a {thing}" for thing in THINGS)


def loaded(folder) -> Clip:
    engine = Clip(folder, ClipOptions())
    engine.load(lambda *_: None)
    return engine


@pytest.fixture(scope="module")
def engine() -> Clip:
    return loaded(STARTERS / "starter-clip")


@pytest.fixture
def siglip(model_folder) -> Clip:
    return loaded(model_folder("tiny-siglip"))


def plain_logits(folder, pictures, texts, **length):
    """logits_per_image of transformers' own joint call."""
    import torch
    from transformers import AutoModel, AutoProcessor

    model, processor = AutoModel.from_pretrained(folder, dtype=torch.float32), AutoProcessor.from_pretrained(folder)
    images = [Image.fromarray(picture) for picture in pictures]
    with torch.inference_mode():
        return model(**processor(text=list(texts), images=images, return_tensors="pt", **length)).logits_per_image


def test_every_thing_gets_its_own_label(engine, pictures):
    found = engine.run(ImageRequest("label", pictures, LABELS), never)

    assert [scores.scores[0][0] for scores in found] == list(LABELS)


def test_scores_are_those_of_transformers(engine, pictures):
    expected = plain_logits(STARTERS / "starter-clip", pictures, LABELS, padding=True).softmax(-1).numpy()

    found = engine.run(ImageRequest("label", pictures, LABELS), never)

    for scores, chances in zip(found, expected, strict=True):
        assert [dict(scores.scores)[label] for label in LABELS] == pytest.approx(chances, abs=1e-4)


def test_scores_of_siglip_are_sigmoids_as_in_transformers(siglip, model_folder, pictures):
    length = {"padding": "max_length", "max_length": 64}
    expected = plain_logits(model_folder("tiny-siglip"), pictures, LABELS, **length).sigmoid().numpy()

    found = siglip.run(ImageRequest("label", pictures, LABELS), never)

    for scores, chances in zip(found, expected, strict=True):
        assert [dict(scores.scores)[label] for label in LABELS] == pytest.approx(chances, abs=1e-4)


def test_a_background_wins_where_no_label_fits(engine, pictures):
    backgrounds = tuple(label for label in LABELS if label != "a boat")
    asked = ImageRequest("label", pictures, ("a boat",), backgrounds)

    found = dict(zip(THINGS, engine.run(asked, never), strict=True))

    for thing, scores in found.items():
        assert (scores.none_score > scores.scores[0][1]) == (thing != "boat")
        assert scores.none_score + scores.scores[0][1] == pytest.approx(1, abs=1e-4)


def test_what_is_asked_for_is_no_background():
    assert "a person" in backgrounds_for(["a cat", "some bread"])
    assert all("a person" not in backgrounds_for([label]) for label in ("somebody at the door", "my son", "Two men."))
    assert backgrounds_for(["Person with a hat", "the sky"]) == ("a wall", "a room", "a table", "a street", "a texture")


def test_backgrounds_of_siglip_are_judged_by_themselves(siglip, pictures):
    asked = ImageRequest("label", pictures[:1], LABELS[:1], LABELS[1:])
    (every,) = siglip.run(ImageRequest("label", pictures[:1], LABELS), never)

    (scores,) = siglip.run(asked, never)

    assert scores.none_score == pytest.approx(max(score for label, score in every.scores if label != LABELS[0]))


def test_templates_are_averaged(engine, pictures):
    templates = ("a photo of {}", "a picture of {}")
    asked = ImageRequest("label", pictures[:1], LABELS, prompt_templates=templates)
    texts = tuple(template.replace("{}", label) for label in LABELS for template in templates)
    (told,) = engine.run(ImageRequest("embed", texts=texts), never)
    (seen,) = engine.run(ImageRequest("embed", pictures[:1]), never)
    means = told.vectors.reshape(len(LABELS), 2, -1).mean(1)
    expected = seen.vectors[0] @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T

    (scores,) = engine.run(asked, never)

    assert [label for label, _ in scores.scores] == [LABELS[n] for n in np.argsort(-expected)]


def test_the_text_tower_runs_once_for_a_set_of_labels(engine, pictures, monkeypatch):
    asked = ImageRequest("label", pictures[:1], ("a cat", "a bus"))
    first = list(engine.run(asked, never))
    monkeypatch.setattr(engine._model, "get_text_features", None)  # calling it again would raise TypeError

    assert list(engine.run(asked, never)) == first


def test_pictures_and_texts_lie_together(engine, pictures):
    (seen,) = engine.run(ImageRequest("embed", pictures), never)
    (told,) = engine.run(ImageRequest("embed", texts=LABELS), never)

    assert seen.vectors.dtype == np.float32
    assert np.linalg.norm(seen.vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert (seen.vectors @ told.vectors.T).argmax(1).tolist() == list(range(len(THINGS)))


def test_five_hundred_labels_and_strange_letters(engine, pictures):
    labels = (*(f"thing number {number}" for number in range(498)), "🐸", "青蛙")

    (scores,) = engine.run(ImageRequest("label", pictures[:1], labels, top_k=5), never)

    assert len(scores.scores) == 5


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        ({"candidate_labels": ()}, UsageError, "no label"),
        ({"candidate_labels": ("a cat", " ")}, UsageError, "A label is empty"),
        ({"candidate_labels": ("a cat",), "prompt_templates": ("a photo",)}, UsageError, r"as in 'a photo of \{\}'"),
        ({"candidate_labels": ("cat " * 2500,)}, SourceError, "has 2502 tokens, and the model reads 48"),
    ],
)
def test_what_cannot_be_asked_is_told(engine, pictures, wrong, error, sentence):
    with pytest.raises(error, match=sentence):
        list(engine.run(ImageRequest("label", pictures[:1], **wrong), never))


def test_cancelling_stops_between_lots(engine, pictures):
    next(engine.run(ImageRequest("label", pictures, LABELS), never))  # from here on the labels are known
    results = engine.run(ImageRequest("label", pictures * 4, LABELS), iter([False, True]).__next__)

    assert len([next(results) for _ in range(16)]) == 16
    with pytest.raises(Cancelled):
        next(results)


def test_a_model_of_another_kind_is_refused():
    with pytest.raises(ModelBroken, match=r"starter-vit' is neither a CLIP nor a SigLIP"):
        loaded(STARTERS / "starter-vit")
