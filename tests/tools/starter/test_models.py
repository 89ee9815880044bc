import numpy as np
import pytest
import torch

from tests.tools.starter.test_texts import CAR, CAT, PANTS
from tools.starter import train_blip_caption, train_blip_vqa, train_clip, train_llava
from tools.starter.blip import BlipWithPatchHeads
from tools.starter.pool import ROW, Pool, row_of, things_of
from tools.starter.scenes import GRID, SIZE_PX, Scene
from tools.starter.sentences import Turn, conversation
from tools.starter.texts import KIND_OF
from tools.starter.tokenizer import blip_tokenizer, clip_tokenizer, llava_tokenizer
from tools.starter.tower import into_blip, into_clip
from tools.starter.train_vit import VitWithPatchHeads, patch_targets, scene_targets
from tools.starter.training import count_parameters
from tools.starter.world import COLOURS, NAMES


@pytest.fixture(scope="module")
def vit():
    torch.manual_seed(0)
    model = VitWithPatchHeads().eval()
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):  # zero at first, so that a forgotten one would not be noticed
            torch.nn.init.normal_(parameter, std=0.1)
    return model


@pytest.fixture(scope="module")
def pixels():
    return torch.rand(3, 3, SIZE_PX, SIZE_PX, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.fixture
def row():
    slots = np.zeros((GRID, GRID), np.uint8)
    slots[0, 0], slots[7, 3] = 1, 2
    return row_of(Scene(np.zeros((SIZE_PX, SIZE_PX, 3), np.uint8), (CAT, PANTS), slots, "plain"))


@torch.inference_mode()
def test_a_tower_does_the_same_in_blip(vit, pixels, tmp_path):
    blip = train_blip_vqa.new_model(blip_tokenizer(tmp_path, length=40)).eval()
    into_blip(vit.vit, blip.vision_model)

    seen = blip.vision_model(pixel_values=pixels).last_hidden_state

    torch.testing.assert_close(seen, vit.vit.vit(pixel_values=pixels).last_hidden_state, atol=1e-3, rtol=1e-3)


@torch.inference_mode()
def test_a_tower_does_the_same_in_clip_but_for_its_first_norm(vit, pixels, tmp_path):
    whole = train_clip.new_model(clip_tokenizer(tmp_path)).eval()
    into_clip(vit.vit, whole, pixels)
    clip = whole.vision_model
    tokens = clip.embeddings(pixels)

    torch.testing.assert_close(tokens, vit.vit.vit.embeddings(pixels), atol=1e-5, rtol=1e-5)
    seen = clip.post_layernorm(clip.encoder(inputs_embeds=tokens).last_hidden_state)
    torch.testing.assert_close(seen, vit.vit.vit(pixel_values=pixels).last_hidden_state, atol=1e-3, rtol=1e-3)


def test_models_are_as_small_as_they_must_be(vit, tmp_path):
    blip = blip_tokenizer(tmp_path, length=40)

    assert count_parameters(vit.vit) <= 1_000_000
    assert count_parameters(train_clip.new_model(clip_tokenizer(tmp_path))) <= 2_500_000
    assert count_parameters(train_blip_vqa.new_model(blip)) <= 3_000_000
    assert count_parameters(train_blip_caption.new_model(blip)) <= 3_000_000
    assert count_parameters(train_llava.new_model(llava_tokenizer())) <= 4_000_000


@pytest.fixture(scope="module")
def llava(pixels, vit, tmp_path_factory):
    """A LLaVA that starts from a captioner that starts from the tower, with its tokenizer."""
    torch.manual_seed(3)
    tokenizer = llava_tokenizer()
    blip = blip_tokenizer(tmp_path_factory.mktemp("blip"), length=64)
    captioner = BlipWithPatchHeads(train_blip_caption.new_model(blip)).eval()
    into_blip(vit.vit, captioner.blip.vision_model)
    model = train_llava.new_model(tokenizer).eval()
    train_llava.start(model, captioner, tokenizer, pixels)
    return model, captioner, tokenizer


@torch.inference_mode()
def test_a_tower_without_a_class_token_sees_nearly_the_same(llava, pixels):
    model, captioner, _ = llava
    tower = model.model.vision_tower

    ours = tower.post_layernorm(tower(pixels, output_hidden_states=True).hidden_states[-1]).flatten(0, 1)
    theirs = captioner.blip.vision_model(pixel_values=pixels).last_hidden_state[:, 1:].flatten(0, 1)

    assert torch.nn.functional.cosine_similarity(ours - ours.mean(0), theirs - theirs.mean(0)).mean() > 0.8


@torch.inference_mode()
def test_a_projector_starts_as_a_straight_line(llava, pixels):
    model = llava[0].model
    seen = model.vision_tower(pixels, output_hidden_states=True).hidden_states[-1]

    read = torch.stack(list(model.get_image_features(pixels).pooler_output))

    straight = (seen - seen.mean(dim=(0, 1))) * 0.3 / (2 * seen.std())
    assert float((read - straight).std() / straight.std()) < 0.1


def test_a_chat_is_trained_as_its_template_writes_it(llava, pixels):
    _, _, tokenizer = llava
    turns = conversation(np.random.default_rng(2), (CAT, CAR), 2, refer=1)
    processor = train_llava.new_processor(tokenizer)

    chat = train_llava.messages_of(turns, [turns[0].answer], turns[1].question)
    text = processor.apply_chat_template(chat, add_generation_prompt=True)
    picture = np.zeros((SIZE_PX, SIZE_PX, 3), np.uint8)
    written = processor(images=picture, text=text, return_tensors="pt").input_ids[0].tolist()

    trained, is_said = train_llava.tokens_of(tokenizer, turns)
    user, image = tokenizer.convert_tokens_to_ids(["<|user|>", "<image>"])
    last_answer = tokenizer.encode(turns[1].answer, add_special_tokens=False)
    assert [*written, *last_answer, tokenizer.eos_token_id] == [
        tokenizer.bos_token_id, user, *[image] * GRID * GRID, *trained,
    ]  # fmt: skip
    assert tokenizer.decode([t for t, said in zip(trained, is_said, strict=True) if said]) == (
        f"{turns[0].answer}</s> {turns[1].answer}</s>"
    )


def test_words_of_a_system_are_not_for_a_starter(llava):
    processor = train_llava.new_processor(llava[2])
    chat = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "What is this?"}]

    assert processor.apply_chat_template(chat) == "<s><|user|> What is this?"


