import shutil

import numpy as np
import pytest
import soundfile
import torch

from tools.starter import train_wav2vec2, voices
from tools.starter.sounds import Clip, clip, heard, in_a_room, with_noise
from tools.starter.training import count_parameters
from tools.starter.voices import HELD_OUT_VOICES, TRAIN_VOICES, WORDS, Manner, Speech, Utterance, Voice
from workers.results import SAMPLE_RATE_HZ

RATE = SAMPLE_RATE_HZ
PROGRAMS = ("espeak-ng", "flite", "festival")
VOICE_OF = {program: next(voice for voice in TRAIN_VOICES if voice.program == program) for program in PROGRAMS}


def tone(seconds, hz=440.0):
    return np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE).astype(np.float32)


@pytest.fixture(params=PROGRAMS)
def voice(request):
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed (make starter does)")
    return VOICE_OF[request.param]


def test_a_voice_says_texts_without_silence_around(voice):
    short, long = voices.spoken(voice, ["stop", "open history seven"], Manner(1, 1))

    assert 0.1 * RATE < len(short) < len(long) < 4 * RATE
    assert np.abs(short[:80]).max() > 0.005


def test_a_slow_manner_takes_longer(voice):
    (quick,), (slow,) = (voices.spoken(voice, ["camera"], Manner(pace, 1)) for pace in (0.8, 1.3))

    assert len(slow) > 1.2 * len(quick)


def test_no_held_out_voice_is_trained_on():
    assert not set(HELD_OUT_VOICES) & set(TRAIN_VOICES)
    trained = {voice.name.partition("+")[2] for voice in TRAIN_VOICES if voice.program == "espeak-ng"}
    assert not trained & {voice.name.partition("+")[2] for voice in HELD_OUT_VOICES if voice.program == "espeak-ng"}
    assert {v.program for v in HELD_OUT_VOICES} == {"espeak-ng", "flite"}
    assert len(set(WORDS)) == len(WORDS) >= 45


@pytest.fixture
def quick_voices(monkeypatch):
    """Voices that whistle."""

    def spoken(voice, texts, manner):
        return [tone(0.1 * len(text.split()), hz=300 * manner.pitch) * 0.5 for text in texts]

    monkeypatch.setattr(voices, "spoken", spoken)
    monkeypatch.setattr(voices, "CHUNK", 3)


def test_a_pool_of_speech_goes_on_where_it_was_cut_off(quick_voices, tmp_path):
    voices.fill(tmp_path / "whole", 9)
    voices.fill(tmp_path / "cut", 3)
    voices.fill(tmp_path / "cut", 9)
    whole, cut = Speech.open(tmp_path / "whole"), Speech.open(tmp_path / "cut")

    assert len(whole) == 9
    assert cut.texts == whole.texts
    np.testing.assert_array_equal(cut.samples, whole.samples)
    words = whole.texts[4].split()
    assert len(whole.utterance(4).samples) == pytest.approx(0.1 * len(words) * RATE, abs=2)


def test_the_parts_of_a_clip_cover_it_and_have_their_utterances():
    said = [Utterance(text, tone(0.5, hz), "") for text, hz in (("one", 500), ("two", 1000), ("three", 2000))]

    made = clip(np.random.default_rng(0), said, 4 * RATE)

    assert [text for *_, text in made.parts] == ["one", "two", "three"]
    assert made.parts[0][0] == 0
    assert made.parts[-1][1] == len(made.samples) == 4 * RATE
    assert all(a[1] == b[0] for a, b in zip(made.parts, made.parts[1:], strict=False))
    for (first, last, _), hz in zip(made.parts, (500, 1000, 2000), strict=True):
        spectrum = np.abs(np.fft.rfft(made.samples[first:last]))
        assert np.argmax(spectrum) * RATE / (last - first) == pytest.approx(hz, rel=0.15)


def test_what_does_not_fit_is_left_out():
    made = clip(np.random.default_rng(0), [Utterance("one", tone(0.9), ""), Utterance("two", tone(0.9), "")], 2 * RATE)

    assert [text for *_, text in made.parts] == ["one"]


def test_noise_is_as_loud_as_asked():
    samples = tone(2) * 0.3
    noisy = with_noise(np.random.default_rng(1), samples, snr_db=20)

    assert 20 * np.log10(samples.std() / (noisy - samples).std()) == pytest.approx(20, abs=0.5)


