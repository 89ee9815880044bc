"""The engine "server" against a server on this machine, with everything that one can do wrong."""

import base64
import io
import json
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image

from tests.loopback_chat import PIECES, Handler, Loopback, answer_in_pieces, running
from workers.cancel import Cancel, never
from workers.engine_process import EngineProcess, EngineThread
from workers.engines.base import EngineSpec
from workers.engines.vision import server
from workers.engines.vision.server import KEY_VARIABLE, Server, ServerOptions, host_of
from workers.errors import Cancelled, EngineError, ServerError, UsageError
from workers.results import Answer, AnswerToken, ImageRequest, Sight, Turn, Verdict

FRAME = np.full((480, 640, 3), 77, np.uint8)
KEY = "key-that-nobody-may-read"


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with running() as started:
        yield started


@pytest.fixture(autouse=True)
def keyring(monkeypatch):
    """What the keyring of the system has."""
    kept: dict[tuple[str, str], str] = {}
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setattr("keyring.get_password", lambda service, name: kept.get((service, name)))
    return kept


def loaded(loopback: Loopback, **options) -> Server:
    engine = Server("unused", ServerOptions(address=loopback.address, **options))
    engine.load(lambda *_: None)
    return engine


def ask(engine: Server, *images, **request) -> list[AnswerToken | Answer]:
    return list(engine.run(ImageRequest("ask", images or (FRAME,), question="what is this?", **request), never))


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://localhost:11434/v1", ""),
        ("http://127.0.0.2/v1", ""),
        ("http://[::1]:8000/v1", ""),
        ("https://Box.lan/v1", "box.lan"),
        ("http://192.168.1.5:8000/v1", "192.168.1.5"),
        ("http://[half", "http://[half"),
    ],
)
def test_host_is_named_unless_it_is_this_machine(address, host):
    assert host_of(address) == host


def test_an_answer_comes_in_pieces_and_whole(loopback):
    *tokens, answer = ask(loaded(loopback))

    assert [token.text for token in tokens] == PIECES
    assert answer.text == "A grey wall, and 🐈."
    assert (answer.n_tokens, answer.model, answer.sights) == (7, "tiny-vlm:latest", (Sight(640, 480),))
    assert 0 < answer.time_to_first_token_s < answer.n_tokens / answer.tokens_per_s


def ask_rows(engine: Server, questions, cancelled=never) -> Iterator[Answer]:
    request = ImageRequest("ask", (FRAME,) * len(questions), questions=tuple(questions))
    return engine.run(request, cancelled)


def repeat(handler: Handler) -> None:
    """Answers with the question."""
    handler.begin()
    handler.piece(handler.question, finish_reason="stop")
    handler.event("[DONE]")


def test_some_questions_wait_together_and_are_answered_in_their_order(loopback):
    questions = [f"question {number}" for number in range(2 * server.AT_ONCE)]
    together = threading.Barrier(server.AT_ONCE, timeout=20)
    is_answered = {question: threading.Event() for question in questions}

    def script(handler: Handler) -> None:
        together.wait()
        place = questions.index(handler.question) + 1
        if place % server.AT_ONCE:
            is_answered[questions[place]].wait(20)  # the last one first
        repeat(handler)
        is_answered[handler.question].set()

    loopback.script = script

    found = list(ask_rows(loaded(loopback), questions))

    assert [answer.text for answer in found] == questions
    assert {answer.sights for answer in found} == {(Sight(640, 480),)}


def test_answers_before_one_that_fails_are_given(loopback):
    def script(handler: Handler) -> None:
        if handler.question == "2":
            handler.give(500, json.dumps({"error": "too hot"}))
        else:
            repeat(handler)

    loopback.script = script
    found: list[Answer] = []

    with pytest.raises(ServerError, match="says: too hot"):
        found += ask_rows(loaded(loopback), "012345678")
    with pytest.raises(UsageError, match="no question"):
        found += ask_rows(loaded(loopback), "a ")

    assert [answer.text for answer in found] == ["0", "1", "a"]


def test_stop_hangs_up_on_all_that_wait_together(loopback):
    arrived, calls = threading.Barrier(3, timeout=20), []

    def wait(handler: Handler) -> None:
        arrived.wait()
        handler.server.ending.wait(20)

    loopback.script = wait
    stop = Cancel()
    engine = loaded(loopback)
    stopper = threading.Thread(target=lambda: (arrived.wait(), stop.set()))
    stopper.start()

    with pytest.raises(Cancelled):
        calls += ask_rows(engine, "ab", stop)

    stopper.join()
    loopback.ending.set()
    assert not calls


