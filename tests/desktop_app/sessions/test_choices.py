"""What stored choices become, also those of another version of the app."""

from pathlib import Path

from desktop_app.sessions.choices import emotion_spec, options_of, speech_spec
from desktop_app.settings import Settings
from tests.workers.engines.speech.conftest import save_emotion_model
from workers.catalogue.catalogue import Catalogue


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
