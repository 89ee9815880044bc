"""What the engines that see cost beyond their models: the plain loops of transformers take turns with them.

The weights are random and of real size: CLIP ViT-B/32, and a chat model in the shape of SmolVLM 256M. The engines run
in processes of their own, as in the app, the plain loops in this one, with the same threads, number format and
niceness. A busy machine slows both: what is told is the median of the rounds' ratios.

    python -m benchmarks.see_engines [--out benchmarks/out/see_engines.json] [--wait-s 600] [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.calm import wait_for_calm
from benchmarks.looking import measure_labels
from benchmarks.machine import machine
from benchmarks.random_models import MODELS, ROOT, build_clip, build_smolvlm
from workers.cancel import Cancel
from workers.engine_pool import EnginePool
from workers.engine_process import BESIDE_SPEECH, EngineProcess
from workers.engines.base import EngineSpec
from workers.engines.registry import engine_named
from workers.errors import Cancelled
from workers.results import Answer, AnswerToken, Frame, ImageRequest, Turn

MEASURES = ("labels", "chat", "memory", "rows", "large_rows")  # each in a process of its own
SIZE = (480, 640, 3)  # of a webcam's frame
THINGS = ("cat", "dog", "cup", "book", "phone", "chair", "apple", "flower", "car", "lamp")
LABELS = tuple(f"a {thing}" for thing in THINGS)
LABELS_S, QUICK_LABELS_S = 5.0, 1.0
ROUNDS, QUICK_ROUNDS = 5, 1
TOKENS, QUICK_TOKENS = 64, 8
ANSWERS, QUICK_ANSWERS = 20, 2
ANSWER_TOKENS = 16
SWITCHES, QUICK_SWITCHES = 10, 2
ROWS, ROWS_AT_ONCE = 40, 16  # of a table; the command line sends 16 in one request
LARGE_ROWS, LARGE_ROUNDS = 16, 2  # of a model of real size
QUICK_ROWS = 4
QUESTION, SECOND_QUESTION = "what is this?", "is there a cat on the left?"
QUESTIONS = (QUESTION, "what color is it?", SECOND_QUESTION, "what do you see?", "where is it?")
SAMPLE = ROOT / "assets" / "samples" / "things.jpg"
STARTER = ROOT / "assets" / "starter" / "starter-llava"
LONGEST_ANSWER = 2000  # tokens, of an answer that is stopped


def frame(number: int) -> Frame:
    """A picture like no other."""
    return np.random.default_rng(number).integers(0, 256, SIZE, np.uint8)


def spec_of(engine: str, folder: Path) -> EngineSpec:
    return EngineSpec.of(engine_named(engine), folder.name, folder)


# ── plain transformers ───────────────────────────────────────────────────────────────────────────────────────────────


class PlainChat:
    """The chat model as everybody calls it: processor, then `generate`. One tile a picture, as the engine takes it."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        import transformers

        from workers.engines.measured import prepare_torch

        self._device, self._dtype = device, prepare_torch(device, "auto")
        model = transformers.AutoModelForImageTextToText.from_pretrained(folder, dtype=self._dtype)
        self._model = model.to(device).eval()
        self._processor = transformers.AutoProcessor.from_pretrained(folder)
        self._processor.image_processor.do_image_splitting = False
        self._processor.image_processor.size = self._processor.image_processor.max_image_size

    def ask(self, image: Frame, n_tokens: int) -> tuple[float, str]:
        """How many seconds it takes, and what it says."""
        import torch

        began_s = time.perf_counter()
        content = [{"type": "image", "image": Image.fromarray(image)}, {"type": "text", "text": QUESTION}]
        inputs = self._processor.apply_chat_template(
            [{"role": "user", "content": content}],
            add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt",
        ).to(self._device, self._dtype)  # fmt: skip
        with torch.inference_mode():
            tokens = self._model.generate(**inputs, do_sample=False, max_new_tokens=n_tokens)
        text = self._processor.decode(tokens[0, inputs.input_ids.shape[1] :], skip_special_tokens=True)
        return time.perf_counter() - began_s, str(text).strip()


# ── the engine ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Asked:
    """An answer, and when it began and ended, in seconds after the question was sent."""

    answer: Answer
    first_s: float
    whole_s: float


def asked(engine: EngineProcess, request: ImageRequest) -> Asked:
    began_s = time.perf_counter()
    said = engine.run(request)
    next(said)
    first_s = time.perf_counter() - began_s
    *_, answer = said
    assert isinstance(answer, Answer)
    return Asked(answer, first_s, time.perf_counter() - began_s)


def question(image: Frame, n_tokens: int) -> ImageRequest:
    return ImageRequest("ask", (image,), question=QUESTION, max_new_tokens=n_tokens)


def second_question(image: Frame, first: Answer, n_tokens: int) -> ImageRequest:
    history = (Turn(QUESTION, first.text, (image,)),)
    return ImageRequest("ask", question=SECOND_QUESTION, history=history, max_new_tokens=n_tokens)


