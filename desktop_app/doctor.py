"""Looks over the machine and the installation, one finding a subject, and says what to do. No Qt in this process."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from desktop_app.history import database
from desktop_app.paths import Paths
from desktop_app.report import version_of
from desktop_app.settings import Settings
from workers.catalogue.catalogue import Catalogue, ModelStatus
from workers.engines.devices import machine, memory_available_bytes
from workers.errors import AppError
from workers.sources.devices import list_devices, pulse_sources
from workers.sources.webcam import list_cameras

TOLD = ("pyside6", "faster-whisper", "torch", "transformers", "diffusers", "pyaudio", "opencv-python", "av")  # versions
OPEN_A_WINDOW = "from PySide6.QtWidgets import QApplication as A; a = A([]); print(a.platformName())"
PLAY = """
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
from PySide6.QtMultimedia import QMediaDevices, QMediaFormat
formats = QMediaFormat().supportedFileFormats(QMediaFormat.ConversionMode.Decode)
print(QMediaFormat.FileFormat.FLAC in formats, QMediaDevices.defaultAudioOutput().description(), sep="\\n")
"""
QT_PACKAGES = (  # as in scripts/set_up.sh
    "libegl1 libgl1 libopengl0 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 "
    "libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxrandr2 libwayland-cursor0 "
    "libwayland-egl1"
)
FEW_BYTES, VERY_FEW_BYTES = 2e9, 2e8  # of disk: an hour of sound takes 60 MB, a large model 3 GB
LITTLE_MEMORY_BYTES = 1e9  # Whisper base takes 0.4 GB

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Finding:
    """One line: how it is, and what to do where it is not well."""

    level: Level
    subject: str
    detail: str
    advice: str = ""


def examine(paths: Paths) -> Iterator[Finding]:
    """Everything in turn; takes some seconds."""
    yield _python()
    yield _packages()
    yield _display()
    yield from _sound()
    yield _playback()
    yield _camera()
    yield from _models(paths)
    yield _history(paths)
    yield _disk(paths)
    yield _memory()
    yield _gpu()


def _python() -> Finding:
    return Finding("ok", "python", f"{platform.python_version()} on {platform.platform()}")


def _packages() -> Finding:
    """All that pyproject.toml asks for, but for what is optional."""
    required = [line for line in importlib.metadata.requires("sensorium") or [] if "extra ==" not in line]
    wanted = [re.split(r"[^\w.-]", line)[0] for line in required]
    there = {name: version for name in wanted if (version := version_of(name))}
    if missing := [name for name in wanted if name not in there]:
        return Finding("problem", "packages", f"missing: {', '.join(missing)}", "Run `make run`, which installs them.")
    return Finding("ok", "packages", f"{len(there)}, with {', '.join(f'{name} {there[name]}' for name in TOLD)}")


def _display() -> Finding:
    try:
        tried = _try(OPEN_A_WINDOW)
    except subprocess.TimeoutExpired:
        return Finding("problem", "window", "Qt did not start within a minute", "Log out and in again.")
    if tried.returncode == 0:
        return Finding("ok", "window", f"Qt opens windows ({tried.stdout.strip()})")
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        return Finding("warning", "window", "there is no display", "Use the commands, or run `sensorium demo`.")
    return Finding("problem", "window", _why(tried), f"sudo apt-get install {QT_PACKAGES}")


def _try(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs it in another process: Qt aborts where its platform cannot start."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | environment)


def _why(tried: subprocess.CompletedProcess[str]) -> str:
    return (tried.stderr.strip().splitlines() or ["Qt cannot start"])[-1]


def _sound() -> Iterator[Finding]:
    try:
        devices = list_devices()
    except AppError as error:
        yield Finding("problem", "sound", error.sentence, error.hint)
        return
    microphones = [device.name for device in devices if not device.is_monitor]
    monitors = [device.name for device in devices if device.is_monitor]
    if microphones:
        yield Finding("ok", "microphone", ", ".join(microphones))
    else:
        yield Finding("warning", "microphone", "none was found", "Plug one in; files can be transcribed without.")
    if monitors:
        yield Finding("ok", "computer", f"the sound of {', '.join(monitors)} can be heard")
    elif pulse_sources():
        advice = "sudo apt-get install libasound2-plugins"
        yield Finding("warning", "computer", "ALSA cannot reach PulseAudio or PipeWire", advice)
    else:
        yield Finding("ok", "computer", "neither PulseAudio nor PipeWire runs, so what it plays cannot be heard")


def _camera() -> Finding:
    cameras = list_cameras()
    if not cameras:
        return Finding("warning", "camera", "none was found", "Plug one in; pictures and videos can be opened without.")
    refused = [camera.name for camera in cameras if not os.access(camera.path, os.R_OK | os.W_OK)]
    if refused:
        advice = "Type: sudo usermod -aG video $USER, then log out and in again."
        return Finding("problem", "camera", f"this account may not use {', '.join(refused)}", advice)
    return Finding("ok", "camera", ", ".join(camera.name for camera in cameras))


def _playback() -> Finding:
    """Whether recordings can be heard again."""
    try:
        tried = _try(PLAY, QT_QPA_PLATFORM="offscreen")
    except subprocess.TimeoutExpired:
        return Finding("problem", "playback", "Qt's sound did not start within a minute", "Log out and in again.")
    can_decode, _, name = tried.stdout.strip().partition("\n")
    if tried.returncode != 0:
        return Finding("problem", "playback", _why(tried), f"sudo apt-get install libpulse0 {QT_PACKAGES}")
    if can_decode != "True":
        return Finding("problem", "playback", "Qt cannot decode recordings", "Run `make run`, which installs PySide6.")
    if not name:
        advice = "Plug one in, or start PipeWire or PulseAudio; all but listening again works without."
        return Finding("warning", "playback", "no loudspeaker was found", advice)
    return Finding("ok", "playback", f"recordings play through {name}")


def _models(paths: Paths) -> Iterator[Finding]:
    catalogue = Catalogue(Settings.load(paths.settings_file).models_dir(paths.models_dir))
    on_disk = (ModelStatus.INSTALLED, ModelStatus.BROKEN)
    present = [
        entry for entry in catalogue.entries() if entry.source != "server" and catalogue.status(entry.id) in on_disk
    ]
    if not any(entry.task == "speech" and entry.source != "bundled" for entry in present):
        advice = "sensorium models download whisper-base"
        yield Finding("problem", "models", "no speech model is installed", advice)
    for entry in present:
        try:
            count = catalogue.verify(entry.id)
        except AppError as error:
            yield Finding("problem", "model", error.sentence, error.hint)
        else:
            unverified = "comes with the app" if entry.source == "bundled" else "no checksums are known"
            yield Finding("ok", "model", f"{entry.id}: {f'{count} files verified' if count else unverified}")


def _history(paths: Paths) -> Finding:
    path = paths.history_dir / "history.db"
    if not path.exists():
        return Finding("ok", "history", "empty")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            (count,) = connection.execute("SELECT count(*) FROM items").fetchone()
    except sqlite3.Error as error:
        told = database.as_app_error(error, path)
        return Finding("problem", "history", told.sentence, told.hint)
    if answer != "ok":
        return Finding("problem", "history", f"'{path}' is damaged: {answer}", "Put back a copy, or move it away.")
    size = sum(file.stat().st_size for file in paths.history_dir.rglob("*") if file.is_file())
    return Finding("ok", "history", f"{count} item{'s' * (count != 1)}, {_size(size)}, in {paths.history_dir}")


def _disk(paths: Paths) -> Finding:
    folder = next(folder for folder in (paths.data_dir, *paths.data_dir.parents) if folder.exists())
    free = shutil.disk_usage(folder).free
    level: Level = "problem" if free < VERY_FEW_BYTES else "warning" if free < FEW_BYTES else "ok"
    detail = f"{_size(free)} free in {folder}"
    if not folder.is_dir():
        return Finding("problem", "disk", f"{folder} is not a folder", "Move it away, or set SENSORIUM_HOME.")
    if not os.access(folder, os.W_OK):
        return Finding("problem", "disk", f"{folder} cannot be written", "Mend its rights, or set SENSORIUM_HOME.")
    return Finding(level, "disk", detail, "" if level == "ok" else "Free some space, or set SENSORIUM_HOME.")


def _memory() -> Finding:
    free, total = memory_available_bytes(), machine().memory_bytes
    detail = f"{_size(free)} of {_size(total)} free, {machine().physical_cores} cores"
    if free < LITTLE_MEMORY_BYTES:
        return Finding("warning", "memory", detail, "Close other programs, or choose a small model.")
    return Finding("ok", "memory", detail)


def _gpu() -> Finding:
    if not machine().gpus:
        return Finding("ok", "gpu", "none: models run on the processor")
    return Finding("ok", "gpu", ", ".join(f"{gpu.name}, {_size(gpu.memory_bytes)}" for gpu in machine().gpus))


def _size(size_bytes: float) -> str:
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"
