"""Finds the engines: every module below `workers.engines` whose classes have an `EngineInfo`. No Qt."""

from __future__ import annotations

import importlib
import importlib.util
import json
import pkgutil
from functools import cache
from pathlib import Path

import workers.engines
from workers.engines.base import Engine, EngineInfo, EngineSpec, Task
from workers.errors import UsageError


@cache
def engines() -> dict[str, type[Engine]]:
    """Every engine class by its name; importing them is cheap because heavy libraries wait for `load`."""
    found: dict[str, type[Engine]] = {}
    for module_info in pkgutil.walk_packages(workers.engines.__path__, "workers.engines."):
        module = importlib.import_module(module_info.name)
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == module.__name__:
                info = vars(value).get("info")
                if isinstance(info, EngineInfo):
                    found[info.name] = value
    return dict(sorted(found.items()))


def engine_named(name: str) -> type[Engine]:
    """The engine class called `name`.

    Raises:
        UsageError: there is none.
    """
    try:
        return engines()[name]
    except KeyError:
        names = ", ".join(engines())
        raise UsageError(
            "There is no engine '{name}'.", hint="Choose one of: {names}.", name=name, names=names
        ) from None


def engines_for(task: Task) -> list[type[Engine]]:
    return [engine for engine in engines().values() if task in engine.info.tasks]


def has_classes(name: str) -> bool:
    """Whether the engine of this name, if there is one, labels with the classes that it was trained on."""
    engine = engines().get(name)
    return engine is not None and engine.info.has_classes


def create(spec: EngineSpec) -> Engine:
    """The engine of a spec, not loaded yet."""
    module_name, _, class_name = spec.factory.partition(":")
    engine: type[Engine] = getattr(importlib.import_module(module_name), class_name)
    return engine(Path(spec.model_path), engine.info.options(**json.loads(spec.options_json)))
