"""Whisper in torch with the real tiny.en weights on real speech, beside CTranslate2 with the very same weights."""

import re
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile

from workers.catalogue.catalogue import Catalogue
from workers.engines.speech.faster_whisper import FasterWhisper, FasterWhisperOptions
from workers.engines.speech.whisper import Whisper, WhisperOptions, follow, word_groups
from workers.errors import Cancelled, ModelBroken, ModelMissing
from workers.results import Hypothesis, Samples, SpeechRequest

CLIPS = Path(__file__).parents[5] / "shared" / "data" / "speech" / "clips"
needs_clips = pytest.mark.skipif(not CLIPS.is_dir(), reason="the speech data is not here")


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w' ]", " ", text.lower()).split())


def clip(name: str) -> tuple[Samples, str]:
    samples, _ = soundfile.read(CLIPS / f"{name}.flac", dtype="float32")
    return samples, plain((CLIPS / f"{name}.txt").read_text("utf-8"))


@pytest.fixture(scope="module")
def whisper(converted_tiny: Path) -> Whisper:
    import torch

    torch.set_num_threads(1)
    engine = Whisper(converted_tiny, WhisperOptions())
    engine.load(lambda *_: None)
    return engine


@pytest.fixture(scope="module")
def heard(whisper: Whisper) -> Hypothesis:
    """What it hears in one clip, greedily."""
    return answer(whisper, SpeechRequest(clip("en_leopard")[0]))


def answer(engine: Whisper | FasterWhisper, request: SpeechRequest) -> Hypothesis:
    (hypothesis,) = engine.run(request, lambda: False)
    return hypothesis


@needs_clips
def test_the_converted_weights_hear_what_ctranslate2_hears(whisper: Whisper, tmp_path: Path):
    same_silence = WhisperOptions().padding_s
    options = FasterWhisperOptions(compute_type="float32", threads=1, padding_s=same_silence)
    faster = FasterWhisper(Catalogue(tmp_path).locate("whisper-tiny.en"), options)
    faster.load(lambda *_: None)

    for name in ("en_ls_1688-142285-0004", "en_leopard"):
        samples, _ = clip(name)
        ours, theirs = answer(whisper, SpeechRequest(samples)), answer(faster, SpeechRequest(samples))
        assert jiwer.wer(plain(theirs.text), plain(ours.text)) <= 0.05
        assert ours.no_speech_prob == pytest.approx(theirs.no_speech_prob, abs=0.01)
        if [word.text for word in ours.words] == [word.text for word in theirs.words]:
            gaps = [abs(a.end_s - b.end_s) for a, b in zip(ours.words, theirs.words, strict=True)]
            assert np.median(gaps) <= 0.04
    faster.unload()


@needs_clips
@pytest.mark.parametrize("beam_size", [1, 5])
def test_the_text_is_near_the_reference(whisper: Whisper, beam_size: int):
    samples, reference = clip("en_leopard")

    hypothesis = answer(whisper, SpeechRequest(samples, beam_size=beam_size))

    assert jiwer.wer(reference, plain(hypothesis.text)) <= 0.15
    assert hypothesis.language == "en"
    assert hypothesis.no_speech_prob < 0.3
    assert hypothesis.avg_logprob > -1


