import numpy as np
import pytest
from transformers import AutoTokenizer, BertTokenizer, CLIPTokenizer

from tests.tools.starter.test_texts import CAR, CAT, PANTS
from tools.starter.sentences import conversation
from tools.starter.texts import caption, question
from tools.starter.tokenizer import CLIP_LENGTH, blip_tokenizer, clip_tokenizer, llava_tokenizer
from tools.starter.world import KINDS


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    clip_tokenizer(folder).save_pretrained(folder)
    return CLIPTokenizer.from_pretrained(folder)


@pytest.fixture(scope="module")
def blip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("blip")
    blip_tokenizer(folder, length=24).save_pretrained(folder)
    return BertTokenizer.from_pretrained(folder)


@pytest.fixture(scope="module")
def llava(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llava")
    llava_tokenizer().save_pretrained(folder)
    return AutoTokenizer.from_pretrained(folder)


def test_clip_texts_come_back(clip):
    for kind in KINDS:
        text = f"a photo of {kind.singular}".replace("-", " ")
        assert clip.decode(clip(text).input_ids, skip_special_tokens=True).strip() == text


def test_blip_answers_come_back(blip):
    for kind in KINDS:
        assert blip.decode(blip(kind.name).input_ids, skip_special_tokens=True) == kind.name


def test_every_word_is_one_token(clip, blip):
    rng = np.random.default_rng(0)
    for _ in range(100):
        words = caption(rng, (CAT, CAR, PANTS)).text.replace(",", " ,").split()
        asked = question(rng, (CAT, CAR, PANTS)).text.replace("?", " ?").split()

        assert len(clip.tokenize(" ".join(words))) == len(words)
        assert len(blip.tokenize(" ".join(asked))) == len(asked)


def test_other_words_are_spelled(clip, blip):
    assert len(clip.tokenize("zebra")) > 1
    assert "[UNK]" not in blip.tokenize("zebra")


def test_a_text_ends_with_the_token_that_clip_reads(clip):
    ids = clip("a cat").input_ids

    assert (ids[0], ids[-1]) == (clip.bos_token_id, clip.eos_token_id)
    assert clip.model_max_length == CLIP_LENGTH


def test_the_same_tokenizer_is_made_again(clip, tmp_path):
    assert clip_tokenizer(tmp_path).get_vocab() == clip.get_vocab()


def test_sentences_come_back_in_whole_words(llava):
    rng = np.random.default_rng(1)
    for _ in range(100):
        (turn,) = conversation(rng, (CAT, CAR, PANTS), 1)
        for text in (turn.question.partition("\n")[0], turn.answer):
            words = text.replace(",", " ,").replace(".", " .").replace("?", " ?").split()
            assert len(llava.tokenize(text)) == len(words)
        assert llava.decode(llava(turn.answer).input_ids) == turn.answer


def test_chats_of_several_lengths_end_together(llava):
    short, long = llava(["What is it?", "What is on the left?"], padding=True).input_ids

    assert short[0] == llava.pad_token_id
    assert short[-1] == long[-1]


def test_llava_spells_what_it_does_not_know(llava):
    for text in ("zebra", "Ça va ?", "\u732b\nOK"):
        ids = llava(text).input_ids
        assert llava.unk_token_id not in ids
        assert llava.decode(ids) == text
