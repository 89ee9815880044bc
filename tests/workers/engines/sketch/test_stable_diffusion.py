"""What is drawn and how much work it takes, with tiny models of the real classes."""

import gc
import math
import sys
import time
import weakref
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.workers.engines.sketch.conftest import COLOURS, FACTOR, SIZE_PX, SKETCH, boat, control, sketch
from workers.engines.sketch import decoding, stable_diffusion
from workers.engines.sketch.companions import CONTROLNETS_KEPT
from workers.engines.sketch.denoising import Denoising
from workers.engines.sketch.stable_diffusion import StableDiffusion, StableDiffusionOptions
from workers.errors import AppError, Cancelled, EngineError, ModelBroken, ModelMissing, OutOfMemory, UsageError
from workers.pictures import frame_of, picture_of
from workers.results import TINY_VAE, ControlMap, ControlRequest, GeneratedImage, Lora, Notice, Progress, StepPreview


class After:
    """Cancelled from the `count`-th time on that it is asked."""

    def __init__(self, count: int) -> None:
        self.left = count

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


# ── how much work ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "n_unet", "n_control"),
    [
        ({}, 4, 0),
        ({"controls": (control(),)}, 4, 4),
        ({"controls": (control(end=0.5),)}, 4, 2),
        ({"controls": (control(start=0.25, end=0.75),)}, 4, 2),
        ({"controls": (control(conditioning_scale=0.0),)}, 4, 0),
        ({"controls": (control(), control("canny", end=0.25))}, 4, 5),
        ({"controls": (control(end=0.9),), "num_inference_steps": 1}, 1, 1),
        ({"controls": (control(end=0.1),), "num_inference_steps": 2}, 2, 1),
        ({"init_image": COLOURS, "strength": 0.5, "controls": (control(),)}, 2, 2),
        ({"init_image": COLOURS, "strength": 0.01}, 1, 0),
        ({"scheduler": "heun"}, 7, 0),
        ({"guidance_scale": 1.0}, 4, 0),
    ],
)
def test_networks_run_as_often_as_needed_and_no_more(options, n_unet, n_control, fresh):
    request = sketch(**options)
    fresh.draw(request)  # what it needs is loaded
    runs = {"UNet2DConditionModel": 0, "ControlNetModel": 0}
    batches = set()

    def count(module, arguments, result):
        runs[type(module).__name__] += 1
        batches.add(len(arguments[0]))

    hooks = [
        net.register_forward_hook(count) for net in (fresh.base.unet, *fresh.engine._companions.every_controlnet())
    ]
    image = fresh.draw(request)
    for hook in hooks:
        hook.remove()

    assert (image.n_unet_calls, image.n_controlnet_calls) == (n_unet, n_control)
    assert runs == {"UNet2DConditionModel": n_unet, "ControlNetModel": n_control}
    assert batches == {2 if request.guidance_scale > 1 else 1}


def test_words_and_pictures_are_read_once(fresh):
    request = sketch(controls=(control(),), init_image=COLOURS, negative_prompt="a cat")
    first = fresh.draw(request)
    runs = []
    for network in (*fresh.base.encoders, fresh.base.vae.encoder):
        network.register_forward_hook(lambda *_: runs.append(1))

    again = fresh.draw(request)
    fresh.draw(replace(request, seed=8, strength=0.5))

    assert runs == []
    np.testing.assert_array_equal(again.pixels, first.pixels)
    fresh.draw(replace(request, prompt="a frog"))
    assert len(runs) == 1


def test_a_controlnet_looks_once_at_what_it_is_shown(fresh):
    request = sketch(controls=(control(),))
    fresh.draw(request)
    looked = []
    (net,) = fresh.engine._companions.every_controlnet()
    net.controlnet_cond_embedding.conv_in.register_forward_hook(lambda *_: looked.append(1))

    fresh.draw(replace(request, seed=1))
    assert looked == []
    other = fresh.draw(sketch(controls=(control(image=COLOURS),)))
    again = fresh.draw(request)

    assert looked == [1]
    assert again.pixels.tobytes() != other.pixels.tobytes()


