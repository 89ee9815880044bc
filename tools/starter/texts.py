"""What can be said about a scene: captions, and questions with their answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tools.starter.scenes import MOST_THINGS, Thing
from tools.starter.world import COLOURS, KINDS, NAMES, PLACES, TINTS, Kind, article

KIND_OF = {kind.name: kind for kind in KINDS}
NUMBERS = ("zero", "one", "two", "three", "four", "five")
ABOUTS = ("what", "where", "colour", "count", "yes-no")
SINGLE_CAPTIONS = ("a photo of {}", "{}", "a picture of {}", "this is {}", "an icon of {}", "there is {}", "I see {}")
MANY_CAPTIONS = ("{}", "a photo of {}", "a picture of {}", "I see {}")
PLACE_WORDS = {
    "top left": "in the top left",
    "top": "at the top",
    "top right": "in the top right",
    "left": "on the left",
    "center": "in the middle",
    "right": "on the right",
    "bottom left": "in the bottom left",
    "bottom": "at the bottom",
    "bottom right": "in the bottom right",
}
ALL_PLACES = tuple(place for row in PLACES for place in row)


@dataclass(frozen=True)
class Caption:
    """A text about a scene, and what it claims; the same claims make two captions equal in meaning."""

    text: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A question about a scene with its answer; `about` is one of `ABOUTS`.

    `thing` is the one that is asked about, where it is one that is there; `name` what is counted or looked for.
    """

    about: str
    text: str
    answer: str
    thing: Thing | None = None
    name: str = ""


def caption(rng: np.random.Generator, things: Sequence[Thing], *, is_full: bool | None = None) -> Caption:
    """A caption: everything with colours and places where `is_full`, only names where False, by chance where None."""
    if is_full is None:
        is_full = bool(rng.random() < 0.7)
    if is_full:
        parts = [_described(rng, thing) for thing in sorted(things, key=lambda thing: thing.centre[0])]
    else:
        counts = Counter(thing.name for thing in things)
        parts = [_counted(rng, KIND_OF[name], count) for name, count in counts.items()]
    templates = SINGLE_CAPTIONS if len(things) == 1 else MANY_CAPTIONS
    return Caption(str(rng.choice(templates)).format(joined(parts)).lower(), claims_of(things, is_full=is_full))


def claims_of(things: Sequence[Thing], *, is_full: bool) -> tuple[str, ...]:
    """What a caption of these things claims."""
    if not is_full:
        return tuple(sorted(thing.name for thing in things))
    places = [thing.place if thing.is_place_clear else "somewhere" for thing in things]
    return tuple(sorted(f"{thing.colour} {thing.name} {place}" for thing, place in zip(things, places, strict=True)))


def plain_caption(things: Sequence[Thing]) -> str:
    """The one caption that the captioning model learns: every thing from left to right, without other words for it."""
    in_order = sorted(things, key=lambda thing: thing.centre[0])
    return joined([_described(None, thing) for thing in in_order])


def things_said(text: str) -> list[tuple[str, str | None]]:
    """The names in a caption, each with the colour before it: [("cat", "red"), ("rainbow", None)]."""
    names = "|".join(sorted(NAMES, key=len, reverse=True))
    found = re.findall(rf"\b(?:({'|'.join(COLOURS)}) )?({names})\b", text)
    return [(name, colour or None) for colour, name in found]


