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
from workers.results import (
    LARGEST_GUIDANCE,
    LARGEST_SEED,
    LARGEST_STORED_SIDE_PX,
    MOST_STORED_STEPS,
    ControlKind,
    SpeechTask,
)

log = logging.getLogger(__name__)

Language = Literal["system", "en", "zh_CN"]
ThemeChoice = Literal["system", "light", "dark"]
HearSource = Literal["microphone", "computer", "both"]
CaptionsPosition = Literal["bottom", "top", "free"]
LiveMode = Literal["drawing", "stroke"]
KeptPictures = Literal["all", "last", "ordered"]
LineControl = Literal["", "scribble", "softedge", "canny"]
Resolution = Literal["640x480", "1280x720", "1920x1080", "3840x2160"]
Rotation = Literal["0", "90", "180", "270"]
SpokenAnswers = Literal["spoken", "all", "none"]
CaptionWhen = Literal["changed", "always"]


# What choices are called that engines' options share.
COMMON_LABELS = {"auto": "Automatic", "cpu": "Processor", "cuda": "Graphics card", "server": "Server"}

CAPTION_QUESTION = "Describe the picture in one sentence."


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
        description="Both gives two labelled tracks: you, and what the computer plays. Wear headphones then, or what "
        "others say is written twice.",
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
    task: SpeechTask = Field(
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


class StandingQuestion(BaseModel):
    """Something to be told about when a camera sees it; `workers.standing` explains the numbers."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str
    hits: int = Field(3, ge=1, le=50)
    looks: int = Field(5, ge=1, le=50)
    cool_down_s: float = Field(60.0, ge=0.0, le=86_400.0)


class See(Section):
    """What is looked at, and what is said about it."""

    model_config = ConfigDict(title="See")

    camera: str = Field("", json_schema_extra={"widget": "hidden"})
    resolution: Resolution = Field(
        "1280x720",
        title="Resolution",
        description="What the camera is asked for; one that cannot gives the nearest that it has.",
        json_schema_extra={
            "labels": {
                "640x480": "640 × 480",
                "1280x720": "1280 × 720",
                "1920x1080": "1920 × 1080",
                "3840x2160": "3840 × 2160",
            }
        },
    )
    fps: int = Field(
        30,
        ge=1,
        le=120,
        title="Pictures a second",
        description="What the camera is asked for; in weak light many give fewer.",
    )
    mirror: bool = Field(
        False,
        title="Mirror",
        description="As in a mirror. Models see what you see: mirrored text cannot be read.",
    )
    rotate_deg: Rotation = Field(
        "0",
        title="Turn",
        description="Clockwise, for a camera that hangs or stands on its side.",
        json_schema_extra={"labels": {"0": "Not at all", "90": "90°", "180": "180°", "270": "270°"}},
    )
    labels_on: bool = Field(False, json_schema_extra={"widget": "hidden"})
    label_engine: str = Field("clip", json_schema_extra={"widget": "hidden"})
    label_model: str = Field("", json_schema_extra={"widget": "hidden"})
    labels: list[str] = Field(
        default_factory=lambda: ["a cat", "a dog", "a cup", "a book", "a phone", "a chair", "an apple", "a flower"],
        title="Labels",
        description="What pictures may show, one a line.",
    )
    label_sets: dict[str, list[str]] = Field(default_factory=dict, json_schema_extra={"widget": "hidden"})
    prompt_templates: list[str] = Field(
        default_factory=lambda: ["a photo of {}"],
        title="Label templates",
        description="A label takes the place of {}; several, one a line, are averaged.",
    )
    background: bool = Field(
        True,
        title="Allow “none of these”",
        description="Common backgrounds compete with your labels, so that a picture may show none of them.",
    )
    top_k: int = Field(
        5, ge=1, le=50, title="Classes shown", description="Of a model that has classes of its own, the best ones."
    )
    search_model: str = Field(
        "",
        title="Model that finds pictures",
        description="For the history. Another one looks at all pictures anew, while nothing else is going on.",
        json_schema_extra={"widget": "search_model", "special": "Best that is installed"},
    )
    caption_on: bool = Field(False, json_schema_extra={"widget": "hidden"})
    caption_engine: str = Field("", json_schema_extra={"widget": "hidden"})
    caption_model: str = Field("", json_schema_extra={"widget": "hidden"})
    caption_when: CaptionWhen = Field(
        "changed",
        title="Describe",
        description="A picture that stays the same needs no new description.",
        json_schema_extra={"labels": {"changed": "When the picture changes", "always": "All the time"}},
    )
    caption_interval_s: float = Field(
        2.0,
        ge=0.0,
        le=3600.0,
        title="Pause between descriptions",
        description="At least so long from one to the next.",
        json_schema_extra={"unit": "s", "special": "None"},
    )
    caption_prefix: str = Field(
        "", title="Beginning", description="Descriptions begin with these words, such as “a photo of”."
    )
    caption_question: str = Field(
        CAPTION_QUESTION,
        title="Question of descriptions",
        description="What is asked about the picture again and again, where a model that answers describes it.",
    )
    ask_engine: str = Field("", json_schema_extra={"widget": "hidden"})
    ask_model: str = Field("", json_schema_extra={"widget": "hidden"})
    max_new_tokens: int = Field(
        256,
        ge=1,
        le=4096,
        title="Longest answer",
        description="Where an answer is cut off.",
        json_schema_extra={"unit": "tokens"},
    )
    frames_remembered: int = Field(
        1,
        ge=1,
        le=16,
        title="Pictures in a chat",
        description="How many of the newest pictures, with what was said about them, an answer heeds; each takes time.",
    )
    keep_answers: bool = Field(
        True,
        title="Keep answers",
        description="What was asked and answered is kept in the history with its picture, unless you work in private.",
    )
    speak_answers: SpokenAnswers = Field(
        "spoken",
        title="Read answers aloud",
        description="With a voice of the system, sentence by sentence.",
        json_schema_extra={"labels": {"spoken": "To spoken questions", "all": "All", "none": "None of them"}},
    )
    judge: bool = Field(
        True,
        title="Check sightings",
        description="“Tell me when you see …” asks the model that answers questions before it tells you.",
    )
    judge_by_server: bool = Field(
        False,
        title="Check sightings with a server",
        description="Where a server answers questions: every picture that may show it is sent there.",
    )
    standing_questions: list[StandingQuestion] = Field(default_factory=list, json_schema_extra={"widget": "hidden"})
    engine_options: dict[str, dict[str, Any]] = Field(default_factory=dict, json_schema_extra={"widget": "hidden"})


class Draw(Section):
    """What pictures are made of, beside the drawing. A number of 0, but for the seed, is what suits the model.

    As wide as what a picture may say about itself (`workers.png_settings`): its engine says what is too much.
    """

    model_config = ConfigDict(title="Draw")

    is_live: bool = Field(True, json_schema_extra={"widget": "hidden"})
    live_mode: LiveMode = Field(
        "drawing",
        title="Live pictures follow",
        description="On slow machines, waiting for the end of a stroke wastes less.",
        json_schema_extra={"labels": {"drawing": "The pen, while it draws", "stroke": "The end of each stroke"}},
    )
    has_final: bool = Field(
        True,
        title="A better picture at rest",
        description="When the pen rests, a picture with more steps follows the quick one.",
    )
    keep: KeptPictures = Field(
        "all",
        title="Keep in the history",
        description="What you order is always kept. Of the better pictures at rest, “the last” keeps one of each "
        "drawing: the next takes its place, unless you ordered one in between, or it is pinned, named or was asked "
        "about.",
        json_schema_extra={
            "labels": {
                "all": "All better pictures",
                "last": "The last of each drawing",
                "ordered": "Only those I order",
            }
        },
    )
    prompt: str = Field("", json_schema_extra={"widget": "hidden"})
    negative_prompt: str = Field("", json_schema_extra={"widget": "hidden"})
    style: str = Field("", json_schema_extra={"widget": "hidden"})
    model: str = Field("", json_schema_extra={"widget": "hidden"})
    control: LineControl = Field("scribble", json_schema_extra={"widget": "hidden"})
    conditioning_scale: float = Field(0.0, ge=0.0, le=10.0, json_schema_extra={"widget": "hidden"})
    control_start: float = Field(0.0, ge=0.0, le=1.0, json_schema_extra={"widget": "hidden"})
    control_end: float = Field(0.0, ge=0.0, le=1.0, json_schema_extra={"widget": "hidden"})
    reference_kind: Literal[""] | ControlKind = Field("", json_schema_extra={"widget": "hidden"})
    reference_scale: float = Field(0.0, ge=0.0, le=10.0, json_schema_extra={"widget": "hidden"})
    reference_start: float = Field(0.0, ge=0.0, le=1.0, json_schema_extra={"widget": "hidden"})
    reference_end: float = Field(0.0, ge=0.0, le=1.0, json_schema_extra={"widget": "hidden"})
    use_colors: bool = Field(True, json_schema_extra={"widget": "hidden"})
    strength: float = Field(0.75, gt=0.0, le=1.0, json_schema_extra={"widget": "hidden"})
    num_inference_steps: int = Field(0, ge=0, le=MOST_STORED_STEPS, json_schema_extra={"widget": "hidden"})
    live_steps: int = Field(0, ge=0, le=MOST_STORED_STEPS, json_schema_extra={"widget": "hidden"})
    guidance_scale: float = Field(0.0, ge=0.0, le=LARGEST_GUIDANCE, json_schema_extra={"widget": "hidden"})
    scheduler: str = Field("", json_schema_extra={"widget": "hidden"})
    eta: float = Field(0.0, ge=0.0, le=1.0, json_schema_extra={"widget": "hidden"})
    vae: Literal["", "full", "tiny"] = Field("", json_schema_extra={"widget": "hidden"})
    width: int = Field(0, ge=0, le=LARGEST_STORED_SIDE_PX, json_schema_extra={"widget": "hidden"})
    height: int = Field(0, ge=0, le=LARGEST_STORED_SIDE_PX, json_schema_extra={"widget": "hidden"})
    seed: int = Field(1, ge=0, le=LARGEST_SEED, json_schema_extra={"widget": "hidden"})
    is_seed_locked: bool = Field(True, json_schema_extra={"widget": "hidden"})
    loras: dict[str, float] = Field(default_factory=dict, json_schema_extra={"widget": "hidden"})
    variations: int = Field(
        4, ge=2, le=16, title="Variations", description="How many pictures with other seeds are made at once."
    )
    engine_options: dict[str, dict[str, Any]] = Field(default_factory=dict, json_schema_extra={"widget": "hidden"})


class HistorySettings(Section):
    """What is kept of what was heard and seen."""

    model_config = ConfigDict(title="History")

    is_private: bool = Field(
        False, title="Private mode", description="Nothing is kept: no text and no sound. The status bar shows it."
    )
    keep_days: int = Field(
        0,
        ge=0,
        le=36_500,
        title="Keep for",
        description="What is older is deleted from the history: recordings, snapshots and drawn pictures.",
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

    def choose_hub(self) -> None:
        """Lets this process download from `hub_endpoint`: to be called before its first download."""
        if self.hub_endpoint:
            os.environ["HF_ENDPOINT"] = self.hub_endpoint  # read when downloads are first imported


class WindowState(Section):
    """What the window remembers by itself; not shown in the preferences."""

    geometry: str = ""
    is_rail_collapsed: bool = False
    last_panel: str = ""
    transcript_percent: int = Field(100, ge=50, le=400)  # the size of its text
    playback_rate: float = Field(1.0, ge=0.5, le=3.0)
    hints_dismissed: list[str] = Field(default_factory=list)
    panel_state: dict[str, str] = Field(default_factory=dict)


class Settings(BaseModel):
    """Everything the user chose. `load` it, assign to a section's field, `save` it."""

    general: General = General()
    hear: Hear = Hear()
    see: See = See()
    draw: Draw = Draw()
    history: HistorySettings = HistorySettings()
    captions: Captions = Captions()
    models: Models = Models()
    window: WindowState = WindowState()

    _path: Path | None = PrivateAttr(None)
    _saved: dict[str, dict[str, Any]] = PrivateAttr(default_factory=dict)
    _problems: list[AppError] = PrivateAttr(default_factory=list)

    def models_dir(self, default: Path) -> Path:
        """Where models are kept: the folder that the user chose, or `default`."""
        return Path(os.path.expanduser(self.models.folder)) if self.models.folder else default

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
        self.write(self.model_dump(mode="json"))

    def write(self, values: dict[str, dict[str, Any]]) -> None:
        """As `save`, of what `model_dump(mode="json")` gave before: in any thread, but one at a time.

        In private mode, what is `TYPED` stays in the file as it was before.

        Raises:
            DiskError: the folder cannot be written to.
        """
        if values["history"]["is_private"]:
            for section, field in TYPED:
                before = self._saved.get(section, {})
                if field in before:
                    values[section][field] = before[field]
                else:
                    values[section].pop(field)
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


TYPED = (
    ("hear", "prompt"),
    ("hear", "custom_words"),
    ("see", "labels"),
    ("see", "label_sets"),
    ("see", "standing_questions"),
    ("see", "caption_prefix"),
    ("see", "caption_question"),
    ("draw", "prompt"),
    ("draw", "negative_prompt"),
)
"""What the user writes or says."""

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
                values.pop(field)  # it may be a text that nobody else is to read
                log.warning("setting %s.%s does not fit", name, field)
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


def _says(text: str, wanted: dict[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _write(path: Path, values: dict[str, dict[str, Any]], saved: dict[str, dict[str, Any]]) -> None:
    import tomlkit  # only needed here: start-up reads with tomllib
    from tomlkit.exceptions import TOMLKitError

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        text = path.read_text("utf-8")
        document, wanted = tomlkit.parse(text), tomllib.loads(text)
    except (FileNotFoundError, UnicodeDecodeError, TOMLKitError, tomllib.TOMLDecodeError):
        document, wanted = tomlkit.document(), {}
    for section, fields in values.items():
        changed = {name: value for name, value in fields.items() if value != saved.get(section, {}).get(name)}
        if changed and not isinstance(document.get(section), dict):
            document[section], wanted[section] = tomlkit.table(), {}
        for name, value in changed.items():
            document[section][name] = wanted[section][name] = value
    text = tomlkit.dumps(document)
    if not _says(text, wanted):  # written by hand in a way that tomlkit cannot add to, dotted keys say
        text = tomlkit.dumps(wanted)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
