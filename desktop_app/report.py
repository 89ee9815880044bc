"""A report that a user can read, save and send: the machine, the versions, the choices and the log. No Qt."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from pathlib import Path

import desktop_app
from desktop_app.log import LogLine
from desktop_app.settings import Settings

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
PERSONAL = {"prompt", "custom_words", "geometry", "hub_endpoint"}  # settings that may say something about the user


def write_report(path: Path, settings: Settings, lines: list[LogLine]) -> None:
    """Writes the report as text; it has no audio, no transcript, no prompt, and the home folder is shortened to ~."""
    parts = [
        f"Sensorium {desktop_app.__version__}, {time.strftime('%Y-%m-%d %H:%M:%S %z')}",
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores",
        ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
        "",
        "Settings",
        *(
            f"  {section}.{name} = {value!r}"
            for section, values in settings.model_dump(mode="json").items()
            for name, value in values.items()
            if name not in PERSONAL
        ),
        "",
        "Log",
        *(format_line(line) for line in lines),
    ]
    path.write_text("\n".join(parts).replace(str(Path.home()), "~") + "\n", "utf-8")


def format_line(line: LogLine) -> str:
    """A log line as text, with its traceback below if it has one."""
    when = time.strftime("%H:%M:%S", time.localtime(line.when))
    text = f"{when}.{int(line.when % 1 * 1000):03d}  {_level_name(line.level):7}  {line.name}: {line.text}"
    return f"{text}\n{line.details.rstrip()}" if line.details else text


def _level_name(level: int) -> str:
    return {10: "debug", 20: "info", 30: "warning", 40: "error", 50: "error"}.get(level, str(level))


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
