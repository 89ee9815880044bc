"""`sketch`: pictures in files, with tiny models of the real classes."""

from __future__ import annotations

import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from PIL import Image

from desktop_app import cli
from desktop_app.paths import Paths
from desktop_app.settings import Settings
from tests.desktop_app.conftest import in_threads
from tests.small_disk import mounted
from tests.workers.engines.sketch.conftest import boat, save_base, save_controlnet, save_lora
from tests.workers.engines.sketch.test_preprocessor import SAVE
from workers.catalogue.catalogue import Catalogue
from workers.catalogue.presets import presets
from workers.engines.base import EngineSpec
from workers.errors import EngineError
from workers.pictures import frame_of
from workers.png_settings import png_with_settings, read_settings

SENSORIUM = [sys.executable, "-m", "desktop_app.cli"]
TINY = ("--prompt", "a boat", "--steps", "2", "--guidance-scale", "3", "--size", "64x64", "--seed", "7")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of a model that draws and of what stands by it."""
    folder = tmp_path_factory.mktemp("kept")
    save_base(folder / "tiny-sd")
    save_controlnet(folder / "tiny-scribble")
    for seed, kind in enumerate(SAVE, 6):
        save_controlnet(folder / f"tiny-{kind}-net", seed=seed)
        SAVE[kind](folder / f"estimator-of-{kind}")
    save_lora(folder / "tiny-lora")
    return folder


@pytest.fixture(autouse=True)
def _models(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user has added these folders, and this copy of the app has no starter that draws."""
    models = Catalogue(Paths.of_user().models_dir)
    nets = (f"tiny-{kind}-net" for kind in SAVE)
    for name in ("tiny-sd", "tiny-scribble", *nets, "tiny-lora"):
        models.add_folder(kept / name)
    monkeypatch.setattr("desktop_app.sketch.Catalogue", functools.partial(Catalogue, starters_dir=kept))


@pytest.fixture
def estimators(kept: Path) -> None:
    """The user has added these, too."""
    for kind in SAVE:
        Catalogue(Paths.of_user().models_dir).add_folder(kept / f"estimator-of-{kind}")


@pytest.fixture
def drawing(tmp_path: Path) -> str:
    path = tmp_path / "drawing.png"
    boat(128).save(path)
    return str(path)


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


@in_threads
def test_words_become_a_picture_and_a_line_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.png"

    assert cli.main(["sketch", *TINY, "-o", str(output)]) == 0

    (line,) = lines_of(capsys)
    assert list(line) == ["output", "seed", "steps", "model", "seconds"]
    assert (line["output"], line["seed"], line["steps"], line["model"]) == (str(output), 7, 2, "tiny-sd")
    assert line["seconds"] > 0
    assert pixels(output).shape == (64, 64, 3)
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