# ── the same request, the same bytes ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheduler", ["", "euler-a", "unipc"])
def test_the_same_request_gives_the_same_bytes_whatever_came_between(scheduler, draws):
    one = draws()
    request = sketch(controls=(control(),), init_image=COLOURS, scheduler=scheduler)
    first = one.draw(request)

    one.draw(sketch(prompt="a frog", loras=(Lora("lora"),), seed=1, scheduler="lcm"))
    with pytest.raises(Cancelled):
        one.results(request, After(9))
    again = one.draw(replace(request, has_previews=True))

    assert first.pixels.tobytes() == again.pixels.tobytes()


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a frog"},
        {"negative_prompt": "a frog"},
        {"seed": 8},
        {"num_inference_steps": 5},
        {"guidance_scale": 4.0},
        {"scheduler": "dpmpp-2m"},
        {"controls": ()},
        {"controls": (control(conditioning_scale=0.5),)},
        {"controls": (control(image=COLOURS),)},
        {"controls": (control(end=0.5),)},
        {"init_image": COLOURS},
        {"loras": (Lora("lora"),)},
        {"vae": "tiny"},
        {"width": 72},
    ],
)
def test_everything_in_a_request_makes_a_difference(change, draws):
    one = draws()
    request = sketch(controls=(control(),))

    image, other = one.draw(request), one.draw(replace(request, **change))

    assert image.pixels.shape != other.pixels.shape or (image.pixels != other.pixels).mean() > 0.1


def test_a_picture_says_what_made_it(draws):
    request = sketch(seed=99, controls=(control(),))

    image = draws().draw(request)

    assert image.request == request
    assert image.seconds > 0
    assert image.pixels.shape == (SIZE_PX, SIZE_PX, 3)
    assert image.pixels.dtype == np.uint8


