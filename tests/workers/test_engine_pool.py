"""Engines are shared, taken in order of urgency, restarted, unloaded, and ended with the pool."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import psutil
import pytest

from tests.scripted_engine import scripted
from workers.cancel import Cancel
from workers.engine_pool import EnginePool, Priority
from workers.engine_process import EngineProcess
from workers.errors import Cancelled, EngineDied, EngineError, ModelMissing, OutOfMemory
from workers.results import SAMPLE_RATE_HZ, Notice, SpeechRequest


@pytest.fixture
def pool() -> Iterator[EnginePool]:
    with contextlib.closing(EnginePool()) as pool:
        yield pool


class Call(threading.Thread):
    """Calls something in a thread of its own; `outcome` is what it gave or raised."""

    def __init__(self, function: Callable[[], Any]) -> None:
        super().__init__()
        self._function = function
        self.start()

    def run(self) -> None:
        try:
            self._outcome = self._function()
        except Exception as error:
            self._outcome = error

    def outcome(self) -> Any:
        self.join()
        return self._outcome


def wait_for_waiting(pool: EnginePool, count: int) -> None:
    (shared,) = pool._shared.values()
    with shared._condition:
        assert shared._condition.wait_for(lambda: len(shared._waiting) == count, timeout=10)


@pytest.mark.parametrize("placement", ["process", "thread"])
def test_speech_is_answered(placement):
    with contextlib.closing(EnginePool(placement=placement)) as pool, pool.acquire(scripted()) as lease:
        assert lease.ask(SpeechRequest(np.zeros(SAMPLE_RATE_HZ, np.float32))).text == " one two three"


def test_equal_specs_share_one_engine(pool):
    with pool.acquire(scripted()) as one, pool.acquire(scripted()) as other:
        assert one.ask(("pid",)) == other.ask(("pid",))
        assert [engine.users for engine in pool.loaded()] == [2]


def test_other_options_are_another_engine(pool):
    with pool.acquire(scripted()) as one, pool.acquire(scripted(words=(" else",))) as other:
        assert one.ask(("pid",)) != other.ask(("pid",))
        assert len(pool.loaded()) == 2


def test_leases_taken_at_once_load_once(pool):
    calls = [Call(lambda: pool.acquire(scripted())) for _ in range(4)]
    leases = [call.outcome() for call in calls]

    assert len({lease.ask(("pid",)) for lease in leases}) == 1


def test_engine_stays_warm_after_its_last_lease(pool):
    with pool.acquire(scripted()) as lease:
        pid = lease.ask(("pid",))

    with pool.acquire(scripted()) as lease:
        assert lease.ask(("pid",)) == pid


def test_release_twice_counts_once(pool):
    lease = pool.acquire(scripted())
    with pool.acquire(scripted()):
        lease.release()
        lease.release()

        assert [engine.users for engine in pool.loaded()] == [1]


def test_loaded_tells_what_runs(pool):
    with pool.acquire(scripted(load_memory_bytes=50_000_000)) as lease:
        answers = lease.run(("wait",))
        next(answers)
        (engine,) = pool.loaded()
        answers.close()

        assert engine.spec == lease.spec
        assert engine.memory_bytes > 50_000_000
        assert (engine.device, engine.users, engine.is_busy) == ("cpu", 1, True)
        assert psutil.pid_exists(engine.pid)


def test_progress_of_loading_is_reported(pool):
    messages = []

    pool.acquire(scripted(), on_progress=lambda fraction, message: messages.append(message))

    assert messages == ["Loading", "Loaded"]


def test_failed_load_is_told_and_leaves_nothing(pool):
    with pytest.raises(ModelMissing):
        pool.acquire(scripted(load="missing"))

    assert pool.loaded() == []


# ── whose turn it is ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_most_urgent_goes_first_and_nobody_is_interrupted(pool):
    order = []
    with pool.acquire(scripted()) as lease:
        first = lease.run(("wait",), priority=Priority.BACKGROUND)
        next(first)
        calls = []
        for count, priority in enumerate([Priority.BACKGROUND, Priority.FILE, Priority.LIVE, Priority.LIVE], start=1):

            def ask(place: str = f"{priority.name} {count}", priority: Priority = priority) -> None:
                for answer in lease.run(("echo", place), priority=priority):
                    order.append(answer)

            calls.append(Call(ask))
            wait_for_waiting(pool, count)

        assert order == []
        first.close()
        for call in calls:
            call.join()

    assert order == ["LIVE 3", "LIVE 4", "FILE 2", "BACKGROUND 1"]


def test_cancel_ends_the_wait_for_a_turn(pool):
    cancel = Cancel()
    with pool.acquire(scripted()) as lease:
        first = lease.run(("wait",))
        next(first)
        waiting = Call(lambda: lease.ask(("echo", 1), cancelled=cancel))
        wait_for_waiting(pool, 1)

        cancel.set()

        assert isinstance(waiting.outcome(), Cancelled)
        first.close()
        assert lease.ask(("echo", 2)) == 2


def test_loaded_engine_is_leased_while_it_is_busy(pool):
    with pool.acquire(scripted()) as lease:
        answers = lease.run(("wait",))
        next(answers)

        pool.acquire(scripted()).release()

        answers.close()


# ── deaths ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_engine_that_dies_under_a_request_is_replaced(pool):
    messages = []
    with pool.acquire(scripted(), on_progress=lambda fraction, message: messages.append(message)) as lease:
        with pytest.raises(EngineDied):
            lease.ask(("exit", 1))

        assert lease.ask(("echo", "again")) == "again"
        assert messages == ["Loading", "Loaded"] * 2


def test_engine_that_was_killed_while_idle_is_replaced(pool):
    with pool.acquire(scripted()) as lease:
        pid = lease.ask(("pid",))
        os.kill(pid, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [])

        with contextlib.suppress(EngineDied):  # where the death was not noticed before the request
            lease.ask(("echo", 1))

        assert lease.ask(("pid",)) != pid


def test_engine_that_keeps_dying_is_given_up(pool):
    with pool.acquire(scripted(crash_always=True)) as lease:
        request = SpeechRequest(np.zeros(10, np.float32))
        for _ in range(3):
            with pytest.raises(EngineDied):
                lease.ask(request)

        with pytest.raises(EngineError, match="3 times within a minute") as caught:
            lease.ask(request)
        assert not isinstance(caught.value, EngineDied)


def test_engine_that_keeps_dying_while_loading_is_given_up(pool):
    for _ in range(3):
        with pytest.raises(EngineDied):
            pool.acquire(scripted(load="exit"))

    with pytest.raises(EngineError, match="3 times within a minute"):
        pool.acquire(scripted(load="exit"))


def test_deaths_long_ago_are_forgiven(pool, monkeypatch):
    monkeypatch.setattr("workers.engine_pool.DEATHS_WITHIN_S", -1.0)
    with pool.acquire(scripted()) as lease:
        for _ in range(4):
            with pytest.raises(EngineDied):
                lease.ask(("exit", 1))

        assert lease.ask(("echo", 1)) == 1


def test_killing_an_engine_that_ignored_cancel_is_not_held_against_it(monkeypatch, tmp_path):
    monkeypatch.setattr("workers.engine_pool.MAX_DEATHS", 1)
    monkeypatch.setattr("workers.engine_pool.EngineProcess", partial(EngineProcess, grace_s=0.05))
    with contextlib.closing(EnginePool()) as pool, pool.acquire(scripted()) as lease:
        answers = lease.run(("deaf", str(tmp_path / "never")))
        next(answers)
        answers.close()

        assert lease.ask(("echo", "again")) == "again"


# ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def spec_with_files(tmp_path, name: str, *, files_bytes: int = 0, memory_bytes: int = 0):
    with open(tmp_path / name, "wb") as file:
        file.truncate(files_bytes)
    return scripted(model_id=name, model_path=tmp_path / name, load_memory_bytes=memory_bytes)


def test_longest_idle_engine_makes_room_and_the_user_is_told(tmp_path):
    notices: list[Notice] = []
    limited = EnginePool(memory_limit_bytes=1_000_000_000, on_notice=notices.append)
    with contextlib.closing(limited) as pool:
        for name in ("old", "young"):
            pool.acquire(spec_with_files(tmp_path, name, memory_bytes=200_000_000)).release()

        large = spec_with_files(tmp_path, "large", files_bytes=450_000_000)  # fits beside one, not beside two
        with pool.acquire(large):
            assert [engine.spec.model_id for engine in pool.loaded()] == ["young", "large"]

        assert [notice.sentence for notice in notices] == ["The model 'old' was unloaded to make room for 'large'."]


def test_idle_engines_go_when_memory_runs_out_while_loading():
    notices: list[Notice] = []
    with contextlib.closing(EnginePool(on_notice=notices.append)) as pool:
        pool.acquire(scripted("idle")).release()

        with pytest.raises(OutOfMemory):
            pool.acquire(scripted("greedy", load="memory"))

        assert pool.loaded() == []
        assert [notice.sentence for notice in notices] == ["The model 'idle' was unloaded to make room for 'greedy'."]


def test_engine_in_use_is_never_unloaded(tmp_path):
    used, new = (spec_with_files(tmp_path, name, files_bytes=1000) for name in ("used", "new"))

    with contextlib.closing(EnginePool(memory_limit_bytes=1)) as pool, pool.acquire(used), pool.acquire(new):
        assert [engine.spec for engine in pool.loaded()] == [used, new]


def test_engine_that_nobody_uses_is_unloaded_after_a_while():
    with contextlib.closing(EnginePool(idle_s=0.0)) as pool:
        lease = pool.acquire(scripted())
        process = psutil.Process(pool.loaded()[0].pid)

        lease.release()

        psutil.wait_procs([process], timeout=10)
        assert not process.is_running()


# ── close ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("load", ["wait", "deaf"])
def test_close_during_a_load_cancels_it(load):
    pool = EnginePool()
    is_loading = threading.Event()
    call = Call(lambda: pool.acquire(scripted(load=load), on_progress=lambda *_: is_loading.set()))
    is_loading.wait()

    pool.close()

    assert isinstance(call.outcome(), Cancelled)


def test_close_during_a_request_cancels_it_and_those_that_wait():
    pool = EnginePool()
    lease = pool.acquire(scripted())
    answers = lease.run(("frozen",))
    next(answers)
    waiting = Call(lambda: lease.ask(("echo", 1)))
    wait_for_waiting(pool, 1)

    pool.close()

    with pytest.raises(Cancelled):
        next(answers)
    assert isinstance(waiting.outcome(), Cancelled)


def test_closed_pool_starts_nothing():
    pool = EnginePool()
    pool.close()

    with pytest.raises(Cancelled):
        pool.acquire(scripted())
    assert pool.loaded() == []


def test_cancel_during_a_load_ends_it_and_the_next_may_load(pool):
    cancel = Cancel()

    with pytest.raises(Cancelled):
        pool.acquire(scripted(load="deaf"), on_progress=lambda *_: cancel.set(), cancelled=cancel)

    assert pool.loaded() == []
    assert pool.acquire(scripted()).ask(("echo", 1)) == 1
