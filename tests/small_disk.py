"""A disk that is soon full."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


@contextlib.contextmanager
def mounted(folder: Path, size: str, *, together: bool = False) -> Iterator[Path]:
    """A disk of its own below `folder`, as large as `mount` understands `size`.

    Without root, each file may be as large as that; a test that needs all of them `together` to fill it is skipped.
    """
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        if together:
            pytest.skip("mounting needs root")
        with files_end_at(_bytes(size)):
            yield disk
        return
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def resize(disk: Path, size: str) -> None:
    if disk.is_mount():
        subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)
    else:
        _limit(_bytes(size))


@contextlib.contextmanager
def files_end_at(size_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond that: it takes the part that fits, and then nothing; needs no root."""
    before, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    _limit(size_bytes)
    try:
        yield
    finally:
        _limit(before)


def _limit(size_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def _bytes(size: str) -> int:
    return int(size[:-1]) * UNITS[size[-1]]
