"""`sensorium demo`: all senses through the real window, with less of each than it shows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile
from PIL import Image

from desktop_app import panels
from tests.end_to_end.conftest import ROOT, SAMPLE

SPOKEN_S = 7
SHORTENED = """
import sys
from pathlib import Path
from desktop_app import cli, demo, demo_draw, demo_see

sketches = demo_draw.read_sketches
demo.SAMPLE, demo.MID_SENTENCE_S = Path(sys.argv[1]), 1.0
demo_see.QUESTIONS = demo_see.QUESTIONS[:1]
demo_draw.read_sketches = lambda file: sketches(file)[:1]
demo_draw.PACE, demo_draw.VARIATIONS = 6.0, 2
sys.exit(cli.main(["demo", "--output", sys.argv[2]]))
"""
STEPS = {
    "hear-empty", "hear-listening", "hear", "see-empty", "see-labels", "see-caption", "see-ask", "see-kept",
    "draw-empty", "draw-variations",
}  # fmt: skip


@pytest.mark.slow
def test_demo_hears_sees_and_draws_and_leaves_pictures_of_it(tmp_path: Path) -> None:
    samples, rate_hz = soundfile.read(SAMPLE, stop=SPOKEN_S * soundfile.info(SAMPLE).samplerate)
    soundfile.write(tmp_path / "beginning.wav", samples, rate_hz)
    folder = tmp_path / "demo"

    done = subprocess.run(
        [sys.executable, "-c", SHORTENED, str(tmp_path / "beginning.wav"), str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "It did not go well" not in done.stderr
    for line in (
        r"Words heard: \d\d; first text after \d+\.\d s",
        r"Labelled, a part of things\.jpg: a horse \(\d+%\)",
        r"Described: .*horse",
        r"what is on the right\?  .*horse.*  \(\d+\.\d s\)",
        r"Drawn: .+; the picture of it was there \d+\.\d s after the pen was lifted",
        r"Made 2 variations of it",
    ):
        assert re.search(f"^{line}", done.stdout, re.MULTILINE), line
    pages = {f"{panel.id}-{look}" for panel in panels.discover() for look in ("light", "dark")}
    pictures = {path.stem: Image.open(path) for path in folder.glob("*.png")}
    assert pictures.keys() == STEPS | pages
    assert len({picture.size for picture in pictures.values()}) == 1
    assert len({picture.tobytes() for picture in pictures.values()}) == len(pictures)  # each shows something else
    others = {path.name for path in folder.iterdir() if path.suffix != ".png"}
    assert others == {"sensorium.log", *(f"transcript.{suffix}" for suffix in ("txt", "srt", "vtt", "json"))}
    assert "this nation should commit itself" in (folder / "transcript.txt").read_text("utf-8")
    assert json.loads((folder / "transcript.json").read_text("utf-8"))
