"""The starters and tiny BLIPs of the three kinds through the engine: the tokens of transformers' `generate`."""

import numpy as np
import pytest
from PIL import Image

from tests.workers.engines.vision.conftest import ASSETS, THINGS
from workers.cancel import never
from workers.engines.vision.blip import AT_ONCE, Blip, BlipOptions
from workers.errors import Cancelled, EngineError, ModelBroken, SourceError, UsageError
from workers.results import Answer, AnswerToken, ImageRequest, Sight, Turn

QUESTIONS = ("what is this?", "what is on the left?", "is a cat in the picture?", "zebra 🦓?", "a")


def loaded(folder) -> Blip:
    engine = Blip(folder, BlipOptions())
    engine.load(lambda *_: None)
    return engine


@pytest.fixture
def engine(request, model_folder) -> Blip:
    return loaded(model_folder(request.param))


captioner = pytest.mark.parametrize("engine", ["starter-blip-caption"], indirect=True)
answerer = pytest.mark.parametrize("engine", ["starter-blip-vqa"], indirect=True)
tiny_answerer = pytest.mark.parametrize("engine", ["tiny-blip-vqa"], indirect=True)
matcher = pytest.mark.parametrize("engine", ["tiny-blip-itm"], indirect=True)


def plain(folder, architecture):
    import torch
    import transformers

    model = getattr(transformers, architecture).from_pretrained(folder, dtype=torch.float32)
    return model.eval(), transformers.BlipProcessor.from_pretrained(folder)


def ask(engine, frame, question, **options) -> Answer:
    *tokens, answer = engine.run(ImageRequest("ask", (frame,), question=question, **options), never)
    assert "".join(token.text for token in tokens) == answer.text
    assert all(isinstance(token, AnswerToken) for token in tokens)
    return answer


@answerer
def test_it_knows_the_things(engine, pictures):
    answers = [ask(engine, frame, "what is this?").text for frame in pictures]

    right = [answer == thing for answer, thing in zip(answers, THINGS, strict=True)]
    assert sum(right) >= 6


@answerer
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what is on the right?", "horse"),
        ("where is the pig?", "bottom"),
        ("what color is the balloon?", "blue"),
        ("is there a horse?", "yes"),
        ("is there a dog?", "no"),
    ],
)
def test_it_answers_about_the_sample(engine, question, answer):
    sample = np.asarray(Image.open(ASSETS / "samples" / "things.jpg"))

    assert ask(engine, sample, question).text == answer


@captioner
def test_it_says_what_the_pictures_show(engine, pictures):
    captions = [caption.text for caption in engine.run(ImageRequest("caption", pictures), never)]

    assert sum(thing in caption for thing, caption in zip(THINGS, captions, strict=True)) >= 6


@pytest.mark.parametrize("engine", ["starter-blip-vqa", "tiny-blip-vqa"], indirect=True)
@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_those_of_transformers_token_for_token(engine, pictures, question):
    model, processor = plain(engine._folder, "BlipForQuestionAnswering")
    answers = set()
    for frame in pictures:
        inputs = processor(images=Image.fromarray(frame), text=question, return_tensors="pt")
        tokens = model.generate(**inputs, max_new_tokens=12, do_sample=False, num_beams=1)[0]

        answer = ask(engine, frame, question, max_new_tokens=12)

        assert answer.text == processor.decode(tokens, skip_special_tokens=True)
        assert answer.n_tokens == len(tokens) - 1
        answers.add(answer.text)
    assert len(answers) > 1 or question == "a"  # the pictures make a difference, where something is asked


@pytest.mark.parametrize("engine", ["starter-blip-caption", "tiny-blip-caption"], indirect=True)
@pytest.mark.parametrize("prefix", ["", "a photo of", "the red cat on"])
def test_captions_are_those_of_transformers_token_for_token(engine, pictures, prefix):
    model, processor = plain(engine._folder, "BlipForConditionalGeneration")
    found = list(engine.run(ImageRequest("caption", pictures, prefix=prefix, max_new_tokens=12), never))

    for frame, caption in zip(pictures, found, strict=True):
        text = {"text": prefix} if prefix else {}
        inputs = processor(images=Image.fromarray(frame), return_tensors="pt", **text)
        tokens = model.generate(**inputs, max_new_tokens=12, do_sample=False, num_beams=1)[0]
        assert caption.text == processor.decode(tokens, skip_special_tokens=True)
        assert caption.text.startswith(prefix)
    assert len({caption.text for caption in found}) > 1


