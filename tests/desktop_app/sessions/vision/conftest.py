"""What the tests of looking share: a camera and a microphone that do what a test says, and a session with them."""

import dataclasses
import threading
import time

import numpy as np
import pytest

from benchmarks.synthetic_camera import CAPTURE, synthetic_camera
from desktop_app.context import AppContext
from desktop_app.history.store import History
from desktop_app.paths import ASSETS_DIR, Paths
from desktop_app.sessions import chat_session, choices, lane, standing_watch, vision_session, voice_question
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.vision_session import VisionSession
from desktop_app.settings import Settings
from tests.desktop_app.conftest import close
from tests.scripted_engine import scripted
from workers.engine_pool import EnginePool
from workers.errors import Cancelled
from workers.results import SAMPLE_RATE_HZ, VideoFrame
from workers.sources import media_file
from workers.sources.base import Orientation
from workers.sources.webcam import Webcam

SPEECH = ASSETS_DIR / "samples" / "speech.flac"
RED, GREEN = (200, 0, 0), (0, 200, 0)


class ScriptedCamera:
    """A camera whose frames come when the test says so."""

    is_live = True

    def __init__(self, name: str = "Camera", *, error: Exception | None = None, opens: bool = True) -> None:
        self.name = name
        self.orientation = Orientation()
        self.is_stopped = threading.Event()
        self._may_open = threading.Event()
        self._error = error
        self._on_end = None
        self._number = 0
        if opens:
            self._may_open.set()

    def start(self, on_frame, on_end) -> None:
        self._may_open.wait()
        if self._error:
            raise self._error
        if self.is_stopped.is_set():
            raise Cancelled
        self._on_frame, self._on_end = on_frame, on_end
        self.show(RED)

    def show(self, colour: tuple[int, int, int], size: tuple[int, int] = (32, 24)) -> VideoFrame:
        return self.show_pixels(np.full((size[1], size[0], 3), colour, np.uint8))

    def show_pixels(self, pixels: np.ndarray) -> VideoFrame:
        self._number += 1
        frame = VideoFrame(pixels, self._number, time.monotonic())
        thread = threading.Thread(target=self._on_frame, args=[frame])
        thread.start()
        thread.join()
        return frame

    def orient(self, orientation: Orientation) -> None:
        self.orientation = orientation

    def end(self, error: Exception | None = None) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end:
            on_end(error)

    def stop(self) -> None:
        self.is_stopped.set()
        self._may_open.set()
        self.end()


class SyntheticWebcam(Webcam):
    """A webcam that opens the synthetic camera: everything else is as it is."""

    def __init__(self, camera, **options) -> None:
        super().__init__(camera, capture=CAPTURE, **options)


class ScriptedMicrophone:
    """Gives what the test lets it say."""

    track = "me"

    def __init__(self, samples: np.ndarray, *, error: Exception | None = None) -> None:
        self._samples, self._error = samples, error
        self._on_end = None

    def start(self, on_samples, on_end) -> None:
        if self._error:
            raise self._error
        self._on_end = on_end
        for block in np.array_split(self._samples, 20):
            on_samples(block)

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end:
            on_end(None)


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """Some seconds that a voice detector takes for speech."""
    return np.concatenate(list(media_file.read_blocks(SPEECH)))[: 3 * SAMPLE_RATE_HZ]


@pytest.fixture
def engine() -> dict:
    """The options of the engine that looks and answers."""
    return {}


@pytest.fixture(params=["thread"])
def placement(request) -> str:
    return request.param


@pytest.fixture
def context(qtbot, home, placement, engine, monkeypatch):
    for module in (lane, chat_session):
        monkeypatch.setattr(module, "vision_spec", lambda settings, catalogue, task: scripted(task, **engine))
    context = AppContext(Paths.below(home), Settings(), pool=EnginePool(placement=placement))
    context.messages = []
    context.message_posted.connect(context.messages.append)
    yield context
    close(qtbot, context)


@pytest.fixture
def session(context) -> VisionSession:
    return context.sessions.vision


@pytest.fixture
def camera(qtbot, session) -> ScriptedCamera:
    """One that runs."""
    camera = ScriptedCamera()
    session.start(camera)
    until(qtbot, session, SessionState.RUNNING)
    return camera


def until(qtbot, session, state: SessionState) -> None:
    qtbot.waitUntil(lambda: session.state is state, timeout=20_000)


def answered(qtbot, turn) -> None:
    qtbot.waitUntil(lambda: turn.state.is_over, timeout=20_000)


def colour_of(frame: VideoFrame) -> tuple[int, ...]:
    return tuple(frame.pixels[0, 0])


@pytest.fixture
def spoken(monkeypatch, session) -> list[tuple[str, bool]]:
    """What is read aloud: the text so far, and whether that is all."""
    texts: list = []
    monkeypatch.setattr(voice_question, "speech_spec", lambda *_: scripted("ears", words=(" What", " is", " it?")))
    monkeypatch.setattr(session.chat.speaker, "speak", lambda text, is_whole=False, **_: texts.append((text, is_whole)))
    return texts


@pytest.fixture
def standing(monkeypatch, session, engine):
    """The standing questions, which look as often as they can and have a judge."""
    specs = {"label": lambda: scripted("label", **engine), "judge": lambda: scripted("ask", **engine)}
    monkeypatch.setattr(standing_watch, "vision_spec", lambda *_, **__: specs["label"]())
    monkeypatch.setattr(standing_watch, "judge_spec", lambda *_: specs["judge"]())
    monkeypatch.setattr(choices, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(session._notifier, "show", lambda title, text: session.notified.append(title))
    session.notified = []
    return session.standing


def looked_at(qtbot, session, camera, colour, times: int) -> None:
    """Lets the camera show a colour until it was looked at so often."""
    for _ in range(times):
        with qtbot.waitSignal(session.standing.looked, timeout=20_000):
            camera.show(colour)


@pytest.fixture
def history(context, home) -> History:
    context.history = History(home / "history")
    return context.history


@pytest.fixture
def device(tmp_path, monkeypatch):
    device = tmp_path / "camera.json"
    cameras = [dataclasses.replace(synthetic_camera(device), is_default=True)]
    monkeypatch.setattr(vision_session, "Webcam", SyntheticWebcam)
    monkeypatch.setattr(vision_session, "list_cameras", lambda: cameras)
    return device
