"""What stands by a model that draws: ControlNets, LoRAs and a small autoencoder, loaded when first named. No Qt."""

from __future__ import annotations

import logging
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from workers.engines.sketch.fits import folder_of, lora_file
from workers.engines.sketch.weights import Base, factor_of, is_tiny, load_controlnet, load_tiny_vae
from workers.engines.transformers_models import load_errors
from workers.errors import EngineError
from workers.results import TINY_VAE, SketchRequest

log = logging.getLogger(__name__)

T = TypeVar("T")

CONTROLNETS_KEPT, LORAS_KEPT, TINY_VAES_KEPT = 3, 4, 1
CONDITIONS_KEPT = 4  # of each ControlNet; one for several kinds is shown several at once


class Kept(Generic[T]):
    """The things that were used last, at most `most` or as many as are needed at once."""

    def __init__(self, most: int, on_drop: Callable[[T], None] = lambda thing: None) -> None:
        self._most = most
        self._on_drop = on_drop
        self._things: OrderedDict[Any, T] = OrderedDict()

    def get(self, key: Any, make: Callable[[], T], *, needed: int = 1) -> T:
        """The thing of this key; where there is none, room is made and then the thing.

        Args:
            needed: how many of those that were used last are needed together with this one, itself included.
        """
        if key in self._things:
            self._things.move_to_end(key)
        else:
            self.drop_to(max(self._most, needed) - 1)
            self._things[key] = make()
        return self._things[key]

    def drop_to(self, count: int) -> None:
        """Lets the oldest go until there are only so many."""
        while len(self._things) > count:
            _, thing = self._things.popitem(last=False)
            self._on_drop(thing)

    def __contains__(self, key: object) -> bool:
        return key in self._things

    def __iter__(self) -> Iterator[T]:
        return iter(self._things.values())


