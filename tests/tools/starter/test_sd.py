import numpy as np
import pytest
import torch
from PIL import Image

from tests.tools.starter.conftest import needs_font
from tools.starter import train_autoencoder, train_controlnet, train_sd
from tools.starter.drawing_pool import POSED_EVERY, DrawingPool
from tools.starter.drawings import SIZE_PX
from tools.starter.train_sd import (
    LATENT_PX,
    Frozen,
    Sketched,
    as_control,
    bent,
    new_controlnet,
    new_scheduler,
    new_unet,
    posed,
)
from tools.starter.train_vit import ASSETS
from tools.starter.training import count_parameters


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def sketched():
    torch.manual_seed(0)
    model = Sketched(new_unet(), new_controlnet()).eval()
    for name, parameter in model.controlnet.named_parameters():
        if "controlnet_down" in name or "controlnet_mid" in name:
            torch.nn.init.normal_(parameter, std=0.1)  # zero at first: then no sketch would make a difference
    return model


@pytest.fixture(scope="module")
def frozen():
    torch.manual_seed(0)
    return Frozen.around(train_autoencoder.new_model().eval())


def batch(count, controlled):
    generator = torch.Generator().manual_seed(1)
    noisy = torch.randn(count, 4, LATENT_PX, LATENT_PX, generator=generator)
    sketches = (torch.rand(controlled, 3, SIZE_PX, SIZE_PX, generator=generator) > 0.9).float()
    return noisy, torch.full((count,), 749), torch.randn(count, 48, 128, generator=generator), sketches


@torch.inference_mode()
def test_an_autoencoder_knows_colours_from_the_start():
    model = train_autoencoder.new_model()
    pixels = (torch.rand(4, 3, 1, 1, generator=torch.Generator().manual_seed(2)) * 2 - 1).expand(-1, -1, 96, 96)

    latents = model.encoder(pixels)
    back = model.decoder(latents)

    assert latents.shape == (4, 4, 12, 12)
    assert float((back - pixels)[..., 24:-24, 24:-24].abs().max()) < 0.5
    assert float(torch.corrcoef(torch.stack([back.mean((2, 3)).flatten(), pixels.mean((2, 3)).flatten()]))[0, 1]) > 0.97


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_an_autoencoder_learns_in_either_format(dtype):
    model = train_autoencoder.new_model().to(dtype)

    train_autoencoder.loss_of(model, torch.randint(0, 256, (2, 64, 64, 3), dtype=torch.uint8)).backward()

    assert all(parameter.grad is not None for parameter in model.parameters())


@torch.inference_mode()
def test_sketches_steer_the_first_pictures_only(sketched):
    noisy, timesteps, texts, sketches = batch(3, 2)

    found = sketched(noisy, timesteps, texts, sketches)

    alone = sketched.unet(noisy, timesteps, texts).sample
    torch.testing.assert_close(found[2], alone[2])
    assert float((found[:2] - alone[:2]).abs().mean()) > 1e-3


@torch.inference_mode()
def test_a_batch_may_have_no_sketch(sketched):
    noisy, timesteps, texts, sketches = batch(1, 0)

    torch.testing.assert_close(
        sketched(noisy, timesteps, texts, sketches), sketched.unet(noisy, timesteps, texts).sample
    )


def test_models_are_as_small_as_they_must_be(sketched, frozen):
    pipeline = count_parameters(sketched.unet) + count_parameters(frozen.vae) + count_parameters(frozen.text_encoder)

    assert pipeline <= 8_000_000
    assert count_parameters(sketched.controlnet) <= 2_500_000


def test_the_first_step_starts_from_noise_alone():
    scheduler = new_scheduler()
    scheduler.set_timesteps(4)
    latents, noise = torch.ones(1, 4, 2, 2), torch.zeros(1, 4, 2, 2)

    noisy = scheduler.add_noise(latents, noise, scheduler.timesteps[:1])

    assert tuple(scheduler.timesteps.tolist()) == train_sd.FEW_STEPS
    assert float(noisy.abs().max()) == 0


def test_what_is_posed_is_learned_without_a_sketch():
    rng = np.random.default_rng(0)

    assert set(posed(rng, 100, 200) % POSED_EVERY) == {0}
    assert set(bent(rng, 100, 200) % POSED_EVERY) == {1, 2}
    assert bent(rng, 100, 2000).max() < 100


def test_a_control_is_white_on_black_in_three_equal_channels():
    sketches = torch.zeros((2, 4, 4), dtype=torch.uint8)
    sketches[1, 2, 3] = 255

    control = as_control(sketches)

    assert control.shape == (2, 3, 4, 4)
    assert control[1, :, 2, 3].tolist() == [1, 1, 1]
    assert float(control.sum()) == 3


def test_a_text_is_read_once(frozen, monkeypatch):
    frozen.known.clear()
    read = frozen.texts(["a red cat", "a dog", "a red cat"])
    monkeypatch.setattr(frozen.text_encoder, "forward", lambda *_: pytest.fail("read again"))

    again = frozen.texts(["a dog"])

    assert read.shape[0] == 3
    torch.testing.assert_close(read[0], read[2])
    torch.testing.assert_close(read[1], again[0])


