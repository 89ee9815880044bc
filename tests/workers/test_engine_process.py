"""The engine's own process: what crosses, how it is cancelled, how it dies, and that it never stays behind."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.scripted_engine import ScriptedEngine, scripted
from workers.cancel import Cancel
from workers.engine_process import BESIDE_SPEECH, GPU_FAULT, EngineBug, EngineProcess, EngineThread
from workers.engines.base import EngineSpec
from workers.errors import Cancelled, EngineDied, EngineError, ModelMissing, OutOfMemory, PackageMissing
from workers.results import SAMPLE_RATE_HZ, SpeechRequest


def ignore(fraction: float, message: str) -> None: ...


@pytest.fixture(scope="module")
def shared_process() -> Iterator[EngineProcess]:
    """For the tests that leave their engine as they found it."""
    with contextlib.closing(EngineProcess(scripted())) as process:
        process.load(ignore)
        yield process


@pytest.fixture
def process() -> Iterator[EngineProcess]:
    with contextlib.closing(EngineProcess(scripted(), grace_s=60)) as process:
        process.load(ignore)
        yield process


@pytest.fixture(params=["process", "thread"])
def engine(request, shared_process):
    """Both placements, which nobody can tell apart."""
    if request.param == "process":
        return shared_process
    thread = EngineThread(scripted())
    thread.load(ignore)
    return thread


class ScriptedEmotion(ScriptedEngine):
    info = replace(ScriptedEngine.info, name="scripted-emotion", tasks=("emotion",))


def test_engine_beside_speech_lets_speech_go_first(shared_process):
    spec = EngineSpec.of(ScriptedEmotion, "emotion", Path("nowhere"))

    with contextlib.closing(EngineProcess(spec)) as beside:
        beside.load(ignore)
        niceness = psutil.Process(beside.pid).nice()

    assert niceness >= BESIDE_SPEECH
    assert psutil.Process(shared_process.pid).nice() == psutil.Process().nice()


# ── requests and answers ─────────────────────────────────────────────────────────────────────────────────────────────


def test_results_come_in_order(engine):
    assert list(engine.run(("count", 500))) == list(range(500))


def test_speech_is_answered(engine):
    (hypothesis,) = engine.run(SpeechRequest(np.zeros(SAMPLE_RATE_HZ, np.float32)))

    assert hypothesis.text == " one two three"


@pytest.mark.parametrize(
    "value", [None, True, 1, 2.5, "text", b"bytes", (1, [2, {"three": {4}}]), frozenset({5}), bytearray(b"6"), 7j]
)
def test_plain_values_cross(shared_process, value):
    assert list(shared_process.run(("echo", value))) == [value]


@pytest.mark.parametrize(
    "array",
    [np.arange(6, dtype=np.float32), np.arange(6).reshape(2, 3)[:, ::2], np.zeros(0, np.uint8), np.float32(1.5)],
    ids=["float32", "strided", "empty", "scalar"],
)
def test_arrays_cross(shared_process, array):
    (echo,) = shared_process.run(("echo", array))

    np.testing.assert_array_equal(echo, array)
    assert echo.dtype == array.dtype


def test_fifty_megabytes_both_ways(shared_process):
    samples = np.random.default_rng(1).integers(0, 255, 50_000_000, np.uint8)

    (echo,) = shared_process.run(("echo", samples))

    assert np.array_equal(echo, samples)


def test_requests_from_many_threads_are_answered_one_by_one(shared_process):
    answers: dict[int, list[object]] = {}

    def ask(number: int) -> None:
        answers[number] = list(shared_process.run(("echo", number)))

    threads = [threading.Thread(target=ask, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {number: [number] for number in range(20)}


def test_what_may_not_cross_is_refused(shared_process):
    with pytest.raises(Exception, match=r"fractions\.Fraction may not cross"):
        list(shared_process.run(("foreign",)))

    assert list(shared_process.run(("echo", 1))) == [1]


def test_request_that_may_not_cross_is_refused(shared_process):
    with pytest.raises(EngineBug, match=r"pathlib\.PosixPath may not cross"):
        list(shared_process.run(("echo", Path("here"))))

    assert list(shared_process.run(("echo", 1))) == [1]


def test_request_that_cannot_be_pickled_leaves_the_engine_usable(shared_process):
    with pytest.raises(TypeError):
        list(shared_process.run(("echo", threading.Lock())))

    assert list(shared_process.run(("echo", 1))) == [1]


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_error_of_the_engine_arrives_with_its_words(engine):
    with pytest.raises(EngineError) as caught:
        list(engine.run(("error", "too loud")))

    assert caught.value.template == "The {engine} says: {text}"
    assert str(caught.value) == "The script says: too loud Ask script again."


def test_unexpected_error_arrives_with_its_traceback(shared_process):
    with pytest.raises(EngineBug, match=r'scripted_engine\.py", line \d+(.|\n)*ValueError: upside down'):
        list(shared_process.run(("bug", "upside down")))


def test_lack_of_memory_is_told(engine):
    with pytest.raises(OutOfMemory, match="not enough memory for the model 'scripted'"):
        list(engine.run(("memory",)))


@pytest.mark.parametrize("kind", [EngineProcess, EngineThread])
def test_missing_model_is_told(kind):
    with contextlib.closing(kind(scripted(load="missing"))) as engine, pytest.raises(ModelMissing, match="nowhere"):
        engine.load(ignore)


@pytest.mark.parametrize("kind", [EngineProcess, EngineThread])
def test_missing_package_is_told(kind):
    with (
        contextlib.closing(kind(scripted(load="package"))) as engine,
        pytest.raises(PackageMissing, match="torchaudiox"),
    ):
        engine.load(ignore)


@pytest.mark.parametrize("kind", [EngineProcess, EngineThread])
def test_loading_reports_progress(kind):
    reports = []

    with contextlib.closing(kind(scripted())) as engine:
        engine.load(lambda fraction, message: reports.append((fraction, message)))

        assert reports == [(0.0, "Loading"), (1.0, "Loaded")]
        assert engine.device == "cpu"


# ── cancel ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cancel_reaches_a_busy_engine(process):
    cancel = Cancel()
    answers = process.run(("wait",), cancel)
    assert next(answers) == "waiting"

    threading.Timer(0.0, cancel.set).start()
    with pytest.raises(Cancelled):
        next(answers)

    assert list(process.run(("pid",))) == [process.pid]  # the same process: it heeded, nobody killed it


def test_plain_callable_cancels_too(process):
    cancelled = False
    answers = process.run(("wait",), lambda: cancelled)
    next(answers)

    cancelled = True

    with pytest.raises(Cancelled):
        next(answers)


def test_leaving_the_answers_cancels(process):
    answers = process.run(("wait",))
    next(answers)

    answers.close()

    assert list(process.run(("echo", 1))) == [1]


def test_cancelled_before_it_starts_is_never_sent(process):
    cancel = Cancel()
    cancel.set()

    with pytest.raises(Cancelled):
        next(process.run(("exit", 1), cancel))

    assert list(process.run(("echo", 1))) == [1]


def test_leaving_at_any_moment_never_mixes_answers(process):
    for taken in range(100):
        answers = process.run(("count", 200))
        assert [next(answers) for _ in range(taken)] == list(range(taken))
        answers.close()

        assert list(process.run(("echo", -taken))) == [-taken]


def test_late_results_are_dropped(process, tmp_path):
    flag = tmp_path / "flag"
    cancel = Cancel()
    answers = process.run(("deaf", str(flag)), cancel)
    assert next(answers) == "deaf"

    cancel.set()
    with pytest.raises(Cancelled):
        next(answers)
    threading.Timer(0.1, flag.touch).start()  # now it sends its 50 MB, while 50 MB wait to be sent to it

    (echo,) = process.run(("echo", np.ones(50_000_000, np.uint8)))
    assert echo[0] == 1


def test_engine_that_ignores_cancel_is_killed_after_the_grace(tmp_path):
    with contextlib.closing(EngineProcess(scripted(), grace_s=0.05)) as process:
        process.load(ignore)
        answers = process.run(("deaf", str(tmp_path / "never")))
        next(answers)

        answers.close()

        with pytest.raises(EngineDied):
            next(process.run(("echo", 1)))
        assert process.was_killed
        assert not process.is_alive


def test_cancel_reaches_a_request_that_the_engine_does_not_read(process):
    cancel = Cancel()
    rescue = threading.Timer(20, process.close)  # else this test would not end where it fails
    rescue.start()
    os.kill(process.pid, signal.SIGSTOP)
    threading.Timer(0.2, cancel.set).start()  # by then the request fills the pipe

    with pytest.raises(Cancelled):
        next(process.run(("echo", np.zeros(50_000_000, np.uint8)), cancel))

    rescue.cancel()
    os.kill(process.pid, signal.SIGCONT)
    assert list(process.run(("pid",))) == [process.pid]


def test_engine_that_reads_no_request_is_killed_after_the_grace():
    with contextlib.closing(EngineProcess(scripted(), grace_s=0.05)) as process:
        process.load(ignore)
        cancel = Cancel()
        os.kill(process.pid, signal.SIGSTOP)
        threading.Timer(0.2, cancel.set).start()

        with pytest.raises(Cancelled):
            next(process.run(("echo", np.zeros(50_000_000, np.uint8)), cancel))

        with pytest.raises(EngineDied):
            next(process.run(("echo", 1)))
        assert process.was_killed


def test_cancel_ends_a_load():
    cancel = Cancel()

    with contextlib.closing(EngineProcess(scripted(load="wait"))) as process, pytest.raises(Cancelled):
        process.load(lambda fraction, message: cancel.set(), cancel)


# ── how it ends ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("exit", 3), r"exit code 3"),
        (("segv",), r"SIGSEGV"),
        (("kill",), r"ended by the system, probably for lack of memory"),
    ],
)
def test_death_is_told_with_its_reason(process, command, reason):
    with pytest.raises(EngineDied, match=reason):
        list(process.run(command))

    assert not process.is_alive
    with pytest.raises(EngineDied, match=reason):
        next(process.run(("echo", 1)))


def test_death_while_loading_is_told():
    with contextlib.closing(EngineProcess(scripted(load="exit"))) as process, pytest.raises(EngineDied, match="code 7"):
        process.load(ignore)


def test_death_under_a_large_request_is_told(process):
    os.kill(process.pid, signal.SIGSTOP)  # it reads no more, so the request fills the pipe
    threading.Timer(0.2, os.kill, [process.pid, signal.SIGKILL]).start()

    with pytest.raises(EngineDied):
        next(process.run(("echo", np.zeros(50_000_000, np.uint8))))


@pytest.mark.parametrize("load", ["wait", "deaf"])
def test_close_ends_a_load_at_once(load):
    process = EngineProcess(scripted(load=load))
    is_loading = threading.Event()
    errors = []

    def load_it() -> None:
        try:
            process.load(lambda fraction, message: is_loading.set())
        except EngineDied as error:
            errors.append(error)

    thread = threading.Thread(target=load_it)
    thread.start()
    is_loading.wait()
    process.close()
    thread.join()

    assert len(errors) == 1
    assert not psutil.pid_exists(process.pid)


@pytest.mark.parametrize("command", [("wait",), ("deaf", "/never"), ("frozen",)])
def test_close_ends_a_request_at_once(process, command):
    answers = process.run(command)
    next(answers)

    process.close()

    with pytest.raises(EngineDied):
        next(answers)
    assert not psutil.pid_exists(process.pid)


def test_close_twice_is_close_once(process):
    process.close()
    process.close()

    assert not process.is_alive


PARENT = """
    import sys
    from tests.scripted_engine import ScriptedEngine, scripted
    from workers.engine_process import EngineProcess

    if __name__ == "__main__":
        process = EngineProcess(scripted(load={load!r}))
        print(process.pid, flush=True)
        process.load(lambda fraction, message: print(message, flush=True))
        for answer in process.run({command!r}):
            print(answer, flush=True)
        input()
