"""All that made a picture, inside its PNG: for people and other tools as text, for us whole. No Qt, no torch.

    parameters   what many tools write and read: the prompt, "Negative prompt: …", "Steps: 20, Sampler: Euler, …"
    sensorium    our JSON, compressed: the whole request with the pictures in it, so that one file brings all back

What is read may come from anybody: lengths are bounded before anything is unpacked, every value is checked, and what
does not fit is one sentence.
"""

from __future__ import annotations

import base64
import io
import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workers.engines.sketch.schedulers import SCHEDULERS
from workers.errors import SourceError
from workers.pictures import PNG_SIGNATURE
from workers.results import (
    LARGEST_GUIDANCE,
    LARGEST_SEED,
    LARGEST_STORED_SIDE_PX,
    MOST_STORED_STEPS,
    Control,
    ControlKind,
    Frame,
    Lora,
    Picture,
    SketchRequest,
)

KEYWORD = "sensorium"
LORA_TAG = re.compile(r"\s*<lora:([^:<>]{1,500})(?::(-?\d{1,3}(?:\.\d{1,9})?))?(?::[^<>]*)?>")  # as others write it
VERSION = 1
MOST_BYTES = 64 * 2**20  # of a chunk, packed or not: a drawing of 2048 x 2048 takes less
MOST_TEXT = 100_000
TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


class _StoredControl(_Strict):
    kind: ControlKind
    image: str = Field(max_length=MOST_BYTES)
    model: str = Field(max_length=500)
    conditioning_scale: float = Field(ge=0, le=10)
    start: float = Field(ge=0, le=1)
    end: float = Field(ge=0, le=1)
    is_reference: bool = False


class _StoredLora(_Strict):
    model: str = Field(max_length=500)
    scale: float = Field(ge=-10, le=10)


