"""What is left after a SIGKILL in the middle of a recording, and how it is found."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soundfile

from desktop_app.history.store import History
from tests.desktop_app.history.conftest import words
from workers.errors import HistoryError

RECORDS = """
import sys, time
from pathlib import Path
import numpy as np
from desktop_app.history.store import History
from workers.recorder import FlacRecorder
from workers.results import Word

history = History(Path(sys.argv[1]))
item_id = history.begin(title="Lecture", tracks=["me"]).result()
recorder = FlacRecorder(history.media_path(item_id, "me.flac"))
second = np.random.default_rng(0).normal(size=16_000).astype(np.float32) * 0.1
recorder.write(second)
while recorder.seconds_written == 0 or not history.flush():
    time.sleep(0.01)
for number in range(1000):
    recorder.write(second)
    history.append_words(item_id, "me", [Word(f" word{number}", number, number + 1, 0.9)])
    print(time.monotonic(), item_id, number + 1, flush=True)
    time.sleep(0.05)
"""


def record_and_kill(folder: Path, after_s: float = 0.2) -> tuple[int, float]:
    """The number of an item whose window was killed, and what was surely given two seconds before, in seconds."""
    given: list[tuple[float, int]] = []  # when, and up to which second
    with subprocess.Popen([sys.executable, "-c", RECORDS, str(folder)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        while not given or given[-1][0] - given[0][0] < after_s:
            when, item_id, second = child.stdout.readline().split()
            given.append((float(when), int(second)))
        killed_at = time.monotonic()
        os.kill(child.pid, signal.SIGKILL)
    return int(item_id), max((second for when, second in given if when < killed_at - 2), default=0)


def test_kill_costs_at_most_the_last_two_seconds(folder: Path) -> None:
    item_id, given_s = record_and_kill(folder, after_s=2.5)

    history = History(folder)
    (item,) = history.unfinished()
    recovered = history.recover(item.id).result()

    assert (item.id, item.title, item.state) == (item_id, "Lecture", "recording")
    (track,) = recovered.tracks
    assert given_s > 1
    assert track.text_until_s >= given_s
    assert track.duration_s >= given_s
    assert soundfile.info(track.path).duration == track.duration_s
    assert history.segments(item_id)[0].text.startswith("word0 word1 word2")
    assert history.item(item_id).state == "recovered"
    assert history.item(item_id).duration_s == recovered.duration_s >= track.duration_s
    assert [media.path for media in history.media(item_id)] == [track.path]
    assert history.unfinished() == []
    history.close()


def test_recovered_item_takes_the_rest_of_its_text(folder: Path) -> None:
    item_id, _ = record_and_kill(folder)
    history = History(folder)
    (track,) = history.recover(item_id).result().tracks

    history.append_words(item_id, "me", words("the rest", start_s=track.text_until_s))
    history.finish(item_id, track.duration_s).result()

    assert history.segments(item_id)[-1].text == "the rest"
    assert history.item(item_id).state == "finished"
    history.close()


def test_recording_of_another_window_is_not_taken_for_a_crashed_one(folder: Path) -> None:
    first, second = History(folder), History(folder)
    item_id = first.begin().result()
    first.append_words(item_id, "me", words("still here")).result()

    assert second.unfinished() == []
    with pytest.raises(HistoryError, match="still being recorded"):
        second.recover(item_id).result()
    with pytest.raises(HistoryError, match="still being recorded"):
        second.delete(item_id).result()

    first.close()
    assert [item.id for item in second.unfinished()] == [item_id]
    second.close()


def test_item_left_unfinished_is_found_without_a_restart(history: History) -> None:
    item_id = history.begin().result()
    history.append_words(item_id, "me", words("half of it")).result()

    history.release(item_id)

    assert [item.id for item in history.unfinished()] == [item_id]
    assert history.recover(item_id).result().duration_s == pytest.approx(1.2)


def test_audio_without_a_row_is_found(folder: Path) -> None:
    """The window died before the database had taken anything."""
    item_id, _ = record_and_kill(folder)
    for path in folder.glob("history.db*"):
        path.unlink()

    history = History(folder)

    (item,) = history.unfinished()
    assert (item.id, item.tracks) == (item_id, ("me",))
    assert history.recover(item_id).result().duration_s > 0
    assert history.begin().result() == item_id + 1
    history.close()


def test_recording_that_was_killed_before_its_first_sound_is_recovered_without_audio(history: History) -> None:
    item_id = history.begin().result()
    history.flush()
    history.media_path(item_id, "me.flac").write_bytes(b"fLaC")
    history.release(item_id)

    recovered = history.recover(item_id).result()

    assert (recovered.duration_s, recovered.tracks) == (0, ())