def stopped_s(engine: EngineProcess, image: Frame) -> float:
    """From Stop, in the middle of an answer, until the engine is free."""
    stop, stopped_at_s, n_words = Cancel(), 0.0, 0
    try:
        for said in engine.run(question(image, LONGEST_ANSWER), stop):
            n_words += isinstance(said, AnswerToken)
            if n_words == 3:
                stopped_at_s = time.perf_counter()
                stop.set()
    except Cancelled:
        engine.settle()
    assert stopped_at_s, "the answer was over before it was stopped"
    return time.perf_counter() - stopped_at_s


@contextmanager
def running(spec: EngineSpec) -> Iterator[EngineProcess]:
    """The engine in a process of its own, loaded."""
    with closing(EngineProcess(spec)) as engine:
        engine.load(lambda fraction, message: None)
        yield engine


# ── what is measured, each in a process of its own ───────────────────────────────────────────────────────────────────


def measure_chat(
    folder: Path,
    *,
    device: str = "cpu",
    n_tokens: int = TOKENS,
    rounds: int = ROUNDS,
    n_answers: int = ANSWERS,
) -> dict[str, Any]:
    """Tokens a second, the first token, a second question and Stop, beside plain `generate`; equal answers."""
    plain = PlainChat(folder, device)
    found: dict[str, list[float]] = {
        name: [] for name in ("rate", "first_beyond_ms", "second", "token_ms", "stop_beyond_ms")
    }
    with running(spec_of("chat-vlm", folder)) as engine:
        plain.ask(frame(0), 2)
        asked(engine, question(frame(0), 2))
        for number in range(1, 1 + rounds):
            image = frame(number)
            before_s, _ = plain.ask(image, n_tokens)
            first_before_s, _ = plain.ask(image, 1)
            first = asked(engine, question(image, n_tokens))
            second = asked(engine, second_question(image, first.answer, n_tokens))
            stop_s = stopped_s(engine, image)  # the next answer comes from this process, or not at all
            first_after_s, _ = plain.ask(image, 1)
            after_s, _ = plain.ask(image, n_tokens)
            plain_s, plain_first_s = (before_s + after_s) / 2, (first_before_s + first_after_s) / 2
            token_s = (plain_s - plain_first_s) / (n_tokens - 1)
            found["rate"].append(plain_s / n_tokens * first.answer.n_tokens / first.whole_s)
            found["first_beyond_ms"].append(1000 * (first.first_s - plain_first_s))
            found["second"].append(second.first_s / first.first_s)
            found["token_ms"].append(1000 * token_s)
            found["stop_beyond_ms"].append(1000 * (stop_s - token_s))
        pairs = [
            (plain.ask(image, ANSWER_TOKENS)[1], asked(engine, question(image, ANSWER_TOKENS)).answer.text)
            for image in map(frame, range(100, 100 + n_answers))
        ]
    return {name: spread(values) for name, values in found.items()} | {
        "n_tokens": n_tokens,
        "answers": n_answers,
        "equal_answers": sum(ours == theirs for ours, theirs in pairs),
        "different_answers": len({theirs for _, theirs in pairs}),
    }


def measure_rows(
    spec: EngineSpec, *, n_rows: int = ROWS, rounds: int = ROUNDS, n_tokens: int = TOKENS
) -> dict[str, Any]:
    """A table of pictures and questions, one row after the other and as the command line asks it, by turns."""
    sample = np.asarray(Image.open(SAMPLE).convert("RGB"))
    images = [np.roll(sample, 40 * number, 1) for number in range(n_rows)]
    questions = [QUESTIONS[number % len(QUESTIONS)] for number in range(n_rows)]
    ratios, n_equal = [], n_rows
    with running(spec) as engine:

        def at_once(n: int) -> tuple[float, list[str]]:
            began_s, texts = time.perf_counter(), []
            for first in range(0, n_rows, n):
                places = slice(first, first + n)
                rows = {"questions": tuple(questions[places])} if n > 1 else {"question": questions[first]}
                said = engine.run(ImageRequest("ask", tuple(images[places]), max_new_tokens=n_tokens, **rows))
                texts += [answer.text for answer in said if isinstance(answer, Answer)]
            return time.perf_counter() - began_s, texts

        asked(engine, question(images[0], 2))
        for _ in range(rounds):
            (alone_s, alone), (together_s, together) = at_once(1), at_once(ROWS_AT_ONCE)
            ratios.append(alone_s / together_s)
            n_equal = min(n_equal, sum(one == other for one, other in zip(alone, together, strict=True)))
    return {"times_as_fast": spread(ratios), "rows": n_rows, "equal_answers": n_equal}


def memory_mb() -> float:
    """Of this process and those that it started; shared pages are counted once."""
    import psutil

    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return float(sum(process.memory_full_info().pss for process in processes)) / 1e6