@pytest.mark.parametrize("engine", ["starter-blip-vqa", "tiny-blip-vqa"], indirect=True)
def test_many_questions_at_once_have_the_answers_of_each_by_itself(engine, pictures):
    frames = pictures * 2
    questions = tuple(QUESTIONS[number % len(QUESTIONS)] for number in range(len(frames)))
    assert len(frames) > AT_ONCE

    found = list(engine.run(ImageRequest("ask", frames, questions=questions, max_new_tokens=12), never))

    alone = [ask(engine, frame, question, max_new_tokens=12) for frame, question in zip(frames, questions, strict=True)]
    assert [(one.text, one.n_tokens, one.sights) for one in found] == [
        (one.text, one.n_tokens, one.sights) for one in alone
    ]
    assert all(one.time_to_first_token_s > 0 and one.tokens_per_s > 0 for one in found)
    assert len({one.text for one in found}) > 2


@answerer
def test_pictures_with_questions_of_one_length_are_looked_at_together(engine, pictures, monkeypatch):
    batches = []
    look = engine._model.vision_model.forward
    monkeypatch.setattr(
        engine._model.vision_model,
        "forward",
        lambda pixel_values, **how: batches.append(len(pixel_values)) or look(pixel_values, **how),
    )

    list(engine.run(ImageRequest("ask", pictures[:4], questions=(*["what is this?"] * 3, "where is the pig?")), never))

    assert sorted(batches) == [1, 3]


@answerer
@pytest.mark.parametrize(("questions", "error"), [(("what?", " "), UsageError), (("what?", "why " * 600), SourceError)])
def test_one_of_many_that_cannot_be_asked_is_told(engine, pictures, questions, error):
    with pytest.raises(error):
        list(engine.run(ImageRequest("ask", pictures[:2], questions=questions), never))


@answerer
def test_many_questions_stop_between_two_tokens(engine, pictures):
    calls = iter([False, True])

    with pytest.raises(Cancelled):
        list(engine.run(ImageRequest("ask", pictures[:2], questions=("what?", "why?")), lambda: next(calls)))


@matcher
def test_matches_are_those_of_transformers(engine, model_folder, pictures):
    import torch

    model, processor = plain(model_folder("tiny-blip-itm"), "BlipForImageTextRetrieval")
    texts = ("a red cat", "the dog on the left of the picture", "two")

    found = list(engine.run(ImageRequest("match", pictures[:3], texts=texts), never))

    for frame, match in zip(pictures, found, strict=False):
        for text, score in zip(texts, match.scores, strict=True):
            with torch.inference_mode():
                output = model(**processor(images=Image.fromarray(frame), text=text, return_tensors="pt"))
            assert score == pytest.approx(float(output.itm_score.softmax(-1)[0, 1]), abs=1e-4)


@answerer
@pytest.mark.parametrize("text", ["it ' s a cat . don ' t , no ?", "it '"])
def test_an_apostrophe_that_closes_up_loses_nothing(engine, pictures, monkeypatch, text):
    tokens = engine._tokenizer(text, add_special_tokens=False).input_ids
    engine._tokenizer.clean_up_tokenization_spaces = True  # as with the published weights: "it ' s" becomes "it's"
    monkeypatch.setattr(engine, "_tokens", lambda *_: iter([*tokens, None]))

    assert ask(engine, pictures[0], "what is this?").text == engine._tokenizer.decode(tokens)


@tiny_answerer
def test_stop_comes_between_two_tokens(engine, pictures):
    calls = []

    def cancelled() -> bool:
        calls.append(True)
        return len(calls) > 2

    with pytest.raises(Cancelled):
        list(engine.run(ImageRequest("ask", pictures[:1], question=QUESTIONS[0]), cancelled))

    assert len(calls) == 3
    assert ask(engine, pictures[0], QUESTIONS[0]).n_tokens > 2


@answerer
def test_a_second_question_about_a_picture_looks_only_once(engine, pictures, monkeypatch):
    first = ask(engine, pictures[0], QUESTIONS[0])
    monkeypatch.setattr(engine, "_pictures", None)  # looking again would raise TypeError

    assert ask(engine, pictures[0].copy(), QUESTIONS[0]).text == first.text
    with pytest.raises(TypeError):
        ask(engine, np.zeros_like(pictures[0]), QUESTIONS[0])


