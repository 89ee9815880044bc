from tools.starter.world import COLOURS, KINDS, NAMES, NATURAL_COLOURS, TINTS, Kind, is_held_out


def test_every_name_and_glyph_is_there_once():
    glyphs = [glyph for kind in KINDS for glyph in kind.glyphs]

    assert len(set(NAMES)) == len(NAMES) >= 115
    assert len(set(glyphs)) == len(glyphs)
    assert set(NATURAL_COLOURS) <= set(glyphs)
    assert set(NATURAL_COLOURS.values()) <= set(COLOURS)


def test_names_are_put_into_words():
    said = {kind.name: (kind.singular, kind.many) for kind in KINDS}

    assert said["apple"] == ("an apple", "apples")
    assert said["umbrella"] == ("an umbrella", "umbrellas")
    assert said["butterfly"] == ("a butterfly", "butterflies")
    assert said["monkey"] == ("a monkey", "monkeys")
    assert said["scissors"] == ("scissors", "scissors")
    assert said["tomato"][1] == "tomatoes"
    assert said["piano"][1] == "pianos"
    assert said["mouse"][1] == "mice"
    assert Kind("bus", "").many == "buses"


def test_held_out_combinations_leave_each_thing_most_of_its_colours():
    held_out = {(name, tint.colour) for name in NAMES for tint in TINTS if is_held_out(name, tint.colour)}

    assert 0.06 < len(held_out) / (len(NAMES) * len(TINTS)) < 0.16
    for name in NAMES:
        assert sum((name, tint.colour) in held_out for tint in TINTS) <= 4
