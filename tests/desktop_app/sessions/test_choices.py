"""What stored choices become, also those of another version of the app."""

import json
import shutil
from pathlib import Path

from desktop_app.sessions.choices import (
    best_of,
    caption_plan,
    emotion_spec,
    judge_spec,
    label_plan,
    options_of,
    speech_spec,
    vision_spec,
)  # fmt: skip
from desktop_app.sessions.sketch_choices import SketchPlan, control_spec, sketch_plan, sketch_spec
from desktop_app.settings import Settings
from tests.desktop_app.panels.draw.conftest import PRESET
from tests.workers.engines.sketch.conftest import save_base
from tests.workers.engines.sketch.test_preprocessor import save_depth
from tests.workers.engines.speech.conftest import save_emotion_model
from tests.workers.engines.vision.conftest import save_blip, save_chat
from workers.catalogue.catalogue import STARTERS_DIR, Catalogue
from workers.engines.vision.clip import ClipOptions


def test_options_of_an_older_version_keep_what_still_fits(tmp_path: Path, caplog):
    settings = Settings()
    settings.hear.engine_options = {"faster-whisper": {"device": "cpu", "threads": "many", "was_removed": 3}}

    spec = speech_spec(settings, Catalogue(tmp_path), "whisper-tiny.en")

    assert '"device": "cpu"' in spec.options_json
    assert "was_removed" not in spec.options_json
    (record,) = caplog.records
    assert "faster-whisper" in record.message
    assert "was_removed" in record.message


def test_options_that_fit_are_taken_whole():
    settings = Settings()
    settings.hear.engine_options = {"emotion": {"dtype": "float16"}}

    assert options_of(settings.hear, "emotion").model_dump() == {"device": "auto", "dtype": "float16"}


def test_the_best_model_is_the_first_that_the_engine_runs_where_there_is_one(tmp_path: Path):
    settings, catalogue = Settings(), Catalogue(tmp_path / "models")
    folder = shutil.copytree(STARTERS_DIR / "starter-wav2vec2", tmp_path / "mine")
    settings.hear.engine = "wav2vec2"

    without = speech_spec(settings, catalogue)  # a starter is for those who choose it
    catalogue.add_folder(folder)
    chosen = speech_spec(settings, catalogue)
    settings.hear.engine = "faster-whisper"

    assert (without.engine, chosen.engine, chosen.model_path) == ("faster-whisper", "wav2vec2", str(folder))
    assert speech_spec(settings, catalogue).model_id == without.model_id


def test_the_best_model_knows_the_language_and_the_task():
    tiny, base, turbo = (Catalogue(Path()).entry(f"whisper-{name}") for name in ("tiny.en", "base", "large-v3-turbo"))

    assert best_of([tiny, turbo, base], "faster-whisper", "", "transcribe") is tiny
    assert best_of([tiny, turbo, base], "faster-whisper", "de", "transcribe") is turbo
    assert best_of([tiny, turbo, base], "faster-whisper", None, "translate") is base
    assert best_of([tiny, turbo], "faster-whisper", None, "translate") is tiny
    assert best_of([], "faster-whisper", "de", "transcribe") is None


def test_emotions_need_the_wish_and_a_model(tmp_path: Path):
    settings, catalogue = Settings(), Catalogue(tmp_path / "models")
    folder = save_emotion_model(tmp_path / "moods")

    assert emotion_spec(settings, catalogue) is None
    settings.hear.emotion = True
    assert emotion_spec(settings, catalogue) is None
    catalogue.add_folder(folder)
    spec = emotion_spec(settings, catalogue)
    assert spec is not None
    assert spec.model_path == str(folder)
    settings.hear.emotion = False
    assert emotion_spec(settings, catalogue) is None


def test_each_task_of_seeing_has_an_engine_without_any_choice(tmp_path: Path):
    settings, catalogue = Settings(), Catalogue(tmp_path)

    found = {task: vision_spec(settings, catalogue, task) for task in ("label", "caption", "ask")}

    assert {task: (spec.engine, spec.model_id) for task, spec in found.items()} == {
        "label": ("clip", "starter-clip"),
        "caption": ("blip", "starter-blip-caption"),
        "ask": ("llava", "starter-llava"),
    }


