import numpy as np
import pytest

from tests.tools.starter.test_texts import CAR, CAT, PANTS, thing
from tools.starter.scenes import Thing
from tools.starter.sentences import JUDGED, answer, as_typed, claims_in, conversation
from tools.starter.texts import ABOUTS, question

SCENE = (CAT, CAR, PANTS)


def turns(about, count=1, times=150, things=SCENE, refer=1.0):
    rng = np.random.default_rng(0)
    return [conversation(rng, things, count, about, refer=refer) for _ in range(times)]


def said(about, things=SCENE):
    """What is answered to a question, as it is asked before anybody types it."""
    rng = np.random.default_rng(1)
    asked = [question(rng, things, about) for _ in range(300)]
    return {q.text: answer(q, things) for q in asked if q.about == about}


@pytest.mark.parametrize(
    ("about", "text", "sentence"),
    [
        ("what", "what is on the right?", "It is a car."),
        ("what", "what is at the bottom?", "They are pants."),
        ("where", "where is the kitty?", "The cat is in the top left."),
        ("where", "where are the pants?", "The pants are at the bottom."),
        ("colour", "what color is the cat?", "The cat is red."),
        ("count", "how many things are there?", "There are three things."),
        ("count", "how many cars are there?", "There is one car."),
        ("yes-no", "is there a cat?", "Yes, there is a cat."),
        ("yes-no", "is the car blue?", "Yes, the car is blue."),
        ("yes-no", "is the car red?", "No, the car is blue."),
    ],
)
def test_questions_are_answered_in_sentences(about, text, sentence):
    assert said(about)[text] == sentence


def test_a_thing_alone_is_said_with_its_colour():
    pair = (CAT, thing("cat", "blue", 0.85, 0.85))

    assert said("what", (CAT,))["what is this?"] == "It is a red cat."
    assert said("what", (PANTS,))["what is this?"] == "They are green pants."
    assert said("what", pair)["what is it?"] == "They are cats."


def test_nothing_that_is_missing_is_said_to_be_there():
    nos = {text: sentence for text, sentence in said("yes-no").items() if sentence.startswith("No, there")}

    assert nos
    assert not any({"cat", "car", "pants"} & claims_in(sentence) for sentence in nos.values())
    assert all(sentence.startswith(("No, there is no ", "No, there are no ")) for sentence in nos.values())


def test_a_second_question_refers_to_what_the_first_was_about():
    for first, second in turns("where", 2, things=(CAT, CAR)):
        colour = "red" if "cat" in claims_in(first.answer) else "blue"
        assert second.refers
        assert " it" in second.question.lower()
        assert colour in claims_in(second.answer)
        assert "cat" not in second.question


def test_what_was_said_is_not_asked_again():
    for talk in turns(None, 3):
        asked = [turn.about for turn in talk if turn.refers]
        assert len(set(asked)) == len(asked)


def test_pairs_are_they():
    assert all("they" in second.question.lower() for _, second in turns("where", 2, things=(PANTS,)))


def test_a_question_that_finds_nothing_is_followed_by_a_new_one():
    dull = (Thing("rainbow", None, 0.3, 0.3, 0.4, 0.4),)

    assert not any(turn.refers for talk in turns("count", 3, times=30, things=dull) for turn in talk)


def test_questions_are_typed_in_several_ways():
    rng = np.random.default_rng(2)
    typed = {as_typed(rng, "what color is the cat?") for _ in range(200)}

    assert {"What colour is the cat?", "What color is the cat?", "what color is the cat?"} <= typed
    assert {text.lower().rstrip("?").replace("colour", "color") for text in typed} == {"what color is the cat"}
    assert any(turn.question.endswith(JUDGED) for (turn,) in turns("yes-no"))


def test_a_description_names_everything():
    (talk,) = turns("describe", times=1)

    assert talk[0].answer.startswith("I see a red cat in the top left, green pants at the bottom and a blue car")


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("The cat is on the left.", {"cat", "on the left"}),
        ("the kitty is in the bottom left", {"cat", "in the bottom left"}),
        ("There are three apples.", {"apple", "3"}),
        ("There are no dogs.", {"dog", "0"}),
        ("It is a red car.", {"red car"}),
        ("It is red.", {"red"}),
        ("The orange is orange.", {"orange"}),
        ("It is an orange.", {"orange"}),
        ("They are orange scissors.", {"orange scissors"}),
        ("Yes, there is a teddy bear.", {"yes", "teddy bear"}),
        ("No, the cat is blue.", {"no", "cat", "blue"}),
        ("", set()),
    ],
)
def test_what_a_sentence_claims(text, claims):
    assert claims_in(text) == claims


@pytest.mark.parametrize("about", ABOUTS)
def test_every_true_answer_claims_something_and_a_false_one_something_else(about):
    rng = np.random.default_rng(3)
    others = (thing("dog", "green", 0.5, 0.5), thing("bus", "pink", 0.15, 0.85))
    for things in (SCENE, others):
        for _ in range(50):
            asked = question(rng, things, about)
            assert claims_in(answer(asked, things))

    truths, lies = said(about), said(about, others)
    same = [text for text in truths.keys() & lies.keys() if claims_in(truths[text]) == claims_in(lies[text])]
    assert not [text for text in same if "things" in text]
