"""The model cards: what is in each folder of assets/starter, from the weights and from what the benchmark measured.

python -m benchmarks.starter && python -m tools.starter.card
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import safe_open

from tools.starter.train_vit import ASSETS
from tools.starter.training import TRAINING
from tools.starter.voices import WORDS
from tools.starter.world import NAMES

MEASURED = ASSETS / "measured.json"  # what `benchmarks.starter` found in the models that are shipped


SCENES = """On scenes rendered with another seed, with backgrounds and hues and, half of the time, combinations of
thing and colour that no training scene has. "Shuffled" is the same with the truths exchanged among the scenes."""
DRAWINGS = """For drawings that were made with another seed, with hues and, half of the time, combinations of thing and
colour that no training drawing has. A thing is recognised where starter-vit names it, and its colour right where
starter-blip-vqa says it. "Shuffled" is the same with the prompts and sketches exchanged among the pictures."""
SPEECH = """On clips of a few utterances by voices that it never heard, in rooms and noise as in training, by the engine
of the app. "Shuffled" is the same with the texts exchanged among the clips."""


@dataclass(frozen=True)
class World:
    """What models that learned the same things know, and from what."""

    takes: str
    knows: str
    data: str


ICONS = World(
    "{size_px} px pictures",
    f"""It knows {len(NAMES)}
everyday things drawn as icons, seven colours they can have, and where they are. It knows no photographs.""",
    f"""\
The scenes are drawn with Noto Color Emoji (copyright Google Inc., SIL Open Font License 1.1); the texts come from
templates. No other data was used. The weights have the project's licence (MIT). Known things:

{textwrap.fill(", ".join(NAMES), 120)}.""",
)
COMMANDS = World(
    "16 kHz sound",
    f"""It knows {len(WORDS)}
words, digits and commands of the app, and writes whatever is said as the nearest of them.""",
    f"""\
The voices are those of espeak-ng (GPL 3.0, which does not cover what it says), flite (CMU, BSD-like) and festival
(CMU and University of Edinburgh, X11-like) from Debian, and two speakers of the Free Spoken Digit Dataset (CC BY-SA
4.0) with 30 digits each. No sound is kept. The weights have the project's licence (MIT). Known words:

{textwrap.fill(", ".join(WORDS), 120)}.""",
)


@dataclass(frozen=True)
class Card:
    """What a card says that no file knows.

    `rows` are (words, key in measured.json, must reach); `notes` is a template that is given what was measured as `m`.
    """

    title: str
    purpose: str
    usage: str
    script: str
    rows: tuple[tuple[str, str, float], ...]
    notes: str = ""
    size_px: int = 64
    measured_on: str = SCENES
    world: World = ICONS


CARDS = {
    "starter-vit": Card(
        "Starter ViT",
        "Says which of the things it knows is in a picture (`ViTForImageClassification`).",
        """from transformers import ViTForImageClassification, ViTImageProcessor

processor = ViTImageProcessor.from_pretrained(folder)
model = ViTForImageClassification.from_pretrained(folder).float()
logits = model(**processor(image, return_tensors="pt")).logits
print(model.config.id2label[int(logits.argmax())])""",
        "train_vit",
        (("top-1, one thing", "top_1", 0.93),),
        "In a scene of several things the probabilities are shared among them.",
    ),
    "starter-clip": Card(
        "Starter CLIP",
        "Says how well texts fit pictures (`CLIPModel`): classification by any names it knows, and search by caption.",
        """from transformers import CLIPModel, CLIPProcessor

processor = CLIPProcessor.from_pretrained(folder)
model = CLIPModel.from_pretrained(folder).float()
inputs = processor(text=["a photo of a cat", "a photo of a red car"], images=image, padding=True, return_tensors="pt")
print(model(**inputs).logits_per_image.softmax(dim=-1))""",
        "train_clip",
        (
            ("zero-shot top-1 over all names, one thing", "zero_shot_top_1", 0.90),
            ("recall@1 of a scene by its caption among 500", "recall_at_1", 0.80),
        ),
        "A caption that is just as true of the scene found counts as found. Texts have at most 48 tokens.",
    ),
    "starter-blip-caption": Card(
        "Starter BLIP, captions",
        "Says in English what is in a picture (`BlipForConditionalGeneration`).",
        """from transformers import BlipForConditionalGeneration, BlipProcessor

