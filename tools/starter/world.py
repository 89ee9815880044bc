"""What the starter models know: the things, how they are called and drawn, the colours and the places."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its name, other words for it, and the glyphs that show it."""

    name: str
    glyphs: str
    synonyms: tuple[str, ...] = ()
    plural: str = ""
    article: str = ""  # "a" or "an" by the first letter where empty
    is_pair: bool = False  # "pants", "scissors", "glasses": plural without an article

    @property
    def singular(self) -> str:
        """The name with its article: "a cat", "an apple", "scissors"."""
        return self.name if self.is_pair else f"{self.article or article(self.name)} {self.name}"

    @property
    def many(self) -> str:
        return self.name if self.is_pair else self.plural or plural(self.name)


def article(words: str) -> str:
    return "an" if words[0] in "aeio" else "a"


def plural(name: str) -> str:
    if name.endswith("y") and name[-2] not in "aeo":
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(("s", "x", "ch", "sh", "to")) else "s")


KINDS = (
    # animals
    Kind("cat", "🐈🐱", ("kitty",)),
    Kind("dog", "🐕🐶", ("puppy",)),
    Kind("mouse", "🐁🐭", plural="mice"),
    Kind("rabbit", "🐇🐰", ("bunny",)),
    Kind("fox", "🦊"),
    Kind("bear", "🐻"),
    Kind("panda", "🐼"),
    Kind("frog", "🐸"),
    Kind("monkey", "🐒🐵"),
    Kind("chicken", "🐔🐓", ("hen", "rooster")),
    Kind("penguin", "🐧"),
    Kind("bird", "🐦"),
    Kind("duck", "🦆"),
    Kind("fish", "🐟🐠", plural="fish"),
    Kind("whale", "🐳🐋"),
    Kind("octopus", "🐙"),
    Kind("turtle", "🐢", ("tortoise",)),
    Kind("snake", "🐍"),
    Kind("butterfly", "🦋"),
    Kind("bee", "🐝"),
    Kind("ant", "🐜"),
    Kind("snail", "🐌"),
    Kind("elephant", "🐘"),
    Kind("horse", "🐎🐴", ("pony",)),
    Kind("cow", "🐄🐮"),
    Kind("pig", "🐖🐷"),
    # food
    Kind("apple", "🍎"),
    Kind("banana", "🍌"),
    Kind("grapes", "🍇", is_pair=True),
    Kind("strawberry", "🍓"),
    Kind("cherry", "🍒", ("cherries",)),
    Kind("lemon", "🍋"),
    Kind("orange", "🍊", ("tangerine",)),
    Kind("pear", "🍐"),
    Kind("watermelon", "🍉", ("melon",)),
    Kind("pineapple", "🍍"),
    Kind("carrot", "🥕"),
    Kind("broccoli", "🥦", plural="broccoli"),
    Kind("corn", "🌽", plural="corn"),
    Kind("mushroom", "🍄"),
    Kind("tomato", "🍅"),
    Kind("bread", "🍞", ("loaf",), plural="breads"),
    Kind("cheese", "🧀"),
    Kind("egg", "🥚"),
    Kind("pizza", "🍕"),
    Kind("hamburger", "🍔", ("burger",)),
    Kind("ice cream", "🍦🍨"),
    Kind("donut", "🍩", ("doughnut",)),
    Kind("cake", "🎂🍰"),
    Kind("cookie", "🍪", ("biscuit",)),
    Kind("cup", "☕🍵", ("mug",)),
    # vehicles
    Kind("car", "🚗🚙", ("auto",)),
    Kind("bus", "🚌"),
    Kind("truck", "🚚🚛", ("lorry",)),
    Kind("bicycle", "🚲", ("bike",)),
    Kind("motorcycle", "🏍", ("motorbike",)),
    Kind("train", "🚆🚂"),
    Kind("airplane", "✈🛩", ("plane", "aeroplane")),
    Kind("helicopter", "🚁"),
    Kind("rocket", "🚀"),
    Kind("boat", "⛵🚤", ("ship",)),
    Kind("tractor", "🚜"),
    # house and clothes
    Kind("house", "🏠🏡", ("home",)),
    Kind("castle", "🏰"),
    Kind("door", "🚪"),
    Kind("chair", "🪑"),
    Kind("bed", "🛏"),
    Kind("light bulb", "💡", ("lamp",)),
    Kind("candle", "🕯"),
    Kind("clock", "⏰🕒", ("alarm clock",)),
    Kind("key", "🔑"),
    Kind("lock", "🔒", ("padlock",)),
    Kind("hammer", "🔨"),
    Kind("wrench", "🔧", ("spanner",)),
    Kind("scissors", "✂", is_pair=True),
    Kind("knife", "🔪", plural="knives"),
    Kind("spoon", "🥄"),
    Kind("book", "📕📖"),
    Kind("pencil", "✏"),
    Kind("envelope", "✉", ("letter",)),
    Kind("camera", "📷"),
    Kind("phone", "📱☎", ("telephone",)),
    Kind("laptop", "💻", ("computer",)),
    Kind("television", "📺", ("tv",)),
    Kind("umbrella", "☂☔", article="an"),
    Kind("bag", "👜", ("handbag",)),
    Kind("backpack", "🎒", ("rucksack",)),
    Kind("hat", "🎩👒"),
    Kind("crown", "👑"),
    Kind("shoe", "👟👞"),
    Kind("shirt", "👕", ("t-shirt",)),
    Kind("pants", "👖", ("trousers", "jeans"), is_pair=True),
    Kind("glasses", "👓", ("spectacles",), is_pair=True),
    Kind("ring", "💍"),
    # nature
    Kind("tree", "🌳🌲"),
    Kind("cactus", "🌵"),
    Kind("flower", "🌸🌼"),
    Kind("sunflower", "🌻"),
    Kind("rose", "🌹"),
    Kind("leaf", "🍁🍃", plural="leaves"),
    Kind("sun", "☀🌞"),
    Kind("moon", "🌙"),
    Kind("star", "⭐"),
    Kind("cloud", "☁"),
    Kind("snowflake", "❄"),
    Kind("fire", "🔥", ("flame",)),
    Kind("mountain", "⛰🏔"),
    Kind("rainbow", "🌈"),
    # play
    Kind("soccer ball", "⚽", ("football",)),
    Kind("basketball", "🏀"),
    Kind("guitar", "🎸"),
    Kind("trumpet", "🎺"),
    Kind("drum", "🥁"),
    Kind("piano", "🎹", ("keyboard",)),
    Kind("balloon", "🎈"),
    Kind("gift", "🎁", ("present",)),
    Kind("kite", "🪁"),
    Kind("teddy bear", "🧸", ("teddy",)),
    Kind("heart", "❤"),
)
# "fork" has no glyph of its own.

