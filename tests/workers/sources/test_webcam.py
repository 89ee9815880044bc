"""A camera is opened, lost and found again; the synthetic one takes the path of a real one, process and all."""

import itertools
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.synthetic_camera import CAPTURE, change_camera, decode, encode, synthetic_camera
from tests.workers.sources.frame_collector import FrameCollector
from workers.errors import Cancelled, DeviceError
from workers.results import VideoFrame
from workers.sources import webcam
from workers.sources.base import Camera, Orientation
from workers.sources.frame_process import open_reader
from workers.sources.webcam import Webcam

FROM_FILE = f"{__name__}:open_file"


@pytest.fixture
def device(tmp_path: Path) -> Path:
    return tmp_path / "camera.json"


@pytest.fixture
def collected() -> FrameCollector:
    return FrameCollector()


@pytest.fixture
def start(device, collected):
    """Starts a webcam on the synthetic camera; it is stopped in the end."""
    started: list[Webcam] = []

    def start(what: dict | None = None, **options) -> Webcam:
        camera = synthetic_camera(device, **(what or {}))
        source = Webcam(camera, on_notice=collected.notice, **{"capture": CAPTURE, **options})
        started.append(source)
        source.start(collected.take, collected.end)
        return source

    yield start
    for source in started:
        source.stop()


def open_file(path: str, _backend: int):
    """OpenCV's own class with a video in place of a device."""
    import cv2

    return cv2.VideoCapture(path)


@pytest.mark.parametrize("size", [(96, 64), (640, 480), (1280, 720)])
def test_the_code_of_a_synthetic_picture_survives_scaling_and_jpeg(size):
    import cv2

    picture = cv2.resize(encode(4_000_000_000, 2**63 - 1, 640, 480), size)
    _, jpeg = cv2.imencode(".jpg", picture)

    assert decode(cv2.imdecode(jpeg, cv2.IMREAD_COLOR)) == (4_000_000_000, 2**63 - 1)


