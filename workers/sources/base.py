"""What a source of sound and a source of pictures are. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from workers.results import Samples, VideoFrame

OnSamples = Callable[[Samples], None]
OnFrame = Callable[[VideoFrame], None]
OnEnd = Callable[[Exception | None], None]


@dataclass(frozen=True)
class AudioDevice:
    """A microphone or a monitor of a loudspeaker.

    Attributes:
        id: stable across restarts and hot-plug (host API and name), not PortAudio's index.
        is_monitor: it hears what the computer plays.
    """

    id: str
    name: str
    is_default: bool = False
    is_monitor: bool = False
    sample_rate_hz: int = 48_000
    channels: int = 1


class AudioSource(Protocol):
    """Delivers 16 kHz mono samples from a thread of its own.

    `start` returns once sound flows; then `on_samples` is called in order from one thread with blocks of 10 to 100 ms,
    and `on_end` exactly once, last: with None at the natural end or after `stop`, else with the error.
    """

    track: str

    def start(self, on_samples: OnSamples, on_end: OnEnd) -> None:
        """Opens the device or file.

        Raises:
            SourceError, DeviceError: it cannot be opened; `on_end` is not called then.
        """

    def pause(self) -> None:
        """Delivers nothing until `resume`; before `start`, none from there on."""

    def resume(self) -> None: ...

    def stop(self) -> None:
        """Ends delivery; what the driver already holds is still delivered. Returns after `on_end`."""


@dataclass(frozen=True)
class Camera:
    """A camera that is plugged in.

    Attributes:
        id: stable across restarts and hot-plug where the system has such a name, not OpenCV's index.
        name: as the user knows it.
        path: what OpenCV opens: a device file, or an index as text.
    """

    id: str
    name: str
    path: str
    is_default: bool = False


@dataclass(frozen=True)
class Orientation:
    """How a picture is turned before anybody sees it: clockwise, then mirrored left to right."""

    rotate_deg: Literal[0, 90, 180, 270] = 0
    is_mirrored: bool = False


class FrameSource(Protocol):
    """Delivers pictures from a thread of its own, each the newest that there is.

    `on_frame` is called from one thread at a time, and `on_end` exactly once, last: with None at the natural end or
    after `stop`, else with the error.

    Attributes:
        name: for people: a camera, a file.
        is_live: frames go by whether somebody looks or not; a still picture is not live.
    """

    name: str
    is_live: bool

    def start(self, on_frame: OnFrame, on_end: OnEnd) -> None:
        """Opens the device or file and returns when the first frame has come; `stop` ends the waiting, too.

        Raises:
            SourceError, DeviceError: it cannot be opened; `on_end` is not called then.
            Cancelled: by `stop`; `on_end` is not called then.
        """

    def orient(self, orientation: Orientation) -> None:
        """Turns the pictures from the next one on; may be called before `start`."""

    def stop(self) -> None:
        """Ends delivery within a few seconds even where a driver hangs; from any thread. Returns after `on_end`."""
