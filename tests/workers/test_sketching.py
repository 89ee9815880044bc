"""The live loop of the canvas with an engine that goes on step by step, when the test says so."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from workers.cancel import Cancel
from workers.errors import Cancelled, EngineDied, EngineError
from workers.results import GeneratedImage, Notice, SketchEnded, SketchJob, SketchRequest, SketchStep, StepPreview
from workers.sketch_policy import LiveJob, SketchPolicyOptions
from workers.sketching import Drawing, Sketching

PIXELS = np.zeros((8, 8, 3), np.uint8)
STEPS = 4
LIVE_ONLY = SketchPolicyOptions(has_final=False)


class Studio:
    """A canvas, an engine that takes a step for each `step()`, and everything that the loop told."""

    def __init__(self, options: SketchPolicyOptions = LIVE_ONLY) -> None:
        self.drawn = 0
        self.seed: int | None = None  # else as many as were drawn
        self.is_blank = False
        self.failure: Exception | None = None
        self.while_looked_at: Callable[[], None] = lambda: None
        self.told: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._steps = threading.Semaphore(0)
        self.loop = Sketching(self._look, self._generate, options=options)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for result in self.loop.run():
            self.told.put(result)

    def _look(self, job: LiveJob) -> Drawing:
        self.while_looked_at()
        if self.is_blank:
            return Drawing(self.drawn, None)
        steps = 20 if job.is_final else 4
        return Drawing(
            self.drawn, SketchRequest(seed=self.drawn if self.seed is None else self.seed, num_inference_steps=steps)
        )

    def _generate(self, request: SketchRequest, cancelled: Cancel) -> Iterator[object]:
        if self.failure is not None:
            raise self.failure
        for step in range(1, STEPS + 1):
            while not self._steps.acquire(timeout=0.01):
                if cancelled():
                    raise Cancelled
            if cancelled():
                raise Cancelled
            yield StepPreview(PIXELS, step, STEPS)
        yield GeneratedImage(PIXELS, request, 0.1)

    def draw(self) -> None:
        self.drawn += 1
        self.loop.changed(self.drawn)

    def steps(self, count: int = STEPS) -> None:
        for _ in range(count):
            self._steps.release()

    def next(self, kind: type = object):
        while not isinstance(result := self.told.get(timeout=10), kind):
            pass
        return result

    def close(self) -> None:
        self.loop.close()
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def options() -> SketchPolicyOptions:
    return LIVE_ONLY


@pytest.fixture
def studio(options) -> Iterator[Studio]:
    studio = Studio(options)
    studio.loop.set_live(True)
    yield studio
    studio.close()


def test_picture_follows_a_change(studio):
    studio.draw()
    studio.steps()

    job = studio.next(SketchJob)
    assert (job.kind, job.revision) == ("live", 1)
    assert [studio.next(SketchStep).result.step for _ in range(STEPS)] == [1, 2, 3, 4]
    assert studio.next(SketchStep).result.request == job.request
    assert studio.next(SketchEnded).is_complete


def test_newer_stroke_takes_the_place_of_the_picture_that_runs(studio):
    studio.draw()
    first = studio.next(SketchJob)
    studio.draw()

    ended = studio.next(SketchEnded)

    assert ended.job == first
    assert not ended.is_complete
    assert studio.next(SketchJob).revision == 2


@pytest.mark.parametrize("options", [replace(LIVE_ONLY, nearly_done=3 / STEPS)])
def test_nearly_finished_picture_is_shown(studio):
    studio.draw()
    studio.steps(3)
    while studio.next(SketchStep).result.step < 3:
        pass
    studio.draw()
    studio.steps(1)

    assert studio.next(SketchEnded).is_complete
    assert studio.next(SketchJob).revision == 2


def test_switching_live_off_stops_at_once_and_nothing_follows(studio):
    studio.draw()
    studio.next(SketchJob)

    studio.loop.set_live(False)

    assert not studio.next(SketchEnded).is_complete
    studio.draw()
    with pytest.raises(queue.Empty):
        studio.told.get(timeout=0.2)


def test_blank_canvas_makes_no_picture(studio):
    studio.is_blank = True
    studio.draw()
    studio.is_blank = False

    studio.draw()

    assert studio.next(SketchJob).revision == 2


def test_canvas_that_was_drawn_on_meanwhile_is_not_made_twice(studio):
    studio.drawn = 4
    studio.loop.changed(3)
    studio.steps()

    assert studio.next(SketchJob).revision == 4
    studio.next(SketchEnded)
    studio.loop.changed(4)
    with pytest.raises(queue.Empty):
        studio.told.get(timeout=0.2)


def test_ordered_pictures_come_in_turn_and_no_stroke_stops_them(studio):
    studio.loop.order([SketchRequest(seed=1), SketchRequest(seed=2)], revision=0)
    first = studio.next(SketchJob)
    studio.draw()
    studio.steps(3 * STEPS)

    assert (first.kind, first.of) == ("ordered", (1, 2))
    assert studio.next(SketchEnded).is_complete
    assert studio.next(SketchJob).request.seed == 2
    assert studio.next(SketchEnded).is_complete
    assert studio.next(SketchJob).kind == "live"


def test_order_takes_the_place_of_a_live_picture(studio):
    studio.draw()
    studio.next(SketchJob)

    studio.loop.order([SketchRequest(seed=9)], revision=1)

    assert not studio.next(SketchEnded).is_complete
    assert studio.next(SketchJob).kind == "ordered"
    studio.steps(2 * STEPS)
    studio.next(SketchEnded)
    assert studio.next(SketchJob).kind == "live"


@pytest.mark.parametrize("options", [SketchPolicyOptions(rest_s=0.0)])
def test_nothing_follows_an_ordered_picture_of_what_is_drawn(studio):
    studio.draw()
    studio.next(SketchJob)

    studio.loop.order([SketchRequest(seed=9)], revision=1, is_of_canvas=True)
    studio.steps(2 * STEPS)

    assert not studio.next(SketchEnded).is_complete
    assert studio.next(SketchEnded).job.kind == "ordered"
    with pytest.raises(queue.Empty):
        studio.told.get(timeout=0.2)
    studio.draw()
    assert studio.next(SketchJob).revision == 2


def test_change_after_the_order_is_seen(studio):
    studio.loop.order([SketchRequest(seed=9)], revision=1, is_of_canvas=True)
    studio.next(SketchJob)
    studio.drawn = 1

    studio.draw()
    studio.steps(2 * STEPS)

    assert studio.next(SketchEnded).job.kind == "ordered"
    assert studio.next(SketchJob).revision == 2


@pytest.mark.parametrize("options", [SketchPolicyOptions(rest_s=0.0)])
def test_what_is_shown_already_is_not_made_again(studio):
    studio.seed = 7
    studio.draw()
    studio.steps(2 * STEPS)
    assert [studio.next(SketchEnded).job.kind for _ in range(2)] == ["live", "final"]

    studio.draw()

    with pytest.raises(queue.Empty):
        studio.told.get(timeout=0.2)


def test_what_was_shown_before_another_picture_is_made_again(studio):
    studio.steps(3 * STEPS)
    for studio.seed in (7, 8, 7):
        studio.draw()

        assert studio.next(SketchEnded).job.request.seed == studio.seed


def test_quick_picture_of_what_an_order_came_over_is_made_again(studio):
    studio.steps(3 * STEPS)
    studio.draw()
    studio.next(SketchEnded)
    studio.loop.order([SketchRequest(seed=9)], revision=2, is_of_canvas=True)
    studio.next(SketchEnded)
    studio.seed, studio.drawn = 1, 2

    studio.draw()

    assert studio.next(SketchEnded).job.kind == "live"


def test_order_takes_the_place_of_a_picture_whose_canvas_is_being_looked_at(studio):
    studio.while_looked_at = lambda: studio.loop.order([SketchRequest(seed=9)], revision=1)
    studio.draw()

    assert not studio.next(SketchEnded).is_complete
    assert studio.next(SketchJob).request.seed == 9


def test_cancel_gives_up_a_picture_whose_canvas_is_being_looked_at(studio):
    studio.while_looked_at = studio.loop.cancel
    studio.draw()

    assert not studio.next(SketchEnded).is_complete
    studio.while_looked_at = lambda: None
    studio.draw()
    studio.steps()
    assert studio.next(SketchEnded).is_complete


def test_cancel_gives_up_all_and_the_next_order_works(studio):
    studio.loop.order([SketchRequest(seed=1), SketchRequest(seed=2)], revision=0)
    studio.next(SketchJob)

    studio.loop.cancel()

    assert not studio.next(SketchEnded).is_complete
    studio.loop.order([SketchRequest(seed=3)], revision=0)
    studio.steps()
    assert studio.next(SketchJob).request.seed == 3
    assert studio.next(SketchEnded).is_complete


def test_cancel_of_nothing_spares_the_next_order(studio):
    studio.loop.cancel()

    studio.loop.order([SketchRequest(seed=3)], revision=0)
    studio.steps()

    assert studio.next(SketchEnded).is_complete


def test_cancelled_live_picture_waits_for_the_next_change(studio):
    studio.draw()
    studio.next(SketchJob)

    studio.loop.cancel()

    assert not studio.next(SketchEnded).is_complete
    with pytest.raises(queue.Empty):
        studio.told.get(timeout=0.2)
    studio.draw()
    assert studio.next(SketchJob).revision == 2


def test_failure_is_told_and_switches_live_off(studio):
    studio.failure = EngineError("It cannot draw.")
    studio.draw()

    assert studio.next(SketchEnded).error is studio.failure
    studio.draw()
    with pytest.raises(queue.Empty):
        studio.told.get(timeout=0.2)
    studio.failure = None
    studio.loop.set_live(True)
    assert studio.next(SketchJob).revision == 2


@pytest.mark.parametrize("kind", ["live", "ordered"])
def test_picture_of_an_engine_that_died_is_begun_anew(studio, kind):
    studio.failure = EngineDied("The model '{model}' ended unexpectedly.", model="x")
    if kind == "live":
        studio.draw()
    else:
        studio.loop.order([SketchRequest(seed=5)], revision=0)
    notice = studio.next(SketchStep).result
    studio.failure = None
    studio.steps()

    assert isinstance(notice, Notice)
    while not (ended := studio.next(SketchEnded)).is_complete:
        assert ended.error is None
    assert ended.job.kind == kind


def test_better_picture_follows_at_rest():
    studio = Studio(SketchPolicyOptions(rest_s=0.0))
    studio.loop.set_live(True)
    studio.draw()
    studio.steps(2 * STEPS)

    assert studio.next(SketchJob).kind == "live"
    assert studio.next(SketchEnded).is_complete
    assert studio.next(SketchJob).kind == "final"
    assert studio.next(SketchEnded).is_complete
    studio.close()


def test_close_in_the_middle_of_a_picture_ends_the_loop(studio):
    studio.draw()
    studio.next(SketchJob)

    studio.close()
