import numpy as np
import pytest

from tools.starter.scenes import Thing
from tools.starter.texts import ABOUTS, caption, claims_of, joined, plain_caption, question, things_said


def thing(name, colour, x, y):
    return Thing(name, colour, x - 0.1, y - 0.1, x + 0.1, y + 0.1)


CAT, CAR = thing("cat", "red", 0.15, 0.15), thing("car", "blue", 0.85, 0.5)
PANTS = thing("pants", "green", 0.5, 0.85)


def asked(things, about, times=200):
    rng = np.random.default_rng(0)
    return {(q.text, q.answer) for _ in range(times) for q in [question(rng, things, about)] if q.about == about}


def test_what_is_asked_by_place_and_colour():
    answers = dict(asked((CAT, CAR), "what"))

    assert answers["what is in the top left?"] == "cat"
    assert answers["what is on the right?"] == "car"
    assert answers["what is blue?"] == "car"
    assert answers["what is the red thing?"] == "cat"


def test_what_is_this_is_asked_of_one_kind_only():
    assert {answer for _, answer in asked((CAT,), "what")} == {"cat"}
    assert "what is this?" not in dict(asked((CAT, CAR), "what"))


def test_where_and_colour_are_answered_of_the_thing_named():
    places = {(q, a) for q, a in asked((CAT, CAR), "where") if "car" in q or "auto" in q}
    colours = {(q, a) for q, a in asked((CAT, PANTS), "colour") if "pants" in q}

    assert {answer for _, answer in places} == {"right"}
    assert {answer for _, answer in colours} == {"green"}
    assert {("what color are the pants?", "green"), ("what colour are the pants?", "green")} <= colours


def test_neither_is_asked_of_things_that_are_there_twice():
    twice = (CAT, thing("cat", "blue", 0.85, 0.85))

    assert not asked(twice, "where")
    assert not asked(twice, "colour")


def test_things_are_counted():
    things = (CAT, thing("cat", "blue", 0.85, 0.85), CAR)
    answers = dict(asked(things, "count", times=2000))

    assert answers["how many things are there?"] == "3"
    assert answers["how many cats are there?"] == "2"
    assert answers["how many cars are there?"] == "1"
    assert "0" in answers.values()


def test_yes_and_no_are_as_frequent_and_right():
    rng = np.random.default_rng(1)
    things = (CAT, CAR)
    questions = [question(rng, things, "yes-no") for _ in range(1500)]
    answers = {(q.text, q.answer) for q in questions}

    assert 0.45 < np.mean([q.answer == "yes" for q in questions]) < 0.55
    assert ("is there a cat?", "yes") in answers
    assert ("is the cat red?", "yes") in answers
    assert ("is the cat red?", "no") not in answers
    assert ("is the cat blue?", "no") in answers
    for text, answer in answers:
        if text.startswith("is there") and answer == "no":
            assert not {"cat", "kitty", "car", "auto"} & set(text.rstrip("?").split())


@pytest.mark.parametrize("about", ABOUTS)
def test_a_question_is_always_found(about):
    rng = np.random.default_rng(2)
    plain = (thing("rainbow", None, 0.33, 0.33), thing("panda", None, 0.34, 0.9))

    for things in (plain, plain[:1], (CAT, CAT), (CAT, CAR, PANTS)):
        assert question(rng, things, about).answer


def test_a_full_caption_says_colours_and_places():
    rng = np.random.default_rng(3)
    texts = {caption(rng, (CAT, PANTS), is_full=True).text for _ in range(100)}

    assert "a red cat in the top left and green pants at the bottom" in texts
    assert all("red" in text and "green" in text for text in texts)


def test_a_short_caption_counts():
    rng = np.random.default_rng(4)
    texts = {caption(rng, (CAT, CAT, PANTS), is_full=False).text for _ in range(100)}

    assert "two cats and pants" in texts


def test_captions_claim_the_same_whatever_their_words():
    rng = np.random.default_rng(5)
    captions = [caption(rng, (CAT, CAR), is_full=True) for _ in range(20)]

    assert len({c.text for c in captions}) > 1
    assert {c.claims for c in captions} == {claims_of((CAR, CAT), is_full=True)}
    assert claims_of((CAT,), is_full=True) != claims_of((thing("cat", "blue", 0.15, 0.15),), is_full=True)


def test_parts_are_joined():
    assert joined(["a"]) == "a"
    assert joined(["a", "b"]) == "a and b"
    assert joined(["a", "b", "c"]) == "a, b and c"


def test_what_a_caption_says_is_read_back():
    orange = thing("orange", "orange", 0.5, 0.15)
    bear = thing("teddy bear", None, 0.2, 0.85)

    text = plain_caption((CAR, orange, bear, CAT))

    assert text.startswith(
        "a red cat in the top left, a teddy bear in the bottom left, an orange orange at the top and"
    )
    assert things_said(text) == [("cat", "red"), ("teddy bear", None), ("orange", "orange"), ("car", "blue")]
