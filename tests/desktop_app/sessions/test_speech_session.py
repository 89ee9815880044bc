import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from desktop_app.context import AppContext
from desktop_app.history.store import History
from desktop_app.paths import Paths
from desktop_app.sessions import file_queue, speech_session
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.speech_session import SpeechSession
from desktop_app.settings import Settings
from tests.desktop_app.conftest import close
from tests.scripted_engine import scripted
from tests.workers.engines.speech.conftest import save_emotion_model
from workers.engine_pool import EnginePool
from workers.errors import DeviceError, DiskError, EngineError
from workers.recorder import FlacRecorder
from workers.results import SAMPLE_RATE_HZ, Commit, LiveStatus, Notice, SegmentEmotion, SourceNotice
from workers.sources import media_file
from workers.sources.base import AudioDevice

ROOT = Path(__file__).parents[3]
CLIPS = [*sorted((ROOT / "assets" / "samples").glob("*.flac")), ROOT / "../shared/data/speech/clips/en_cards_1.flac"]


class ScriptedSource:
    """A microphone whose sound comes when the test says so."""

    def __init__(self, track: str = "me", *, error: Exception | None = None) -> None:
        self.track = track
        self.is_paused = False
        self._error = error
        self._on_end: Callable[[Exception | None], None] | None = None

    def start(self, on_samples, on_end) -> None:
        if self._error:
            raise self._error
        self._on_samples, self._on_end = on_samples, on_end

    def say(self, samples: np.ndarray) -> None:
        thread = threading.Thread(target=lambda: [self._on_samples(part) for part in np.array_split(samples, 20)])
        thread.start()
        thread.join()

    def end(self, error: Exception | None = None) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end:
            on_end(error)

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        self.is_paused = False

    def stop(self) -> None:
        self.end()


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """Some seconds that a voice detector takes for speech."""
    clip = next((clip for clip in CLIPS if clip.exists()), None)
    if clip is None:
        pytest.skip("there is no sample of speech")
    samples = np.concatenate(list(media_file.read_blocks(clip)))
    return np.resize(samples, 4 * SAMPLE_RATE_HZ)


@pytest.fixture(params=["thread"])
def placement(request) -> str:
    return request.param


@pytest.fixture
def context(qtbot, home, placement):
    context = AppContext(
        Paths.below(home), Settings(), pool=EnginePool(placement=placement), history=History(home / "history")
    )
    context.messages = []
    context.message_posted.connect(context.messages.append)
    yield context
    close(qtbot, context)


@pytest.fixture
def session(context, monkeypatch) -> SpeechSession:
    session = context.sessions.speech
    session.notified = []
    monkeypatch.setattr(session._notifier, "show", lambda title, text: session.notified.append(title))
    return session


def said(session) -> list:
    """Everything that the session tells from now on."""
    results: list = []
    session.result_ready.connect(results.append)
    return results


def opened(qtbot, session, *sources, **options) -> None:
    session.start(list(sources), scripted(**options))
    qtbot.waitUntil(lambda: not session._is_opening)


def until(qtbot, session, state: SessionState) -> None:
    qtbot.waitUntil(lambda: session.state is state, timeout=20_000)


def looked_at(results) -> float:
    """How far the transcription is, in seconds."""
    return max((result.decoded_s for result in results if isinstance(result, LiveStatus)), default=0.0)


def text_of(context, item_id: int) -> str:
    context.history.flush()
    return " ".join(segment.text for segment in context.history.segments(item_id))


@pytest.mark.parametrize("placement", ["thread", "process"], indirect=True)
def test_what_is_said_is_shown_and_kept_with_its_sound(qtbot, context, session, speech):
    results, source = said(session), ScriptedSource()
    states: list = []
    session.state_changed.connect(states.append)
    opened(qtbot, session, source)

    source.say(speech)
    until(qtbot, session, SessionState.RUNNING)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    shown = "".join(result.text for result in results if isinstance(result, Commit)).split()
    assert shown
    assert text_of(context, session.item_id).split() == shown
    item = context.history.item(session.item_id)
    assert (item.state, item.model_id, item.tracks, item.source) == ("finished", "scripted", ("me",), "")
    assert item.duration_s == pytest.approx(4.0)
    (media,) = context.history.media(session.item_id)
    assert soundfile.info(media.path).frames == len(speech)
    assert states == [SessionState.LOADING, SessionState.RUNNING, SessionState.STOPPING, SessionState.IDLE]


