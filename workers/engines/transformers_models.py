"""Loads a transformers model from a folder, or says in a sentence why not. No Qt; torch is imported when called."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workers.engines.devices import is_gpu_fault, is_out_of_memory
from workers.errors import Cancelled, EngineError, ModelBroken, ModelMissing, OutOfMemory, PackageMissing

SMALLER = "Close other programs, or choose a smaller model."
SMALLER_NAMED = "Close other programs, or choose the smaller model '{smaller}'."
SMALLER_ON_GPU = "Choose 4 bits for its weights, the device 'cpu', or a smaller model."
SMALLER_NAMED_ON_GPU = "Choose 4 bits for its weights, the device 'cpu', or the smaller model '{smaller}'."

NEVER_LOADED = "masked_spec_embed"  # only used in training; published Wav2Vec2 weights lack it


def load_model(class_name: str, folder: Path, *, device: str, dtype: Any, **placement: Any) -> Any:
    """The model of transformers' class `class_name` with the weights in `folder`, ready to answer.

    Pickled weights go through torch's weights-only loading, which transformers insists on.

    Args:
        placement: what `from_pretrained` is told of a model that shall not lie on the device as it is.

    Raises:
        ModelMissing, ModelBroken, PackageMissing, OutOfMemory.
    """
    if not folder.is_dir():
        raise ModelMissing(
            "There is no model in '{folder}'.", hint="Choose or download one on the Models page.", folder=folder
        )
    with load_errors(folder):
        import transformers

        transformers.utils.logging.disable_progress_bar()
        transformers.utils.logging.set_verbosity_error()
        model, report = getattr(transformers, class_name).from_pretrained(
            folder, dtype=dtype, local_files_only=True, output_loading_info=True, **placement
        )
        absent = [name for name in report["missing_keys"] if not name.endswith(NEVER_LOADED)]
        if absent or report["mismatched_keys"]:
            raise ValueError(
                f"weights are missing or of another shape, such as {[*absent, *report['mismatched_keys']][0]}"
            )
        return (model if placement else model.to(device)).eval()


def config_of(folder: Path, name: str = "config.json") -> dict[str, Any]:
    """The model's config.json, read without transformers; nothing where there is none, which `load_model` tells."""
    path = folder / name
    config: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return config


@contextmanager
def load_errors(folder: Path) -> Iterator[None]:
    """Turns what reading a model can raise into a sentence about it.

    Raises:
        PackageMissing, OutOfMemory, ModelBroken: from what was raised inside; a failure of the GPU passes as it is.
    """
    try:
        yield
    except (EngineError, Cancelled):
        raise
    except ImportError as error:
        if error.name is None:  # transformers says in a sentence what it needs
            raise PackageMissing(
                "A Python package is missing: {reason}", hint="Install what it names.", reason=_first_line(error)
            ) from error
        raise PackageMissing(
            "The Python package '{name}' is missing.", hint="Install it with `pip install {name}`.", name=error.name
        ) from error
    except Exception as error:
        if is_out_of_memory(error):
            hint, smaller = _smaller_choice(folder)
            raise OutOfMemory(
                "There is too little memory for the model in '{folder}'.", hint=hint, folder=folder, smaller=smaller
            ) from error
        if is_gpu_fault(error):
            raise
        raise ModelBroken(
            "The model in '{folder}' cannot be read: {reason}.",
            hint="Verify it on the Models page, or remove it and download it again.",
            folder=folder,
            reason=_first_line(error).rstrip("."),
        ) from error


@contextmanager
def run_errors(folder: Path) -> Iterator[None]:
    """Turns torch's several ways of running out of memory into one.

    Raises:
        OutOfMemory: from any of them.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        hint, smaller = _smaller_choice(folder)
        raise OutOfMemory(
            "The model in '{folder}' ran out of memory.", hint=hint, folder=folder, smaller=smaller
        ) from error


def _smaller_choice(folder: Path) -> tuple[str, str]:
    """What to choose where this model needs too much memory, and the next smaller model if one is known."""
    import torch

    from workers.catalogue.entries import next_smaller

    smaller = next_smaller(folder.name)
    if torch.cuda.is_available():
        return (SMALLER_NAMED_ON_GPU if smaller else SMALLER_ON_GPU), smaller
    return (SMALLER_NAMED if smaller else SMALLER), smaller


def wrong_task(folder: Path, task: str, wanted: str) -> EngineError:
    return EngineError(
        "The model in '{folder}' is for the task '{task}', not '{wanted}'.",
        hint="Choose another model.",
        folder=folder,
        task=task,
        wanted=wanted,
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
