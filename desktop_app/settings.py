"""What the user chose, kept in one TOML file that never blocks the start. No Qt.

Titles, descriptions, units and labels are shown in the preferences, so they are translated (context "settings").
A value that does not fit falls back to its default alone; the file as it was is kept aside and the user is told.
Only what changed is written, into the file as it is then: comments, unknown keys and another window's choices stay.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from workers.errors import AppError, DiskError

log = logging.getLogger(__name__)

Language = Literal["system", "en", "zh_CN"]
ThemeChoice = Literal["system", "light", "dark"]
HearSource = Literal["microphone", "computer", "both"]
Task = Literal["transcribe", "translate"]
CaptionsPosition = Literal["bottom", "top", "free"]


# What choices are called that engines' options share.
COMMON_LABELS = {"auto": "Automatic", "cpu": "Processor", "cuda": "Graphics card"}


class Section(BaseModel):
    """One group of settings; every assignment is checked."""

    model_config = ConfigDict(validate_assignment=True, extra="ignore")


class General(Section):
    """How the app looks and starts."""

    model_config = ConfigDict(title="General")

    language: Language = Field(
        "system",
        title="Language",
        description="The window's language, from the next start on. What you speak is chosen under Hear.",
        json_schema_extra={"labels": {"system": "Same as the system", "en": "English", "zh_CN": "简体中文"}},
    )
    theme: ThemeChoice = Field(
        "system",
        title="Appearance",
        description="Light or dark; the system's choice is followed at once when it changes.",
        json_schema_extra={"labels": {"system": "Same as the system", "light": "Light", "dark": "Dark"}},
    )
    start_panel: str = Field(
        "",
        title="Start with",
        description="The page that opens first.",
        json_schema_extra={"widget": "panel"},
    )
    reduce_motion: bool = Field(
        False, title="Reduce motion", description="Changes appear at once, without sliding or fading."
    )


class Hear(Section):
    """What is listened to, and how it becomes text."""

    model_config = ConfigDict(title="Hear")

    source: HearSource = Field(
        "microphone",
        title="Listen to",
        description="Both gives two labelled tracks: you, and what the computer plays.",
        json_schema_extra={
            "labels": {"microphone": "Microphone", "computer": "Computer audio", "both": "Microphone and computer"}
        },
    )
    microphone: str = Field(
        "",
        title="Microphone",
        description="The system's default is followed when it changes.",
        json_schema_extra={"widget": "microphone", "special": "System default"},
    )
    computer_audio: str = Field(
        "",
        title="Computer audio",
        description="The loudspeaker whose sound is heard when the computer is a source.",
        json_schema_extra={"widget": "monitor", "special": "System default"},
    )
    engine: str = Field(
        "faster-whisper",
        title="Engine",
        description="The program that turns speech into text.",
        json_schema_extra={"widget": "engine"},
    )
    model: str = Field(
        "",
        title="Model",
        description="Larger models make fewer mistakes and need more time and memory.",
        json_schema_extra={"widget": "model", "special": "Best that is installed"},
    )
    language: str = Field(
        "",
        title="Spoken language",
        description="Detection may change its mind within a recording; naming the language is surer.",
        json_schema_extra={"widget": "spoken_language", "special": "Detect"},
    )
    task: Task = Field(
        "transcribe",
        title="Write",
        description="Translation into English needs a multilingual model.",
        json_schema_extra={"labels": {"transcribe": "What is said", "translate": "An English translation"}},
    )
    custom_words: list[str] = Field(
        default_factory=list,
        title="Custom words",
        description="Names and terms to expect, one a line.",
    )
    prompt: str = Field(
        "",
        title="Prompt",
        description="A sentence in the style that you expect; it helps with names and punctuation.",
        json_schema_extra={"widget": "text"},
    )
    emotion: bool = Field(
        False,
        title="Tone of voice",
        description="Says how each sentence of a recording sounds: a guess by an emotion model.",
    )
    engine_options: dict[str, dict[str, Any]] = Field(default_factory=dict, json_schema_extra={"widget": "hidden"})


class HistorySettings(Section):
    """What is kept of what was heard."""

    model_config = ConfigDict(title="History")

    is_private: bool = Field(
        False, title="Private mode", description="Nothing is kept: no text and no sound. The status bar shows it."
    )
    keep_days: int = Field(
        0,
        ge=0,
        le=36_500,
        title="Keep for",
        description="Older recordings are deleted with everything that belongs to them.",
        json_schema_extra={"unit": "days", "special": "For ever"},
    )
    keep_audio: bool = Field(
        True, title="Keep the sound", description="Without it only text stays; words can no longer be played."
    )


class Captions(Section):
    """The caption window that floats above others."""

    model_config = ConfigDict(title="Captions")

    font_size_px: int = Field(32, ge=12, le=120, title="Text size", json_schema_extra={"unit": "px"})
    opacity_percent: int = Field(
        85, ge=10, le=100, title="Background", description="How solid it is.", json_schema_extra={"unit": "%"}
    )
    position: CaptionsPosition = Field(
        "bottom",
        title="Place",
        description="Where the captions open; dragging them makes the place your own.",
        json_schema_extra={"labels": {"bottom": "Bottom", "top": "Top", "free": "Where I left them"}},
    )
    geometry: str = Field("", json_schema_extra={"widget": "hidden"})


class Models(Section):
    """Where models are kept and come from."""

    model_config = ConfigDict(title="Models")

    folder: str = Field(
        "",
        title="Folder",
        description="Where models are stored. Those in the old folder stay there. Takes effect at the next start.",
        json_schema_extra={"widget": "folder", "special": "The app's own folder"},
    )
    hub_endpoint: str = Field(
        "",
        title="Download from",
        description="The address of a model hub, such as a mirror. Takes effect at the next start.",
        json_schema_extra={"special": "https://huggingface.co"},
    )


class WindowState(Section):
    """What the window remembers by itself; not shown in the preferences."""

    geometry: str = ""
    is_rail_collapsed: bool = False
    last_panel: str = ""
    hints_dismissed: list[str] = Field(default_factory=list)
    panel_state: dict[str, str] = Field(default_factory=dict)


class Settings(BaseModel):
    """Everything the user chose. `load` it, assign to a section's field, `save` it."""

    general: General = General()
    hear: Hear = Hear()
    history: HistorySettings = HistorySettings()
    captions: Captions = Captions()
    models: Models = Models()
    window: WindowState = WindowState()

    _path: Path | None = PrivateAttr(None)
    _saved: dict[str, dict[str, Any]] = PrivateAttr(default_factory=dict)
    _problems: list[AppError] = PrivateAttr(default_factory=list)

    def models_dir(self, default: Path) -> Path:
        """Where models are kept: the folder that the user chose, or `default`."""
        return Path(self.models.folder).expanduser() if self.models.folder else default

    @classmethod
    def load(cls, path: Path) -> Settings:
        """The settings in the file, or defaults where it is absent or wrong; `problems` says what was wrong."""
        wrong: list[str] = []
        try:
            read = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            read = {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            log.warning("settings file %s cannot be read: %s", path, error)
            read, wrong = {}, ["*"]
        settings = cls.model_validate({name: _section(kind, name, read, wrong) for name, kind in SECTIONS.items()})
        settings._path = path
        if wrong:
            settings._problems.append(_keep_aside(path, wrong))
        settings._saved = {} if wrong == ["*"] else settings.model_dump(mode="json")
        for place in wrong:  # not in the file as they are now: the next save puts them right
            section, _, field = place.partition(".")
            settings._saved.get(section, {}).pop(field, None)
        return settings

    @property
    def problems(self) -> list[AppError]:
        """What the user should be told about the file that was loaded."""
        return self._problems

    def save(self) -> None:
        """Writes what changed since the last load or save, atomically; without a file (tests) it does nothing.

        Raises:
            DiskError: the folder cannot be written to.
        """
        values = self.model_dump(mode="json")
        if self._path is None or values == self._saved:
            return
        try:
            _write(self._path, values, self._saved)
        except OSError as error:
            raise DiskError(
                "The settings could not be saved: {reason}.",
                hint="They hold until you quit. Free some space, or check who may write to '{folder}'.",
                reason=error.strerror or str(error),
                folder=self._path.parent,
            ) from error
        self._saved = values


SECTIONS: dict[str, type[Section]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
}


def extra_of(field: Any) -> dict[str, Any]:
    """What a pydantic field says about its widget: `unit`, `labels`, `special`, `widget`."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def choices_of(annotation: Any) -> tuple[str, ...]:
    """The values of a Literal, empty for any other type."""
    return tuple(value for value in get_args(annotation) if isinstance(value, str))


def _section(kind: type[Section], name: str, read: dict[str, Any], wrong: list[str]) -> Section:
    values = read.get(name, {})
    if not isinstance(values, dict):
        wrong.append(name)
        return kind()
    values = dict(values)
    while True:
        try:
            return kind.model_validate(values)
        except ValidationError as error:
            for field in {str(detail["loc"][0]) for detail in error.errors()}:
                log.warning("setting %s.%s does not fit: %r", name, field, values.pop(field))
                wrong.append(f"{name}.{field}")


def _keep_aside(path: Path, wrong: list[str]) -> AppError:
    aside = path.with_suffix(".wrong.toml")
    with contextlib.suppress(OSError):
        aside.write_bytes(path.read_bytes())
    hint = "The file as it was is kept in '{path}'."
    if wrong == ["*"]:
        return AppError("The settings file could not be read, so the defaults are used.", hint=hint, path=aside)
    return AppError(
        "Some settings did not fit and got their defaults: {names}.", hint=hint, names=", ".join(wrong), path=aside
    )


def _write(path: Path, values: dict[str, dict[str, Any]], saved: dict[str, dict[str, Any]]) -> None:
    import tomlkit  # only needed here: start-up reads with tomllib
    from tomlkit.exceptions import TOMLKitError

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        document = tomlkit.parse(path.read_text("utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, TOMLKitError):
        document = tomlkit.document()
    for section, fields in values.items():
        changed = {name: value for name, value in fields.items() if value != saved.get(section, {}).get(name)}
        if changed and not isinstance(document.get(section), dict):
            document[section] = tomlkit.table()
        for name, value in changed.items():
            document[section][name] = value
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("w", encoding="utf-8") as file:
        file.write(tomlkit.dumps(document))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
