"""`label`, `caption` and `ask`: what they write for pictures of every kind, with the starters and tiny BLIPs."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from desktop_app import cli
from desktop_app.settings import Settings
from tests.desktop_app.conftest import in_threads
from tests.loopback_chat import PIECES, Loopback, answer_in_pieces, running
from tests.workers.engines.vision.conftest import PICTURES, save_blip, save_chat
from workers.catalogue.catalogue import Catalogue
from workers.engines.vision.blip import Blip, BlipOptions
from workers.engines.vision.llava import Llava
from workers.results import Answer, AnswerToken, ImageRequest
from workers.sources.image_file import read_image

SENSORIUM = [sys.executable, "-m", "desktop_app.cli"]
FROG, BOAT = str(PICTURES / "frog.jpg"), str(PICTURES / "boat.jpg")


@pytest.fixture(scope="session")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_blip(tmp_path_factory.mktemp("models") / "answerer", "BlipForQuestionAnswering")


@pytest.fixture(scope="session")
def captioner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_blip(tmp_path_factory.mktemp("models") / "captioner", "BlipForConditionalGeneration")


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    monkeypatch.setattr("keyring.get_password", lambda *_: None)
    with running() as started:
        yield started


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def best(line: dict[str, object]) -> str:
    return line["scores"][0]["label"]


def test_label_writes_a_line_of_json_for_each_picture() -> None:
    command = [*SENSORIUM, "label", FROG, BOAT, "--labels", "a boat, a frog,a boat"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    frog, boat = map(json.loads, done.stdout.splitlines())
    assert list(frog) == ["image", "model", "scores"]
    assert (frog["image"], frog["model"]) == (FROG, "starter-clip")
    assert [set(score) for score in frog["scores"]] == [{"label", "score"}] * 2
    assert (best(frog), best(boat)) == ("a frog", "a boat")
    assert sum(score["score"] for score in frog["scores"]) == pytest.approx(1, abs=1e-3)


@in_threads
def test_label_without_labels_takes_those_of_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["label", FROG]) == 0
    assert cli.main(["label", FROG, "--top", "2"]) == 0
    assert cli.main(["label", FROG, "--model", "starter-vit", "--top", "2000"]) == 0

    five, two, every = lines_of(capsys)
    assert (best(five), five["model"]) == ("frog", "starter-vit")
    assert [len(line["scores"]) for line in (five, two, every)] == [5, 2, 119]


@in_threads
def test_labels_of_ones_own_are_not_for_vit(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["label", FROG, "--engine", "vit", "--labels", "a frog"]) == 0

    captured = capsys.readouterr()
    assert captured.err == "sensorium: starter-vit has labels of its own; --labels is for the engine clip.\n"
    line = json.loads(captured.out)
    assert best(line) == "frog"
    assert "none of these" not in [score["label"] for score in line["scores"]]


@in_threads
def test_a_background_wins_where_no_label_fits(capsys: pytest.CaptureFixture[str]) -> None:
    labels = ["--labels", "a boat", "--background", "a frog, a phone"]

    assert cli.main(["label", FROG, BOAT, *labels]) == 0

    assert [best(line) for line in lines_of(capsys)] == ["none of these", "a boat"]


@in_threads
def test_common_backgrounds_win_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    labels = ["--labels", "a boat, a drum", "--or-none"]

    assert cli.main(["label", FROG, BOAT, *labels]) == 0

    assert [best(line) for line in lines_of(capsys)] == ["none of these", "a boat"]


@in_threads
def test_a_single_label_can_lose(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["label", FROG, BOAT, "--labels", "a boat"]) == 0

    lines = lines_of(capsys)
    assert [best(line) for line in lines] == ["none of these", "a boat"]
    assert [[set(score) for score in line["scores"]] for line in lines] == 2 * [2 * [{"label", "score"}]]


@in_threads
def test_a_template_changes_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    labels = ["--labels", "frog,boat"]

    assert cli.main(["label", FROG, *labels]) == 0
    assert cli.main(["label", FROG, *labels, "--template", "a photo of a {}", "--template", "I see a {}"]) == 0
    assert cli.main(["label", FROG, *labels, "--template", "a photo"]) == 2

    captured = capsys.readouterr()
    plain, said = map(json.loads, captured.out.splitlines())
    assert best(plain) == best(said) == "frog"
    assert plain["scores"] != said["scores"]
    assert captured.err == (
        "sensorium: The template 'a photo' has no place for a label. Write it with {}, as in 'a photo of {}'.\n"
    )


@in_threads
def test_a_terminal_shows_percentages(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    assert cli.main(["label", FROG, "--labels", "a frog,a boat"]) == 0

    assert capsys.readouterr().out == f"{FROG}\n 100.0%  a frog\n   0.0%  a boat\n"


@in_threads
def test_somebody_who_looks_on_is_told_what_a_starter_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("desktop_app.terminal._width", lambda stream: 80)

    assert cli.main(["label", FROG]) == 0

    assert "`sensorium models download vit-base-patch16-224` gets a full model." in capsys.readouterr().err


@in_threads
def test_pictures_of_every_kind_and_one_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frog = Image.open(FROG)
    exif = Image.Exif()
    exif[0x0112] = 6
    frog.convert("CMYK").save(tmp_path / "cmyk.jpg")
    frog.convert("RGBA").save(tmp_path / "alpha.png")
    frog.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", exif=exif)
    frog.save(tmp_path / "moving.gif", save_all=True, append_images=[Image.new("RGB", frog.size)])
    (tmp_path / "cut.jpg").write_bytes(Path(FROG).read_bytes()[:3000])
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    names = ["cmyk.jpg", "cut.jpg", "alpha.png", "bomb.png", "turned.jpg", "absent.png", "moving.gif"]

    assert cli.main(["label", *(str(tmp_path / name) for name in names)]) == 3

    captured = capsys.readouterr()
    assert [best(json.loads(line)) for line in captured.out.splitlines()] == ["frog"] * 4
    told = captured.err.splitlines()
    assert len(told) == 3
    assert "cut.jpg is damaged or cut short" in told[0]
    assert "bomb.png is too large: 20,000 x 20,000 pixels" in told[1]
    assert "absent.png does not exist" in told[2]


@in_threads
def test_a_picture_comes_through_a_pipe(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for content, code in ((Path(FROG).read_bytes(), 0), (b"", 3), (b"no picture", 3)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert cli.main(["label", "-"]) == code

    captured = capsys.readouterr()
    assert json.loads(captured.out)["image"] == "-"
    assert "on standard input is empty" in captured.err
    assert "on standard input is not a picture" in captured.err


@in_threads
def test_more_pictures_than_one_request_holds_keep_their_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["label", *[FROG, BOAT] * 20]) == 0

    assert [(line["image"], best(line)) for line in lines_of(capsys)] == [(FROG, "frog"), (BOAT, "boat")] * 20


@in_threads
def test_a_name_that_is_no_text_is_shown_as_well_as_it_can_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "fr\udcffg.jpg"
    odd.write_bytes(Path(FROG).read_bytes())

    assert cli.main(["label", str(odd)]) == 0

    (line,) = lines_of(capsys)
    assert line["image"].endswith("fr?g.jpg")


@in_threads
def test_ask_writes_the_answer_of_the_engine(answerer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = "what is on the left?"
    engine = Blip(answerer, BlipOptions())
    engine.load(lambda *_: None)
    asked = ImageRequest("ask", (read_image(Path(FROG)),), question=question)
    *tokens, expected = engine.run(asked, lambda: False)
    assert isinstance(expected, Answer)
    assert all(isinstance(token, AnswerToken) for token in tokens)
    command = ["ask", FROG, "--question", question, "--model", str(answerer)]

    assert cli.main([*command, "--json"]) == 0
    (line,) = lines_of(capsys)
    assert cli.main(command) == 0
    text = capsys.readouterr().out
    assert cli.main([*command, BOAT]) == 0
    both = capsys.readouterr().out

    keys = ["images", "question", "answer", "model", "time_to_first_token_s", "tokens_per_s", "is_cut_off"]
    assert list(line) == keys
    assert (line["images"], line["question"], line["model"]) == ([FROG], question, "answerer")
    assert line["answer"] == expected.text
    assert line["time_to_first_token_s"] > 0
    assert line["tokens_per_s"] > 0
    assert text == f"{expected.text}\n"
    assert [row.partition(": ")[0] for row in both.splitlines()] == [FROG, BOAT]


@in_threads
def test_an_engine_that_takes_several_pictures_answers_about_all_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    llava = save_chat(tmp_path / "tiny-llava", "llava")
    (tmp_path / "asked.csv").write_text(f"{FROG},why?")
    command = ["ask", FROG, str(tmp_path / "asked.csv"), "absent.jpg", BOAT, "--question", "what?", "--json"]

    assert cli.main([*command, "--model", str(llava)]) == 3
    together = lines_of(capsys)
    assert cli.main([*command, "--model", str(llava), "--each"]) == 3
    each = lines_of(capsys)

    assert [(line["images"], line["question"]) for line in together] == [([FROG, BOAT], "what?"), ([FROG], "why?")]
    assert [(line["images"], line["question"]) for line in each] == [
        ([FROG], "what?"),
        ([FROG], "why?"),
        ([BOAT], "what?"),
    ]
    assert together[0]["model"] == "tiny-llava"
    assert together[1]["answer"] == each[1]["answer"]


@in_threads
def test_a_server_is_asked_at_the_address_that_was_typed(
    loopback: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["ask", FROG, BOAT, "--question", "what?", "--engine", "server", "--address", loopback.address]

    assert cli.main([*command, "--model", "other", "--json"]) == 0
    (line,) = lines_of(capsys)
    assert cli.main(command) == 0
    text = capsys.readouterr().out
    assert cli.main([*command, "--model", "absent"]) == 5
    complaint = capsys.readouterr().err

    assert (line["images"], line["model"], line["answer"]) == ([FROG, BOAT], "tiny-vlm:latest", "".join(PIECES))
    assert [request["model"] for request in loopback.asked] == ["other", "tiny-vlm:latest"]
    assert text == "".join(PIECES) + "\n"
    assert "has no model 'absent'" in complaint


@in_threads
def test_ask_and_caption_have_a_starter(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ask", FROG, "--question", "what is this?", "--json"]) == 0
    assert cli.main(["caption", FROG]) == 0

    answered, described = lines_of(capsys)
    assert ("frog" in answered["answer"], answered["model"]) == (True, "starter-llava")
    assert ("frog" in described["caption"], described["model"]) == (True, "starter-blip-caption")


@in_threads
@pytest.mark.parametrize("header", ["", "\ufeffimage,question\n"])
def test_a_table_has_a_question_for_each_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], header: str
) -> None:
    (tmp_path / "frog.jpg").write_bytes(Path(FROG).read_bytes())
    rows = f'frog.jpg,what is this?\n\nabsent.jpg,why?\n{BOAT},"what color is the boat, please?"\n'
    (tmp_path / "asked.csv").write_text(header + rows, "utf-8")

    assert (
        cli.main(
            ["ask", str(tmp_path / "asked.csv"), FROG, "--question", "is there a frog?", "--engine", "blip", "--json"]
        )
        == 3
    )

    captured = capsys.readouterr()
    lines = [json.loads(line) for line in captured.out.splitlines()]
    assert [(line["images"], line["question"]) for line in lines] == [
        ([str(tmp_path / "frog.jpg")], "what is this?"),
        ([BOAT], "what color is the boat, please?"),
        ([FROG], "is there a frog?"),
    ]
    assert [line["answer"] for line in lines] == ["frog", "yellow", "yes"]
    assert "absent.jpg does not exist" in captured.err


@in_threads
def test_the_rows_of_a_table_are_answered_many_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "asked.csv").write_text(f"{FROG},what is this?\n{BOAT},what color is the boat?\n" * 10, "utf-8")
    n_images, run_engine = [], Blip.run

    def run(engine: Blip, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[object]:
        n_images.append(len(request.images))
        return run_engine(engine, request, cancelled)

    monkeypatch.setattr(Blip, "run", run)

    assert cli.main(["ask", str(tmp_path / "asked.csv"), "--engine", "blip", "--json"]) == 0

    lines = lines_of(capsys)
    assert [(line["images"], line["answer"]) for line in lines] == [([FROG], "frog"), ([BOAT], "yellow")] * 10
    assert n_images == [16, 4]


@in_threads
def test_a_chat_answers_rows_side_by_side_and_pictures_that_belong_together_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    llava = save_chat(tmp_path / "tiny-llava", "llava")
    (tmp_path / "asked.csv").write_text(f"{FROG},what is this?\n{BOAT},why?\nabsent.jpg,why?\n{FROG},is it red?\n")
    asked, run_engine = [], Llava.run

    def run(engine: Llava, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[object]:
        asked.append((len(request.images), request.questions or request.question))
        return run_engine(engine, request, cancelled)

    monkeypatch.setattr(Llava, "run", run)
    command = ["ask", FROG, BOAT, str(tmp_path / "asked.csv"), "--question", "what?", "--model", str(llava)]

    assert cli.main([*command, "--json"]) == 3
    lines = lines_of(capsys)
    assert cli.main(command) == 3
    text = capsys.readouterr().out

    rows = (3, ("what is this?", "why?", "is it red?"))
    assert asked == [(2, "what?"), rows] * 2
    assert [(line["images"], line["question"]) for line in lines] == [
        ([FROG, BOAT], "what?"),
        ([FROG], "what is this?"),
        ([BOAT], "why?"),
        ([FROG], "is it red?"),
    ]
    assert text.splitlines() == [f"{line['images'][0]}: {line['answer']}" for line in lines]


@in_threads
def test_the_rows_of_a_table_wait_at_a_server_together(
    loopback: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "asked.csv").write_text(f"{FROG},what?\n{BOAT},why?\n")
    together = threading.Barrier(2, timeout=20)
    loopback.script = lambda handler: (together.wait(), answer_in_pieces(handler))
    command = ["ask", str(tmp_path / "asked.csv"), "--engine", "server", "--address", loopback.address, "--json"]

    assert cli.main(command) == 0

    lines = lines_of(capsys)
    assert [(line["images"], line["question"]) for line in lines] == [([FROG], "what?"), ([BOAT], "why?")]
    assert {(line["answer"], line["model"]) for line in lines} == {("".join(PIECES), "tiny-vlm:latest")}


@in_threads
def test_an_engine_is_found_by_the_name_of_its_file_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ask", FROG, "--question", "what?", "--engine", "chat_vlm"]) == 4

    assert "smolvlm-256m-instruct" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (b"frog.jpg,what?\nfrog.jpg\n", "Row 2 of asked.csv is not a picture and a question."),
        (b"image,question\n", "asked.csv is empty."),
        (b"frog.jpg,what, please?\n", "Row 1 of asked.csv is not a picture and a question."),
        (b"\xff\xfe\x00", "asked.csv cannot be read: it is no text."),
    ],
)
def test_a_table_that_cannot_be_used_is_told(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    table: bytes,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("asked.csv").write_bytes(table)

    assert cli.main(["ask", "asked.csv"]) == 3

    assert sentence in capsys.readouterr().err


@in_threads
@pytest.mark.parametrize(("question", "code"), [("🦓?", 0), ("why " * 2500, 3)])
def test_strange_questions(answerer: Path, capsys: pytest.CaptureFixture[str], question: str, code: int) -> None:
    assert cli.main(["ask", FROG, "--question", question, "--model", str(answerer), "--json"]) == code

    captured = capsys.readouterr()
    assert ("'why why" in captured.err and "is too long: it has" in captured.err) == bool(code)
    assert bool(captured.out) != bool(code)


@in_threads
def test_caption_writes_a_sentence_with_its_beginning(
    captioner: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["caption", FROG, BOAT, "--prefix", "the red cat on", "--model", str(captioner)]

    assert cli.main(command) == 0
    lines = lines_of(capsys)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert cli.main(command) == 0

    assert [list(line) for line in lines] == [["image", "model", "caption"]] * 2
    assert all(line["caption"].startswith("the red cat on") for line in lines)
    assert capsys.readouterr().out == "".join(f"{line['image']}: {line['caption']}\n" for line in lines)


@in_threads
def test_a_folder_that_is_half_there_is_told(
    answerer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "half").mkdir()
    for name in ("config.json", "model.safetensors"):
        (tmp_path / "half" / name).write_bytes((answerer / name).read_bytes())

    assert cli.main(["ask", FROG, "--question", "what?", "--model", str(tmp_path / "half")]) == 4

    assert f"The model in '{tmp_path / 'half'}' cannot be read" in capsys.readouterr().err


def test_a_full_model_is_taken_before_the_starter(home: Path, answerer: Path) -> None:
    from desktop_app.look import choose_spec

    catalogue = Catalogue(home / "data" / "models")
    (catalogue.models_dir).mkdir(parents=True)
    (catalogue.models_dir / "blip-vqa-base").symlink_to(answerer)

    assert choose_spec(catalogue, Settings(), "ask", "", "").model_id == "blip-vqa-base"
    assert choose_spec(catalogue, Settings(), "label", "clip", "").model_id == "starter-clip"
    assert choose_spec(catalogue, Settings(), "label", "vit", "").model_id == "starter-vit"


def test_the_options_of_the_settings_are_heeded(home: Path) -> None:
    from desktop_app.look import choose_spec

    settings = Settings()
    settings.see.engine_options = {"llava": {"at_once": 3}, "clip": {"device": "cpu"}}

    spec = choose_spec(Catalogue(home / "data" / "models"), settings, "label", "clip", "")

    assert json.loads(spec.options_json)["device"] == "cpu"
    assert "at_once" not in spec.options_json


def started(*arguments: str) -> subprocess.Popen[bytes]:
    """A command that has written its first line and has much to do."""
    command = subprocess.Popen([*SENSORIUM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert command.stdout is not None
    assert json.loads(command.stdout.readline())
    return command


def test_ctrl_c_stops_it(tmp_path: Path) -> None:
    command = started("label", *[FROG] * 2000)

    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=60)

    assert (command.returncode, err) == (130, b"")
    assert len(out.splitlines()) < 1999


def test_an_engine_that_dies_is_told(tmp_path: Path) -> None:
    command = started("label", *[FROG] * 2000)

    for child in psutil.Process(command.pid).children():
        child.kill()
    _, err = command.communicate(timeout=60)

    assert command.returncode == 4
    assert err.startswith(b"sensorium: The model 'starter-vit' was ended by the system")
    assert len(err.splitlines()) == 1


def test_ctrl_c_while_the_pipe_is_open_stops_it() -> None:
    command = subprocess.Popen([*SENSORIUM, "label", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert command.stdin is not None
    command.stdin.write(np.zeros(200_000, np.uint8).tobytes())  # more than a pipe holds: it reads
    command.stdin.flush()

    command.send_signal(signal.SIGINT)
    command.wait(timeout=60)
    command.communicate()

    assert command.returncode == 130
