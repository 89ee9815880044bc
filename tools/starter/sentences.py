"""Conversations about a scene: questions, answers in whole sentences, and what such a sentence claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tools.starter.scenes import Thing
from tools.starter.texts import ALL_PLACES, KIND_OF, NUMBERS, PLACE_WORDS, Question, plain_caption, question
from tools.starter.world import COLOURS, KINDS, TINTS

DESCRIBE = ("describe the picture.", "describe this picture in one sentence.", "what do you see?")
DESCRIBE_ASKED = ("what do you see?", "what is in the picture?")  # among what `question` asks about one kind of thing
JUDGED = "\nAnswer yes or no."  # what the app adds to a question that it wants judged
NAME_OF = {words: kind.name for kind in KINDS for words in (*kind.synonyms, kind.many, kind.name)}


@dataclass(frozen=True)
class Turn:
    """A question as somebody types it, and its answer; `about` is one of `ABOUTS` or "describe".

    A turn that `refers` says "it" or "they" of a thing that an earlier turn was about.
    """

    about: str
    question: str
    answer: str
    refers: bool = False


@dataclass
class _Talk:
    """What a conversation is about by now, and what of it was already said."""

    thing: Thing | None = None
    said: frozenset[str] = frozenset()


def conversation(
    rng: np.random.Generator, things: Sequence[Thing], turns: int, about: str | None = None, *, refer: float = 0.75
) -> list[Turn]:
    """Some turns about one scene; later ones refer to what an earlier one was about, with the chance `refer`.

    Args:
        about: what the first turn is about, where the scene gives such a question.
    """
    talk = _Talk()
    spoken: list[Turn] = []
    for i in range(turns):
        turn = _referring(rng, talk) if i and rng.random() < refer else None
        spoken.append(turn or _new_turn(rng, things, about if i == 0 else None, talk))
    return spoken


def _new_turn(rng: np.random.Generator, things: Sequence[Thing], about: str | None, talk: _Talk) -> Turn:
    if about == "describe":
        talk.thing = None
        return _described(rng, things, str(rng.choice(DESCRIBE)))
    while True:
        asked = question(rng, things, about)
        if asked.name and KIND_OF[asked.name].is_pair and asked.about == "count":
            continue  # one pair of grapes, two grapes: nobody counts them
        if asked.text in DESCRIBE_ASKED:
            return _described(rng, things, asked.text)
        talk.thing = asked.thing
        talk.said = frozenset({"where"} if asked.about == "where" or _says_place(asked.text) else ())
        if asked.about == "colour" or any(re.search(rf"\b{colour}\b", asked.text) for colour in COLOURS):
            talk.said |= {"colour"}
        typed = as_typed(rng, asked.text)
        if asked.about == "yes-no" and rng.random() < 0.2:
            typed += JUDGED
        return Turn(asked.about, typed, answer(asked, things))


def _described(rng: np.random.Generator, things: Sequence[Thing], text: str) -> Turn:
    return Turn("describe", as_typed(rng, text), f"I see {plain_caption(things)}.")


def _referring(rng: np.random.Generator, talk: _Talk) -> Turn | None:
    """A question about the thing of the turn before that does not name it; None where all was said."""
    thing = talk.thing
    if thing is None:
        return None
    is_pair = KIND_OF[thing.name].is_pair
    it, its = ("they", "are") if is_pair else ("it", "is")
    possible = [about for about in ("colour", "where", "yes-no") if _can_ask(about, thing, talk.said)]
    if not possible:
        return None
    about = str(rng.choice(possible))
    subject = it.capitalize()
    match about:
        case "colour":
            text = f"what color {its} {it}?"
            said = f"{subject} {its} {thing.colour}."
        case "where":
            text = f"where {its} {it}?"
            said = f"{subject} {its} {PLACE_WORDS[thing.place]}."
        case _:
            is_yes = bool(rng.random() < 0.5)
            others = [tint.colour for tint in TINTS if tint.colour != thing.colour]
            text = f"{its} {it} {thing.colour if is_yes else rng.choice(others)}?"
            said = f"{'Yes' if is_yes else 'No'}, {it} {its} {thing.colour}."
    talk.said |= {"colour" if about == "yes-no" else about}
    return Turn(about, as_typed(rng, text), said, refers=True)


def _can_ask(about: str, thing: Thing, said: frozenset[str]) -> bool:
    if about == "where":
        return thing.is_place_clear and "where" not in said
    return thing.colour is not None and "colour" not in said


def answer(asked: Question, things: Sequence[Thing]) -> str:
    """The whole sentence that answers a question: "The cat is on the left.", "There are three apples."."""
    thing, name = asked.thing, asked.name
    match asked.about:
        case "what":
            assert thing is not None
            return _it_is(thing, things, is_alone=asked.text.endswith(("is this?", "is it?")))
        case "where":
            assert thing is not None
            return f"{_the(thing)} {PLACE_WORDS[thing.place]}."
        case "colour":
            assert thing is not None
            return f"{_the(thing)} {thing.colour}."
        case "count":
            count = int(asked.answer)
            one, many = (name, KIND_OF[name].many) if name else ("thing", "things")
            return f"There is one {one}." if count == 1 else f"There are {NUMBERS[count] if count else 'no'} {many}."
        case _:
            said = asked.answer.capitalize()
            if not name:
                assert thing is not None
                is_the = _the(thing)
                return f"{said}, {is_the[0].lower()}{is_the[1:]} {thing.colour}."
            kind = KIND_OF[name]
            one = kind.singular if asked.answer == "yes" else f"no {name}"
            return f"{said}, there {'are' if kind.is_pair else 'is'} {one}."


def _it_is(thing: Thing, things: Sequence[Thing], *, is_alone: bool) -> str:
    """What a thing is; with its colour where it `is_alone` in the question."""
    kind = KIND_OF[thing.name]
    if is_alone and len(things) > 1:
        return f"They are {kind.many}."
    if is_alone and thing.colour:
        named = f"{thing.colour} {thing.name}"
        return f"They are {named}." if kind.is_pair else f"It is {'an' if named[0] in 'aeio' else 'a'} {named}."
    return f"They are {kind.name}." if kind.is_pair else f"It is {kind.singular}."


def _the(thing: Thing) -> str:
    return f"The {thing.name} {'are' if KIND_OF[thing.name].is_pair else 'is'}"


def _says_place(text: str) -> bool:
    return any(words in text for words in PLACE_WORDS.values())


def as_typed(rng: np.random.Generator, text: str) -> str:
    """A question as people type it: mostly with a capital and its mark, "colour" as often as "color"."""
    if rng.random() < 0.5:
        text = text.replace("color", "colour")
    if rng.random() < 0.1:
        text = text.rstrip("?.")
    return text if rng.random() < 0.2 else text[0].upper() + text[1:]


# ── what a sentence claims ───────────────────────────────────────────────────────────────────────────────────────────


def claims_in(text: str) -> frozenset[str]:
    """What a sentence says, whatever its words: {"yes", "cat", "red", "on the left", "3"} as far as it does.

    Two answers with the same claims mean the same. A colour before a name is claimed of that name.
    """
    said = text.lower().strip()
    claims = set(re.findall(r"^(yes|no)\b", said))
    number = re.search(rf"\bthere (?:is|are) (no|{'|'.join(NUMBERS)})\b", said)
    if number:
        claims.add("0" if number[1] == "no" else str(NUMBERS.index(number[1])))
    predicate = rf"\b(?:is|are) ({'|'.join(COLOURS)})\b(?! \w)"
    claims.update(re.findall(predicate, said))
    said = re.sub(predicate, "", said)
    for place in sorted(ALL_PLACES, key=len, reverse=True):
        if PLACE_WORDS[place] in said:
            claims.add(PLACE_WORDS[place])
            said = said.replace(PLACE_WORDS[place], "")
    names = "|".join(sorted(NAME_OF, key=len, reverse=True))
    for colour, words in re.findall(rf"\b(?:({'|'.join(COLOURS)}) )?({names})\b", said):
        claims.add(f"{colour} {NAME_OF[words]}".strip())
    return frozenset(claims)


def every_sentence_word() -> list[str]:
    """Texts with every word that a turn can have beside the words of `texts.every_word`."""
    asked = (*DESCRIBE, *DESCRIBE_ASKED, "what color colour is it? are they? which where how is are do does there?")
    typed = [text[0].upper() + text[1:] for text in asked]
    starts = [f"{word[0].upper()}{word[1:]}" for text in asked for word in re.findall(r"\w+", text)]
    return [*asked, *typed, *starts, JUDGED, "The There They It Yes, No, I see no one thing things is are a an the."]
