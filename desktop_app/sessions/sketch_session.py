"""Drawing, from the canvas to the picture: a document, the live loop, and what came of it, behind a few verbs.

    here:            document → revision ─▶ sketching ─┐             (numbers only: nothing runs on a stroke's path)
    worker's thread: loop → wants a look ─▶ here: snapshot, a fraction of a millisecond ─▶ loop → PNGs → engine
    here:            SketchJob, SketchStep, SketchEnded → results → history → panel

A picture always starts from the newest revision of the drawing, the words and the settings. What was ordered is kept in
the history with all that made it; what came when the pen rested, as chosen; quick pictures on the way never.
"""

from __future__ import annotations

import logging
import queue
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Signal

from desktop_app import i18n
from desktop_app.canvas.document import Document
from desktop_app.canvas.layers import Layer, covering
from desktop_app.canvas.pictures import image_of
from desktop_app.canvas.snapshot import Snapshot
from desktop_app.sessions.drawing_keeper import DrawingKeeper
from desktop_app.sessions.picture_keeper import PictureKeeper
from desktop_app.sessions.reference_map import ReferenceMap, Standing
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.sketch_choices import (
    Restored,
    SketchPlan,
    SketchWish,
    add_lora,
    enlarged,
    has_lines,
    line_kind,
    policy_options,
    request_of,
    restored,
    sketch_plan,
    sketch_spec,
)
from desktop_app.sessions.voice_question import SpokenQuestion, VoiceQuestion
from workers.errors import Cancelled, UsageError
from workers.pictures import picture_of
from workers.results import (
    NEW_SEEDS_BELOW,
    ControlKind,
    Frame,
    GeneratedImage,
    Notice,
    Progress,
    SketchEnded,
    SketchJob,
    SketchRequest,
    SketchStep,
    StepPreview,
)
from workers.sketch_policy import LiveJob
from workers.sketching import Drawing
from workers.worker import SketchWorker, SpeechWorker

if TYPE_CHECKING:
    from desktop_app.context import AppContext, MessageKind
    from desktop_app.jobs import Job
    from workers.engines.base import EngineSpec

log = logging.getLogger(__name__)

TOPIC = "sketch"
HISTORY_TOPIC = "pictures"
LINES_TOPIC, RESTORED_TOPIC = "lines", "settings of a picture"
RESULTS_KEPT_BYTES = 512 * 2**20
WORDS = ("draw.prompt", "draw.negative_prompt", "draw.style")
CHANGE_NO_PICTURE = ("draw.live_mode", "draw.has_final", "draw.is_seed_locked", "draw.variations")


Look: TypeAlias = tuple[int, SketchPlan, Snapshot, SketchWish]
"""What there is to make a picture of, and its revision."""


@dataclass(frozen=True, eq=False)
class Made:
    """A picture that was kept.

    Attributes:
        item_id: in the history; None until it is there, and where it is not kept or was deleted.
    """

    image: GeneratedImage
    revision: int
    item_id: int | None = None


