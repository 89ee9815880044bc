"""The engine draws the very pixels that diffusers' pipelines draw with the same settings."""

import numpy as np
import pytest
import torch
from diffusers import (
    AutoencoderTiny,
    ControlNetModel,
    ControlNetUnionModel,
    StableDiffusionControlNetImg2ImgPipeline,
    StableDiffusionControlNetInpaintPipeline,
    StableDiffusionControlNetPipeline,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionXLControlNetPipeline,
    StableDiffusionXLControlNetUnionPipeline,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLPipeline,
)
from PIL import Image

from tests.workers.engines.sketch.conftest import COLOURS, SIZE_PX, boat, control, sketch
from workers.engines.packed import pack_convolutions
from workers.engines.sketch.schedulers import SCHEDULERS, make_scheduler
from workers.pictures import frame_of, picture_of
from workers.results import TINY_VAE, Control, Lora

WHITE_ON_BLACK = Image.eval(boat(), lambda value: 255 - value)
PLAIN = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}


def plain(kind, base, scheduler="", **more):
    """A pipeline of diffusers with the weights of an engine."""
    parts = {name: part for name, part in base.pipeline.components.items() if name not in ("scheduler", *PLAIN)}
    parts = {name: part for name, part in parts.items() if name != "image_encoder"}
    if base.is_xl:
        more["add_watermarker"] = False
    else:
        more |= PLAIN
    pipeline = kind(**parts, scheduler=make_scheduler(scheduler, base.pipeline.scheduler, 4), **more)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def drawn(pipeline, request, **more):
    options = {"prompt": request.prompt, "num_inference_steps": request.num_inference_steps}
    options |= {"guidance_scale": request.guidance_scale, "generator": torch.Generator().manual_seed(request.seed)}
    return np.asarray(pipeline(**options, **more).images[0])


def net(model_folder, name, kind=ControlNetModel):
    """A ControlNet that rounds as that of the engine does."""
    loaded = kind.from_pretrained(model_folder(name))
    pack_convolutions(loaded)
    return loaded


@pytest.mark.parametrize("scheduler", ["", *SCHEDULERS])
def test_with_a_control_and_any_scheduler(scheduler, draws, model_folder):
    one = draws()
    request = sketch(controls=(control(end=0.5),), scheduler=scheduler, negative_prompt="a cat", num_inference_steps=6)

    image = one.draw(request)

    pipeline = plain(StableDiffusionControlNetPipeline, one.base, scheduler, controlnet=net(model_folder, "scribble"))
    expected = drawn(pipeline, request, image=WHITE_ON_BLACK, control_guidance_end=0.5, negative_prompt="a cat")
    np.testing.assert_array_equal(image.pixels, expected)


@pytest.mark.parametrize("guidance_scale", [1.0, 7.5])
@pytest.mark.parametrize("name", ["sd15", "sd15-v"])
def test_with_two_controls(name, guidance_scale, draws, model_folder):
    one = draws(name)
    controls = (control(conditioning_scale=0.7), control("canny", image=COLOURS, conditioning_scale=0.4, start=0.25))
    request = sketch(controls=controls, guidance_scale=guidance_scale)

    image = one.draw(request)

    nets = [net(model_folder, "scribble"), net(model_folder, "canny")]
    shown = [Image.fromarray(frame_of(COLOURS)), WHITE_ON_BLACK][::-1]
    expected = drawn(
        plain(StableDiffusionControlNetPipeline, one.base, controlnet=nets), request, image=shown,
        controlnet_conditioning_scale=[0.7, 0.4], control_guidance_start=[0.0, 0.25], control_guidance_end=[1.0, 1.0],
    )  # fmt: skip
    np.testing.assert_array_equal(image.pixels, expected)


@pytest.mark.parametrize("scheduler", ["", "euler-a", "dpmpp-2m-karras", "heun", "lcm"])
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_from_a_picture(strength, scheduler, draws):
    one = draws()
    request = sketch(init_image=COLOURS, strength=strength, scheduler=scheduler)

    image = one.draw(request)

    pipeline = plain(StableDiffusionImg2ImgPipeline, one.base, scheduler)
    expected = drawn(pipeline, request, image=Image.fromarray(frame_of(COLOURS)), strength=strength)
    np.testing.assert_array_equal(image.pixels, expected)


