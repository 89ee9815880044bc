"""What the settings and the drawing mean for a picture: which model with what beside it, and the whole request."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from desktop_app.sessions.choices import options_of
from desktop_app.styles import styled
from workers.catalogue.presets import Preset, presets_for
from workers.engines.devices import machine
from workers.engines.sketch.fits import check_lora
from workers.engines.sketch.layout import Layout
from workers.engines.sketch.line_maps import LINE_KINDS, lines_on_black
from workers.engines.sketch.schedulers import MOST_STEPS, SCHEDULERS, can_draw
from workers.engines.transformers_models import config_of, load_errors
from workers.pictures import frame_of, on_ground, picture_of, quick_picture_of, rgba_of
from workers.results import Control, ControlKind, Frame, GeneratedImage, Lora, Picture, SketchRequest
from workers.sketch_policy import SketchPolicyOptions

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QSize
    from PySide6.QtGui import QImage, QPainterPath

    from desktop_app.canvas.document import Drawing as CanvasDrawing
    from desktop_app.canvas.snapshot import Snapshot
    from desktop_app.settings import Draw, Settings
    from workers.catalogue.catalogue import Catalogue
    from workers.engines.base import EngineSpec

UPSCALE = 2
UPSCALE_STRENGTH = 0.35  # enough to add what a larger picture shows, too little to move anything


@dataclass(frozen=True)
class SketchPlan:
    """A model, what it takes where nobody chose, and what can be put beside it.

    Attributes:
        live: of the quick pictures that follow the pen; `final` of all others.
        controls: the ids of the ControlNets that are installed and fit, by what they are shown.
        loras: the ids of those that are installed and fit, with their titles.
        other_loras: those that are installed and were made for another kind of model.
        unfit_schedulers: the names of those that cannot draw with the model.
    """

    model_id: str
    live: Preset
    final: Preset
    is_starter: bool = False
    controls: Mapping[ControlKind, str] = field(default_factory=dict)
    loras: Mapping[str, str] = field(default_factory=dict)
    other_loras: Mapping[str, str] = field(default_factory=dict)
    unfit_schedulers: tuple[str, ...] = ()


@dataclass(frozen=True)
class SketchWish:
    """What somebody wants beside the drawing: the settings, and what the reference was turned into.

    Attributes:
        base: a picture of which only what is selected is made anew.
    """

    draw: Draw
    control_map: Picture | None = None
    control_kind: ControlKind | None = None
    base: Picture | None = None


def sketch_plan(settings: Settings, catalogue: Catalogue) -> SketchPlan:
    """The model that the settings name, or the first that is installed, with what is installed beside it.

    Reads the disk: in a worker thread.

    Raises:
        ModelMissing, ModelBroken.
    """
    wanted = settings.draw.model
    entry = catalogue.entry(wanted) if wanted else catalogue.default_model("sketch")
    folder = catalogue.locate(entry.id)  # says why it cannot be used, before anything is drawn
    with load_errors(folder):
        own_scheduler = config_of(folder / "scheduler", "scheduler_config.json")
    controls: dict[ControlKind, str] = {}
    for kind in get_args(ControlKind):
        fitting = [one for one in catalogue.companions(entry.id, "control", kind) if catalogue.is_installed(one)]
        if fitting:
            controls[kind] = fitting[0].id
    loras = catalogue.companions(entry.id, "lora")
    return SketchPlan(
        entry.id,
        live=presets_for(catalogue, entry.id, "live", machine())[0],
        final=presets_for(catalogue, entry.id, "final", machine())[0],
        is_starter=entry.source == "bundled",
        controls=controls,
        loras={one.id: one.title for one in loras if catalogue.is_installed(one)},
        other_loras={
            one.id: one.title for one in catalogue.entries("lora") if one not in loras and catalogue.is_installed(one)
        },
        unfit_schedulers=tuple(name for name in SCHEDULERS if not can_draw(name, own_scheduler)),
    )


def add_lora(settings: Settings, catalogue: Catalogue, file: Path) -> tuple[str, SketchPlan]:
    """Remembers the file of a LoRA for the model that draws; gives its id and what there is now.

    Reads the disk: in a worker thread.

    Raises:
        ModelBroken: it is no LoRA.
        EngineError: it was made for another kind of model.
        ModelMissing: there is no model that draws.
    """
    plan = sketch_plan(settings, catalogue)
    check_lora(file.name, file, config_of(catalogue.locate(plan.model_id) / "unet"))
    return catalogue.add_folder(file).id, sketch_plan(settings, catalogue)


def sketch_spec(settings: Settings, catalogue: Catalogue, model_id: str) -> EngineSpec:
    """The engine that draws with a model.

    Raises:
        ModelMissing, ModelBroken, UsageError.
    """
    engine = catalogue.entry(model_id).engines[0]
    return catalogue.spec(engine, model_id, options_of(settings.draw, engine))


def control_spec(settings: Settings, catalogue: Catalogue, plan: SketchPlan, kind: ControlKind) -> EngineSpec:
    """The engine that turns a picture into a control of a kind.

    Raises:
        ModelMissing, ModelBroken, UsageError.
    """
    if kind in LINE_KINDS:
        return sketch_spec(settings, catalogue, plan.model_id)
    return catalogue.estimator(kind, options_of(settings.draw, "preprocessor"))


def line_kind(plan: SketchPlan, draw: Draw) -> ControlKind | None:
    """As what the lines of a drawing steer: what was chosen, or else a kind for which there is a ControlNet."""
    kinds = (draw.control, *LINE_KINDS) if draw.control else ()
    return next((kind for kind in kinds if kind in plan.controls), None)


def has_lines(snapshot: Snapshot) -> bool:
    """Whether lines are seen."""
    from desktop_app.canvas.layers import Layer

    return not snapshot.is_empty(Layer.LINE_ART) and Layer.LINE_ART not in snapshot.hidden


def policy_options(draw: Draw) -> SketchPolicyOptions:
    """How eager the live canvas is."""
    return SketchPolicyOptions(mode=draw.live_mode, has_final=draw.has_final)


def request_of(plan: SketchPlan, wish: SketchWish, snapshot: Snapshot, *, is_final: bool) -> SketchRequest | None:
    """All that makes the picture; None where no drawing steers and there is no word. Packs PNGs: in a worker thread."""
    from desktop_app.canvas.layers import Layer

    draw = wish.draw
    kind = line_kind(plan, draw) if has_lines(snapshot) else None
    has_colors = draw.use_colors and not snapshot.is_empty(Layer.COLOR) and Layer.COLOR not in snapshot.hidden
    if not (kind or has_colors or wish.control_map or wish.base or draw.prompt.strip()):
        return None
    preset = plan.final if is_final else plan.live
    controls: list[Control] = []
    if kind is not None:
        lines = preset.control(kind, snapshot.line_picture(), plan.controls[kind])
        controls.append(_heeded(lines, draw.conditioning_scale, draw.control_start, draw.control_end))
    if wish.control_map and wish.control_kind and wish.control_kind in plan.controls:
        reference = preset.control(wish.control_kind, wish.control_map, plan.controls[wish.control_kind])
        reference = replace(reference, is_reference=True)
        controls.append(_heeded(reference, draw.reference_scale, draw.reference_start, draw.reference_end))
    init_image, mask_image, strength = None, None, draw.strength
    if wish.base is not None:
        init_image, mask_image, strength = wish.base, snapshot.selection_picture(), 1.0
    elif has_colors:
        init_image = snapshot.color_picture()
    prompt, negative_prompt = styled(draw.style, draw.prompt, draw.negative_prompt)
    request = preset.request(plan.model_id, prompt, controls=tuple(controls))
    loras = _loras(plan, request.loras, draw.loras)
    width, height = preset.size_for(snapshot.size.width(), snapshot.size.height())
    guidance_scale, scheduler = draw.guidance_scale, draw.scheduler
    if not is_final and any(lora.model in preset.loras for lora in loras):  # made for this sampler and guidance
        guidance_scale, scheduler = 0.0, ""
    return replace(
        request,
        negative_prompt=negative_prompt,
        width=draw.width or width,
        height=draw.height or height,
        seed=draw.seed,
        num_inference_steps=(draw.num_inference_steps if is_final else draw.live_steps)
        or steps_for(preset, 1.0 if init_image is None else strength),
        guidance_scale=guidance_scale or request.guidance_scale,
        scheduler=scheduler or request.scheduler,
        eta=draw.eta,
        vae=draw.vae or request.vae if is_final else request.vae,
        init_image=init_image,
        strength=strength,
        mask_image=mask_image,
        loras=loras,
    )


def steps_for(preset: Preset, strength: float) -> int:
    """Of how many steps those that are run, where only a share of a picture is drawn anew, are as many as suit."""
    return min(MOST_STEPS, math.ceil(preset.num_inference_steps / strength))


def _heeded(control: Control, scale: float, start: float, end: float) -> Control:
    """As strictly and as long as somebody chose; 0 leaves the preset's."""
    return replace(
        control,
        conditioning_scale=scale or control.conditioning_scale,
        start=start or control.start,
        end=end or control.end,
    )