NAMES = tuple(kind.name for kind in KINDS)
NOT_RECOLOURED = frozenset({"rainbow"})


@dataclass(frozen=True)
class Tint:
    """A colour that a thing can be given: hues in degrees, and which of them no training scene shows."""

    colour: str
    first_hue: float
    last_hue: float
    saturation: float
    value: float

    @property
    def held_out(self) -> tuple[float, float]:
        """The part of the hues that is never trained on."""
        width = self.last_hue - self.first_hue
        return self.first_hue + 0.6 * width, self.first_hue + 0.8 * width


TINTS = (
    Tint("red", 350, 366, 0.88, 0.86),
    Tint("orange", 23, 33, 0.92, 0.98),
    Tint("yellow", 50, 60, 0.85, 0.98),
    Tint("green", 95, 145, 0.75, 0.70),
    Tint("blue", 203, 235, 0.82, 0.88),
    Tint("purple", 265, 283, 0.72, 0.74),
    Tint("pink", 318, 338, 0.48, 1.00),
)
COLOURS = (*(tint.colour for tint in TINTS), "brown", "white", "gray", "black")  # the last four only where natural
NATURAL_GLYPHS = {
    "red": "🐙🍎🍓🍒🍅🚗🏍⏰✂📕☎🎒🌹🍁🎸🥁🎈❤",
    "orange": "🦊🍊🥕🔥🏀",
    "yellow": "🍌🍋🧀🚁💡🔑🔒👑🌼🌻☀🌞🌙⭐🎺",
    "green": "🐸🐢🐍🍐🥦🚜🌳🌲🌵🍃",
    "blue": "🐦🐟🐳🐋🚙🚆✈🛩🛏🔧👟👕👖❄",
    "purple": "🍇",
    "pink": "🐖🐷🌸",
    "brown": "🐻🐒🐵🐌🍪🚪🪑👜👞👓🧸",
    "white": "✉☁",
    "gray": "🐁🐭🐘🐜🏰🥄⛰",
    "black": "📱🎩",
}
NATURAL_COLOURS = {
    glyph: colour for colour, glyphs in NATURAL_GLYPHS.items() for glyph in glyphs
}  # where one word fits

PLACES = (
    ("top left", "top", "top right"),
    ("left", "center", "right"),
    ("bottom left", "bottom", "bottom right"),
)


def is_held_out(name: str, colour: str) -> bool:
    """Whether this thing in this tint is kept out of all training: every tenth combination."""
    return hashlib.sha256(f"{name}/{colour}".encode()).digest()[0] % 10 == 0
