"""What a source of sound is. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from workers.results import Samples

OnSamples = Callable[[Samples], None]
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

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None:
        """Ends delivery; what the driver already holds is still delivered. Returns after `on_end`."""