def _loras(plan: SketchPlan, presets: tuple[Lora, ...], chosen: Mapping[str, float]) -> tuple[Lora, ...]:
    """Those of the preset, as strong as somebody chose, and then what else was chosen and fits; none of no strength."""
    scales = {lora.model: lora.scale for lora in presets}
    scales |= {model: scale for model, scale in chosen.items() if model in plan.loras}
    return tuple(Lora(model, scale) for model, scale in scales.items() if scale)


def enlarged(image: GeneratedImage) -> SketchRequest:
    """The same picture twice as large. In a worker thread.

    Its controls become as large as the picture that it begins with: all fit on one canvas when it is brought back.
    """
    from PIL import Image

    height, width = (UPSCALE * side for side in image.pixels.shape[:2])
    large = Image.fromarray(image.pixels).resize((width, height), Image.Resampling.LANCZOS)
    layout, drawn = Layout(width, height, factor=1), _lines(image.request)

    def enlarged_control(control: Control) -> Control:
        pixels = layout.place_control(control)
        if control is drawn:
            return replace(control, image=quick_picture_of(255 - pixels))
        return replace(control, image=picture_of(np.dstack([pixels] * 3) if pixels.ndim == 2 else pixels))

    return replace(
        image.request,
        width=width,
        height=height,
        controls=tuple(map(enlarged_control, image.request.controls)),
        init_image=quick_picture_of(np.asarray(large)),  # packed as the layers of a canvas
        mask_image=None,
        strength=UPSCALE_STRENGTH,
    )


