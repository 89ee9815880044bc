"""What `sensorium sketch` does: words and a sketch to pictures in files, each with all that made it. No Qt."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np

from desktop_app.files import write_file
from desktop_app.paths import Paths
from desktop_app.sessions.choices import options_of
from desktop_app.settings import Settings
from desktop_app.styles import styled
from desktop_app.terminal import Interrupts, StatusLine
from workers.catalogue.catalogue import Catalogue
from workers.catalogue.presets import Preset, presets_for
from workers.engine_pool import EngineLease, EnginePool, Priority
from workers.engines.base import EngineSpec
from workers.engines.devices import machine
from workers.engines.sketch.layout import check_size
from workers.engines.sketch.line_maps import LINE_KINDS
from workers.engines.sketch.schedulers import check_scheduler
from workers.errors import DiskError, SourceError, UsageError
from workers.pictures import picture_of
from workers.png_settings import png_with_settings, read_settings
from workers.results import (
    NEW_SEEDS_BELOW,
    Control,
    ControlKind,
    ControlRequest,
    GeneratedImage,
    Lora,
    Notice,
    Picture,
    Progress,
    SketchRequest,
    StepPreview,
)
from workers.sources.image_file import read_image

LONGEST_PX = 2048  # of what is read: no picture that is drawn is larger


@dataclass(frozen=True)
class Order:
    """What the user typed; None or "" is what was left out.

    Attributes:
        controls: what the sketch is turned into.
        control_is_map: the sketch is that already.
        like: a picture whose settings hold where nothing else was typed.
        loras: each "ID" or "ID:SCALE".
    """

    sketch: str
    output: str
    prompt: str | None = None
    negative: str | None = None
    controls: tuple[ControlKind, ...] = ()
    control_is_map: bool = False
    control_scale: float | None = None
    control_start: float | None = None
    control_end: float | None = None
    init: str = ""
    mask: str = ""
    strength: float | None = None
    steps: int | None = None
    guidance_scale: float | None = None
    seed: int | None = None
    size: str = ""
    count: int = 1
    like: str = ""
    style: str = ""
    model: str = ""
    scheduler: str | None = None
    eta: float | None = None
    loras: tuple[str, ...] = ()
    replaces: bool = False
    is_json: bool = False


def run(order: Order, paths: Paths, complain: Callable[[object], None]) -> int:
    """Draws the pictures, each written as soon as it is finished, and returns the exit code.

    Raises:
        AppError: nothing can be drawn.
        Cancelled: by Ctrl-C; what was finished is there.
    """
    targets = _targets(order)
    settings = Settings.load(paths.settings_file)
    catalogue = Catalogue(settings.models_dir(paths.models_dir))
    like = _like(order)
    sketch = _picture(order.sketch) if order.sketch else None
    request, preset = _request(order, catalogue, like, complain)
    engine = catalogue.entry(request.model).engines[0]
    spec = catalogue.spec(engine, request.model, options_of(settings.draw, engine))
    check_size(request.width, request.height)
    check_scheduler(request.scheduler)
    # Before anything is loaded: whether what a picture names fits, and there are ControlNets for what is asked for.
    catalogue.located(request)
    nets = {kind: catalogue.control_model(request.model, kind).id for kind in order.controls}
    estimated = () if order.control_is_map else order.controls
    of_estimators = options_of(settings.draw, "preprocessor")
    helpers = {kind: catalogue.estimator(kind, of_estimators) for kind in estimated if kind not in LINE_KINDS}
    with contextlib.ExitStack() as stack:
        status = stack.enter_context(StatusLine())
        interrupts = stack.enter_context(Interrupts())
        pool = stack.enter_context(contextlib.closing(EnginePool()))

        def acquired(wanted: EngineSpec) -> EngineLease:
            lease = pool.acquire(
                wanted,
                on_progress=lambda fraction, message: status.show(message),
                cancelled=interrupts.cancelled,
            )
            stack.callback(lease.release)
            return lease

        lease = acquired(spec)
        if sketch is not None:
            maps = {kind: _map(acquired(helpers.get(kind, spec)), kind, sketch, interrupts) for kind in estimated}
            controls = (_control(order, preset, kind, nets[kind], maps.get(kind, sketch)) for kind in order.controls)
            request = replace(request, controls=tuple(controls))
        request = catalogue.located(request)
        for number, target in enumerate(targets):
            status.clear()
            one = request.variation(number)
            image = _drawn(lease, one, interrupts, status, complain, f"{number + 1}/{len(targets)}")
            status.clear()
            write_file(target, png_with_settings(image.pixels, image.request), replaces=order.replaces)
            _tell(order, target, image, spec)
    return 0


# ── what was typed ───────────────────────────────────────────────────────────────────────────────────────────────────


def _targets(order: Order) -> list[Path]:
    """The files that will be written, checked before anything is drawn.

    Raises:
        UsageError: a name cannot be that of a picture, or something is there already.
        DiskError: the folder does not exist or may not be written.
    """
    path = Path(order.output)
    if path.suffix.lower() != ".png":
        raise UsageError("'{path}' does not end with .png.", hint="Give --output NAME.png.", path=order.output)
    if not path.parent.is_dir():
        raise DiskError("The folder '{folder}' does not exist.", "Make it first.", folder=path.parent)
    if not os.access(path.parent, os.W_OK):
        raise DiskError("'{path}' may not be written.", "Choose another folder, or mend its rights.", path=path)
    targets = [path]
    if order.count > 1:
        targets = [path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, order.count + 1)]
    read = {Path(name).resolve() for name in (order.sketch, order.init, order.mask, order.like) if name}
    for target in targets:
        if target.resolve() in read or target.is_dir():
            raise UsageError("'{path}' would be overwritten.", hint="Choose another name.", path=target)
        if target.exists() and not order.replaces:
            raise UsageError("'{path}' is already there.", hint="Choose another name, or add --overwrite.", path=target)
    return targets


def _like(order: Order) -> SketchRequest | None:
    """The settings of the picture that the new ones should be like.

    Raises:
        SourceError: it carries none.
    """
    if not order.like:
        return None
    found = read_settings(Path(order.like))
    if found is None:
        raise SourceError(
            "{path} does not say how it was made.",
            hint="Choose a PNG that Sensorium, or another program for Stable Diffusion, has saved.",
            path=order.like,
        )
    return found


def _request(
    order: Order, catalogue: Catalogue, like: SketchRequest | None, complain: Callable[[object], None]
) -> tuple[SketchRequest, Preset]:
    """What was typed, then what the other picture says, then what suits the model.

    Raises:
        AppError: an option does not fit.
    """
    if order.controls and not order.sketch:
        raise UsageError("--control says what becomes of a sketch.", hint="Give one: SKETCH.png.")
    if order.control_is_map and not order.sketch:
        raise UsageError("--control-is-map says what a sketch is.", hint="Give one: SKETCH.png.")
    if order.mask and not order.init:
        raise UsageError("--mask says which part of a picture is made anew.", hint="Give it: --init IMAGE.")
    model = _model(order, catalogue, like, complain)
    preset = presets_for(catalogue, model, "final", machine())[0]
    if like is None:
        base = replace(preset.request(model), seed=secrets.randbelow(NEW_SEEDS_BELOW))
    else:
        base = _moved(like, model, catalogue, complain)
    init = _picture(order.init) if order.init else base.init_image
    prompt = base.prompt if order.prompt is None else order.prompt
    negative = base.negative_prompt if order.negative is None else order.negative
    prompt, negative = styled(order.style, prompt, negative)
    typed: dict[str, Any] = {
        "strength": order.strength,
        "num_inference_steps": order.steps,
        "guidance_scale": order.guidance_scale,
        "seed": order.seed,
        "scheduler": order.scheduler,
        "eta": order.eta,
        "mask_image": _picture(order.mask) if order.mask else None,
        "loras": tuple(map(_lora, order.loras)) or None,
    }
    request = replace(base, prompt=prompt, negative_prompt=negative, init_image=init)
    request = replace(request, **{name: value for name, value in typed.items() if value is not None})
    width, height = _size(order, request, preset, fits=like is None)
    return replace(request, width=width, height=height, has_previews=False), preset


def _model(order: Order, catalogue: Catalogue, like: SketchRequest | None, complain: Callable[[object], None]) -> str:
    """The model that draws: the one that was typed, that of the other picture, or the first that is installed.

    Raises:
        UsageError: the one that was typed does something else.
        ModelMissing, ModelBroken.
    """
    if order.model:
        entry = catalogue.entry(order.model)
        if entry.task != "sketch":
            raise UsageError("The model '{id}' does not {verb}.", id=entry.id, verb="draw")
        return order.model
    if like is not None and like.model:
        if any(entry.id == like.model for entry in catalogue.installed("sketch")) or Path(like.model).is_dir():
            return like.model
        complain(f"{order.like} was drawn with {like.model}, which is not installed; another model draws now.")
    return catalogue.default_model("sketch").id


def _moved(like: SketchRequest, model: str, catalogue: Catalogue, complain: Callable[[object], None]) -> SketchRequest:
    """The settings of a picture for another model: with ControlNets that go with it, and without LoRAs that do not.

    Raises:
        ModelMissing: there is no ControlNet for a control.
    """
    if like.model == model:
        return like
    known = {entry.id for entry in catalogue.companions(model, "lora")}
    for lora in like.loras:
        if lora.model not in known:
            complain(f"The LoRA {lora.model} does not go with {model} and is left out.")
    return replace(
        like,
        model=model,
        controls=tuple(
            replace(control, model=catalogue.control_model(model, control.kind).id) for control in like.controls
        ),
        loras=tuple(lora for lora in like.loras if lora.model in known),
    )


def _size(order: Order, request: SketchRequest, preset: Preset, *, fits: bool) -> tuple[int, int]:
    """(width, height): as typed; else, where `fits`, of the shape of what is drawn from, as large as suits the model.

    Raises:
        UsageError: it is no size.
    """
    if order.size:
        match = re.fullmatch(r"(\d{1,5})\s*[xX×]\s*(\d{1,5})", order.size.strip())
        if match is None:
            raise UsageError("'{size}' is no size.", hint="Write it as 512x512.", size=order.size)
        return int(match[1]), int(match[2])
    shape = order.init or order.sketch
    if not (fits and shape):
        return request.width, request.height
    height, width = read_image(Path(shape), longest_px=LONGEST_PX).shape[:2]
    return preset.size_for(width, height)


def kinds_of(names: Sequence[str]) -> tuple[ControlKind, ...]:
    """The kinds of controls that were typed, each once.

    Raises:
        UsageError: there is no such kind.
    """
    for name in names:
        if name not in get_args(ControlKind):
            raise UsageError(
                "There is no control '{name}'.",
                hint="Choose one of: {names}.",
                name=name,
                names=", ".join(get_args(ControlKind)),
            )
    return tuple(cast(ControlKind, name) for name in dict.fromkeys(names))


def _lora(text: str) -> Lora:
    """Raises UsageError where what is after the colon is no number."""
    name, colon, scale = text.rpartition(":")
    if not colon:
        return Lora(text)
    try:
        return Lora(name, float(scale))
    except ValueError as error:
        raise UsageError("'{text}' is no LoRA with its scale.", hint="Write it as --lora ID:0.8.", text=text) from error


def _picture(name: str) -> Picture:
    """The picture in a file; what is transparent stays so.

    Raises:
        SourceError: it cannot be read.
    """
    return picture_of(np.ascontiguousarray(read_image(Path(name), longest_px=LONGEST_PX, has_alpha=True)))


# ── what is drawn ────────────────────────────────────────────────────────────────────────────────────────────────────


def _map(lease: EngineLease, kind: ControlKind, sketch: Picture, interrupts: Interrupts) -> Picture:
    """The sketch as a ControlNet of this kind wants to see it."""
    found = lease.ask(ControlRequest(kind, sketch), cancelled=interrupts.cancelled, priority=Priority.FILE)
    return picture_of(found.pixels)


def _control(order: Order, preset: Preset, kind: ControlKind, net: str, image: Picture) -> Control:
    control = preset.control(kind, image, net)
    if order.control_scale is not None:
        control = replace(control, conditioning_scale=order.control_scale)
    if order.control_start is not None:
        control = replace(control, start=order.control_start)
    return control if order.control_end is None else replace(control, end=order.control_end)


def _drawn(
    lease: EngineLease,
    request: SketchRequest,
    interrupts: Interrupts,
    status: StatusLine,
    complain: Callable[[object], None],
    which: str,
) -> GeneratedImage:
    """The finished picture; steps are told on the way."""
    for result in lease.run(request, cancelled=interrupts.cancelled, priority=Priority.FILE):
        match result:
            case GeneratedImage():
                return result
            case StepPreview():
                left = f", {result.seconds_left:.0f} s left" if result.seconds_left >= 1 else ""
                status.show(f"Picture {which}: step {result.step}/{result.of}{left}")
            case Notice():
                status.clear()
                complain(f"{result.sentence} {result.hint}".strip())
            case Progress():
                status.show(result.message)
    raise AssertionError("an engine ends with a picture or an error")


def _tell(order: Order, path: Path, image: GeneratedImage, spec: EngineSpec) -> None:
    if order.is_json:
        line = json.dumps(
            {
                "output": str(path),
                "seed": image.request.seed,
                "steps": image.request.num_inference_steps,
                "model": spec.model_id,
                "seconds": round(image.seconds, 3),
            },
            ensure_ascii=False,
        )
    else:
        line = str(path)
    sys.stdout.write((line + "\n").encode("utf-8", "replace").decode("utf-8"))  # names of files may hold anything
    sys.stdout.flush()
