from pathlib import Path

import pytest

from desktop_app.settings import SECTIONS, Settings, extra_of
from tests.small_disk import files_end_at
from workers.errors import DiskError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def test_defaults_when_there_is_no_file(file):
    settings = Settings.load(file)

    assert settings.model_dump() == Settings().model_dump()
    assert settings.problems == []
    assert not file.parent.exists()


def test_saved_values_come_back(file):
    settings = Settings.load(file)
    settings.hear.custom_words = ["Łódź", "ctranslate2"]
    settings.hear.engine_options = {"faster-whisper": {"threads": 2}}
    settings.window.hints_dismissed = ["welcome"]
    settings.save()

    assert Settings.load(file) == settings


def test_wrong_values_fall_back_one_by_one(file):
    write(file, '[general]\ntheme = "purple"\nlanguage = "en"\n[history]\nkeep_days = -3\nkeep_audio = false\n')

    settings = Settings.load(file)

    assert (settings.general.theme, settings.general.language) == ("system", "en")
    assert (settings.history.keep_days, settings.history.keep_audio) == (0, False)
    assert settings.problems[0].values["names"] == "general.theme, history.keep_days"
    assert "purple" in file.with_suffix(".wrong.toml").read_text()


def test_settings_that_find_no_room_leave_the_file_as_it_was(file):
    settings = Settings.load(file)
    settings.general.theme = "dark"
    settings.save()
    before = file.read_bytes()
    settings.hear.custom_words = ["word" * 1000]

    with files_end_at(len(before) // 2), pytest.raises(DiskError):
        settings.save()

    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_section_that_is_no_table_falls_back(file):
    write(file, 'general = "dark"\n[hear]\ntask = "translate"\n')

    settings = Settings.load(file)

    assert settings.general.theme == "system"
    assert settings.hear.task == "translate"


@pytest.mark.parametrize("content", [b"[general\n", b"\xff\xfe\x00", b"a = 1\na = 2\n"])
def test_unreadable_file_is_kept_aside_and_told(file, content):
    file.parent.mkdir()
    file.write_bytes(content)

    settings = Settings.load(file)

    assert settings.model_dump() == Settings().model_dump()
    assert settings.problems[0].template.startswith("The settings file could not be read")
    assert file.with_suffix(".wrong.toml").read_bytes() == content


def test_problem_is_told_once(file):
    write(file, '[general]\ntheme = "purple"\n')
    Settings.load(file).save()

    assert Settings.load(file).problems == []


def test_save_keeps_comments_and_unknown_keys(file):
    write(file, '# mine\n[general]\ntheme = "dark" # at night\nfuture = 1\n')
    settings = Settings.load(file)
    settings.general.reduce_motion = True
    settings.save()

    text = file.read_text()

    assert text.startswith('# mine\n[general]\ntheme = "dark" # at night\nfuture = 1\n')
    assert "reduce_motion = true" in text


def test_save_leaves_what_another_window_chose(file):
    one, other = Settings.load(file), Settings.load(file)
    one.general.theme = "dark"
    one.save()
    other.hear.language = "de"
    other.save()

    merged = Settings.load(file)

    assert (merged.general.theme, merged.hear.language) == ("dark", "de")


def test_save_into_a_file_with_dotted_keys_keeps_all_of_it(file):
    write(
        file,
        'hear.source = "both"\nhear.engine_options.whisper.beam_size = 3\nwindow.last_panel = "see"\n',
    )
    settings = Settings.load(file)

    settings.hear.model = "whisper-tiny.en"
    settings.window.is_rail_collapsed = True
    settings.save()

    again = Settings.load(file)
    assert (again.hear.source, again.hear.model, again.window.last_panel) == ("both", "whisper-tiny.en", "see")
    assert again.hear.engine_options == {"whisper": {"beam_size": 3}}
    assert again.window.is_rail_collapsed


def test_what_is_typed_in_private_mode_is_not_in_the_file(file):
    settings = Settings.load(file)
    settings.draw.prompt = "a cat"
    settings.save()

    settings.history.is_private = True
    settings.draw.prompt, settings.see.labels, settings.draw.seed = "a secret", ["a secret"], 7
    settings.save()

    assert "secret" not in file.read_text()
    again = Settings.load(file)
    assert (again.draw.prompt, again.draw.seed, again.history.is_private) == ("a cat", 7, True)
    settings.history.is_private = False
    settings.save()
    assert Settings.load(file).draw.prompt == "a secret"  # it stands in the window


def test_wrong_value_is_not_in_the_log(file, caplog):
    write(file, '[draw]\nprompt = ["a secret"]\n')

    Settings.load(file)

    assert "draw.prompt does not fit" in caplog.text
    assert "secret" not in caplog.text


def test_folder_of_a_user_who_is_not_there_is_a_folder_like_any(file):
    settings = Settings.load(file)
    settings.models.folder = "~nosuchuser/models"

    assert settings.models_dir(file.parent) == Path("~nosuchuser/models")


def test_save_without_change_writes_nothing(file):
    Settings.load(file).save()

    assert not file.exists()


def test_save_into_a_file_instead_of_a_folder_raises(tmp_path):
    (tmp_path / "config").write_text("in the way")
    settings = Settings.load(tmp_path / "config" / "settings.toml")
    settings.general.theme = "dark"

    with pytest.raises(DiskError, match="could not be saved"):
        settings.save()


def test_every_shown_field_has_a_title():
    untitled = [
        f"{section}.{name}"
        for section, kind in SECTIONS.items()
        if section != "window"
        for name, field in kind.model_fields.items()
        if not field.title and extra_of(field).get("widget") != "hidden"
    ]

    assert untitled == []
