import dataclasses
import threading
import time

import av
import numpy as np
import pytest
from PIL import Image

from benchmarks.synthetic_camera import CAPTURE, change_camera, decode, synthetic_camera
from desktop_app.context import AppContext
from desktop_app.history.store import History
from desktop_app.paths import ASSETS_DIR, Paths
from desktop_app.sessions import chat_session, choices, lane, standing_watch, vision_session, voice_question
from desktop_app.sessions.chat import TurnState
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.standing_watch import StandingWatch
from desktop_app.sessions.vision_session import VisionSession
from desktop_app.sessions.voice_question import VoiceState
from desktop_app.settings import Settings
from tests.scripted_engine import scripted
from workers import vision
from workers.engine_pool import EnginePool
from workers.errors import Cancelled, DeviceError, ModelMissing
from workers.results import SAMPLE_RATE_HZ, Caption, Commit, LabelScores, Progress, Region, VideoFrame
from workers.sources import media_file
from workers.sources.base import Orientation
from workers.sources.image_file import read_image
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
        self._number += 1
        pixels = np.full((size[1], size[0], 3), colour, np.uint8)
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
    if not context.is_closed:
        with qtbot.waitSignal(context.closed, timeout=20_000):
            context.close()


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


# ── the source ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_file_is_shown(qtbot, session, tmp_path):
    Image.new("RGB", (40, 30), RED).save(tmp_path / "red.png")

    session.open_file(tmp_path / "red.png")
    until(qtbot, session, SessionState.RUNNING)

    assert (session.source_name, session.is_live) == ("red.png", False)
    assert session.newest_frame.size == (40, 30)
    assert colour_of(session.newest_frame) == RED


def test_a_video_is_played_and_its_last_picture_stays(qtbot, session, tmp_path):
    with av.open(str(tmp_path / "red.mkv"), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(3):
            red = np.full((48, 64, 3), RED, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(red, format="rgb24")))
        container.mux(stream.encode())

    with qtbot.waitSignal(session.ended, timeout=20_000):
        session.open_file(tmp_path / "red.mkv")
    until(qtbot, session, SessionState.IDLE)

    assert session.newest_frame.size == (64, 48)
    assert session.newest_frame.pixels[24, 32] == pytest.approx(RED, abs=12)


def test_a_file_that_is_no_picture_is_told(qtbot, context, session, tmp_path):
    (tmp_path / "no.png").write_text("no")

    session.open_file(tmp_path / "no.png")
    until(qtbot, session, SessionState.FAILED)

    assert "no.png is not a picture" in context.messages[0].sentence
    assert session.newest_frame is None


def test_another_source_takes_the_place_of_the_one_before(qtbot, session, camera):
    other = ScriptedCamera("Other")

    session.start(other)
    until(qtbot, session, SessionState.RUNNING)

    assert camera.is_stopped.is_set()
    assert session.source_name == "Other"


def test_of_sources_chosen_quickly_only_the_last_is_opened(qtbot, session):
    slow, skipped, last = ScriptedCamera("slow", opens=False), ScriptedCamera("skipped"), ScriptedCamera("last")

    for camera in (slow, skipped, last):
        session.start(camera)
    until(qtbot, session, SessionState.RUNNING)

    assert session.source_name == "last"
    assert session.newest_frame is not None
    assert slow.is_stopped.is_set()
    assert skipped._number == 0


def test_stop_does_not_wait_for_a_camera_that_never_opens(qtbot, session):
    camera = ScriptedCamera(opens=False)
    session.start(camera)
    assert session.state is SessionState.LOADING

    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert camera.is_stopped.is_set()


def test_a_camera_that_cannot_be_opened_is_told(qtbot, context, session):
    session.start(ScriptedCamera(error=DeviceError("'{name}' is in use.", name="Camera")))
    until(qtbot, session, SessionState.FAILED)

    assert context.messages[0].sentence == "'Camera' is in use."


def test_a_camera_that_was_lost_is_told(qtbot, context, session, camera):
    camera.end(DeviceError("'{name}' was unplugged.", name="Camera"))
    until(qtbot, session, SessionState.FAILED)

    assert context.messages[0].sentence == "'Camera' was unplugged."
    assert session.newest_frame is None


