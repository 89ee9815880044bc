"""The loop that all trainings share: AdamW, cosine schedule, EMA, the faster number format, and checkpoints.

A training is two functions: one makes the batch of a step from chance alone, on the CPU and, with a GPU, ahead in
processes of their own; the other says how far the model is from it, wherever the model is.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only
from torch.utils.data import DataLoader, Dataset

from tools.starter.pool import WORK_DIR

CHECKPOINT_EVERY_S = 120
REPORT_EVERY = 100
WARM_UP = 300
EMA_DECAY = 0.998
WEIGHT_DECAY = 0.05
MEASURING_SHARE = 0.1  # of the time, at most
MINUTES_ON_A_PROCESSOR = 60  # for each model, so that all of them take a night
TRAINING = "training.json"  # beside the weights: how they were made, for their card

Model = TypeVar("Model", bound=nn.Module)
Batch = TypeVar("Batch")  # tensors, alone or in (named) tuples, lists and dicts with other things


def options(description: str | None, *, steps: int) -> argparse.Namespace:
    """What every training script can be told; `times` and `run` say how large batches are and how `train` goes."""
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=steps, help=f"of the optimiser ({steps})")
    parser.add_argument("--minutes", type=float, help=f"end by then (CPU: {MINUTES_ON_A_PROCESSOR})")
    parser.add_argument("--folder", type=Path, default=WORK_DIR, help="checkpoints; the same folder goes on")
    parser.add_argument("--threads", type=int, default=2, help="one is faster where others use the machine (2)")
    best = "cuda" if torch.cuda.is_available() else "cpu"
    parser.add_argument("--device", default=best, help="(cuda where there is one)")
    parser.add_argument("--times", type=int, help="batches so often as large (GPU: 8, CPU: 1)")
    parser.add_argument("--ahead", type=int, help="processes that make batches (GPU: 4, CPU: 0)")
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    defaults = (MINUTES_ON_A_PROCESSOR, 1, 0) if device.type == "cpu" else (math.inf, 8, 4)
    for name, value in zip(("minutes", "times", "ahead"), defaults, strict=True):
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)
    arguments.run = Run(arguments.steps, 60 * arguments.minutes, device, arguments.ahead)
    torch.set_num_threads(arguments.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    return arguments


@dataclass(frozen=True)
class Run:
    """How a training goes: it ends after `steps`, or after `seconds` where that is earlier.

    `ahead` is the number of processes that make batches; 0 makes each when it is needed.
    """

    steps: int
    seconds: float = math.inf
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    ahead: int = 0


def train(
    model: Model,
    batch_of: Callable[[np.random.Generator], Batch],
    loss_of: Callable[[Model, Batch], Tensor],
    *,
    checkpoint: Path,
    run: Run,
    learning_rate: float,
    seed: int,
    slow: tuple[str, ...] = (),
    slow_share: float = 0.2,
    measure: Callable[[Model], str] | None = None,
    measure_every: int = 1000,
) -> Model:
    """Trains to the end of `run`, from `checkpoint` where that file is there; returns the averaged model, on the CPU.

    Args:
        model: float32; where bfloat16 is faster on this CPU, a copy in it does the work. A GPU computes in it, too.
        batch_of: what one step learns from; the generator is seeded by (seed, step).
        loss_of: the loss of what does the work, for one batch on the same device.
        checkpoint: written every two minutes and when the process is told to end.
        run: how far, where and how.
        learning_rate: at its highest; it warms up, and falls towards the end of the steps or of the time.
        seed: of batches and of other chance.
        slow: starts of the names of the parameters that learn at `slow_share` of the rate.
        measure: what to print of the averaged model, on the CPU, now and then.
        measure_every: steps between two such lines, or more where measuring would take too much of the time.
    """
    _announce(checkpoint.parent)
    torch.manual_seed(seed)
    device, steps = run.device, run.steps
    model.to(device)
    dtype = faster_dtype() if device.type == "cpu" else torch.float32
    worker = model if dtype == torch.float32 else copy.deepcopy(model).to(dtype)
    average = copy.deepcopy(model).eval()
    parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}
    groups = _groups(parameters, slow, slow_share)
    optimiser = torch.optim.AdamW(groups, learning_rate, betas=(0.9, 0.98), fused=device.type == "cuda")
    masters, averages = list(parameters.values()), [dict(average.named_parameters())[name] for name in parameters]
    workers = [dict(worker.named_parameters())[name] for name in parameters]
    step, spent_s = _resume(checkpoint, model, average, optimiser)
    if worker is not model:
        torch._foreach_copy_([p.data for p in workers], [p.data for p in masters])

    started = saved = time.monotonic()
    measuring_s = 0.0
    first, losses = step, []
    batches = iter(_loader(batch_of, seed, range(step, steps), run))
    try:
        while step < steps and (elapsed_s := spent_s + time.monotonic() - started) < run.seconds:
            rate = _schedule(step, steps, max(step / steps, elapsed_s / run.seconds))
            for group in optimiser.param_groups:
                group["lr"] = learning_rate * group["share"] * rate
            with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                loss = loss_of(worker.train(), _moved(next(batches), device))
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
            losses.append(loss.detach())
            if step % REPORT_EVERY == 0:
                steps_a_second = (step - first) / (time.monotonic() - started)
                left_min = min((steps - step) / steps_a_second, run.seconds - elapsed_s) / 60
                mean = float(torch.stack(losses).mean())
                print(f"{step}/{steps}  loss {mean:.4f}  {steps_a_second:.2f} steps/s  {left_min:.0f} min", flush=True)
                losses = []
            if measure and step % measure_every == 0 and measuring_s <= MEASURING_SHARE * elapsed_s:
                begun = time.monotonic()
                print(f"{step}/{steps}  {measure(copy.deepcopy(average).cpu())}", flush=True)
                measuring_s += time.monotonic() - begun
            if time.monotonic() - saved > CHECKPOINT_EVERY_S:
                saved = time.monotonic()
                _save(checkpoint, step, spent_s + saved - started, model, average, optimiser)
    finally:
        _save(checkpoint, step, spent_s + time.monotonic() - started, model, average, optimiser)
    return average.cpu()


def note(folder: Path, checkpoint: Path, run: Run, batch: str) -> None:
    """Writes beside the weights in `folder` how `train` made them; `batch` is how much of what a step learned from."""
    state = torch.load(checkpoint, weights_only=True, map_location="cpu")
    is_gpu = run.device.type == "cuda"
    how = {
        "device": f"a GPU ({torch.cuda.get_device_name(run.device)})" if is_gpu else "a processor",
        "steps": state["step"],
        "batch": batch,
        "minutes": math.ceil(state["seconds"] / 60),
    }
    (folder / TRAINING).write_text(json.dumps(how, indent=1) + "\n")


class _ByStep(Dataset[Batch]):
    """The batch of each step: the same one whichever process makes it."""

    def __init__(self, batch_of: Callable[[np.random.Generator], Batch], seed: int) -> None:
        self.batch_of, self.seed = batch_of, seed

    def __getitem__(self, step: int) -> Batch:
        return self.batch_of(np.random.default_rng((self.seed, step)))


def _loader(batch_of: Callable[[np.random.Generator], Batch], seed: int, steps: range, run: Run) -> DataLoader[Batch]:
    return DataLoader(
        _ByStep(batch_of, seed),
        sampler=steps,
        batch_size=None,
        num_workers=run.ahead,
        prefetch_factor=4 if run.ahead else None,
        pin_memory=run.device.type == "cuda",
        multiprocessing_context="fork" if run.ahead else None,
    )


def _moved(batch: Batch, device: torch.device) -> Batch:
    moved: Batch = tree_map_only(Tensor, lambda tensor: tensor.to(device, non_blocking=True), batch)
    return moved


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
    for _ in range(20):  # others may use the machine meanwhile
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


def _schedule(step: int, steps: int, done: float) -> float:
    """The share of the learning rate at a step: it warms up, and falls as a cosine with the share that is `done`."""
    warm_up = min(WARM_UP, steps // 10 + 1)
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1, done)))


def _save(
    file: Path, step: int, seconds: float, model: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer
) -> None:
    state = {
        "step": step,
        "seconds": seconds,
        "model": model.state_dict(),
        "average": average.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    torch.save(state, file.with_suffix(".tmp"))
    file.with_suffix(".tmp").replace(file)


def _resume(file: Path, model: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer) -> tuple[int, float]:
    """Loads what `file` has, and returns its step and the seconds spent so far; zeros where it is not there."""
    if not file.exists():
        return 0, 0.0
    state = torch.load(file, weights_only=True, map_location="cpu")
    model.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    shares = [group["share"] for group in optimiser.param_groups]
    optimiser.load_state_dict(state["optimiser"])
    for group, share in zip(optimiser.param_groups, shares, strict=True):
        group["share"] = share
    print(f"goes on from step {state['step']}", flush=True)
    return int(state["step"]), float(state.get("seconds", 0.0))