def test_from_a_picture_with_a_control(draws, model_folder):
    one = draws()
    request = sketch(init_image=COLOURS, strength=0.75, controls=(control(),))

    image = one.draw(request)

    pipeline = plain(StableDiffusionControlNetImg2ImgPipeline, one.base, controlnet=net(model_folder, "scribble"))
    expected = drawn(
        pipeline, request, image=Image.fromarray(frame_of(COLOURS)), control_image=WHITE_ON_BLACK, strength=0.75,
        controlnet_conditioning_scale=1.0,
    )  # fmt: skip
    np.testing.assert_array_equal(image.pixels, expected)


def part() -> np.ndarray:
    """A mask."""
    mask = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    mask[16:48, 8:40] = 255
    return mask


@pytest.mark.parametrize("strength", [0.75, 1.0])
def test_a_part_made_anew_with_a_control(strength, draws, model_folder):
    one, mask = draws(), part()
    request = sketch(init_image=COLOURS, strength=strength, mask_image=picture_of(mask), controls=(control(),))

    image = one.draw(request)

    pipeline = plain(StableDiffusionControlNetInpaintPipeline, one.base, controlnet=net(model_folder, "scribble"))
    expected = drawn(
        pipeline, request, image=Image.fromarray(frame_of(COLOURS)), mask_image=Image.fromarray(mask),
        control_image=WHITE_ON_BLACK, strength=strength, controlnet_conditioning_scale=1.0,
    )  # fmt: skip
    np.testing.assert_array_equal(image.pixels[mask > 0], expected[mask > 0])
    np.testing.assert_array_equal(image.pixels[mask == 0], frame_of(COLOURS)[mask == 0])


@pytest.mark.parametrize("negative", ["", "a cat"])
def test_an_xl_with_a_control(negative, draws, model_folder):
    one = draws("sdxl")
    request = sketch(controls=(control(model="scribble-sdxl"),), negative_prompt=negative)

    image = one.draw(request)

    pipeline = plain(StableDiffusionXLControlNetPipeline, one.base, controlnet=net(model_folder, "scribble-sdxl"))
    expected = drawn(
        pipeline, request, image=WHITE_ON_BLACK, negative_prompt=negative or None, controlnet_conditioning_scale=1.0
    )
    np.testing.assert_array_equal(image.pixels, expected)


def test_an_xl_with_one_controlnet_for_several_kinds(draws, model_folder):
    one = draws("sdxl")
    shown = [WHITE_ON_BLACK, Image.fromarray(frame_of(COLOURS))]
    controls = (
        control(model="union", conditioning_scale=0.8),
        Control("depth", COLOURS, "union", conditioning_scale=0.5),
    )
    request = sketch(controls=controls)

    image = one.draw(request)

    pipeline = plain(
        StableDiffusionXLControlNetUnionPipeline, one.base, controlnet=net(model_folder, "union", ControlNetUnionModel)
    )
    expected = drawn(
        pipeline, request, control_image=shown, control_mode=[2, 1], controlnet_conditioning_scale=[0.8, 0.5],
        height=SIZE_PX, width=SIZE_PX,
    )  # fmt: skip
    np.testing.assert_array_equal(image.pixels, expected)
    assert image.n_controlnet_calls == 4  # once a step for both


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_an_xl_from_a_picture(strength, draws):
    one = draws("sdxl")
    request = sketch(init_image=COLOURS, strength=strength)

    image = one.draw(request)

    pipeline = plain(StableDiffusionXLImg2ImgPipeline, one.base)
    expected = drawn(pipeline, request, image=Image.fromarray(frame_of(COLOURS)), strength=strength)
    np.testing.assert_array_equal(image.pixels, expected)