class Companions:
    """The companions of one model.

    Args:
        prepare: what is done with a ControlNet before its first step.
    """

    def __init__(self, base: Base, *, device: str, dtype: Any, prepare: Callable[[Any], None]) -> None:
        self._base = base
        self._device = device
        self._dtype = dtype
        self._prepare = prepare
        self._controlnets: Kept[Any] = Kept(CONTROLNETS_KEPT)
        self._tiny_vaes: Kept[Any] = Kept(TINY_VAES_KEPT)
        self._loras: Kept[str] = Kept(LORAS_KEPT, self._drop_lora)
        self._n_loras = 0
        self.active_loras: dict[str, float] = {}  # their names and scales

    def lack(self, request: SketchRequest) -> bool:
        """Whether something has to be loaded for this request."""
        folders = request.folders
        controls = (folder_of(control.model, folders) in self._controlnets for control in request.controls)
        loras = (lora_file(lora.model, folder_of(lora.model, folders)) in self._loras for lora in request.loras)
        return not (all(controls) and all(loras))

    def controlnets(self, request: SketchRequest) -> list[Any]:
        """The ControlNet of each control of the request.

        Raises:
            ModelMissing, ModelBroken, OutOfMemory.
        """
        folders = [folder_of(control.model, request.folders) for control in request.controls]
        for folder in folders:
            if folder in self._controlnets:
                self._controlnets.get(folder, lambda: None)  # it is needed: others go first
        count = len(set(folders))
        return [
            self._controlnets.get(folder, lambda folder=folder: self._new_controlnet(folder), needed=count)  # type: ignore[misc]
            for folder in folders
        ]

    def tiny_vae(self, request: SketchRequest) -> Any:
        """A small autoencoder for the model: its own where that is one, else that of the request's `folders`.

        None where there is none.

        Raises:
            EngineError: its latents are not those of the model.
            ModelMissing, ModelBroken, OutOfMemory.
        """
        if is_tiny(self._base.vae):
            return self._base.vae
        if TINY_VAE not in request.folders:
            return None
        folder = folder_of(TINY_VAE, request.folders)
        return self._tiny_vaes.get(folder, lambda: self._new_tiny_vae(folder))

    def has_tiny_vae(self, request: SketchRequest) -> bool:
        return is_tiny(self._base.vae) or TINY_VAE in request.folders

    def use_loras(self, request: SketchRequest) -> None:
        """Has the model draw with the LoRAs of the request, and no others.

        Raises:
            ModelMissing, ModelBroken, OutOfMemory.
        """
        wanted: dict[str, float] = {}
        files = {lora: lora_file(lora.model, folder_of(lora.model, request.folders)) for lora in request.loras}
        for file in files.values():
            if file in self._loras:
                self._loras.get(file, str)
        for lora, file in files.items():
            name = self._loras.get(file, partial(self._new_lora, lora.model, file), needed=len(files))
            wanted[name] = wanted.get(name, 0.0) + lora.scale
        if wanted == self.active_loras:
            return
        if wanted:
            self._base.pipeline.enable_lora()
            self._base.pipeline.set_adapters(list(wanted), list(wanted.values()))
        else:
            self._base.pipeline.disable_lora()
        self.active_loras = wanted

    def every_controlnet(self) -> list[Any]:
        return list(self._controlnets)

    def drop_unused(self, request: SketchRequest) -> None:
        """Makes room: only what the request names stays."""
        self._controlnets.drop_to(len({folder_of(control.model, request.folders) for control in request.controls}))

    def drop_all(self) -> None:
        """Lets go of the memory of all that are not part of the model."""
        self._controlnets.drop_to(0)
        self._tiny_vaes.drop_to(0)

    def _new_controlnet(self, folder: Path) -> Any:
        started = time.perf_counter()
        net = load_controlnet(folder, device=self._device, dtype=self._dtype)
        self._prepare(net)
        _remember_conditions(net)
        log.info("loaded the ControlNet %s in %.1f s", folder.name, time.perf_counter() - started)
        return net

    def _new_tiny_vae(self, folder: Path) -> Any:
        vae = load_tiny_vae(folder, device=self._device, dtype=self._dtype)
        own = self._base.vae.config
        if vae.config.latent_channels != own.latent_channels or factor_of(vae) != self._base.factor:
            raise EngineError(
                "The small autoencoder in '{folder}' does not fit the model that draws.",
                hint="Remove it, or choose another model.",
                folder=folder,
            )
        return vae

    def _new_lora(self, model: str, file: Path) -> str:
        """Loads a LoRA beside those that are there; gives the name that it has in the model.

        Raises:
            ModelBroken: its file cannot be read, or half of it does not fit.
            EngineError: it is for parts that the model has not; diffusers would draw as if it were not there.
        """
        started = time.perf_counter()
        self._n_loras += 1
        name = f"lora_{self._n_loras}"
        self.active_loras = {name: 1.0}  # diffusers takes the newest alone, also where it fails half-way
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # peft's, on each LoRA beside the first
            try:
                with load_errors(file):
                    self._base.pipeline.load_lora_weights(
                        str(file.parent), weight_name=file.name, adapter_name=name, local_files_only=True
                    )
                if not any(name in names for names in self._base.pipeline.get_list_adapters().values()):
                    raise EngineError(
                        "The LoRA '{lora}' was made for another kind of model.",
                        hint="Choose another LoRA, or another model.",
                        lora=model,
                    )
            except Exception:
                with suppress(Exception):  # diffusers', on the half that is not there
                    self._base.pipeline.delete_adapters(name)
                raise
        self._base.pipeline.enable_lora()  # they are off where the picture before had none
        log.info("loaded the LoRA %s in %.1f s", file.name, time.perf_counter() - started)
        return name

    def _drop_lora(self, name: str) -> None:
        self._base.pipeline.delete_adapters(name)
        self.active_loras.pop(name, None)


def _remember_conditions(net: Any) -> None:
    """What a ControlNet is shown is looked at once, not in every step: the first layers see nothing else."""
    embedding = net.controlnet_cond_embedding
    forward = embedding.forward
    kept: Kept[tuple[Any, Any]] = Kept(CONDITIONS_KEPT)

    def remembered(condition: Any) -> Any:
        # With its key the tensor itself is kept, so that no other one can be where it is.
        key = condition.data_ptr(), condition.shape, condition.stride(), condition.dtype
        return kept.get(key, lambda: (condition, forward(condition)))[1]

    embedding.forward = remembered