def test_the_last_frame_of_a_video_stays_until_another_source(qtbot, session, camera):
    last = camera.show(GREEN)
    with qtbot.waitSignal(session.ended):
        camera.end()
    until(qtbot, session, SessionState.IDLE)
    assert session.newest_frame is last

    session.stop()
    assert session.newest_frame is None


def test_a_frozen_frame_stays_while_the_camera_goes_on(session, camera):
    frozen = session.newest_frame
    session.freeze()
    newest = camera.show(GREEN)

    assert session.newest_frame is frozen
    assert (session.state, session.is_live) == (SessionState.PAUSED, False)

    session.unfreeze()
    assert session.newest_frame is newest


def test_frames_of_another_size_are_told(qtbot, session, camera):
    with qtbot.waitSignal(session.source_changed):
        camera.show(GREEN, (64, 48))

    assert session.newest_frame.size == (64, 48)


def test_turning_the_picture_reaches_the_source_and_forgets_the_region(context, session, camera):
    session.set_region(Region(0, 0, 0.5, 0.5))

    context.change_setting("see.rotate_deg", "90")
    context.change_setting("see.mirror", True)

    assert camera.orientation == Orientation(90, is_mirrored=True)
    assert session.region is None


# ── lanes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("placement", ["thread", "process"], indirect=True)
def test_labels_follow_the_picture(qtbot, context, session, camera):
    seen: list = []
    session.labels.seen.connect(seen.append)
    session.set_labels(["200 0 0", "0 200 0"])
    session.labels.set_on(True)
    qtbot.waitUntil(lambda: bool(seen), timeout=20_000)

    newest = camera.show(GREEN)
    qtbot.waitUntil(lambda: seen[-1].frame.number == newest.number)

    assert seen[0].result == LabelScores((("200 0 0", 1.0), ("0 200 0", 0.0)))
    assert seen[-1].result == LabelScores((("0 200 0", 1.0), ("200 0 0", 0.0)))
    assert (session.labels.state, session.labels.model_id) == (SessionState.RUNNING, "label")


def test_new_labels_are_looked_for_in_the_same_picture(qtbot, session, camera):
    session.labels.set_on(True)
    qtbot.waitUntil(lambda: session.labels.newest is not None)

    session.set_labels(["200 0 0", "  ", "200 0 0"])
    qtbot.waitUntil(lambda: session.labels.newest.result.scores == (("200 0 0", 1.0),))


@pytest.mark.parametrize("labels", [[], ["", "  "]])
def test_without_labels_the_lane_waits_for_some(qtbot, session, camera, labels):
    session.set_labels(labels)
    session.labels.set_on(True)
    qtbot.waitUntil(lambda: session.labels.state is SessionState.PAUSED)
    camera.show(GREEN)

    session.set_labels(["0 200 0"])
    qtbot.waitUntil(lambda: session.labels.newest is not None)

    assert session.labels.newest.result.scores == (("0 200 0", 1.0),)


def test_five_hundred_labels_are_looked_for(qtbot, session, camera):
    session.set_labels([f"label {number}" for number in range(499)] + ["200 0 0"])
    session.labels.set_on(True)
    qtbot.waitUntil(lambda: session.labels.newest is not None)

    assert len(session.labels.newest.result.scores) == 500
    assert session.labels.newest.result.scores[0] == ("200 0 0", 1.0)


def test_a_lane_that_is_turned_off_says_no_more(qtbot, session, camera):
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.newest is not None)

    session.caption.set_on(False)
    qtbot.waitUntil(lambda: not session._workers)

    assert (session.caption.state, session.caption.newest) == (SessionState.IDLE, None)


def test_a_caption_begins_as_the_user_wants_and_is_of_the_region(qtbot, context, session, camera):
    pixels = session.newest_frame.pixels.copy()
    pixels[:, :16] = GREEN
    context.change_setting("see.caption_prefix", "a photo of")
    session.set_region(Region(0, 0, 0.5, 1))
    session.open_pixels(pixels, "Clipboard")
    session.set_region(Region(0, 0, 0.5, 1))
    session.caption.set_on(True)

    qtbot.waitUntil(lambda: session.caption.newest is not None)
    assert session.caption.newest.result == Caption("a photo of 0 200 0")


def test_a_lane_without_a_model_fails_and_can_be_tried_again(qtbot, context, session, camera, monkeypatch):
    def missing(*_arguments):
        raise ModelMissing("There is no model.")

    works = lane.vision_spec
    monkeypatch.setattr(lane, "vision_spec", missing)
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.state is SessionState.FAILED)
    assert context.messages[0].sentence == "There is no model."

    monkeypatch.setattr(lane, "vision_spec", works)
    session.caption.try_again()
    qtbot.waitUntil(lambda: session.caption.newest is not None)