def test_a_source_that_is_no_device_is_kept_by_its_name(qtbot, context, session):
    session._devices = [AudioDevice("usb", "USB Audio", is_default=True)]
    session.start([ScriptedSource()], scripted(), source_name="speech.flac")
    qtbot.waitUntil(lambda: not session._is_opening)
    context.history.flush()

    assert context.history.item(session.item_id).source == "speech.flac"
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_stop_transcribes_what_still_waits(qtbot, context, session, speech):
    source = ScriptedSource()
    opened(qtbot, session, source, latency_s=0.05)
    source.say(speech)

    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert text_of(context, session.item_id)
    assert context.history.item(session.item_id).state == "finished"


def test_stop_while_the_model_loads_loses_nothing(qtbot, context, session, speech):
    source = ScriptedSource()
    session.start([source], scripted())
    qtbot.waitUntil(lambda: source._on_end is not None)
    source.say(speech)

    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert text_of(context, session.item_id)


def test_a_dead_engine_is_replaced_and_the_text_goes_on(qtbot, context, session, speech, tmp_path):
    context.pool = EnginePool(placement="process")
    results, source = said(session), ScriptedSource()
    opened(qtbot, session, source, crash_once=str(tmp_path / "crashed"))

    source.say(speech)
    qtbot.waitUntil(lambda: any(isinstance(result, Notice) for result in results), timeout=20_000)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert (tmp_path / "crashed").exists()
    assert text_of(context, session.item_id)
    assert len([message for message in context.messages if message.kind == "info"]) == 1


def test_an_engine_that_cannot_go_on_leaves_the_recording_to_be_finished(qtbot, context, session, speech):
    context.pool = EnginePool(placement="process")
    source = ScriptedSource()
    opened(qtbot, session, source, load="exit")
    source.say(speech)

    until(qtbot, session, SessionState.FAILED)

    context.history.flush()
    assert context.messages[0].kind == "error"
    assert context.history.item(session.item_id).state == "recovered"
    (media,) = context.history.media(session.item_id)
    assert soundfile.info(media.path).frames == len(speech)


MANY_WORDS = tuple(f" word{number}" for number in range(60))


@pytest.mark.parametrize("placement", ["thread", "process"], indirect=True)
@pytest.mark.parametrize("bugs_at", [(1,), (3,), (2, 3)])
def test_another_worker_goes_on_after_an_error_of_ours_and_no_word_is_lost(qtbot, context, session, speech, bugs_at):
    results, source = said(session), ScriptedSource()
    opened(qtbot, session, source, words=MANY_WORDS, bugs_at=bugs_at)
    for second, part in enumerate(np.array_split(speech, 4), start=1):
        source.say(part)
        qtbot.waitUntil(lambda second=second: looked_at(results) >= second - 1, timeout=20_000)

    session.stop()
    until(qtbot, session, SessionState.IDLE)

    context.history.flush()
    words = [word for segment in context.history.segments(session.item_id) for word in segment.words]
    gaps_s = [after.start_s - before.end_s for before, after in itertools.pairwise(words)]
    assert all(-0.01 < gap_s < 0.7 for gap_s in gaps_s)  # the engine hears a word in each 0.3 s, and none in a pause
    assert words[0].start_s < 1.0
    assert words[-1].end_s > 3.4
    assert [word for result in results if isinstance(result, Commit) for word in result.words] == words
    assert context.history.item(session.item_id).state == "finished"
    assert {message.kind for message in context.messages} == {"warning"}
    assert len(context.messages) == len(bugs_at)


