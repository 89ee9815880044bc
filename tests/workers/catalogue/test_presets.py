"""Which way of drawing suits a model, a purpose and a machine."""

import shutil
from typing import get_args

import numpy as np
import pytest

from tests.workers.catalogue.test_catalogue import CPU, GPU_8, GPU_24
from workers.catalogue.catalogue import Catalogue
from workers.catalogue.entries import MachineClass
from workers.catalogue.presets import presets, presets_for
from workers.engines.sketch.layout import check_size
from workers.engines.sketch.schedulers import check_scheduler
from workers.pictures import picture_of
from workers.results import Lora

ALL = ("lcm-lora-sd15", "hyper-sd15-8steps", "taesd", "hyper-sdxl-8steps", "taesdxl")


@pytest.fixture
def models(tmp_path) -> Catalogue:
    models = Catalogue(tmp_path / "models")
    for model_id in ALL:
        (models.models_dir / model_id).mkdir(parents=True)
    return models


def test_the_table_names_what_there_is(models):
    ids = {entry.id for entry in models.entries()}
    families = {entry.family for entry in models.entries("sketch")} | {"width-128", ""}

    assert len({preset.id for preset in presets()}) == len(presets())
    for preset in presets():
        check_scheduler(preset.scheduler)
        check_size(preset.width, preset.height)
        assert set(preset.loras) <= ids
        assert preset.family in families


@pytest.mark.parametrize("purpose", ["live", "final"])
@pytest.mark.parametrize("kind", get_args(MachineClass))
def test_every_machine_has_a_way_to_draw_with_anything(purpose, kind, models):
    assert any(
        preset.purpose == purpose and preset.family == "" and kind in preset.proposed_for for preset in presets()
    )


@pytest.mark.parametrize(
    ("model", "purpose", "machine", "preset"),
    [
        ("stable-diffusion-v1-5", "live", CPU, "sd15-live-cpu"),
        ("stable-diffusion-v1-5", "live", GPU_8, "sd15-live"),
        ("dreamshaper-8", "final", GPU_8, "sd15-final"),
        ("stable-diffusion-v1-5", "final", CPU, "sd15-final-cpu"),
        ("stable-diffusion-xl", "final", GPU_24, "sdxl-final"),
        ("stable-diffusion-xl", "live", GPU_24, "sdxl-live"),
    ],
)
def test_the_first_suits_the_machine(model, purpose, machine, preset, models):
    assert presets_for(models, model, purpose, machine)[0].id == preset


@pytest.mark.parametrize(
    ("absent", "purpose", "preset"),
    [
        ("lcm-lora-sd15", "live", "any-live"),
        ("taesd", "live", "any-live"),
        ("hyper-sd15-8steps", "final", "sd15-final-plain"),
    ],
)
def test_what_lacks_a_model_is_left_out(absent, purpose, preset, models):
    shutil.rmtree(models.models_dir / absent)

    assert presets_for(models, "stable-diffusion-v1-5", purpose, GPU_8)[0].id == preset


def test_a_preset_makes_a_request_and_its_controls(models):
    preset = presets_for(models, "stable-diffusion-v1-5", "final", GPU_8)[0]
    drawn = picture_of(np.zeros((4, 4, 3), np.uint8))

    control = preset.control("scribble", drawn, "controlnet-scribble-sd15")
    request = preset.request("stable-diffusion-v1-5", "a boat", controls=(control,))

    assert (request.prompt, request.model, request.num_inference_steps) == ("a boat", "stable-diffusion-v1-5", 8)
    assert request.loras == (Lora("hyper-sd15-8steps"),)
    assert (control.end, control.conditioning_scale) == (0.8, 1.0)


@pytest.mark.parametrize(
    ("drawing", "picture"),
    [
        ((512, 512), (512, 512)),
        ((333, 333), (512, 512)),
        ((512, 768), (416, 624)),
        ((3000, 2000), (624, 416)),
        ((10, 4000), (256, 1024)),  # fitted in
    ],
)
def test_picture_has_the_shape_of_the_drawing_and_as_many_pixels_as_suit(drawing, picture):
    (preset,) = (preset for preset in presets() if preset.id == "any-final")

    assert preset.size_for(*drawing) == picture