def test_another_model_takes_over_while_it_looks(qtbot, context, session, camera, monkeypatch):
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.newest is not None)

    monkeypatch.setattr(lane, "vision_spec", lambda *_: scripted("another"))
    context.change_setting("see.caption_model", "another")
    qtbot.waitUntil(lambda: session.caption.newest is not None and session.caption.newest.model_id == "another")


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_a_lane_whose_engine_died_looks_at_the_newest_frame(qtbot, context, session, camera, engine, tmp_path):
    engine["crash_once"] = str(tmp_path / "crashed")
    session.caption.set_on(True)

    qtbot.waitUntil(lambda: session.caption.newest is not None, timeout=20_000)

    assert (tmp_path / "crashed").exists()
    assert any("ended by the system" in message.sentence for message in context.messages)


# ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("placement", ["thread", "process"], indirect=True)
def test_an_answer_is_about_the_frame_of_the_moment_and_says_how_it_came(qtbot, session, camera):
    camera.show(GREEN)
    turn = session.chat.ask("  What colour? ")
    camera.show(RED)
    answered(qtbot, turn)

    assert (turn.question, turn.answer, turn.state) == ("What colour?", "What colour? 0 200 0", TurnState.DONE)
    assert (turn.model_id, turn.resolution, turn.tokens_per_s) == ("ask", (32, 24), 100.0)
    assert turn.time_to_first_token_s > 0
    assert 0 <= turn.frame_age_s < turn.time_to_first_token_s + 1


def test_words_are_told_while_they_come(qtbot, session, camera, engine):
    engine.update(latency_s=0.05, tokens=3)
    texts: list = []
    session.chat.turn_changed.connect(lambda turn: texts.append(turn.answer))

    answered(qtbot, session.chat.ask("What?"))

    assert "What? 200 0 0" in texts
    assert texts[-1] == "What? 200 0 0 more more more"


@pytest.mark.parametrize("placement", ["thread", "process"], indirect=True)
def test_a_stopped_answer_keeps_its_words_and_the_next_needs_no_load(qtbot, context, session, camera, engine):
    engine.update(latency_s=0.05, tokens=1000)
    turn = session.chat.ask("What?")
    qtbot.waitUntil(lambda: bool(turn.answer), timeout=20_000)
    (loaded,) = context.pool.loaded()

    session.chat.stop_answer()
    assert turn.state is TurnState.STOPPED
    assert turn.answer.startswith("What?")
    qtbot.waitUntil(lambda: not session._workers)
    following = session.chat.ask("And?")
    qtbot.waitUntil(lambda: bool(following.answer), timeout=20_000)

    assert [engine.pid for engine in context.pool.loaded()] == [loaded.pid]
    assert turn.answer.startswith("What?")


def test_a_new_question_ends_the_answer_before(qtbot, session, camera, engine):
    engine.update(latency_s=0.02, tokens=20)
    first = session.chat.ask("What?")
    qtbot.waitUntil(lambda: bool(first.answer))

    second = session.chat.ask("And?")
    answered(qtbot, second)

    assert (first.state, second.state) == (TurnState.STOPPED, TurnState.DONE)
    assert "And?" not in first.answer
    assert second.answer.startswith("And?")


def test_a_follow_up_is_about_the_very_same_frame(qtbot, session, camera):
    first = session.chat.ask("What?")
    answered(qtbot, first)
    camera.show(GREEN)

    second = session.chat.ask("And?", same_frame=True)
    answered(qtbot, second)

    assert second.frames[0] is first.frames[0]
    assert second.answer == "And? 200 0 0"


def test_several_frames_can_be_asked_about(qtbot, session, camera):
    session.chat.add_frame()
    camera.show(GREEN)
    session.chat.add_frame()
    session.chat.add_frame()
    session.chat.remove_frame(2)
    camera.show(RED)

    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert [colour_of(frame) for frame in turn.frames] == [RED, GREEN]
    assert list(session.chat.pending_frames) == []


def test_a_question_is_about_the_region(qtbot, session, camera):
    session.set_region(Region(0, 0, 0.5, 0.5))

    assert session.chat.ask("What?").resolution == (16, 12)


