import time

import numpy as np
import pytest
from PIL import Image

from desktop_app.sessions.chat import ChatTurn, TurnState
from desktop_app.sessions.chat_export import export_chat
from workers.errors import DiskError
from workers.results import VideoFrame


def frame(grey: int) -> VideoFrame:
    return VideoFrame(np.full((30, 40, 3), grey, np.uint8), 1, time.monotonic())


def test_a_chat_is_written_with_each_picture_once(tmp_path):
    first, second = frame(10), frame(200)
    turns = [
        ChatTurn("what is\nthis?", (first,), 0.0, state=TurnState.DONE, answer=" a frog", model_id="blip"),
        ChatTurn("and now?", (first,), 0.0, state=TurnState.STOPPED, answer="still a"),
        ChatTurn("which is *bright*?", (first, second), 0.0, state=TurnState.FAILED),
    ]

    export_chat(turns, tmp_path / "my chat.md", {"blip": "BLIP base"}.__getitem__)

    text = (tmp_path / "my chat.md").read_text("utf-8")
    assert text.split("\n\n")[:4] == [
        "![](<my chat pictures/1.jpg>)",
        "**what is this?**",
        "a frog",
        "*BLIP base  ·  40 × 30*",
    ]
    assert text.count("pictures/1.jpg") == text.count("pictures/2.jpg") == 1
    assert "stopped" in text
    assert r"**which is \*bright\*?**" in text
    pictures = sorted((tmp_path / "my chat pictures").iterdir())
    assert [round(float(np.mean(Image.open(path)))) for path in pictures] == [10, 200]


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DiskError):
        export_chat([ChatTurn("what?", (frame(1),), 0.0)], tmp_path / "file" / "chat.md")
