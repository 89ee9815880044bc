"""Layers whose weights lie as the processor multiplies them. No Qt.

Before each product torch turns the weights around. For one picture that takes a good part of the time, a third of it
in Stable Diffusion. oneDNN can keep them turned, as Inductor has it do for models that are frozen:
https://uxlfoundation.github.io/oneDNN/dev_guide_inference_and_training_aspects.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

TRIED = 8  # of the largest layers: too large for any cache together, where those of the model are
RUNS = 3  # the fastest counts: others may use the processor meanwhile
CLEARLY = 1.1  # times as fast


def pack_convolutions(module: Any) -> None:
    """Packs the convolutions below `module`, each when it first runs: how depends on the size of its inputs.

    Outputs differ by rounding only. Any other size of inputs works too. It is for good; the layers stay what they are,
    so that a LoRA finds them.

    Args:
        module: a torch.nn.Module that only infers. On a GPU, or in another format than float32, it stays as it is.
    """
    import torch

    if torch.backends.mkldnn.is_available():
        for layer in module.modules():
            if type(layer) is torch.nn.Conv2d and layer.padding_mode == "zeros" and _suits(layer):
                layer.forward = _packed_convolution(layer)


def _packed_convolution(layer: Any) -> Callable[[Any], Any]:
    import torch

    where = layer.padding, layer.stride, layer.dilation, layer.groups

    def forward(inputs: Any) -> Any:
        if layer.weight.layout is torch.strided:
            turned = torch._C._nn.mkldnn_reorder_conv2d_weight(
                layer.weight.detach().to_mkldnn(), *where, tuple(inputs.shape)
            )
            layer.weight = torch.nn.Parameter(turned, requires_grad=False)
        return torch.ops.mkldnn._convolution_pointwise(inputs, layer.weight, layer.bias, *where, "none", [], "")

    return forward


def pack(module: Any, rows: int) -> bool:
    """Packs the linear layers below `module` where that is faster; outputs differ by rounding only. It is for good.

    Small layers and many rows are faster as they are: what is faster here is tried out.

    Args:
        module: a torch.nn.Module that only infers. On a GPU, or in another format than float32, it stays as it is.
        rows: how many the layers are given at once, most of the time; any other number works too.

    Returns:
        whether they are packed.
    """
    import torch

    linears = [layer for layer in module.modules() if type(layer) is torch.nn.Linear and _suits(layer)]
    if not linears or not torch.backends.mkldnn.is_available():
        return False
    linears.sort(key=lambda linear: -linear.weight.numel())
    packed = [_packed_linear(linear, rows) for linear in linears[:TRIED]]
    if not _is_faster(packed, linears[:TRIED], rows):
        return False
    packed += [_packed_linear(linear, rows) for linear in linears[TRIED:]]
    for linear, (weight, forward) in zip(linears, packed, strict=True):
        linear.weight, linear.forward = weight, forward
    return True


def _suits(layer: Any) -> bool:
    import torch

    return (layer.weight.device.type, layer.weight.dtype) == ("cpu", torch.float32)


def _packed_linear(linear: Any, rows: int) -> tuple[Any, Callable[[Any], Any]]:
    """The weight of a layer, turned, and what computes with it as Inductor does."""
    import torch

    turned = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach(), rows)
    weight, bias = torch.nn.Parameter(turned, requires_grad=False), linear.bias
    return weight, lambda inputs: torch.ops.mkldnn._linear_pointwise(inputs, weight, bias, "none", [], "")


def _is_faster(packed: Sequence[tuple[Any, Callable[[Any], Any]]], linears: Sequence[Any], rows: int) -> bool:
    import torch

    inputs = [torch.ones(1, rows, linear.in_features) for linear in linears]
    with torch.inference_mode():
        return _time_s([forward for _, forward in packed], inputs) * CLEARLY < _time_s(linears, inputs)


def _time_s(layers: Sequence[Callable[[Any], Any]], inputs: Sequence[Any]) -> float:
    def run_s() -> float:
        started_s = time.perf_counter()
        for layer, values in zip(layers, inputs, strict=True):
            layer(values)
        return time.perf_counter() - started_s

    run_s()  # the first run also sets things up
    return min(run_s() for _ in range(RUNS))