"""


@pytest.mark.parametrize(
    ("load", "command", "said_last"),
    [
        ("well", ("echo", "idle"), "idle"),
        ("well", ("wait",), "waiting"),
        ("well", ("frozen",), "frozen"),
        ("deaf", (), "Loading"),
    ],
)
def test_no_child_outlives_a_killed_app(load, command, said_last):
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT.format(load=load, command=command))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    child = psutil.Process(int(parent.stdout.readline()))
    while parent.stdout.readline().strip() != said_last:
        assert parent.poll() is None, parent.stderr.read()

    with parent:
        parent.kill()

    psutil.wait_procs([child], timeout=10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_interrupt_in_the_terminal_does_not_reach_the_engine(shared_process):
    assert os.getpgid(shared_process.pid) != os.getpgid(0)

    os.kill(shared_process.pid, signal.SIGINT)

    assert list(shared_process.run(("echo", 1))) == [1]


# ── what it says and what it is given ────────────────────────────────────────────────────────────────────────────────


def test_log_records_arrive(process, caplog):
    with caplog.at_level(logging.INFO):
        list(process.run(("log", logging.WARNING, "too hot")))
        process.close()  # has read everything when it returns

    assert ("tests.scripted_engine", logging.WARNING, "too hot") in caplog.record_tuples


def test_log_record_that_does_not_fit_its_template_does_not_disturb(process, caplog):
    with caplog.at_level(logging.INFO):
        assert list(process.run(("log", logging.WARNING, "%d of %d", 1))) == []
        process.close()

    assert any("--- Logging error ---" in message for message in caplog.messages)


def test_what_it_prints_is_logged_and_does_not_disturb(process, caplog):
    with caplog.at_level(logging.INFO, "workers.engine_process"):
        list(process.run(("print", "hello")))
        process.close()

    assert "[scripted] hello" in caplog.messages
    assert "[scripted] hello from C" in caplog.messages


def test_crash_leaves_a_stack_in_the_log(process, caplog):
    with caplog.at_level(logging.INFO, "workers.engine_process"), pytest.raises(EngineDied):
        list(process.run(("segv",)))

    assert any("Segmentation fault" in message for message in caplog.messages)


def test_threads_are_limited():
    with contextlib.closing(EngineProcess(scripted(), threads=3)) as process:
        process.load(ignore)

        assert list(process.run(("environment", "OMP_NUM_THREADS"))) == ["3"]


def test_memory_killer_takes_the_engine_first(shared_process):
    score = Path(f"/proc/{shared_process.pid}/oom_score_adj")
    if not score.exists():
        pytest.skip("this kernel shows no oom_score_adj")

    assert int(score.read_text()) > int(Path("/proc/self/oom_score_adj").read_text())


def test_engine_is_offline(shared_process):
    assert list(shared_process.run(("environment", "HF_HUB_OFFLINE"))) == ["1"]


def test_window_never_imports_a_heavy_library_while_an_engine_runs():
    script = """
        import sys
        from tests.scripted_engine import ScriptedEngine, scripted
        import workers.worker
        from workers.engine_pool import EnginePool

        if __name__ == "__main__":
            pool = EnginePool()
            with pool.acquire(scripted(load="torch")) as lease:
                assert lease.ask(("imported", "torch")), "the engine has it"
            pool.close()
            heavy = {"torch", "transformers", "diffusers", "ctranslate2", "faster_whisper", "onnxruntime", "cv2"}
            print(sorted(heavy & set(sys.modules)))
    """

    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)

    assert done.stdout == "[]\n", done.stderr


def test_an_engine_whose_gpu_failed_ends_so_that_a_new_one_can_use_it(process, caplog):
    with pytest.raises(EngineDied, match=f"exit code {GPU_FAULT}"):
        list(process.run(("bug", "CUDA error: an illegal memory access was encountered")))

    process.close()
    assert not process.is_alive
    assert "an illegal memory access" in caplog.text