@pytest.mark.usefixtures("estimators")
def test_the_options_of_the_settings_are_heeded(drawing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.load(Paths.of_user().settings_file)
    settings.draw.engine_options = {"stable-diffusion": {"compile": True}, "preprocessor": {"device": "cpu"}}
    settings.save()
    asked: list[EngineSpec] = []

    class Unwilling:
        def acquire(self, spec: EngineSpec, **_how: object) -> SimpleNamespace:
            asked.append(spec)
            if len(asked) == 2:
                raise EngineError("That is enough.")
            return SimpleNamespace(release=lambda: None)

        def close(self) -> None: ...

    monkeypatch.setattr("desktop_app.sketch.EnginePool", Unwilling)

    assert cli.main(["sketch", drawing, *TINY, "--control", "depth", "-o", str(tmp_path / "a.png")]) == 4

    engine, estimator = asked
    assert json.loads(engine.options_json)["compile"] is True
    assert json.loads(estimator.options_json)["device"] == "cpu"


@in_threads
def test_a_sketch_is_followed_and_kept_with_the_picture(drawing: str, tmp_path: Path) -> None:
    with_sketch, without = tmp_path / "with.png", tmp_path / "without.png"

    assert cli.main(["sketch", drawing, *TINY, "-o", str(with_sketch)]) == 0
    assert cli.main(["sketch", *TINY, "-o", str(without)]) == 0

    assert (pixels(with_sketch) != pixels(without)).mean() > 0.3
    request = read_settings(with_sketch)
    assert request is not None
    assert [(control.kind, control.model) for control in request.controls] == [("scribble", "tiny-scribble")]
    assert request.model == "tiny-sd"


@in_threads
def test_what_was_drawn_is_drawn_again_from_the_picture_alone(drawing: str, tmp_path: Path) -> None:
    first, again, other = tmp_path / "first.png", tmp_path / "again.png", tmp_path / "other.png"
    arguments = ["--negative", "a cat", "--scheduler", "unipc", "--lora", "tiny-lora:0.5", "--control-scale", "0.8"]
    assert cli.main(["sketch", drawing, *TINY, *arguments, "--init", drawing, "-o", str(first)]) == 0
    os.remove(drawing)

    assert cli.main(["sketch", "--like", str(first), "-o", str(again)]) == 0
    assert cli.main(["sketch", "--like", str(first), "--seed", "8", "-o", str(other)]) == 0

    assert again.read_bytes() == first.read_bytes()
    assert (pixels(other) != pixels(first)).mean() > 0.3


@in_threads
def test_several_pictures_have_seeds_one_after_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sketch", *TINY, "--count", "3", "-o", str(tmp_path / "boat.png")]) == 0

    lines = lines_of(capsys)
    assert [line["seed"] for line in lines] == [7, 8, 9]
    assert [Path(line["output"]).name for line in lines] == ["boat-1.png", "boat-2.png", "boat-3.png"]
    assert len({(tmp_path / f"boat-{n}.png").read_bytes() for n in (1, 2, 3)}) == 3


@in_threads
def test_a_drawing_gives_the_picture_its_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = presets()[-1].model_copy(update={"width": 128, "height": 128})
    monkeypatch.setattr("desktop_app.sketch.presets_for", lambda *_: [small])
    boat((200, 100)).save(tmp_path / "wide.png")
    arguments = ["--prompt", "a boat", "--steps", "1", "--model", "tiny-sd"]

    assert cli.main(["sketch", str(tmp_path / "wide.png"), *arguments, "-o", str(tmp_path / "out.png")]) == 0

    assert pixels(tmp_path / "out.png").shape == (88, 184, 3)  # as many pixels as of 128 x 128


@in_threads
@pytest.mark.usefixtures("estimators")
@pytest.mark.parametrize("kind", SAVE)
def test_depth_a_pose_and_areas_are_estimated_by_models_of_their_own(kind: str, drawing: str, tmp_path: Path) -> None:
    arguments = ["--control", kind, "--control", "scribble", "-o", str(tmp_path / "o.png")]

    assert cli.main(["sketch", drawing, *TINY, *arguments]) == 0

    request = read_settings(tmp_path / "o.png")
    assert request is not None
    assert [(control.kind, control.model) for control in request.controls] == [
        (kind, f"tiny-{kind}-net"),
        ("scribble", "tiny-scribble"),
    ]
    estimated = frame_of(request.controls[0].image)
    assert estimated.shape == (128, 128, 3)
    assert not np.array_equal(estimated, pixels(Path(drawing)))


@in_threads
@pytest.mark.parametrize("kind", [*SAVE, "scribble"])
def test_a_map_that_is_there_already_needs_no_estimator(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    areas = np.full((64, 64, 3), (120, 120, 120), np.uint8)
    areas[20:45, 10:50] = (6, 230, 230)
    Image.fromarray(areas).save(tmp_path / "map.png")
    arguments = [str(tmp_path / "map.png"), *TINY, "--control", kind]
    if kind != "scribble":
        assert cli.main(["sketch", *arguments, "-o", str(tmp_path / "none.png")]) == 4  # no model estimates it
        capsys.readouterr()

    assert cli.main(["sketch", *arguments, "--control-is-map", "-o", str(tmp_path / "out.png")]) == 0
    assert cli.main(["sketch", *TINY, "-o", str(tmp_path / "free.png")]) == 0

    assert list(lines_of(capsys)[0]) == ["output", "seed", "steps", "model", "seconds"]
    request = read_settings(tmp_path / "out.png")
    assert request is not None
    (control,) = request.controls
    assert control.kind == kind
    np.testing.assert_array_equal(frame_of(control.image), areas)
    assert (pixels(tmp_path / "out.png") != pixels(tmp_path / "free.png")).mean() > 0.3


@in_threads
def test_fresh_noise_changes_the_picture_and_is_kept_with_it(tmp_path: Path) -> None:
    arguments = [*TINY, "--scheduler", "ddim"]

    assert cli.main(["sketch", *arguments, "--eta", "0.9", "-o", str(tmp_path / "noisy.png")]) == 0
    assert cli.main(["sketch", *arguments, "-o", str(tmp_path / "plain.png")]) == 0
    assert cli.main(["sketch", "--like", str(tmp_path / "noisy.png"), "-o", str(tmp_path / "again.png")]) == 0

    assert (pixels(tmp_path / "noisy.png") != pixels(tmp_path / "plain.png")).mean() > 0.3
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "noisy.png").read_bytes()


@in_threads
def test_a_part_of_a_picture_is_drawn_anew(drawing: str, tmp_path: Path) -> None:
    mask = np.zeros((64, 64), np.uint8)
    mask[:, 32:] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    boat(64).save(tmp_path / "boat.png")
    arguments = ["--init", str(tmp_path / "boat.png"), "--mask", str(tmp_path / "mask.png"), "--strength", "1"]

    assert cli.main(["sketch", *TINY, *arguments, "-o", str(tmp_path / "out.png")]) == 0

    drawn, before = pixels(tmp_path / "out.png"), pixels(tmp_path / "boat.png")
    np.testing.assert_array_equal(drawn[:, :32], before[:, :32])
    assert (drawn[:, 32:] != before[:, 32:]).mean() > 0.5


@in_threads
def test_a_lora_may_be_named_by_its_file(kept: Path, tmp_path: Path) -> None:
    (file,) = (kept / "tiny-lora").glob("*.safetensors")

    assert cli.main(["sketch", *TINY, "--lora", f"{file}:0.8", "-o", str(tmp_path / "styled.png")]) == 0
    assert cli.main(["sketch", *TINY, "-o", str(tmp_path / "plain.png")]) == 0

    assert (pixels(tmp_path / "styled.png") != pixels(tmp_path / "plain.png")).any()
    request = read_settings(tmp_path / "styled.png")
    assert request is not None
    assert [(lora.model, lora.scale) for lora in request.loras] == [(str(file), 0.8)]


@in_threads
def test_the_largest_seed_can_be_typed_and_0_comes_after_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [*TINY[:-1], str(2**63 - 1)]

    assert cli.main(["sketch", *words, "--count", "2", "-o", str(tmp_path / "boat.png"), "--json"]) == 0

    assert [line["seed"] for line in lines_of(capsys)] == [2**63 - 1, 0]


def test_a_large_seed_of_another_picture_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sketch", *TINY, "-o", str(tmp_path / "first.png")]) == 0
    request = read_settings(tmp_path / "first.png")
    assert request is not None
    large = replace(request, seed=2**40 + 5)
    (tmp_path / "large.png").write_bytes(png_with_settings(pixels(tmp_path / "first.png"), large))
    capsys.readouterr()

    assert cli.main(["sketch", "--like", str(tmp_path / "large.png"), "-o", str(tmp_path / "again.png")]) == 0

    assert lines_of(capsys)[0]["seed"] == 2**40 + 5


@in_threads
def test_a_style_adds_its_words(tmp_path: Path) -> None:
    assert cli.main(["sketch", *TINY, "--style", "icon", "-o", str(tmp_path / "out.png")]) == 0

    request = read_settings(tmp_path / "out.png")
    assert request is not None
    assert request.prompt == "an icon of a boat"


@in_threads
def test_a_picture_of_a_model_that_is_gone_is_drawn_with_another(
    drawing: str, tmp_path: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(kept / "tiny-sd", tmp_path / "other-sd")
    model = ["--model", str(tmp_path / "other-sd"), "--lora", "tiny-lora"]
    assert cli.main(["sketch", drawing, *TINY, *model, "-o", str(tmp_path / "first.png")]) == 0
    shutil.rmtree(tmp_path / "other-sd")
    capsys.readouterr()

    assert cli.main(["sketch", "--like", str(tmp_path / "first.png"), "-o", str(tmp_path / "again.png")]) == 0

    captured = capsys.readouterr()
    assert json.loads(captured.out)["model"] == "tiny-sd"
    assert "other-sd, which is not installed; another model draws now" in captured.err
    assert (pixels(tmp_path / "again.png") == pixels(tmp_path / "first.png")).all()  # its weights are the same


def test_help_imports_neither_qt_nor_torch() -> None:
    code = (
        "import sys; from desktop_app.cli import main; main(['sketch', '--help']); "
        "heavy = {'PySide6', 'numpy', 'torch', 'diffusers', 'PIL'} & set(sys.modules); "
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "--guidance-scale" in done.stdout


# ── what cannot be drawn ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["-o", "out.jpg"], 2, "'out.jpg' does not end with .png"),
        (["-o", "nowhere/out.png"], 5, "The folder 'nowhere' does not exist"),
        (["-o", "there.png"], 2, "'there.png' is already there"),
        (["there.png", "-o", "there.png", "--overwrite"], 2, "'there.png' would be overwritten"),
        (["absent.png", "-o", "out.png"], 3, "absent.png does not exist"),
        (["text.png", "-o", "out.png"], 3, "text.png is not a picture"),
        (["-o", "out.png", "--control", "canny"], 2, "--control says what becomes of a sketch"),
        (["there.png", "-o", "out.png", "--control", "lines"], 2, "There is no control 'lines'"),
        (["-o", "out.png", "--control-is-map"], 2, "--control-is-map says what a sketch is"),
        (["there.png", "-o", "out.png", "--control", "softedge", "--prompt", "x"], 4, "No ControlNet for 'softedge'"),
        (["-o", "out.png", "--mask", "there.png"], 2, "--mask says which part"),
        (["-o", "out.png", "--size", "large"], 2, "'large' is no size"),
        (["-o", "out.png", "--size", "1x1", "--prompt", "x"], 2, "1 x 1 pixels is too small"),
        (["-o", "out.png", "--size", "8192x8192", "--prompt", "x"], 2, "8192 x 8192 pixels is too large"),
        (["-o", "out.png", "--scheduler", "eulr", "--prompt", "x"], 2, "There is no scheduler 'eulr'"),
        (["-o", "out.png", "--style", "cubism", "--prompt", "x"], 2, "There is no style 'cubism'"),
        (["-o", "out.png", "--lora", "tiny-lora:much"], 2, "'tiny-lora:much' is no LoRA with its scale"),
        (["-o", "out.png", "--lora", "absent", "--prompt", "x"], 4, "There is no model 'absent'"),
        (["-o", "out.png", "--model", "absent", "--prompt", "x"], 4, "There is no model 'absent'"),
        (["-o", "out.png", "--model", "whisper-base", "--prompt", "x"], 2, "'whisper-base' does not draw"),
        (
            ["-o", "out.png", "--model", "stable-diffusion-xl", "--prompt", "x"],
            4,
            "models download stable-diffusion-xl",
        ),
        (["-o", "out.png", "--like", "there.png"], 3, "there.png does not say how it was made"),
        (["-o", "out.png", "--like", "absent.png"], 3, "absent.png cannot be read"),
        (["-o", "out.png"], 2, "There is nothing to draw"),
    ],
)
@in_threads
def test_what_cannot_be_drawn_is_one_sentence(
    arguments: list[str],
    code: int,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    boat(64).save("there.png")
    Path("text.png").write_text("no picture")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    assert cli.main(["sketch", *arguments]) == code

    err = capsys.readouterr().err
    assert says in err
    assert len(err.splitlines()) == 1
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@in_threads
def test_what_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    output = tmp_path / "out.png"
    output.write_bytes(b"mine")

    assert cli.main(["sketch", *TINY, "-o", str(output)]) == 2
    assert output.read_bytes() == b"mine"
    assert cli.main(["sketch", *TINY, "-o", str(output), "--overwrite"]) == 0
    assert pixels(output).shape == (64, 64, 3)


@in_threads
def test_a_disk_that_fills_up_is_told_and_what_was_finished_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mounted(tmp_path, "44k", together=True) as disk:
        assert cli.main(["sketch", *TINY, "--count", "9", "-o", str(disk / "out.png")]) == 5
        names = sorted(path.name for path in disk.iterdir())
        for name in names:
            assert pixels(disk / name).shape == (64, 64, 3)

    captured = capsys.readouterr()
    assert 1 <= len(names) < 9
    assert names == [f"out-{number}.png" for number in range(1, len(names) + 1)]
    assert "The disk is full" in captured.err
    assert len(captured.out.splitlines()) == len(names)


def started(*arguments: str) -> subprocess.Popen[bytes]:
    """A command that has drawn its first picture and has more to draw."""
    command = subprocess.Popen(
        [*SENSORIUM, "sketch", "--model", "tiny-sd", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert command.stdout is not None
    assert json.loads(command.stdout.readline())
    return command


def test_ctrl_c_keeps_what_is_finished(tmp_path: Path) -> None:
    command = started(*TINY, "--count", "500", "-o", str(tmp_path / "out.png"))

    command.send_signal(signal.SIGINT)
    assert command.stdout is not None
    out = command.stdout.read()  # `communicate` would leave out what came with the first line
    _, err = command.communicate(timeout=60)

    assert (command.returncode, err) == (130, b"")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"out-{number}.png" for number in range(1, len(out.splitlines()) + 2)}
    assert len(names) < 500
    assert all(pixels(tmp_path / name).shape == (64, 64, 3) for name in names)


def test_an_engine_that_dies_is_told(tmp_path: Path) -> None:
    command = started(*TINY, "--count", "500", "-o", str(tmp_path / "out.png"))

    for child in psutil.Process(command.pid).children():
        child.kill()
    _, err = command.communicate(timeout=60)

    assert command.returncode == 4
    assert err.startswith(b"sensorium: The model 'tiny-sd' was ended by the system")
    assert len(err.splitlines()) == 1
