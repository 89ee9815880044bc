"""What this machine has, and which device and number format an engine takes. No Qt.

`machine` and `physical_cores` are for the window's process: they import nothing heavy. The `torch_*` and
`ctranslate2_*` functions are for engines, in their own process, where the library is loaded anyway.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import psutil

from workers.errors import EngineError

log = logging.getLogger(__name__)

DeviceChoice = Literal["auto", "cpu", "cuda"]

SIGNS_OF_A_FAULT = (
    "illegal memory access",
    "illegal instruction",
    "device-side assert",
    "launch failure",
    "launch timed out",
    "misaligned address",
    "uncorrectable ecc",
    "hardware stack error",
    "unknown error",
    "execution_failed",
)
SIGNS_OF_NO_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "status_alloc_failed",  # of cuBLAS and cuDNN, which take memory of their own
)


@dataclass(frozen=True)
class Gpu:
    """One NVIDIA GPU, as its driver names it."""

    name: str
    memory_bytes: int


@dataclass(frozen=True)
class Machine:
    """What the app goes by when it proposes models: those that fit."""

    physical_cores: int
    memory_bytes: int
    gpus: tuple[Gpu, ...] = ()

    @property
    def gpu_memory_bytes(self) -> int:
        """Of the largest GPU, 0 without one: a model lives on one GPU."""
        return max((gpu.memory_bytes for gpu in self.gpus), default=0)


@cache
def machine() -> Machine:
    """This machine; what does not change while the app runs."""
    return Machine(physical_cores(), psutil.virtual_memory().total, gpus())


def memory_available_bytes() -> int:
    """What can be taken now without swapping."""
    return int(psutil.virtual_memory().available)


@cache
def physical_cores() -> int:
    """The cores that this process may use; hyper-threads only slow matrix products down."""
    return min(psutil.cpu_count(logical=False) or 1, len(os.sched_getaffinity(0)))


@cache
def gpus() -> tuple[Gpu, ...]:
    """The GPUs that `nvidia-smi` lists; none where the driver is absent or silent for 10 s."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return ()
    try:
        listing = subprocess.run(
            [command, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"],
            capture_output=True, text=True, timeout=10, check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("nvidia-smi does not answer: %s", error)
        return ()
    return parse_nvidia_smi(listing)


def parse_nvidia_smi(listing: str) -> tuple[Gpu, ...]:
    """The GPUs of a listing with a line "name, memory in MiB" for each."""
    rows = [line.rpartition(",") for line in listing.splitlines() if line.strip()]
    return tuple(Gpu(name.strip(), int(memory) * 2**20) for name, _, memory in rows if memory.strip().isdigit())


def ctranslate2_device(choice: DeviceChoice = "auto") -> Literal["cpu", "cuda"]:
    """Where CTranslate2 computes. Imports ctranslate2.

    Raises:
        EngineError: "cuda" is asked for and CTranslate2 sees no GPU.
    """
    import ctranslate2

    return _resolve(choice, has_cuda=ctranslate2.get_cuda_device_count() > 0)


def torch_device(choice: DeviceChoice = "auto") -> Literal["cpu", "cuda"]:
    """Where torch computes. Imports torch.

    Raises:
        EngineError: "cuda" is asked for and torch sees no GPU.
    """
    import torch

    return _resolve(choice, has_cuda=torch.cuda.is_available())


def torch_dtype(device: str, choice: Literal["auto", "float32", "float16", "bfloat16"] = "auto") -> Any:
    """The torch dtype of `choice`; "auto" is float16 on a GPU and float32 on a CPU. Imports torch."""
    import torch

    if choice == "auto":
        choice = "float16" if device == "cuda" else "float32"
    return getattr(torch, choice)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch, CUDA's libraries, CTranslate2 or Python ran out of memory, each in words of its own."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(sign in text for sign in SIGNS_OF_NO_MEMORY)


def is_gpu_fault(error: BaseException) -> bool:
    """Whether the GPU failed in a way after which nothing more can be computed in this process.

    https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html: such errors stay until the process ends.
    """
    text = str(error).lower()  # of torch, and of CTranslate2
    return "cuda" in text and any(sign in text for sign in SIGNS_OF_A_FAULT)


def _resolve(choice: DeviceChoice, *, has_cuda: bool) -> Literal["cpu", "cuda"]:
    if choice == "cuda" and not has_cuda:
        raise EngineError(
            "No NVIDIA GPU can be used on this machine.", hint="Choose the device 'auto' or 'cpu' in the options."
        )
    return "cuda" if has_cuda and choice != "cpu" else "cpu"
