"""A server on this machine that speaks as OpenAI's does, and does whatever a test wants."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECES = ["A grey", " wall", ", and", " 🐈", "."]


class Loopback(ThreadingHTTPServer):
    """Does what `script` says with each question.

    Attributes:
        asked: what came, as JSON.
        keys: the Authorization of each request.
        gone: set when the other side has hung up.
        ending: ends what waits in a script.
    """

    daemon_threads = True
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: Callable[[Handler], None] = answer_in_pieces
        self.models: object = {"data": [{"id": "tiny-vlm:latest"}, {"id": "other"}]}
        self.asked: list[dict] = []
        self.keys: list[str | None] = []
        self.gone, self.ending = threading.Event(), threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    """Takes one request; `question` is the newest of the chat."""

    server: Loopback

    def do_GET(self):
        self.server.keys.append(self.headers["Authorization"])
        self.give(200, json.dumps(self.server.models) if self.path == "/v1/models" else "404 page not found")

    def do_POST(self):
        self.server.keys.append(self.headers["Authorization"])
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.question = asked["messages"][-1]["content"][-1]["text"]
        self.server.asked.append(asked)
        try:
            self.server.script(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.gone.set()

    def give(self, status: int, text: str, kind: str = "application/json") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def event(self, value: object) -> None:
        self.wfile.write(f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n".encode())
        self.wfile.flush()

    def piece(self, text: str | None, **choice) -> None:
        self.event({"model": "tiny-vlm:latest", "choices": [{"index": 0, "delta": {"content": text}, **choice}]})

    def log_message(self, *_):
        pass


def answer_in_pieces(handler: Handler) -> None:
    handler.begin()
    handler.wfile.write(b": a comment\n\n")
    handler.piece(None)
    for text in PIECES:
        handler.piece(text)
    handler.piece("", finish_reason="stop")
    handler.event({"choices": [], "usage": {"completion_tokens": 7}})
    handler.event("[DONE]")


@contextlib.contextmanager
def running() -> Iterator[Loopback]:
    server = Loopback()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.ending.set()
    server.shutdown()
    server.server_close()
    thread.join()