@dataclass(frozen=True)
class Restored:
    """All that made a picture, as the page takes it.

    Attributes:
        settings: by their places.
        drawing: its lines and colours, and what a reference was turned into as the reference; None for a picture of
            another tool, which says nothing about any.
        base: the picture of which a part, `selection`, was made anew; its request says what made the part.
        missing: the ids of what is not installed here, or does not go with the model.
    """

    settings: Mapping[str, Any]
    drawing: CanvasDrawing | None = None
    base: GeneratedImage | None = None
    selection: QPainterPath | None = None
    missing: tuple[str, ...] = ()


def restored(request: SketchRequest, settings: Settings, catalogue: Catalogue, size: QSize) -> Restored:
    """Everything that a picture says about how it was made. In a worker thread.

    Args:
        size: of the canvas, which it keeps where the picture was made without a drawing.

    Raises:
        SourceError, UsageError: a picture in the request is damaged or too large.
    """
    found = settings_of(request)
    loras = [lora.model for lora in request.loras]
    if not request.model:
        return Restored(found, missing=tuple(dict.fromkeys(loras)))
    is_there = request.model in {entry.id for entry in catalogue.installed("sketch")}
    if is_there and request.model != catalogue.default_model("sketch").id:
        found = {"draw.model": request.model, **found}
    elif is_there and settings.draw.model not in ("", request.model):
        found = {"draw.model": "", **found}
    if not (is_there or request.controls or request.init_image):  # most likely of another tool
        return Restored(found, missing=tuple(dict.fromkeys([request.model, *loras])))
    drawing = drawing_of(request, size)
    if is_there:
        found |= _by_itself(found, presets_for(catalogue, request.model, "final", machine())[0], drawing.size)
    known = {entry.id for entry in catalogue.companions(request.model, "lora")} if is_there else set()
    missing = [] if is_there else [request.model]
    missing += [lora for lora in loras if lora not in known]
    found = {"draw.reference_kind": "", **found}
    base, selection = None, None
    if request.init_image is not None and request.mask_image is not None:
        base = _base(request, frame_of(request.init_image))
        selection = _selection(request.mask_image, drawing.size)
    return Restored(found, drawing, base, selection, missing=tuple(dict.fromkeys(missing)))


def _by_itself(found: Mapping[str, Any], preset: Preset, size: QSize) -> dict[str, Any]:
    """What suits model and drawing anyhow stays its own choice, so that pictures that follow the pen stay quick."""
    width, height = preset.size_for(size.width(), size.height())
    groups: tuple[dict[str, Any], ...] = (
        {"draw.num_inference_steps": steps_for(preset, found.get("draw.strength", 1.0))},
        {"draw.guidance_scale": preset.guidance_scale},
        {"draw.scheduler": preset.scheduler},
        {"draw.vae": preset.vae},
        {"draw.width": width, "draw.height": height},
        {"draw.conditioning_scale": preset.conditioning_scale},
        {"draw.control_end": preset.control_end},
        {"draw.reference_scale": preset.conditioning_scale},
        {"draw.reference_end": preset.control_end},
    )
    anyhow = {
        place: type(value)()
        for group in groups
        if all(found.get(place) == value for place, value in group.items())
        for place, value in group.items()
    }
    chosen = {lora: scale for lora, scale in found["draw.loras"].items() if preset.loras.get(lora) != scale}
    without = {lora: 0.0 for lora in preset.loras if lora not in found["draw.loras"]}
    return anyhow | {"draw.loras": without | chosen}


