"""Stable Diffusion with ControlNets: a sketch and words to a picture, in as few steps as its LoRA allows.

Papers: Rombach et al. 2022, "High-Resolution Image Synthesis with Latent Diffusion Models", arXiv 2112.10752; Podell et
al. 2023, "SDXL", arXiv 2307.01952; Zhang et al. 2023, "Adding Conditional Control to Text-to-Image Diffusion Models",
arXiv 2302.05543; Luo et al. 2023, "LCM-LoRA", arXiv 2311.05556.
Weights: Stable Diffusion 1.5 (CreativeML OpenRAIL-M) and XL (OpenRAIL++-M), ControlNet 1.1 (OpenRAIL), ControlNet-union
(Apache-2.0), TAESD (MIT), the starters of this project (MIT).

One model in memory serves text to image, image to image, inpainting and controls. ControlNets and LoRAs are loaded when
a request first names them, and kept; so are the features of prompts and what controls are shown.
"""

from __future__ import annotations

import contextlib
import copy
import gc
import logging
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from workers.cancel import never
from workers.engines.base import EngineInfo, EngineOptions, OnProgress
from workers.engines.devices import DeviceChoice, torch_device, torch_dtype
from workers.engines.sketch.companions import Companions, Kept
from workers.engines.sketch.decoding import LatentColours, TinyPreviews, decoded, scaled
from workers.engines.sketch.denoising import ActiveControl, Beginning, Denoising
from workers.engines.sketch.fits import UNION_MODES, check_control, check_lora, folder_of, is_union, lora_file
from workers.engines.sketch.layout import LEAST_PX, Layout, Pixels, check_size
from workers.engines.sketch.line_maps import LINE_KINDS, line_map
from workers.engines.sketch.prompts import PromptReader, Words, check_prompt, nothing_like
from workers.engines.sketch.schedulers import MOST_STEPS, check_scheduler, make_scheduler
from workers.engines.sketch.weights import Base, is_tiny, load_base
from workers.engines.transformers_models import load_errors, run_errors
from workers.errors import Cancelled, EngineError, OutOfMemory, UsageError
from workers.pictures import frame_of, on_ground, rgba_of
from workers.results import (
    TINY_VAE,
    Control,
    ControlMap,
    ControlRequest,
    Frame,
    GeneratedImage,
    Notice,
    Picture,
    Progress,
    SketchRequest,
    StepPreview,
)

log = logging.getLogger(__name__)

PROMPTS_KEPT, PICTURES_KEPT, SCHEDULERS_KEPT = 32, 8, 8

# What is tried where the memory of a GPU does not suffice, one after the other: the share of each side that is drawn,
# and whether what is not at work waits in the computer's memory.
CHEAPER = ((1.0, False), (0.75, False), (0.5, False), (1.0, True), (0.5, True))
SHORT_FOR_S = 300.0  # then what did not fit is tried again: another program may have ended


class StableDiffusionOptions(EngineOptions):
    device: DeviceChoice = Field("auto", title="Device", description="Where to compute: a GPU if there is one.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", title="Number format", description="float16 is fastest on a GPU, float32 on a processor."
    )
    compile: bool = Field(
        False,
        title="Compile",
        description="Makes steps faster on a GPU; the first picture of each size then takes a minute longer.",
    )


