"""A tiny BLIP-2 of the real class through the engine, against the plain transformers calls: token for token."""

import numpy as np
import pytest
from PIL import Image

from tests.workers.engines.vision.tiny_chats import MOST_TOKENS
from workers.cancel import never
from workers.engines.chat_models import ChatOptions
from workers.engines.vision import blip2
from workers.engines.vision.blip2 import Blip2
from workers.errors import Cancelled, EngineError, ModelBroken, OutOfMemory, SourceError, UsageError
from workers.results import Answer, AnswerToken, ImageRequest, Sight, Turn

QUESTIONS = ("what is this?", "is a cat on the left?", "why?", "two dogs 🐕🐕, and a zebra?", "a")


def loaded(folder) -> Blip2:
    engine = Blip2(folder, ChatOptions(dtype="float32"))
    engine.load(lambda *_: None)
    return engine


@pytest.fixture(scope="module")
def engine(model_folder) -> Blip2:
    return loaded(model_folder("tiny-blip2"))


@pytest.fixture(scope="module")
def plain(model_folder):
    """Asks transformers itself with a whole prompt: the text and how many tokens it has."""
    import torch
    import transformers

    folder = model_folder("tiny-blip2")
    model = transformers.Blip2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    processor = transformers.Blip2Processor.from_pretrained(folder)

    def ask(image, prompt, n=12, **options):
        inputs = processor(images=Image.fromarray(image), text=prompt, return_tensors="pt")
        output = model.generate(**inputs, do_sample=False, max_new_tokens=n, return_dict_in_generate=True, **options)
        tokens = output.sequences[0, inputs.input_ids.shape[1] :]
        return processor.decode(tokens, skip_special_tokens=True).strip(), len(tokens), output

    ask.tokenizer = processor.tokenizer
    return ask


def ask(engine, *images, question=QUESTIONS[0], history=(), n=12) -> Answer:
    *tokens, answer = engine.run(
        ImageRequest("ask", images, question=question, history=history, max_new_tokens=n), never
    )
    assert all(isinstance(token, AnswerToken) for token in tokens)
    assert "".join(token.text for token in tokens) == answer.text
    return answer


def test_answers_are_those_of_transformers_token_for_token(engine, plain, pictures):
    answers = set()
    for image, question in [(image, question) for image in pictures[:4] for question in QUESTIONS]:  # 20 of 20
        answer = ask(engine, image, question=question)

        assert (answer.text, answer.n_tokens) == plain(image, f"Question: {question} Answer:")[:2]
        answers.add(answer.text)
    assert len(answers) > 4


def test_many_questions_have_the_answers_of_transformers_to_each_by_itself(engine, plain, pictures, monkeypatch):
    looked_at = []
    look = engine._model.get_image_features
    monkeypatch.setattr(
        engine._model, "get_image_features", lambda pixels, **how: looked_at.append(len(pixels)) or look(pixels, **how)
    )
    images = (*pictures, *pictures[:4])
    questions = tuple(QUESTIONS[number % len(QUESTIONS)] for number in range(12))

    found = list(engine.run(ImageRequest("ask", images, questions=questions, max_new_tokens=12), never))

    expected = [plain(image, f"Question: {asked} Answer:")[:2] for image, asked in zip(images, questions, strict=True)]
    assert [(answer.text, answer.n_tokens) for answer in found] == expected
    assert looked_at == [8, 4]
    assert {(answer.model, answer.sights) for answer in found} == {("tiny-blip2", (Sight(32, 32),))}


def test_a_picture_of_several_questions_in_a_row_is_looked_at_once(engine, plain, pictures, monkeypatch):
    looked_at = []
    look = engine._model.get_image_features
    monkeypatch.setattr(
        engine._model, "get_image_features", lambda pixels, **how: looked_at.append(len(pixels)) or look(pixels, **how)
    )
    images = tuple(pictures[number] for number in (0, 1, 2, 2, 2))
    questions = QUESTIONS[:5]

    found = list(engine.run(ImageRequest("ask", images, questions=questions, max_new_tokens=12), never))

    expected = [plain(image, f"Question: {asked} Answer:")[0] for image, asked in zip(images, questions, strict=True)]
    assert [answer.text for answer in found] == expected
    assert looked_at == [2, 1]


def test_many_questions_stop_within_a_token(engine, pictures):
    calls = []
    request = ImageRequest("ask", pictures[:2], questions=QUESTIONS[:2], max_new_tokens=3000)

    with pytest.raises(Cancelled):
        list(engine.run(request, lambda: calls.append(1) or len(calls) > 4))


def test_one_of_many_that_cannot_be_asked_is_told(engine, pictures):
    with pytest.raises(UsageError, match="There is no question"):
        list(engine.run(ImageRequest("ask", pictures[:2], questions=("what?", " ")), never))


