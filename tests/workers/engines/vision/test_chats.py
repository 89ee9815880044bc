"""Engines that chat, with tiny models of their real classes, against plain transformers calls: token for token."""

from itertools import pairwise

import pytest
from PIL import Image

from tests.workers.engines.vision.conftest import SIZE_PX, loaded
from tests.workers.engines.vision.tiny_chats import MOST_TOKENS, byte_level_tokenizer, llama_tokenizer
from workers.cancel import never
from workers.engines import chat_models
from workers.engines.chat_models import AT_ONCE, BROKEN, Generation, Writing
from workers.engines.vision import idefics
from workers.errors import Cancelled, EngineError, ModelBroken, OutOfMemory, SourceError, UsageError
from workers.results import Answer, AnswerToken, ImageRequest, Turn

ARCHITECTURES = {
    "tiny-llava": "LlavaForConditionalGeneration",
    "tiny-idefics": "IdeficsForVisionText2Text",
    "tiny-idefics2": "Idefics2ForConditionalGeneration",
    "tiny-idefics3": "Idefics3ForConditionalGeneration",
    "tiny-smolvlm": "Idefics3ForConditionalGeneration",
    "tiny-smolvlm2": "SmolVLMForConditionalGeneration",
}
PROCESSORS = {"tiny-smolvlm2": "Idefics3Processor"}  # that of its own wants to see videos, too, and torchvision
TILED = ("tiny-idefics3", "tiny-smolvlm", "tiny-smolvlm2")
QUESTIONS = ("what is this?", "is a cat on the left?", "why?", "two dogs 🐕🐕, and a zebra?", "a")


@pytest.fixture(scope="module", params=ARCHITECTURES)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def engine(name, model_folder):
    return loaded(name, model_folder(name))


@pytest.fixture(scope="module")
def plain(name, model_folder):
    """Asks transformers itself, from the start each time: the text and how many tokens it has."""
    import torch
    import transformers

    folder = model_folder(name)
    model = getattr(transformers, ARCHITECTURES[name]).from_pretrained(folder, dtype=torch.float32).eval()
    processor = getattr(transformers, PROCESSORS.get(name, "AutoProcessor")).from_pretrained(folder)
    if name in TILED:
        processor.image_processor.do_image_splitting = False
        processor.image_processor.size = {"longest_edge": SIZE_PX}

    def inputs_of(turns):
        messages = []
        for turn in turns:
            images = [{"type": "image", "image": Image.fromarray(image)} for image in turn.images]
            messages.append({"role": "user", "content": [*images, {"type": "text", "text": turn.question}]})
            messages.append({"role": "assistant", "content": [{"type": "text", "text": turn.answer}]})
        return processor.apply_chat_template(
            messages[:-1], add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
        )

    def inputs_of_the_first_idefics(turns):
        """As its model card writes it."""
        prompt = []
        for turn in turns:
            if prompt:
                prompt.append("\n")
            prompt += [f"User: {turn.question}", *map(Image.fromarray, turn.images), "<end_of_utterance>"]
            prompt.append(f"\nAssistant: {turn.answer}<end_of_utterance>" if turn is not turns[-1] else "\nAssistant:")
        return processor(text=prompt, add_end_of_utterance_token=False, return_tensors="pt")

    def ask(*turns: Turn, n: int = 12, **options):
        inputs = inputs_of_the_first_idefics(turns) if name == "tiny-idefics" else inputs_of(turns)
        if name == "tiny-idefics":
            options["eos_token_id"] = processor.tokenizer.convert_tokens_to_ids("<end_of_utterance>")
            never_written = processor.tokenizer(["<image>", "<fake_token_around_image>"], add_special_tokens=False)
            options["bad_words_ids"] = never_written.input_ids
        output = model.generate(**inputs, do_sample=False, max_new_tokens=n, return_dict_in_generate=True, **options)
        tokens = output.sequences[0, inputs.input_ids.shape[1] :]
        return processor.decode(tokens, skip_special_tokens=True).strip(), len(tokens), output

    ask.tokenizer = processor.tokenizer
    return ask


def ask(engine, *images, question=QUESTIONS[0], history=(), n=12) -> Answer:
    request = ImageRequest("ask", images, question=question, history=history, max_new_tokens=n)
    *tokens, answer = engine.run(request, never)
    assert all(isinstance(token, AnswerToken) and token.text for token in tokens)
    assert "".join(token.text for token in tokens) == answer.text
    return answer


