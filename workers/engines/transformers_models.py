"""Loads a transformers model from a folder, or says in a sentence why not. No Qt; torch is imported when called."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workers.errors import EngineError, ModelBroken, ModelMissing, OutOfMemory, PackageMissing

NEVER_LOADED = "masked_spec_embed"  # only used in training; published Wav2Vec2 weights lack it


def load_model(class_name: str, folder: Path, *, device: str, dtype: Any) -> Any:
    """The model of transformers' class `class_name` with the weights in `folder`, ready to answer.

    Pickled weights go through torch's weights-only loading, which transformers insists on.

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
            folder, dtype=dtype, local_files_only=True, output_loading_info=True
        )
        absent = [name for name in report["missing_keys"] if not name.endswith(NEVER_LOADED)]
        if absent or report["mismatched_keys"]:
            raise ValueError(
                f"weights are missing or of another shape, such as {[*absent, *report['mismatched_keys']][0]}"
            )
        return model.to(device).eval()


def config_of(folder: Path) -> dict[str, Any]:
    """The model's config.json, read without transformers; nothing where there is none, which `load_model` tells."""
    path = folder / "config.json"
    config: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return config


@contextmanager
def load_errors(folder: Path) -> Iterator[None]:
    """Turns what reading a model can raise into a sentence about it."""
    try:
        yield
    except EngineError:
        raise
    except ImportError as error:
        raise PackageMissing(
            "The Python package '{name}' is missing.", hint="Install it with `pip install {name}`.", name=error.name
        ) from error
    except Exception as error:
        if _is_out_of_memory(error):
            raise OutOfMemory(
                "There is too little memory for the model in '{folder}'.", hint="Choose a smaller one.", folder=folder
            ) from error
        raise ModelBroken(
            "The model in '{folder}' cannot be read: {reason}.",
            hint="Verify it on the Models page, or remove it and download it again.",
            folder=folder,
            reason=(str(error) or type(error).__name__).splitlines()[0].rstrip("."),
        ) from error


@contextmanager
def run_errors(folder: Path) -> Iterator[None]:
    """Turns torch's several ways of running out of memory into one."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not _is_out_of_memory(error):
            raise
        raise OutOfMemory(
            "The model in '{folder}' ran out of memory.",
            hint="Choose a smaller one, or the device 'cpu'.",
            folder=folder,
        ) from error


def wrong_task(folder: Path, task: str, wanted: str) -> EngineError:
    return EngineError(
        "The model in '{folder}' is for the task '{task}', not '{wanted}'.",
        hint="Choose another model.",
        folder=folder,
        task=task,
        wanted=wanted,
    )


def _is_out_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text
