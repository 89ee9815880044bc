"""Trains starter-llava, which talks about a picture in sentences: a LlavaForConditionalGeneration of 2.3 M parameters.

Its picture tower starts as the one of starter-blip-caption, as a SigLIP, and changes slowly: its patches know what is
in them and where they are. A Llama of six layers learns to talk about them. Its words start where the tower has what
they name, and its attention near the identity (https://arxiv.org/abs/2305.09828), as in `blip.start`. What the Llama
makes of a picture is computed once and continued by several conversations.

    python -m tools.starter.train_llava [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import (
    BlipForConditionalGeneration,
    LlamaTokenizer,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    SiglipImageProcessor,
)

from tools.starter.blip import BlipWithPatchHeads
from tools.starter.blip import config as blip_config
from tools.starter.pool import WORK_DIR, Pool, things_of
from tools.starter.scenes import GRID, SIZE_PX, Thing, render
from tools.starter.sentences import Turn, claims_in, conversation
from tools.starter.texts import ABOUTS, KIND_OF
from tools.starter.tokenizer import ASSISTANT, IMAGE, USER, blip_tokenizer, llava_tokenizer
from tools.starter.tower import into_siglip
from tools.starter.train_blip_caption import MOST_TOKENS as CAPTION_TOKENS
from tools.starter.train_vit import ASSETS, TOWER, as_input
from tools.starter.training import dtype_of, note, options, train
from tools.starter.world import COLOURS, NAMES

STEPS = 9000
PICTURES = 16  # of a batch
TALKS = 3  # about each
SHARES = (0.22, 0.27, 0.12, 0.18, 0.13, 0.08)  # of `ABOUTS` and "describe" among first turns
SEED = 6
IGNORED = -100
TEXT = {
    "hidden_size": TOWER["hidden_size"],
    "num_hidden_layers": 6,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "intermediate_size": 384,
    "max_position_embeddings": 1024,
    "rope_parameters": {"rope_type": "default", "rope_theta": 100_000.0},
    "tie_word_embeddings": True,
}
PATCHES = GRID * GRID
MOST_ANSWER_TOKENS = 60
MEASURED_TALKS = 300
CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}{% if message.role in ('user', 'assistant') %}"
    "{{ '" + USER + "' if message.role == 'user' else '" + ASSISTANT + "' }}"
    "{% if message.content is string %}{{ ' ' + message.content }}{% else %}{% for part in message.content %}"
    "{{ '" + IMAGE + "' if part.type == 'image' else ' ' + part.text }}{% endfor %}{% endif %}"
    "{% if message.role == 'assistant' %}{{ eos_token }}{% endif %}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}" + ASSISTANT + "{% endif %}"
)


def new_model(tokenizer: LlamaTokenizer) -> LlavaForConditionalGeneration:
    ids = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    tower = TOWER | {"hidden_act": "gelu", "layer_norm_eps": 1e-5, "vision_use_head": False}
    return LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config={"model_type": "siglip_vision_model"} | tower,
            text_config={"model_type": "llama", "vocab_size": len(tokenizer)} | TEXT | ids,
            image_token_index=tokenizer.convert_tokens_to_ids(IMAGE),
            image_seq_length=PATCHES,
            vision_feature_layer=-1,
            vision_feature_select_strategy="full",
            tie_word_embeddings=True,
            attn_implementation="eager",
        )
    )


def start(
    model: LlavaForConditionalGeneration, seeing: BlipWithPatchHeads, tokenizer: LlamaTokenizer, pixels: Tensor
) -> None:
    """Starts the tower from `seeing`, words from its patch heads, and the rest so that little changes on the way.

    Args:
        model: whose weights are chosen.
        seeing: the trained captioner with its patch heads.
        tokenizer: of the model.
        pixels: (n, 3, height, width), from which the mean and the spread of what the tower says are known.
    """
    inner = model.model
    into_siglip(seeing.blip.vision_model, inner.vision_tower)
    same = torch.eye(TOWER["hidden_size"])
    with torch.no_grad():
        seen = inner.vision_tower(pixels, output_hidden_states=True).hidden_states[-1]
        spread = 2 * seen.std()  # so that the projector's GELU, three to the right, is nearly straight
        first, second = inner.multi_modal_projector.linear_1, inner.multi_modal_projector.linear_2
        first.weight.copy_(same / spread)
        first.bias.copy_(3 - seen.mean(dim=(0, 1)) / spread)
        second.weight.copy_(0.3 * same)
        second.bias.fill_(-0.9)
        for layer in inner.language_model.layers:
            attention = layer.self_attn
            for projection, share in (
                (attention.q_proj, 1.0),
                (attention.k_proj, 1.0),
                (attention.v_proj, 0.5),
                (attention.o_proj, 0.5),
            ):
                projection.weight.add_(share * same)
        words = inner.language_model.embed_tokens.weight
        norm = seeing.blip.vision_model.post_layernorm.weight  # heads see patches after it, the Llama before it
        rows, columns = (_directions(head, norm) for head in (seeing.patch_row, seeing.patch_column))
        names, colours = (_directions(head, norm) for head in (seeing.patch_name, seeing.patch_colour))
        for name, direction in [*zip(NAMES, names, strict=False), *zip(COLOURS, colours, strict=False)]:
            called = [name, KIND_OF[name].many, *KIND_OF[name].synonyms] if name in KIND_OF else [name]
            for token in {t for words_of in called for t in tokenizer.tokenize(words_of)}:
                words[tokenizer.convert_tokens_to_ids(token)] += 0.7 * direction
        third = GRID // 3
        for word, direction in (
            ("top", rows[:third].mean(dim=0)),
            ("bottom", rows[-third:].mean(dim=0)),
            ("left", columns[:third].mean(dim=0)),
            ("right", columns[-third:].mean(dim=0)),
        ):
            words[tokenizer.convert_tokens_to_ids(f"▁{word}")] += 0.7 * functional.normalize(direction, dim=0)


def _directions(head: nn.Linear, norm: Tensor) -> Tensor:
    return functional.normalize(head.weight * norm, dim=1)


class Talks(NamedTuple):
    """Conversations as tokens (n, length), `targets` with IGNORED for all that is not answered."""

    ids: Tensor
    mask: Tensor
    targets: Tensor


def tokens_of(tokenizer: LlamaTokenizer, turns: list[Turn]) -> tuple[list[int], list[int]]:
    """What follows the picture in the chat template, and of each token whether the assistant says it."""
    ids: list[int] = []
    is_said: list[int] = []
    user, assistant = tokenizer.convert_tokens_to_ids([USER, ASSISTANT])
    for i, turn in enumerate(turns):
        asked = [*([user] if i else []), *tokenizer.encode(turn.question, add_special_tokens=False), assistant]
        said = [*tokenizer.encode(turn.answer, add_special_tokens=False), tokenizer.eos_token_id]
        ids += asked + said
        is_said += [0] * len(asked) + [1] * len(said)
    return ids, is_said


def talk(rng: np.random.Generator, things: tuple[Thing, ...]) -> list[Turn]:
    """A conversation of training: three turns."""
    about = str(rng.choice((*ABOUTS, "describe"), p=SHARES))
    return conversation(rng, things, 1 if about == "describe" else 3, about, refer=0.5)


def padded(tokenizer: LlamaTokenizer, talks: list[tuple[list[int], list[int]]]) -> Talks:
    length = max(len(ids) for ids, _ in talks)
    ids = torch.full((len(talks), length), tokenizer.pad_token_id)
    mask = torch.zeros_like(ids)
    targets = torch.full_like(ids, IGNORED)
    for i, (tokens, is_said) in enumerate(talks):
        n = len(tokens)
        ids[i, :n] = torch.tensor(tokens)
        mask[i, :n] = 1
        targets[i, : n - 1] = torch.where(torch.tensor(is_said[1:]) == 1, ids[i, 1:n], IGNORED)
    return Talks(ids, mask, targets)


class Batch(NamedTuple):
    """Pictures (n, SIZE_PX, SIZE_PX, 3), what comes before a conversation, and `TALKS` about each, together."""

    pixels: Tensor
    before: Tensor  # (n, 2 + PATCHES): tokens
    talks: Talks


def batch_of(pool: Pool, tokenizer: LlamaTokenizer, rng: np.random.Generator, count: int = PICTURES) -> Batch:
    chosen = np.sort(rng.integers(pool.ready, size=count))
    talks = padded(
        tokenizer,
        [tokens_of(tokenizer, talk(rng, things_of(row))) for row in np.array(pool.rows[chosen]) for _ in range(TALKS)],
    )
    user, image = tokenizer.convert_tokens_to_ids([USER, IMAGE])
    before = torch.tensor([tokenizer.bos_token_id, user, *[image] * PATCHES]).repeat(count, 1)
    return Batch(torch.from_numpy(pool.pixels[chosen]), before, talks)


def loss_of(model: LlavaForConditionalGeneration, batch: Batch) -> Tensor:
    before, talks = batch.before, batch.talks
    pixels = as_input(batch.pixels).to(dtype_of(model))
    cache = model.model(input_ids=before, pixel_values=pixels, use_cache=True).past_key_values
    cache.batch_repeat_interleave(TALKS)
    mask = torch.cat([talks.mask.new_ones(len(talks.ids), before.shape[1]), talks.mask], dim=1)
    states = model.model(
        input_ids=talks.ids, attention_mask=mask, past_key_values=cache, use_cache=True
    ).last_hidden_state
    is_said = talks.targets != IGNORED
    return functional.cross_entropy(model.lm_head(states[is_said]).float(), talks.targets[is_said])


# ── what is measured ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Exam:
    """Conversations, each about the picture (height, width, 3) with the same index."""

    pixels: NDArray[np.uint8]
    talks: list[list[Turn]]


def held_out_exam(count: int, seed: int | tuple[int, ...]) -> Exam:
    """Held-out scenes with a conversation each: as many first turns about each of `ABOUTS`, and one that refers."""
    rng = np.random.default_rng(seed)
    pixels, talks = [], []
    while len(talks) < count:
        scene, about = render(rng, "held_out"), ABOUTS[len(talks) % len(ABOUTS)]
        turns = conversation(rng, scene.things, 2, about, refer=1)
        if turns[0].about == about:
            pixels.append(scene.pixels)
            talks.append(turns)
    return Exam(np.stack(pixels), talks)


def messages_of(turns: list[Turn], said: list[str], text: str) -> list[dict]:
    """A conversation up to the question `text`, as a chat template reads it; `said` are the answers so far."""
    asked = [*(turn.question for turn in turns[: len(said)]), text]
    messages: list[dict] = []
    for i, words in enumerate(asked):
        picture = [{"type": "image"}] if i == 0 else []
        messages.append({"role": "user", "content": [*picture, {"type": "text", "text": words}]})
        if i < len(said):
            messages.append({"role": "assistant", "content": [{"type": "text", "text": said[i]}]})
    return messages


@torch.inference_mode()
def answers_of(
    model: LlavaForConditionalGeneration, processor: LlavaProcessor, pictures: list, chats: list[list[dict]]
) -> list[str]:
    prompts = processor.apply_chat_template(chats, add_generation_prompt=True)
    inputs = processor(images=pictures, text=prompts, padding=True, return_tensors="pt")
    tokens = model.generate(**inputs, max_new_tokens=MOST_ANSWER_TOKENS, do_sample=False)
    return processor.batch_decode(tokens[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)


def right_claims(
    model: LlavaForConditionalGeneration, processor: LlavaProcessor, pictures: list, talks: list[list[Turn]]
) -> dict[str, float]:
    """The share of answers that claim what is true: first turns in all and about each subject, and second turns.

    The second question follows the model's own first answer.
    """
    right: dict[str, list[bool]] = defaultdict(list)
    for first in range(0, len(talks), 100):
        part, shown = talks[first : first + 100], pictures[first : first + 100]
        firsts = answers_of(model, processor, shown, [messages_of(turns, [], turns[0].question) for turns in part])
        chats = [messages_of(turns, [said], turns[1].question) for turns, said in zip(part, firsts, strict=True)]
        seconds = answers_of(model, processor, shown, chats)
        for turns, said, said_then in zip(part, firsts, seconds, strict=True):
            is_right = claims_in(said) == claims_in(turns[0].answer)
            right["all"].append(is_right)
            right[turns[0].about].append(is_right)
            if turns[1].refers:
                right["second turn"].append(claims_in(said_then) == claims_in(turns[1].answer))
    return {about: float(np.mean(right[about])) for about in ("all", *ABOUTS, "second turn")}


def new_processor(tokenizer: LlamaTokenizer) -> LlavaProcessor:
    size = {"height": SIZE_PX, "width": SIZE_PX}
    pictures = SiglipImageProcessor(size=size, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    return LlavaProcessor(
        pictures,
        tokenizer,
        patch_size=TOWER["patch_size"],
        vision_feature_select_strategy="full",
        num_additional_image_tokens=0,
        chat_template=CHAT_TEMPLATE,
        image_token=IMAGE,
    )


def trained_captioner(folder: Path) -> BlipWithPatchHeads:
    """starter-blip-caption with its patch heads, which only the checkpoint of its training has."""
    tokenizer = blip_tokenizer(folder / "caption-tokenizer", length=CAPTION_TOKENS)
    captioner = BlipWithPatchHeads(BlipForConditionalGeneration(blip_config(tokenizer, length=CAPTION_TOKENS)))
    trained = torch.load(folder / "starter-blip-caption.pt", weights_only=True, map_location="cpu")
    captioner.load_state_dict(trained["average"])
    return captioner.eval()


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    torch.manual_seed(SEED)
    pool = Pool.open(WORK_DIR / "pool")
    folder = ASSETS / "starter-llava"
    tokenizer = llava_tokenizer()
    model = new_model(tokenizer)
    start(model, trained_captioner(arguments.folder), tokenizer, as_input(pool.pixels[:256]))
    processor = new_processor(tokenizer)
    exam = held_out_exam(MEASURED_TALKS, seed=81)

    def measure(model: LlavaForConditionalGeneration) -> str:
        shares = right_claims(model, processor, list(exam.pixels), exam.talks)
        return "right " + ", ".join(f"{about} {share:.3f}" for about, share in shares.items())

    checkpoint = arguments.folder / "starter-llava.pt"
    trained = train(
        model,
        lambda rng: batch_of(pool, tokenizer, rng, arguments.times * PICTURES),
        loss_of,
        checkpoint=checkpoint,
        run=arguments.run,
        learning_rate=1.5e-3,
        slow=("model.vision_tower.",),
        slow_share=0.1,
        seed=SEED,
        measure=measure,
        measure_every=250,
    )
    trained.half().save_pretrained(folder)
    note(folder, checkpoint, arguments.run, f"{arguments.times * PICTURES} scenes")
    processor.save_pretrained(folder)


if __name__ == "__main__":
    main()