@pytest.fixture
def read(engine, monkeypatch) -> list[list[int]]:
    """How many tokens were read and how many pictures looked at, for each answer."""
    asked = []
    looked_at = []

    class Spy(Generation):
        def __init__(self, model, inputs, **options):
            known = inputs["past_key_values"].get_seq_length() if "past_key_values" in inputs else 0
            asked.append([inputs["attention_mask"].shape[1] - known, 0])
            super().__init__(model, inputs, **options)

        def __iter__(self):
            try:
                yield from super().__iter__()
            finally:
                asked[-1][1] = sum(looked_at)
                looked_at.clear()

    for module in (chat_models, idefics):
        monkeypatch.setattr(module, "Generation", Spy)
    modules = engine._chat._model.named_modules()
    eye = next(module for name, module in modules if name.endswith(("vision_tower", "vision_model")))
    hook = eye.register_forward_pre_hook(
        lambda module, args, given: looked_at.append(
            len(given["pixel_values"] if "pixel_values" in given else args[0])
        ),
        with_kwargs=True,
    )
    yield asked
    hook.remove()


def test_answers_are_those_of_transformers_token_for_token(engine, plain, pictures):
    answers = set()
    for image, question in [(image, question) for image in pictures[:4] for question in QUESTIONS]:  # 20 of 20
        answer = ask(engine, image, question=question)

        assert (answer.text, answer.n_tokens) == plain(Turn(question, "", (image,)))[:2]
        answers.add(answer.text)
    assert len(answers) > 4


def test_a_chat_gives_the_tokens_of_reading_it_all_again(engine, plain, pictures, read):
    history = []
    for images, question in [
        (pictures[:1], QUESTIONS[0]),
        ((), QUESTIONS[1]),
        (pictures[1:2], QUESTIONS[2]),  # another picture joins
        ((), QUESTIONS[3]),
        (pictures[2:4], QUESTIONS[0]),  # and two at once
    ]:
        answer = ask(engine, *images, question=question, history=tuple(history))

        assert (answer.text, answer.n_tokens) == plain(*history, Turn(question, "", images))[:2]
        assert len(answer.sights) == sum(len(turn.images) for turn in history) + len(images)
        history.append(Turn(question, answer.text, images))

    assert [n_pictures for _, n_pictures in read] == [1, 0, 1, 0, 2]


def test_a_second_question_reads_only_what_is_new(engine, plain, pictures, read):
    asked = plain.tokenizer(QUESTIONS[1]).input_ids
    first = ask(engine, pictures[7])
    ask(engine, question=QUESTIONS[1], history=(Turn(QUESTIONS[0], first.text, pictures[7:]),))
    ask(engine, pictures[7].copy())  # the first question once more: all but its last token is known

    _, (rest, _), again = read
    assert [n_pictures for _, n_pictures in read] == [1, 0, 0]
    assert rest < len(asked) + 25  # the end of the answer and the names of who speaks come with it
    assert again == [1, 0]


def test_what_is_remembered_of_another_picture_is_not_taken(engine, plain, pictures):
    for first, second in pairwise(pictures[:5]):
        ask(engine, first)
        answer = ask(engine, second, question=QUESTIONS[1])

        assert (answer.text, answer.n_tokens) == plain(Turn(QUESTIONS[1], "", (second,)))[:2]


def test_a_chat_that_was_changed_is_read_anew_from_there(engine, plain, pictures):
    ask(engine, pictures[0], question=QUESTIONS[1], history=(Turn("what?", "a cat", pictures[1:2]),))
    history = (Turn("what?", "a dog and two birds", pictures[1:2]),)

    answer = ask(engine, pictures[0], question=QUESTIONS[1], history=history)

    assert answer.text == plain(*history, Turn(QUESTIONS[1], "", pictures[:1]))[0]


def test_stop_comes_within_a_token_and_what_was_read_is_kept(engine, plain, pictures, read):
    answers, checks = [], []
    request = ImageRequest("ask", pictures[5:6], question=QUESTIONS[0], max_new_tokens=200)
    answering = engine.run(request, lambda: checks.append(1) or len(checks) > 4)  # before it begins, then at each token
    with pytest.raises(Cancelled):
        answers.extend(answering)

    again = ask(engine, pictures[5])

    assert 3 <= len(answers) <= 4
    assert again.text == plain(Turn(QUESTIONS[0], "", pictures[5:6]))[0]
    assert read[-1] == [1, 0]


def test_an_answer_that_nobody_waits_for_ends(engine, pictures):
    answering = engine.run(ImageRequest("ask", pictures[:1], question=QUESTIONS[0], max_new_tokens=3000), never)

    assert isinstance(next(answering), AnswerToken)
    answering.close()  # a thread left behind fails the test