def test_a_worker_that_keeps_failing_is_given_up_and_the_recording_goes_on(qtbot, context, session, speech):
    results, source = said(session), ScriptedSource()
    opened(qtbot, session, source, words=MANY_WORDS, bugs_at=tuple(range(2, 100)))

    source.say(speech)
    qtbot.waitUntil(lambda: looked_at(results) > 0, timeout=20_000)
    with qtbot.waitSignal(session.failed, timeout=20_000):
        source.say(speech)
    assert session.state.is_active
    source.say(speech)
    assert session._tracks[0].backlog.pending_s == 0
    session.stop()
    until(qtbot, session, SessionState.FAILED)

    context.history.flush()
    assert [message.kind for message in context.messages] == ["warning", "warning", "error"]
    assert "missing text" in context.messages[-1].hint
    item = context.history.item(session.item_id)
    assert (item.state, item.duration_s) == ("recovered", pytest.approx(12.0))
    assert [media.track for media in context.history.media(session.item_id)] == ["me"]


def test_errors_that_are_far_apart_are_each_gone_on_after(qtbot, context, session, speech, monkeypatch):
    monkeypatch.setattr(speech_session, "FAILURES_WITHIN_S", 0.0)
    source = ScriptedSource()
    opened(qtbot, session, source, words=MANY_WORDS, bugs_at=(1, 2, 3, 4))
    source.say(speech)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert text_of(context, session.item_id)
    assert [message.kind for message in context.messages] == ["warning"] * 4


def test_what_was_given_up_can_be_transcribed_again_at_once(qtbot, context, session, speech, monkeypatch):
    source = ScriptedSource()
    opened(qtbot, session, source, words=MANY_WORDS, bugs_at=tuple(range(1, 100)))
    source.say(speech)
    session.stop()
    until(qtbot, session, SessionState.FAILED)
    context.history.flush()
    monkeypatch.setattr(file_queue, "speech_spec", lambda *_: scripted(words=MANY_WORDS))

    item, media = context.history.item(session.item_id), context.history.media(session.item_id)
    files = context.sessions.files
    files.add_again(item, media, "scripted")
    qtbot.waitUntil(lambda: bool(files.jobs) and files.jobs[0].state.is_over, timeout=20_000)

    assert text_of(context, files.jobs[0].item_id)


def test_a_recording_that_only_memory_can_keep_runs_without_an_error(qtbot, context, session, speech):
    context.history.close()
    context.history = History(None)  # as where the history could not be opened
    source = ScriptedSource()
    opened(qtbot, session, source, words=MANY_WORDS)

    source.say(speech)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert text_of(context, session.item_id)
    assert context.messages == []


def test_a_history_that_takes_no_new_item_leaves_the_text_to_memory(qtbot, context, session, speech, home):
    (home / "history" / "media").touch()  # no folder can be made in a file
    source = ScriptedSource()
    opened(qtbot, session, source, words=MANY_WORDS)

    source.say(speech)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert text_of(context, session.item_id)
    context.history.export(session.item_id, home / "said.txt")
    assert "word1" in (home / "said.txt").read_text("utf-8")
    (message,) = context.messages
    assert "only on the screen, until the next recording or file begins" in message.hint


def test_a_model_that_is_missing_is_told_and_nothing_is_kept(qtbot, context, session):
    opened(qtbot, session, ScriptedSource(), load="missing")

    until(qtbot, session, SessionState.FAILED)
    context.history.flush()

    assert "not installed" in context.messages[0].sentence
    assert context.messages[0].action
    assert context.history.items() == []


def test_a_device_that_is_missing_is_told_and_nothing_is_kept(qtbot, context, session):
    session.start([ScriptedSource(error=DeviceError("No microphone was found."))], scripted())

    until(qtbot, session, SessionState.FAILED)
    context.history.flush()

    assert context.messages[0].sentence == "No microphone was found."
    assert context.history.items() == []


def withdrawn(context) -> list[str]:
    topics: list[str] = []
    context.message_withdrawn.connect(topics.append)
    return topics


def test_what_kept_a_recording_from_beginning_is_withdrawn_when_one_begins(qtbot, context, session):
    session.start([ScriptedSource(error=DeviceError("No microphone was found."))], scripted())
    until(qtbot, session, SessionState.FAILED)
    (message,) = context.messages
    topics = withdrawn(context)

    opened(qtbot, session, ScriptedSource())

    assert message.topic in topics
    assert message.topic
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_a_missing_microphone_is_withdrawn_when_one_is_plugged_in(qtbot, context, session):
    session.start([ScriptedSource(error=DeviceError("No microphone was found."))], scripted())
    until(qtbot, session, SessionState.FAILED)
    topics = withdrawn(context)

    session.devices_changed.emit([AudioDevice("speaker", "Loudspeaker", is_monitor=True)])
    assert topics == []
    session.devices_changed.emit([AudioDevice("usb", "USB Audio")])

    assert topics == [context.messages[0].topic]