class SketchSession(QObject):
    """Draws and makes pictures. All verbs return at once and are called from the window's thread.

    Attributes:
        drawing: where it is kept, and others of before.
        reference_map: what the reference was turned into, and steers pictures with.
        voice: words that are being spoken; `begin_voice` and `end_voice` are its verbs.

    Signals:
        state_changed(SessionState): loading a model, running while a picture is made, idle in between.
        job_changed(object): the SketchJob that runs now, None between two: the busy light.
        waiting_changed(): `n_waiting` may be another.
        load_progressed(object): the Progress of loading a model; None when it is there or given up.
        previewed(SketchStep): how a picture looks after a step.
        picture_ready(Made): a picture is finished: a quick one, which is not kept, too.
        results_changed(): `results` has others.
        live_changed(bool)
        plan_changed(): the model, and with it what it can and what it takes by itself, is another.
        failed(object): the exception; the user has been told.
    """

    state_changed = Signal(object)
    job_changed = Signal(object)
    waiting_changed = Signal()
    load_progressed = Signal(object)
    previewed = Signal(object)
    picture_ready = Signal(object)
    results_changed = Signal()
    live_changed = Signal(bool)
    plan_changed = Signal()
    failed = Signal(object)

    _look_wanted = Signal(object)  # the queue into which it goes

    def __init__(self, context: AppContext, document: Document | None = None) -> None:
        super().__init__()
        self._context = context
        self.document = document or Document()
        self._state = SessionState.IDLE
        self._revision = 0
        self._has_words_for_part = False
        self._is_live = context.settings.draw.is_live
        self._plan: SketchPlan | None = None
        self._without_lines: SketchPlan | None = None  # of which it was told that lines do not steer
        self._is_planning = False
        self._is_plan_stale = False  # somebody asked for it again meanwhile
        self._worker: SketchWorker | None = None
        self._ending: set[SketchWorker] = set()  # stopped, and not everything was heard of them yet
        self._number_at: dict[int, int] = {}  # of the drawing that a revision shows
        self._looks: queue.SimpleQueue[Look | None] = queue.SimpleQueue()
        self._job: SketchJob | None = None
        self._loading: Progress | None = None
        self._newest: GeneratedImage | None = None
        self._said: Notice | None = None  # by the engine, since anything was loaded
        self._results: list[Made] = []
        self.reference_map = ReferenceMap(context, self.document, lambda: self._plan)
        self._control = self.reference_map.control  # as pictures know it
        self._orders: list[tuple[int, Callable[[], None]]] = []  # how many, given before the reference was looked at
        self._in_work: dict[Job, int] = {}  # how many become requests
        self._waiting: list[tuple[int, Callable[[], None]]] = []  # ordered before the plan was there
        self.drawing = DrawingKeeper(context, self.document, self.prepare, self)
        self._keeper = PictureKeeper(context, self)
        self.voice = VoiceQuestion(context, self._run_listener)
        self._listeners: set[SpeechWorker] = set()

        self._keeper.failed.connect(lambda error: context.show_error(error, topic=HISTORY_TOPIC))
        self._keeper.recovered.connect(self._on_all_kept)
        self._keeper.given_up.connect(lambda: context.withdraw(HISTORY_TOPIC))
        self.voice.asked.connect(self._on_spoken)
        self._look_wanted.connect(self._on_look_wanted)
        self.reference_map.changed.connect(self._on_reference_map)
        self.reference_map.settled.connect(self._on_reference_settled)
        self.reference_map.failed.connect(self._on_reference_failed)
        self.reference_map.progressed.connect(self._set_loading)
        self.plan_changed.connect(self.reference_map.refresh)
        self.document.revision_changed.connect(self._on_changed)
        self.document.selection_changed.connect(self._on_selection_changed)
        self.document.stroke_began.connect(self._on_stroke_began)
        self.document.stroke_ended.connect(self._on_stroke_ended)
        context.settings_changed.connect(self._on_settings_changed)
        context.items_deleted.connect(self._on_items_deleted)
        context.closed.connect(self._on_context_closed)

    # ── what a panel shows ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def state(self) -> SessionState:
        return self._state

    @property
    def is_live(self) -> bool:
        return self._is_live

    @property
    def revision(self) -> int:
        """Of the drawing, the words and the settings together: a higher one for each change."""
        return self._revision

    @property
    def has_words_for_part(self) -> bool:
        """Words were changed while something is selected: they are for that part, and no picture follows."""
        return self._has_words_for_part

    @property
    def job(self) -> SketchJob | None:
        """The picture that is being made now."""
        return self._job

    @property
    def n_waiting(self) -> int:
        """How many pictures are ordered and not begun."""
        early = sum(count for count, _ in [*self._orders, *self._waiting]) + sum(self._in_work.values())
        return early + (0 if self._worker is None else self._worker.sketching.n_ordered)

    @property
    def can_cancel(self) -> bool:
        """A picture is being made, or waits."""
        return self._job is not None or self.n_waiting > 0

    @property
    def loading(self) -> Progress | None:
        """How far the model is that is being loaded now."""
        return self._loading

    @property
    def load_text(self) -> str:
        """What is being loaded now, in words; empty for nothing."""
        if self._loading is None:
            return ""
        return i18n.from_workers(self._loading.message, {}) or self.tr("Loading the model …")

    @property
    def plan(self) -> SketchPlan | None:
        """The model and what goes with it; None until it was looked for."""
        return self._plan

    @property
    def newest(self) -> GeneratedImage | None:
        """The picture that was finished last."""
        return self._newest

    @property
    def results(self) -> Sequence[Made]:
        """The pictures that were kept, oldest first."""
        return self._results

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def prepare(self) -> None:
        """Opens the last drawing, finds the model and loads it, so that the first stroke does not wait for it.

        Called again, it finds what was installed since.
        """
        self.drawing.open_last()
        if self._is_planning:
            self._is_plan_stale = True
        elif not self._context.is_closing:
            self._find_plan()

    def set_live(self, is_on: bool) -> None:
        """Has pictures follow the pen; switched off, the one that runs is stopped at once."""
        self._context.change_setting("draw.is_live", is_on)
        self._is_live = is_on
        if is_on and self._plan is None:
            self.prepare()
        elif is_on:
            self._running_worker().sketching.set_live(True)
        elif self._worker is not None:
            self._worker.sketching.set_live(False)
        self.live_changed.emit(is_on)

    def generate(self) -> None:
        """Makes a picture of what is drawn now, with the seed that is set."""
        self._order(lambda request: [request])

    def vary(self, count: int) -> None:
        """Makes pictures of what is drawn now with seeds that follow each other; the first is another each time."""
        seed = random.randrange(NEW_SEEDS_BELOW)
        self._order(lambda request: [replace(request, seed=seed + n) for n in range(count)], count)

    def regenerate_selection(self, base: GeneratedImage | None = None) -> None:
        """Makes what is selected anew; every pixel elsewhere stays as `base` has it, or the newest picture."""
        base = base or self._newest
        if base is None:
            self._context.notify("info", self.tr("There is no picture yet of which a part could be made anew."))
        elif self.document.selection is None:
            self._context.notify(
                "info", self.tr("Nothing is selected."), self.tr("Select a part of the drawing (M), then try again.")
            )
        else:
            seed = random.randrange(NEW_SEEDS_BELOW)  # another part each time
            self._order(lambda request: [replace(request, seed=seed)], base=base)

    def upscale(self, made: GeneratedImage) -> None:
        """Makes the same picture twice as large."""
        catalogue = self._context.catalogue
        self._submit_of(lambda job: [catalogue.located(enlarged(made))])

    def make_again(self, request: SketchRequest) -> None:
        """Makes the very picture of a request once more, whatever is drawn and set now."""
        catalogue = self._context.catalogue
        self._submit_of(lambda job: [catalogue.located(request)])

    def cancel(self) -> None:
        """Gives up what is being made and all that was ordered."""
        if self._worker is not None:
            self._worker.sketching.cancel()
        self._drop_orders()

    def new_seed(self) -> None:
        self._context.change_setting("draw.seed", random.randrange(NEW_SEEDS_BELOW))

    def use_as_reference(self, pixels: Frame) -> None:
        """Lays a picture below the drawing: one that was made, or what the camera sees."""
        self.drawing.when_open(lambda: self.document.set_reference(image_of(pixels)))

    def use_as_colors(self, pixels: Frame) -> None:
        """Paints a picture that was made onto the colours, from which the next one starts; one step to undo."""
        image, document = image_of(pixels), self.document
        self.drawing.when_open(lambda: document.paint_image(image, Layer.COLOR, covering(image.size(), document.size)))

    def use_reference_as(self, kind: ControlKind | None) -> None:
        """Has pictures keep to what the reference is turned into, whichever lies there; None lets go of it."""
        self._context.change_setting("draw.reference_kind", kind or "")

    def restore(self, request: SketchRequest) -> None:
        """Takes over all that made a picture: words, numbers, lines and colours; the drawing is one step to undo."""
        self.drawing.when_open(lambda: self._restore(request))

    def _restore(self, request: SketchRequest) -> None:
        settings, catalogue, size = self._context.settings, self._context.catalogue, self.document.size
        self._context.run(
            lambda job: restored(request, settings, catalogue, size), on_done=self._take_over, on_failed=self._tell
        )

    def _take_over(self, found: Restored) -> None:
        draw = self._context.settings.draw
        before = {place: getattr(draw, place.partition(".")[2]) for place in found.settings}
        selection = self.document.selection
        for place, value in found.settings.items():
            self._context.change_setting(place, value)
        stack = self.document.undo_stack
        newest = stack.newest
        if found.drawing is not None:
            self.document.replace(found.drawing)
        step = stack.newest if stack.newest is not newest else None
        if found.base is not None:
            self.document.set_selection(found.selection)
            self._newest = found.base
            self.picture_ready.emit(Made(found.base, self._revision))

        def go_back() -> None:
            """What was changed since stays."""
            for place, value in before.items():
                if getattr(draw, place.partition(".")[2]) == found.settings[place]:
                    self._context.change_setting(place, value)
            if step is not None and stack.newest is step and not self.document.is_stroking:
                self.document.undo()
            if found.base is not None:
                self.document.set_selection(selection)
            self._context.withdraw(RESTORED_TOPIC)

        kind: MessageKind = "warning" if found.missing else "info"
        sentence = self.tr("The picture's settings are back.")
        if found.missing:
            sentence = self.tr("The picture's settings are back, but for what is missing here: {names}.")
        sentence = sentence.format(names=", ".join(found.missing))
        self._context.notify(kind, sentence, action=(self.tr("Undo"), go_back), topic=RESTORED_TOPIC)

    def forget_results(self, images: Collection[GeneratedImage] | None = None) -> None:
        """Empties the strip, or takes these out of it; what is in the history stays there, what is not is gone."""
        self._results = [] if images is None else [kept for kept in self._results if kept.image not in images]
        self.results_changed.emit()

    def pin_result(self, image: GeneratedImage) -> None:
        """Pins a picture of the strip in the history, where it comes first if it is not there."""
        made = next((kept for kept in self._results if kept.image is image), None)
        if made is None:
            return
        if made.item_id is not None:
            self._pin(made.item_id)
            return

        def pin(item_id: int | None) -> None:
            self._on_kept(made, item_id)
            self._pin(item_id)

        self._keeper.keep(image, pin)

    def _pin(self, item_id: int | None) -> None:
        if self._context.history is not None and item_id is not None:
            self._context.history.update_item(item_id, is_pinned=True)
            self._context.notify("info", self.tr("Pinned. Pinned items are never deleted by age."))

    def delete_result(self, image: GeneratedImage) -> None:
        """Takes a picture out of the strip and out of the history."""
        item_id = next((kept.item_id for kept in self._results if kept.image is image), None)
        self.forget_results([image])
        self._keeper.forget(image)
        self._keeper.delete(item_id)

    def stop(self) -> None:
        """Makes nothing any more; the drawing stays."""
        self._drop_orders()
        self.voice.cancel()
        self._end_worker()
        if self._ending:
            self._set_state(SessionState.STOPPING)

    # ── LoRAs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def add_lora(self, file: Path) -> None:
        """Draws with a LoRA in a file from now on; one that was made for another kind of model is refused."""
        settings, catalogue = self._context.settings, self._context.catalogue

        def use(added: tuple[str, SketchPlan]) -> None:
            model_id, plan = added
            if self._plan is not None:  # else the model is another one meanwhile, and its plan comes
                self._take_plan(plan)
            self.set_lora(model_id, 1.0)

        self._context.run(lambda job: add_lora(settings, catalogue, file), on_done=use, on_failed=self._tell)

    def set_lora(self, model_id: str, scale: float | None) -> None:
        """Draws with a LoRA of this strength; None draws without it."""
        loras = self._context.settings.draw.loras | ({} if scale is None else {model_id: scale})
        if scale is None:
            loras.pop(model_id, None)
        self._context.change_setting("draw.loras", loras)

    # ── words that are spoken ───────────────────────────────────────────────────────────────────────────────────────

    def begin_voice(self) -> None:
        """The key went down: what is said until `end_voice` becomes the prompt."""
        self.voice.begin(())

    def end_voice(self) -> None:
        self.voice.end()

    def _on_spoken(self, spoken: SpokenQuestion) -> None:
        self._context.change_setting("draw.prompt", spoken.text.rstrip(".!"))

    def _run_listener(self, worker: SpeechWorker, on_result: Callable[[object], None]) -> None:
        worker.result_ready.connect(on_result)
        worker.ended.connect(self._on_listener_ended)
        self._listeners.add(worker)
        worker.start()

    def _on_listener_ended(self, worker: SpeechWorker) -> None:
        self._listeners.discard(worker)
        self.voice.worker_ended(worker, worker.error)

    # ── orders ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _drop_orders(self) -> None:
        """Forgets what was ordered too early to begin."""
        self._orders.clear()
        for job in self._in_work:
            job.abandon()
        self._in_work.clear()
        self._waiting.clear()
        self.waiting_changed.emit()

    def _order(
        self,
        variations: Callable[[SketchRequest], list[SketchRequest]],
        count: int = 1,
        *,
        base: GeneratedImage | None = None,
    ) -> None:
        if self.reference_map.standing is Standing.IN_WORK:
            self._orders.append((count, lambda: self._order(variations, count, base=base)))
            self.waiting_changed.emit()
            if self._plan is None:
                self.prepare()
            return
        snapshot, wish, revision = self.document.snapshot(), self._wish(), self._revision

        def work(_job: Job) -> list[SketchRequest]:
            plan = self._plan or sketch_plan(self._context.settings, self._context.catalogue)
            picture = None if base is None else picture_of(base.pixels)
            request = request_of(plan, replace(wish, base=picture), snapshot, is_final=True)
            if request is None:
                hint = "Say what to draw." if has_lines(snapshot) else "Draw something, or say what to draw."
                raise UsageError("There is nothing to make a picture of.", hint=hint)
            if base is not None:  # of its size: scaled, what is not selected would not stay as it is
                height, width, _ = base.pixels.shape
                request = replace(request, width=width, height=height)
            return variations(self._context.catalogue.located(request))

        self._has_words_for_part = False
        self._tell_of_lines(snapshot)
        self._submit_of(work, count, partial(self._submit, revision=revision, is_of_canvas=base is None))

    def _submit_of(
        self,
        work: Callable[[Job], list[SketchRequest]],
        count: int = 1,
        submit: Callable[[list[SketchRequest]], None] | None = None,
    ) -> None:
        """Orders what comes of `work`, unless it is cancelled before."""

        def take(requests: list[SketchRequest]) -> None:
            del self._in_work[job]
            (submit or self._submit)(requests)

        def end() -> None:
            if self._in_work.pop(job, None) is not None:  # it failed
                self.waiting_changed.emit()

        job = self._context.run(work, on_done=take, on_failed=self._tell, on_ended=end)
        self._in_work[job] = count
        self.waiting_changed.emit()

    def _tell_of_lines(self, snapshot: Snapshot) -> None:
        """Says, once of a plan, that nothing beside its model heeds the lines that are seen."""
        plan, draw = self._plan, self._context.settings.draw
        if plan is None or plan == self._without_lines or not draw.control or not has_lines(snapshot):
            return
        if line_kind(plan, draw) is None:
            self._without_lines = plan
            self._context.notify(
                "warning",
                self.tr("Your lines do not steer the picture: there is no ControlNet for them with this model."),
                self.tr("Download one, or choose another model."),
                action=(self.tr("Show models"), lambda: self._context.panel_requested.emit("models")),
                topic=LINES_TOPIC,
            )

    def _tell(self, error: Exception) -> None:
        self._context.show_error(error, topic=TOPIC)

    def _submit(
        self, requests: list[SketchRequest], *, revision: int | None = None, is_of_canvas: bool = False
    ) -> None:
        if self._context.is_closing:
            return
        self._context.withdraw(TOPIC)
        revision = self._revision if revision is None else revision
        if self._plan is None:
            again = partial(self._submit, requests, revision=revision, is_of_canvas=is_of_canvas)
            self._waiting.append((len(requests), again))
            self.prepare()
        else:
            self._running_worker().sketching.order(requests, revision=revision, is_of_canvas=is_of_canvas)
        self.waiting_changed.emit()

    def _wish(self) -> SketchWish:
        """What the settings say now, for another thread."""
        kind, picture = self.reference_map.control or (None, None)
        return SketchWish(self._context.settings.draw.model_copy(deep=True), control_map=picture, control_kind=kind)

    # ── the model ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _find_plan(self) -> None:
        self._is_planning, self._is_plan_stale = True, False
        settings, catalogue = self._context.settings, self._context.catalogue
        model = settings.draw.model
        self._context.run(
            lambda job: sketch_plan(settings, catalogue),
            on_done=lambda plan: self._on_plan(plan) if settings.draw.model == model else None,
            on_failed=self._on_failed,
            on_ended=self._on_planned,
        )

    def _on_plan(self, plan: SketchPlan) -> None:
        self._take_plan(plan)
        self._running_worker()
        waiting, self._waiting[:] = list(self._waiting), []
        for _, submit in waiting:
            submit()

    def _take_plan(self, plan: SketchPlan) -> None:
        if plan != self._plan:
            self._plan = plan
            self._context.withdraw(LINES_TOPIC)
            self.plan_changed.emit()

    def _on_planned(self) -> None:
        self._is_planning = False
        if self._is_plan_stale or (self._plan is None and self._state is not SessionState.FAILED):
            self.prepare()  # another model was chosen meanwhile, or something was installed

    def _spec_of(self, request: SketchRequest) -> EngineSpec:
        """In the worker's thread."""
        return sketch_spec(self._context.settings, self._context.catalogue, request.model)

    def _running_worker(self) -> SketchWorker:
        if self._worker is None:
            assert self._plan is not None
            self._set_state(SessionState.IDLE)
            self._looks = queue.SimpleQueue()
            self._worker = worker = SketchWorker(
                self._context.pool,
                partial(self._look, self._looks),
                self._spec_of,
                first=SketchRequest(model=self._plan.model_id),
                options=policy_options(self._context.settings.draw),
            )
            worker.result_ready.connect(self._on_result)
            worker.ended.connect(self._on_worker_ended)
            worker.start()
            worker.sketching.changed(self._revision)  # what was drawn before it was there
            worker.sketching.set_live(self._is_live)
        return self._worker

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            self._ending.add(worker)
            worker.stop()
            self._looks.put(None)
            self._set_job(None)
            self._set_loading(None)
            self.waiting_changed.emit()

    def _on_worker_ended(self, worker: SketchWorker) -> None:
        self._ending.discard(worker)
        if worker is self._worker:  # by itself: an error of ours
            self._worker = None
            self.waiting_changed.emit()
            if worker.error is not None:
                self._on_failed(worker.error)
        if self._worker is None:  # else another one draws already
            self._set_job(None)
            self._set_loading(None)
            if not self._ending and self._state is not SessionState.FAILED:
                self._set_state(SessionState.IDLE)

    # ── looking at the canvas ───────────────────────────────────────────────────────────────────────────────────────

    def _look(self, looks: queue.SimpleQueue[Look | None], job: LiveJob) -> Drawing:
        """In the worker's thread: asks the window for a snapshot, and makes a request of it."""
        self._look_wanted.emit(looks)
        found = looks.get()
        if found is None:
            raise Cancelled
        revision, plan, snapshot, wish = found
        is_blank = all(snapshot.is_empty(layer) for layer in Layer)
        request = None if is_blank else request_of(plan, wish, snapshot, is_final=job.is_final)
        return Drawing(revision, None if request is None else self._context.catalogue.located(request))

    def _on_look_wanted(self, looks: queue.SimpleQueue[Look | None]) -> None:
        if self._plan is not None:  # else the worker is ending, and was told
            snapshot = self.document.snapshot()
            self._tell_of_lines(snapshot)
            self._number_at[self._revision] = self.document.number
            looks.put((self._revision, self._plan, snapshot, self._wish()))

    def _on_changed(self, _revision: int = 0) -> None:
        self._revision += 1
        self._has_words_for_part = False
        if self._worker is not None:
            self._worker.sketching.changed(self._revision)

    def _on_selection_changed(self) -> None:
        if self.document.selection is None and self._has_words_for_part:
            self._on_changed()  # they are for all of it after all

    def _on_stroke_began(self) -> None:
        if self._worker is not None:
            self._worker.sketching.stroke_began()

    def _on_stroke_ended(self) -> None:
        if self._worker is not None:
            self._worker.sketching.stroke_ended()

    def _on_settings_changed(self, place: str) -> None:
        if place == "history.is_private":
            self.drawing.follow_privacy()
        if not place.startswith("draw.") or place == "draw.is_live":
            return
        if place == "draw.reference_kind":
            return  # a revision when what it is turned into is there
        if place in ("draw.model", "draw.engine_options"):
            self._plan = None
            self._end_worker()
            if self._is_live or self.drawing.is_open:
                self.prepare()
            return
        if self._worker is not None:
            self._worker.sketching.set_options(policy_options(self._context.settings.draw))
        if place in WORDS and self._newest is not None and self.document.selection is not None:
            self._has_words_for_part = True
        elif place not in CHANGE_NO_PICTURE:
            self._on_changed()

    # ── what comes ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_result(self, result: object) -> None:
        if isinstance(result, Progress):
            if self.sender() not in self._ending:  # whose model nobody waits for any more
                self._show_load(result)
        elif isinstance(result, SketchJob):
            self._set_job(result)
        elif isinstance(result, SketchStep):
            self._on_step(result)
        elif isinstance(result, SketchEnded):
            self._set_loading(None)
            if result.job is self._job:
                self._set_job(None)
            if result.error is not None:
                self._on_failed(result.error)

    def _on_step(self, step: SketchStep) -> None:
        match step.result:
            case StepPreview():
                self.previewed.emit(step)
            case GeneratedImage() as image:
                self._newest = image
                made = Made(image, step.job.revision)
                if step.job.kind != "live":
                    self._keep(made, is_ordered=step.job.kind == "ordered")
                self.picture_ready.emit(made)
            case Notice() as notice:
                if step.job.kind != "live" or notice != self._said:  # else every live picture would say it again
                    self._context.show_notice(notice, topic=TOPIC)
                self._said = notice
            case Progress() as progress:
                self._show_load(progress)

    def _show_load(self, progress: Progress) -> None:
        self._said = None
        self._set_loading(progress if progress.fraction < 1 else None)

    def _set_loading(self, progress: Progress | None) -> None:
        if progress != self._loading:
            self._loading = progress
            self.load_progressed.emit(progress)

    def _keep(self, made: Made, *, is_ordered: bool) -> None:
        self._results.append(made)
        while sum(kept.image.pixels.nbytes for kept in self._results) > RESULTS_KEPT_BYTES:
            self._results.pop(0)
        self.results_changed.emit()
        number = self._number_at.get(made.revision, self.document.number)
        self._number_at = {revision: one for revision, one in self._number_at.items() if revision >= made.revision}
        self._keeper.keep(made.image, partial(self._on_kept, made), drawing=None if is_ordered else number)

    def _on_all_kept(self) -> None:
        self._context.withdraw(HISTORY_TOPIC)
        self._context.notify("info", self.tr("The pictures are in the history again."))

    def _on_kept(self, made: Made, item_id: int | None) -> None:
        image = made.image
        self._results = [replace(kept, item_id=item_id) if kept.image is image else kept for kept in self._results]

    def _on_items_deleted(self, item_ids: frozenset[int]) -> None:
        self._results = [replace(kept, item_id=None) if kept.item_id in item_ids else kept for kept in self._results]

    def _on_reference_map(self) -> None:
        before, self._control = self._control, self.reference_map.control
        if self._control != before:
            self._on_changed()

    def _on_reference_settled(self) -> None:
        orders, self._orders[:] = list(self._orders), []
        for _, order in orders:
            order()

    def _on_reference_failed(self) -> None:
        self._orders.clear()
        self.waiting_changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self._drop_orders()
        if isinstance(error, Cancelled):
            return
        if self._is_live:
            self._is_live = False
            self.live_changed.emit(False)
        self._context.show_error(error, topic=TOPIC)
        self._set_state(SessionState.FAILED)
        self.failed.emit(error)

    def _set_job(self, job: SketchJob | None) -> None:
        self._job = job
        if job is not None:
            self._set_loading(None)
            self._set_state(SessionState.RUNNING)
        elif self._state is SessionState.RUNNING:
            self._set_state(SessionState.IDLE)
        self.job_changed.emit(job)

    def _set_state(self, state: SessionState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

    def _on_context_closed(self) -> None:
        if self.drawing.last_error() is not None:
            self.drawing.rescue()
        self.drawing.close()
        for worker in [*self._ending, *self._listeners, *([self._worker] if self._worker else [])]:
            worker.stop_and_wait()
