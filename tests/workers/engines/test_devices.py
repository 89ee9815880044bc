"""What the machine has is told right, and without heavy imports."""

import pytest

from workers.engines.devices import (
    Gpu,
    Machine,
    ctranslate2_device,
    gpus,
    is_gpu_fault,
    is_out_of_memory,
    machine,
    memory_available_bytes,
    parse_nvidia_smi,
    physical_cores,
    torch_device,
    torch_dtype,
)
from workers.errors import EngineError


def test_listing_of_two_gpus_is_parsed():
    listing = "NVIDIA H100 80GB HBM3, 81559\nNVIDIA GeForce RTX 4060, Laptop, 8188\n"

    assert parse_nvidia_smi(listing) == (
        Gpu("NVIDIA H100 80GB HBM3", 81559 * 2**20),
        Gpu("NVIDIA GeForce RTX 4060, Laptop", 8188 * 2**20),
    )


def test_listing_without_memory_is_skipped():
    assert parse_nvidia_smi("NVIDIA GH200, [N/A]\n\n") == ()


def test_gpus_are_none_where_the_driver_is_absent(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    gpus.cache_clear()

    assert gpus() == ()

    gpus.cache_clear()


def test_gpus_are_none_where_the_driver_fails(monkeypatch, tmp_path):
    command = tmp_path / "nvidia-smi"
    command.write_text("#!/bin/sh\nexit 9\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    gpus.cache_clear()

    assert gpus() == ()

    gpus.cache_clear()


def test_machine_has_cores_and_memory():
    assert machine().physical_cores == physical_cores() >= 1
    assert machine().memory_bytes >= memory_available_bytes() > 2**20


def test_the_largest_gpu_counts():
    assert Machine(2, 8, gpus=(Gpu("small", 1), Gpu("large", 2))).gpu_memory_bytes == 2
    assert Machine(2, 8).gpu_memory_bytes == 0


@pytest.mark.parametrize("device_of", [ctranslate2_device, torch_device])
def test_cpu_is_always_there(device_of):
    assert device_of("cpu") == "cpu"
    assert device_of("auto") in {"cpu", "cuda"}


@pytest.mark.parametrize("device_of", [ctranslate2_device, torch_device])
def test_cuda_is_refused_in_a_sentence_where_there_is_none(device_of):
    if device_of("auto") == "cuda":
        pytest.skip("this machine has a GPU")

    with pytest.raises(EngineError, match="NVIDIA"):
        device_of("cuda")


def test_dtype_goes_by_the_device():
    import torch

    assert torch_dtype("cpu") is torch.float32
    assert torch_dtype("cuda") is torch.float16
    assert torch_dtype("cpu", "bfloat16") is torch.bfloat16


@pytest.mark.parametrize(
    ("error", "is_memory", "is_fault"),
    [
        (MemoryError(), True, False),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB."), True, False),
        (RuntimeError("CUDA error: out of memory"), True, False),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True, False),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes."), True, False),
        (RuntimeError("CUDA error: device-side assert triggered"), False, True),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), False, True),
        (RuntimeError("CUDA failed with error an illegal memory access was encountered"), False, True),
        (RuntimeError("CUDA error: unspecified launch failure"), False, True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm(...)`"), False, True),
        (RuntimeError("CUDA error: no kernel image is available for execution on the device"), False, False),
        (RuntimeError("CUDA error: invalid device ordinal"), False, False),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False, False),
    ],
)
def test_too_little_memory_and_a_gpu_that_failed_are_told_from_bugs(error, is_memory, is_fault):
    assert (is_out_of_memory(error), is_gpu_fault(error)) == (is_memory, is_fault)