def test_an_unplugged_microphone_pauses_and_another_goes_on_in_the_same_item(qtbot, context, session, speech):
    first, second = ScriptedSource(), ScriptedSource()
    session._chosen_source = lambda track: second
    opened(qtbot, session, first, words=tuple(f" word{number}" for number in range(60)))
    first.say(speech)

    first.end(DeviceError("'USB Audio' was unplugged."))
    until(qtbot, session, SessionState.PAUSED)
    assert session.has_lost_source
    assert session.missing_device == ""
    action = context.messages[-1].action
    assert context.messages[-1].sentence == "'USB Audio' was unplugged."
    action[1]()
    qtbot.waitUntil(lambda: second._on_end is not None)
    qtbot.waitUntil(lambda: session.missing_device is None)
    second.say(speech)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    context.history.flush()
    assert len(context.history.items()) == 1
    assert session.elapsed_s == pytest.approx(8.0 + 1.2, abs=0.1)
    assert max(segment.end_s for segment in context.history.segments(session.item_id)) > 5.5


def lost(qtbot, context, session) -> ScriptedSource:
    """A recording whose named microphone went away for good; what will be opened in its place."""
    context.settings.hear.microphone = "usb"
    first, second = ScriptedSource(), ScriptedSource()
    session._chosen_source = lambda track: second
    opened(qtbot, session, first)
    first.end(DeviceError("'{name}' was unplugged.", name="USB Audio"))
    qtbot.waitUntil(lambda: session.has_lost_source)
    return second


def test_a_lost_microphone_that_is_plugged_in_again_goes_on_by_itself(qtbot, context, session):
    second = lost(qtbot, context, session)
    assert session.notified == ["'USB Audio' was unplugged."]
    assert session.state is SessionState.PAUSED

    session._on_devices_seen([AudioDevice("other", "Webcam", is_default=True)])
    assert session.has_lost_source
    session._on_devices_seen([AudioDevice("usb", "USB Audio")])
    qtbot.waitUntil(lambda: second._on_end is not None and session.is_open)

    assert session.state in (SessionState.LOADING, SessionState.RUNNING)
    assert session.missing_device is None
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_a_lost_microphone_stays_closed_while_the_user_pauses(qtbot, context, session):
    other = ScriptedSource("computer")
    first = ScriptedSource("me")
    opened(qtbot, session, first, other)
    session.pause()
    first.end(DeviceError("'USB Audio' was unplugged."))
    qtbot.waitUntil(lambda: session.has_lost_source)

    session._on_devices_seen([AudioDevice("usb", "USB Audio", is_default=True)])

    assert session.state is SessionState.PAUSED
    assert session.has_lost_source
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_pause_works_after_a_device_could_not_be_opened_again(qtbot, context, session):
    me, computer = ScriptedSource("me"), ScriptedSource("computer")
    second = ScriptedSource("computer", error=DeviceError("'USB Audio' is in use."))
    session._chosen_source = lambda track: second
    opened(qtbot, session, me, computer)
    computer.end(DeviceError("'USB Audio' was unplugged."))
    qtbot.waitUntil(lambda: session.has_lost_source)
    session.continue_with_chosen_device()
    qtbot.waitUntil(lambda: session.has_lost_source)

    session.pause()

    assert session.state is SessionState.PAUSED
    assert (me.is_paused, second.is_paused) == (True, False)
    session.discard()
    until(qtbot, session, SessionState.IDLE)


class SlowSource(ScriptedSource):
    """A device that answers when the test says so."""

    def __init__(self, track: str) -> None:
        super().__init__(track)
        self.answers = threading.Event()

    def start(self, on_samples, on_end) -> None:
        self.answers.wait(20)
        super().start(on_samples, on_end)


def opened_anew(qtbot, session) -> tuple[ScriptedSource, SlowSource]:
    """A recording whose second device was lost and is being opened again."""
    me, computer, again = ScriptedSource("me"), ScriptedSource("computer"), SlowSource("computer")
    session._chosen_source = lambda track: again
    opened(qtbot, session, me, computer)
    computer.end(DeviceError("'USB Audio' was unplugged."))
    qtbot.waitUntil(lambda: session.has_lost_source)
    session.continue_with_chosen_device()
    return me, again


