import json

import pytest

from desktop_app import styles
from desktop_app.paths import Paths
from workers.errors import UsageError


@pytest.fixture(autouse=True)
def fresh():
    styles.styles.cache_clear()
    yield
    styles.styles.cache_clear()


def test_every_style_of_the_app_can_be_used():
    for style in styles.styles():
        prompt, _ = styles.styled(style.name, "a cat")

        assert "a cat" in prompt


def test_no_style_leaves_the_words_alone():
    assert styles.styled("", "a cat", "dogs") == ("a cat", "dogs")


def test_words_that_should_not_be_seen_are_added():
    assert styles.styled("ink", "a cat", "dogs")[1] == "dogs, colour, photo"


def test_style_without_words_leaves_no_comma():
    assert styles.styled("oil", "")[0].startswith("oil painting")


def test_unknown_style_is_named_with_those_that_there_are():
    with pytest.raises(UsageError, match=r"no style 'jazz'.*ink"):
        styles.styled("jazz", "a cat")


def test_style_of_ones_own_is_found_and_a_broken_one_left_out(home):
    folder = Paths.below(home).config_dir / "styles"
    folder.mkdir(parents=True)
    (folder / "mine.json").write_text(json.dumps({"title": "Mine", "prompt": "{prompt} in blue"}))
    (folder / "broken.json").write_text('{"title": "No place", "prompt": "blue"}')
    (folder / "rubbish.json").write_text("[1")

    assert styles.styled("mine", "a cat")[0] == "a cat in blue"
    assert not {"broken", "rubbish"} & {style.name for style in styles.styles()}
