import json
from copy import deepcopy

import pytest

from tools.starter import card
from tools.starter.training import TRAINING

TRAINED = {"device": "a processor", "steps": 1500, "batch": "64 scenes", "minutes": 47}
MEASURED = json.loads(card.MEASURED.read_text())["models"]


def card_of(model_id, measured=None, training=None):
    return card.card(
        model_id, measured or MEASURED[model_id], training or TRAINED, parameters=1_000_000, size_bytes=2_000_000
    )


@pytest.mark.parametrize("model_id", list(card.CARDS))
def test_the_card_beside_each_model_tells_of_these_weights(model_id):
    folder = card.ASSETS / model_id
    shipped = (folder / "README.md").read_text()
    made = card_of(model_id, training=json.loads((folder / TRAINING).read_text()))

    def without_size(text):
        return [line for line in text.splitlines() if " parameters, " not in line]

    assert without_size(shipped) == without_size(made)


def test_a_card_says_how_its_weights_were_trained_and_no_others():
    text = card_of("starter-vit")

    assert "These weights were trained on a processor for 1,500 steps of 64 scenes, in 47 minutes.\n" in text
    assert "longer schedule" not in text


def test_what_falls_short_is_marked():
    measured = deepcopy(MEASURED["starter-clip"])
    measured["recall_at_1"] = 0.5

    assert [row[1:] for row in card.misses("starter-clip", measured)] == [(0.5, 0.80)]
    assert "| 50.0% (missed) | 80% |" in card_of("starter-clip", measured)
    assert card_of("starter-clip", measured).count("(missed)") == 1
    assert "(missed)" not in card_of("starter-clip")


@pytest.mark.parametrize(("model_id", "library"), [("starter-llava", "transformers"), ("starter-sd", "diffusers")])
def test_a_card_names_the_library_that_loads_the_model(model_id, library):
    assert f"library_name: {library}\n" in card_of(model_id)
