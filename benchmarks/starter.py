"""What the starter models know, on held-out scenes of a seed of its own, beside the same with the truths shuffled.

Scenes are rendered anew: backgrounds, hues and, half of the time, combinations of thing and colour that no training
scene has (see `tools/starter/world.py`). The models are loaded from their folders as anybody would load them. With the
truths exchanged among the scenes a measure must fall to chance: else it would measure something else.

    python -m benchmarks.starter [--out benchmarks/out/starter.json] [--scenes 1000] [--models ID ...] [--ship]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import (
    AutoProcessor,
    BlipForConditionalGeneration,
    BlipForQuestionAnswering,
    BlipProcessor,
    CLIPModel,
    CLIPProcessor,
    LlavaForConditionalGeneration,
    ViTForImageClassification,
    ViTImageProcessor,
)

from benchmarks import starter_drawing
from benchmarks.machine import machine
from benchmarks.scoring import matched_pairs
from tools.starter.pool import WORK_DIR
from tools.starter.scenes import Scene, render
from tools.starter.sentences import DESCRIBE
from tools.starter.sounds import Clip
from tools.starter.texts import ABOUTS, Question, caption, question
from tools.starter.train_blip_caption import score
from tools.starter.train_clip import NAME_TEXTS
from tools.starter.train_llava import answers_of, held_out_exam, messages_of, right_claims
from tools.starter.train_wav2vec2 import (
    TRAINED_SPEAKERS,
    held_out_clips,
    real_clips,
    speakers,
    text_of,
    words_right,
)
from tools.starter.world import NAMES
from workers.engines.speech.wav2vec2 import Wav2Vec2, Wav2Vec2Options
from workers.results import SAMPLE_RATE_HZ, Hypothesis, Samples, SpeechRequest

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets" / "starter"
SEED = 20_000
RETRIEVED = 500  # scenes among which a caption must find its own
BATCH = 100

Found = dict[str, Any]


def scenes_of(count: int, *, things: int | None = None, seed: int) -> list[Scene]:
    rng = np.random.default_rng((SEED, seed))
    return [render(rng, "held_out", count=things) for _ in range(count)]


def images(scenes: Sequence[Scene]) -> list[Image.Image]:
    return [Image.fromarray(scene.pixels) for scene in scenes]


def batches(count: int) -> list[slice]:
    return [slice(first, first + BATCH) for first in range(0, count, BATCH)]


def share(found: Sequence[object], truth: Sequence[object]) -> float:
    return round(float(np.mean([a == b for a, b in zip(found, truth, strict=True)])), 4)


def shuffled(truth: Sequence[Any]) -> list[Any]:
    order = np.random.default_rng(SEED).permutation(len(truth))
    return [truth[i] for i in order]


@torch.inference_mode()
def vit(folder: Path, count: int) -> Found:
    """Top-1 on scenes of one thing."""
    processor, model = ViTImageProcessor.from_pretrained(folder), ViTForImageClassification.from_pretrained(folder)
    model = model.float().eval()
    scenes = scenes_of(count, things=1, seed=1)
    truth = [scene.things[0].name for scene in scenes]
    found: list[str] = []
    for part in batches(count):
        logits = model(**processor(images(scenes[part]), return_tensors="pt")).logits
        found += [model.config.id2label[int(i)] for i in logits.argmax(dim=1)]
    wrong = sorted({f"{a} for {b}" for a, b in zip(found, truth, strict=True) if a != b})
    return {
        "scenes": count,
        "top_1": share(found, truth),
        "shuffled": {"top_1": share(found, shuffled(truth))},
        "mistakes": wrong,
    }


@torch.inference_mode()
def clip(folder: Path, count: int) -> Found:
    """Zero-shot top-1 over all names on scenes of one thing, and recall@1 by full captions of one to five."""
    processor, model = CLIPProcessor.from_pretrained(folder), CLIPModel.from_pretrained(folder)
    model = model.float().eval()

    def pictures(scenes: Sequence[Scene]) -> torch.Tensor:
        parts = [
            model.get_image_features(**processor(images=images(scenes[part]), return_tensors="pt")).pooler_output
            for part in batches(len(scenes))
        ]
        return torch.nn.functional.normalize(torch.cat(parts), dim=-1)

    def texts(words: Sequence[str]) -> torch.Tensor:
        tokens = processor(text=list(words), padding=True, truncation=True, return_tensors="pt")
        return torch.nn.functional.normalize(model.get_text_features(**tokens).pooler_output, dim=-1)

    single = scenes_of(count, things=1, seed=2)
    truth = [scene.things[0].name for scene in single]
    names = texts(NAME_TEXTS)
    found = [NAMES[int(i)] for i in (pictures(single) @ names.T).argmax(dim=1)]

    many = scenes_of(RETRIEVED, seed=3)
    rng = np.random.default_rng(SEED)
    captions = [caption(rng, scene.things, is_full=True) for scene in many]
    claims = [words.claims for words in captions]
    best = (texts([words.text for words in captions]) @ pictures(many).T).argmax(dim=1)
    retrieved = [claims[int(i)] for i in best]
    return {
        "scenes": count + RETRIEVED,
        "zero_shot_top_1": share(found, truth),
        "recall_at_1": share(retrieved, claims),
        "shuffled": {
            "zero_shot_top_1": share(found, shuffled(truth)),
            "recall_at_1": share(retrieved, shuffled(claims)),
        },
    }


def blip_vqa(folder: Path, count: int) -> Found:
    """Exact matches, as many questions about each of what, where, colour, count and yes-no.

    Shuffled, a question is asked about another scene: what remains is what questions alone give away.
    """
    processor, model = BlipProcessor.from_pretrained(folder), BlipForQuestionAnswering.from_pretrained(folder)
    model = model.float().eval()
    rng = np.random.default_rng((SEED, 4))
    scenes: list[Scene] = []
    asked: list[Question] = []
    while len(asked) < count:
        scene, about = render(rng, "held_out"), ABOUTS[len(asked) % len(ABOUTS)]
        candidate = question(rng, scene.things, about)
        if candidate.about == about:
            scenes.append(scene)
            asked.append(candidate)

    def matches(shown: Sequence[Scene]) -> dict[str, float]:
        found = answers(processor, model, images(shown), [q.text for q in asked])
        right = {"all": share(found, [q.answer for q in asked])}
        for about in ABOUTS:
            pairs = [(answer, q.answer) for answer, q in zip(found, asked, strict=True) if q.about == about]
            right[about] = share(*zip(*pairs, strict=True))
        return right

    return {
        "scenes": count,
        "exact_match": matches(scenes),
        "shuffled": {"exact_match": matches(shuffled(scenes))},
    }


def answers(
    processor: BlipProcessor, model: BlipForQuestionAnswering, shown: Sequence[Image.Image], asked: Sequence[str]
) -> list[str]:
    found: list[str] = []
    for part in batches(len(asked)):
        inputs = processor(images=list(shown[part]), text=list(asked[part]), padding=True, return_tensors="pt")
        tokens = model.generate(**inputs, max_new_tokens=6, num_beams=1, do_sample=False)
        found += processor.batch_decode(tokens, skip_special_tokens=True)
    return found


def easy_vqa(folder: Path) -> Found:
    """Exact matches on the test split of easy-vqa, by what `tools.starter.train_easy_vqa` left in `folder`."""
    from tools.starter.train_easy_vqa import load

    processor, model = BlipProcessor.from_pretrained(folder), BlipForQuestionAnswering.from_pretrained(folder)
    model = model.float().eval()
    split = load("test")
    asked = [question for questions in split.questions for question in questions]
    right = [answer for questions in split.answers for answer in questions]
    shown = [Image.fromarray(p) for p, qs in zip(split.pixels, split.questions, strict=True) for _ in qs]
    return {
        "questions": len(asked),
        "exact_match": share(answers(processor, model, shown, asked), right),
        "shuffled": {"exact_match": share(answers(processor, model, shuffled(shown), asked), right)},
    }


def blip_caption(folder: Path, count: int) -> Found:
    """F1 over the things that captions name, and how often the colour of a thing found is right."""
    processor, model = BlipProcessor.from_pretrained(folder), BlipForConditionalGeneration.from_pretrained(folder)
    model = model.float().eval()
    scenes = scenes_of(count, seed=5)
    captions: list[str] = []
    for part in batches(count):
        inputs = processor(images=images(scenes[part]), return_tensors="pt")
        tokens = model.generate(**inputs, max_new_tokens=60, num_beams=1, do_sample=False)
        captions += processor.batch_decode(tokens, skip_special_tokens=True)
    truth = [scene.things for scene in scenes]
    return {
        "scenes": count,
        **rounded(asdict(score(captions, truth))),
        "shuffled": rounded(asdict(score(captions, shuffled(truth)))),
        "examples": captions[:10],
    }


def llava(folder: Path, count: int) -> Found:
    """Answers that claim what is true: as many first questions about each subject as in blip_vqa, then one that refers.

    Shuffled, a conversation is about another scene. Descriptions are scored as captions are.
    """
    processor = AutoProcessor.from_pretrained(folder)
    model = LlavaForConditionalGeneration.from_pretrained(folder).float().eval()
    exam = held_out_exam(count, (SEED, 6))
    shown = [Image.fromarray(pixels) for pixels in exam.pixels]
    scenes = scenes_of(count // 4, seed=7)
    said: list[str] = []
    for part in batches(len(scenes)):
        chats = [messages_of([], [], DESCRIBE[0].capitalize()) for _ in scenes[part]]
        said += answers_of(model, processor, images(scenes[part]), chats)
    truth = [scene.things for scene in scenes]
    return {
        "scenes": count + len(scenes),
        "right": rounded(right_claims(model, processor, shown, exam.talks)),
        "described": rounded(asdict(score(said, truth))),
        "shuffled": {
            "right": rounded(right_claims(model, processor, shuffled(shown), exam.talks)),
            "described": rounded(asdict(score(said, shuffled(truth)))),
        },
        "examples": said[:10],
    }


def wav2vec2(folder: Path, count: int) -> Found:
    """Words right, 1 - WER, of held-out voices in rooms and noise, by the engine of the app; and of real speakers.

    A word's time is right where its middle lies within the utterance that has it.
    """
    engine = Wav2Vec2(folder, Wav2Vec2Options(device="cpu"))
    engine.load(lambda *_: None)

    def words(samples: Samples) -> Hypothesis:
        (found,) = engine.run(SpeechRequest(samples, is_final=True), lambda: False)
        assert isinstance(found, Hypothesis)
        return found

    clips = held_out_clips(count // 5, (SEED, 8))
    truth = [text_of(one) for one in clips]
    found = [words(one.samples) for one in clips]
    texts = [hypothesis.text.strip() for hypothesis in found]
    people = {}
    for speaker in speakers():
        said = real_clips(speaker)
        heard = [words(one.samples).text.strip() for one in said]
        people[speaker] = {
            "right": words_right([text_of(one) for one in said], heard),
            "was_trained_on": speaker in TRAINED_SPEAKERS,
            "heard": heard,
        }
    return {
        "words": sum(len(text.split()) for text in truth),
        "right": words_right(truth, texts),
        "times_right": times_right(clips, found),
        "people": people,
        "shuffled": {
            "right": words_right(shuffled(truth), texts),
            "times_right": times_right(shuffled(clips), found),
        },
        "examples": [f"{a} -> {b}" for a, b in list(zip(truth, texts, strict=True))[:10]],
    }


def times_right(clips: Sequence[Clip], found: Sequence[Hypothesis]) -> float:
    """The share of the words found whose middle lies within the part of the clip that has them."""
    are_within: list[bool] = [False]
    for one, hypothesis in zip(clips, found, strict=True):
        spans = [(first, last) for first, last, text in one.parts for _ in text.split()]
        for i, k in matched_pairs(text_of(one).split(), [word.text.strip() for word in hypothesis.words]):
            middle = (hypothesis.words[k].start_s + hypothesis.words[k].end_s) / 2 * SAMPLE_RATE_HZ
            are_within.append(spans[i][0] <= middle <= spans[i][1])
    return round(float(np.mean(are_within[1:] or are_within)), 4)


def rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


MEASURES = {
    "starter-vit": vit,
    "starter-clip": clip,
    "starter-blip-vqa": blip_vqa,
    "starter-blip-caption": blip_caption,
    "starter-llava": llava,
    "starter-wav2vec2": wav2vec2,
    **starter_drawing.MEASURES,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out" / "starter.json")
    parser.add_argument("--scenes", type=int, default=1000, help="for each measure (1000)")
    parser.add_argument(
        "--models", nargs="+", choices=MEASURES, default=list(MEASURES), metavar="ID", help="only these"
    )
    parser.add_argument("--threads", type=int, default=2, help="one is faster where others use the machine (2)")
    parser.add_argument("--ship", action="store_true", help="also note the figures beside the models, for their cards")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    result: Found = {"machine": machine("torch", "transformers", "diffusers", "numpy"), "models": {}}
    for name in arguments.models:
        if any((ASSETS / name).rglob("*.safetensors")):
            started = time.perf_counter()
            result["models"][name] = MEASURES[name](ASSETS / name, arguments.scenes)
            shown = {
                key: value
                for key, value in result["models"][name].items()
                if key not in ("mistakes", "examples", "people")
            }
            print(name, shown, f"{time.perf_counter() - started:.0f} s", flush=True)
    if (WORK_DIR / "easy-vqa" / "model.safetensors").exists():
        result["easy_vqa"] = easy_vqa(WORK_DIR / "easy-vqa")
        print("easy-vqa", result["easy_vqa"], flush=True)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=1, ensure_ascii=False))
    if arguments.ship:
        shipped = ASSETS / "measured.json"
        models = json.loads(shipped.read_text())["models"] if shipped.exists() else {}
        shipped.write_text(json.dumps({"models": models | result["models"]}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
