"""A chat model on a server that speaks as OpenAI's does: vLLM, Ollama, llama.cpp, `transformers serve` and others.

Protocol: POST /chat/completions with `stream`, answered by server-sent events; pictures go as data URLs.

The only engine that sends what the camera sees to where its address says. The key for a server is looked up in the
environment (`SENSORIUM_SERVER_KEY`), then in the keyring of the system; it is in no option, file or log of the app.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import ipaddress
import json
import logging
import math
import os
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from PIL import Image
from pydantic import Field

from workers.cancel import POLL_S, never
from workers.engines.base import EngineInfo, EngineOptions, OnProgress
from workers.engines.chat_models import BROKEN, check_question
from workers.errors import Cancelled, EngineError, ServerError, UsageError
from workers.results import Answer, AnswerToken, Frame, ImageRequest, Sight, Verdict

log = logging.getLogger(__name__)

KEY_VARIABLE, KEYRING_SERVICE = "SENSORIUM_SERVER_KEY", "sensorium"
CONNECT_S = 5.0  # on one's own machine or network it takes milliseconds
JPEG_QUALITY = 90
AT_ONCE = 4  # questions of a table that wait at the server together, which may well answer them side by side
MOST_TOLD = 200  # characters of what a server says about an error
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ServerOptions(EngineOptions):
    address: str = Field(
        "http://localhost:11434/v1",
        title="Address",
        description="Where the server listens, with /v1: Ollama at port 11434, vLLM at 8000, llama.cpp at 8080. "
        "A key that it wants goes into the system's keyring or into SENSORIUM_SERVER_KEY, never here.",
    )
    model: str = Field("", title="Model", description="As the server calls it. Left empty: the first that it has.")
    longest_side_px: int = Field(
        1024,
        ge=64,
        le=8192,
        title="Picture size",
        description="Longer sides are made so long before a picture is sent.",
        json_schema_extra={"unit": "px"},
    )
    patience_s: float = Field(
        120.0,
        gt=0,
        le=3600,
        title="Patience",
        description="How long the server may be silent before it is given up.",
        json_schema_extra={"unit": "s"},
    )


def key_of(address: str) -> str:
    """The key for the server, "" without one. The keyring of the system is asked, which may take a moment."""
    import keyring
    from keyring.errors import KeyringError

    if key := os.environ.get(KEY_VARIABLE, ""):
        return key
    with contextlib.suppress(KeyringError):  # a machine without a keyring, or a locked one
        return keyring.get_password(KEYRING_SERVICE, address) or ""
    return ""


def is_address(address: str) -> bool:
    """Whether it is one of a server, without a name or a password."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and not parts.username
            and parts.port != 0
            and address.isprintable()
        )
    except ValueError:  # a bracket that is left open, or no such port
        return False


def host_of(address: str) -> str:
    """The name of the machine that an address leads to; "" for this one."""
    try:
        host = urlsplit(address).hostname or address
    except ValueError:  # a bracket that is left open
        return address
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost"
    return "" if is_here else host