def test_no_file_of_the_users_folder_is_taken_for_a_part_of_python(start, collected, tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise RuntimeError")
    monkeypatch.chdir(tmp_path)

    start()

    collected.until(lambda: len(collected.frames) >= 1)


def test_frames_are_whole_in_order_and_new(start, collected):
    start()
    collected.until(lambda: len(collected.frames) >= 10)

    numbers = [decode(frame.pixels)[0] for frame in collected.frames]
    assert all(before < after for before, after in itertools.pairwise(numbers))
    assert collected.frames[0].size == (640, 480)
    for frame in collected.frames:
        assert 0 <= frame.captured_s - decode(frame.pixels)[1] / 1e9 < 0.2


def test_a_slow_taker_gets_the_newest_frame_and_none_is_stale(device, collected):
    ages: list[float] = []

    def take_slowly(frame: VideoFrame) -> None:
        ages.append(time.monotonic() - decode(frame.pixels)[1] / 1e9)
        time.sleep(0.15)
        collected.take(frame)

    source = Webcam(synthetic_camera(device), capture=CAPTURE)
    source.start(take_slowly, collected.end)
    collected.until(lambda: len(collected.frames) >= 6)
    source.stop()

    skipped = np.diff([frame.number for frame in collected.frames])
    assert max(skipped[1:]) > 2
    assert np.median(ages[2:]) < 0.1  # not the one that came first while we slept


@pytest.mark.parametrize(("size", "is_jpeg"), [((1280, 720), True), ((640, 480), False)])
def test_720p_is_asked_for_as_jpeg_because_raw_is_too_slow(device, size, is_jpeg):
    synthetic_camera(device, size=size)
    wanted = {"width": size[0], "height": size[1], "fps": 30}

    reader = open_reader({"kind": "camera", "path": str(device), "capture": CAPTURE, **wanted})

    assert bool(reader._capture._fourcc) == is_jpeg


def test_the_picture_is_turned_and_mirrored(start, collected):
    source = start()
    plain = collected.frames[0].pixels
    source.orient(Orientation(90, is_mirrored=True))
    collected.until(lambda: collected.frames[-1].size == (480, 640))

    turned = collected.frames[-1].pixels
    assert decode(np.rot90(turned[:, ::-1]))[0] > decode(plain)[0]


def test_a_size_that_changes_on_the_way_is_followed(start, collected, device):
    start()
    change_camera(device, size=(320, 240))

    collected.until(lambda: collected.frames[-1].size == (320, 240))

    assert decode(collected.frames[-1].pixels)[0] > 1


def test_a_camera_that_is_unplugged_is_waited_for(start, collected, device):
    start()
    held = device.read_bytes()
    device.unlink()
    collected.until(lambda: collected.conditions == ["away"])
    n_before, last = len(collected.frames), collected.frames[-1].number

    plugged_in_s = time.monotonic()
    device.write_bytes(held)
    collected.until(lambda: len(collected.frames) > n_before)

    assert collected.frames[n_before].captured_s - plugged_in_s < 10  # within 2 s on an idle machine: benchmarks
    assert collected.frames[n_before].number > last
    assert collected.conditions == ["away", ""]
    assert collected.notices[0].sentence == "'Synthetic' was unplugged or does not answer."


def test_stop_ends_the_waiting_for_a_camera_that_is_away(start, collected, device):
    source = start()
    device.unlink()
    collected.until(lambda: collected.conditions == ["away"])

    source.stop()

    assert collected.ends == [None]


def test_black_pictures_are_told_and_their_end_too(start, collected, device):
    start()
    change_camera(device, is_black=True)
    collected.until(lambda: collected.conditions == ["black"])

    change_camera(device, is_black=False)
    collected.until(lambda: collected.conditions == ["black", ""])


def test_a_driver_that_hangs_is_left_and_stop_does_not_wait(start, collected, device, monkeypatch):
    monkeypatch.setattr(webcam, "STALL_S", 0.5)
    source = start()
    change_camera(device, hangs=True)
    collected.until(lambda: collected.conditions == ["away"])

    started = time.monotonic()
    source.stop()

    assert time.monotonic() - started < 5
    assert collected.ends == [None]


def test_stop_while_it_opens_ends_that(device, collected):
    source = Webcam(synthetic_camera(device, hangs_open=True), capture=CAPTURE)
    raised: list[BaseException] = []

    def start() -> None:
        try:
            source.start(collected.take, collected.end)
        except Cancelled as error:
            raised.append(error)

    opening = threading.Thread(target=start)
    opening.start()
    source.stop()
    opening.join(20.0)

    assert len(raised) == 1
    assert (collected.frames, collected.ends) == ([], [])


def test_a_camera_that_another_program_holds_is_in_use(start, device, collected):
    script = "import sys; file = open(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    device.write_text("{}")
    with subprocess.Popen(
        [sys.executable, "-c", script, str(device)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        synthetic_camera(device.with_name("written.json"), is_busy=True)
        device.write_text(device.with_name("written.json").read_text())  # the same file that is held
        other.stdout.readline()
        source = Webcam(Camera(str(device), "Synthetic", str(device)), capture=CAPTURE)
        with pytest.raises(DeviceError, match="'Synthetic' is in use"):
            source.start(collected.take, collected.end)
        other.stdin.close()


def test_a_camera_that_gives_nothing_is_told(start):
    with pytest.raises(DeviceError, match="'Synthetic' gives no picture"):
        start({"is_busy": True})


def test_a_camera_that_is_not_there_is_told(device, collected):
    with pytest.raises(DeviceError, match="'Cam' is not connected"):
        Webcam(Camera(str(device), "Cam", str(device))).start(collected.take, collected.end)


def test_opencv_itself_gives_rgb_of_the_right_size(tmp_path, collected):
    import cv2

    path = tmp_path / "red.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (64, 48))
    for _ in range(5):
        writer.write(np.full((48, 64, 3), (0, 0, 255), np.uint8))
    writer.release()
    source = Webcam(Camera(str(path), "File", str(path)), capture=FROM_FILE)

    source.start(collected.take, collected.end)
    source.stop()

    assert collected.frames[0].size == (64, 48)
    assert collected.frames[0].pixels[24, 32, 0] > 240
    assert collected.frames[0].pixels[24, 32, 2] < 15


def test_the_kernels_cameras_have_names_and_ids_that_stay(tmp_path, monkeypatch):
    kernel, stable = tmp_path / "video4linux", tmp_path / "by-id"
    for number, index, name in ((0, 0, "Inside"), (1, 1, "Inside"), (10, 0, "USB"), (2, 0, "Other")):
        (kernel / f"video{number}").mkdir(parents=True)
        (kernel / f"video{number}" / "index").write_text(f"{index}\n")
        (kernel / f"video{number}" / "name").write_text(f"{name}\n")
    stable.mkdir()
    os.symlink("/dev/video10", stable / "usb-Maker_USB-video-index0")
    monkeypatch.setattr(webcam, "KERNEL_CAMERAS", kernel)
    monkeypatch.setattr(webcam, "STABLE_NAMES", stable)

    cameras = webcam.list_cameras()

    assert [(camera.name, camera.path, camera.is_default) for camera in cameras] == [
        ("Inside", "/dev/video0", True),
        ("Other", "/dev/video2", False),
        ("USB", "/dev/video10", False),
    ]
    assert cameras[2].id == "usb-Maker_USB-video-index0"
    assert webcam.path_of(cameras[2].id) == "/dev/video10"
    assert webcam.path_of(cameras[0].id) == "/dev/video0"
