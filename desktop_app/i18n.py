"""Translation: which language the window speaks, and texts that are born outside Qt code.

English is the source. `assets/translations/update.py` collects the texts and compiles what is translated. Texts of the
workers and of the settings are plain English literals there; they are translated here, in the contexts below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from desktop_app.paths import ASSETS_DIR
from desktop_app.settings import Language
from desktop_app.spoken_languages import SPOKEN_LANGUAGES
from workers.errors import AppError

if TYPE_CHECKING:
    from workers.results import Notice

TRANSLATIONS_DIR = ASSETS_DIR / "translations"
LANGUAGES = ("en", "zh_CN")

_installed: list[QTranslator] = []


def resolve(choice: Language) -> str:
    """The language to speak: the chosen one, or the first of the system's that is there."""
    if choice != "system":
        return choice
    for name in QLocale.system().uiLanguages():
        if name.startswith("zh"):
            return "zh_CN"
        if name.startswith("en"):
            return "en"
    return "en"


def install(choice: Language) -> str:
    """Lets the application speak the language from now on; widgets made before keep their texts. Returns it."""
    language = resolve(choice)
    for translator in _installed:
        QCoreApplication.removeTranslator(translator)
    _installed.clear()
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for file, folder in ((f"qtbase_{language}", qt_folder), (f"sensorium_{language}", str(TRANSLATIONS_DIR))):
        translator = QTranslator()
        if translator.load(file, folder):  # English has plurals only
            QCoreApplication.installTranslator(translator)
            _installed.append(translator)
    QLocale.setDefault(QLocale(language) if choice != "system" else QLocale.system())
    return language


def from_settings(text: str) -> str:
    """A title, description, unit or label of a settings or options field."""
    return QCoreApplication.translate("settings", text) if text else ""


def from_panels(text: str) -> str:
    """A title or description of a `PanelInfo`."""
    return QCoreApplication.translate("panels", text) if text else ""


def from_workers(template: str, values: Mapping[str, object] | None = None) -> str:
    """A template of an error, a notice or a progress message, translated and then filled in."""
    text = QCoreApplication.translate("errors", template) if template else ""
    return text.format(**values) if values else text


def sentence(problem: AppError | Notice) -> str:
    return from_workers(problem.template, problem.values)


def hint(problem: AppError | Notice) -> str:
    return from_workers(problem.hint_template, problem.values)


def language_name(code: str) -> str:
    """The language in its own words, such as "Deutsch"."""
    return SPOKEN_LANGUAGES.get(code) or QLocale(code).nativeLanguageName() or code


def spoken_languages() -> list[tuple[str, str]]:
    """(code, name) of the languages that can be chosen, by name."""
    return sorted(SPOKEN_LANGUAGES.items(), key=lambda pair: pair[1].casefold())


def size_text(size_bytes: float) -> str:
    """A size in MB or GB, as people write it."""
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"
