"""A hub on the loopback interface that speaks what huggingface_hub asks: model information and ranged files."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from workers.catalogue.catalogue import Catalogue

COMMIT = "c0ffee" + "0" * 34


class LoopbackHub:
    """One repository, "someone/tiny-whisper", with faults on demand."""

    def __init__(self) -> None:
        config = {"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"]}
        self.files = {
            "config.json": json.dumps(config).encode(),
            "tokenizer.json": b"{}",
            "empty.txt": b"",
            "model.safetensors": bytes(range(256)) * 8192,  # 2 MiB
            "README.md": b"not wanted",
            "onnx/config.json": b"not wanted",
        }
        self.card: dict[str, object] = {}
        self.served_instead: dict[str, bytes] = {}
        self.status, self.error_code = 200, ""
        self.pause_after: int | None = None  # bytes of a large file after which the server falls silent
        self.break_after: int | None = None  # bytes of a large file after which the connection breaks, each time
        self.is_paused, self.may_go_on = threading.Event(), threading.Event()
        self.requests: list[tuple[str, str]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = False
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.requests.append((request.path, request.headers.get("Range", "")))
        if self.status != 200:
            self._send(request, self.status, b"{}", {"X-Error-Code": self.error_code})
        elif request.path.startswith("/api/models/someone/tiny-whisper"):
            self._send(request, 200, self._information().encode(), {"Content-Type": "application/json"})
        elif match := re.fullmatch(rf"/someone/tiny-whisper/resolve/{COMMIT}/(.+)", request.path):
            self._send_file(request, match[1])
        else:
            self._send(request, 404, b"", {"X-Error-Code": "EntryNotFound"})

    def _information(self) -> str:
        siblings = []
        for name, content in self.files.items():
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            sibling = {"rfilename": name, "size": len(content), "blobId": blob}
            if name.endswith(".safetensors"):
                digest = hashlib.sha256(content).hexdigest()
                sibling["lfs"] = {"size": len(content), "sha256": digest, "pointerSize": 130}
            siblings.append(sibling)
        return json.dumps({"id": "someone/tiny-whisper", "sha": COMMIT, "siblings": siblings, "cardData": self.card})

    def _send_file(self, request: BaseHTTPRequestHandler, name: str) -> None:
        content = self.served_instead.get(name, self.files[name])
        start = int(re.fullmatch(r"bytes=(\d+)-", request.headers["Range"])[1])
        body = content[start:]
        request.send_response(206)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        request.end_headers()
        if len(content) > 2**20 and self.pause_after is not None:
            request.wfile.write(body[: self.pause_after])
            self.is_paused.set()
            self.may_go_on.wait()
            request.close_connection = True
        elif len(content) > 2**20 and self.break_after is not None:
            request.wfile.write(body[: self.break_after])
            request.close_connection = True
        else:
            request.wfile.write(body)

    def _send(self, request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def close(self) -> None:
        self.may_go_on.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    hub = LoopbackHub()
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield hub
    hub.close()


TABLE = """
[[model]]
id = "tiny-whisper"
title = "Tiny"
task = "speech"
engines = ["whisper"]
format = "transformers"
source = "hub"
repo_id = "someone/tiny-whisper"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """A catalogue that knows the loopback hub's model, with a models folder of its own."""
    (tmp_path / "models.toml").write_text(TABLE)
    return Catalogue(tmp_path / "models", tmp_path / "models.toml")
