"""Whisper in CTranslate2 with the real tiny.en weights, and the multilingual base on other languages."""

import itertools
import shutil
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile

from workers.catalogue.catalogue import Catalogue
from workers.engines.speech.faster_whisper import FasterWhisper, FasterWhisperOptions, cut_loop, merge_punctuation
from workers.errors import Cancelled, EngineError, ModelBroken, ModelMissing, OutOfMemory
from workers.results import SAMPLE_RATE_HZ, Hypothesis, Samples, SpeechRequest, Word
from workers.streaming import normalised

ROOT = Path(__file__).parents[4]
SPEECH = ROOT / "assets" / "samples" / "speech.flac"
CLIPS = ROOT.parent / "shared" / "data" / "speech" / "clips"
needs_clips = pytest.mark.skipif(not CLIPS.is_dir(), reason="the speech data is not here")


def model(name: str, folder: Path) -> Path:
    return Catalogue(folder).locate(name)


def loaded(folder: Path) -> FasterWhisper:
    engine = FasterWhisper(folder, FasterWhisperOptions(device="cpu", threads=1))
    engine.load(lambda *_: None)
    return engine


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> FasterWhisper:
    return loaded(model("whisper-tiny.en", tmp_path_factory.mktemp("models")))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> FasterWhisper:
    return loaded(model("whisper-base", tmp_path_factory.mktemp("models")))


@pytest.fixture(scope="module")
def speech() -> Samples:
    return soundfile.read(SPEECH, dtype="float32")[0][: 8 * SAMPLE_RATE_HZ]


def answer(engine: FasterWhisper, request: SpeechRequest) -> Hypothesis:
    (hypothesis,) = engine.run(request, lambda: False)
    return hypothesis


def plain(text: str) -> str:
    return " ".join(normalised(word) for word in text.split())


def clip(name: str) -> tuple[Samples, str]:
    return soundfile.read(CLIPS / f"{name}.flac", dtype="float32")[0], (CLIPS / f"{name}.txt").read_text().strip()


# ── what it hears ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("beam_size", [1, 5])
def test_it_hears_the_sample(tiny: FasterWhisper, speech: Samples, beam_size: int):
    hypothesis = answer(tiny, SpeechRequest(speech, beam_size=beam_size))

    said = plain(SPEECH.with_suffix(".txt").read_text())
    heard = plain(hypothesis.text)
    assert jiwer.wer(" ".join(said.split()[: len(heard.split())]), heard) < 0.3
    assert hypothesis.language == "en"
    assert hypothesis.decode_s > 0


def test_words_have_times_in_order_and_probabilities(tiny: FasterWhisper, speech: Samples):
    words = answer(tiny, SpeechRequest(speech)).words

    assert len(words) > 5
    assert all(0 <= word.start_s <= word.end_s <= len(speech) / SAMPLE_RATE_HZ + 0.02 for word in words)
    assert all(a.start_s <= b.start_s for a, b in itertools.pairwise(words))
    assert all(0 < word.probability <= 1 for word in words)


def test_without_word_times_there_is_one_word(tiny: FasterWhisper, speech: Samples):
    (word,) = answer(tiny, SpeechRequest(speech, word_times=False)).words

    assert word.end_s == pytest.approx(len(speech) / SAMPLE_RATE_HZ)
    assert len(word.text.split()) > 5


def test_silence_is_told_by_its_probability(tiny: FasterWhisper):
    hypothesis = answer(tiny, SpeechRequest(np.zeros(2 * SAMPLE_RATE_HZ, np.float32)))

    assert hypothesis.no_speech_prob > 0.6
    assert hypothesis.avg_logprob < -1.0


@needs_clips
def test_the_prompt_teaches_a_name(tiny: FasterWhisper):
    samples, _ = clip("en_ls_533-1066-0004")  # "out of deference to Liddy"

    assert "Liddy" not in answer(tiny, SpeechRequest(samples)).text
    assert "Liddy" in answer(tiny, SpeechRequest(samples, prompt="Liddy")).text


def test_a_very_short_sound_is_no_error(tiny: FasterWhisper):
    answer(tiny, SpeechRequest(np.zeros(160, np.float32)))