def test_lanes_rest_while_a_question_is_answered(qtbot, session, camera, engine):
    engine.update(latency_s=0.02, tokens=10)
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.state is SessionState.RUNNING)

    turn = session.chat.ask("What?")
    assert session.caption.state is SessionState.PAUSED
    answered(qtbot, turn)

    assert session.caption.state is SessionState.RUNNING


def test_a_question_without_a_picture_is_told(context, session):
    assert session.chat.ask("What?") is None
    assert context.messages[0].sentence == "There is nothing to ask about yet."


def test_a_new_chat_forgets(qtbot, session, camera):
    answered(qtbot, session.chat.ask("What?"))
    session.chat.add_frame()

    session.chat.new_chat()

    assert (list(session.chat.turns), list(session.chat.pending_frames)) == ([], [])


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_an_engine_killed_mid_answer_is_asked_again(qtbot, context, session, camera, engine, tmp_path):
    engine["crash_once"] = str(tmp_path / "crashed")
    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert (tmp_path / "crashed").exists()
    assert (turn.state, turn.answer) == (TurnState.DONE, "What? 200 0 0")
    assert any("ended by the system" in message.sentence for message in context.messages)


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_an_engine_that_always_dies_fails_the_question_and_the_picture_goes_on(qtbot, session, camera, engine):
    engine["crash_always"] = True
    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert turn.state is TurnState.FAILED
    assert session.state is SessionState.RUNNING


@pytest.mark.parametrize("placement", ["thread", "process"], indirect=True)
def test_quitting_while_answering_is_clean(qtbot, context, session, camera, engine):
    engine.update(latency_s=0.05, tokens=1000)
    session.labels.set_on(True)
    turn = session.chat.ask("What?")
    qtbot.waitUntil(lambda: bool(turn.answer), timeout=20_000)

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()

    assert (turn.state, session.state) == (TurnState.STOPPED, SessionState.IDLE)


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_a_model_that_was_loaded_ahead_answers_without_another_load(qtbot, context, session, camera):
    progress: list = []
    session.chat.load_progress.connect(progress.append)
    session.chat.prepare_answers()
    session.chat.prepare_answers()
    qtbot.waitUntil(lambda: progress[-1:] == [None], timeout=20_000)
    (loaded,) = context.pool.loaded()

    answered(qtbot, session.chat.ask("What?"))

    assert [engine.pid for engine in context.pool.loaded()] == [loaded.pid]
    assert any(isinstance(step, Progress) for step in progress)


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_quitting_while_the_model_loads_is_clean(qtbot, context, session, camera, engine):
    engine["load"] = "deaf"
    session.chat.ask("What?")
    qtbot.waitUntil(lambda: bool(context.pool.loaded()), timeout=20_000)

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()


# ── by voice ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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


@pytest.fixture
def spoken(monkeypatch, session) -> list[tuple[str, bool]]:
    """What is read aloud: the text so far, and whether that is all."""
    texts: list = []
    monkeypatch.setattr(voice_question, "speech_spec", lambda *_: scripted("ears", words=(" What", " is", " it?")))
    monkeypatch.setattr(session.chat.speaker, "speak", lambda text, is_whole=False: texts.append((text, is_whole)))
    return texts


def test_a_spoken_question_is_about_the_frame_of_the_key_going_down(qtbot, context, session, camera, spoken, speech):
    frame = session.newest_frame
    session.chat.begin_voice(ScriptedMicrophone(speech))
    camera.show(GREEN)
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.LISTENING, timeout=20_000)
    with qtbot.waitSignal(session.chat.turn_added, timeout=20_000) as added:
        session.chat.end_voice()
    (turn,) = added.args
    answered(qtbot, turn)

    assert turn.question.startswith("What is it?")
    assert turn.is_spoken
    assert turn.frames == (frame,)
    assert turn.answer.endswith(" 200 0 0")
    assert spoken[-1] == (turn.answer, True)
    assert turn.frame_age_s < turn.asked_s - frame.captured_s  # of the key going down, not up
    assert session.chat.voice.state is VoiceState.IDLE