@needs_clips
def test_words_follow_one_another_inside_the_sound(heard: Hypothesis):
    duration_s = len(clip("en_leopard")[0]) / 16_000

    words = heard.words

    times = [time_s for word in words for time_s in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert all(0 <= time_s <= duration_s for time_s in times)
    assert all(word.text.startswith(" ") and 0 < word.probability <= 1 for word in words)


@needs_clips
def test_word_times_move_with_the_sound(whisper: Whisper, heard: Hypothesis):
    later = np.concatenate([np.zeros(16_000, np.float32), clip("en_leopard")[0]])

    words = answer(whisper, SpeechRequest(later)).words

    ends = {word.text: word.end_s for word in heard.words}
    moves = [word.end_s - ends[word.text] for word in words if word.text in ends]
    assert np.median(moves) == pytest.approx(1.0, abs=0.06)


@needs_clips
def test_a_prompt_gives_the_spelling_of_a_name(whisper: Whisper):
    samples, _ = clip("en_ls_1688-142285-0005")

    plain_text, prompted = (
        answer(whisper, SpeechRequest(samples, prompt=prompt)).text for prompt in ("", "Margaret lives at Helstone.")
    )

    assert "Helstone" not in plain_text
    assert "Helstone" in prompted


@needs_clips
def test_cancel_is_seen_at_the_next_token(whisper: Whisper):
    samples, _ = clip("en_leopard")
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 6  # after the four layers of the encoder, within the text

    with pytest.raises(Cancelled):
        list(whisper.run(SpeechRequest(samples), cancelled))
    assert asked == 7


def test_without_word_times_one_word_spans_everything(whisper: Whisper):
    noise = np.random.default_rng(0).normal(0, 0.05, 16_000).astype(np.float32)

    words = answer(whisper, SpeechRequest(noise, word_times=False)).words

    assert len(words) <= 1
    assert all((word.start_s, word.end_s) == (0.0, 1.0) for word in words)


@pytest.mark.parametrize("n_samples", [0, 1, 1600])
def test_a_very_short_sound_is_no_error(whisper: Whisper, n_samples: int):
    assert answer(whisper, SpeechRequest(np.zeros(n_samples, np.float32))).language == "en"


# ── what can be wrong with a model ───────────────────────────────────────────────────────────────────────────────────


def test_a_ctranslate2_folder_asks_for_its_conversion(tmp_path: Path):
    folder = Catalogue(tmp_path).locate("whisper-tiny.en")

    with pytest.raises(ModelBroken, match=r"CTranslate2 form\. Convert it"):
        Whisper(folder, WhisperOptions()).load(lambda *_: None)


def test_a_folder_that_is_not_there(tmp_path: Path):
    with pytest.raises(ModelMissing, match="no model in"):
        Whisper(tmp_path / "nowhere", WhisperOptions()).load(lambda *_: None)


# ── words from tokens, times from attention ──────────────────────────────────────────────────────────────────────────


def spelling(tokens: list[bytes], *, has_spaces: bool = True) -> list[tuple[str, int]]:
    return word_groups(
        range(len(tokens)),
        lambda numbers: b"".join(tokens[n] for n in numbers).decode("utf-8", "replace"),
        has_spaces=has_spaces,
    )


def test_words_begin_at_spaces_and_keep_their_punctuation():
    tokens = [b" \xe2\x80", b"\x9c", b"Hel", b"lo", b",", b" world", b".", b"\xe2\x80", b"\x9d"]

    assert spelling(tokens) == [(" “Hello,", 5), (" world.”", 4)]


def test_a_script_without_spaces_has_a_word_for_each_token_of_whole_characters():
    text = "你好，世界。".encode()
    tokens = [text[:2], text[2:6], text[6:9], text[9:15], text[15:]]

    assert spelling(tokens, has_spaces=False) == [("你好，", 3), ("世界。", 2)]


def test_a_token_that_comes_again_at_the_end_ends_no_character_before():
    tokens = list("人民为".encode())  # each byte is a token; the last one is also the second of the first character

    groups = word_groups(tokens, lambda some: bytes(some).decode("utf-8", "replace"), has_spaces=False)

    assert groups == [("人", 3), ("民", 3), ("为", 3)]


def test_a_character_cut_off_at_the_end_is_still_counted():
    assert spelling([b" a", b"\xe4\xbd"]) == [(" a\ufffd", 2)]


def test_the_path_follows_the_attention():
    attention = np.full((2, 3, 60), 0.01, np.float32)
    for row, (first, last) in enumerate([(0, 20), (20, 45), (45, 60)]):
        attention[:, row, first:last] = 1.0

    assert follow(attention) == pytest.approx([0, 20, 45], abs=1)


def test_more_rows_than_frames_are_spread_evenly():
    assert list(follow(np.ones((1, 4, 2), np.float32))) == [0, 0, 1, 2]