processor = BlipProcessor.from_pretrained(folder)
model = BlipForConditionalGeneration.from_pretrained(folder).float()
inputs = processor(images=image, return_tensors="pt")
print(processor.decode(model.generate(**inputs, max_new_tokens=60)[0], skip_special_tokens=True))""",
        "train_blip_caption",
        (
            ("things named, F1", "object_f1", 0.90),
            ("colour right, of the things found", "colours_right", 0.85),
        ),
        'A caption names every thing from left to right with its colour and place; it may be begun with "a photo of".',
    ),
    "starter-blip-vqa": Card(
        "Starter BLIP, questions",
        "Answers questions in English about a picture (`BlipForQuestionAnswering`).",
        """from transformers import BlipForQuestionAnswering, BlipProcessor

processor = BlipProcessor.from_pretrained(folder)
model = BlipForQuestionAnswering.from_pretrained(folder).float()
inputs = processor(images=image, text="what color is the cat?", return_tensors="pt")
print(processor.decode(model.generate(**inputs)[0], skip_special_tokens=True))""",
        "train_blip_vqa",
        (
            ("exact match, all questions", "exact_match.all", 0.90),
            ('what ("what is on the left?")', "exact_match.what", 0.0),
            ('where ("where is the cat?")', "exact_match.where", 0.0),
            ('colour ("what color is the cat?")', "exact_match.colour", 0.0),
            ('count ("how many cats are there?")', "exact_match.count", 0.0),
            ('yes or no ("is there a cat?", "is the cat red?")', "exact_match.yes-no", 0.0),
        ),
        'Counts are answered in digits, places as one of nine ("top left" ... "center" ... "bottom right").\n'
        '"Colour" is understood as "color" is: half of the questions about it have either.',
    ),
    "starter-llava": Card(
        "Starter LLaVA",
        "Talks about a picture in whole English sentences (`LlavaForConditionalGeneration` with a chat template).",
        """from transformers import AutoProcessor, LlavaForConditionalGeneration