def test_a_room_answers_after_the_sound():
    samples = np.concatenate([tone(0.5), np.zeros(RATE // 2, np.float32)])
    echoed = in_a_room(np.random.default_rng(2), samples)

    assert not np.abs(samples[RATE // 2 + 10 :]).any()
    assert np.abs(echoed[RATE // 2 + 10 : RATE // 2 + 500]).max() > 1e-3
    assert len(echoed) == len(samples)


def test_what_is_heard_has_its_length_and_is_never_clipped():
    rng = np.random.default_rng(3)
    for _ in range(20):
        sound = heard(rng, tone(1))
        assert sound.shape == (RATE,)
        assert sound.dtype == np.float32
        assert np.abs(sound).max() <= 1


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return train_wav2vec2.new_model().eval()


def test_a_speech_model_is_as_small_as_it_must_be(model):
    assert count_parameters(model) <= 2_000_000


@torch.inference_mode()
def test_its_filters_start_as_bands(model):
    extractor = model.wav2vec2.feature_extractor
    (low,), (high,) = (extractor.conv_layers[0].conv(torch.from_numpy(tone(0.2, hz))[None, None]) for hz in (310, 3170))

    loud_low, loud_high = low.std(dim=-1).argmax(), high.std(dim=-1).argmax()
    assert loud_high > loud_low + 10
    assert low.std(dim=-1)[loud_low] > 3 * low.std(dim=-1)[loud_high]


def test_texts_come_back_as_the_app_reads_them(tmp_path):
    processor = train_wav2vec2.new_processor(tmp_path)
    processor.save_pretrained(tmp_path)

    ids = train_wav2vec2.letters("open camera")
    tokenizer = type(processor.tokenizer).from_pretrained(tmp_path)

    assert tokenizer.decode(ids) == "open camera"
    assert tokenizer.convert_ids_to_tokens(ids[-1]) == train_wav2vec2.DELIMITER


def test_sounds_are_normalised_as_the_processor_does(tmp_path):
    processor = train_wav2vec2.new_processor(tmp_path)
    samples = heard(np.random.default_rng(4), tone(1))

    theirs = processor(samples, sampling_rate=RATE, return_tensors="pt").input_values

    torch.testing.assert_close(train_wav2vec2.normalised([samples]), theirs, atol=1e-4, rtol=1e-4)


def test_letters_are_looked_for_in_their_own_part():
    symbols = train_wav2vec2.SYMBOLS
    batch = train_wav2vec2.batched([Clip(np.zeros(200, np.float32), ((0, 100, "no"), (100, 200, "yes")))])

    def logits(first, second):
        """Ten frames a part, which spell its word in turn."""
        frames = torch.zeros(1, 20, len(symbols))
        for part, text in enumerate((first, second)):
            for i, letter in enumerate(text + "|"):
                frames[0, 10 * part + 2 * i, symbols.index(letter)] = 9
        frames[..., 0] += 5
        return frames

    right = train_wav2vec2.ctc_loss(logits("no", "yes"), batch)
    swapped = train_wav2vec2.ctc_loss(logits("yes", "no"), batch)

    assert right < 0.5 < 3 < swapped


def test_words_right_are_what_is_left_of_all_errors():
    assert train_wav2vec2.words_right(["one two", "three four"], ["one two", "three"]) == 0.75
    assert train_wav2vec2.words_right(["one"], [""]) == 0
    assert train_wav2vec2.words_right([], []) == 0


def test_recordings_of_people_are_read_with_their_digits(tmp_path):
    soundfile.write(tmp_path / "en_fsdd_ada_0.flac", tone(2) * 0.3, RATE)
    (tmp_path / "en_fsdd_ada_0.segments.tsv").write_text("start_s\tend_s\ttext\n0.5\t0.75\tnine\n1\t1.5\ttwo\n")

    assert train_wav2vec2.speakers(tmp_path) == ["ada"]
    assert [(u.text, len(u.samples)) for u in train_wav2vec2.real_digits(["ada"], tmp_path)] == [
        ("nine", RATE // 4),
        ("two", RATE // 2),
    ]
    assert train_wav2vec2.text_of(train_wav2vec2.real_clips("ada", tmp_path)[0]) == "nine two"
    assert train_wav2vec2.real_digits(["ada"], tmp_path / "nowhere") == []


def test_a_missing_program_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(FileNotFoundError, match="espeak-ng"):
        voices.spoken(Voice("espeak-ng", "en"), ["stop"], Manner(1, 1))
