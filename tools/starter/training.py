"""The loop that all trainings share: AdamW, cosine schedule, EMA, the faster number format, and checkpoints."""

from __future__ import annotations

import argparse
import copy
import math
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from tools.starter.pool import WORK_DIR

CHECKPOINT_EVERY_S = 120
REPORT_EVERY = 100
WARM_UP = 300
EMA_DECAY = 0.998
WEIGHT_DECAY = 0.05

Model = TypeVar("Model", bound=nn.Module)


def options(description: str | None, *, steps: int) -> argparse.Namespace:
    """What every training script can be told: --steps, --folder and --threads."""
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=steps, help=f"of the optimiser ({steps})")
    parser.add_argument("--folder", type=Path, default=WORK_DIR, help="checkpoints; the same folder goes on")
    parser.add_argument("--threads", type=int, default=2, help="one is faster where others use the machine (2)")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    return arguments


def train(
    model: Model,
    loss_of: Callable[[Model, np.random.Generator], Tensor],
    *,
    checkpoint: Path,
    steps: int,
    learning_rate: float,
    seed: int,
    slow: tuple[str, ...] = (),
    slow_share: float = 0.2,
    measure: Callable[[Model], str] | None = None,
    measure_every: int = 1000,
) -> Model:
    """Trains until `steps`, from `checkpoint` where that file is there, and returns the model with averaged weights.

    Args:
        model: float32; where bfloat16 is faster here, a copy in it does the work.
        loss_of: the loss of what does the work, for one batch; the generator is seeded by (seed, step).
        checkpoint: written every two minutes and when the process is told to end.
        slow: starts of the names of the parameters that learn at `slow_share` of the rate.
        measure: what to print of the averaged model now and then.
    """
    _announce(checkpoint.parent)
    torch.manual_seed(seed)
    dtype = faster_dtype()
    worker = model if dtype == torch.float32 else copy.deepcopy(model).to(dtype)
    average = copy.deepcopy(model).eval()
    parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}
    optimiser = torch.optim.AdamW(_groups(parameters, slow, slow_share), learning_rate, betas=(0.9, 0.98))
    masters, averages = list(parameters.values()), [dict(average.named_parameters())[name] for name in parameters]
    workers = [dict(worker.named_parameters())[name] for name in parameters]
    step = _resume(checkpoint, model, average, optimiser)
    if worker is not model:
        torch._foreach_copy_([p.data for p in workers], [p.data for p in masters])

    started = saved = time.monotonic()
    first, losses = step, []
    try:
        while step < steps:
            for group in optimiser.param_groups:
                group["lr"] = learning_rate * group["share"] * _schedule(step, steps)
            loss = loss_of(worker.train(), np.random.default_rng((seed, step)))
            loss.backward()
            if worker is not model:
                for master, working in zip(masters, workers, strict=True):
                    master.grad = None if working.grad is None else working.grad.float()
                    working.grad = None
            torch.nn.utils.clip_grad_norm_(masters, 1.0)
            optimiser.step()
            optimiser.zero_grad()
            step += 1
            with torch.no_grad():
                if worker is not model:
                    torch._foreach_copy_(workers, masters)
                torch._foreach_lerp_(averages, masters, 1 - min(EMA_DECAY, step / (step + 10)))
            losses.append(float(loss.detach()))
            if step % REPORT_EVERY == 0:
                rate = (step - first) / (time.monotonic() - started)
                left_min = (steps - step) / rate / 60
                print(f"{step}/{steps}  loss {np.mean(losses):.4f}  {rate:.2f} steps/s  {left_min:.0f} min", flush=True)
                losses = []
            if measure and step % measure_every == 0:
                print(f"{step}/{steps}  {measure(average)}", flush=True)
            if time.monotonic() - saved > CHECKPOINT_EVERY_S:
                _save(checkpoint, step, model, average, optimiser)
                saved = time.monotonic()
    finally:
        _save(checkpoint, step, model, average, optimiser)
    return average


def faster_dtype() -> torch.dtype:
    """bfloat16 where a layer forward and backward takes less time in it than in float32, else float32.

    Which one differs tenfold and either way, by whether the processor computes in bfloat16 itself.
    """
    seconds = {dtype: _seconds_of_a_layer(dtype) for dtype in (torch.float32, torch.bfloat16)}
    return min(seconds, key=seconds.__getitem__)


def dtype_of(model: nn.Module) -> torch.dtype:
    """The number format that the model's pictures must have."""
    return next(model.parameters()).dtype


def count_parameters(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def _seconds_of_a_layer(dtype: torch.dtype) -> float:
    """The shortest of some runs, forward and backward, of a layer as wide as the starters' and its activation."""
    layer = nn.Sequential(nn.Linear(128, 384), nn.GELU(), nn.Linear(384, 128), nn.LayerNorm(128)).to(dtype)
    tokens = torch.ones(512, 128, dtype=dtype)
    shortest = math.inf
    for _ in range(5):
        started = time.perf_counter()
        layer(tokens).sum().backward()
        shortest = min(shortest, time.perf_counter() - started)
    return shortest


def _announce(folder: Path) -> None:
    """Notes this process group in `folder`/pids, so that a measurement can pause it, and lets SIGTERM save first."""
    if os.getpgrp() != os.getpid():
        os.setpgrp()
    os.nice(max(0, 19 - os.nice(0)))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "pids").open("a") as pids:
        pids.write(f"{os.getpgrp()}\n")
    signal.signal(signal.SIGTERM, lambda *_: exit(130))


def _groups(parameters: dict[str, nn.Parameter], slow: tuple[str, ...], slow_share: float) -> list[dict]:
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in parameters.items():
        share = slow_share if slow and name.startswith(slow) else 1.0
        decay = WEIGHT_DECAY if parameter.ndim > 1 and "embedding" not in name else 0.0
        groups.setdefault((share, decay), []).append(parameter)
    return [{"params": ps, "share": share, "weight_decay": decay} for (share, decay), ps in groups.items()]


def _schedule(step: int, steps: int) -> float:
    warm_up = min(WARM_UP, steps // 10 + 1)
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))


def _save(file: Path, step: int, model: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    state = {
        "step": step,
        "model": model.state_dict(),
        "average": average.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    torch.save(state, file.with_suffix(".tmp"))
    file.with_suffix(".tmp").replace(file)


def _resume(file: Path, model: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer) -> int:
    """Loads what `file` has, and returns its step; 0 where it is not there."""
    if not file.exists():
        return 0
    state = torch.load(file, weights_only=True)
    model.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    shares = [group["share"] for group in optimiser.param_groups]
    optimiser.load_state_dict(state["optimiser"])
    for group, share in zip(optimiser.param_groups, shares, strict=True):
        group["share"] = share
    print(f"goes on from step {state['step']}", flush=True)
    return int(state["step"])
