"""The options that chat models share: where and how a model lies in memory, and what it says where it cannot."""

import json
from types import SimpleNamespace

import pytest

from tests.workers.engines.vision.conftest import loaded
from workers.cancel import never
from workers.engines import chat_models, transformers_models
from workers.engines.chat_models import ChatOptions
from workers.errors import Cancelled, EngineError, OutOfMemory, PackageMissing
from workers.results import ImageRequest, Turn


def answers(engine, pictures) -> list[str]:
    """To a question, and to another one about the same picture."""
    first = list(engine.run(ImageRequest("ask", pictures[:1], question="what is this?", max_new_tokens=12), never))[-1]
    history = (Turn("what is this?", first.text, pictures[:1]),)
    asked = ImageRequest("ask", question="is a cat on the left?", history=history, max_new_tokens=12)
    return [first.text, list(engine.run(asked, never))[-1].text]


@pytest.mark.parametrize("name", ["tiny-llava", "tiny-smolvlm", "tiny-blip2", "tiny-idefics"])
def test_memory_of_a_fixed_size_gives_the_same_tokens(name, model_folder, pictures, monkeypatch):
    monkeypatch.setattr(chat_models, "FIXED_TOKENS", 256)
    folder = model_folder(name)

    assert answers(loaded(name, folder, is_compiled=True), pictures) == answers(loaded(name, folder), pictures)


def test_only_what_can_be_compiled_gets_memory_of_a_fixed_size(model_folder):
    how = {name: loaded(name, model_folder(name), is_compiled=True) for name in ("tiny-llava", "tiny-idefics")}

    assert how["tiny-llava"]._chat._how["cache_implementation"] == "static"
    assert not hasattr(how["tiny-idefics"]._chat, "_how")


def test_a_model_that_lies_partly_on_the_disk_gives_the_same_tokens(model_folder, pictures, monkeypatch):
    import transformers

    folder = model_folder("tiny-llava")
    told = []
    load = transformers.LlavaForConditionalGeneration.from_pretrained

    def on_the_disk(*args, device_map, **options):
        told.append(device_map)
        places = {"model.vision_tower": "cpu", "model.multi_modal_projector": "cpu", "lm_head": "cpu"}
        return load(*args, device_map=places | {"model.language_model": "disk"}, **options)

    with monkeypatch.context() as patch:  # where memory is scarce "auto" comes to this; here it never is
        patch.setattr(transformers.LlavaForConditionalGeneration, "from_pretrained", on_the_disk)
        spread = loaded("tiny-llava", folder, is_spread=True)

    assert told == ["auto"]
    assert answers(spread, pictures) == answers(loaded("tiny-llava", folder), pictures)


def test_threads_are_those_that_are_wanted(model_folder):
    import torch

    loaded("tiny-llava", model_folder("tiny-llava"), threads=2)

    assert torch.get_num_threads() == 2


# ── few bits ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def gpu(monkeypatch):
    """A GPU with so much memory free, and the package for few bits, as far as choosing goes."""
    free = SimpleNamespace(bytes=10**12)
    monkeypatch.setattr(chat_models, "torch_device", lambda _: "cuda")
    monkeypatch.setattr("torch.cuda.mem_get_info", lambda: (free.bytes, free.bytes))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    return free


@pytest.fixture
def placements(monkeypatch) -> list[dict]:
    """What `load_model` was told."""
    told = []
    monkeypatch.setattr(chat_models, "load_model", lambda *_, device, dtype, **placement: told.append(placement))
    return told


@pytest.mark.parametrize("bits", ["8-bit", "4-bit"])
def test_few_bits_without_a_gpu_are_told(model_folder, bits):
    with pytest.raises(EngineError, match=f"Weights of {bits[0]} bits need an NVIDIA GPU"):
        loaded("tiny-llava", model_folder("tiny-llava"), weights=bits)


