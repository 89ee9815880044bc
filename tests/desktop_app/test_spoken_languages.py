from __future__ import annotations

import pytest

from desktop_app.spoken_languages import ENGLISH_NAMES, SPOKEN_LANGUAGES, language_code
from workers.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("en", "en"), ("EN", "en"), ("en-US", "en"), ("en_GB.UTF-8", "en"), ("English", "en"), (" english ", "en"),
        ("eng", "en"), ("英语", "en"), ("zh-CN", "zh"), ("zh_Hant_TW", "zh"), ("Chinese", "zh"), ("mandarin", "zh"),
        ("中文", "zh"), ("普通话", "zh"), ("cantonese", "yue"), ("zh-yue", "yue"), ("粤语", "yue"), ("Deutsch", "de"),
        ("Espanol", "es"), ("Français", "fr"), ("haitian creole", "ht"), ("iw", "he"), ("nb", "no"), ("haw", "haw"),
        ("auto", None), ("", None),
    ],
)  # fmt: skip
def test_language_is_known_by_code_locale_and_name(typed: str, code: str | None) -> None:
    assert language_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "hint"), [("Germn", "'de', German"), ("enlish", "'en', English"), ("Klingon!!", "such as en")]
)
def test_unknown_language_is_refused_with_the_nearest(typed: str, hint: str) -> None:
    with pytest.raises(UsageError, match=typed) as error:
        language_code(typed)

    assert hint in error.value.hint


def test_every_code_and_every_name_means_its_own_language() -> None:
    assert len(ENGLISH_NAMES) == 100
    assert {code: language_code(code) for code in ENGLISH_NAMES} == {code: code for code in ENGLISH_NAMES}
    assert {name: language_code(name) for name in SPOKEN_LANGUAGES.values()} == {
        name: code for code, name in SPOKEN_LANGUAGES.items()
    }
    assert {name: language_code(name) for name in ENGLISH_NAMES.values()} == {
        name: code for code, name in ENGLISH_NAMES.items()
    }