def test_a_folder_that_no_list_has_can_be_chosen_by_its_path(tmp_path: Path):
    folder = save_blip(tmp_path / "mine", "BlipForQuestionAnswering")
    settings = Settings()
    settings.see.ask_model = str(folder)

    spec = vision_spec(settings, Catalogue(tmp_path / "models"), "ask")

    assert (spec.engine, spec.model_path) == ("blip", str(folder))


def test_a_model_with_classes_of_its_own_shows_the_best_ones():
    settings = Settings()
    settings.see.top_k = 7

    assert label_plan(settings.see, "vit", None).request.top_k == 7
    assert label_plan(settings.see, "clip", None).request.top_k is None


def test_standing_questions_are_labelled_by_clip_whatever_is_chosen(tmp_path: Path):
    settings = Settings()
    settings.see.label_engine, settings.see.label_model = "vit", "starter-vit"

    spec = vision_spec(settings, Catalogue(tmp_path), "label", engine="clip")

    assert (spec.engine, spec.model_id) == ("clip", "starter-clip")


def test_a_judge_is_what_answers_where_it_can_and_may(tmp_path: Path):
    settings, catalogue = Settings(), Catalogue(tmp_path)

    assert judge_spec(settings, catalogue).model_id == "starter-llava"
    settings.see.judge = False
    assert judge_spec(settings, catalogue) is None


def test_a_server_judges_only_where_that_is_chosen(tmp_path: Path):
    settings, catalogue = Settings(), Catalogue(tmp_path)
    settings.see.ask_model = "server"

    assert judge_spec(settings, catalogue) is None
    settings.see.judge_by_server = True
    assert judge_spec(settings, catalogue).model_id == "server"


def test_samplers_that_cannot_draw_with_a_model_are_known(tmp_path: Path):
    settings, catalogue = Settings(), Catalogue(tmp_path / "models")

    assert sketch_plan(settings, catalogue).unfit_schedulers == ("heun",)  # with the starter
    settings.draw.model = catalogue.add_folder(save_base(tmp_path / "drawing")).id
    assert sketch_plan(settings, catalogue).unfit_schedulers == ()


def test_options_of_seeing_and_drawing_reach_their_engines(tmp_path: Path):
    settings, catalogue = Settings(), Catalogue(tmp_path / "models")
    settings.see.engine_options = {"clip": {"dtype": "float16"}, "chat-vlm": {"weights": "4-bit", "small_text": True}}
    settings.see.ask_engine, settings.see.ask_model = "chat-vlm", str(save_chat(tmp_path / "chat", "smolvlm2"))
    settings.draw.engine_options = {
        "stable-diffusion": {"compile": True},
        "preprocessor": {"device": "cpu", "dtype": "float16"},
    }
    catalogue.add_folder(save_depth(tmp_path / "depth"))
    drawing = catalogue.add_folder(save_base(tmp_path / "drawing"))
    plan = SketchPlan(drawing.id, PRESET, PRESET)

    specs = [
        vision_spec(settings, catalogue, "label"),
        vision_spec(settings, catalogue, "ask"),
        sketch_spec(settings, catalogue, drawing.id),
        control_spec(settings, catalogue, plan, "depth"),
    ]

    given = [json.loads(spec.options_json) for spec in specs]
    assert given[0] == ClipOptions(dtype="float16").model_dump()
    assert (given[1]["weights"], given[1]["small_text"]) == ("4-bit", True)
    assert given[2]["compile"] is True
    assert given[3] == {"device": "cpu", "dtype": "float16"}


def test_options_of_the_tone_of_voice_reach_its_engine(tmp_path: Path):
    settings, catalogue = Settings(), Catalogue(tmp_path / "models")
    settings.hear.emotion, settings.hear.engine_options = True, {"emotion": {"device": "cpu"}}
    catalogue.add_folder(save_emotion_model(tmp_path / "moods"))

    spec = emotion_spec(settings, catalogue)

    assert '"device": "cpu"' in spec.options_json


def test_only_what_has_no_captions_of_its_own_is_asked_to_describe():
    see = Settings().see
    see.caption_question, see.max_new_tokens = "What is there?", 20

    asked = [caption_plan(see, engine, None).request for engine in ("llava", "server", "blip", "")]

    assert [request.task for request in asked] == ["ask", "ask", "caption", "caption"]
    assert (asked[0].question, asked[0].max_new_tokens) == ("What is there?", 20)