@pytest.mark.parametrize("strength", [0.75, 1.0])
def test_an_xl_makes_a_part_anew(strength, draws):
    one, mask = draws("sdxl"), part()
    request = sketch(init_image=COLOURS, strength=strength, mask_image=picture_of(mask))

    image = one.draw(request)

    expected = drawn(
        plain(StableDiffusionXLInpaintPipeline, one.base), request, image=Image.fromarray(frame_of(COLOURS)),
        mask_image=Image.fromarray(mask), strength=strength, height=SIZE_PX, width=SIZE_PX,
    )  # fmt: skip
    np.testing.assert_array_equal(image.pixels[mask > 0], expected[mask > 0])
    np.testing.assert_array_equal(image.pixels[mask == 0], frame_of(COLOURS)[mask == 0])


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_with_a_small_autoencoder(name, draws, model_folder):
    one = draws(name)
    request = sketch(vae="tiny", init_image=COLOURS, strength=0.75)

    image = one.draw(request)

    kind = StableDiffusionXLImg2ImgPipeline if name == "sdxl" else StableDiffusionImg2ImgPipeline
    pipeline = plain(kind, one.base)
    pipeline.vae = AutoencoderTiny.from_pretrained(model_folder(TINY_VAE))
    pack_convolutions(pipeline.vae)
    expected = drawn(pipeline, request, image=Image.fromarray(frame_of(COLOURS)), strength=0.75)
    np.testing.assert_array_equal(image.pixels, expected)


@pytest.mark.parametrize("kind", ["depth", "pose", "seg"])
def test_with_depth_a_pose_or_areas(kind, draws, model_folder):
    """A map of another size: only the colours of areas are not mixed."""
    one = draws()
    colours = np.array([(0, 0, 0), (120, 120, 120), (6, 230, 230), (180, 120, 120)], np.uint8)
    areas = np.random.default_rng(0).choice(colours, (24, 24))
    net_name = "pose" if kind == "pose" else "depth"
    request = sketch(controls=(Control(kind, picture_of(areas), net_name, conditioning_scale=0.8),))

    image = one.draw(request)

    way = Image.Resampling.NEAREST if kind == "seg" else Image.Resampling.LANCZOS
    shown = Image.fromarray(areas).resize((SIZE_PX, SIZE_PX), way, reducing_gap=3.0)
    assert kind != "seg" or len(np.unique(np.asarray(shown).reshape(-1, 3), axis=0)) == 4
    pipeline = plain(StableDiffusionControlNetPipeline, one.base, controlnet=net(model_folder, net_name))
    expected = drawn(pipeline, request, image=shown, controlnet_conditioning_scale=0.8)
    np.testing.assert_array_equal(image.pixels, expected)


def test_an_xl_with_a_lora(draws, model_folder):
    from workers.engines.sketch.stable_diffusion import StableDiffusion, StableDiffusionOptions

    one = draws("sdxl")
    request = sketch()
    before = one.draw(request)

    image = one.draw(sketch(loras=(Lora("lora-sdxl", 0.6),)))

    other = StableDiffusion(model_folder("sdxl"), StableDiffusionOptions())
    other.load(lambda *_: None)
    pipeline = plain(StableDiffusionXLPipeline, other._loaded)
    pipeline.load_lora_weights(
        model_folder("lora-sdxl"), weight_name="pytorch_lora_weights.safetensors", adapter_name="one"
    )
    pipeline.set_adapters(["one"], [0.6])
    expected = drawn(pipeline, request, height=SIZE_PX, width=SIZE_PX)
    np.testing.assert_array_equal(image.pixels, expected)
    assert (image.pixels != before.pixels).mean() > 0.5


@pytest.mark.parametrize("name", ["lora", "lora-kohya"])
def test_with_a_lora(name, draws, fresh, model_folder):
    one = draws()
    before = one.draw(sketch())

    image = one.draw(sketch(loras=(Lora(name, 0.6),)))

    pipeline = plain(StableDiffusionControlNetPipeline, fresh.base, controlnet=net(model_folder, "scribble"))
    pipeline.load_lora_weights(model_folder(name), weight_name="pytorch_lora_weights.safetensors", adapter_name="one")
    pipeline.set_adapters(["one"], [0.6])
    expected = drawn(pipeline, sketch(), image=WHITE_ON_BLACK, controlnet_conditioning_scale=0.0)
    np.testing.assert_array_equal(image.pixels, expected)
    assert (image.pixels != before.pixels).mean() > 0.5
