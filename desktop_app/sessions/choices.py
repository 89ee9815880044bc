"""What the settings mean for an engine: which one with which model, and how it listens or looks."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from desktop_app.settings import CAPTION_QUESTION
from workers.engines.registry import engine_named, engines, has_classes
from workers.errors import EngineError
from workers.live import LiveOptions
from workers.results import ImageRequest, Region, SpeechTask
from workers.sources.base import Orientation
from workers.standing import LOOK_EVERY_S, label_of
from workers.vision import LookPlan

if TYPE_CHECKING:
    from desktop_app.settings import Draw, Hear, See, Settings
    from workers.catalogue.catalogue import Catalogue
    from workers.catalogue.entries import ModelEntry
    from workers.engines.base import EngineOptions, EngineSpec

log = logging.getLogger(__name__)

MOST_CAPTION_TOKENS = 96  # what is said again and again has to be short
LookTask = Literal["label", "caption", "ask"]


def speech_spec(settings: Settings, catalogue: Catalogue, model_id: str = "", language: str = "") -> EngineSpec:
    """The engine to listen with. May join a model's parts on the disk: call it from a worker thread.

    Args:
        model_id, language: instead of those that the settings name.

    Raises:
        ModelMissing, ModelBroken, UsageError.
    """
    hear = settings.hear
    model_id, language = model_id or hear.model, language or hear.language
    entry = catalogue.entry(model_id) if model_id else best_speech_model(hear.engine, catalogue, language, hear.task)
    engine = hear.engine if hear.engine in entry.engines else entry.engines[0]
    return catalogue.spec(engine, entry.id, options_of(settings.hear, engine))


def best_speech_model(engine: str, catalogue: Catalogue, language: str | None, task: SpeechTask) -> ModelEntry:
    """The model to listen with where none was chosen; the first that could be had where none is installed.

    Raises:
        ModelMissing: the catalogue has none.
    """
    installed = catalogue.installed("speech")
    return best_of(installed, engine, language, task) or catalogue.default_model("speech")


def best_of(installed: Iterable[ModelEntry], engine: str, language: str | None, task: SpeechTask) -> ModelEntry | None:
    """The first model that can do it and that the engine runs, or else that can, or that the engine runs, or any.

    A starter knows few words: it has to be chosen.
    """
    entries = (entry for entry in installed if entry.source != "bundled")
    return min(entries, key=lambda it: (not can(it, language, task), engine not in it.engines), default=None)


def can(entry: ModelEntry, language: str | None, task: SpeechTask) -> bool:
    """Whether the model knows the language and can do the task; of a folder of one's own nobody knows."""
    if not entry.languages or "multilingual" in entry.languages:
        return task == "transcribe" or entry.translates
    return task == "transcribe" and (not language or language in entry.languages)


def options_of(section: Hear | See | Draw, engine: str) -> EngineOptions:
    """The options that a section holds for an engine; what does not fit this version of the app is left out."""
    options, wrong = fitting_options(section, engine)
    if wrong:
        log.warning("options of %s that do not fit are left out: %s", engine, ", ".join(wrong))
    return options


def split_labels(text: str) -> list[str]:
    """The labels between commas and line breaks, each once."""
    parts = text.replace("\n", ",").replace("，", ",").split(",")
    return list(dict.fromkeys(label for part in parts if (label := part.strip())))


def fitting_options(section: Hear | See | Draw, engine: str) -> tuple[EngineOptions, list[str]]:
    """The options that a section holds for an engine, and the names of those that do not fit and have their default."""
    kind = engine_named(engine).info.options
    values = dict(section.engine_options.get(engine, {}))
    try:
        return kind(**values), []
    except ValidationError as error:
        wrong = sorted({str(detail["loc"][0]) for detail in error.errors()})
        return kind(**{name: value for name, value in values.items() if name not in wrong}), wrong


def vision_spec(settings: Settings, catalogue: Catalogue, task: LookTask, *, engine: str = "") -> EngineSpec:
    """The engine to label, describe or answer with; without a chosen model the first that is installed.

    Args:
        engine: the one that it has to be, whatever the settings say.

    Raises:
        ModelMissing, ModelBroken, UsageError.
    """
    see = settings.see
    chosen, model_id = {
        "label": (see.label_engine, see.label_model),
        "caption": (see.caption_engine, see.caption_model),
        "ask": (see.ask_engine, see.ask_model),
    }[task]
    entry = catalogue.entry(model_id) if model_id else catalogue.default_model(task, engine or chosen)
    if engine and engine not in entry.engines:
        entry, model_id = catalogue.default_model(task, engine), ""
    fitting = [name for name in (engine, chosen) if name in entry.engines]
    name = fitting[0] if fitting else entry.engines[0]
    return catalogue.spec(name, model_id or entry.id, options_of(see, name))  # an id, or a folder that is not listed