class _Stored(_Strict):
    """A SketchRequest as JSON; pictures are PNGs in base64."""

    prompt: str = Field("", max_length=MOST_TEXT)
    negative_prompt: str = Field("", max_length=MOST_TEXT)
    model: str = Field("", max_length=500)
    width: int = Field(512, ge=1, le=LARGEST_STORED_SIDE_PX)
    height: int = Field(512, ge=1, le=LARGEST_STORED_SIDE_PX)
    seed: int = Field(0, ge=0, le=LARGEST_SEED)
    num_inference_steps: int = Field(20, ge=1, le=MOST_STORED_STEPS)
    guidance_scale: float = Field(7.5, ge=0, le=LARGEST_GUIDANCE)
    scheduler: str = Field("", max_length=100)
    eta: float = Field(0.0, ge=0, le=1)
    controls: list[_StoredControl] = Field(default_factory=list, max_length=16)
    init_image: str | None = Field(None, max_length=MOST_BYTES)
    strength: float = Field(0.75, gt=0, le=1)
    mask_image: str | None = Field(None, max_length=MOST_BYTES)
    loras: list[_StoredLora] = Field(default_factory=list, max_length=64)
    vae: Literal["full", "tiny"] = "full"


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def png_with_settings(pixels: Frame, request: SketchRequest) -> bytes:
    """A picture as a PNG that carries the request that made it."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("parameters", parameters_text(request))
    info.add_itxt(KEYWORD, json.dumps({"version": VERSION, "request": _json_of(request)}), zip=True)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def parameters_text(request: SketchRequest) -> str:
    """The settings in the words that other tools read."""
    lines = [request.prompt]
    if request.negative_prompt:
        lines.append(f"Negative prompt: {request.negative_prompt}")
    scheduler = SCHEDULERS.get(request.scheduler)
    parts = [f"Steps: {request.num_inference_steps}"]
    if scheduler is not None:
        parts.append(f"Sampler: {scheduler.title}")
    parts += [
        f"CFG scale: {request.guidance_scale:g}",
        f"Seed: {request.seed}",
        f"Size: {request.width}x{request.height}",
    ]
    if request.model:
        parts.append(f"Model: {request.model}")
    if request.init_image is not None:
        parts.append(f"Denoising strength: {request.strength:g}")
    lines.append(", ".join(parts))
    return "\n".join(lines)


def details_of(request: SketchRequest) -> dict[str, Any]:
    """What made a picture as plain JSON, for a list or a row: pictures are named by their sha256."""
    details = _json_of(request, encode=lambda picture: picture.sha256)
    return {name: value for name, value in details.items() if value not in (None, [], "")}


def _json_of(request: SketchRequest, encode: Any = None) -> dict[str, Any]:
    encode = encode or (lambda picture: base64.b64encode(picture.png).decode())

    def encoded(picture: Picture | None) -> str | None:
        return None if picture is None else encode(picture)

    return {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "model": request.model,
        "width": request.width,
        "height": request.height,
        "seed": request.seed,
        "num_inference_steps": request.num_inference_steps,
        "guidance_scale": request.guidance_scale,
        "scheduler": request.scheduler,
        "eta": request.eta,
        "controls": [
            {
                "kind": control.kind,
                "image": encoded(control.image),
                "model": control.model,
                "conditioning_scale": control.conditioning_scale,
                "start": control.start,
                "end": control.end,
                "is_reference": control.is_reference,
            }
            for control in request.controls
        ],
        "init_image": encoded(request.init_image),
        "strength": request.strength,
        "mask_image": encoded(request.mask_image),
        "loras": [{"model": lora.model, "scale": lora.scale} for lora in request.loras],
        "vae": request.vae,
    }


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_settings(path: Path) -> SketchRequest | None:
    """The request that made the picture in a file; None where it carries none.

    Raises:
        SourceError: the file cannot be read, or what it carries is damaged.
    """
    try:
        with path.open("rb") as file:
            return settings_in(file, str(path))
    except OSError as error:
        raise SourceError(
            "{path} cannot be read: {reason}.", hint="Check the disk.", path=path, reason=error.strerror or error
        ) from error


def settings_in(file: IO[bytes], name: str) -> SketchRequest | None:
    """As `read_settings`, of an open file; `name` is what an error calls it.

    Raises:
        SourceError: what it has of ours cannot be read.
    """
    if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
        return None
    parameters = None
    try:
        for keyword, text in _texts(file):
            if keyword == KEYWORD:
                return _request_of(json.loads(text, parse_constant=_refuse))
            if keyword == "parameters":
                parameters = text
        return None if parameters is None else _request_in_words(parameters)
    except (ValueError, RecursionError, zlib.error, struct.error) as error:
        raise SourceError(
            "The settings in {path} are damaged.", hint="The picture itself can still be used.", path=name
        ) from error


def _texts(file: IO[bytes]) -> Iterator[tuple[str, str]]:
    """The texts of a PNG with their keywords; the pixels are skipped.

    Raises:
        ValueError, zlib.error, struct.error: a text is damaged, or longer than anything we write.
    """
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind not in TEXT_CHUNKS:
            if kind == b"IEND":
                return
            file.seek(length + 4, io.SEEK_CUR)
            continue
        if length > MOST_BYTES:
            raise ValueError("too long")
        data = file.read(length)
        file.seek(4, io.SEEK_CUR)
        keyword, _, rest = data.partition(b"\0")
        if keyword.decode("latin-1") in (KEYWORD, "parameters"):
            yield keyword.decode("latin-1"), _text_of(kind, rest)


def _text_of(kind: bytes, rest: bytes) -> str:
    if kind == b"tEXt":
        return rest.decode("latin-1")
    if kind == b"zTXt":
        return _unpacked(rest[1:]).decode("latin-1")
    is_packed = rest[:1] == b"\1"
    text = rest[2:].split(b"\0", 2)[2:]  # language and translated keyword come before
    if not text:
        raise ValueError("cut short")
    return (_unpacked(text[0]) if is_packed else text[0]).decode("utf-8")


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(data, MOST_BYTES)
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ValueError("too long, or cut short")
    return text


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _request_of(value: Any) -> SketchRequest:
    if not isinstance(value, dict) or not isinstance(value.get("request"), dict):
        raise ValueError("not ours")  # noqa: TRY004 - what is in a file is a value
    try:
        stored = _Stored.model_validate(value["request"])
    except ValidationError as error:
        raise ValueError(str(error)) from error
    return SketchRequest(
        **stored.model_dump(exclude={"controls", "init_image", "mask_image", "loras"}),
        controls=tuple(
            Control(
                control.kind,
                _picture(control.image),
                control.model,
                conditioning_scale=control.conditioning_scale,
                start=control.start,
                end=control.end,
                is_reference=control.is_reference,
            )
            for control in stored.controls
        ),
        init_image=None if stored.init_image is None else _picture(stored.init_image),
        mask_image=None if stored.mask_image is None else _picture(stored.mask_image),
        loras=tuple(Lora(lora.model, lora.scale) for lora in stored.loras),
    )


def _picture(text: str) -> Picture:
    png = base64.b64decode(text, validate=True)
    if not png.startswith(PNG_SIGNATURE):
        raise ValueError("no PNG")
    return Picture(png)


def _request_in_words(text: str) -> SketchRequest | None:
    """What other tools wrote; None where it is something else."""
    if len(text) > MOST_TEXT:
        raise ValueError("too long")
    head, separator, tail = text.rpartition("\n")
    if not re.match(r"Steps: \d", tail):
        return None
    prompt, _, negative = head.partition("\nNegative prompt: ") if separator else ("", "", "")
    if head.startswith("Negative prompt: "):
        prompt, negative = "", head.removeprefix("Negative prompt: ")
    values = dict(re.findall(r"([A-Z][\w ]*): ([^,]+)", tail))
    size = re.fullmatch(r"(\d{1,5})x(\d{1,5})", values.get("Size", "512x512").strip())
    sampler = values.get("Sampler", "").strip().casefold()
    schedule = values.get("Schedule type", "").strip().casefold()
    loras = [{"model": name, "scale": float(scale or 1)} for name, scale in LORA_TAG.findall(prompt)]
    if loras:
        prompt = LORA_TAG.sub("", prompt).strip(" ,")
    schedulers = {scheduler.title.casefold(): name for name, scheduler in SCHEDULERS.items()}
    if size is None:
        raise ValueError("no size")
    stored = {
        "prompt": prompt,
        "negative_prompt": negative,
        "num_inference_steps": int(values["Steps"]),
        "guidance_scale": float(values.get("CFG scale", "7.5")),
        "seed": int(values.get("Seed", "0")),
        "width": int(size[1]),
        "height": int(size[2]),
        "scheduler": schedulers.get(f"{sampler} {schedule}", schedulers.get(sampler, "")),
        "model": values.get("Model", "").strip(),
        "loras": loras,
    }
    return _request_of({"request": stored})