def test_a_verdict_is_the_chance_of_yes_in_transformers(name, engine, plain, pictures):
    spelled = [plain.tokenizer(word, add_special_tokens=False).input_ids[0] for word in (" yes", " Yes", " no", " No")]
    if "smolvlm" not in name and "idefics3" not in name:
        spelled = [plain.tokenizer.get_vocab()[f"▁{word}"] for word in ("yes", "Yes", "no", "No")]
    for image in pictures[:3]:
        asked = Turn("is this a cat?", "", (image,))
        yes, capital_yes, no, capital_no = plain(asked, n=1, output_logits=True)[2].logits[0][0][spelled].exp().tolist()

        (found,) = engine.run(ImageRequest("judge", (image,), question="is this a cat?"), never)

        assert found.yes == pytest.approx((yes + capital_yes) / (yes + capital_yes + no + capital_no), rel=1e-3)


def test_a_question_of_ten_thousand_characters_is_answered_or_told(engine, pictures):
    assert ask(engine, pictures[0], question="why? " * 2000).n_tokens == 12
    with pytest.raises(SourceError, match=f"The chat is too long: with the answer it has .* reads {MOST_TOKENS}"):
        ask(engine, pictures[0], question="why? " * 4000)


def test_words_that_steer_the_model_are_taken_as_words(engine, pictures):
    special = "".join(engine._chat._processor.tokenizer.all_special_tokens)

    answer = ask(engine, pictures[0], question=f"what is {special} and <image>?")

    assert answer.n_tokens == 12


def test_an_answer_says_what_saw_which_size(engine, name, pictures):
    answer = ask(engine, pictures[0])

    assert answer.model == name
    assert [(sight.width_px, sight.height_px, sight.n_tiles) for sight in answer.sights] == [(32, 32, 1)]
    assert 0 < answer.time_to_first_token_s <= answer.n_tokens / answer.tokens_per_s


@pytest.fixture
def batches(engine, monkeypatch) -> list[int]:
    """How many texts are read at once, each time."""
    found: list[int] = []
    generate = engine._chat._model.generate

    def spy(**given):
        found.append(len(given["input_ids"]))
        return generate(**given)

    monkeypatch.setattr(engine._chat._model, "generate", spy)
    return found


def ask_rows(engine, images, questions, cancelled=never, n=12):
    return engine.run(ImageRequest("ask", tuple(images), questions=tuple(questions), max_new_tokens=n), cancelled)


def test_many_questions_have_the_answers_of_transformers_to_each_by_itself(engine, name, plain, pictures, batches):
    images = [picture[:, : 128 * (1 + number % 2)] for number, picture in enumerate([*pictures, *pictures[:4]])]
    questions = [QUESTIONS[number % len(QUESTIONS)] for number in range(len(images))]

    found = list(ask_rows(engine, images, questions))

    expected = [plain(Turn(asked, "", (image,)))[:2] for image, asked in zip(images, questions, strict=True)]
    assert [(answer.text, answer.n_tokens) for answer in found] == expected
    assert len({answer.text for answer in found}) > 4
    together = {"tiny-idefics": [1] * 12, "tiny-idefics2": [4, 4, 2, 2]}  # its pictures keep their shape
    assert batches == together.get(name, [AT_ONCE, 12 - AT_ONCE])
    alone = [ask(engine, image, question=asked) for image, asked in zip(images[:2], questions[:2], strict=True)]
    assert [answer.sights for answer in found[:2]] == [answer.sights for answer in alone]
    assert all(0 < answer.time_to_first_token_s <= answer.n_tokens / answer.tokens_per_s for answer in found)


def test_a_picture_of_several_questions_in_a_row_is_read_once(engine, name, plain, pictures, batches, read):
    images = [pictures[number] for number in (0, 0, 1, 2, 3, 3)]
    questions = [QUESTIONS[number % 2] for number in range(6)]

    found = list(ask_rows(engine, images, questions))

    expected = [plain(Turn(asked, "", (image,)))[:2] for image, asked in zip(images, questions, strict=True)]
    assert [(answer.text, answer.n_tokens) for answer in found] == expected
    assert batches == ([1] * 6 if name == "tiny-idefics" else [1, 1, 2, 1, 1])
    assert [n_pictures for _, n_pictures in read][:2] == [1, 0]


def test_many_questions_stop_within_a_token(engine, pictures):
    calls = []

    with pytest.raises(Cancelled):
        list(ask_rows(engine, pictures[:2], QUESTIONS[:2], lambda: calls.append(1) or len(calls) > 4, n=3000))

    assert ask(engine, pictures[0]).n_tokens == 12


@pytest.mark.parametrize(("last", "error"), [(" ", UsageError), ("why? " * 4000, SourceError)])
def test_one_of_many_that_cannot_be_asked_is_told(engine, pictures, last, error):
    with pytest.raises(error):
        list(ask_rows(engine, pictures[:2], ("what?", last)))


