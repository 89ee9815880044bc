"""What can go wrong, in words for the user. No Qt.

    Exception
    ├── Cancelled                 the user stopped it: never shown
    └── AppError                  a sentence and a hint for the user, an exit code for the shell
        ├── UsageError            2  wrong arguments
        ├── SourceError           3  an input that cannot be used
        │   ├── SourceUnreachable 3  a file that is not there now, or may not be read; it is not damaged
        │   └── DeviceError       5  a microphone, camera or display that is not there
        ├── EngineError           4
        │   ├── ModelMissing      4  not installed
        │   ├── ModelBroken       4  truncated, wrong checksum, wrong kind
        │   ├── PackageMissing    4  a Python package the engine needs
        │   ├── EngineDied        4  its process ended by itself
        │   ├── ServerError       5  a server that is not there, silent or wrong
        │   └── OutOfMemory       4
        ├── DownloadError         5
        ├── DiskError             5  full, read-only, gone
        └── HistoryError          5
            ├── ItemMissing       3  a number that the history does not have
            ├── HistoryLocked     5
            └── HistoryTooNew     5

Everything else is our bug: it is logged whole and shown as "unexpected".
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any, ClassVar


class Cancelled(Exception):
    """The user stopped the work."""


class AppError(Exception):
    """Something the user can understand and mend.

    `template` and `hint` are English with `{names}`; the window translates them before filling in `values`.

        raise DeviceError("Microphone '{name}' is in use.", hint="Close the other program.", name=device.name)
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, template: str, hint: str = "", **values: Any) -> None:
        super().__init__(template, hint)
        self.template = template
        self.hint_template = hint
        self.values = values

    @property
    def sentence(self) -> str:
        return self.template.format(**self.values) if self.values else self.template

    @property
    def hint(self) -> str:
        return self.hint_template.format(**self.values) if self.values else self.hint_template

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.template, self.hint_template, self.values)


def _rebuild(kind: type[AppError], template: str, hint: str, values: dict[str, Any]) -> AppError:
    return kind(template, hint, **values)


class UsageError(AppError):
    exit_code = 2


class SourceError(AppError):
    exit_code = 3


class SourceUnreachable(SourceError): ...


class DeviceError(SourceError):
    exit_code = 5


class EngineError(AppError):
    exit_code = 4


class ModelMissing(EngineError): ...


class ModelBroken(EngineError): ...


class PackageMissing(EngineError): ...


class EngineDied(EngineError): ...


class ServerError(EngineError):
    exit_code = 5


class OutOfMemory(EngineError): ...


class DownloadError(AppError):
    exit_code = 5


class DiskError(AppError):
    exit_code = 5


def disk_error(error: OSError, path: Path) -> DiskError:
    """What the system said about writing `path`, as a sentence and a hint."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return DiskError("The disk is full: '{path}' cannot be written.", "Free some space.", path=path)
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return DiskError("'{path}' may not be written.", "Choose another folder, or mend its rights.", path=path)
        case errno.ENOENT if path.parent.is_dir():
            return DiskError("No file can be made in '{folder}'.", "Choose another folder.", folder=path.parent)
        case errno.ENOENT | errno.ENOTDIR:
            return DiskError("The folder of '{path}' is gone.", "Bring it back or choose another one.", path=path)
        case errno.EEXIST:
            return DiskError("'{path}' is already there.", "Choose another name.", path=path)
        case _:
            return DiskError("'{path}' cannot be written: {reason}.", path=path, reason=error.strerror or error)


class HistoryError(AppError):
    exit_code = 5


class ItemMissing(HistoryError):
    exit_code = 3


class HistoryLocked(HistoryError): ...


class HistoryTooNew(HistoryError): ...