class StableDiffusion:
    """Answers a SketchRequest with a StepPreview for each step and a GeneratedImage, and finds lines in pictures."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="stable-diffusion",
        title="Stable Diffusion",
        tasks=("sketch", "control", "lora", "vae"),
        options=StableDiffusionOptions,
    )

    def __init__(self, model: Path, options: StableDiffusionOptions) -> None:
        self._folder = model
        self._options = options
        self._base: Base | None = None
        self._words: Kept[Words] = Kept(PROMPTS_KEPT)
        self._pictures: Kept[Any] = Kept(PICTURES_KEPT)  # as tensors
        self._schedulers: Kept[Any] = Kept(SCHEDULERS_KEPT)  # unused ones: a copy takes a quarter of the time
        self._colours: LatentColours | None = None
        self._tiny_previews = TinyPreviews()
        self._step_s: dict[tuple[int, ...], float] = {}  # of what kind of step took how long
        self._decode_s = 0.0
        # Where sizes that did not fit into memory stand in CHEAPER, and since when.
        self._rungs: dict[tuple[int, int], tuple[int, float]] = {}
        self._rests: bool = False  # whether what is not at work waits outside the GPU
        self._is_cancelled: Callable[[], bool] = never
        self.device = ""

    # ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading Stable Diffusion")
        started = time.perf_counter()
        with load_errors(self._folder):
            self.device = torch_device(self._options.device)
            self._dtype = torch_dtype(self.device, self._options.dtype)
        base = load_base(self._folder, device=self.device, dtype=self._dtype, on_progress=on_progress)
        self._prepare(base.unet)
        self._let_cancel(base.vae.encoder)
        self._let_cancel(base.vae.decoder)
        self._reader = PromptReader(base.tokenizers, base.encoders)
        self._companions = Companions(base, device=self.device, dtype=self._dtype, prepare=self._prepare)
        self._base = base
        on_progress(1.0, "Stable Diffusion is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, self.device, time.perf_counter() - started)

    def unload(self) -> None:
        if self._base is not None:
            self._companions.drop_all()
            del self._companions, self._reader  # they hold the model, too
        self._base = None
        self._colours = None
        for kept in (self._words, self._pictures, self._schedulers):
            kept.drop_to(0)

    def _prepare(self, network: Any) -> None:
        """Has a UNet or a ControlNet ready for its steps."""
        import torch

        if self.device == "cuda":
            network.to(memory_format=torch.channels_last)
        if self._options.compile and self.device != "cpu":
            network.compile()
        else:
            self._let_cancel(network)

    def _let_cancel(self, network: Any) -> None:
        """A request that is cancelled stops before the next block of a network, and not only after a step."""

        def stop(*_: object) -> None:
            self._stop_if_cancelled()

        blocks = [*getattr(network, "down_blocks", ()), *getattr(network, "up_blocks", ())]
        for block in [*blocks, network.mid_block] if blocks else network.layers:
            block.register_forward_pre_hook(stop)

    # ── a request ────────────────────────────────────────────────────────────────────────────────────────────────────

    def run(
        self, request: SketchRequest | ControlRequest, cancelled: Callable[[], bool]
    ) -> Iterator[Progress | Notice | StepPreview | GeneratedImage | ControlMap]:
        self._is_cancelled = cancelled
        try:
            self._stop_if_cancelled()
            if isinstance(request, ControlRequest):
                yield _lines(request)
            else:
                self._check(request)
                yield from self._make(request)
        finally:
            self._is_cancelled = never

    def _check(self, request: SketchRequest) -> None:
        """Refuses what cannot be drawn before anything is loaded or computed.

        Raises:
            UsageError, ModelMissing, ModelBroken, EngineError.
        """
        check_size(request.width, request.height)
        check_scheduler(request.scheduler, self._loaded.pipeline.scheduler.config)
        check_prompt(request.prompt)
        check_prompt(request.negative_prompt)
        if not (request.prompt.strip() or request.controls or request.init_image):
            raise UsageError("There is nothing to draw.", hint="Say what the picture should show, or sketch it.")
        if not 1 <= request.num_inference_steps <= MOST_STEPS:
            raise UsageError(
                "A picture takes 1 to {most} steps, not {steps}.", steps=request.num_inference_steps, most=MOST_STEPS
            )
        if request.init_image is not None and not 0 < request.strength <= 1:
            raise UsageError("The strength lies between 0 and 1, not at {strength}.", strength=request.strength)
        if request.mask_image is not None and request.init_image is None:
            raise UsageError("There is no picture to make a part of anew.", hint="Give one.")
        unet = dict(self._loaded.unet.config)
        for control in request.controls:
            check_control(control, folder_of(control.model, request.folders), unet)
        for lora in request.loras:
            check_lora(lora.model, lora_file(lora.model, folder_of(lora.model, request.folders)), unet)
        if request.vae == "tiny" and not self._companions.has_tiny_vae(request):
            raise EngineError(
                "There is no small autoencoder for this model.",
                hint="Download one on the Models page, or choose full quality.",
            )

    def _make(self, request: SketchRequest) -> Iterator[Progress | Notice | StepPreview | GeneratedImage]:
        """Makes the picture as it is asked for or, where memory is short, as it can be made."""
        size = request.width, request.height
        while True:
            rung, since_s = self._rungs.get(size, (0, 0.0))
            if time.monotonic() - since_s > SHORT_FOR_S:
                rung = 0
            share, rests = CHEAPER[rung]
            if rung:
                yield _cheaper_notice(share, rests, request)
            width, height = (max(LEAST_PX, round(side * share)) for side in size)
            try:
                self._set_rests(rests)
                for result in self._attempt(replace(request, width=width, height=height)):
                    yield self._pasted(result, request) if isinstance(result, GeneratedImage) else result
                return
            except OutOfMemory:
                rung += 1
                if rung == len(CHEAPER) or (self.device != "cuda" and CHEAPER[rung][1]):
                    self._free(request)
                    raise
                self._rungs[size] = rung, time.monotonic()
            self._free(request)  # only now: as long as the error is there, so are the tensors of where it was raised

    def _attempt(self, request: SketchRequest) -> Iterator[Progress | Notice | StepPreview | GeneratedImage]:
        started = time.perf_counter()
        if self._companions.lack(request):
            yield Progress(-1.0, "Loading what the picture needs")
            self._stop_if_cancelled()
        nets = self._companions.controlnets(request)
        self._companions.use_loras(request)
        with self._working():
            drawing, layout = self._begun(request, nets)
        for step in range(drawing.of):
            step_started = time.perf_counter()
            with self._working(self._loaded.unet, *nets):
                drawing.step()
            pixels = self._preview(drawing, layout, request, time.perf_counter() - step_started)
            self._step_s[self._kind_of_step(drawing, layout, step)] = time.perf_counter() - step_started
            yield StepPreview(pixels, step + 1, drawing.of, self._seconds_left(drawing, layout, step + 1))
        decode_started = time.perf_counter()
        pixels, request = yield from self._finished(drawing, layout, request)
        now = time.perf_counter()
        self._decode_s = now - decode_started
        yield GeneratedImage(
            pixels=pixels,
            request=request,
            seconds=now - started,
            n_unet_calls=drawing.n_unet_calls,
            n_controlnet_calls=drawing.n_controlnet_calls,
        )

    def _begun(self, request: SketchRequest, nets: list[Any]) -> tuple[Denoising, Layout]:
        """Everything ready for the first step."""
        import torch

        base = self._loaded
        layout = Layout(request.width, request.height, base.factor)
        controls = [
            ActiveControl(
                net=net,
                image=self._control_tensor(control, layout),
                scale=control.conditioning_scale,
                start=control.start,
                end=control.end,
                mode=UNION_MODES[control.kind] if is_union(net.config) else None,
            )
            for control, net in zip(request.controls, nets, strict=True)
        ]
        words, negative = self._read(request)
        generator = torch.Generator("cpu").manual_seed(request.seed)  # the same noise on every device
        drawing = Denoising(
            base.unet,
            self._scheduler(request),
            generator,
            shape=(1, base.unet.config.in_channels, *layout.latent_size),
            words=words,
            negative=negative,
            guidance_scale=request.guidance_scale,
            steps=request.num_inference_steps,
            eta=request.eta,
            factor=base.factor,
            controls=controls,
            beginning=self._beginning(request, layout, generator),
        )
        return drawing, layout

    def _scheduler(self, request: SketchRequest) -> Any:
        def make() -> Any:
            return make_scheduler(request.scheduler, self._loaded.pipeline.scheduler, request.num_inference_steps)

        scheduler = self._schedulers.get((request.scheduler, request.num_inference_steps), make)
        return copy.deepcopy(scheduler, {id(scheduler.config): scheduler.config})

    # ── words and pictures as tensors, kept ──────────────────────────────────────────────────────────────────────────

    def _read(self, request: SketchRequest) -> tuple[Words, Words | None]:
        """What the prompt says, and what guidance leads away from; without guidance that costs nothing."""
        base = self._loaded
        is_guided = request.guidance_scale > 1 and base.unet.config.time_cond_proj_dim is None
        texts = [request.prompt, request.negative_prompt] if is_guided else [request.prompt]
        parts = max(map(self._reader.parts, texts))
        words = self._words_of(request.prompt, parts)
        if not is_guided:
            return words, None
        is_silent = not request.negative_prompt and base.is_xl and base.pipeline.config.force_zeros_for_empty_prompt
        return words, nothing_like(words) if is_silent else self._words_of(request.negative_prompt, parts)

    def _words_of(self, text: str, parts: int) -> Words:
        def read() -> Words:
            with self._working(*self._loaded.encoders):
                return self._reader.read(text, parts, self.device)

        return self._words.get((text, parts, tuple(self._companions.active_loras.items())), read)

    def _control_tensor(self, control: Control, layout: Layout) -> Any:
        """What a ControlNet is shown: (1, 3, H, W) in [0, 1]."""

        def make() -> Any:
            pixels = layout.place_control(control)
            pixels = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
            return _tensor(pixels).to(self.device, self._dtype)

        return self._pictures.get((control.kind, control.image, layout), make)

    def _beginning(self, request: SketchRequest, layout: Layout, generator: Any) -> Beginning | None:
        """The latents of the picture to begin with, drawn from what the autoencoder says as the pipelines draw it."""
        import torch
        from diffusers.utils.torch_utils import randn_tensor

        picture = request.init_image
        if picture is None:
            return None
        vae = self._companions.tiny_vae(request) if request.vae == "tiny" else self._loaded.vae

        def encode() -> tuple[Any, Any]:
            pixels = layout.place(frame_of(picture), fill="edge")
            with self._working(vae):
                encoded = vae.encode((_tensor(pixels) * 2 - 1).to(self.device, vae.dtype))
            spread = getattr(encoded, "latent_dist", None)
            return (encoded.latents, None) if spread is None else (spread.mean, spread.std)

        latents, std = self._pictures.get(("begin", request.vae, picture, layout), encode)
        if std is not None:
            noise = randn_tensor(latents.shape, generator=generator, device=latents.device, dtype=latents.dtype)
            latents = latents + std * noise
        latents = scaled(vae, latents).to(self._dtype)
        mask = None
        if request.mask_image is not None:
            rows, columns = layout.latent_size
            is_anew = self._mask(request.mask_image, layout).reshape(rows, layout.factor, columns, layout.factor) > 0
            mask = torch.from_numpy(is_anew.any(axis=(1, 3)))[None, None].to(self.device, self._dtype)
        return Beginning(latents, request.strength, mask)

    def _mask(self, mask: Picture, layout: Layout) -> Pixels:
        """How much of each pixel is made anew, (H, W), uint8."""
        share: Pixels = layout.place(on_ground(rgba_of(mask), 0), fill="black").max(axis=2)
        return share

    # ── what is seen ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _preview(self, drawing: Denoising, layout: Layout, request: SketchRequest, step_s: float) -> Frame | None:
        """What the picture seems to become, after a step that took so long.

        Nothing at the end where the picture itself comes as quickly.
        """
        if not request.has_previews:
            return None
        tiny = self._companions.tiny_vae(request)
        is_last = drawing.done == drawing.of
        if is_last and (request.vae == "tiny" or tiny is self._loaded.vae):
            return None
        with self._working(tiny or self._loaded.vae):
            x0 = drawing.x0
            if tiny is not None and self._tiny_previews.are_quick(x0, step_s):
                return layout.crop(self._tiny_previews.frame(tiny, x0))
            if self._colours is None:
                self._colours = LatentColours(self._loaded.vae, layout.factor)
            return self._colours.frame(x0)

    def _finished(
        self, drawing: Denoising, layout: Layout, request: SketchRequest
    ) -> Generator[Notice, None, tuple[Frame, SketchRequest]]:
        """The pixels, and the request as it was fulfilled: where memory is short, decoded more cheaply."""
        while True:
            vae = self._companions.tiny_vae(request) if request.vae == "tiny" else self._loaded.vae
            try:
                with self._working(vae):
                    pixels = decoded(vae, drawing.latents)
                break
            except OutOfMemory:
                if request.vae == "full" and TINY_VAE in request.folders and not is_tiny(vae):
                    request = replace(request, vae="tiny")
                    notice = Notice("Memory was short, so the small autoencoder decodes the picture.")
                elif not vae.use_tiling:
                    vae.enable_tiling()
                    notice = Notice("Memory was short, so the picture is decoded in tiles.")
                else:
                    raise
            self._free(request)
            yield notice
        return layout.crop(pixels), request

    def _pasted(self, made: GeneratedImage, request: SketchRequest) -> GeneratedImage:
        """A part that was made anew in its picture, which keeps its size where the part had to be made smaller."""
        if request.mask_image is None or request.init_image is None:
            return made
        layout = Layout(request.width, request.height, self._loaded.factor)
        kept = layout.crop(layout.place(frame_of(request.init_image), fill="edge"))
        share = layout.crop(self._mask(request.mask_image, layout))[..., None] / np.float32(255)
        part = layout.crop(layout.place(made.pixels, fill="edge")).astype(np.float32)
        pixels = np.rint(kept + share * (part - kept)).astype(np.uint8)
        return replace(made, pixels=pixels, request=replace(made.request, width=request.width, height=request.height))

    def _kind_of_step(self, drawing: Denoising, layout: Layout, step: int) -> tuple[int, ...]:
        return layout.width, layout.height, drawing.is_guided, drawing.n_controls(step)

    def _seconds_left(self, drawing: Denoising, layout: Layout, done: int) -> float:
        """By how long steps of the same kind took when they were last done."""
        newest_s = self._step_s[self._kind_of_step(drawing, layout, done - 1)]
        kinds = [self._kind_of_step(drawing, layout, step) for step in range(done, drawing.of)]
        return sum(self._step_s.get(kind, newest_s) for kind in kinds) + self._decode_s

    # ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _loaded(self) -> Base:
        assert self._base is not None, "load comes first"
        return self._base

    def _stop_if_cancelled(self) -> None:
        if self._is_cancelled():
            raise Cancelled

    @contextlib.contextmanager
    def _working(self, *networks: Any) -> Iterator[None]:
        """Around each piece of work between two results, with the networks that it needs on the device."""
        import torch

        self._stop_if_cancelled()
        with run_errors(self._folder), torch.inference_mode():
            if networks and self._rests:
                self._have_only(networks)
            yield
            if self.device == "cuda":
                torch.cuda.synchronize()  # else a cancelled request would go on to the end of what is queued

    def _have_only(self, networks: tuple[Any, ...]) -> None:
        """These networks on the device, and all others outside it."""
        base = self._loaded
        for network in [base.unet, base.vae, *base.encoders, *self._companions.every_controlnet()]:
            if not any(network is wanted for wanted in networks):
                network.to("cpu")
        for network in networks:
            network.to(self.device)

    def _set_rests(self, rests: bool) -> None:
        """Whether networks wait outside the device while others work."""
        if self._rests and not rests:
            base = self._loaded
            with run_errors(self._folder):
                for network in [base.unet, base.vae, *base.encoders, *self._companions.every_controlnet()]:
                    network.to(self.device)
        self._rests = rests

    def _free(self, request: SketchRequest) -> None:
        """Lets go of what can be made again."""
        import torch

        self._pictures.drop_to(0)
        self._companions.drop_unused(request)
        gc.collect()
        if self.device == "cuda":
            torch.cuda.empty_cache()


def _cheaper_notice(share: float, rests: bool, request: SketchRequest) -> Notice:
    if rests and share == 1:
        return Notice("Memory was short, so parts of the model wait outside the graphics card. This takes longer.")
    return Notice(
        "Memory was short, so the picture is drawn smaller: {width} x {height}.",
        "Choose a smaller size, or close other programs.",
        {"width": round(request.width * share), "height": round(request.height * share)},
    )


def _lines(request: ControlRequest) -> ControlMap:
    """The lines in a picture.

    Raises:
        UsageError: it is another kind of map that is asked for.
        SourceError: the picture is damaged.
    """
    if request.kind not in LINE_KINDS:
        raise UsageError(
            "Stable Diffusion itself finds only lines in a picture, not '{kind}'.",
            hint="Choose an engine that estimates it.",
            kind=request.kind,
        )
    return ControlMap(request.kind, line_map(request.kind, rgba_of(request.image)))


def _tensor(pixels: Frame) -> Any:
    """(H, W, 3) as (1, 3, H, W) in [0, 1]."""
    import torch

    return torch.from_numpy(pixels[None].astype(np.float32) / 255).permute(0, 3, 1, 2)
