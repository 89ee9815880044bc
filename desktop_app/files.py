"""Files that are written whole or not at all. No Qt."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from workers.errors import disk_error


def write_file(path: Path, content: str | bytes, *, replaces: bool = True) -> None:
    """Writes a file, or leaves what was there.

    Args:
        path: of the file.
        content: text is written as UTF-8.
        replaces: False lets nothing be written where something is.

    Raises:
        DiskError: the disk is full, read-only or gone, or something is there that may not be replaced.
    """
    unfinished = beside(path)
    try:
        try:
            unfinished.write_bytes(content.encode() if isinstance(content, str) else content)
            if replaces:
                unfinished.replace(path)
            else:
                os.link(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error, path) from error


def beside(path: Path) -> Path:
    """Where a file is written before it gets its name; part of a long name, so that this one is not too long."""
    return path.with_name(f".{path.name[:40]}.{os.getpid()}-{threading.get_ident()}")