def test_pause_does_not_wait_for_a_device_that_is_opened_again(qtbot, context, session):
    me, again = opened_anew(qtbot, session)

    session.pause()
    paused = (session.state, me.is_paused, again.is_paused)
    again.answers.set()
    qtbot.waitUntil(lambda: not session._is_opening)

    assert paused == (SessionState.PAUSED, True, True)
    assert session.state is SessionState.PAUSED
    session.resume()
    assert (me.is_paused, again.is_paused) == (False, False)
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_stop_does_not_wait_for_a_device_that_is_opened_again(qtbot, context, session, speech):
    me, again = opened_anew(qtbot, session)
    me.say(speech)

    session.stop()
    qtbot.waitUntil(lambda: me._on_end is None)
    assert not again.answers.is_set()
    again.answers.set()
    until(qtbot, session, SessionState.IDLE)

    assert again._on_end is None
    assert text_of(context, session.item_id)


def test_a_device_that_is_waited_for_is_told_until_it_is_back(qtbot, context, session):
    opened(qtbot, session, ScriptedSource())
    topics = withdrawn(context)
    name = {"name": "Headset"}

    session._problem.emit(SourceNotice("'{name}' was unplugged.", "", name, "me", "Headset", "away"))
    assert (session.missing_device, session.has_lost_source) == ("Headset", False)
    (away,) = context.messages
    assert (away.kind, away.sentence) == ("warning", "'Headset' was unplugged.")
    session._problem.emit(SourceNotice("Recording goes on with '{name}'.", "", name, "me", "Headset"))

    assert session.missing_device is None
    assert topics == [away.topic]
    assert context.messages[-1].kind == "info"
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_a_default_that_is_another_one_now_is_told_and_nothing_is_missing(qtbot, context, session):
    opened(qtbot, session, ScriptedSource())
    name = {"name": "Headset"}

    session._problem.emit(SourceNotice("Recording goes on with '{name}'.", "", name, "me", "Headset", "moved"))

    (message,) = context.messages
    assert (message.kind, message.sentence) == ("info", "Recording goes on with 'Headset'.")
    assert session.missing_device is None
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_a_silent_microphone_is_told_until_it_gives_sound(qtbot, context, session):
    opened(qtbot, session, ScriptedSource())
    topics = withdrawn(context)

    session._problem.emit(SourceNotice("It is silent.", track="me", condition="silent"))
    (silent,) = context.messages
    session._problem.emit(SourceNotice("It gives sound.", track="me"))

    assert topics == [silent.topic]
    assert context.messages == [silent]
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_pause_confirms_what_was_said_and_takes_nothing_until_resume(qtbot, context, session, speech):
    results, source = said(session), ScriptedSource()
    opened(qtbot, session, source)
    source.say(speech)
    until(qtbot, session, SessionState.RUNNING)

    session.pause()
    assert (session.state, source.is_paused) == (SessionState.PAUSED, True)
    qtbot.waitUntil(lambda: any(isinstance(result, Commit) and result.words for result in results))
    session.resume()
    assert (session.state, source.is_paused) == (SessionState.RUNNING, False)
    session.stop()
    until(qtbot, session, SessionState.IDLE)


def test_two_tracks_are_kept_apart_and_begin_together(qtbot, context, session, speech):
    me, computer = ScriptedSource("me"), ScriptedSource("computer")
    opened(qtbot, session, me, computer)
    me.say(speech)
    computer.say(speech[: 2 * SAMPLE_RATE_HZ])  # answered 2 s later than the microphone: silent until then
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    context.history.flush()
    assert {segment.track for segment in context.history.segments(session.item_id)} == {"me", "computer"}
    assert [track.seconds for track in session._tracks] == [4.0, pytest.approx(6.0, abs=0.2)]
    assert [media.track for media in context.history.media(session.item_id)] == ["computer", "me"]
    assert len(context.pool.loaded()) <= 1