@answerer
@pytest.mark.parametrize(("question", "is_so"), [("is there a horse?", True), ("is there a dog?", False)])
def test_it_judges_what_is_answered_with_yes_or_no(engine, question, is_so):
    sample = np.asarray(Image.open(ASSETS / "samples" / "things.jpg"))

    (verdict,) = engine.run(ImageRequest("judge", (sample,), question=question), never)

    assert (verdict.yes > 0.6) if is_so else (verdict.yes < 0.4)


@pytest.mark.parametrize("engine", ["starter-blip-vqa", "tiny-blip-vqa"], indirect=True)
def test_a_verdict_is_the_loss_of_transformers_as_a_chance(engine, pictures):
    import torch

    model, processor = plain(engine._folder, "BlipForQuestionAnswering")
    inputs = processor(images=Image.fromarray(pictures[0]), text=QUESTIONS[2], return_tensors="pt")
    seen = model.vision_model(inputs.pixel_values).last_hidden_state
    asked = model.text_encoder(inputs.input_ids, encoder_hidden_states=seen).last_hidden_state
    losses = []
    for answer in ("yes", "no"):
        answer_ids = processor(text=answer, return_tensors="pt").input_ids
        answer_ids[0, 0] = model.decoder_start_token_id
        chances = model.text_decoder(answer_ids, encoder_hidden_states=asked).logits.log_softmax(-1)
        losses.append(torch.nn.functional.nll_loss(chances[0, :-1], answer_ids[0, 1:], reduction="sum"))

    (verdict,) = engine.run(ImageRequest("judge", pictures[:1], question=QUESTIONS[2]), never)

    assert verdict.yes == pytest.approx(float(torch.sigmoid(losses[1] - losses[0]).detach()), abs=1e-4)


@answerer
def test_a_question_without_a_picture_is_about_the_newest_of_the_chat(engine, pictures):
    earlier = (Turn("what is this?", "a frog", pictures[:1]), Turn("and this?", "a carrot", pictures[1:2]))
    asked = ImageRequest("ask", question="what is this?", history=earlier)

    assert list(engine.run(asked, never))[-1].text == ask(engine, pictures[1], "what is this?").text


@answerer
def test_an_answer_says_what_saw_which_size(engine, pictures):
    answer = ask(engine, pictures[0], QUESTIONS[0])

    size_px = engine._model.config.vision_config.image_size
    assert answer.model == "starter-blip-vqa"
    assert answer.sights == (Sight(size_px, size_px),)


@answerer
def test_times_are_told(engine, pictures):
    answer = ask(engine, pictures[0], QUESTIONS[0], max_new_tokens=6)

    assert 1 <= answer.n_tokens <= 6
    assert 0 < answer.time_to_first_token_s <= answer.n_tokens / answer.tokens_per_s


@answerer
@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        ({"question": " "}, UsageError, "no question"),
        ({"question": "why " * 2500}, SourceError, "tokens, and the model reads 40"),
        ({"task": "caption"}, EngineError, "is for the task 'ask', not 'caption'"),
    ],
)
def test_what_cannot_be_asked_is_told(engine, pictures, wrong, error, sentence):
    with pytest.raises(error, match=sentence):
        list(engine.run(ImageRequest(**({"task": "ask", "images": pictures[:1]} | wrong)), never))


@answerer
def test_one_picture_a_question(engine, pictures):
    with pytest.raises(UsageError, match="one picture, not 8"):
        list(engine.run(ImageRequest("ask", pictures, question="what?"), never))
    with pytest.raises(UsageError, match="one picture, not 0"):
        list(engine.run(ImageRequest("ask", question="what?"), never))


@matcher
def test_matching_needs_a_text(engine, pictures):
    with pytest.raises(UsageError, match="no text"):
        list(engine.run(ImageRequest("match", pictures[:1]), never))


def test_a_model_of_another_kind_is_refused(tmp_path):
    (tmp_path / "config.json").write_text('{"architectures": ["BertModel"]}')

    with pytest.raises(ModelBroken, match="not a BLIP"):
        loaded(tmp_path)


@answerer
@pytest.mark.parametrize(("n", "is_cut_off"), [(1, True), (16, False)])
def test_an_answer_says_whether_it_was_cut_off(engine, pictures, n, is_cut_off):
    question = "what is this?"
    request = ImageRequest("ask", pictures[:2], questions=(question,) * 2, max_new_tokens=n)

    *_, alone = engine.run(ImageRequest("ask", pictures[:1], question=question, max_new_tokens=n), lambda: False)
    beside = list(engine.run(request, lambda: False))

    assert [answer.is_cut_off for answer in (alone, *beside)] == [is_cut_off] * 3
