"""The starter LLaVA through the engine: what it says is true, and what transformers says."""

import numpy as np
import pytest
from PIL import Image

from tests.workers.engines.vision.conftest import ASSETS, STARTERS, THINGS
from workers.engines.chat_models import ChatOptions
from workers.engines.vision.llava import Llava
from workers.results import Answer, ImageRequest, Turn

FOLDER = STARTERS / "starter-llava"
QUESTIONS = ("What is this?", "What color is it?", "Is there a dog?", "What do you see?", "Where is it? 🐸")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="`make starter` makes it, and this checkout has none")


@pytest.fixture(scope="module")
def engine() -> Llava:
    made = Llava(FOLDER, ChatOptions(dtype="float32"))
    made.load(lambda *_: None)
    return made


def ask(engine, *images, question, history=(), n=24) -> Answer:
    request = ImageRequest("ask", images, question=question, history=history, max_new_tokens=n)
    return list(engine.run(request, lambda: False))[-1]


def test_it_knows_the_things(engine, pictures):
    answers = [ask(engine, picture, question="What is this?").text for picture in pictures]

    assert sum(thing in answer for thing, answer in zip(THINGS, answers, strict=True)) >= 6


def test_a_further_question_is_about_the_same_picture(engine, pictures):
    boat = pictures[THINGS.index("boat")]
    first = ask(engine, boat, question="What is this?")

    second = ask(engine, question="What color is it?", history=(Turn("What is this?", first.text, (boat,)),))

    assert "boat" in first.text
    assert "yellow" in second.text


def test_answers_are_those_of_transformers_token_for_token(engine, pictures):
    import torch
    import transformers

    model = transformers.LlavaForConditionalGeneration.from_pretrained(FOLDER, dtype=torch.float32).eval()
    processor = transformers.LlavaProcessor.from_pretrained(FOLDER)
    for picture, question in [(picture, question) for picture in pictures[:4] for question in QUESTIONS]:  # 20 of 20
        content = [{"type": "image", "image": Image.fromarray(picture)}, {"type": "text", "text": question}]
        inputs = processor.apply_chat_template(
            [{"role": "user", "content": content}],
            add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt",
        )  # fmt: skip
        tokens = model.generate(**inputs, do_sample=False, max_new_tokens=24)[0, inputs.input_ids.shape[1] :]

        answer = ask(engine, picture, question=question)

        assert answer.text == processor.decode(tokens, skip_special_tokens=True).strip()
        assert answer.n_tokens == len(tokens)


def test_many_questions_at_once_have_the_answers_of_each_by_itself(engine, pictures):
    images = pictures * len(QUESTIONS)
    questions = tuple(question for question in QUESTIONS for _ in pictures)

    found = list(engine.run(ImageRequest("ask", images, questions=questions, max_new_tokens=24), lambda: False))

    alone = [ask(engine, image, question=question) for image, question in zip(images, questions, strict=True)]
    assert [(one.text, one.n_tokens) for one in found] == [(one.text, one.n_tokens) for one in alone]
    assert sum(thing in one.text for thing, one in zip(THINGS, found[: len(THINGS)], strict=True)) >= 6


def test_yes_is_surer_about_what_is_there(engine):
    sample = np.asarray(Image.open(ASSETS / "samples" / "things.jpg"))

    def yes(question: str) -> float:
        (verdict,) = engine.run(ImageRequest("judge", (sample,), question=question), lambda: False)
        return verdict.yes

    there = [yes(f"Is there a {thing}?") for thing in ("horse", "pig", "balloon")]
    absent = [yes(f"Is there a {thing}?") for thing in ("dog", "truck", "banana")]

    assert sum(there) > sum(absent)


@pytest.mark.parametrize(("n", "is_cut_off"), [(1, True), (24, False)])
def test_an_answer_says_whether_it_was_cut_off(engine, pictures, n, is_cut_off):
    request = ImageRequest("ask", pictures[:2], questions=QUESTIONS[:2], max_new_tokens=n)

    alone = ask(engine, pictures[0], question=QUESTIONS[0], n=n)
    beside = list(engine.run(request, lambda: False))

    assert [answer.is_cut_off for answer in (alone, *beside)] == [is_cut_off] * 3