def test_a_recording_that_runs_is_not_disturbed(qtbot, context, session, camera, spoken, speech):
    heard: list = []
    hear = context.sessions.speech
    hear.result_ready.connect(heard.append)
    recorded = ScriptedMicrophone(speech)
    hear.start([recorded], scripted("ears", words=(" What", " is", " it?")))
    qtbot.waitUntil(lambda: hear.state is SessionState.RUNNING, timeout=20_000)

    session.chat.begin_voice(ScriptedMicrophone(speech))
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.LISTENING, timeout=20_000)
    with qtbot.waitSignal(session.chat.turn_added, timeout=20_000) as added:
        session.chat.end_voice()
    assert hear.state is SessionState.RUNNING
    with qtbot.waitSignal(hear.finished, timeout=20_000):
        hear.stop()
    answered(qtbot, added.args[0])

    said = "".join(result.text for result in heard if isinstance(result, Commit))
    assert said.strip() == added.args[0].question
    assert len(context.pool.loaded()) == 2  # the ears of both, and the engine that answers


def test_typed_questions_are_answered_in_silence_unless_all_are_read(qtbot, context, session, camera, spoken):
    answered(qtbot, session.chat.ask("What?"))
    assert spoken == []

    context.change_setting("see.speak_answers", "all")
    answered(qtbot, session.chat.ask("What?"))
    assert spoken[-1] == ("What? 200 0 0", True)


def test_silence_is_no_question(qtbot, context, session, camera, spoken):
    session.chat.begin_voice(ScriptedMicrophone(np.zeros(16_000, np.float32)))
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.LISTENING, timeout=20_000)
    session.chat.end_voice()
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.IDLE, timeout=20_000)

    assert context.messages[-1].sentence == "Nothing was heard."
    assert list(session.chat.turns) == []


def test_a_key_that_was_only_touched_asks_nothing(qtbot, context, session, camera, spoken):
    session.chat.begin_voice(ScriptedMicrophone(np.zeros(16_000, np.float32)))
    session.chat.end_voice()

    assert session.chat.voice.state is VoiceState.IDLE
    assert context.messages[-1].sentence == "Hold the key until you have spoken."


def test_a_microphone_that_is_not_there_is_told(qtbot, context, session, camera, spoken):
    error = DeviceError("No microphone was found.")
    session.chat.begin_voice(ScriptedMicrophone(np.zeros(1, np.float32), error=error))
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.IDLE, timeout=20_000)

    assert context.messages[-1].sentence == "No microphone was found."


def test_the_key_going_down_ends_the_answer_and_its_voice(qtbot, session, camera, spoken, engine, monkeypatch):
    engine.update(latency_s=0.02, tokens=100)
    turn = session.chat.ask("What?")
    qtbot.waitUntil(lambda: bool(turn.answer))
    silenced: list = []
    monkeypatch.setattr(session.chat.speaker, "stop", lambda: silenced.append(True))

    session.chat.begin_voice(ScriptedMicrophone(np.zeros(1, np.float32)))

    assert (turn.state, silenced) == (TurnState.STOPPED, [True])
    session.chat.voice.cancel()


def test_quitting_while_somebody_speaks_is_clean(qtbot, context, session, camera, spoken, speech):
    session.chat.begin_voice(ScriptedMicrophone(speech))
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.LISTENING, timeout=20_000)

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()


# ── standing questions ───────────────────────────────────────────────────────────────────────────────────────────────


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


def test_what_was_waited_for_is_told_and_kept(qtbot, context, session, camera, standing, history):
    question = standing.add("0 200 0", hits=2, looks=3)
    sightings: list = []
    standing.sighted.connect(sightings.append)
    looked_at(qtbot, session, camera, RED, 2)
    assert (question.newest.yes, question.n_hits, sightings) == (0.0, 0, [])

    with qtbot.waitSignal(session.snapshot_taken, timeout=20_000) as taken:
        looked_at(qtbot, session, camera, GREEN, 2)

    assert [colour_of(sighting.frame) for sighting in sightings] == [GREEN]
    assert session.notified == ["Seen: 0 200 0"]
    assert context.messages[-1].sentence == "Seen: 0 200 0"
    assert history.item(taken.args[0]).title == "Seen: 0 200 0"
    assert question.n_sightings == 1


def test_several_are_watched_for_and_what_stays_is_told_once(qtbot, session, camera, standing):
    for text in ("200 0 0", "0 200 0", "a dog"):
        standing.add(text, hits=1, looks=2)

    looked_at(qtbot, session, camera, RED, 3)
    looked_at(qtbot, session, camera, GREEN, 3)

    assert sorted(session.notified) == ["Seen: 0 200 0", "Seen: 200 0 0"]