def test_a_device_that_comes_back_by_itself_was_silent_until_then(qtbot, context, session, speech):
    me, computer = ScriptedSource("me"), ScriptedSource("computer")
    opened(qtbot, session, me, computer)
    me.say(speech[:SAMPLE_RATE_HZ])
    computer.say(speech[:SAMPLE_RATE_HZ])

    session._problem.emit(SourceNotice("It was unplugged.", track="me", condition="away"))
    computer.say(speech)
    me.say(speech[:SAMPLE_RATE_HZ])

    mine, other = session._tracks
    assert mine.seconds == pytest.approx(other.seconds + 1.0, abs=0.1)
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_tracks_go_on_together_after_a_pause(qtbot, context, session, speech):
    me, computer = ScriptedSource("me"), ScriptedSource("computer")
    opened(qtbot, session, me, computer)
    for source, seconds in ((me, 1.0), (computer, 1.0), (me, 1.0)):
        source.say(speech[: round(seconds * SAMPLE_RATE_HZ)])

    session.pause()  # one driver gave a second more until then
    session.resume()
    me.say(speech[:SAMPLE_RATE_HZ])
    computer.say(speech[: SAMPLE_RATE_HZ // 10])

    mine, other = session._tracks
    assert mine.seconds == pytest.approx(3.0, abs=0.1)
    assert other.seconds == pytest.approx(3.0, abs=0.1)
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_what_a_source_missed_is_silence(qtbot, context, session, speech):
    me, computer = ScriptedSource("me"), ScriptedSource("computer")
    opened(qtbot, session, me, computer)
    me.say(speech[:SAMPLE_RATE_HZ])
    computer.say(speech)

    session._on_gap("me")
    me.say(speech[: SAMPLE_RATE_HZ // 10])

    mine, other = session._tracks
    assert mine.seconds == pytest.approx(other.seconds, abs=0.1)
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_private_mode_leaves_nothing_on_disk(qtbot, context, session, speech, home):
    context.settings.history.is_private = True
    results, source = said(session), ScriptedSource()
    opened(qtbot, session, source)
    source.say(speech)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert any(isinstance(result, Commit) for result in results)
    assert context.history.items() == []
    assert not list(home.rglob("*.flac"))
    private_id = session.item_id
    assert text_of(context, private_id)
    opened(qtbot, session, ScriptedSource())
    assert context.history.segments(private_id) == []
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_what_is_changed_meanwhile_holds_from_the_next_recording_on(qtbot, context, session, speech):
    context.change_setting("hear.language", "de")
    assert not context.messages
    opened(qtbot, session, ScriptedSource())

    context.change_setting("hear.model", "whisper-base")
    context.change_setting("captions.font_size_px", 40)

    assert [message.sentence for message in context.messages] == ["This holds from the next recording on."]
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_a_recording_begun_in_private_stays_marked_so(qtbot, context, session):
    context.settings.history.is_private = True
    opened(qtbot, session, ScriptedSource())

    context.change_setting("history.is_private", False)
    assert session.is_private
    session.discard()
    with qtbot.waitSignal(session.privacy_changed):
        until(qtbot, session, SessionState.IDLE)

    assert not session.is_private


def test_private_mode_that_comes_too_late_says_so_and_offers_to_keep_nothing(qtbot, context, session, speech, home):
    source = ScriptedSource()
    opened(qtbot, session, source)
    source.say(speech)

    context.change_setting("history.is_private", True)
    (message,) = context.messages
    assert "still kept" in message.sentence
    assert message.kind == "warning"  # stands until it is decided
    topics = withdrawn(context)
    context.change_setting("history.is_private", False)
    assert context.messages == [message]
    assert topics == [message.topic]
    message.action[1]()
    until(qtbot, session, SessionState.IDLE)
    context.history.flush()

    assert context.history.items() == []
    assert not list(home.rglob("*.flac"))


def test_discard_keeps_nothing(qtbot, context, session, speech, home):
    source = ScriptedSource()
    opened(qtbot, session, source, latency_s=0.2)
    source.say(speech)

    session.discard()
    until(qtbot, session, SessionState.IDLE)
    context.history.flush()

    assert context.history.items() == []
    assert not list(home.rglob("*.flac"))


def test_what_is_far_behind_can_be_finished_later(qtbot, context, session, speech):
    source = ScriptedSource()
    opened(qtbot, session, source, latency_s=0.5)
    source.say(np.tile(speech, 15))
    assert not session.may_finish_later

    session.stop()
    qtbot.waitUntil(lambda: session.may_finish_later, timeout=20_000)
    session.finish_later()
    until(qtbot, session, SessionState.IDLE)

    context.history.flush()
    assert session.is_unfinished
    assert context.history.item(session.item_id).state == "recovered"
    (media,) = context.history.media(session.item_id)
    assert soundfile.info(media.path).duration == pytest.approx(60.0)


def test_what_no_file_holds_cannot_be_finished_later(qtbot, context, session, speech):
    context.settings.history.is_private = True
    results, source = said(session), ScriptedSource()
    opened(qtbot, session, source)
    source.say(np.tile(speech, 15))

    session.stop()
    qtbot.waitUntil(lambda: looked_at(results) > 0, timeout=20_000)

    assert not session.may_finish_later
    until(qtbot, session, SessionState.IDLE)


def test_what_a_full_disk_did_not_take_cannot_be_finished_later(qtbot, context, session, speech, monkeypatch):
    source = ScriptedSource()
    opened(qtbot, session, source, latency_s=0.2)
    source.say(speech)
    qtbot.waitUntil(lambda: session._tracks[0]._recorder.seconds_written > 3)
    monkeypatch.setattr(FlacRecorder, "_save", lambda _recorder, *, sync: False)
    source.say(np.tile(speech, 15))

    session.stop()
    qtbot.waitUntil(lambda: not session._is_closing_sources and session.is_behind, timeout=20_000)

    assert not session.may_finish_later
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def lag(session, monkeypatch, *lags_s: float) -> None:
    """One of these every 5 s."""
    for step, lag_s in enumerate(lags_s):
        with monkeypatch.context() as then:
            then.setattr(speech_session, "time", SimpleNamespace(monotonic=lambda step=step: 5.0 * step))
            session._on_result(LiveStatus("me", 10, 9, 8, lag_s=lag_s, is_speech=True))


def test_the_silence_of_a_device_that_was_away_does_not_call_the_model_slow(qtbot, context, session, monkeypatch):
    opened(qtbot, session, ScriptedSource())

    lag(session, monkeypatch, 0.5, 600.0, 400.0, 200.0, 40.0, 0.5, 50.0, 0.5, 50.0, 0.5)

    assert not context.messages
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_a_model_that_falls_behind_is_told_once(qtbot, context, session, monkeypatch):
    opened(qtbot, session, ScriptedSource())
    topics = withdrawn(context)

    lag(session, monkeypatch, 40.0, 2.0, 31.0, 33.0, 37.0, 70.0)  # it took long to load, and caught up with that

    (message,) = context.messages
    assert message.sentence == "'scripted' is too slow for this computer."
    session.discard()
    until(qtbot, session, SessionState.IDLE)
    opened(qtbot, session, ScriptedSource())
    assert message.topic in topics
    session.discard()
    until(qtbot, session, SessionState.IDLE)


def test_a_full_disk_is_told_and_the_text_goes_on(qtbot, context, session, speech, monkeypatch):
    def full(_recorder, _samples) -> None:
        raise DiskError("The disk is full.")

    monkeypatch.setattr(FlacRecorder, "write", full)
    source = ScriptedSource()
    opened(qtbot, session, source)
    source.say(speech)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert "The disk is full." in [message.sentence for message in context.messages]
    assert text_of(context, session.item_id)


def test_sound_is_not_kept_when_the_user_does_not_want_it(qtbot, context, session, speech, home):
    context.settings.history.keep_audio = False
    source = ScriptedSource()
    opened(qtbot, session, source)
    source.say(speech)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert text_of(context, session.item_id)
    assert not list(home.rglob("*.flac"))


def test_what_has_had_its_time_is_deleted_after_a_recording(qtbot, context, session, speech, monkeypatch):
    with monkeypatch.context() as then:
        then.setattr("desktop_app.history.store.time.time", lambda: 1.0)
        context.history.finish(context.history.begin().result(), 1.0)
    context.settings.history.keep_days = 7
    source = ScriptedSource()
    opened(qtbot, session, source)
    source.say(speech)
    session.stop()
    until(qtbot, session, SessionState.IDLE)
    context.history.flush()

    assert [item.id for item in context.history.items()] == [session.item_id]


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_quit_while_the_model_loads_leaves_nothing_behind(qtbot, context, session, speech):
    source = ScriptedSource()
    context._stop_timer.setInterval(100)
    session.start([source], scripted(load="wait"))
    qtbot.waitUntil(lambda: source._on_end is not None)
    source.say(speech)

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()

    history = History(context.paths.data_dir.parent / "history")
    assert [item.state for item in history.unfinished()] == ["recording"]
    history.close()


def test_quit_after_a_slip_of_the_finger_waits_for_no_model(qtbot, context, session):
    context._stop_timer.setInterval(60_000)
    opened(qtbot, session, ScriptedSource(), load="wait")

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()

    history = History(context.paths.data_dir.parent / "history")
    assert history.items() == []
    history.close()


def test_a_slip_of_the_finger_is_forgotten(qtbot, context, session):
    opened(qtbot, session, ScriptedSource())

    session.stop()
    until(qtbot, session, SessionState.IDLE)
    context.history.flush()

    assert context.history.items() == []
    assert session.item_id is None


def test_levels_come_at_most_thirty_times_a_second(qtbot, session, speech):
    levels: list = []
    session.levels_ready.connect(levels.append)
    source = ScriptedSource()
    opened(qtbot, session, source)

    source.say(speech)
    source.say(np.zeros(320, np.float32))
    qtbot.waitUntil(lambda: len(levels) > 0)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    assert len(levels) < 20
    assert levels[0].peaks.shape[1] == 2
    assert -60 < levels[0].rms_dbfs < 0


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_each_closed_segment_says_how_it_sounds(qtbot, context, session, speech, tmp_path):
    context.settings.hear.emotion = True
    context.catalogue.add_folder(save_emotion_model(tmp_path / "moods"))
    results, source = said(session), ScriptedSource()
    opened(qtbot, session, source)

    source.say(speech)
    session.stop()
    until(qtbot, session, SessionState.IDLE)
    qtbot.waitUntil(lambda: any(isinstance(result, SegmentEmotion) for result in results), timeout=60_000)

    emotion = next(result for result in results if isinstance(result, SegmentEmotion))
    context.history.flush()
    segment = context.history.segments(session.item_id)[0]
    assert (emotion.item_id, emotion.start_s) == (session.item_id, segment.start_s)
    assert segment.emotion == emotion.scores
    assert [label for label, _ in segment.emotion] == ["happy", "neutral", "angry", "bored"]
    assert not context.messages


def test_a_broken_emotion_model_costs_no_word(qtbot, context, session, speech, monkeypatch):
    monkeypatch.setattr(speech_session, "emotion_spec", lambda *_: scripted("moods", load="missing"))
    source = ScriptedSource()
    opened(qtbot, session, source)
    source.say(speech)

    session.stop()
    until(qtbot, session, SessionState.IDLE)
    qtbot.waitUntil(lambda: not session._emotions)

    assert text_of(context, session.item_id)
    assert "not installed" in context.messages[0].sentence


def test_quit_does_not_wait_for_emotions(qtbot, context, session, speech, monkeypatch):
    monkeypatch.setattr(speech_session, "emotion_spec", lambda *_: scripted("moods", load="wait"))
    source = ScriptedSource()
    opened(qtbot, session, source)
    source.say(speech)
    session.stop()
    until(qtbot, session, SessionState.IDLE)

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()

    assert not any(worker.isRunning() for worker in session._emotions)


def test_start_twice_is_one_recording(qtbot, context, session, speech):
    source = ScriptedSource()
    opened(qtbot, session, source)
    session.start([ScriptedSource()], scripted())
    source.say(speech)
    session.stop()
    session.stop()
    until(qtbot, session, SessionState.IDLE)
    context.history.flush()

    assert len(context.history.items()) == 1


def test_the_lag_is_the_largest_of_all_tracks(session):
    session._on_result(LiveStatus("me", 10, 9, 8, lag_s=1.0, is_speech=True))
    session._on_result(LiveStatus("computer", 10, 4, 3, lag_s=5.0, is_speech=True))

    assert session.lag_s == 5.0
    assert not isinstance(session, EngineError)