def measure_memory(
    clip: Path, chat: Path, *, switches: int = SWITCHES, taken: Callable[[], float] = memory_mb
) -> dict[str, Any]:
    """Two models in turn, where there is room for one of them only."""
    taken_mb: list[float] = []
    requests = {
        spec_of("clip", clip): ImageRequest("label", (frame(0),), LABELS),
        spec_of("chat-vlm", chat): question(frame(0), 2),
    }
    with closing(EnginePool(memory_limit_bytes=1)) as pool:
        for number in range(2 + switches):
            spec, request = list(requests.items())[number % 2]
            with pool.acquire(spec) as lease:
                lease.ask(request)
                assert [engine.spec for engine in pool.loaded()] == [spec]
                taken_mb.append(taken())
    firsts, lasts = taken_mb[:2], taken_mb[-2:]
    return {"mb": [round(mb) for mb in taken_mb], "drift": round(sum(lasts) / sum(firsts) - 1, 4)}


def spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 3),
        "lowest": round(min(values), 3),
        "highest": round(max(values), 3),
    }


# ── everything ───────────────────────────────────────────────────────────────────────────────────────────────────────


def child(what: str, arguments: argparse.Namespace) -> Any:
    """A measure in a process of its own, once the machine has time for it."""
    load = wait_for_calm(arguments.wait_s)
    command = [sys.executable, "-m", "benchmarks.see_engines", "--only", what, "--models", str(arguments.models)]
    if arguments.quick:
        command.append("--quick")
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1]) | {"load_before": round(load, 2)}


def equal_answers(found: dict[str, Any]) -> str:
    return f"{found['equal_answers']} of {found['rows']}"


def table(result: dict[str, Any]) -> str:
    """The measures as a Markdown table for the README."""
    labels, chat, rows_of = result["labels"], result["chat"], [result["rows"], result["large_rows"]]
    rows = [
        ("labels a second ÷ raw `get_image_features`", ">= 0.90", f"{labels['over_raw']:.2f}"),
        ("labels a second ÷ transformers' pipeline, 10 labels", ">= 1.7", f"{labels['over_pipeline']:.2f}"),
        ("tokens a second ÷ `model.generate`", ">= 0.95", f"{chat['rate']['median']:.2f}"),
        (
            "first token - processor and one token of `generate`",
            "<= 50 ms",
            f"{chat['first_beyond_ms']['median']:+.0f} ms",
        ),
        ("second question about the same picture ÷ the first", "<= 0.40", f"{chat['second']['median']:.2f}"),
        ("Stop - one token", "<= 50 ms", f"{chat['stop_beyond_ms']['median']:+.0f} ms"),
        (
            "memory after 10 models that made room for each other",
            "<= +5 %",
            f"{100 * result['memory']['drift']:+.1f} %",
        ),
        ("answers equal to plain transformers, greedy", "all", f"{chat['equal_answers']} of {chat['answers']}"),
        (
            f"rows of a table a second ÷ one by one: the starter, {ROWS}; a model of real size, {LARGE_ROWS}",
            "",
            "; ".join(f"{one['times_as_fast']['median']:.1f}" for one in rows_of),
        ),
        ("answers equal to those of each row alone", "all", "; ".join(map(equal_answers, rows_of))),
    ]
    lines = [f"| {what} | {must} | {value} |" for what, must, value in rows]
    return "\n".join(["| measure | must | measured |", "|---|---|---|", *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out" / "see_engines.json")
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--wait-s", type=float, default=600.0, help="at most so long for a calm machine, each time")
    parser.add_argument("--quick", action="store_true", help="while working: one round, few tokens, no waiting")
    parser.add_argument("--only", choices=MEASURES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    clip, chat = arguments.models / "random-clip-b32", arguments.models / "random-smolvlm-256m"
    if arguments.only:
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # before torch is imported: as an engine has it
        os.nice(BESIDE_SPEECH)  # as an engine gives way
        is_quick = arguments.quick
        few_rows = {"n_rows": QUICK_ROWS, "rounds": QUICK_ROUNDS} if is_quick else {}
        large_rows = {"n_rows": LARGE_ROWS, "rounds": LARGE_ROUNDS, "n_tokens": ANSWER_TOKENS} | few_rows
        few = {"n_tokens": QUICK_TOKENS, "rounds": QUICK_ROUNDS, "n_answers": QUICK_ANSWERS} if is_quick else {}
        measures: dict[str, Callable[[], Any]] = {
            "labels": lambda: measure_labels(clip, list(LABELS), QUICK_LABELS_S if is_quick else LABELS_S),
            "chat": lambda: measure_chat(chat, **few),
            "rows": lambda: measure_rows(spec_of("llava", STARTER), **few_rows),
            "large_rows": lambda: measure_rows(spec_of("chat-vlm", chat), **large_rows),
            "memory": lambda: measure_memory(clip, chat, switches=QUICK_SWITCHES if is_quick else SWITCHES),
        }
        print(json.dumps(measures[arguments.only]()))
        return
    if arguments.quick:
        arguments.wait_s = 0.0
    build_clip(clip)
    build_smolvlm(chat)
    result = {"machine": machine("torch", "transformers", "numpy")} | {
        what: child(what, arguments) for what in MEASURES
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=2) + "\n")
    print(table(result))


if __name__ == "__main__":
    main()
