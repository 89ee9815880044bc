from __future__ import annotations

import importlib.metadata
import json
import os
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app import __version__, cli
from desktop_app.doctor import Finding
from desktop_app.history.store import History
from desktop_app.paths import Paths
from tests.sound_hardware import NO_SERVER, alsa_microphone, pulse_server
from workers.errors import ModelBroken
from workers.results import Segment, Word
from workers.sources.base import Camera

SENSORIUM = [sys.executable, "-m", "desktop_app.cli"]


def keep(home: Path, *texts: str) -> int:
    """An item in the history with a segment a text."""
    history = History(Paths.of_user().history_dir)
    item_id = history.begin(title="Meeting", source="Microphone", tracks=["me"]).result()
    for second, text in enumerate(texts):
        words = tuple(
            Word(f" {word}", second + 0.1 * place, second + 0.1 * place + 0.1, 0.9)
            for place, word in enumerate(text.split())
        )
        history.add_segment(item_id, Segment("me", words, "en")).result()
    history.finish(item_id, duration_s=75.0).result()
    history.close()
    return item_id


def test_help_imports_neither_qt_nor_numpy() -> None:
    code = (
        "import sys; from desktop_app.cli import main; main(['--help']); main(['transcribe', '--help']); "
        "main(['label', '--help']); main(['ask', '--help']); "
        "heavy = {'PySide6', 'numpy', 'torch', 'ctranslate2', 'rich'} & set(sys.modules); "
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "transcribe" in done.stdout


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"sensorium {__version__}\n"


def test_no_command_opens_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_window", lambda: 7)

    assert cli.main([]) == 7


@pytest.mark.parametrize("arguments", [[], ["demo"]])
def test_missing_library_of_qt_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    for name in ("desktop_app.app", "desktop_app.demo"):
        monkeypatch.setitem(sys.modules, name, None)

    assert cli.main(arguments) == 5
    assert capsys.readouterr().err.endswith("`sensorium doctor` says what to install.\n")


def test_demo_leaves_what_is_in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def demonstrate(folder: Path, paths: Paths) -> int:
        paths.data_dir.mkdir(parents=True)
        return 0

    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("Dear Sir")
    monkeypatch.setattr("desktop_app.demo._demonstrate", demonstrate)

    assert cli.main(["demo", "-o", str(tmp_path)]) == 0

    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert (tmp_path / "home" / "letter.txt").read_text() == "Dear Sir"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["dance"], 2, "No such command 'dance'"),
        (["transcribe"], 2, "Missing argument 'INPUT'"),
        (["transcribe", "x.wav", "--task", "sing"], 2, "'sing' is not"),
        (["transcribe", "x.wav", "--output", "x.doc"], 2, "'x.doc' does not say which format"),
        (["transcribe", "x.wav", "y.wav", "--output", "x.txt"], 2, "One --output cannot hold 2 inputs"),
        (["transcribe", "a/x.wav", "b/x.mp3", "-o", "./"], 2, "'x.txt' would be overwritten by 'b/x.mp3'"),
        (["transcribe", "x.txt", "-o", "x.txt"], 2, "'x.txt' would be overwritten by 'x.txt'"),
        (["transcribe", "x.wav", "--events", "x.wav"], 2, "'x.wav' would be overwritten by '--events'"),
        (["transcribe", "x.wav", "-o", "x.json", "--events", "x.json"], 2, "would be overwritten by '--events'"),
        (["transcribe", "x.wav", "-o", "x.srt", "--format", "vtt"], 2, "'x.srt' and --format vtt differ"),
        (["transcribe", "x.wav", "--format", "vtt"], 2, "--format says how the files in a folder are written"),
        (["transcribe", "x.wav", "-o", "nowhere/x.txt"], 5, "The folder 'nowhere' does not exist"),
        (["transcribe", "x.wav", "-o", "/proc/x.txt"], 5, "No file can be made in '/proc'"),
        (["transcribe", "x.wav", "-o", f"{__file__}/"], 2, "is not a folder"),
        (["transcribe", "x.wav", "-o", "/proc/a/"], 5, "No file can be made in '/proc'"),
        (["transcribe", ""], 2, "An input is empty"),
        (["transcribe", "https://example.org/a.mp3"], 2, "'https://example.org/a.mp3' is an address, not a file"),
        (["transcribe", "-", "-"], 2, "Standard input can be read only once"),
        (["transcribe", "x.wav"], 3, "x.wav does not exist"),
        (["transcribe", __file__, "--live"], 3, "is not an audio or video file"),
        (["transcribe", "-", "--engine", "parrot"], 2, "There is no engine 'parrot'"),
        (["transcribe", "-", "--engine", "parrot"], 2, "Choose one of: faster-whisper, wav2vec2, whisper."),
        (["transcribe", "-", "--engine", "emotion"], 2, "'emotion' does not turn speech into text"),
        (["transcribe", "-", "--model", "wav2vec2-emotion"], 2, "'wav2vec2-emotion' does not turn speech into text"),
        (["transcribe", "-", "--language", "Germn"], 2, "Did you mean 'de', German?"),
        (["transcribe", "-", "--model", "whisper-tiny.en", "--language", "de"], 2, "knows only English, not German"),
        (["transcribe", "-", "--model", "whisper-tiny.en", "--language", "de"], 2, "Choose --model whisper-base."),
        (["transcribe", "-", "--model", "whisper-tiny.en", "--task", "translate"], 2, "and cannot translate"),
        (["transcribe", "-", "--engine", "wav2vec2", "--language", "fr"], 2, "Choose --engine faster-whisper --model"),
        (["transcribe", "-", "--model", "whisper-enormous"], 4, "There is no model 'whisper-enormous'"),
        (["transcribe", "-", "--model", "whisper-large-v3"], 4, "'whisper-large-v3' is not installed"),
        (["transcribe", "-", "--events", "/nonexistent/events"], 5, "cannot be written"),
        (["models", "verify", "???"], 4, "There is no model '???'. `sensorium models list` shows"),
        (["models", "download", ""], 4, "There is no model ''"),
        (["models", "convert", "tiny.en"], 4, "Choose one of: whisper-tiny.en"),
        (["transcribe", "-", "--model", "base"], 4, "Choose one of: whisper-base"),
        (["models", "remove", "whisper-base"], 2, "comes with a Python package"),
        (["models", "remove", "starter-vit"], 2, "comes with the app and stays"),
        (["label"], 2, "Missing argument 'IMAGE'"),
        (["label", ""], 2, "An input is empty"),
        (["label", "https://example.org/a.png"], 2, "'https://example.org/a.png' is an address, not a file"),
        (["label", "-", "-"], 2, "Standard input can be read only once"),
        (["label", "x.png", "--labels", " , "], 2, "There is no label in ' , '"),
        (["label", "x.png", "--engine", "clip"], 2, "There is no label to choose among"),
        (["label", "x.png", "--engine", "parrot"], 2, "There is no engine 'parrot'. Choose one of: clip, vit."),
        (["label", "x.png", "--engine", "blip"], 2, "The engine 'blip' does not label pictures"),
        (["label", "x.png", "--model", "whisper-base"], 2, "The model 'whisper-base' does not label pictures"),
        (["label", "x.png", "--engine", "clip", "--model", "starter-vit"], 2, "does not run the model 'starter-vit'"),
        (["label", "x.png", "--top", "0"], 2, "greater than or equal to 1"),
        (["label", "x.png"], 3, "x.png does not exist"),
        (["label", __file__], 3, "test_cli.py is not a picture that can be read"),
        (["label", "x.png", "--model", "clip-vit-base-patch32"], 4, "models download clip-vit-base-patch32"),
        (["label", "x.png", "--model", "clip-enormous"], 4, "There is no model 'clip-enormous'"),
        (["caption", "x.png", "--model", "blip-image-captioning-base"], 4, "download blip-image-captioning-base`"),
        (["caption", "x.png", "--engine", "vit"], 2, "The engine 'vit' does not describe pictures"),
        (["ask", "x.png"], 2, "There is no question. Give --question TEXT"),
        (["ask", "x.csv"], 3, "x.csv cannot be read: No such file"),
        (["ask", "x.png", "--question", " "], 2, "There is no question"),
        (["ask", "x.png", "--question", "what?", "--model", "blip-vqa-base"], 4, "models download blip-vqa-base`"),
        (["demo", "-o", __file__], 2, "test_cli.py' is not a folder."),
        (["demo", "-o", f"{__file__}/x"], 2, "test_cli.py/x' is not a folder."),
        (["demo", "-o", "/proc"], 5, "No file can be made in '/proc'."),
        (["demo", "-o", "/proc/x"], 5, "No file can be made in '/proc'."),
        (["models", "remove", "/usr"], 4, "is not the folder of a model"),
        (["history", "show", "99"], 3, "The history has no item 99."),
        (["history", "show", "9" * 30], 3, "The history has no item 999"),
        (["history", "export", "99", "-o", "a.txt"], 3, "The history has no item 99."),
        (["history", "export", "99", "-o", "nowhere/a.txt"], 5, "The folder 'nowhere' does not exist."),
        (["history", "export", "99", "-o", "/proc/a.txt"], 5, "No file can be made in '/proc'."),
        (["history", "show", "abc"], 2, "'abc' is not the number of an item. `sensorium history list` shows them.\n"),
        (["history", "delete", "abc"], 2, "sensorium: 'abc' is not the number of an item."),
        (["history", "delete", "99"], 3, "The history has no item 99. Nothing was deleted."),
        (["history", "list", "--limit", "0"], 2, "greater than or equal to 1"),
        (["history", "list", "--limit", "9" * 30], 2, "less than or equal to 1000000"),
        (["search", ""], 2, "no word to search for"),
        (["search"], 2, "Search for words or for a picture."),
        (["search", "frog", "--image", "frog.jpg"], 2, "Search for words or for a picture."),
        (["search", "--image", "frog.jpg"], 3, "frog.jpg does not exist."),
        (["index", "nowhere"], 3, "nowhere does not exist."),
        (["index", "nowhere", "--forget"], 2, "was not indexed. No folder was indexed yet."),
    ],
)
def test_mistakes_are_one_sentence_and_a_code(
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert cli.main(arguments) == code

    captured = capfd.readouterr()
    assert sentence in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_our_bug_is_code_1_and_in_the_log(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(cli, "_catalogue", fail)

    assert cli.main(["models", "list"]) == 1

    assert "unexpected" in capsys.readouterr().err
    assert "ZeroDivisionError" in (home / "log" / "commands.log").read_text()


def test_history_list_shows_the_newest_first(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = keep(home, "one"), keep(home, "two")

    assert cli.main(["history", "list"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [int(line.split()[0]) for line in lines] == [second, first]
    assert "1:15" in lines[0]


def test_history_list_shows_odd_names_on_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history = History(Paths.of_user().history_dir)
    history.finish(history.begin(title="two\nlines\x1b[31m \udcff").result(), duration_s=1.0).result()
    history.close()

    assert cli.main(["history", "list"]) == 0

    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("two lines [31m ?")


def test_search_for_what_is_no_text_finds_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["search", "a\udcff"]) == 0
    assert "Nothing was found" in capsys.readouterr().err


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_full_disk_behind_standard_output_is_told(home: Path, monkeypatch: pytest.MonkeyPatch, unbuffered: str) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    keep(home, "hello")

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*SENSORIUM, "history", "show", "1"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert done.returncode == 5
    assert done.stderr == "sensorium: The disk is full: 'standard output' cannot be written. Free some space.\n"


def test_letters_that_the_terminal_has_not_are_replaced(home: Path) -> None:
    keep(home, "hello 你好 😀")

    shown = subprocess.run(
        [*SENSORIUM, "history", "show", "1"],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )

    assert shown.stdout == b"[00:00:00] hello ?? ?\n"


@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-"])
def test_closed_streams_are_no_error(home: Path, closed: str) -> None:
    keep(home, "hello there")

    command = [*SENSORIUM, "history", "delete", "--yes", "1"] if closed == "<&-" else [*SENSORIUM, "history", "list"]
    ended = subprocess.run(f"{shlex.join(command)} {closed}", shell=True, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")


def test_history_show_prints_the_text(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item_id = keep(home, "hello there", "good bye")

    assert cli.main(["history", "show", str(item_id)]) == 0

    assert capsys.readouterr().out == "[00:00:00] hello there\n[00:00:01] good bye\n"


def test_history_export_writes_the_file(home: Path, tmp_path: Path) -> None:
    item_id = keep(home, "hello there")

    assert cli.main(["history", "export", str(item_id), "-o", str(tmp_path / "talk.srt")]) == 0

    assert "hello there" in (tmp_path / "talk.srt").read_text()


def test_history_export_writes_times_of_lines_and_words(home: Path, tmp_path: Path) -> None:
    item_id = keep(home, "hello there", "good bye")

    assert cli.main(["history", "export", str(item_id), "-o", str(tmp_path / "talk.md"), "--times"]) == 0
    assert cli.main(["history", "export", str(item_id), "-o", str(tmp_path / "talk.vtt"), "--word-times"]) == 0

    assert "`00:00:01` good bye" in (tmp_path / "talk.md").read_text()
    assert "<00:00:" in (tmp_path / "talk.vtt").read_text()


def test_history_import_adds_what_was_exported(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item_id = keep(home, "hello there")
    cli.main(["history", "export", str(item_id), "-o", str(tmp_path / "talk.json")])
    (tmp_path / "other.json").write_text("{}")

    assert cli.main(["history", "import", str(tmp_path / "talk.json"), str(tmp_path / "other.json")]) == 3

    said = capsys.readouterr()
    assert said.out == f"{item_id + 1}\n"
    assert "'other.json' is not a transcript that Sensorium exported." in said.err
    assert cli.main(["history", "show", str(item_id + 1)]) == 0
    assert "hello" in capsys.readouterr().out


def test_history_delete_deletes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item_id = keep(home, "a secret")

    assert cli.main(["history", "delete", str(item_id), "--yes"]) == 0
    cli.main(["history", "list"])

    assert capsys.readouterr().out == ""


def test_history_delete_with_an_unknown_number_deletes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item_id = keep(home, "a treasure")

    assert cli.main(["history", "delete", "--yes", str(item_id), "98", "99"]) == 3

    assert "no item 98, 99. Nothing was deleted." in capsys.readouterr().err
    cli.main(["history", "show", str(item_id)])
    assert "treasure" in capsys.readouterr().out


def test_history_delete_where_nobody_can_be_asked_wants_yes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item_id = keep(home, "a treasure")

    assert cli.main(["history", "delete", str(item_id)]) == 2

    assert "Add --yes" in capsys.readouterr().err
    assert cli.main(["history", "show", str(item_id)]) == 0


def test_nothing_found_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["history", "list"]) == 0
    assert capsys.readouterr().err == "sensorium: The history is empty.\n"

    keep(home, "hello")

    assert cli.main(["search", "预算", "--json"]) == 0
    assert cli.main(["history", "list", "--search", "budget"]) == 0
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "sensorium: Nothing was found for '预算'.",
        "sensorium: Nothing in the history has 'budget'.",
    ]
    assert captured.out == ""


def test_search_gives_json_lines(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item_id = keep(home, "the budget is late", "nothing else")

    assert cli.main(["search", "BUDGET", "--json"]) == 0

    (line,) = capsys.readouterr().out.splitlines()
    hit = json.loads(line)
    assert (hit["kind"], hit["id"]) == ("transcript", item_id)
    assert "budget" in hit["text"]
    assert list(hit) == ["kind", "id", "score", "text", "path", "when"]


def test_models_list_knows_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "list", "--json"]) == 0

    models = {model["id"]: model for model in map(json.loads, capsys.readouterr().out.splitlines())}
    assert models["whisper-large-v3"]["status"] == "absent"
    assert models["whisper-tiny.en"]["is_proposed"]


def test_models_are_downloaded_from_where_the_settings_say(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://elsewhere.example.org")
    paths = Paths.of_user()
    paths.config_dir.mkdir(parents=True)
    paths.settings_file.write_text('[models]\nhub_endpoint = "https://models.example.org"\n')

    cli._catalogue()

    assert os.environ["HF_ENDPOINT"] == "https://models.example.org"


def test_models_remove_of_what_is_not_there_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "config.json").write_text('{"model_type": "whisper"}')
    (tmp_path / "own" / "model.safetensors").touch()
    catalogue = cli._catalogue()
    listed = catalogue.add_folder(tmp_path / "own").id

    assert cli.main(["models", "remove", listed]) == 0
    assert capsys.readouterr().err == ""
    added = catalogue.add_folder(tmp_path / "own").id
    assert cli.main(["models", "remove", str(tmp_path / "own")]) == 0
    assert capsys.readouterr().err == ""
    assert added not in {entry.id for entry in cli._catalogue().entries()}
    assert cli.main(["models", "remove", str(tmp_path / "own")]) == 0
    assert "is not in the list, so nothing was removed." in capsys.readouterr().err
    assert cli.main(["models", "remove", "whisper-small"]) == 0
    assert capsys.readouterr().err == (
        "sensorium: The model 'whisper-small' is not installed, so nothing was removed.\n"
    )


def test_devices_lists_microphone_and_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pulse_server(tmp_path, monkeypatch) as server:
        server.plug_in_microphone()
        assert cli.main(["devices"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "* microphone  Headset  (pulse:headset)",
        "* computer    Speaker  (pulse:speaker.monitor)",
    ]


def test_devices_lists_cameras_with_their_kind(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cameras = [Camera("usb-1", "Webcam", "/dev/video0", is_default=True)]
    monkeypatch.setattr("workers.sources.devices.list_devices", list)
    monkeypatch.setattr("workers.sources.webcam.list_cameras", lambda: cameras)

    assert cli.main(["devices"]) == 0
    assert cli.main(["devices", "--json"]) == 0

    text, line = capsys.readouterr().out.splitlines()
    assert text == "* camera      Webcam  (usb-1)"
    assert json.loads(line) == {
        "kind": "camera", "id": "usb-1", "name": "Webcam", "path": "/dev/video0", "is_default": True,
    }  # fmt: skip


def test_devices_without_any_is_code_5(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULSE_SERVER", NO_SERVER)
    monkeypatch.setattr("workers.sources.devices.list_devices", list)

    assert cli.main(["devices"]) == 5
    assert "No microphone was found" in capsys.readouterr().err


def test_unknown_microphone_names_those_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alsa_microphone(tmp_path, _silence(), monkeypatch)

    assert cli.main(["transcribe", "mic:Blue Yeti", "--no-history"]) == 5
    assert "There is no microphone 'Blue Yeti'" in capsys.readouterr().err


def _silence() -> object:
    import numpy as np

    return np.zeros((100, 2))


def test_doctor_is_well(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    keep(home, "hello")
    monkeypatch.setattr("desktop_app.doctor._models", lambda paths: [])  # hashing takes a second; tested below

    assert cli.main(["doctor"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("ok") and "history" in line and "1 item," in line for line in lines)
    assert not any(line.startswith("problem") for line in lines)


def test_doctor_finds_the_loudspeaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_app.doctor import _playback

    with pulse_server(tmp_path, monkeypatch):
        assert _playback() == Finding("ok", "playback", "recordings play through Speaker")

    monkeypatch.setenv("PULSE_SERVER", NO_SERVER)
    finding = _playback()
    assert (finding.level, finding.detail) == ("warning", "no loudspeaker was found")
    assert "PipeWire" in finding.advice


def test_doctor_says_why_sound_cannot_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_app.doctor import _playback

    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text("raise ImportError('libpulse.so.0: cannot open shared object')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    finding = _playback()

    assert (finding.level, finding.detail) == ("problem", "ImportError: libpulse.so.0: cannot open shared object")
    assert "libpulse0" in finding.advice


@pytest.mark.parametrize(
    ("path", "level", "detail"),
    [(None, "warning", "none was found"), ("here", "ok", "Webcam"), ("refused", "problem", "may not use Webcam")],
)
def test_doctor_looks_for_cameras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path, level, detail) -> None:
    from desktop_app import doctor

    (tmp_path / "here").touch()
    cameras = [Camera("usb-1", "Webcam", str(tmp_path / path))] if path else []
    monkeypatch.setattr(doctor, "list_cameras", lambda: cameras)

    finding = doctor._camera()

    assert finding.level == level
    assert detail in finding.detail


def test_doctor_finds_a_damaged_history(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_app.doctor import _history

    keep(home, *["a long sentence about something"] * 200)
    database = Paths.of_user().history_dir / "history.db"
    whole = database.read_bytes()
    database.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))

    finding = _history(Paths.of_user())

    assert finding.level == "problem"
    assert "damaged" in finding.detail


def test_doctor_misses_any_package_that_the_app_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_app import doctor

    assert doctor._packages().level == "ok"
    versions = importlib.metadata.version

    def version(name: str) -> str:
        if name in ("diffusers", "opencv-python"):
            raise importlib.metadata.PackageNotFoundError
        return versions(name)

    monkeypatch.setattr(importlib.metadata, "version", version)

    assert doctor._packages().detail == "missing: diffusers, opencv-python"


def test_doctor_names_the_packages_that_the_set_up_installs() -> None:
    from desktop_app import doctor

    listed = (Path(__file__).parents[2] / "scripts" / "set_up.sh").read_text().split()

    assert [name for name in doctor.QT_PACKAGES.split() if name not in listed] == []


def test_doctor_reads_a_history_whatever_its_folder_is_called(tmp_path: Path) -> None:
    from desktop_app.doctor import _history

    paths = Paths.below(tmp_path / "C# notes 100%25?")
    history = History(paths.history_dir)
    history.finish(history.begin(title="one").result(), duration_s=1.0).result()
    history.close()

    finding = _history(paths)

    assert (finding.level, finding.detail.partition(",")[0]) == ("ok", "1 item")
    with closing(sqlite3.connect(paths.history_dir / "history.db", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        finding = _history(paths)
    assert "in use by another program" in finding.detail


def test_doctor_finds_a_broken_model(monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_app.doctor import _models
    from workers.catalogue.catalogue import Catalogue, ModelStatus

    def verify(self: Catalogue, model_id: str) -> int:
        raise ModelBroken("The file 'model.bin' has a wrong checksum.", hint="Download it again.")

    monkeypatch.setattr(Catalogue, "status", lambda self, model_id: ModelStatus.INSTALLED)
    monkeypatch.setattr(Catalogue, "verify", verify)

    findings = list(_models(Paths.of_user()))

    assert {finding.level for finding in findings} == {"problem"}
    assert findings[0].advice == "Download it again."


def test_doctor_knows_what_comes_with_the_app(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_app.doctor import _models
    from workers.catalogue.catalogue import Catalogue

    monkeypatch.setattr(Catalogue, "verify", lambda self, model_id: 0 if "starter" in model_id else 4)

    details = [finding.detail for finding in _models(Paths.of_user())]

    assert "starter-clip: comes with the app" in details
    assert "whisper-base: 4 files verified" in details
    assert not any("server" in detail for detail in details)


def test_what_comes_with_the_app_has_nothing_to_verify(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "verify", "starter-clip"]) == 0

    assert capsys.readouterr().out == "starter-clip: comes with the app, so there is nothing to compare.\n"


def test_full_pipe_of_a_reader_that_left_is_no_error(home: Path) -> None:
    keep(home, "blah " * 20_000)  # more than a pipe holds

    shell = f"'{sys.executable}' -m desktop_app.cli history show 1 | head -c 9; echo; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.stdout.splitlines()[1] == "0"
