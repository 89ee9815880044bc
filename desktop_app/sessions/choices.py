"""What the settings mean for an engine: which one with which model, and how it listens."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pydantic import ValidationError

from workers.engines.registry import engine_named
from workers.live import LiveOptions

if TYPE_CHECKING:
    from desktop_app.settings import Settings
    from workers.catalogue.catalogue import Catalogue
    from workers.engines.base import EngineOptions, EngineSpec

log = logging.getLogger(__name__)


def speech_spec(settings: Settings, catalogue: Catalogue, model_id: str = "") -> EngineSpec:
    """The engine to listen with. May join a model's parts on the disk: call it from a worker thread.

    Args:
        model_id: instead of the one that the settings name.

    Raises:
        ModelMissing, ModelBroken, UsageError.
    """
    hear = settings.hear
    entry = catalogue.entry(model_id or hear.model) if model_id or hear.model else catalogue.default_model("speech")
    engine = hear.engine if hear.engine in entry.engines else entry.engines[0]
    return catalogue.spec(engine, entry.id, options_of(settings, engine))


def options_of(settings: Settings, engine: str) -> EngineOptions:
    """The options that the settings hold for an engine; what does not fit this version of the app is left out."""
    kind = engine_named(engine).info.options
    values = dict(settings.hear.engine_options.get(engine, {}))
    try:
        return kind(**values)
    except ValidationError as error:
        wrong = sorted({str(detail["loc"][0]) for detail in error.errors()})
        log.warning("options of %s that do not fit are left out: %s", engine, ", ".join(wrong))
        return kind(**{name: value for name, value in values.items() if name not in wrong})


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
    return catalogue.spec("emotion", entry.id)


def live_options(settings: Settings) -> LiveOptions:
    """How to listen: language, task, words to expect."""
    hear = settings.hear
    return LiveOptions(
        language=hear.language or None,
        task=hear.task,
        prompt=hear.prompt,
        custom_words=tuple(hear.custom_words),
    )