processor = AutoProcessor.from_pretrained(folder)
model = LlavaForConditionalGeneration.from_pretrained(folder).float()
question = {"type": "text", "text": "What is on the left?"}
chat = [{"role": "user", "content": [{"type": "image", "image": image}, question]}]
inputs = processor.apply_chat_template(
    chat, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
)
tokens = model.generate(**inputs, max_new_tokens=60)
print(processor.decode(tokens[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True))""",
        "train_llava",
        (
            ("claims what is true, all first questions", "right.all", 0.85),
            ('what ("What is on the left?" "It is a cat.")', "right.what", 0.0),
            ('where ("Where is the cat?" "The cat is on the left.")', "right.where", 0.0),
            ('colour ("What colour is the cat?" "The cat is red.")', "right.colour", 0.0),
            ('count ("How many apples are there?" "There are three apples.")', "right.count", 0.0),
            ('yes or no ("Is there a dog?" "Yes, there is a dog.")', "right.yes-no", 0.0),
            ('second turns that refer to the first ("What colour is it?" "It is red.")', "right.second turn", 0.85),
            ("asked to describe the picture: things named, F1", "described.object_f1", 0.0),
        ),
        "An answer is judged by what it claims: the thing, the place, the colour, the number, yes or no. The second\n"
        "question of a conversation follows the model's own first answer.",
    ),
    "starter-sd": Card(
        "Starter Stable Diffusion",
        "Makes a picture of one thing from words (`StableDiffusionPipeline`) in four steps.",
        """from diffusers import StableDiffusionPipeline

pipeline = StableDiffusionPipeline.from_pretrained(folder)
pipeline("a red cat", num_inference_steps=4, guidance_scale=1.0).images[0].save("cat.png")""",
        "train_sd",
        (("the thing is recognised", "recognised", 0.85), ("its colour is as asked for", "colours_right", 0.80)),
        """Of the drawings themselves {m[of_the_originals][recognised]:.1%} are recognised, and of their colours
{m[of_the_originals][colours_right]:.1%} are seen. A picture takes {m[cpu_seconds]:.2f} s of one processor core.
The text tower is that of starter-clip, the autoencoder an AutoencoderTiny with latents of 32 x 32 x 4.

What is recognised is judged by starter-vit, which no training asked; the training asks starter-clip to see the
thing.""",
        256,
        DRAWINGS,
    ),
    "starter-controlnet-scribble": Card(
        "Starter ControlNet, scribbles",
        "Makes the pictures of starter-sd follow a sketch: white lines on black (`ControlNetModel`).",
        """from diffusers import ControlNetModel, StableDiffusionControlNetPipeline

controlnet = ControlNetModel.from_pretrained(folder)
pipeline = StableDiffusionControlNetPipeline.from_pretrained(starter_sd, controlnet=controlnet)
pipeline("a red cat", image=sketch, num_inference_steps=4, guidance_scale=1.0).images[0].save("cat.png")""",
        "train_sd",
        (
            ("the thing is recognised", "recognised", 0.85),
            ("its colour is as asked for", "colours_right", 0.80),
            ("edges follow the sketch, F1", "edge_f1", 0.6),
        ),
        """F1 counts edges within a pixel of a line. Of clean sketches it is {m[edge_f1_of][clean]:.2f}, of rough ones
{m[edge_f1_of][rough]:.2f}, of parts of sketches {m[edge_f1_of][partial]:.2f}; without the ControlNet
{m[edge_f1_without_control]:.2f}. The drawings that the sketches are of have {m[edge_f1_of_the_originals][clean]:.2f},
{m[edge_f1_of_the_originals][rough]:.2f} and {m[edge_f1_of_the_originals][partial]:.2f}.
A picture takes {m[cpu_seconds]:.2f} s of one processor core.

Sketches by people, which no training saw, with the name as the prompt: {m[by_people][quickdraw][scenes]} of
{m[by_people][quickdraw][things]} things from Quick, Draw! are recognised in {m[by_people][quickdraw][recognised]:.1%}
of the pictures (names exchanged: {m[by_people][quickdraw][shuffled][recognised]:.1%}), F1
{m[by_people][quickdraw][edge_f1]:.2f} (sketches exchanged: {m[by_people][quickdraw][shuffled][edge_f1]:.2f}); of
{m[by_people][others][scenes]} others (TU Berlin and more) {m[by_people][others][recognised]:.0%}.

It was trained together with starter-sd.""",
        256,
        DRAWINGS,
    ),
    "starter-controlnet-canny": Card(
        "Starter ControlNet, Canny edges",
        "Makes the pictures of starter-sd follow the Canny edges of another picture (`ControlNetModel`).",
        """from diffusers import ControlNetModel, StableDiffusionControlNetPipeline

controlnet = ControlNetModel.from_pretrained(folder)
pipeline = StableDiffusionControlNetPipeline.from_pretrained(starter_sd, controlnet=controlnet)
pipeline("a red cat", image=edges, num_inference_steps=4, guidance_scale=1.0).images[0].save("cat.png")""",
        "train_controlnet",
        (
            ("the thing is recognised", "recognised", 0.85),
            ("its colour is as asked for", "colours_right", 0.80),
            ("edges follow the edges given, F1", "edge_f1", 0.6),
        ),
        """Without the ControlNet F1 is {m[edge_f1_without_control]:.2f}; the pictures that the edges are of have
{m[edge_f1_of_the_originals]:.2f}.

It started from starter-controlnet-scribble.""",
        256,
        DRAWINGS,
    ),
    "starter-wav2vec2": Card(
        "Starter Wav2Vec2",
        "Writes spoken digits and commands letter by letter (`Wav2Vec2ForCTC`).",
        """from transformers import Wav2Vec2ForCTC, Wav2Vec2Processor

processor = Wav2Vec2Processor.from_pretrained(folder)
model = Wav2Vec2ForCTC.from_pretrained(folder).float()
inputs = processor(samples, sampling_rate=16_000, return_tensors="pt")
print(processor.batch_decode(model(**inputs).logits.argmax(dim=-1))[0])  # any letters; the app keeps to lexicon.txt""",
        "train_wav2vec2",
        (
            ("words right of held-out voices, 1 - WER", "right", 0.90),
            ("times of the words found: within their utterance", "times_right", 0.0),
        ),
        "Of real speakers, digits only: {m[people][jackson][right]:.0%} and {m[people][george][right]:.0%} of two whom "
        "it learned from, {m[people][lucas][right]:.0%} of others.\n\n"
        "The app writes the likeliest words of `lexicon.txt`.",
        measured_on=SPEECH,
        world=COMMANDS,
    ),
}


