"""What the page See looks like in its states, without a model: for pictures that are judged by eye."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import numpy as np

from desktop_app.panels.see.page import SeePanel
from desktop_app.sessions.chat import ChatTurn, TurnState
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.standing_watch import Sighting
from desktop_app.sessions.voice_question import VoiceState
from workers.errors import ModelMissing
from workers.results import Likeness, Region, Sight, VideoFrame

LONG = (
    "A wide street in the evening, with a tram that waits at its stop, several people with umbrellas who cross in "
    "front of it, and behind them a row of shops whose signs are mirrored in the wet ground. On the left a cyclist has "
    "stopped to look at a map; on the right somebody carries two bags and talks on the phone. 🚋 下雨了。"
)


def states(page: SeePanel) -> Iterator[str | None]:
    """Brings the page from one state to the next and says which it is."""
    session = page._session
    page.stage._timer.timeout.disconnect(page.stage._show_caption)  # what is said is written by hand below
    yield "empty"
    page.look_at("sample")
    while session.state is not SessionState.RUNNING:
        yield None  # lets the window live
    yield "picture"
    yield from _chat(page)
    page.view.set_region(Region(0.5, 0.14, 0.36, 0.36))
    page.show_tab(page.labels)
    session.set_labels(["a horse", "a pig", "a balloon", "a dog", "a cat with a very long name that nobody has read"])
    page.labels.bars.set_scores((("a horse", 0.82), ("a dog", 0.11), ("a pig", 0.02)), 0.05)
    yield "labels"
    page.labels.options_button.click()
    yield "labels-options"
    session.set_labels([])
    yield "labels-none"
    page.labels.options_button.click()
    page.view.set_region(None)
    page.show_tab(page.caption)
    for when, text in (("18:02:11", "a phone on a table"), ("18:02:40", "an empty table"), ("18:03:05", LONG)):
        page.caption._remember(when, text)
    page.caption.text.setText("a blue balloon in the top left, an orange pig and an orange horse")
    page.caption.earlier_title.show()
    page.view.set_caption(LONG)
    yield "caption"
    page.caption.options_button.click()
    yield "caption-options"
    page.caption.options_button.click()
    page.view.set_caption("a horse 82%")
    page.show_tab(page.watch)
    yield "watch-empty"
    yield from _watch(page)
    page.stage.condition.show_condition("away")
    page.view.set_dimmed(True)
    yield "away"
    page.stage.condition.show_condition("black")
    page.view.set_dimmed(False)
    yield "black"
    page.stage.condition.show_condition("")


def _chat(page: SeePanel) -> Iterator[str]:
    frame = page._session.newest_frame
    assert frame is not None
    other = VideoFrame(np.full((480, 640, 3), (90, 120, 160), np.uint8), 2, time.monotonic())
    page.show_tab(page.ask)
    missing = ModelMissing("There is no model '{id}'.", hint="Choose another one.", id="blip")
    numbers = {"model_id": "starter-blip-vqa", "time_to_first_token_s": 0.42, "tokens_per_s": 11.8}
    for turn in (
        ChatTurn("what is on the right?", (frame,), 0.0, state=TurnState.DONE, answer="horse", rating=1, **numbers),
        ChatTurn("what color is the balloon?", (frame,), 0.0, state=TurnState.DONE, answer="blue", **numbers),
        ChatTurn(
            "What happens in these two pictures, and which of them was taken later?",
            (frame, other),
            0.0,
            state=TurnState.DONE,
            answer=LONG,
            frame_age_s=0.021,
            sights=(Sight(512, 512, 1), Sight(512, 512, 4)),
            **numbers,
        ),
        ChatTurn("and now?", (other,), 0.0, state=TurnState.STOPPED, answer="The table is", **numbers),
        ChatTurn("who?", (other,), 0.0, state=TurnState.FAILED, error=missing),
        ChatTurn("what is this?", (frame,), 0.0),
    ):
        page._session.chat.turns.append(turn)  # type: ignore[attr-defined]
        page.ask.chat.add_turn(turn)
    page.ask._show_buttons()
    yield "ask"
    page._session.chat.add_frame()
    page._session.chat.add_frame()
    page.ask.field.setPlainText("Which of the two is the larger one, and what would you say is the reason for that?")
    page._session.chat.voice._state = VoiceState.LISTENING
    page.ask._show_voice()
    page.ask.voice_level.setValue(-20)
    page.ask.voice_text.setText("What is the animal on the right")
    yield "ask-voice"
    page._session.chat.voice._state = VoiceState.IDLE
    page.ask._show_voice()
    page._session.chat.new_chat()
    page.ask.field.clear()
    yield "ask-new"
    page._context.withdraw("new chat")


def _watch(page: SeePanel) -> Iterator[str]:
    watch, frame = page._session.standing, page._session.newest_frame
    assert frame is not None
    watch._start = lambda: None  # type: ignore[method-assign]
    horse = watch.add("a horse")
    dog = watch.add("Is there a very small dog with a red collar in the garden?")
    assert horse is not None
    assert dog is not None
    watch.set_on(dog, False)
    horse.newest, horse.n_sightings = Likeness("a horse", 0.93, 0.88), 2
    horse.last_seen_at = datetime.now().astimezone()
    page.watch.cards[0].show_sighting(Sighting(horse, frame, horse.newest, horse.last_seen_at))
    page.watch.cards[1].options_button.click()
    yield "watch"
    watch.remove(horse)
    watch.remove(dog)
