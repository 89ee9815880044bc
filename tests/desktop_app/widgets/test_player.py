"""Playing in a process of its own: a player that stands still would take the tests with it."""

import math
import subprocess
import sys
from pathlib import Path

from desktop_app.paths import ASSETS_DIR
from desktop_app.widgets.player import Player, PlayerBar

OVER_AND_OVER = """
import random, sys
from pathlib import Path
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from desktop_app.widgets.player import Player

app = QApplication([])
player = Player()
chance = random.Random(0)
for _ in range(150):
    player.set_media([Path(sys.argv[1])], 10.0)
    player.play_from(chance.uniform(0, 3))
    loop = QEventLoop()
    QTimer.singleShot(chance.randint(5, 120), loop.quit)
    loop.exec()
    player.seek(chance.uniform(0, 3))
    player.stop()
print("done", flush=True)
"""


def test_playing_and_stopping_over_and_over_never_stands_still():
    speech = str(ASSETS_DIR / "samples" / "speech.flac")

    done = subprocess.run(
        [sys.executable, "-c", OVER_AND_OVER, speech], capture_output=True, text=True, timeout=120, check=False
    )

    assert done.stdout == "done\n", done.stderr


def test_the_speed_goes_step_by_step_and_stops_at_the_ends(qtbot):
    player, told = Player(), []
    player.rate_changed.connect(told.append)

    for steps in (1, 1, -1, *[1] * 9, *[-1] * 9):
        player.change_rate(steps)

    assert told == [1.25, 1.5, 1.25, 1.5, 1.75, 2.0, 3.0, 2.0, 1.75, 1.5, 1.25, 1.0, 0.75, 0.5]


def test_every_track_plays_at_the_speed_that_was_chosen_before_or_since(qtbot):
    speech = ASSETS_DIR / "samples" / "speech.flac"
    player = Player()
    player.set_rate(2.0)
    player.set_media([speech, speech], 20.0)

    player.play_from(0.0)
    qtbot.waitUntil(lambda: player.is_playing, timeout=20_000)
    assert [track.playbackRate() for track in player._players] == [2.0, 2.0]
    player.set_rate(0.5)
    assert [track.playbackRate() for track in player._players] == [0.5, 0.5]

    player.set_media([], 0.0)


def test_skip_stays_within_the_recording(qtbot, monkeypatch):
    player, went = Player(), []
    monkeypatch.setattr(player, "_go", lambda seconds, *, plays: went.append(seconds))
    player.skip(5.0)
    assert went == []  # there is nothing to play
    player.set_media([Path("speech.flac")], 12.0)

    for from_s, by_s in ((1.0, -5.0), (6.0, -5.0), (6.0, 5.0), (10.0, 5.0)):
        player._last_s = from_s
        player.skip(by_s)

    assert went == [0.0, 1.0, 11.0, 12.0]


def test_the_bar_leaves_the_length_out_while_it_is_still_recorded(qtbot):
    player = Player()
    bar = PlayerBar(player)
    qtbot.addWidget(bar)
    player.set_media([ASSETS_DIR / "samples" / "speech.flac"], math.inf)

    player.position_changed.emit(2.0)

    assert bar._time.text() == "0:02"