def joined(parts: Sequence[str]) -> str:
    """The parts as in "a cat, a dog and a bird"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _described(rng: np.random.Generator | None, thing: Thing) -> str:
    kind = KIND_OF[thing.name]
    first = with_article(kind, called(rng, kind) if rng else kind.name, thing.colour)
    return f"{first} {PLACE_WORDS[thing.place]}" if thing.is_place_clear else first


def _counted(rng: np.random.Generator, kind: Kind, count: int) -> str:
    return f"{NUMBERS[count]} {kind.many}" if count > 1 else with_article(kind, called(rng, kind))


def called(rng: np.random.Generator, kind: Kind) -> str:
    """The name or, now and then, another word for it."""
    return str(rng.choice(kind.synonyms)) if kind.synonyms and rng.random() < 0.15 else kind.name


def with_article(kind: Kind, name: str, colour: str | None = None) -> str:
    """A thing by one of its names: "a cat", "an orange cat", "red pants"."""
    words = f"{colour} {name}" if colour else name
    return words if kind.is_pair and name == kind.name else f"{_article(kind, words)} {words}"


def _article(kind: Kind, words: str) -> str:
    return kind.article if kind.article and words == kind.name else article(words)


# ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def question(rng: np.random.Generator, things: Sequence[Thing], about: str | None = None) -> Question:
    """A question that the scene answers; about anything where `about` is None, or where the scene gives no such one.

    Every question has one right answer: things are asked for by what only they have.
    """
    match about or str(rng.choice(ABOUTS)):
        case "where":
            return _where(rng, things) or _what(rng, things)
        case "colour":
            return _colour(rng, things) or _what(rng, things)
        case "count":
            return _count(rng, things)
        case "yes-no":
            return _yes_no(rng, things)
        case _:
            return _what(rng, things)


def _what(rng: np.random.Generator, things: Sequence[Thing]) -> Question:
    if len({thing.name for thing in things}) == 1:
        text = rng.choice(("what is this?", "what is it?", "what do you see?", "what is in the picture?"))
        return Question("what", str(text), things[0].name, things[0])
    asked: list[tuple[str, Thing]] = []
    places = Counter(thing.place for thing in things)
    colours = Counter(thing.colour for thing in things)
    for thing in things:
        if thing.is_place_clear and places[thing.place] == 1:
            asked.append((f"what is {PLACE_WORDS[thing.place]}?", thing))
        if thing.colour and colours[thing.colour] == 1 and None not in colours:
            asked += [(f"what is {thing.colour}?", thing), (f"what is the {thing.colour} thing?", thing)]
    if not asked:
        return _count(rng, things)
    text, thing = asked[rng.integers(len(asked))]
    return Question("what", text, thing.name, thing)


def _where(rng: np.random.Generator, things: Sequence[Thing]) -> Question | None:
    clear = [thing for thing in _only_ones(things) if thing.is_place_clear]
    if not clear:
        return None
    thing = clear[rng.integers(len(clear))]
    text = _asked(rng, ("where {is} the {it}?", "where do you see the {it}?"), thing)
    return Question("where", text, thing.place, thing)


def _colour(rng: np.random.Generator, things: Sequence[Thing]) -> Question | None:
    coloured = [thing for thing in _only_ones(things) if thing.colour]
    if not coloured:
        return None
    thing = coloured[rng.integers(len(coloured))]
    templates = ("what color {is} the {it}?", "which color does the {it} have?", "what is the color of the {it}?")
    text = _asked(rng, templates, thing)
    if rng.random() < 0.5:
        text = text.replace("color", "colour")
    return Question("colour", text, str(thing.colour), thing)


def _count(rng: np.random.Generator, things: Sequence[Thing]) -> Question:
    counts = Counter(thing.name for thing in things)
    if rng.random() < 0.5:
        text = rng.choice(("how many things are there?", "how many things do you see?", "how many objects are there?"))
        return Question("count", str(text), str(len(things)))
    often = [name for name, count in counts.items() if count > 1]
    name = str(rng.choice(often if often and rng.random() < 0.7 else list(counts)))
    if rng.random() < 0.12:
        name = _absent(rng, things)
    text = rng.choice(("how many {} are there?", "how many {} do you see?"))
    return Question("count", str(text).format(KIND_OF[name].many), str(counts[name]), _only(things, name), name)


def _yes_no(rng: np.random.Generator, things: Sequence[Thing]) -> Question:
    is_yes = bool(rng.random() < 0.5)
    coloured = [thing for thing in _only_ones(things) if thing.colour]
    if coloured and rng.random() < 0.4:
        thing = coloured[rng.integers(len(coloured))]
        others = [tint.colour for tint in TINTS if tint.colour != thing.colour]
        colour = thing.colour if is_yes else str(rng.choice(others))
        return Question("yes-no", _asked(rng, ("{is} the {it} " + str(colour) + "?",), thing), _yes(is_yes), thing)
    name = str(rng.choice([thing.name for thing in things])) if is_yes else _absent(rng, things)
    kind = KIND_OF[name]
    word = called(rng, kind)
    there = f"are there {word}" if kind.is_pair else f"is there {_article(kind, word)} {word}"
    seen = f"do you see {word}" if kind.is_pair else f"do you see {_article(kind, word)} {word}"
    text = rng.choice((f"{there}?", f"{there} in the picture?", f"{seen}?"))
    return Question("yes-no", str(text), _yes(is_yes), _only(things, name), name)


def _yes(is_yes: bool) -> str:
    return "yes" if is_yes else "no"


def _only_ones(things: Sequence[Thing]) -> list[Thing]:
    counts = Counter(thing.name for thing in things)
    return [thing for thing in things if counts[thing.name] == 1]


def _only(things: Sequence[Thing], name: str) -> Thing | None:
    named = [thing for thing in things if thing.name == name]
    return named[0] if len(named) == 1 else None


def _absent(rng: np.random.Generator, things: Sequence[Thing]) -> str:
    present = {thing.name for thing in things}
    return str(rng.choice([name for name in NAMES if name not in present]))


def _asked(rng: np.random.Generator, templates: Sequence[str], thing: Thing) -> str:
    kind = KIND_OF[thing.name]
    return str(rng.choice(templates)).format(it=called(rng, kind), **{"is": "are" if kind.is_pair else "is"})


def every_word() -> list[str]:
    """Texts with every word that a caption, a question or an answer can have, to train the tokenizers on."""
    names = [word for kind in KINDS for word in (kind.name, kind.many, kind.singular, *kind.synonyms)]
    asked = (
        "what is this? what is it? what do you see? what is in the picture? what is the thing?",
        "how many things are there? how many things do you see? how many are there?",
        "how many objects are there? where is the? where are the? where do you see the? which color does the have?",
        "what color is the? what is the color of the? is there a? are there an? do you see a? yes no i see an",
    )
    templates = [template.replace("{}", "a").lower() for template in (*SINGLE_CAPTIONS, *MANY_CAPTIONS)]
    numbers = [str(n) for n in range(MOST_THINGS + 1)]
    return [
        *names,
        *asked,
        *templates,
        *numbers,
        *NUMBERS,
        *COLOURS,
        *PLACE_WORDS.values(),
        *ALL_PLACES,
        "a, b and c.",
        "colour",
    ]
