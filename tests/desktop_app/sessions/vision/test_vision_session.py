import av
import numpy as np
import pytest
from PIL import Image

from desktop_app.sessions.choices import orientation
from desktop_app.sessions.session_state import SessionState
from tests.desktop_app.sessions.vision.conftest import GREEN, RED, ScriptedCamera, colour_of, until
from workers.errors import DeviceError
from workers.results import Region
from workers.sources.base import Orientation
from workers.sources.image_file import turned, turned_back


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


@pytest.mark.parametrize("is_frozen", [False, True])
def test_a_camera_that_was_lost_is_told_and_the_picture_in_view_stays(qtbot, context, session, camera, is_frozen):
    in_view = session.newest_frame
    if is_frozen:
        session.freeze()
        camera.show(GREEN)
    session.standing.add("a dog")
    camera.end(DeviceError("'{name}' was unplugged.", name="Camera"))
    until(qtbot, session, SessionState.FAILED)

    assert context.messages[0].sentence == "'Camera' was unplugged."
    assert session.newest_frame is in_view
    assert session.standing.state is SessionState.IDLE


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


TURNS = [("rotate_deg", "90"), ("mirror", True), ("rotate_deg", "270"), ("mirror", False), ("rotate_deg", "0")]


@pytest.mark.parametrize("is_frozen", [True, False])
def test_turning_reaches_a_picture_that_is_frozen_or_left_of_a_video(qtbot, context, session, camera, is_frozen):
    before = camera.show_pixels(np.arange(6, dtype=np.uint8).reshape(2, 3, 1).repeat(3, axis=2))
    if is_frozen:
        session.freeze()
    else:
        camera.end()
        until(qtbot, session, SessionState.IDLE)

    for setting, value in TURNS:
        context.change_setting(f"see.{setting}", value)
        expected = turned(before.pixels, orientation(context.settings.see))
        np.testing.assert_array_equal(session.newest_frame.pixels, expected)

    assert session.newest_frame.captured_s == before.captured_s
    np.testing.assert_array_equal(session.newest_frame.pixels, before.pixels)


def test_frozen_picture_that_is_turned_is_looked_at_anew(qtbot, context, session, camera):
    session.set_labels(["200 0 0"])
    session.labels.set_on(True)
    session.freeze()
    qtbot.waitUntil(lambda: session.labels.newest is not None)

    context.change_setting("see.rotate_deg", "90")

    qtbot.waitUntil(lambda: session.labels.newest.frame is session.newest_frame)
    assert session.newest_frame.size == (24, 32)


def test_turning_the_picture_reaches_the_source_and_forgets_the_region(context, session, camera):
    session.set_region(Region(0, 0, 0.5, 0.5))

    context.change_setting("see.rotate_deg", "90")
    context.change_setting("see.mirror", True)

    assert camera.orientation == Orientation(90, is_mirrored=True)
    assert session.region is None


def test_a_picture_of_the_history_is_turned_only_by_what_is_turned_since(qtbot, context, session, tmp_path):
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3, 1).repeat(3, axis=2)
    Image.fromarray(pixels).save(tmp_path / "kept.png")
    context.change_setting("see.mirror", True)
    context.change_setting("see.rotate_deg", "90")

    session.open_file(tmp_path / "kept.png", item_id=1)
    until(qtbot, session, SessionState.RUNNING)
    np.testing.assert_array_equal(session.newest_frame.pixels, pixels)

    opened = orientation(context.settings.see)
    for setting, value in [*TURNS, ("mirror", True), ("rotate_deg", "90")]:
        context.change_setting(f"see.{setting}", value)
        expected = turned(turned_back(pixels, opened), orientation(context.settings.see))
        np.testing.assert_array_equal(session.newest_frame.pixels, expected)

    np.testing.assert_array_equal(session.newest_frame.pixels, pixels)