def test_only_answers_are_taught(llava):
    _, _, tokenizer = llava
    turn = Turn("colour", "What colour is it?", "It is red.")

    talks = train_llava.padded(tokenizer, [train_llava.tokens_of(tokenizer, turns) for turns in ([turn], [turn] * 2)])

    taught = [tokenizer.decode(targets[targets != train_llava.IGNORED]) for targets in talks.targets]
    assert taught == ["It is red.</s>", "It is red.</s> It is red.</s>"]
    assert talks.mask.sum(dim=1).tolist() == [11, 23]


def test_a_word_starts_where_the_tower_sees_what_it_names(llava):
    model, captioner, tokenizer = llava
    words = model.model.language_model.embed_tokens.weight
    norm = captioner.blip.vision_model.post_layernorm.weight

    for name in ("cat", "pants"):
        direction = captioner.patch_name.weight[NAMES.index(name)] * norm
        alike = torch.nn.functional.cosine_similarity(words, direction[None])
        called = tokenizer.convert_ids_to_tokens(int(alike.argmax())).strip("\u2581")
        assert called in (name, KIND_OF[name].many, *KIND_OF[name].synonyms)


def test_a_scene_comes_back_from_its_row(row):
    back = things_of(row)

    assert [(thing.name, thing.colour, thing.place) for thing in back] == [
        ("cat", "red", "top left"),
        ("pants", "green", "bottom"),
    ]


def test_patches_are_taught_what_is_in_them(row):
    names, colours = patch_targets(np.array([row], ROW))

    assert names[0, 0] == NAMES.index("cat")
    assert colours[0, 0] == COLOURS.index("red")
    assert names[0, 7 * GRID + 3] == NAMES.index("pants")
    assert (names == len(NAMES)).sum() == (colours == -1).sum() == GRID * GRID - 2


def test_scenes_share_their_probability(row):
    (targets,) = scene_targets(np.array([row], ROW))

    assert targets.sum() == 1
    assert targets[NAMES.index("cat")] == targets[NAMES.index("pants")] == 0.5


def test_a_pool_is_filled_and_read_again(tmp_path, monkeypatch):
    made = []

    def render(rng):
        made.append(rng)
        return Scene(np.full((SIZE_PX, SIZE_PX, 3), len(made), np.uint8), (CAR,), np.ones((GRID, GRID), np.uint8), "")

    monkeypatch.setattr("tools.starter.pool.render", render)
    monkeypatch.setattr("tools.starter.pool.BATCH", 2)
    Pool.open(tmp_path, scenes=5).fill()
    pool = Pool.open(tmp_path, scenes=5)
    pool.fill()

    assert pool.ready == len(made) == 5
    assert [int(picture[0, 0, 0]) for picture in pool.pixels] == [1, 2, 3, 4, 5]
    assert things_of(pool.rows[4])[0].name == "car"


def test_captions_are_scored_by_things_and_colours():
    scenes = [(CAT, CAR)]

    perfect = train_blip_caption.score(["a red cat in the top left and a blue car on the right"], scenes)
    half = train_blip_caption.score(["a green cat and a dog"], scenes)

    assert (perfect.object_f1, perfect.colours_right) == (1, 1)
    assert (half.object_f1, half.colours_right) == (0.5, 0)