def test_each_of_several_has_the_patience_for_those_before_it(loopback):
    engine = loaded(loopback, patience_s=0.1)
    loopback.script = lambda handler: handler.server.ending.wait(20)

    with pytest.raises(ServerError, match=f"was silent for {server.AT_ONCE * 0.1:g} s"):
        list(ask_rows(engine, "ab"))
    with pytest.raises(ServerError, match=r"was silent for 0\.1 s"):
        ask(engine)

    loopback.ending.set()


def test_pieces_come_while_the_server_still_writes(loopback):
    def wait_after_the_first(handler: Handler) -> None:
        handler.begin()
        handler.piece("A")
        handler.server.ending.wait()

    loopback.script = wait_after_the_first
    answering = loaded(loopback).run(ImageRequest("ask", (FRAME,), question="what?"), never)

    assert next(answering) == AnswerToken("A")
    answering.close()


def test_the_chat_is_sent_with_its_pictures(loopback):
    history = (Turn("what is this?", "a wall", (FRAME,)), Turn("which colour?", "grey"))

    list(loaded(loopback).run(ImageRequest("ask", (FRAME[:100],), question="and this?", history=history), never))

    (asked,) = loopback.asked
    assert [message["role"] for message in asked["messages"]] == ["user", "assistant"] * 2 + ["user"]
    kinds = [[part["type"] for part in message["content"]] for message in asked["messages"][::2]]
    assert kinds == [["image_url", "text"], ["text"], ["image_url", "text"]]
    header, _, data = asked["messages"][-1]["content"][0]["image_url"]["url"].partition(",")
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    assert header == "data:image/jpeg;base64"
    assert picture.shape == (100, 640, 3)
    assert abs(int(picture.mean()) - 77) <= 1
    assert asked["messages"][-1]["content"][1]["text"] == "and this?"
    assert (asked["model"], asked["temperature"], asked["stream"]) == ("tiny-vlm:latest", 0, True)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (640, 3), (5000, 4000)])
def test_pictures_of_any_size_are_sent_no_larger_than_wanted(loopback, size):
    answer = ask(loaded(loopback, longest_side_px=512), np.full((*size, 3), 9, np.uint8))[-1]

    (sight,) = answer.sights
    assert max(sight.width_px, sight.height_px) == min(512, max(size))


@pytest.mark.parametrize(("wanted", "taken"), [("", "tiny-vlm:latest"), ("other", "other"), ("tiny-vlm", "tiny-vlm")])
def test_the_model_is_the_one_that_is_wanted_or_the_first(loopback, wanted, taken):
    ask(loaded(loopback, model=wanted))

    assert loopback.asked[0]["model"] == taken


def test_a_model_that_the_server_lacks_is_told_with_those_that_it_has(loopback):
    with pytest.raises(ServerError, match=r"has no model 'llava'\. It has: tiny-vlm:latest, other\."):
        loaded(loopback, model="llava")


# ── the key ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_key_comes_from_the_environment_and_else_from_the_keyring(loopback, keyring, monkeypatch):
    ask(loaded(loopback))
    keyring["sensorium", loopback.address] = KEY
    ask(loaded(loopback))
    monkeypatch.setenv(KEY_VARIABLE, "another")
    ask(loaded(loopback))

    assert loopback.keys == [None] * 2 + [f"Bearer {KEY}"] * 2 + ["Bearer another"] * 2


def test_a_machine_without_a_keyring_has_no_key(loopback, monkeypatch):
    from keyring.errors import NoKeyringError

    def none(*_):
        raise NoKeyringError

    monkeypatch.setattr("keyring.get_password", none)
    ask(loaded(loopback))

    assert loopback.keys == [None, None]


@pytest.mark.parametrize(("key", "sentence"), [(KEY, "does not accept the key"), ("", "wants a key")])
def test_a_wrong_key_is_told(loopback, monkeypatch, key, sentence):
    monkeypatch.setenv(KEY_VARIABLE, key)
    loopback.script = lambda handler: handler.give(401, json.dumps({"error": {"message": f"bad key {KEY}"}}))

    with pytest.raises(ServerError, match=sentence) as caught:
        ask(loaded(loopback))

    assert KEY not in str(caught.value)
    assert KEY_VARIABLE in caught.value.hint


def test_the_key_is_in_no_log_and_no_error(loopback, monkeypatch, caplog):
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    caplog.set_level("DEBUG")
    loopback.script = lambda handler: handler.give(500, json.dumps({"error": {"message": f"wrong: {KEY}"}}))

    with pytest.raises(ServerError) as caught:
        ask(loaded(loopback))

    assert KEY not in caplog.text + str(caught.value) + repr(caught.value)
    assert "what is this?" not in caplog.text