def test_most_second_looks_are_at_the_later_ones_of_four_steps():
    timesteps = train_sd.chosen_timesteps(np.random.default_rng(0), 1000)

    few = torch.isin(timesteps, torch.tensor(train_sd.FEW_STEPS[1:])).float().mean()
    assert float(few) == pytest.approx(sum(train_sd.SHARES), abs=0.05)
    assert 1 <= int(timesteps.min()) < int(timesteps.max()) < train_sd.FEW_STEPS[0]


@needs_font
def test_the_better_a_picture_is_matched_the_less_unlike_it_looks_and_the_same_is_seen_in_it(frozen, tmp_path):
    pool = DrawingPool.open(tmp_path, drawings=3)
    pool.fill()
    latents = torch.from_numpy(frozen.latents(pool.pixels)) * frozen.vae.config.scaling_factor
    pixels = train_sd.as_input(pool.pixels)

    looks, sense = frozen.unlikeness(latents, pixels, (0, 0, SIZE_PX))
    looks_of_others, sense_of_others = frozen.unlikeness(latents.roll(1, 0), pixels, (0, 0, SIZE_PX))

    assert float(looks) < 0.7 * float(looks_of_others)
    assert float(sense) < 0.7 * float(sense_of_others)


@needs_font
def test_a_few_steps_on_one_drawing_make_the_loss_smaller(frozen, tmp_path):
    torch.manual_seed(0)
    model = Sketched(new_unet(), new_controlnet())
    pool = DrawingPool.open(tmp_path, drawings=3)
    pool.fill()
    pool.encode(frozen.latents)
    optimiser = torch.optim.AdamW(model.parameters(), 1e-3)
    losses = []

    for step in range(12):
        torch.manual_seed(step % 2)
        rng = np.random.default_rng(step % 2)
        batch = train_sd.batch_with(pool, rng, np.array([1, 2, 0]), pool.sketches[1:])
        loss = train_sd.loss_of(model, frozen, batch)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        losses.append(float(loss.detach()))

    assert losses[-1] < 0.9 * losses[1]


@needs_font
def test_edges_are_learned_with_the_unet_as_it_is(sketched, frozen, tmp_path):
    pool = DrawingPool.open(tmp_path, drawings=3)
    pool.fill()
    pool.encode(frozen.latents)
    sketched.unet.requires_grad_(False)

    batch = train_controlnet.batch_of(pool, np.random.default_rng(0), 2)
    train_sd.loss_of(sketched, frozen, batch).backward()

    assert all(parameter.grad is None for parameter in sketched.unet.parameters())
    assert float(sketched.controlnet.conv_in.weight.grad.abs().max()) > 0
    sketched.zero_grad()
    sketched.unet.requires_grad_(True)


@pytest.fixture(scope="module")
def folder(sketched, frozen, tmp_path_factory):
    """The three folders as they are shipped, with random weights."""
    import copy

    folder = tmp_path_factory.mktemp("assets")
    frozen.vae.save_pretrained(folder / "starter-sd" / "vae")
    train_sd.save(copy.deepcopy(sketched), copy.deepcopy(frozen), folder)
    return folder


@pytest.mark.parametrize("kind", ["", "Img2Img", "Inpaint"])
@pytest.mark.parametrize("is_controlled", [False, True])
def test_folders_load_with_the_plain_classes(folder, kind, is_controlled):
    import diffusers

    name = f"StableDiffusion{'ControlNet' if is_controlled else ''}{kind}Pipeline"
    picture = Image.new("RGB", (SIZE_PX, SIZE_PX), "white")
    inputs = {"image": picture} if kind or is_controlled else {}
    parts = {}
    if is_controlled:
        controlnet = diffusers.ControlNetModel.from_pretrained(folder / "starter-controlnet-scribble")
        parts["controlnet"] = controlnet.float()
        if kind:
            inputs["control_image"] = picture
    if kind == "Inpaint":
        inputs["mask_image"] = Image.new("L", (SIZE_PX, SIZE_PX), 255)

    pipeline = getattr(diffusers, name).from_pretrained(folder / "starter-sd", dtype=torch.float32, **parts)
    pipeline.set_progress_bar_config(disable=True)
    made = pipeline("a cat", num_inference_steps=4, guidance_scale=2.0, **inputs).images[0]

    assert made.size == (SIZE_PX, SIZE_PX)
    assert pipeline.scheduler.config.prediction_type == "v_prediction"


def test_words_are_read_as_starter_clip_reads_them(frozen):
    from transformers import CLIPModel

    clip = CLIPModel.from_pretrained(ASSETS / "starter-clip").float()
    tokens = frozen.tokenizer(["a red cat"], padding="max_length", return_tensors="pt")

    with torch.no_grad():
        torch.testing.assert_close(frozen.texts(["a red cat"]), clip.text_model(tokens.input_ids).last_hidden_state)