@pytest.mark.parametrize("name", ["tiny-llava"], indirect=True)
def test_where_memory_is_short_fewer_are_asked_at_once(name, plain, pictures, model_folder, monkeypatch):
    engine = loaded(name, model_folder(name), at_once=7)
    head = engine._chat._model.get_output_embeddings()
    forward, tried = head.forward, []

    def allocate(hidden, most):
        tried.append(len(hidden))
        if len(hidden) > most:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")
        return forward(hidden)

    monkeypatch.setattr(head, "forward", lambda hidden: allocate(hidden, 2))
    found = list(ask_rows(engine, pictures, [QUESTIONS[0]] * 8))
    monkeypatch.setattr(head, "forward", lambda hidden: allocate(hidden, 0))
    with pytest.raises(OutOfMemory, match="ran out of memory"):
        list(ask_rows(engine, pictures[:2], QUESTIONS[:2]))

    assert [answer.text for answer in found] == [plain(Turn(QUESTIONS[0], "", (image,)))[0] for image in pictures]
    first_tries = [size for size, before in zip(tried, [0, *tried], strict=False) if size != before]
    assert first_tries == [7, 4, 2, 3, 2, 1, 2, 1]


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        ({"question": " \n"}, UsageError, "There is no question"),
        ({"images": ()}, UsageError, "There is no picture to ask about"),
        ({"task": "caption"}, EngineError, "is for the task 'ask', not 'caption'"),
    ],
)
def test_what_cannot_be_asked_is_told(engine, pictures, wrong, error, sentence):
    with pytest.raises(error, match=sentence):
        list(engine.run(ImageRequest(**({"task": "ask", "images": pictures[:1], "question": "a"} | wrong)), never))


def test_a_model_of_another_kind_is_refused(name, tmp_path):
    (tmp_path / "config.json").write_text('{"architectures": ["BertModel"]}')

    with pytest.raises(ModelBroken, match=r"is not a|cannot be read"):
        loaded(name, tmp_path)


def test_memory_that_runs_out_is_told_and_the_next_answer_comes(engine, plain, pictures, monkeypatch):
    def allocate(*_, **__):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")

    with monkeypatch.context() as patch:
        patch.setattr(engine._chat._model.get_output_embeddings(), "forward", allocate)
        with pytest.raises(OutOfMemory, match="ran out of memory"):
            ask(engine, pictures[6])

    assert ask(engine, pictures[6]).text == plain(Turn(QUESTIONS[0], "", pictures[6:7]))[0]


@pytest.mark.parametrize("name", ["tiny-smolvlm"], indirect=True)
def test_small_text_is_read_in_tiles(name, engine, model_folder, pictures):
    import torch
    import transformers

    folder = model_folder(name)
    model = transformers.Idefics3ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    processor = transformers.AutoProcessor.from_pretrained(folder)
    content = [{"type": "image", "image": Image.fromarray(pictures[0])}, {"type": "text", "text": QUESTIONS[0]}]
    inputs = processor.apply_chat_template(
        [{"role": "user", "content": content}],
        add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt",
    )  # fmt: skip
    tokens = model.generate(**inputs, do_sample=False, max_new_tokens=12)[0, inputs.input_ids.shape[1] :]

    closer = ask(loaded(name, folder, small_text=True), pictures[0])

    assert closer.text == processor.decode(tokens, skip_special_tokens=True).strip()
    assert closer.sights[0].n_tiles == 17  # 4 x 4, and the whole
    assert ask(engine, pictures[0]).sights[0].n_tiles == 1


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tokenizer", [byte_level_tokenizer, llama_tokenizer])
@pytest.mark.parametrize("text", ["the cat 🐈‍⬛ and 犬, naïve!", "👩🏽‍🚀", " don't  do\nthis \n", "é"])
def test_no_broken_character_is_ever_shown(tokenizer, text):
    tokenizer = tokenizer()
    writing = Writing(tokenizer)

    pieces = [writing.add(token) for token in tokenizer(text, add_special_tokens=False).input_ids]

    assert "".join(pieces) == writing.text == text.strip()
    assert BROKEN not in writing.text


@pytest.mark.parametrize("tokenizer", [byte_level_tokenizer, llama_tokenizer])
def test_bytes_that_are_no_character_are_left_out(tokenizer):
    tokenizer = tokenizer()
    *_, last = tokenizer("犬", add_special_tokens=False).input_ids
    writing = Writing(tokenizer)
    for token in [*tokenizer("a", add_special_tokens=False).input_ids, last]:
        writing.add(token)
    for token in tokenizer("犬 b", add_special_tokens=False).input_ids:
        writing.add(token)

    assert BROKEN not in writing.text
    assert writing.text.startswith("a")
    assert writing.text.endswith("b")
