import os
import signal

import numpy as np
import pytest
import torch
from torch import nn

from tools.starter import training
from tools.starter.training import dtype_of, train


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


def loss_of(model, rng):
    x = torch.from_numpy(rng.normal(size=(16, 4)).astype(np.float32))
    return (model(x.to(dtype_of(model))).float()[:, 0] - x.sum(dim=1)).square().mean()


def run(folder, steps, loss=loss_of):
    return train(new_model(), loss, checkpoint=folder / "a.pt", steps=steps, learning_rate=0.05, seed=1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_loss_goes_down_in_either_format(tmp_path, monkeypatch, dtype):
    monkeypatch.setattr(training, "faster_dtype", lambda: dtype)
    formats = set()

    trained = run(tmp_path, 200, lambda model, rng: formats.add(dtype_of(model)) or loss_of(model, rng))

    assert formats == {dtype}
    assert dtype_of(trained) == torch.float32
    assert loss_of(trained, np.random.default_rng(9)) < 0.2


def test_no_copy_works_where_float32_is_faster(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "faster_dtype", lambda: torch.float32)
    model, working = new_model(), set()

    train(
        model,
        lambda model, rng: working.add(id(model)) or loss_of(model, rng),
        checkpoint=tmp_path / "a.pt",
        steps=2,
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

    def cut_off(model, rng):
        if len(seen) == 30:
            raise SystemExit
        seen.append(rng.bit_generator.state["state"]["state"])
        return loss_of(model, rng)

    with pytest.raises(SystemExit):
        run(tmp_path, 60, cut_off)
    again = []
    resumed = run(tmp_path, 60, lambda model, rng: again.append(0) or loss_of(model, rng))
    (tmp_path / "a.pt").unlink()
    whole = run(tmp_path, 60)

    assert len(again) == 30
    torch.testing.assert_close(resumed.weight, whole.weight)


def test_a_finished_training_is_not_repeated(tmp_path):
    first = run(tmp_path, 20)
    again = run(tmp_path, 20, lambda *_: pytest.fail("trained again"))

    torch.testing.assert_close(first.weight, again.weight)


def test_a_slow_part_moves_less(tmp_path):
    model = nn.Sequential(new_model(), nn.Linear(1, 1))
    before = [layer.weight.detach().clone() for layer in model]
    train(
        model, loss_of, checkpoint=tmp_path / "a.pt", steps=5, learning_rate=0.01, seed=1, slow=("0.",), slow_share=0.01
    )
    moved = [float((layer.weight - old).detach().abs().max()) for layer, old in zip(model, before, strict=True)]

    assert moved[0] < moved[1] / 10


def test_where_a_training_runs_is_noted(tmp_path):
    run(tmp_path, 1)

    assert int((tmp_path / "pids").read_text()) == os.getpgrp()


def test_the_rate_warms_up_and_falls():
    rates = [training._schedule(step, 1000) for step in range(1000)]

    assert rates[0] < 0.02
    assert max(rates) == pytest.approx(1, abs=0.01)
    assert rates[-1] < 0.02