# ── what can go wrong ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_server_that_is_not_there_is_told():
    with Loopback() as closed:
        address = closed.address

    with pytest.raises(ServerError, match=f"There is no server at {address}") as caught:
        Server("unused", ServerOptions(address=address)).load(lambda *_: None)

    assert caught.value.exit_code == 5


def test_a_server_that_went_away_is_told(loopback):
    engine = loaded(loopback)
    loopback.shutdown()
    loopback.server_close()

    with pytest.raises(ServerError, match="There is no server at"):
        ask(engine)


@pytest.mark.parametrize(
    "address",
    [
        "localhost:11434",
        "ftp://localhost/v1",
        "http://",
        "",
        "http://me:secret@localhost:1/v1",
        "http://me:secret@localhost:port/v1",
        "http://localhost:99999/v1",
        "http://[::1",
        "http://local\thost/v1",
    ],
)
def test_what_is_no_address_is_told(address):
    with pytest.raises(UsageError, match="is no address of a server") as caught:
        Server("unused", ServerOptions(address=address)).load(lambda *_: None)

    assert "secret" not in str(caught.value)


def test_a_server_that_says_nothing_is_given_up(loopback):
    loopback.script = lambda handler: handler.server.ending.wait()

    with pytest.raises(ServerError, match=r"was silent for 0\.2 s"):
        ask(loaded(loopback, patience_s=0.2))


def test_a_slow_server_is_waited_for(loopback):
    def slowly(handler: Handler) -> None:
        handler.begin()
        for text in PIECES:
            handler.server.ending.wait(0.1)
            handler.piece(text)
        handler.piece(None, finish_reason="length")

    loopback.script = slowly

    assert ask(loaded(loopback, patience_s=0.4))[-1].text == "".join(PIECES)


def begin_with(*events: object) -> Callable[[Handler], None]:
    def script(handler: Handler) -> None:
        handler.begin()
        for event in events:
            handler.event(event)

    return script


FIRST = {"choices": [{"delta": {"content": "A grey"}}]}


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (begin_with(FIRST, "{ this is no JSON"), "something that is no chat"),
        (begin_with(FIRST, "[1, 2]"), "something that is no chat"),
        (lambda handler: handler.give(200, "<html>Welcome to nginx!</html>", "text/html"), "something that is no chat"),
        (lambda handler: handler.give(200, '{"hello": "world"}'), "something that is no chat"),
        (lambda handler: handler.give(404, "404 page not found", "text/plain"), "answers with status 404"),
        (lambda handler: handler.give(503, ""), "answers with status 503"),
        (lambda handler: handler.give(302, ""), "answers with status 302"),
        (lambda handler: handler.give(400, '{"error": {"message": "no pictures\\nat line 3"}}'), "says: no pictures$"),
        (lambda handler: handler.give(500, '{"error": "out of memory"}'), "says: out of memory"),
        (lambda handler: handler.give(422, '{"detail": "field required"}'), "says: field required"),
        (lambda handler: handler.give(200, '{"error": {"message": "model is loading"}}'), "says: model is loading"),
        (begin_with(FIRST, {"error": {"message": "the model crashed"}}), "says: the model crashed"),
        (begin_with(FIRST), "broke off in the middle"),
        (begin_with(), "broke off in the middle"),
    ],
)  # fmt: skip
def test_what_a_server_does_wrong_is_told_and_the_next_question_is_answered(loopback, script, sentence):
    engine = loaded(loopback)
    loopback.script = script

    with pytest.raises(ServerError, match=sentence):
        ask(engine)

    loopback.script = answer_in_pieces
    assert ask(engine)[-1].text == "".join(PIECES)