def settings_of(request: SketchRequest) -> dict[str, Any]:
    """What a request says of the settings, by their places."""
    found: dict[str, Any] = {
        "draw.prompt": request.prompt,
        "draw.negative_prompt": request.negative_prompt,
        "draw.style": "",
        "draw.width": request.width,
        "draw.height": request.height,
        "draw.seed": request.seed,
        "draw.is_seed_locked": True,
        "draw.num_inference_steps": request.num_inference_steps,
        "draw.guidance_scale": request.guidance_scale or 1.0,  # which is the same, and 0 stands for the preset's
        "draw.scheduler": request.scheduler,
        "draw.eta": request.eta,
        "draw.vae": request.vae,
        "draw.loras": {lora.model: lora.scale for lora in request.loras},
    }
    if (lines := _lines(request)) is not None:
        found |= {
            "draw.control": lines.kind,
            "draw.conditioning_scale": lines.conditioning_scale,
            "draw.control_start": lines.start,
            "draw.control_end": lines.end,
        }
    if (reference := _reference(request)) is not None:
        found |= {
            "draw.reference_kind": reference.kind,
            "draw.reference_scale": reference.conditioning_scale,
            "draw.reference_start": reference.start,
            "draw.reference_end": reference.end,
        }
    if request.init_image is not None and request.mask_image is None:
        found |= {"draw.use_colors": True, "draw.strength": request.strength}
    return found


def drawing_of(request: SketchRequest, size: QSize) -> CanvasDrawing:
    """The lines, colours and map that a picture was made from, none of this size if there were none.

    In a worker thread.

    Raises:
        SourceError: a picture in the request is damaged.
        UsageError: one is larger than a canvas.
    """
    from PySide6.QtCore import Qt

    from desktop_app.canvas.document import Drawing, check_size
    from desktop_app.canvas.layers import Layer, Reference, fitted
    from desktop_app.canvas.pictures import image_of

    images = {}
    if (lines := _lines(request)) is not None:
        images[Layer.LINE_ART] = _ink(255 - lines_on_black(rgba_of(lines.image)))
    if request.init_image is not None and request.mask_image is None:
        images[Layer.COLOR] = _ink(frame_of(request.init_image))
    reference = _reference(request)
    below = None if reference is None else image_of(on_ground(rgba_of(reference.image), 0))
    pictures = [*images.values(), *([] if below is None else [below])]
    size = pictures[0].size() if pictures else size
    check_size(size)
    smooth = Qt.TransformationMode.SmoothTransformation
    return Drawing(
        size,
        {
            layer: image if image.size() == size else image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            for layer, image in images.items()
        },
        None if below is None else Reference(below, fitted(below.size(), size), is_map=True),
    )


def _lines(request: SketchRequest) -> Control | None:
    """What was drawn; a map of another picture is none."""
    lines = (control for control in request.controls if control.kind in LINE_KINDS and not control.is_reference)
    return next(lines, None)


def _reference(request: SketchRequest) -> Control | None:
    """What a reference was turned into."""
    return next((control for control in request.controls if control is not _lines(request)), None)


def _ink(pixels: Frame) -> QImage:
    """What lies on white, as ink on nothing: on white again it gives the very same pixels."""
    from PySide6.QtGui import QImage

    height, width, _ = pixels.shape
    white = pixels.min(axis=2, keepdims=True)
    ink = np.ascontiguousarray(np.concatenate([pixels - white, 255 - white], axis=2))
    return QImage(ink.data, width, height, 4 * width, QImage.Format.Format_RGBA8888_Premultiplied).copy()


def _base(request: SketchRequest, pixels: Frame) -> GeneratedImage:
    """A picture of which a part was made anew: of how it was made itself, no more is known than what made the part."""
    height, width, _ = pixels.shape
    return GeneratedImage(pixels, replace(request, width=width, height=height, init_image=None, mask_image=None), 0.0)


def _selection(mask: Picture, size: QSize) -> QPainterPath:
    """What a mask lets through, in pixels of a canvas of this size."""
    from PySide6.QtGui import QPainterPath, QRegion, QTransform

    light = on_ground(rgba_of(mask), 0).max(axis=2) > 0  # its soft border, too
    region = QRegion()
    for y, row in enumerate(light):
        for first, last in np.flatnonzero(np.diff(row, prepend=False, append=False)).reshape(-1, 2):
            region += QRegion(int(first), y, int(last - first), 1)
    path = QPainterPath()
    path.addRegion(region)
    return QTransform.fromScale(size.width() / light.shape[1], size.height() / light.shape[0]).map(path.simplified())
