"""A report that a user can read, save and send: the machine, the versions, the choices and the log. No Qt."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import desktop_app
from desktop_app.log import LogLine
from desktop_app.settings import SECTIONS, Settings, choices_of

PACKAGES = (
    "pyside6",
    "numpy",
    "torch",
    "transformers",
    "faster-whisper",
    "ctranslate2",
    "onnxruntime",
    "av",
    "pyaudio",
)
NAMES = {"language", "microphone", "computer_audio", "camera", "scheduler", "start_panel"}  # said as they are


def report_of(settings: Settings, lines: list[LogLine]) -> str:
    """The report as text; it has no audio, no transcript, nothing typed, and the home folder is just ~."""
    parts = [
        f"Sensorium {desktop_app.__version__}, {time.strftime('%Y-%m-%d %H:%M:%S %z')}",
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores",
        ", ".join(f"{name} {version_of(name) or 'not installed'}" for name in PACKAGES),
        "",
        "Settings",
        *(f"  {place} = {value}" for place, value in _choices(settings)),
        "",
        "Log",
        *(format_line(line) for line in lines),
    ]
    return "\n".join(parts).replace(str(Path.home()), "~") + "\n"


def _choices(settings: Settings) -> Iterator[tuple[str, str]]:
    for section, values in settings.model_dump(mode="json").items():
        for name, value in values.items():
            if name == "engine_options":
                for engine, options in value.items():
                    for option, chosen in options.items():
                        yield f"{section}.{engine}.{option}", _shown(chosen, is_name=False)
            else:
                yield f"{section}.{name}", _shown(value, is_name=_is_name(section, name))


def _is_name(section: str, name: str) -> bool:
    """Whether a text there is a choice of ours, an engine, a model or a device, and nothing that the user wrote."""
    annotation = SECTIONS[section].model_fields[name].annotation
    return bool(choices_of(annotation)) or name in NAMES or name.endswith(("engine", "model"))


def _shown(value: Any, *, is_name: bool) -> str:
    """Numbers and names as they are; of all else how much there is, so that nothing new can slip through."""
    match value:
        case bool() | int() | float() | None:
            return repr(value)
        case str() if is_name or not value:
            return repr(value)
        case _:
            return f"({len(value)} long)"


def format_line(line: LogLine) -> str:
    """A log line as text, with its traceback below if it has one."""
    when = time.strftime("%H:%M:%S", time.localtime(line.when))
    text = f"{when}.{int(line.when % 1 * 1000):03d}  {_level_name(line.level):7}  {line.name}: {line.text}"
    return f"{text}\n{line.details.rstrip()}" if line.details else text


def _level_name(level: int) -> str:
    return {10: "debug", 20: "info", 30: "warning", 40: "error", 50: "error"}.get(level, str(level))


def version_of(package: str) -> str:
    """Empty where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