def test_few_bits_without_their_package_are_told(model_folder, gpu, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(PackageMissing, match=r"need the Python package 'bitsandbytes'.*pip install"):
        loaded("tiny-llava", model_folder("tiny-llava"), weights="4-bit")


@pytest.mark.parametrize(("bits", "is_four"), [("8-bit", False), ("4-bit", True)])
def test_few_bits_are_asked_of_transformers(model_folder, gpu, placements, bits, is_four):
    chat_models.load_chat_model("x", model_folder("tiny-llava"), ChatOptions(weights=bits))

    config = placements[0]["quantization_config"]
    assert (config.load_in_4bit, config.load_in_8bit) == (is_four, not is_four)
    assert placements[0]["device_map"] == {"": 0}


@pytest.mark.parametrize(("share_free", "is_whole"), [(0.7, True), (0.5, False)])
def test_four_bits_are_taken_where_the_model_does_not_fit(model_folder, gpu, placements, share_free, is_whole):
    folder = model_folder("tiny-llava")
    size = (folder / "model.safetensors").stat().st_size  # of float32, which float16 halves
    gpu.bytes = share_free * size

    chat_models.load_chat_model("x", folder, ChatOptions())

    assert (placements == [{}]) == is_whole


def test_a_model_that_does_not_fit_is_left_whole_where_the_package_is_missing(
    model_folder, gpu, placements, monkeypatch
):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    gpu.bytes = 1

    chat_models.load_chat_model("x", model_folder("tiny-llava"), ChatOptions())

    assert placements == [{}]


# ── number format ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("trained_in", "can_bfloat16", "choice", "taken"),
    [
        ("bfloat16", True, "auto", "bfloat16"),
        ("bfloat16", False, "auto", "float16"),
        ("float16", True, "auto", "float16"),
        ("bfloat16", True, "float16", "float16"),
    ],
)
def test_on_a_gpu_a_model_keeps_the_format_that_it_was_trained_in(
    tmp_path, gpu, monkeypatch, trained_in, can_bfloat16, choice, taken
):
    told = []
    monkeypatch.setattr(chat_models, "load_model", lambda *_, dtype, **more: told.append(str(dtype)))
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation: can_bfloat16)
    (tmp_path / "config.json").write_text(json.dumps({"dtype": trained_in}))
    (tmp_path / "tokenizer_config.json").touch()
    (tmp_path / "tokenizer.json").touch()

    chat_models.load_chat_model("x", tmp_path, ChatOptions(dtype=choice))

    assert told == [f"torch.{taken}"]


# ── out of memory ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_loading_that_is_cancelled_is_no_broken_model(tmp_path):
    with pytest.raises(Cancelled), transformers_models.load_errors(tmp_path):
        raise Cancelled


@pytest.mark.parametrize(
    ("folder_name", "has_gpu", "hint"),
    [
        ("llava-1.5-7b-hf", False, "Close other programs, or choose the smaller model 'blip2-opt-2.7b'."),
        ("llava-1.5-7b-hf", True, "4 bits for its weights, the device 'cpu', or the smaller model 'blip2-opt-2.7b'."),
        ("smolvlm-256m-instruct", False, "Close other programs, or choose a smaller model."),
        ("a folder of mine", True, "4 bits for its weights, the device 'cpu', or a smaller model."),
    ],
)
def test_what_needs_too_much_memory_names_the_next_smaller_choice(tmp_path, monkeypatch, folder_name, has_gpu, hint):
    monkeypatch.setattr("torch.cuda.is_available", lambda: has_gpu)

    for guard in (transformers_models.load_errors, transformers_models.run_errors):
        with pytest.raises(OutOfMemory) as caught, guard(tmp_path / folder_name):
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB.")
        assert caught.value.hint.endswith(hint)


def test_what_transformers_misses_is_told_in_its_words(tmp_path):
    wanted = pytest.raises(PackageMissing, match="A Python package is missing: This needs torchvision")
    with wanted, transformers_models.load_errors(tmp_path):
        raise ImportError("This needs torchvision.\nInstall it.")