class Server:
    """Answers "ask" and "judge"; a picture may join with any question."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="server",
        title="Server (OpenAI-compatible)",
        tasks=("ask",),
        options=ServerOptions,
        needs_model=False,
        has_memory=True,
        takes_several_images=True,
        judges=True,
    )

    def __init__(self, model: Path, options: ServerOptions) -> None:
        self._options = options
        self._address = options.address.rstrip("/")
        self._key = ""
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # of http, which takes none; a real one takes 50 ms to make
        self._model = options.model
        self._patience_s = options.patience_s
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Looking for the server")
        if not is_address(self._address):
            raise UsageError(
                "'{address}' is no address of a server.",
                hint="Write it like http://localhost:11434/v1, without a name or a password.",
                address=re.sub("//[^/]*@", "//", self._address),
            )
        import httpx2

        self._key = key_of(self._address)
        if urlsplit(self._address).scheme == "https":
            self._tls = httpx2.create_ssl_context()
        names = self._names()
        if self._model and self._model not in {*names, *(name.partition(":")[0] for name in names)}:
            raise ServerError(
                "The server at {address} has no model '{model}'.",
                hint="It has: {names}.",
                address=self._address,
                model=self._model,
                names=", ".join(names),
            )
        self._model = self._model or names[0]
        self.device = "server"
        on_progress(1.0, "The server is ready")
        log.info("using the server at %s", self._address)

    def unload(self) -> None:
        self._key = ""

    def run(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer | Verdict]:
        if request.task == "ask" and request.questions:
            yield from self._answers(request.rows, cancelled)
        elif request.task == "ask":
            yield from self._answer(request, cancelled)
        elif request.task == "judge":
            yield self._judge(request, cancelled)
        else:
            raise EngineError(
                "A server answers questions and does not do '{task}'.", hint="Choose another engine.", task=request.task
            )

    def _answers(self, rows: Sequence[ImageRequest], cancelled: Callable[[], bool]) -> Iterator[Answer]:
        """The answer to each, in their order, up to the first that fails."""
        is_over = threading.Event()

        def answer(row: ImageRequest) -> Answer:
            *_, whole = self._answer(row, lambda: is_over.is_set() or cancelled())
            assert isinstance(whole, Answer)
            return whole

        with ThreadPoolExecutor(AT_ONCE, "ask") as threads:
            try:
                self._patience_s = AT_ONCE * self._options.patience_s  # a server may take one after the other
                yield from threads.map(answer, rows)
            finally:
                self._patience_s = self._options.patience_s
                is_over.set()

    def _answer(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer]:
        started_s = time.perf_counter()
        sights: list[Sight] = []
        body = self._body(request, request.question, request.max_new_tokens, sights)
        body |= {"stream": True, "stream_options": {"include_usage": True}}
        received, shown, first_s, n_tokens, n_told, model, end = "", "", 0.0, 0, 0, self._model, ""
        for chunk in self._events(body, cancelled):
            n_told = (chunk.get("usage") or {}).get("completion_tokens") or n_told
            model = chunk.get("model") or model
            for choice in chunk.get("choices") or ():
                end = choice.get("finish_reason") or end
                delta = choice.get("delta") or {}
                n_tokens += bool(delta.get("reasoning_content") or delta.get("reasoning"))  # what nobody is shown
                if piece := delta.get("content"):
                    n_tokens += 1
                    first_s = first_s or time.perf_counter() - started_s
                    received += piece
                    text = received.replace(BROKEN, "").strip()
                    if text != shown:
                        yield AnswerToken(text[len(shown) :])
                        shown = text
        if not end:
            raise self._broke_off()
        n_tokens = n_told or n_tokens
        seconds = time.perf_counter() - started_s
        yield Answer(shown, n_tokens, first_s, n_tokens / seconds, model, tuple(sights), is_cut_off=end == "length")

    def _judge(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Verdict:
        """By the probabilities of the first token where the server tells them, else by what it says."""
        body = self._body(request, f"{request.question}\nAnswer yes or no.", 1, [])
        lines = self._lines("POST", "/chat/completions", body | {"logprobs": True, "top_logprobs": 20}, cancelled)
        try:
            choice = json.loads("".join(lines))["choices"][0]
            first = ((choice.get("logprobs") or {}).get("content") or [{}])[0].get("top_logprobs") or ()
            of = {"yes": 0.0, "no": 0.0}
            for token in first:
                if (word := token["token"].strip().lower()) in of:
                    of[word] += math.exp(token["logprob"])
            if total := sum(of.values()):
                return Verdict(of["yes"] / total)
            return Verdict(float(choice["message"]["content"].strip().lower().startswith("yes")))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._nonsense() from error

    def _body(self, request: ImageRequest, question: str, max_tokens: int, sights: list[Sight]) -> dict[str, Any]:
        """What is asked of the server; `sights` gets the size of each picture in it.

        Raises:
            UsageError: there is no picture or no question.
        """
        check_question(request)
        messages = []
        for turn in request.history:
            messages.append({"role": "user", "content": self._content(turn.question, turn.images, sights)})
            messages.append({"role": "assistant", "content": turn.answer})
        messages.append({"role": "user", "content": self._content(question, request.images, sights)})
        return {"model": self._model, "messages": messages, "temperature": 0, "max_tokens": max_tokens}

    def _content(self, text: str, images: Sequence[Frame], sights: list[Sight]) -> list[dict[str, Any]]:
        content: list[dict[str, Any]] = []
        for frame in images:
            image = Image.fromarray(frame)
            image.thumbnail((self._options.longest_side_px,) * 2)
            sights.append(Sight(*image.size))
            encoded = io.BytesIO()
            image.save(encoded, "JPEG", quality=JPEG_QUALITY)
            data = base64.b64encode(encoded.getvalue()).decode("ascii")
            content.append({"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}})
        return [*content, {"type": "text", "text": text}]

    def _names(self) -> list[str]:
        """The models of the server."""
        try:
            names = [str(entry["id"]) for entry in json.loads("".join(self._lines("GET", "/models")))["data"]]
        except (ValueError, LookupError, TypeError) as error:
            raise self._nonsense() from error
        if not names:
            raise ServerError(
                "The server at {address} has no model.", hint="Load one there first.", address=self._address
            )
        return names

    def _events(self, body: dict[str, Any], cancelled: Callable[[], bool]) -> Iterator[dict[str, Any]]:
        """The objects of the server's events, to the end that it tells or where it stops."""
        others = []
        for line in self._lines("POST", "/chat/completions", body, cancelled):
            if not line.startswith("data:"):
                others.append(line)
                continue
            if (data := line.removeprefix("data:").strip()) == "[DONE]":
                return
            yield self._event(data)
        if any(line.strip() and not line.startswith((":", "event:", "id:", "retry:")) for line in others):
            self._event("".join(others))  # an error that comes as no event
            raise self._nonsense()

    def _event(self, data: str) -> dict[str, Any]:
        try:
            event = json.loads(data)
        except ValueError as error:
            raise self._nonsense() from error
        if not isinstance(event, dict):
            raise self._nonsense()
        if event.get("error"):
            raise self._error(200, data)
        return event

    # ── the connection ───────────────────────────────────────────────────────────────────────────────────────────────

    def _lines(
        self, method: str, path: str, body: dict[str, Any] | None = None, cancelled: Callable[[], bool] = never
    ) -> Iterator[str]:
        """The lines that come back, each as soon as it is there.

        Raises:
            Cancelled: within 50 ms, whatever the server does.
            ServerError.
        """
        with asyncio.Runner() as runner:  # its end cancels what still runs, and with it the connection
            lines: asyncio.Queue[str | None] = asyncio.Queue()
            reading = runner.get_loop().create_task(self._read(method, path, body, lines))
            reading.add_done_callback(lambda _: lines.put_nowait(None))
            while (line := runner.run(_next(lines, cancelled))) is not None:
                yield line
            reading.result()

    async def _read(
        self, method: str, path: str, body: dict[str, Any] | None, lines: asyncio.Queue[str | None]
    ) -> None:
        import httpx2

        is_near = urlsplit(self._address).hostname in LOOPBACK  # what stays on this machine takes no proxy
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        patience = httpx2.Timeout(self._patience_s, connect=CONNECT_S)
        try:
            async with (
                httpx2.AsyncClient(
                    headers=headers, timeout=patience, verify=self._tls, trust_env=not is_near
                ) as client,
                client.stream(method, f"{self._address}{path}", json=body) as response,
            ):
                if response.status_code != httpx2.codes.OK:
                    raise self._error(response.status_code, (await response.aread()).decode(errors="replace"))
                async for line in response.aiter_lines():
                    lines.put_nowait(line)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise ServerError(
                "There is no server at {address}.",
                hint="Start it, or correct the address: in the options of the engine, or with --address.",
                address=self._address,
            ) from error
        except httpx2.TimeoutException as error:
            raise ServerError(
                "The server at {address} was silent for {seconds:g} s.",
                hint="It may be busy, or its model too large. More patience can be set in the options of the engine.",
                address=self._address,
                seconds=self._patience_s,
            ) from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise self._broke_off() from error

    def _error(self, status: int, text: str) -> ServerError:
        """What the server says is wrong."""
        if status in (401, 403):
            return ServerError(
                "The server at {address} does not accept the key."
                if self._key
                else "The server at {address} wants a key.",
                hint="Set {variable}, or store it in the keyring of the system: `keyring set {service} {address}`.",
                address=self._address,
                variable=KEY_VARIABLE,
                service=KEYRING_SERVICE,
            )
        try:
            said = json.loads(text)
            said = said.get("error") or said.get("detail") or said.get("message")
            said = said["message"] if isinstance(said, dict) else said
        except (ValueError, LookupError, TypeError, AttributeError):
            said = None
        if not said:
            return ServerError(
                "The server at {address} answers with status {status}.",
                hint="Check the address in the options of the engine: most servers want /v1 at its end.",
                address=self._address,
                status=status,
            )
        message = str(said).replace(self._key or "\0", "…").strip().splitlines()[0]
        return ServerError(
            "The server at {address} says: {message}", address=self._address, message=message[:MOST_TOLD]
        )

    def _nonsense(self) -> ServerError:
        return ServerError(
            "The server at {address} answers with something that is no chat.",
            hint="Check the address in the options of the engine: most servers want /v1 at its end.",
            address=self._address,
        )

    def _broke_off(self) -> ServerError:
        return ServerError(
            "The server at {address} broke off in the middle of its answer.",
            hint="Ask again. If it happens again, the log of the server tells more.",
            address=self._address,
        )


async def _next(lines: asyncio.Queue[str | None], cancelled: Callable[[], bool]) -> str | None:
    """The next line, None at the end."""
    coming = asyncio.ensure_future(lines.get())
    while not cancelled():
        done, _ = await asyncio.wait({coming}, timeout=POLL_S)
        if done:
            return coming.result()
    coming.cancel()
    raise Cancelled
