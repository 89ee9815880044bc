import json
import math
import os
import signal
import sys
import time

import numpy as np
import pytest
import torch
from torch import nn

from tools.starter import training
from tools.starter.training import TRAINING, Run, dtype_of, note, train


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    monkeypatch.setattr(os, "nice", lambda _by: 0)
    monkeypatch.setattr(os, "setpgrp", lambda: None)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def new_model():
    torch.manual_seed(0)
    return nn.Linear(4, 1)


def batch_of(rng):
    return torch.from_numpy(rng.normal(size=(16, 4)).astype(np.float32))


def loss_of(model, x):
    return (model(x.to(dtype_of(model))).float()[:, 0] - x.sum(dim=1)).square().mean()


def run(folder, steps, loss=loss_of, **how):
    return train(
        new_model(), batch_of, loss, checkpoint=folder / "a.pt", run=Run(steps, **how), learning_rate=0.05, seed=1
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_loss_goes_down_in_either_format(tmp_path, monkeypatch, dtype):
    monkeypatch.setattr(training, "faster_dtype", lambda: dtype)
    formats = set()

    trained = run(tmp_path, 200, lambda model, batch: formats.add(dtype_of(model)) or loss_of(model, batch))

    assert formats == {dtype}
    assert dtype_of(trained) == torch.float32
    assert loss_of(trained, batch_of(np.random.default_rng(9))) < 0.2


def test_no_copy_works_where_float32_is_faster(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "faster_dtype", lambda: torch.float32)
    model, working = new_model(), set()

    train(
        model,
        batch_of,
        lambda model, batch: working.add(id(model)) or loss_of(model, batch),
        checkpoint=tmp_path / "a.pt",
        run=Run(2),
        learning_rate=0.05,
        seed=1,
    )

    assert working == {id(model)}


@pytest.mark.parametrize(("slow_format", "faster"), [("float32", "bfloat16"), ("bfloat16", "float32")])
def test_the_format_that_took_less_time_is_used(monkeypatch, slow_format, faster):
    measure = training._seconds_of_a_layer
    slow_dtype = getattr(torch, slow_format)
    monkeypatch.setattr(training, "_seconds_of_a_layer", lambda dtype: measure(dtype) + 9 * (dtype == slow_dtype))

    assert training.faster_dtype() == getattr(torch, faster)


def test_a_training_that_was_cut_off_goes_on_at_its_step(tmp_path):
    seen = []

    def cut_off(model, batch):
        if len(seen) == 30:
            raise SystemExit
        seen.append(batch)
        return loss_of(model, batch)

    with pytest.raises(SystemExit):
        run(tmp_path, 60, cut_off)
    again = []
    resumed = run(tmp_path, 60, lambda model, batch: again.append(batch) or loss_of(model, batch))
    (tmp_path / "a.pt").unlink()
    whole = run(tmp_path, 60)

    assert len(again) == 30
    assert not any(torch.equal(one, other) for one in seen for other in again)
    torch.testing.assert_close(resumed.weight, whole.weight)


def test_a_finished_training_is_not_repeated(tmp_path):
    first = run(tmp_path, 20)
    again = run(tmp_path, 20, lambda *_: pytest.fail("trained again"))

    torch.testing.assert_close(first.weight, again.weight)


def test_how_weights_were_trained_is_noted_beside_them_over_all_runs(tmp_path, monkeypatch):
    now_s = [0.0]
    monkeypatch.setattr(training.time, "monotonic", lambda: now_s[0])

    def slow_loss(model, batch):
        now_s[0] += 1
        return loss_of(model, batch)

    for steps in (60, 130):  # cut off after the first 60, and gone on with
        run(tmp_path, steps, slow_loss)
    note(tmp_path, tmp_path / "a.pt", Run(130), "16 numbers")

    noted = json.loads((tmp_path / TRAINING).read_text())
    assert noted == {"device": "a processor", "steps": 130, "batch": "16 numbers", "minutes": 3}


def test_a_slow_part_moves_less(tmp_path):
    model = nn.Sequential(new_model(), nn.Linear(1, 1))
    before = [layer.weight.detach().clone() for layer in model]
    train(
        model,
        batch_of,
        loss_of,
        checkpoint=tmp_path / "a.pt",
        run=Run(5),
        learning_rate=0.01,
        seed=1,
        slow=("0.",),
        slow_share=0.01,
    )
    moved = [float((layer.weight - old).detach().abs().max()) for layer, old in zip(model, before, strict=True)]

    assert moved[0] < moved[1] / 10


def test_where_a_training_runs_is_noted(tmp_path):
    run(tmp_path, 1)

    assert int((tmp_path / "pids").read_text()) == os.getpgrp()


def test_the_rate_warms_up_and_falls():
    rates = [training._schedule(step, 1000, step / 1000) for step in range(1000)]

    assert rates[0] < 0.02
    assert max(rates) == pytest.approx(1, abs=0.01)
    assert rates[-1] < 0.02


def test_batches_made_ahead_by_other_processes_teach_the_same(tmp_path):
    here, elsewhere = run(tmp_path / "a", 20), run(tmp_path / "b", 20, ahead=2)

    torch.testing.assert_close(here.weight, elsewhere.weight, rtol=0, atol=0)


@pytest.mark.parametrize(("has_gpu", "minutes", "times"), [(False, 60, 1), (True, math.inf, 8)])
def test_a_gpu_is_used_for_all_steps_and_a_processor_for_an_hour(monkeypatch, has_gpu, minutes, times):
    monkeypatch.setattr(sys, "argv", ["train"])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_gpu)
    monkeypatch.setattr(torch, "set_num_threads", lambda _threads: None)

    chosen = training.options("Trains.", steps=500)

    assert (chosen.run.steps, chosen.run.seconds, chosen.times) == (500, 60 * minutes, times)
    assert chosen.run.device.type == ("cuda" if has_gpu else "cpu")


def test_a_training_ends_when_its_time_is_over_and_counts_on_where_it_was_cut_off(tmp_path, monkeypatch):
    now_s, steps = [0.0], []
    monkeypatch.setattr(training.time, "monotonic", lambda: now_s[0])

    def slow_loss(model, batch):
        if len(steps) == 20:
            raise SystemExit
        now_s[0] += 1
        steps.append(0)
        return loss_of(model, batch)

    with pytest.raises(SystemExit):
        run(tmp_path, 1000, slow_loss, seconds=30)
    steps = []
    run(tmp_path, 1000, slow_loss, seconds=30)

    assert len(steps) == 10


def test_measuring_takes_little_of_the_time(tmp_path):
    measured = []

    def measure(model):
        time.sleep(0.2)
        measured.append(model)
        return "well"

    train(
        new_model(),
        batch_of,
        loss_of,
        checkpoint=tmp_path / "a.pt",
        run=Run(40),
        learning_rate=0.05,
        seed=1,
        measure=measure,
        measure_every=1,
    )

    assert len(measured) == 1  # the next one would be at ten times 0.2 s


def test_batches_go_to_the_device_with_all_that_is_in_them():
    made = training._moved((torch.ones(2), ["a"], {"b": [torch.zeros(1), 3]}), torch.device("meta"))

    assert made[0].device.type == made[2]["b"][0].device.type == "meta"
    assert (made[1], made[2]["b"][1]) == (["a"], 3)
