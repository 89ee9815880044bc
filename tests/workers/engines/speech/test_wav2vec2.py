"""CTC word times on crafted frames, and the engine on a tiny Wav2Vec2 that has learned to read tones."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.workers.engines.speech.conftest import LETTER_S, REST_S, spell
from workers.engines.speech.wav2vec2 import Wav2Vec2, Wav2Vec2Options, readable, words_from_ctc
from workers.errors import Cancelled, ModelBroken, ModelMissing
from workers.results import Hypothesis, SpeechRequest

SYMBOLS = ["", "|", "A", "B"]  # 0 is the blank


def frames(path: str, chance: float = 0.7) -> np.ndarray:
    """Rows that prefer the symbols of `path`, where "_" is the blank."""
    best = ["_|AB".index(symbol) for symbol in path]
    rows = np.full((len(best), 4), (1 - chance) / 3, np.float32)
    rows[np.arange(len(best)), best] = chance
    return rows


def read(path: str) -> tuple[list[tuple[str, float, float]], bool]:
    rows = frames(path)
    words, is_closed = words_from_ctc(rows, rows.argmax(-1), SYMBOLS, blank=0, delimiter=1, frame_s=1.0)
    return [(word.text, word.start_s, word.end_s) for word in words], is_closed


def test_runs_are_letters_and_a_blank_keeps_doubled_letters_apart():
    assert read("__AA_A_BB") == ([(" aab", 2, 9)], False)


def test_a_space_ends_a_word_and_the_blanks_around_belong_to_nobody():
    assert read("_AB__|__B_|_") == ([(" ab", 1, 3), (" b", 8, 9)], True)


def test_spaces_in_a_row_and_nothing_but_blanks_are_no_words():
    assert read("||_|A|_|") == ([(" a", 4, 5)], True)
    assert read("____") == ([], False)


def test_the_probability_is_the_mean_of_the_letters_best_frames():
    chances = np.concatenate([frames("A", 0.5), frames("A", 0.9), frames("B", 0.4)])

    (word,), _ = words_from_ctc(chances, chances.argmax(-1), SYMBOLS, blank=0, delimiter=1, frame_s=0.02)

    assert word.probability == pytest.approx((0.9 * 0.4) ** 0.5)
    assert (word.start_s, word.end_s) == pytest.approx((0.0, 0.06))


@pytest.mark.parametrize(
    ("text", "is_capital", "expected"),
    [("HELLO", True, "hello"), ("I", True, "I"), ("I'LL", True, "I'll"), ("IT", True, "it"), ("Iß", False, "Iß")],
)
def test_capitals_are_written_as_one_reads(text: str, is_capital: bool, expected: str):
    assert readable(text, is_capital) == expected


# ── the engine ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def engine(tone_reader: Path) -> Wav2Vec2:
    engine = Wav2Vec2(tone_reader, Wav2Vec2Options())
    engine.load(lambda *_: None)
    return engine


def answer(engine: Wav2Vec2, request: SpeechRequest) -> Hypothesis:
    (hypothesis,) = engine.run(request, lambda: False)
    return hypothesis


def test_the_words_and_their_times_are_right(engine: Wav2Vec2):
    hypothesis = answer(engine, SpeechRequest(spell("AB|CCA|B")[0], is_final=True))

    assert hypothesis.text == " ab cca b"
    step_s = LETTER_S + REST_S
    expected = [(0, 2), (3, 6), (7, 8)]  # letters
    for word, (first, last) in zip(hypothesis.words, expected, strict=True):
        assert word.start_s == pytest.approx(REST_S + first * step_s, abs=0.041)
        assert word.end_s == pytest.approx(last * step_s, abs=0.041)
        assert 0.8 < word.probability <= 1


def test_a_last_word_that_may_go_on_waits_for_more_sound(engine: Wav2Vec2):
    samples, _ = spell("AB|CA")

    assert answer(engine, SpeechRequest(samples)).text == " ab"
    assert answer(engine, SpeechRequest(samples, is_final=True)).text == " ab ca"
    followed = np.concatenate([samples, np.zeros(8_000, np.float32)])
    assert answer(engine, SpeechRequest(followed)).text == " ab ca"
    assert answer(engine, SpeechRequest(spell("AB|CA|")[0])).text == " ab ca"


def test_without_word_times_one_word_spans_everything(engine: Wav2Vec2):
    samples, _ = spell("AB|CA")

    (word,) = answer(engine, SpeechRequest(samples, is_final=True, word_times=False)).words

    assert (word.text, word.start_s, word.end_s) == (" ab ca", 0.0, len(samples) / 16_000)


def test_model_with_a_lexicon_writes_its_words_alone(tone_reader: Path, tmp_path: Path):
    folder = Path(shutil.copytree(tone_reader, tmp_path / "model"))
    (folder / "lexicon.txt").write_text("AB\nCCA\n")
    engine = Wav2Vec2(folder, Wav2Vec2Options())
    engine.load(lambda *_: None)

    assert answer(engine, SpeechRequest(spell("AB|CCA|B")[0], is_final=True)).text == " ab cca ab"
    assert answer(engine, SpeechRequest(np.zeros(16_000, np.float32), is_final=True)).words == ()


@pytest.mark.parametrize("n_samples", [0, 1, 399, 16_000])
def test_silence_of_any_length_has_no_words(engine: Wav2Vec2, n_samples: int):
    assert answer(engine, SpeechRequest(np.zeros(n_samples, np.float32), is_final=True)).words == ()


def test_a_cancelled_request_gives_nothing(engine: Wav2Vec2):
    with pytest.raises(Cancelled):
        list(engine.run(SpeechRequest(spell("A")[0]), lambda: True))


# ── what can be wrong with a model ───────────────────────────────────────────────────────────────────────────────────


def load(folder: Path) -> None:
    Wav2Vec2(folder, Wav2Vec2Options()).load(lambda *_: None)


def test_a_folder_that_is_not_there(tmp_path: Path):
    with pytest.raises(ModelMissing, match="no model in"):
        load(tmp_path / "nowhere")


def test_weights_that_are_cut_short(tone_reader: Path, tmp_path: Path):
    folder = Path(shutil.copytree(tone_reader, tmp_path / "cut"))
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])

    with pytest.raises(ModelBroken, match=r"cannot be read: .*Verify it"):
        load(folder)


def test_a_lexicon_of_another_model(tone_reader: Path, tmp_path: Path):
    folder = Path(shutil.copytree(tone_reader, tmp_path / "model"))
    (folder / "lexicon.txt").write_text("zebra")

    with pytest.raises(ModelBroken, match="zebra"):
        load(folder)


def test_weights_of_another_model(tone_reader: Path, tmp_path: Path):
    folder = Path(shutil.copytree(tone_reader, tmp_path / "other"))
    config = json.loads((folder / "config.json").read_text()) | {"num_hidden_layers": 2}
    (folder / "config.json").write_text(json.dumps(config))

    with pytest.raises(ModelBroken, match="weights are missing"):
        load(folder)


def test_a_vocabulary_that_is_too_small(tone_reader: Path, tmp_path: Path):
    folder = Path(shutil.copytree(tone_reader, tmp_path / "vocabulary"))
    (folder / "vocab.json").write_text(json.dumps({"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3, "|": 4}))

    with pytest.raises(ModelBroken, match="vocabulary"):
        load(folder)