def test_standing_questions_outlive_the_app_and_start_paused(qtbot, context, session, camera, standing):
    standing.add("a dog", hits=4, looks=6, cool_down_s=10.0)

    (again,) = StandingWatch(context, lambda: None, lambda *_: None).questions

    assert (again.text, again.question.hits, again.question.looks, again.is_on) == ("a dog", 4, 6, False)


def test_a_paused_one_looks_no_more(qtbot, session, camera, standing):
    question = standing.add("a dog")
    qtbot.waitUntil(lambda: standing.state is SessionState.RUNNING, timeout=20_000)

    standing.set_on(question, False)

    assert (standing.state, standing.mailbox, question.newest) == (SessionState.IDLE, None, None)


def test_it_rests_while_a_question_is_answered(qtbot, session, camera, standing, engine):
    standing.add("a dog")
    qtbot.waitUntil(lambda: standing.state is SessionState.RUNNING, timeout=20_000)
    engine.update(latency_s=0.02, tokens=5)

    turn = session.chat.ask("What?")
    assert standing.state is SessionState.PAUSED
    answered(qtbot, turn)

    assert standing.state is SessionState.RUNNING


def test_private_mode_tells_and_keeps_nothing(qtbot, context, session, camera, standing, history):
    context.change_setting("history.is_private", True)
    standing.add("200 0 0", hits=1, looks=1)
    looked_at(qtbot, session, camera, RED, 1)

    assert session.notified == ["Seen: 200 0 0"]
    history.flush()
    assert history.count() == 0


@pytest.mark.parametrize("text", ["", "  ", "a dog"])
def test_nothing_is_watched_for_twice_or_without_a_name(session, standing, text):
    standing.add("a dog")

    assert standing.add(text) is None
    assert len(standing.questions) == 1


def test_a_removed_one_is_forgotten(context, session, standing):
    question = standing.add("a dog")

    standing.remove(question)

    assert (standing.questions, context.settings.see.standing_questions) == ([], [])


# ── the history ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def history(context, home) -> History:
    context.history = History(home / "history")
    return context.history


def test_a_snapshot_is_whole_and_has_what_was_said_about_it(qtbot, context, session, camera, history):
    session.set_region(Region(0, 0, 0.5, 0.5))
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.newest is not None)
    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    with qtbot.waitSignal(session.snapshot_taken) as taken:
        session.snapshot()

    (item_id,) = taken.args
    item = history.item(item_id)
    assert (item.kind, item.source) == ("snapshot", "Camera")
    assert read_image(item.picture).shape == (24, 32, 3)
    assert [(remark.kind, remark.text) for remark in history.remarks(item_id)] == [
        ("caption", "200 0 0"),
        ("answer", "What? 200 0 0"),
    ]


def test_an_answer_that_comes_after_the_snapshot_joins_it_with_its_rating(qtbot, session, camera, history):
    with qtbot.waitSignal(session.snapshot_taken) as taken:
        session.snapshot()

    turn = session.chat.ask("What?")
    answered(qtbot, turn)
    qtbot.waitUntil(lambda: bool(turn.remark_ids))
    session.chat.rate(turn, 1)
    history.flush()

    (remark,) = history.remarks(taken.args[0])
    assert (remark.question, remark.text, remark.rating) == ("What?", "What? 200 0 0", 1)
    assert (remark.model_id, remark.size_px) == ("ask", (32, 24))


def test_private_mode_keeps_nothing(qtbot, context, session, camera, history):
    context.change_setting("history.is_private", True)

    session.snapshot()

    assert "Private mode keeps nothing" in context.messages[-1].sentence
    assert history.count() == 0


def test_a_chat_is_exported(qtbot, context, session, camera, tmp_path):
    answered(qtbot, session.chat.ask("What?"))

    session.chat.export_chat(tmp_path / "chat.md")
    qtbot.waitUntil(lambda: bool(context.messages))

    assert "What? 200 0 0" in (tmp_path / "chat.md").read_text()


# ── a camera, as far as there can be one here ────────────────────────────────────────────────────────────────────────


class SyntheticWebcam(Webcam):
    """A webcam that opens the synthetic camera: everything else is as it is."""

    def __init__(self, camera, **options) -> None:
        super().__init__(camera, capture=CAPTURE, **options)


