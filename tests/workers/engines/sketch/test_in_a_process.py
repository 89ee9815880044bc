"""The engine where it lives: in a process that may be killed, asked through the pool."""

import os
import signal
import threading

import numpy as np
import pytest

from tests.workers.engines.sketch.conftest import COLOURS, control, sketch
from workers.engine_pool import EnginePool
from workers.errors import Cancelled, EngineDied, EngineError
from workers.results import GeneratedImage, StepPreview


@pytest.fixture
def lease(spec_of, monkeypatch):
    monkeypatch.setattr("workers.engine_process.physical_cores", lambda: 1)
    pool = EnginePool()
    lease = pool.acquire(spec_of("sd15"))
    yield lease
    lease.release()
    pool.close()


def test_it_draws_the_same_as_here_and_again_after_it_was_killed_in_the_middle(lease, draws):
    request = draws().placed(sketch(controls=(control(),), init_image=COLOURS, has_previews=True))
    expected = draws().draw(request)
    steps = lease.run(request)
    assert isinstance(next(step for step in steps if isinstance(step, StepPreview)), StepPreview)

    os.kill(lease._shared.engine.pid, signal.SIGKILL)
    with pytest.raises(EngineDied):
        list(steps)

    *_, image = lease.run(request)  # the pool has started it anew
    assert isinstance(image, GeneratedImage)
    np.testing.assert_array_equal(image.pixels, expected.pixels)
    assert image.request == request


def test_a_picture_that_is_given_up_stops_and_the_next_one_is_drawn(lease, draws):
    request = draws().placed(sketch(num_inference_steps=500))
    stop = threading.Event()
    steps = lease.run(request, cancelled=stop.is_set)
    next(steps)

    stop.set()
    with pytest.raises(Cancelled):
        list(steps)

    *_, image = lease.run(draws().placed(sketch()))
    np.testing.assert_array_equal(image.pixels, draws().draw(sketch()).pixels)


def test_a_refusal_is_a_sentence_here_too(lease, draws):
    with pytest.raises(EngineError, match="'scribble-sd21' was made for"):
        list(lease.run(draws().placed(sketch(controls=(control(model="scribble-sd21"),)))))