def card(model_id: str, measured: dict[str, Any], training: dict[str, Any], *, parameters: int, size_bytes: int) -> str:
    """The README of a model folder, from what `benchmarks.starter` and `training.note` found."""
    made = CARDS[model_id]
    missed = {words for words, _, _ in misses(model_id, measured)}
    rows = []
    for words, key, must in made.rows:
        found, chance = _at(measured, key), _at(measured["shuffled"], key)
        wanted = f"{must:.0%}" if must else ""
        rows.append(f"| {words} | {found:.1%}{' (missed)' if words in missed else ''} | {wanted} | {chance:.1%} |")
    return f"""---
license: mit
library_name: {"diffusers" if "import StableDiffusion" in made.usage else "transformers"}
---
# {made.title}

{made.purpose}
{parameters:,} parameters, {size_bytes / 1e6:.1f} MB in float16, for {made.world.takes.format(size_px=made.size_px)}.

It is a small model that the project trains itself, so that the app works at once and offline. {made.world.knows}

```python
{made.usage}
```

## Measured

{made.measured_on}

| measure | found | must reach | shuffled |
|---|---|---|---|
{chr(10).join(rows)}

{_count(measured)} {made.notes.format(m=measured)}

{_how(training)}

## Data and licence

{made.world.data}

## Train again

    make starter

or this model alone: `python -m tools.starter.{made.script}`. `python -m benchmarks.starter` measures it.
"""


def misses(model_id: str, measured: dict[str, Any]) -> list[tuple[str, float, float]]:
    """What falls short: (words, found, must reach)."""
    rows = [(words, _at(measured, key), must) for words, key, must in CARDS[model_id].rows]
    return [row for row in rows if row[1] < row[2]]


def _count(measured: dict[str, Any]) -> str:
    return f"{measured['words']:,} words." if "words" in measured else f"{measured['scenes']:,} scenes."


def _how(training: dict[str, Any]) -> str:
    spent = f"{training['steps']:,} steps of {training['batch']}"
    within = f", in {training['minutes']} minutes" if "minutes" in training else ""
    sentence = f"These weights were trained on {training['device']} for {spent}{within}."
    return textwrap.fill(" ".join([sentence, *training.get("remarks", [])]), 120)


def _at(measured: dict[str, Any], key: str) -> float:
    value: Any = measured
    for part in key.split("."):
        value = value[part]
    return float(value)


def main() -> None:
    measured = json.loads(MEASURED.read_text())["models"]
    for model_id in measured:
        folder: Path = ASSETS / model_id
        parameters = size_bytes = 0
        for weights in folder.rglob("*.safetensors"):
            with safe_open(weights, "pt") as tensors:
                parameters += sum(tensors.get_tensor(name).numel() for name in tensors.keys())  # noqa: SIM118
            size_bytes += weights.stat().st_size
        training = json.loads((folder / TRAINING).read_text())
        text = card(model_id, measured[model_id], training, parameters=parameters, size_bytes=size_bytes)
        (folder / "README.md").write_text(text)
        for words, found, must in misses(model_id, measured[model_id]):
            print(f"{model_id}: {words}: {found:.1%}, must reach {must:.0%}")


if __name__ == "__main__":
    main()