@needs_clips
@pytest.mark.parametrize(("name", "language"), [("de_leopard", "de"), ("es_leopard", "es")])
def test_base_tells_the_language(base: FasterWhisper, name: str, language: str):
    samples, text = clip(name)

    hypothesis = answer(base, SpeechRequest(samples))

    assert (hypothesis.language, hypothesis.language_probability > 0.5) == (language, True)
    assert jiwer.cer(plain(text), plain(hypothesis.text)) < 0.3


def test_a_translation_from_a_script_without_spaces_has_whole_words(base: FasterWhisper, speech: Samples):
    hypothesis = answer(base, SpeechRequest(speech, language="ja", task="translate"))

    assert len(hypothesis.words) > 10
    assert [word.text for word in hypothesis.words if not word.text.startswith((" ", "-"))] == []


@needs_clips
def test_base_translates_into_english(base: FasterWhisper):
    samples, _ = clip("es_leopard")

    translated = answer(base, SpeechRequest(samples, language="es", task="translate")).text

    assert {"the", "of", "to", "and", "a", "is"} & set(plain(translated).split())


@needs_clips
def test_a_short_unclear_clip_is_still_told_for_english(base: FasterWhisper):
    samples, _ = clip("en_ls_533-1066-0000")  # with little silence after it, it sounds Arabic

    assert answer(base, SpeechRequest(samples)).language == "en"


def test_a_language_it_does_not_know_is_told(base: FasterWhisper, speech: Samples):
    with pytest.raises(EngineError, match="does not know the language 'xx'"):
        answer(base, SpeechRequest(speech, language="xx"))


def test_cancel_is_seen(tiny: FasterWhisper, speech: Samples):
    with pytest.raises(Cancelled):
        list(tiny.run(SpeechRequest(speech), lambda: True))


# ── models that cannot be read ───────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_folder_is_no_model(tmp_path: Path):
    with pytest.raises(ModelMissing, match="no Whisper model"):
        loaded(tmp_path)


@pytest.mark.parametrize("n_bytes", [0, 100, 5_000_000])
def test_a_truncated_model_is_told(tmp_path: Path, n_bytes: int):
    whole = model("whisper-tiny.en", tmp_path / "models")
    broken = tmp_path / "broken"
    shutil.copytree(whole, broken)
    weights = (broken / "model.bin").read_bytes()
    (broken / "model.bin").unlink()
    (broken / "model.bin").write_bytes(weights[:n_bytes])

    with pytest.raises(ModelBroken, match="cannot be read"):
        loaded(broken)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("CUDA failed with error out of memory", OutOfMemory),
        ("cuBLAS failed with status CUBLAS_STATUS_ALLOC_FAILED", OutOfMemory),
        ("mkl_malloc: can't allocate memory", OutOfMemory),
        ("CUDA error: an illegal memory access was encountered", RuntimeError),  # the process is of no use any more
        ("unsupported model binary version", ModelBroken),
    ],
)
def test_what_fails_while_loading_is_told_for_what_it_is(tmp_path, monkeypatch, reason: str, kind: type[Exception]):
    def failing(*_args: object, **_options: object) -> None:
        raise RuntimeError(reason)

    monkeypatch.setattr("faster_whisper.WhisperModel", failing)

    with pytest.raises(kind):
        loaded(model("whisper-tiny.en", tmp_path))


def test_a_missing_tokenizer_is_told(tmp_path: Path):
    whole = model("whisper-tiny.en", tmp_path / "models")
    broken = tmp_path / "broken"
    shutil.copytree(whole, broken)
    (broken / "tokenizer.json").unlink()

    with pytest.raises(ModelBroken, match=r"lacks tokenizer\.json"):
        loaded(broken)


# ── tokens and words ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tokens", "kept"),
    [
        ([1, 2, 3, 4], [1, 2, 3, 4]),
        ([9, 7, 7, 7, 7, 7, 7], [9, 7]),
        ([7, 7, 7, 7], [7, 7, 7, 7]),  # "no, no, no, no" may be said
        ([5, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1], [5, 1, 2, 3, 4]),
        ([], []),
    ],
)
def test_loops_are_cut(tokens: list[int], kept: list[int]):
    assert cut_loop(tokens) == kept


def test_punctuation_joins_its_word():
    words = [Word(text, i, i + 1, 1.0) for i, text in enumerate([" “", "Hello", ",", " world", "!", "”"])]

    merged = merge_punctuation(words)

    assert [word.text for word in merged] == [" “Hello,", " world!”"]
    assert merged[0].start_s == 0
