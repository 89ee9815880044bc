"""A video is played at its own pace, turned as it was filmed, and its end is told."""

import contextlib
import functools
import http.server
import io
import struct
import threading
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.workers.sources.frame_collector import FrameCollector
from workers.errors import SourceError
from workers.sources.video_file import VideoFile

FPS, N_FRAMES = 25, 10


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten frames that grow brighter."""
    path = tmp_path_factory.mktemp("video") / "grey.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(N_FRAMES):
            picture = np.full((48, 64, 3), 20 + 20 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


@pytest.fixture
def collected() -> FrameCollector:
    return FrameCollector()


@pytest.fixture
def start(collected):
    started: list[VideoFile] = []

    def start(address: Path | str, **options) -> VideoFile:
        source = VideoFile(address, **options)
        source.start(collected.take, collected.end)
        started.append(source)
        return source

    yield start
    for source in started:
        source.stop()


def greys(collected) -> list[int]:
    return [round(float(frame.pixels.mean())) for frame in collected.frames]


def test_a_video_is_played_at_its_pace_to_its_end(start, collected, video):
    start(video)
    collected.until(lambda: bool(collected.ends))

    assert collected.ends == [None]
    assert greys(collected) == sorted(greys(collected))
    assert greys(collected)[-1] == pytest.approx(20 + 20 * (N_FRAMES - 1), abs=4)
    passed_s = collected.frames[-1].captured_s - collected.frames[0].captured_s
    assert passed_s > 0.8 * (N_FRAMES - 1) / FPS


def test_a_looped_video_begins_anew(start, collected, video):
    start(video, is_looped=True)

    collected.until(lambda: len(greys(collected)) > 1 and np.diff(greys(collected)).min() < -100)
    n_before = len(collected.frames)
    collected.until(lambda: len(collected.frames) > n_before + 2)

    assert collected.ends == []


def test_a_video_that_was_filmed_on_its_side_is_shown_upright(start, collected, tmp_path):
    path = tmp_path / "portrait.mp4"
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24] = 220  # the upper half
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    one, w = 1 << 16, 1 << 30  # fixed point, ISO 14496-12: the matrix of a track says how it was held
    as_filmed = struct.pack(">9i", one, 0, 0, 0, one, 0, 0, 0, w)
    on_its_side = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, w)
    before, track, after = path.read_bytes().partition(b"tkhd")
    path.write_bytes(before + track + after.replace(as_filmed, on_its_side, 1))

    start(path)

    assert collected.frames[0].size == (48, 64)
    assert collected.frames[0].pixels[:, 30:].mean() > 150
    assert collected.frames[0].pixels[:, :18].mean() < 60


def test_stop_in_the_middle_ends_it(start, collected, video):
    source = start(video, is_looped=True)
    source.stop()

    assert collected.ends == [None]


def test_a_video_from_a_server_is_played_and_its_password_is_not_shown(start, collected, video):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=video.parent)
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            source = start(f"http://me:secret@127.0.0.1:{server.server_port}/{video.name}?token=1")
            collected.until(lambda: bool(collected.ends))
        finally:
            server.shutdown()
            serving.join()

    assert source.name == f"http://127.0.0.1:{server.server_port}/{video.name}"
    assert len(collected.frames) >= 2


def test_a_film_of_a_web_server_ends_though_it_does_not_tell_how_long_it_is(start, collected, tmp_path):
    with av.open(str(tmp_path / "film.mjpeg"), "w") as container:
        stream = container.add_stream("mjpeg", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode())
    with av.open(str(tmp_path / "film.mjpeg")) as container:
        assert container.duration is None
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            start(f"http://127.0.0.1:{server.server_port}/film.mjpeg")
            collected.until(lambda: bool(collected.ends))
        finally:
            server.shutdown()
            serving.join()

    assert collected.ends == [None]


def test_a_server_that_is_not_there_is_told(start):
    with pytest.raises(SourceError, match=r"http://127.0.0.1:9/video cannot be opened: .*refused"):
        start("http://127.0.0.1:9/video")


@pytest.fixture
def camera_server():
    """A camera in the network, and what says whether it is away."""
    is_away = threading.Event()
    jpeg = io.BytesIO()
    Image.fromarray(np.full((48, 64, 3), 90, np.uint8)).save(jpeg, "JPEG")
    part = b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if is_away.is_set():
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace;boundary=next")
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                while not is_away.wait(1 / FPS):
                    self.wfile.write(part % (len(jpeg.getvalue()), jpeg.getvalue()))

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/video.mjpg", is_away
        is_away.set()
        server.shutdown()
        serving.join()


def test_a_stream_that_is_cut_is_waited_for_and_goes_on(start, collected, camera_server):
    address, is_away = camera_server
    start(address, on_notice=collected.notice)
    collected.until(lambda: len(collected.frames) > 1)

    is_away.set()
    collected.until(lambda: collected.conditions == ["away"])
    number = collected.frames[-1].number
    is_away.clear()
    collected.until(lambda: collected.frames[-1].number > number + 1)

    assert collected.conditions == ["away", ""]
    assert collected.notices[0].device_name == address
    assert collected.ends == []


def test_stop_ends_the_wait_for_a_stream(start, collected, camera_server):
    address, is_away = camera_server
    source = start(address, on_notice=collected.notice)
    is_away.set()
    collected.until(lambda: collected.conditions == ["away"])

    source.stop()

    assert collected.ends == [None]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("no.mp4", b"no video at all", "no.mp4 is not a video that can be read"),
        ("empty.mp4", b"", "is empty"),
        ("gone.mp4", None, "does not exist"),
    ],
)
def test_what_is_no_video_is_told(start, tmp_path, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(SourceError, match=sentence):
        start(tmp_path / name)


def test_a_playlist_reaches_no_server(start, tmp_path):
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n")

    with pytest.raises(SourceError, match="is not a video"):
        start(tmp_path / "list.m3u8")


def test_an_address_that_is_none_is_told(start):
    with pytest.raises(SourceError, match="'gopher://x/' is no address of a video"):
        start("gopher://x/")