def test_another_engine_draws_the_same(fresh, draws):
    request = sketch(controls=(control(),), init_image=COLOURS, loras=(Lora("lora"),))

    assert fresh.draw(request).pixels.tobytes() == draws().draw(request).pixels.tobytes()


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_step_is_shown_with_the_time_that_is_left(draws):
    one = draws()
    request = sketch(has_previews=True)
    one.draw(request)

    *steps, image = one.results(request)

    assert all(isinstance(step, StepPreview) for step in steps)
    assert [(step.step, step.of) for step in steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert steps[0].pixels.shape == (SIZE_PX // FACTOR, SIZE_PX // FACTOR, 3)
    assert all(step.seconds_left > 0 for step in steps)
    assert steps[0].seconds_left > steps[-1].seconds_left
    assert isinstance(image, GeneratedImage)


@pytest.fixture
def _tiny_is_quick(monkeypatch):
    monkeypatch.setattr(decoding, "MOST_OF_A_STEP", math.inf)


@pytest.mark.usefixtures("_tiny_is_quick")
def test_a_small_autoencoder_shows_steps_in_full_size_but_not_the_last_twice(draws):
    one = draws()
    request = one.placed(sketch(has_previews=True, height=48), TINY_VAE)

    full = [result for result in one.results(request) if isinstance(result, StepPreview)]
    tiny = [result for result in one.results(replace(request, vae="tiny")) if isinstance(result, StepPreview)]

    assert [step.pixels.shape for step in full] == [(48, SIZE_PX, 3)] * 4
    assert [step.pixels is None for step in tiny] == [False, False, False, True]


@pytest.mark.usefixtures("_tiny_is_quick")
@pytest.mark.parametrize("vae", ["full", "tiny"])
def test_a_model_whose_own_autoencoder_is_small_shows_steps_with_it(vae, draws):
    *steps, image = draws("sd15-tiny").engine.run(sketch(has_previews=True, vae=vae, init_image=COLOURS), lambda: False)

    assert [step.pixels.shape for step in steps[:-1]] == [(SIZE_PX, SIZE_PX, 3)] * 2
    assert steps[-1].pixels is None
    assert image.pixels.shape == (SIZE_PX, SIZE_PX, 3)


def test_an_autoencoder_that_takes_as_long_as_a_step_leaves_previews_to_colours(draws, monkeypatch):
    engine = draws("sd15-tiny").engine
    monkeypatch.setattr(decoding, "MOST_OF_A_STEP", 0.0)
    monkeypatch.setattr(engine, "_tiny_previews", decoding.TinyPreviews())

    *steps, image = engine.run(sketch(has_previews=True, num_inference_steps=6), lambda: False)

    sides = [step.pixels.shape[0] for step in steps[:-1]]
    assert sides == [SIZE_PX] * decoding.TRIED + [SIZE_PX // FACTOR] * (5 - decoding.TRIED)
    assert image.pixels.shape == (SIZE_PX, SIZE_PX, 3)


@pytest.mark.parametrize("name", ["sd15", "sd15-v"])
@pytest.mark.parametrize("scheduler", ["", "euler", "dpmpp-2m", "lcm"])
def test_the_last_expectation_is_close_to_what_becomes_of_it(name, scheduler, draws, monkeypatch):
    """With one step left, what the picture seems to become is what it becomes: the formulas fit the scheduler."""
    one = draws(name)
    seen = []
    preview = one.engine._preview
    monkeypatch.setattr(
        one.engine, "_preview", lambda drawing, *more: seen.append(drawing.x0.clone()) or preview(drawing, *more)
    )

    one.draw(sketch(scheduler=scheduler, num_inference_steps=8))

    expected, became = seen[-2], seen[-1]
    assert torch.nn.functional.cosine_similarity(expected.flatten(), became.flatten(), dim=0) > 0.9


def test_without_previews_steps_are_counted_all_the_same(draws):
    *steps, _ = draws().results(sketch())

    assert [step.step for step in steps if isinstance(step, StepPreview)] == [1, 2, 3, 4]
    assert all(step.pixels is None for step in steps)


# ── cancelling ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cancelled_picture_stops_at_the_next_block_and_the_next_one_is_drawn(draws):
    one = draws()
    request = sketch(controls=(control(),), has_previews=True)
    one.draw(request)  # all is read by now
    whole = After(10_000)
    expected = one.results(request, whole)[-1]
    n_asked = 10_000 - whole.left

    assert n_asked > 40  # some times a step
    for moment in (0, 1, 2, n_asked // 3, n_asked // 2, n_asked - 1):
        with pytest.raises(Cancelled):
            one.results(request, After(moment))
        assert one.draw(request).pixels.tobytes() == expected.pixels.tobytes()


def test_a_cancelled_picture_is_not_decoded(fresh):
    request = sketch()
    decodings = []
    fresh.base.vae.decoder.register_forward_hook(lambda *_: decodings.append(1))
    seen: list = []
    steps = fresh.engine.run(fresh.placed(request), lambda: len(seen) == 4)

    with pytest.raises(Cancelled):
        seen.extend(steps)

    assert [step.step for step in seen] == [1, 2, 3, 4]
    assert decodings == []


def test_closing_a_picture_early_leaves_the_engine_ready(draws):
    one = draws()
    expected = one.draw(sketch())

    steps = one.engine.run(one.placed(sketch()), lambda: False)
    next(steps)
    steps.close()

    assert one.draw(sketch()).pixels.tobytes() == expected.pixels.tobytes()


# ── what does not fit ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        ({"controls": (control(model="scribble-sd21"),)}, EngineError, "'scribble-sd21' was made for"),
        ({"controls": (control(model="scribble-sdxl"),)}, EngineError, "'scribble-sdxl' was made for"),
        ({"controls": (control(model="lora"),)}, ModelBroken, "is no ControlNet"),
        ({"loras": (Lora("lora-sd21"),)}, EngineError, "'lora-sd21' was made for"),
        ({"loras": (Lora("sd15"),)}, ModelBroken, "should be one .safetensors file"),
        ({"scheduler": "eulr"}, UsageError, "no scheduler 'eulr'"),
        ({"width": 1, "height": 1}, UsageError, "1 x 1 pixels is too small"),
        ({"width": 8192, "height": 8192}, UsageError, "8192 x 8192 pixels is too large"),
        ({"prompt": " "}, UsageError, "nothing to draw"),
        ({"prompt": "a" * 10_001}, UsageError, "10001 letters"),
        ({"num_inference_steps": 0}, UsageError, "not 0"),
        ({"init_image": COLOURS, "strength": 0.0}, UsageError, "strength"),
        ({"mask_image": SKETCH}, UsageError, "no picture to make a part of"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence_before_anything_is_loaded(change, kind, says, fresh):

    with pytest.raises(kind, match=says) as caught:
        fresh.results(sketch(**change))

    assert "{" not in str(caught.value)
    assert fresh.engine._companions.every_controlnet() == []
    assert isinstance(caught.value, AppError)


def test_a_sampler_that_cannot_draw_with_the_model_is_told(draws):
    with pytest.raises(UsageError, match="'heun' cannot draw with this model"):
        draws("sd15-noise").draw(sketch(scheduler="heun"))


def test_a_model_of_the_request_that_is_not_there_is_told(draws):
    one = draws()

    for request in (sketch(controls=(control(),)), sketch(loras=(Lora("lora"),))):
        with pytest.raises(ModelMissing, match=r"'scribble'|'lora'"):
            list(one.engine.run(request, lambda: False))
    with pytest.raises(EngineError, match="small autoencoder"):
        list(one.engine.run(sketch(vae="tiny"), lambda: False))


def test_the_textbook_pair_is_named_by_its_families(tmp_path, draws):
    """Stable Diffusion 2.1 with a ControlNet for 1.5 ends in a product of matrices that do not fit."""
    from workers.engines.sketch.fits import check_control

    (tmp_path / "config.json").write_text('{"_class_name": "ControlNetModel", "cross_attention_dim": 768}')

    with pytest.raises(EngineError, match=r"for Stable Diffusion 1\.5, and the model that draws is Stable Diffusion 2"):
        check_control(control(model="sd-controlnet-canny"), tmp_path, {"cross_attention_dim": 1024})


@pytest.mark.parametrize("name", ["scribble", TINY_VAE])
def test_a_folder_that_is_no_stable_diffusion_is_told(name, model_folder):
    engine = StableDiffusion(model_folder(name), StableDiffusionOptions())

    with pytest.raises(ModelBroken, match=name):
        engine.load(lambda *_: None)


def test_weights_that_are_cut_short_are_told(model_folder, tmp_path):
    import shutil

    broken = shutil.copytree(model_folder("sd15"), tmp_path / "broken")
    file = broken / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:5000])

    with pytest.raises(ModelBroken, match="broken"):
        StableDiffusion(broken, StableDiffusionOptions()).load(lambda *_: None)


def test_weights_of_which_some_are_missing_are_told(model_folder, tmp_path):
    import shutil

    from safetensors.torch import load_file, save_file

    broken = shutil.copytree(model_folder("sd15"), tmp_path / "broken")
    file = broken / "unet" / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    del weights["conv_in.weight"]
    save_file(weights, file, {"format": "pt"})

    with pytest.raises(ModelBroken, match=r"such as conv_in\.weight"):
        StableDiffusion(broken, StableDiffusionOptions()).load(lambda *_: None)


# ── sizes and long prompts ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("width", "height"), [(65, 33), (97, 64), (50, 70), (32, 131)])
def test_any_size_is_drawn_as_it_was_asked_for(width, height, draws):
    request = sketch(width=width, height=height, controls=(control(),), init_image=COLOURS)

    image = draws().draw(request)

    assert image.pixels.shape == (height, width, 3)


def test_a_long_prompt_is_read_to_its_end(draws):
    one = draws()
    words = "a red boat on the water, " * 200  # 5,000 letters

    image = one.draw(sketch(prompt=words))
    other = one.draw(sketch(prompt=words + "a frog"))

    assert (image.pixels != other.pixels).mean() > 0.05


# ── parts of a picture ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("vae", ["full", "tiny"])
def test_what_is_not_selected_stays_byte_for_byte(vae, draws):
    mask = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    mask[13:40, 21:50] = 255
    mask[40, 21:50] = 100  # half anew

    image = draws().draw(sketch(init_image=COLOURS, mask_image=picture_of(mask), vae=vae))

    kept = frame_of(COLOURS)
    np.testing.assert_array_equal(image.pixels[mask == 0], kept[mask == 0])
    assert (image.pixels[mask == 255] != kept[mask == 255]).mean() > 0.9
    assert (image.pixels[40, 21:50] != kept[40, 21:50]).any()


def test_a_thin_selection_is_made_anew_too(draws):
    mask = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    mask[:, 33] = 255

    image = draws().draw(sketch(init_image=COLOURS, mask_image=picture_of(mask)))

    assert (image.pixels[:, 33] != frame_of(COLOURS)[:, 33]).mean() > 0.9


# ── models that come and go ──────────────────────────────────────────────────────────────────────────────────────────


def test_controlnets_are_loaded_when_named_and_the_longest_unused_goes(fresh):
    kinds = ("scribble", "canny", "depth", "pose")
    fresh.draw(sketch(controls=(control("scribble"),)))
    scribble = fresh.engine._companions.every_controlnet()[0]

    for kind in kinds[1:]:
        assert isinstance(fresh.results(sketch(controls=(control(kind),)))[0], Progress)  # it is loaded now
        fresh.results(sketch(controls=(control(kind),)))
    assert not isinstance(fresh.results(sketch(controls=(control("canny"),)))[0], Progress)

    kept = fresh.engine._companions.every_controlnet()
    assert len(kept) == CONTROLNETS_KEPT
    assert not any(net is scribble for net in kept)


def test_as_many_controlnets_as_a_request_names_are_kept_together(fresh):
    controls = tuple(control(kind) for kind in ("scribble", "canny", "depth", "pose"))

    image = fresh.draw(sketch(controls=controls))

    assert image.n_controlnet_calls == 16
    assert len(fresh.engine._companions.every_controlnet()) == 4


def test_loras_come_and_go_without_a_trace(draws):
    one = draws()
    plain = one.draw(sketch())
    styled = one.draw(sketch(loras=(Lora("lora", 0.5),)))
    both = one.draw(sketch(loras=(Lora("lora", 0.5), Lora("lora-2"))))

    assert one.draw(sketch()).pixels.tobytes() == plain.pixels.tobytes()
    assert one.draw(sketch(loras=(Lora("lora", 0.5),))).pixels.tobytes() == styled.pixels.tobytes()
    assert one.draw(sketch(loras=(Lora("lora-2"), Lora("lora", 0.5)))).pixels.shape == both.pixels.shape
    assert len({image.pixels.tobytes() for image in (plain, styled, both)}) == 3


def test_a_lora_that_comes_after_a_picture_without_one_draws(fresh):
    styled = fresh.draw(sketch(loras=(Lora("lora"),)))
    plain = fresh.draw(sketch())

    other = fresh.draw(sketch(loras=(Lora("lora-2"),)))

    assert len({image.pixels.tobytes() for image in (plain, styled, other)}) == 3


def test_a_lora_that_fails_half_way_leaves_no_trace(fresh):
    plain = fresh.draw(sketch())

    for before in ((), (Lora("lora-2"),)):
        styled = fresh.draw(sketch(loras=before))
        with pytest.raises(ModelBroken, match="lora-torn"):
            fresh.draw(sketch(loras=(*before, Lora("lora-torn"))))

        assert fresh.draw(sketch()).pixels.tobytes() == plain.pixels.tobytes()
        assert fresh.draw(sketch(loras=before)).pixels.tobytes() == styled.pixels.tobytes()
    assert fresh.base.pipeline.get_list_adapters()["unet"] == ["lora_2"]


def test_the_longest_unused_lora_goes(fresh):
    fresh.engine._companions._loras._most = 1
    styled = fresh.draw(sketch(loras=(Lora("lora"),)))
    fresh.draw(sketch(loras=(Lora("lora-2"),)))

    assert len(fresh.base.pipeline.get_list_adapters()["unet"]) == 1
    assert fresh.draw(sketch(loras=(Lora("lora"),))).pixels.tobytes() == styled.pixels.tobytes()


# ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def short_of_memory(module, when):
    """Has a network run out of memory while `when` holds for its first argument."""

    def fail(_, arguments):
        if when(arguments[0]):
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    return module.register_forward_pre_hook(fail)


def test_a_picture_too_large_for_the_memory_is_drawn_smaller_and_that_is_said(fresh):
    short_of_memory(fresh.base.unet, lambda latents: latents.shape[-1] > 10)

    results = fresh.results(sketch(controls=(control(),)))

    notices = [result.sentence for result in results if isinstance(result, Notice)]
    assert notices == [
        "Memory was short, so the picture is drawn smaller: 48 x 48.",
        "Memory was short, so the picture is drawn smaller: 32 x 32.",
    ]
    image = results[-1]
    assert image.pixels.shape == (32, 32, 3)
    assert (image.request.width, image.request.height) == (32, 32)
    again = fresh.results(sketch(controls=(control(),)))
    assert [result.sentence for result in again if isinstance(result, Notice)] == notices[1:]  # it is known by now
    assert again[-1].pixels.tobytes() == image.pixels.tobytes()
    assert fresh.draw(image.request).pixels.tobytes() == image.pixels.tobytes()


def test_a_size_for_which_memory_was_short_is_tried_again_after_a_while(fresh, monkeypatch):
    whole = fresh.draw(sketch())
    hook = short_of_memory(fresh.base.unet, lambda latents: latents.shape[-1] > 10)
    fresh.draw(sketch())
    hook.remove()

    soon = fresh.draw(sketch())
    monkeypatch.setattr(stable_diffusion, "SHORT_FOR_S", 0.0)
    later = fresh.results(sketch())

    assert soon.pixels.shape == (32, 32, 3)
    assert not any(isinstance(result, Notice) for result in later)
    assert later[-1].pixels.tobytes() == whole.pixels.tobytes()


def test_memory_that_is_too_short_to_come_back_to_the_device_is_told_like_any_other(fresh, monkeypatch):
    fresh.engine._set_rests(True)
    to, given = fresh.base.unet.to, []

    def full_once(device):
        given.append(device)
        if len(given) == 1:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return to(device)

    monkeypatch.setattr(fresh.base.unet, "to", full_once)

    assert fresh.draw(sketch()).pixels.shape == (48, 48, 3)


def test_a_part_that_is_too_large_for_the_memory_is_drawn_smaller_and_the_rest_stays_as_it_is(fresh):
    short_of_memory(fresh.base.unet, lambda latents: latents.shape[-1] > 10)
    mask = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    mask[13:40, 21:50] = 255

    image = fresh.results(sketch(init_image=COLOURS, mask_image=picture_of(mask)))[-1]

    kept = frame_of(COLOURS)
    assert (image.request.width, image.request.height) == (SIZE_PX, SIZE_PX)
    np.testing.assert_array_equal(image.pixels[mask == 0], kept[mask == 0])
    assert (image.pixels[mask == 255] != kept[mask == 255]).mean() > 0.9


def test_a_picture_that_cannot_be_drawn_at_all_is_told(fresh):
    hook = short_of_memory(fresh.base.unet, lambda latents: True)

    with pytest.raises(OutOfMemory, match="sd15"):
        fresh.results(sketch())
    hook.remove()

    assert fresh.draw(sketch(seed=1, width=96)).pixels.shape == (SIZE_PX, 96, 3)


def test_decoding_falls_back_to_the_small_autoencoder(fresh):
    short_of_memory(fresh.base.vae.decoder, lambda latents: True)
    request = fresh.placed(sketch(), TINY_VAE)

    results = fresh.results(request)

    assert [result.sentence for result in results if isinstance(result, Notice)] == [
        "Memory was short, so the small autoencoder decodes the picture."
    ]
    assert results[-1].request == replace(request, vae="tiny")
    assert results[-1].pixels.tobytes() == fresh.draw(replace(request, vae="tiny")).pixels.tobytes()


def test_without_one_it_decodes_in_tiles(fresh):
    fresh.base.vae.tile_latent_min_size, fresh.base.vae.tile_sample_min_size = 8, 8 * FACTOR
    short_of_memory(fresh.base.vae.decoder, lambda latents: latents.shape[-1] > 8)

    results = fresh.results(sketch())

    assert [result.sentence for result in results if isinstance(result, Notice)] == [
        "Memory was short, so the picture is decoded in tiles."
    ]
    assert results[-1].pixels.shape == (SIZE_PX, SIZE_PX, 3)


@pytest.mark.parametrize(("part", "most"), [("unet", 12), ("decoder", 8)])
def test_memory_is_freed_when_nothing_holds_any_more_what_did_not_fit(fresh, monkeypatch, part, most):
    network = {"unet": fresh.base.unet, "decoder": fresh.base.vae.decoder}[part]
    short_of_memory(network, lambda latents: latents.shape[-1] > most)
    held = []
    free = fresh.engine._free
    monkeypatch.setattr(fresh.engine, "_free", lambda request: held.append(sys.exception()) or free(request))

    fresh.draw(sketch())

    assert held == [None]


def test_unloading_lets_go_of_the_whole_model(model_folder):
    engine = StableDiffusion(model_folder("sd15"), StableDiffusionOptions())
    engine.load(lambda *_: None)
    list(engine.run(sketch(), lambda: False))
    parts = [weakref.ref(part) for part in (engine._base.unet, engine._base.vae, *engine._base.encoders)]

    engine.unload()
    gc.collect()

    assert [part() for part in parts] == [None, None, None]


def test_without_previews_nothing_is_expected(fresh, monkeypatch):
    monkeypatch.setattr(Denoising, "_expected", lambda *_: pytest.fail("nobody asked"))

    fresh.draw(sketch())


def test_networks_that_rest_outside_the_device_draw_the_same(fresh):
    """The last way out on a GPU; here both places are the same memory, so only the order of work is tested."""
    request = sketch(controls=(control(),), init_image=COLOURS, has_previews=True)
    expected = fresh.draw(request)
    moved = []
    to = fresh.base.unet.to
    fresh.base.unet.to = lambda place, *more: moved.append(place) or to(place, *more)

    fresh.engine._rungs[(SIZE_PX, SIZE_PX)] = 3, time.monotonic()
    image = fresh.draw(request)
    n_moved = len(moved)
    fresh.engine._rungs.clear()
    fresh.draw(request)

    assert image.pixels.tobytes() == expected.pixels.tobytes()
    assert n_moved > 4
    assert len(moved) == n_moved + 1  # brought back once


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["scribble", "softedge", "canny"])
def test_it_finds_lines_in_a_picture(kind, draws):
    picture = picture_of(np.asarray(boat(128)))

    (found,) = draws().engine.run(ControlRequest(kind, picture), lambda: False)

    assert isinstance(found, ControlMap)
    assert found.pixels.shape == (128, 128, 3)
    assert found.pixels[0, 0].tolist() == [0, 0, 0]
    assert found.pixels.max() > 200


def test_it_says_that_it_estimates_no_depth(draws):
    with pytest.raises(UsageError, match="'depth'"):
        list(draws().engine.run(ControlRequest("depth", SKETCH), lambda: False))


@pytest.mark.parametrize("ink", ["black on white", "white on black", "black on nothing", "white on nothing"])
def test_ink_of_any_colour_draws_the_same(ink, draws):
    one = draws()
    dark = np.asarray(boat())[..., :1]
    light_ground = np.repeat(dark, 3, axis=2)
    opacity = 255 - dark
    picture = {
        "black on white": light_ground,
        "white on black": 255 - light_ground,
        "black on nothing": np.concatenate([np.zeros_like(light_ground), opacity], axis=2),
        "white on nothing": np.concatenate([np.full_like(light_ground, 255), opacity], axis=2),
    }[ink]

    image = one.draw(sketch(controls=(control(image=picture_of(picture)),)))

    assert image.pixels.tobytes() == one.draw(sketch(controls=(control(),))).pixels.tobytes()


@pytest.mark.parametrize("before", [(), (Lora("lora"),)])
def test_a_lora_for_parts_that_are_not_there_is_told(before, fresh):
    """diffusers draws on, as if there were none."""
    plain = fresh.draw(sketch(loras=before))

    for _ in range(2):
        with pytest.raises(EngineError, match="The LoRA 'lora-of-a-transformer' was made for another kind of model"):
            fresh.draw(sketch(loras=(*before, Lora("lora-of-a-transformer"))))
    with pytest.raises(ModelBroken, match="lora-of-other-layers"):
        fresh.draw(sketch(loras=(*before, Lora("lora-of-other-layers"))))

    assert fresh.draw(sketch(loras=before)).pixels.tobytes() == plain.pixels.tobytes()
