import subprocess
import sys

import pytest
from PySide6.QtCore import QCoreApplication, QLocale

from desktop_app import i18n
from desktop_app.paths import ASSETS_DIR
from workers.errors import DiskError


@pytest.fixture(autouse=True)
def english_again(qapp):
    yield
    i18n.install("en")
    for translator in i18n._installed:
        QCoreApplication.removeTranslator(translator)
    i18n._installed.clear()


def test_nothing_is_untranslated():
    check = subprocess.run(
        [sys.executable, str(ASSETS_DIR / "translations" / "update.py"), "--check"], capture_output=True, text=True
    )

    assert check.returncode == 0, f"run assets/translations/update.py and translate:\n{check.stdout}{check.stderr}"


def test_chosen_language_holds():
    assert i18n.resolve("zh_CN") == "zh_CN"
    assert i18n.resolve("en") == "en"


@pytest.mark.parametrize(
    ("names", "language"),
    [(["de-DE", "zh-Hans-CN"], "zh_CN"), (["en-GB", "zh-CN"], "en"), (["de-DE"], "en"), (["zh-TW"], "zh_CN")],
)
def test_system_language_is_the_first_that_is_there(names, language, monkeypatch):
    monkeypatch.setattr(QLocale, "uiLanguages", lambda _self: names)

    assert i18n.resolve("system") == language


def test_errors_are_translated_before_they_are_filled_in():
    error = DiskError("The disk is full: '{path}' cannot be written.", hint="Free some space.", path="/media/{x}")
    i18n.install("zh_CN")

    assert "/media/{x}" in i18n.sentence(error)
    assert "The disk" not in i18n.sentence(error)
    assert i18n.hint(error) != "Free some space."


def test_text_without_a_translation_stays():
    i18n.install("zh_CN")

    assert i18n.from_workers("Nobody knows {what}.", {"what": "this"}) == "Nobody knows this."


def test_translations_keep_the_names_of_their_values():
    import string
    import xml.etree.ElementTree as ET

    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    wrong = []
    for message in ET.parse(i18n.TRANSLATIONS_DIR / "sensorium_zh_CN.ts").getroot().iter("message"):
        source = message.findtext("source")
        for text in [form.text for form in message.iter("numerusform")] or [message.findtext("translation")]:
            if names(source) != names(text) or source.count("%n") != text.count("%n"):
                wrong.append(source)
    assert wrong == []


@pytest.mark.parametrize(("count", "text"), [(1, "1 item deleted."), (3, "3 items deleted.")])
def test_english_has_plurals(count, text):
    i18n.install("en")

    assert QCoreApplication.translate("_DeleteNow", "%n item(s) deleted.", "", count) == text


def test_sizes_are_written_as_people_do():
    assert [i18n.size_text(size) for size in (78e6, 999e6, 1.62e9)] == ["78 MB", "999 MB", "1.6 GB"]
