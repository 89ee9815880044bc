"""What every engine that sees must hold, with a model of each kind of weights that it takes."""

import contextlib
import os
import signal

import numpy as np
import pytest

from tests.workers.engines.vision.conftest import MODELS
from workers.cancel import Cancel
from workers.engine_pool import EnginePool
from workers.engine_process import EngineProcess, EngineThread
from workers.engines.base import EngineSpec
from workers.engines.registry import engines
from workers.errors import Cancelled, EngineDied, ModelBroken
from workers.results import Answer, AnswerToken, Caption, Embeddings, ImageRequest, LabelScores, MatchScores, Verdict

ASKED = {
    "label": {"candidate_labels": ("a frog", "a boat")},
    "caption": {"prefix": "a picture of", "max_new_tokens": 8},
    "ask": {"question": "what is this?", "max_new_tokens": 8},
    "judge": {"question": "is this a frog?"},
    "match": {"texts": ("a frog", "a boat")},
    "embed": {},
}
GIVES = {
    "label": [LabelScores],
    "caption": [Caption],
    "ask": [AnswerToken, Answer],
    "judge": [Verdict],
    "match": [MatchScores],
    "embed": [Embeddings],
}
CASES = [
    ("starter-vit", "label"),
    ("starter-clip", "label"),
    ("starter-clip", "embed"),
    ("starter-blip-caption", "caption"),
    ("starter-blip-vqa", "ask"),
    ("starter-blip-vqa", "judge"),
    ("tiny-siglip", "label"),
    ("tiny-siglip", "embed"),
    ("tiny-blip-caption", "caption"),
    ("tiny-blip-vqa", "ask"),
    ("tiny-blip-itm", "match"),
    ("tiny-blip2", "ask"),
    ("tiny-blip2", "judge"),
    ("tiny-llava", "ask"),
    ("tiny-llava", "judge"),
    ("tiny-idefics", "ask"),
    ("tiny-idefics", "judge"),
    ("tiny-idefics2", "ask"),
    ("tiny-smolvlm", "ask"),
    ("tiny-smolvlm", "judge"),
    ("tiny-smolvlm2", "ask"),
]
CASES += [("starter-llava", task) for task in ("ask", "judge") if "starter-llava" in MODELS]


def spec(name, folder) -> EngineSpec:
    return EngineSpec.of(engines()[MODELS[name][0]], name, folder)


def request(task: str, *frames) -> ImageRequest:
    return ImageRequest(task, frames, **ASKED[task])


def test_every_task_of_every_engine_that_sees_has_a_model_here():
    local = [engine.info for engine in engines().values() if engine.info.needs_model]  # test_server has its own
    seeing = {"label", "caption", "ask", "match"}
    tasks = {(info.name, task) for info in local for task in seeing.intersection(info.tasks)}
    tasks |= {(info.name, "judge") for info in local if info.judges}
    assert tasks <= {(MODELS[name][0], task) for name, task in CASES}


@pytest.mark.parametrize(("name", "task"), CASES)
def test_a_picture_of_any_size_is_answered_with_what_the_task_gives(name, task, model_folder):
    engine = EngineThread(spec(name, model_folder(name)))
    told = []
    engine.load(lambda fraction, message: told.append(fraction))

    for size in ((1, 1), (3, 5), (480, 640), (640, 3)):
        results = list(engine.run(request(task, np.full((*size, 3), 77, np.uint8))))
        assert list(dict.fromkeys(map(type, results))) == GIVES[task]

    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert engine.device == "cpu"
    engine.close()


@pytest.mark.parametrize(("name", "task"), CASES)
def test_what_was_cancelled_gives_nothing(name, task, model_folder, pictures):
    engine = EngineThread(spec(name, model_folder(name)))
    engine.load(lambda *_: None)

    with pytest.raises(Cancelled):
        list(engine.run(request(task, *pictures[:1]), lambda: True))

    assert list(engine.run(request(task, *pictures[:1])))  # and the next one is answered
    engine.close()


@pytest.mark.parametrize("name", MODELS)
def test_a_model_whose_weights_are_cut_short_is_broken(name, model_folder, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in model_folder(name).iterdir():
        content = file.read_bytes()
        (broken / file.name).write_bytes(content[:5000] if file.name == "model.safetensors" else content)

    with pytest.raises(ModelBroken, match="broken"):
        EngineThread(spec(name, broken)).load(lambda *_: None)


CHATS = [name for name, (engine, _) in MODELS.items() if engines()[engine].info.has_memory]


@pytest.mark.parametrize("name", CHATS)
def test_a_model_that_lacks_a_file_is_broken_or_answers_all_the_same(name, model_folder, pictures, tmp_path):
    files = sorted(model_folder(name).iterdir())
    broken = []
    for absent in files:
        half = tmp_path / absent.stem
        half.mkdir()
        for file in files:
            if file != absent:
                (half / file.name).symlink_to(file)
        engine = EngineThread(spec(name, half))
        try:
            engine.load(lambda *_: None)
            assert list(engine.run(request("ask", *pictures[:1])))
        except ModelBroken as error:
            broken.append((absent.name, str(half) in error.sentence))
        engine.close()
    assert {("config.json", True), ("model.safetensors", True)} <= set(broken)
    assert all(is_named for _, is_named in broken)


def test_an_engine_that_is_killed_in_its_answer_is_told_and_answers_again(model_folder, pictures):
    with (
        contextlib.closing(EnginePool()) as pool,
        pool.acquire(spec("tiny-llava", model_folder("tiny-llava"))) as lease,
    ):
        asked = ImageRequest("ask", pictures[:1], question="what is this?", max_new_tokens=2000)
        answering = lease.run(asked)
        assert isinstance(next(answering), AnswerToken)
        os.kill(pool.loaded()[0].pid, signal.SIGKILL)

        with pytest.raises(EngineDied, match="tiny-llava"):
            list(answering)

        assert isinstance(lease.ask(request("ask", *pictures[:1])), Answer)


def test_stop_in_a_process_of_its_own_needs_no_new_load(model_folder, pictures):
    stop = Cancel()
    with (
        contextlib.closing(EnginePool()) as pool,
        pool.acquire(spec("tiny-llava", model_folder("tiny-llava"))) as lease,
    ):
        before = pool.loaded()[0].pid
        asked = ImageRequest("ask", pictures[:1], question="what is this?", max_new_tokens=3000)
        answering = lease.run(asked, cancelled=stop)
        assert isinstance(next(answering), AnswerToken)
        stop.set()
        with pytest.raises(Cancelled):
            list(answering)

        assert isinstance(lease.ask(request("ask", *pictures[:1])), Answer)
        assert pool.loaded()[0].pid == before


@pytest.mark.parametrize(("name", "task"), [("starter-clip", "label"), ("starter-blip-vqa", "ask")])
def test_in_a_process_of_its_own_it_gives_the_same(name, task, model_folder, pictures):
    results = []
    for place in (EngineThread, EngineProcess):
        engine = place(spec(name, model_folder(name)))
        engine.load(lambda *_: None)
        results.append(list(engine.run(request(task, *pictures[:1]))))
        engine.close()

    here, there = ([result for result in found if not isinstance(result, Answer)] for found in results)
    assert [type(result) for result in here] == [type(result) for result in there]
    if task == "ask":
        assert here == there
    else:
        assert dict(here[0].scores) == pytest.approx(dict(there[0].scores), abs=1e-4)
