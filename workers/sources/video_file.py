"""A video file at its own pace, or a stream as it comes, through PyAV in a process of its own. No Qt."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workers.errors import AppError, SourceError
from workers.results import CameraNotice, Notice, VideoFrame
from workers.sources.frame_process import READ_TIMEOUT_S, SERVER_PROTOCOLS
from workers.sources.process_source import RETRY_S, ProcessSource

log = logging.getLogger(__name__)

OPEN_TIMEOUT_S = 20.0
STALL_S = READ_TIMEOUT_S + 5.0  # a frame of a slide show may stand for long, and servers may be slow
STEADY_S = 10.0  # a stream that is lost again sooner is tried less often


class VideoFile(ProcessSource):
    """Plays a file, or what a server sends. A stream without an end that is lost is waited for.

    Args:
        address: a path, or the address of a stream, such as rtsp://camera.local/1.
        is_looped: begins anew at the end.
        on_notice: told when a stream goes away or comes back.
    """

    def __init__(
        self, address: Path | str, *, is_looped: bool = False, on_notice: Callable[[Notice], None] = lambda notice: None
    ) -> None:
        self._address = str(address)
        self._on_notice = on_notice
        self._is_endless = False
        self._retry_s = RETRY_S
        self._came_s = 0.0  # when the stream began, or came back
        self._is_stream = "://" in self._address
        self._is_looped = is_looped
        name = _without_password(self._address) if self._is_stream else Path(self._address).name
        super().__init__(name, open_timeout_s=OPEN_TIMEOUT_S, stall_s=STALL_S if self._is_stream else None)

    def _request(self) -> dict[str, Any]:
        if not self._is_stream:
            _check(Path(self._address))
        elif urlsplit(self._address).scheme.lower() not in SERVER_PROTOCOLS.split(","):
            raise SourceError(
                "'{address}' is no address of a video.",
                hint="Give a file, or an address that begins with rtsp:// or http://.",
                address=self.name,
            )
        return {"kind": "video", "address": self._address, "is_looped": self._is_looped}

    def _on_condition(self, condition: dict[str, Any]) -> None:
        self._is_endless = condition["is_endless"]

    def _next(self, timeout_s: float | None) -> VideoFrame | None:
        frame = super()._next(timeout_s)
        if frame is None and self._is_endless:
            raise self._error("lost", "")
        return frame

    def _on_lost(self, loss: AppError) -> VideoFrame:
        if not self._is_endless:
            raise loss
        log.warning("%s", loss)
        name, values = self.name, {"name": self.name}
        self._on_notice(
            CameraNotice(
                "{name} sends no more.",
                "It goes on as soon as it is back.",
                values,
                device_name=name,
                condition="away",
            )
        )
        if time.monotonic() - self._came_s > STEADY_S:
            self._retry_s = RETRY_S
        frame, self._retry_s = self._open_again(self._retry_s)
        self._came_s = time.monotonic()
        self._on_notice(CameraNotice("{name} is back.", "", values, device_name=name))
        return frame

    def _error(self, reason: str, detail: str) -> SourceError:
        if reason == "no picture":
            return SourceError("{path} has no picture.", hint="Choose a video.", path=self.name)
        if self._is_stream and reason == "refused":
            return SourceError(
                "{address} cannot be opened: {reason}.",
                hint="Check the address and the network.",
                address=self.name,
                reason=detail,
            )
        if self._is_stream:
            return SourceError(
                "{address} sends no more.", hint="Check the network, then open it again.", address=self.name
            )
        return SourceError(
            "{path} is not a video that can be read.",
            hint="Check that it plays elsewhere, or convert it to MP4.",
            path=self.name,
        )


def _check(path: Path) -> None:
    try:
        if path.is_dir():
            raise SourceError("{path} is a folder.", hint="Choose a file in it.", path=path)
        with path.open("rb") as file:
            if not file.read(1):
                raise SourceError("{path} is empty.", hint="Choose another file.", path=path)
    except FileNotFoundError as error:
        raise SourceError("{path} does not exist.", hint="Check the name.", path=path) from error
    except PermissionError as error:
        raise SourceError("{path} may not be read.", hint="Ask its owner for the permission.", path=path) from error
    except OSError as error:
        raise SourceError(
            "{path} cannot be read: {reason}.", hint="Check the disk.", path=path, reason=error.strerror
        ) from error


def _without_password(address: str) -> str:
    """For people and for the log."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