def answers_by_server(see: See) -> bool:
    """Whether questions, and their pictures, go to a server."""
    return see.ask_model == "server" or (not see.ask_model and see.ask_engine == "server")


def described_by_server(see: See) -> bool:
    """Whether pictures go to a server again and again, to be described."""
    return see.caption_model == "server"


def judge_spec(settings: Settings, catalogue: Catalogue) -> EngineSpec | None:
    """The engine that answers questions, if it also says yes or no and the user wants that; else None.

    A server is asked only if the user wants that, too: pictures would go there by themselves.
    """
    see = settings.see
    if not see.judge or (answers_by_server(see) and not see.judge_by_server):
        return None
    try:
        spec = vision_spec(settings, catalogue, "ask")
    except EngineError as error:
        log.info("nothing judges: %s", error)
        return None
    return spec if engine_named(spec.engine).info.judges else None


def standing_plan(see: See, texts: Sequence[str], region: Region | None) -> LookPlan:
    """What is asked about each frame for standing questions."""
    from workers.engines.vision.clip import backgrounds_for

    labels = tuple(dict.fromkeys(label_of(text) for text in texts))
    request = ImageRequest(
        "label",
        candidate_labels=labels,
        background_labels=backgrounds_for(labels),
        prompt_templates=_templates(see),
    )
    return LookPlan(request, region, LOOK_EVERY_S, shrinks=True)


def label_plan(see: See, engine: str, region: Region | None) -> LookPlan:
    """What the label lane asks; an engine with classes of its own ignores the user's labels."""
    from workers.engines.vision.clip import backgrounds_for

    labels = tuple(dict.fromkeys(label for text in see.labels if (label := text.strip())))
    return LookPlan(
        ImageRequest(
            "label",
            candidate_labels=labels,
            background_labels=backgrounds_for(labels) if see.background else (),
            prompt_templates=_templates(see),
            top_k=see.top_k if has_classes(engine) else None,
        ),
        region,
        shrinks=True,
    )


def _templates(see: See) -> tuple[str, ...]:
    return tuple(template for template in see.prompt_templates if "{}" in template) or ("{}",)


def asks_to_describe(engine: str) -> bool:
    """The engine describes a picture only by answering a question about it."""
    tasks = engines()[engine].info.tasks if engine in engines() else ()
    return "ask" in tasks and "caption" not in tasks


def caption_plan(see: See, engine: str, region: Region | None) -> LookPlan:
    """What the caption lane asks, and when; a question where the engine only answers."""
    if asks_to_describe(engine):
        question = see.caption_question.strip() or CAPTION_QUESTION
        most = min(see.max_new_tokens, MOST_CAPTION_TOKENS)
        request = ImageRequest("ask", question=question, max_new_tokens=most)
    else:
        request = ImageRequest("caption", prefix=see.caption_prefix)
    return LookPlan(request, region, see.caption_interval_s, only_changes=see.caption_when == "changed")


def orientation(see: See) -> Orientation:
    """How pictures are turned."""
    degrees: dict[str, Literal[0, 90, 180, 270]] = {"0": 0, "90": 90, "180": 180, "270": 270}
    return Orientation(degrees[see.rotate_deg], see.mirror)


def turned_since(before: Orientation, now: Orientation) -> Orientation:
    """What turns a picture that is turned as `before` says into one that is turned as `now` says."""
    degrees: dict[int, Literal[0, 90, 180, 270]] = {0: 0, 90: 90, 180: 180, 270: 270}
    by_deg = now.rotate_deg - before.rotate_deg
    by_deg = -by_deg if before.is_mirrored else by_deg  # a mirror reverses what comes before it
    return Orientation(degrees[by_deg % 360], now.is_mirrored != before.is_mirrored)


def emotion_spec(settings: Settings, catalogue: Catalogue) -> EngineSpec | None:
    """The engine that says how sentences sound; None when nobody wants it, or no model for it is installed.

    Raises:
        ModelMissing, ModelBroken.
    """
    if not settings.hear.emotion:
        return None
    entry = catalogue.default_model("emotion")
    if catalogue.status(entry.id) != "installed":
        log.info("no emotion model is installed")
        return None
    return catalogue.spec("emotion", entry.id, options_of(settings.hear, "emotion"))


def live_options(settings: Settings) -> LiveOptions:
    """How to listen: language, task, words to expect."""
    hear = settings.hear
    return LiveOptions(
        language=hear.language or None,
        task=hear.task,
        prompt=hear.prompt,
        custom_words=tuple(hear.custom_words),
    )