def test_what_was_said_before_the_line_broke_is_shown(loopback):
    def cut(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.event(FIRST)
        handler.connection.close()

    loopback.script = cut
    answering = loaded(loopback).run(ImageRequest("ask", (FRAME,), question="what?"), never)

    assert next(answering) == AnswerToken("A grey")
    with pytest.raises(ServerError, match="broke off in the middle"):
        next(answering)


@pytest.mark.parametrize(
    ("models", "sentence"),
    [({"data": []}, "has no model"), ({"error": "x"}, "no chat"), ([1], "no chat"), ("hello", "no chat")],
)
def test_a_server_without_models_is_told(loopback, models, sentence):
    loopback.models = models

    with pytest.raises(ServerError, match=sentence):
        loaded(loopback)


def test_an_address_without_v1_is_told(loopback):
    engine = Server("unused", ServerOptions(address=loopback.address.removesuffix("/v1")))

    with pytest.raises(ServerError, match="no chat") as caught:
        engine.load(lambda *_: None)

    assert "/v1" in caught.value.hint


# ── stopping ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def endlessly(handler: Handler) -> None:
    handler.begin()
    while not handler.server.ending.wait(0.01):
        handler.piece("and ")


def test_stop_hangs_up_at_once(loopback):
    told = []
    loopback.script = endlessly
    answering = loaded(loopback).run(ImageRequest("ask", (FRAME,), question="what?"), lambda: len(told) > 2)

    with pytest.raises(Cancelled):
        told.extend(answering)

    assert len(told) < 6
    assert loopback.gone.wait(5)


def test_stop_does_not_wait_for_a_silent_server(loopback):
    is_asked = threading.Event()

    def silent(handler: Handler) -> None:
        is_asked.set()
        handler.server.ending.wait()

    loopback.script = silent

    with pytest.raises(Cancelled):
        list(loaded(loopback).run(ImageRequest("ask", (FRAME,), question="what?"), is_asked.is_set))


def test_what_was_cancelled_is_not_sent(loopback):
    with pytest.raises(Cancelled):
        list(loaded(loopback).run(ImageRequest("ask", (FRAME,), question="what?"), lambda: True))


# ── yes or no ────────────────────────────────────────────────────────────────────────────────────────────────────────


def saying(text: str, **logprobs: float) -> Callable[[Handler], None]:
    first = {"top_logprobs": [{"token": token, "logprob": value} for token, value in logprobs.items()]}
    choice = {"message": {"content": text}, "logprobs": {"content": [first]} if logprobs else None}
    return lambda handler: handler.give(200, json.dumps({"choices": [choice]}))


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (saying("Yes", **{" Yes": np.log(0.5), "yes": np.log(0.1), "No": np.log(0.2), "maybe": np.log(0.2)}), 0.75),
        (saying("no", no=np.log(0.9)), 0.0),
        (saying("Yes"), 1.0),
        (saying(" no, it is not"), 0.0),
    ],
)
def test_a_verdict_is_the_chance_of_yes_or_what_is_said(loopback, script, expected):
    loopback.script = script

    (verdict,) = loaded(loopback).run(ImageRequest("judge", (FRAME,), question="is it grey?"), never)

    assert isinstance(verdict, Verdict)
    assert verdict.yes == pytest.approx(expected)
    assert loopback.asked[0]["messages"][-1]["content"][-1]["text"] == "is it grey?\nAnswer yes or no."


@pytest.mark.parametrize("text", ['{"choices": []}', "hello", '{"choices": [{"message": {}}]}'])
def test_a_verdict_that_is_none_is_told(loopback, text):
    loopback.script = lambda handler: handler.give(200, text)

    with pytest.raises(ServerError, match="no chat"):
        list(loaded(loopback).run(ImageRequest("judge", (FRAME,), question="is it grey?"), never))


# ── as the app runs it ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("place", [EngineThread, EngineProcess])
def test_wherever_it_runs_it_answers(loopback, place):
    engine = place(EngineSpec.of(Server, "server", "unused", ServerOptions(address=loopback.address)))
    engine.load(lambda *_: None)

    answers = list(engine.run(ImageRequest("ask", (FRAME,), question="what?")))
    engine.close()

    assert engine.device == "server"
    assert answers[-1].text == "".join(PIECES)


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        ({"question": " "}, UsageError, "There is no question"),
        ({"images": ()}, UsageError, "There is no picture"),
        ({"task": "caption"}, EngineError, "does not do 'caption'"),
    ],
)
def test_what_cannot_be_asked_is_told(loopback, wrong, error, sentence):
    with pytest.raises(error, match=sentence):
        list(
            loaded(loopback).run(ImageRequest(**({"task": "ask", "images": (FRAME,), "question": "a"} | wrong)), never)
        )


def test_a_question_of_ten_thousand_characters_is_sent_whole(loopback):
    question = "why 🐈? " * 1500

    list(loaded(loopback).run(ImageRequest("ask", (FRAME,), question=question), never))

    assert loopback.asked[0]["messages"][0]["content"][1]["text"] == question


def test_nothing_that_is_near_goes_through_a_proxy(loopback, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert ask(loaded(loopback))[-1].text == "".join(PIECES)
    assert "localhost" in server.LOOPBACK


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_a_model_that_thought_up_to_the_limit_was_cut_off(loopback, name):
    def think(handler: Handler) -> None:
        handler.begin()
        handler.event({"choices": [{"delta": {name: "Hmm."}}]})
        handler.event({"choices": [{"delta": {name: " A wall?"}, "finish_reason": "length"}]})
        handler.event("[DONE]")

    loopback.script = think
    (thought,) = ask(loaded(loopback))
    loopback.script = answer_in_pieces
    *_, whole = ask(loaded(loopback))

    assert (thought.text, thought.n_tokens, thought.is_cut_off) == ("", 2, True)
    assert not whole.is_cut_off