@pytest.fixture
def device(tmp_path, monkeypatch):
    device = tmp_path / "camera.json"
    cameras = [dataclasses.replace(synthetic_camera(device), is_default=True)]
    monkeypatch.setattr(vision_session, "Webcam", SyntheticWebcam)
    monkeypatch.setattr(vision_session, "list_cameras", lambda: cameras)
    return device


def test_the_default_camera_runs_is_unplugged_and_comes_back(qtbot, context, session, device):
    session.start()
    until(qtbot, session, SessionState.RUNNING)
    assert (session.source_name, session.is_live, session.is_camera) == ("Synthetic", True, True)

    what = device.read_bytes()
    device.unlink()
    qtbot.waitUntil(lambda: session.condition == "away", timeout=20_000)
    assert context.messages[-1].sentence == "'Synthetic' was unplugged or does not answer."
    assert session.newest_frame is not None
    device.write_bytes(what)
    with qtbot.waitSignal(context.message_withdrawn, timeout=20_000):
        pass

    assert (session.condition, session.state) == ("", SessionState.RUNNING)


def test_a_camera_that_gives_only_black_is_told_until_there_is_light(qtbot, context, session, device):
    session.start()
    until(qtbot, session, SessionState.RUNNING)

    change_camera(device, is_black=True)
    qtbot.waitUntil(lambda: session.condition == "black", timeout=20_000)
    assert context.messages[-1].sentence == "'Synthetic' gives a black picture."
    with qtbot.waitSignal(context.message_withdrawn, timeout=20_000):
        change_camera(device, is_black=False)

    assert (session.condition, session.state) == ("", SessionState.RUNNING)


def test_a_question_is_about_a_frame_that_is_hardly_older_than_the_click(qtbot, context, session, device):
    session.start()
    until(qtbot, session, SessionState.RUNNING)
    qtbot.waitUntil(lambda: session.source_fps > 0)

    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    _, taken_ns = decode(turn.frames[0].pixels)
    assert turn.asked_s - taken_ns / 1e9 == pytest.approx(turn.frame_age_s, abs=0.05)
    assert turn.frame_age_s < 1  # below 34 ms on a machine with time: benchmarks


def test_a_question_whose_newest_frame_is_old_is_about_the_next_one(qtbot, session, device, monkeypatch):
    monkeypatch.setattr(vision, "FRESH_S", -1.0)  # every frame is old
    monkeypatch.setattr(vision, "ON_ITS_WAY_S", 20.0)
    session.start()
    until(qtbot, session, SessionState.RUNNING)
    newest = session.newest_frame

    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert turn.frames[0].number > newest.number


def test_a_question_about_a_frozen_frame_waits_for_no_other(qtbot, session, camera, monkeypatch):
    monkeypatch.setattr(vision, "FRESH_S", -1.0)
    monkeypatch.setattr(vision, "ON_ITS_WAY_S", 2000.0)
    session.freeze()

    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert turn.frames == (session.newest_frame,)


def test_another_resolution_opens_the_camera_anew(qtbot, context, session, device):
    session.start()
    until(qtbot, session, SessionState.RUNNING)

    context.change_setting("see.resolution", "640x480")

    assert session.state is SessionState.LOADING
    until(qtbot, session, SessionState.RUNNING)


def test_no_camera_is_told_with_what_else_can_be_done(context, session, monkeypatch):
    monkeypatch.setattr(vision_session, "list_cameras", list)

    session.start()

    assert session.state is SessionState.FAILED
    assert context.messages[0].sentence == "No camera was found."
    assert context.messages[0].hint == "Plug one in, or open a picture or a video."


def test_a_camera_that_is_in_use_can_be_tried_again(qtbot, context, session, device):
    change_camera(device, is_busy=True)
    session.start()
    until(qtbot, session, SessionState.FAILED)
    change_camera(device, is_busy=False)

    title, try_again = context.messages[-1].action
    try_again()
    until(qtbot, session, SessionState.RUNNING)

    assert title == "Try again"


def test_a_chosen_camera_that_is_away_is_not_replaced(context, session, device):
    context.change_setting("see.camera", "usb-of-yesterday")

    session.start()

    assert context.messages[0].sentence == "The chosen camera is not connected."


def test_quitting_while_the_camera_opens_is_clean(qtbot, context, session, device):
    change_camera(device, hangs_open=True)
    session.start()

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()
