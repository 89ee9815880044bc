"""What is measured on this machine, and when it is measured again."""

import logging
import subprocess
import sys

import pytest

from workers.engines import measured
from workers.engines.measured import Measured, measure, prepare_torch


@pytest.fixture
def times_s(monkeypatch) -> dict[tuple[str, int], float]:
    """What each format takes with so many threads, in place of trying."""
    times: dict[tuple[str, int], float] = {}
    monkeypatch.setattr(
        measured, "_time_s", lambda dtype, threads, **_: times[str(dtype).removeprefix("torch."), threads]
    )
    monkeypatch.setattr(measured, "physical_cores", lambda: 4)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    return times


@pytest.fixture
def others_s(monkeypatch) -> list[float]:
    """What others have taken of the processor, each time that it is asked: nothing, unless a test says so."""
    taken: list[float] = []
    monkeypatch.setattr(measured, "_taken_by_others_s", lambda: taken.pop(0) if taken else 0.0)
    return taken


@pytest.fixture
def path(home, others_s):
    path = home / "cache" / "processor.json"
    path.unlink(missing_ok=True)
    return path


@pytest.mark.parametrize(
    ("half_s", "dtype"),
    [(0.5, "bfloat16"), (0.8, "bfloat16"), (0.9, "float32"), (5.0, "float32")],
)
def test_bfloat16_is_taken_only_where_it_is_clearly_faster(times_s, half_s, dtype):
    times_s |= {("float32", 2): 2.0, ("float32", 4): 1.0, ("float32", 8): 1.5, ("bfloat16", 4): half_s}

    assert measure() == Measured(dtype, 4)


@pytest.mark.parametrize(
    ("two_s", "four_s", "eight_s", "threads"), [(2.0, 1.0, 0.5, 8), (1.02, 1.0, 1.1, 2), (1.2, 1.0, 0.99, 4)]
)
def test_more_threads_are_taken_only_where_they_help(times_s, two_s, four_s, eight_s, threads):
    times_s |= {("float32", 2): two_s, ("float32", 4): four_s, ("float32", 8): eight_s}
    times_s |= {("bfloat16", count): 9.0 for count in (2, 4, 8)}

    assert measure().threads == threads


def test_measuring_leaves_torch_as_it_was(monkeypatch):
    import torch

    monkeypatch.setattr(measured, "WIDTH", 8)
    before = torch.get_num_threads()

    assert measure().threads >= 1
    assert torch.get_num_threads() == before


def test_what_is_far_too_slow_is_not_waited_for():
    import torch

    assert measured._time_s(torch.float32, 1, patience_s=0) == float("inf")


def test_it_is_measured_once_a_machine(path, monkeypatch):
    found = [Measured("bfloat16", 3), Measured("float32", 1)]
    monkeypatch.setattr(measured, "measure", lambda: found.pop(0))

    assert measured.measured() == measured.measured() == Measured("bfloat16", 3)
    monkeypatch.setattr(measured, "_machine", lambda: "another")
    assert measured.measured() == measured.measured() == Measured("float32", 1)
    assert not found


def test_what_is_measured_beside_others_is_not_kept(path, others_s, monkeypatch):
    monkeypatch.setattr(measured, "physical_cores", lambda: 4)
    monkeypatch.setattr(measured, "measure", lambda: Measured("float32", 1))
    others_s += [10.0, 19.0]

    assert measured.measured() == Measured("float32", 4)
    assert not path.exists()
    assert measured.measured() == Measured("float32", 1)
    assert path.exists()


def test_what_another_process_takes_counts():
    before_s = measured._taken_by_others_s()

    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.5: pass"], check=True)

    assert measured._taken_by_others_s() - before_s > 0.4


@pytest.mark.parametrize("content", ["{", "[]", '{"x": {"dtype": "float32"}}', '{"x": 1}'])
def test_a_file_that_cannot_be_read_is_measured_again(path, monkeypatch, caplog, content):
    path.write_text(content)
    monkeypatch.setattr(measured, "measure", lambda: Measured("float32", 2))
    caplog.set_level(logging.WARNING)

    assert measured.measured() == Measured("float32", 2)
    assert "measured again" in caplog.text
    assert measured.measured() == Measured("float32", 2)


def test_where_nothing_can_be_written_it_still_works(path, monkeypatch):
    monkeypatch.setenv("SENSORIUM_HOME", "/proc/no-place")
    monkeypatch.setattr(measured, "measure", lambda: Measured("float32", 2))

    assert measured.measured() == Measured("float32", 2)


def test_what_was_measured_is_what_automatic_means(monkeypatch):
    import torch

    monkeypatch.setattr(measured, "measured", lambda: Measured("bfloat16", 1))

    assert prepare_torch("cpu", "auto") is torch.bfloat16
    assert prepare_torch("cpu", "float32") is torch.float32
    assert prepare_torch("cuda", "auto") is torch.float16
    assert torch.get_num_threads() == 1


def test_a_start_on_a_busy_machine_measures_once(path, others_s, monkeypatch):
    found = [Measured("bfloat16", 1)]
    monkeypatch.setattr(measured, "measure", found.pop)
    monkeypatch.setattr(measured, "physical_cores", lambda: 1)
    others_s += [10.0, 19.0, 20.0, 29.0]

    import torch

    assert prepare_torch("cpu", "auto") is torch.bfloat16
    assert found == []
