"""Playing in a process of its own: a player that stands still would take the tests with it."""

import subprocess
import sys
from pathlib import Path

from desktop_app.paths import ASSETS_DIR
from desktop_app.widgets.player import Player

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
