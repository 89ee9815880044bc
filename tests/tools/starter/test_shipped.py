"""The models of assets/starter know held-out scenes. How well is measured in benchmarks/starter.py."""

import shutil

import numpy as np
import pytest
import torch

from benchmarks import starter
from tests.tools.starter.conftest import needs_font

SCENES = 100
MOST_BYTES = 6_000_000
MOST_BYTES_OF_SD = 17_000_000  # with its text encoder and autoencoder

pytestmark = needs_font


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def folder(request):
    return starter.ASSETS / request.param


@pytest.mark.parametrize("folder", ["starter-vit"], indirect=True)
def test_vit_knows_things(folder):
    found = starter.vit(folder, SCENES)

    assert found["top_1"] > 0.8
    assert found["shuffled"]["top_1"] < 0.1


@pytest.mark.parametrize("folder", ["starter-clip"], indirect=True)
def test_clip_knows_names_and_finds_scenes(folder, monkeypatch):
    monkeypatch.setattr(starter, "RETRIEVED", SCENES)

    found = starter.clip(folder, SCENES)

    assert found["zero_shot_top_1"] > 0.8
    assert found["recall_at_1"] > 0.7
    assert max(found["shuffled"].values()) < 0.1


@pytest.mark.parametrize("folder", ["starter-blip-vqa"], indirect=True)
def test_blip_answers_questions(folder):
    found = starter.blip_vqa(folder, SCENES)

    assert found["exact_match"]["all"] > 0.65
    assert found["shuffled"]["exact_match"]["all"] < found["exact_match"]["all"] - 0.25


@pytest.mark.parametrize("folder", ["starter-blip-caption"], indirect=True)
def test_blip_captions_name_what_is_there(folder):
    found = starter.blip_caption(folder, SCENES)

    assert found["object_f1"] > 0.85
    assert found["colours_right"] > 0.85
    assert found["shuffled"]["object_f1"] < 0.15


@pytest.mark.parametrize("folder", ["starter-llava"], indirect=True)
def test_llava_answers_in_sentences_and_remembers(folder):
    found = starter.llava(folder, SCENES)

    assert found["right"]["all"] > 0.85
    assert found["right"]["second turn"] > 0.85
    assert found["shuffled"]["right"]["all"] < found["right"]["all"] - 0.25
    assert found["shuffled"]["described"]["object_f1"] < 0.15


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed (make starter does)")
@pytest.mark.parametrize("folder", ["starter-wav2vec2"], indirect=True)
def test_wav2vec2_writes_what_voices_say_and_when(folder):
    found = starter.wav2vec2(folder, SCENES)

    assert found["right"] > 0.85
    assert found["times_right"] > 0.8
    assert found["shuffled"]["right"] < 0.2


@pytest.mark.parametrize("folder", list(starter.MEASURES), indirect=True)
def test_a_shipped_model_is_small_half_precision_and_has_its_card(folder):
    from safetensors.torch import load_file

    files = list(folder.rglob("*.safetensors"))
    weights = [weight for file in files for weight in load_file(file).values()]

    most_bytes = MOST_BYTES_OF_SD if folder.name == "starter-sd" else MOST_BYTES
    assert sum(file.stat().st_size for file in files) < most_bytes
    assert {weight.dtype for weight in weights if weight.is_floating_point()} == {torch.float16}
    assert all(np.isfinite(weight.float().numpy()).all() for weight in weights)
    assert "## Data and licence" in (folder / "README.md").read_text()
