"""The benchmark of GPUs: it needs no Qt, and a row that fails costs no other."""

import argparse
import json
import subprocess
import sys

from benchmarks import gpu


def arguments_for(folder, **more) -> argparse.Namespace:
    given = {"out": folder / "gpu.json", "models": folder / "models", "quick": True, "only": None, "also": []}
    return argparse.Namespace(**given | {"limit_s": 60.0} | more)


def test_it_needs_no_qt_and_nothing_for_sound():
    absent = "PySide6", "soundfile", "av", "faster_whisper", "ctranslate2", "keyring"
    code = f"import sys; sys.modules.update(dict.fromkeys({absent})); import benchmarks.gpu"

    subprocess.run([sys.executable, "-c", code], check=True)


def test_models_are_made_first_and_at_once(tmp_path):
    groups = gpu.wanted(arguments_for(tmp_path), has_gpu=True)

    assert set(groups[0]) == {name for name in gpu.ROWS if name.startswith("build ")}
    assert [len(group) for group in groups[1:]] == [1] * (len(groups) - 1)
    assert ["compiled"] not in groups
    assert ["compiled"] in gpu.wanted(arguments_for(tmp_path, also=["compiled"]), has_gpu=True)


def test_without_a_gpu_what_is_too_large_is_left_out(tmp_path):
    names = [name for group in gpu.wanted(arguments_for(tmp_path), has_gpu=False) for name in group]

    assert "draw" in names
    assert "chat smolvlm-2b" not in names


def test_a_row_that_fails_tells_why_and_the_next_one_is_measured(tmp_path, monkeypatch):
    def child(name, arguments):
        if name == "draw":
            raise OSError("no process")
        return {"ms": 1}

    monkeypatch.setattr(gpu, "child", child)
    arguments = arguments_for(tmp_path)

    gpu.measure([["draw"], ["hear"]], arguments, {})

    found = json.loads(arguments.out.read_text())
    assert "OSError: no process" in found["draw"]["failed"]
    assert found["hear"] == {"ms": 1}


def test_no_row_begins_when_the_time_is_over(tmp_path, monkeypatch):
    monkeypatch.setattr(gpu, "child", lambda name, arguments: {"ms": 1})
    arguments = arguments_for(tmp_path, limit_s=-1.0)

    gpu.measure([["draw"], ["hear"]], arguments, {})

    assert json.loads(arguments.out.read_text()) == {"left out": ["draw", "hear"]}


def test_what_breaks_in_a_row_is_told_with_its_traceback(tmp_path):
    models = tmp_path / "models"
    models.touch()  # no folder: nothing can be made in it

    found = gpu.child("build clip-b32", arguments_for(tmp_path, models=models))

    assert found["failed"] == "exit code 1"
    assert "Error" in found["stderr"]