def test_a_second_question_looks_no_second_time_and_gives_the_tokens_of_reading_all_again(
    engine, plain, pictures, monkeypatch
):
    first = ask(engine, pictures[5])
    reads = []
    monkeypatch.setattr(engine._model, "get_image_features", None)  # looking again would raise TypeError
    known = engine._known
    monkeypatch.setattr(engine, "_known", lambda *args: reads.append(known(*args)) or reads[-1])

    second = ask(engine, question=QUESTIONS[1], history=(Turn(QUESTIONS[0], first.text, pictures[5:6]),))

    prompt = f"Question: {QUESTIONS[0]} Answer: {first.text}. Question: {QUESTIONS[1]} Answer:"
    assert (second.text, second.n_tokens) == plain(pictures[5], prompt)[:2]
    assert reads[0]["past_key_values"] is not None


def test_a_new_picture_begins_anew(engine, plain, pictures):
    history = (Turn(QUESTIONS[0], "a cat", pictures[:1]),)

    answer = ask(engine, pictures[1], question=QUESTIONS[1], history=history)

    assert answer.text == plain(pictures[1], f"Question: {QUESTIONS[1]} Answer:")[0]


def test_a_verdict_is_the_chance_of_yes_in_transformers(engine, plain, pictures):
    spelled = [plain.tokenizer(word, add_special_tokens=False).input_ids[0] for word in (" yes", " Yes", " no", " No")]
    output = plain(pictures[0], f"Question: {QUESTIONS[1]} Answer:", n=1, output_logits=True)[2]
    yes, capital_yes, no, capital_no = output.logits[0][0][spelled].exp().tolist()

    (found,) = engine.run(ImageRequest("judge", pictures[:1], question=QUESTIONS[1]), never)

    assert found.yes == pytest.approx((yes + capital_yes) / (yes + capital_yes + no + capital_no), rel=1e-3)


def test_stop_comes_within_a_token(engine, plain, pictures):
    answers, checks = [], []
    request = ImageRequest("ask", pictures[2:3], question=QUESTIONS[0], max_new_tokens=200)
    answering = engine.run(request, lambda: checks.append(1) or len(checks) > 4)  # before it begins, then at each token
    with pytest.raises(Cancelled):
        answers.extend(answering)

    assert 3 <= len(answers) <= 4
    assert ask(engine, pictures[2]).text == plain(pictures[2], f"Question: {QUESTIONS[0]} Answer:")[0]


def test_a_question_of_ten_thousand_characters_is_answered_and_a_longer_one_told(engine, pictures):
    assert ask(engine, pictures[0], question="why? " * 2000).n_tokens == 12
    with pytest.raises(SourceError, match=f"The chat is too long: with the answer it has .* reads {MOST_TOKENS}"):
        ask(engine, pictures[0], question="why? " * 4000)


def test_words_that_stand_for_a_picture_are_taken_as_words(engine, pictures):
    assert ask(engine, pictures[0], question="what is <image> and <|endoftext|>?").n_tokens == 12


def test_memory_that_runs_out_is_told_and_the_next_answer_comes(engine, pictures, monkeypatch):
    def allocate(*_, **__):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")

    expected = ask(engine, pictures[6]).text
    with monkeypatch.context() as patch:
        patch.setattr(engine._model.language_model.get_output_embeddings(), "forward", allocate)
        with pytest.raises(OutOfMemory, match="ran out of memory"):
            ask(engine, pictures[6])

    assert ask(engine, pictures[6]).text == expected


def test_an_answer_says_what_saw_which_size(engine, pictures):
    answer = ask(engine, pictures[0])

    assert (answer.model, answer.sights) == ("tiny-blip2", (Sight(32, 32),))
    assert 0 < answer.time_to_first_token_s <= answer.n_tokens / answer.tokens_per_s


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        ({"question": " "}, UsageError, "There is no question"),
        ({"images": ()}, UsageError, "There is no picture"),
        ({"images": (np.zeros((9, 9, 3), np.uint8),) * 2}, UsageError, "one picture, not 2"),
        ({"task": "caption"}, EngineError, "is for the task 'ask', not 'caption'"),
    ],
)
def test_what_cannot_be_asked_is_told(engine, pictures, wrong, error, sentence):
    with pytest.raises(error, match=sentence):
        list(engine.run(ImageRequest(**({"task": "ask", "images": pictures[:1], "question": "a"} | wrong)), never))


@pytest.mark.parametrize(
    "config",
    [
        '{"architectures": ["BertModel"]}',
        '{"architectures": ["Blip2ForConditionalGeneration"], "use_decoder_only_language_model": false}',
    ],
)
def test_a_model_of_another_kind_is_refused(tmp_path, config):
    (tmp_path / "config.json").write_text(config)

    with pytest.raises(ModelBroken, match="not a BLIP-2 that the app can use"):
        loaded(tmp_path)


def test_only_what_was_asked_about_the_newest_picture_counts(pictures):
    old, new = Turn("what?", "a cat", pictures[:1]), Turn("and this?", "a dog", pictures[1:2])
    later = Turn("which colour?", "red")

    assert blip2._turns_about(ImageRequest("ask", history=(old, new, later))) == [new, later]
    assert blip2._turns_about(ImageRequest("ask", pictures[2:3], history=(old, new, later))) == []
