"""Models of real size with random weights, saved as a download would be: speed does not depend on what weights know.

Built once in a folder that keeps them; the weights are float16 on the disk.
"""

from __future__ import annotations

import itertools
import string
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STARTERS = ROOT / "assets" / "starter"
MODELS = ROOT / "benchmarks" / "out" / "models"

CHAT_TEMPLATE = (
    "<|im_start|>{% for message in messages %}{{ message.role.capitalize() }}"
    "{{ ':' if message.content[0].type == 'image' else ': ' }}"
    "{% for part in message.content %}{{ '<image>' if part.type == 'image' else part.text }}{% endfor %}"
    "<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)
SMOLVLM_TOKENS = 49_280
WHISPER_WORDS = 50_257  # before the tokens that steer it


CLIPS: dict[str, dict[str, Any]] = {
    "b32": {},  # what transformers takes where nothing is said
    "l14": {
        "projection_dim": 768,
        "text_config": {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12},
        "vision_config": {
            "hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16,
            "patch_size": 14,
        },
    },
}  # fmt: skip
SMOLVLMS: dict[str, dict[str, Any]] = {
    "256m": {
        "vision_config": {
            "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12,
            "patch_size": 16, "image_size": 512,
        },
        "text_config": {
            "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30, "num_attention_heads": 9,
            "num_key_value_heads": 3, "max_position_embeddings": 8192,
        },
        "scale_factor": 4,
    },
    "2b": {
        "vision_config": {
            "hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27, "num_attention_heads": 16,
            "patch_size": 14, "image_size": 378,
        },
        "text_config": {
            "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 24, "num_attention_heads": 32,
            "num_key_value_heads": 32, "max_position_embeddings": 16_384,
        },
        "scale_factor": 3,
    },
}  # fmt: skip
WHISPERS = {"base": (512, 6, 8), "small": (768, 12, 12)}  # width, layers of each half, heads


def build_clip(folder: Path, size: str = "b32") -> Path:
    """CLIP ViT-B/32 or -L/14; the tokenizer is the starter's, whose words are tokens as those of the real one."""
    if (folder / "config.json").exists():
        return folder
    import torch
    import transformers

    torch.manual_seed(0)
    tokenizer = transformers.AutoTokenizer.from_pretrained(STARTERS / "starter-clip")
    shape = CLIPS[size]
    config = transformers.CLIPConfig(
        **shape | {"text_config": {"vocab_size": len(tokenizer)} | shape.get("text_config", {})}
    )
    transformers.CLIPModel(config).half().save_pretrained(folder)
    transformers.CLIPProcessor(transformers.CLIPImageProcessor(), tokenizer).save_pretrained(folder)
    return folder


def build_blip(folder: Path, architecture: str) -> Path:
    """BLIP base, whose answers and descriptions always have all the tokens that they may have."""
    if (folder / "config.json").exists():
        return folder
    import torch
    import transformers

    torch.manual_seed(0)
    tokenizer = transformers.AutoTokenizer.from_pretrained(STARTERS / "starter-blip-vqa")
    ids = {
        "vocab_size": len(tokenizer),
        "bos_token_id": tokenizer.convert_tokens_to_ids("[DEC]"),
        "eos_token_id": tokenizer.sep_token_id,
        "sep_token_id": tokenizer.sep_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    model = getattr(transformers, architecture)(transformers.BlipConfig(text_config=ids, vision_config={}))
    with torch.no_grad():
        model.text_decoder.cls.predictions.decoder.bias[ids["sep_token_id"]] = -1e4
        model.text_decoder.cls.predictions.bias[ids["sep_token_id"]] = -1e4
    model.half().save_pretrained(folder)
    pictures = transformers.BlipImageProcessor(size={"height": 384, "width": 384})
    transformers.BlipProcessor(pictures, tokenizer).save_pretrained(folder)
    return folder


def build_smolvlm(folder: Path, size: str = "256m") -> Path:
    """The shape of SmolVLM 256M, a SigLIP of 512 px before a Llama of 135 M, or of the one with 2 B parameters.

    It writes words of three letters.

    It reads letter by letter, so that a question of a few words is as long as the whole prompt of the real one.
    """
    if (folder / "config.json").exists():
        return folder
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    special = ["<|endoftext|>", "<|im_start|>", "<image>", "<fake_token_around_image>", "<end_of_utterance>"]
    special += ["<global-img>", *(f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7))]
    words = ("".join(letters) for letters in itertools.product(string.ascii_letters, repeat=3))
    tokens = itertools.chain(special, sorted(pre_tokenizers.ByteLevel.alphabet()), words)
    numbers = {token: number for number, token in enumerate(itertools.islice(tokens, SMOLVLM_TOKENS))}
    written = Tokenizer(models.BPE(vocab=numbers, merges=[]))
    written.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    written.decoder = decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=written, bos_token=special[1], eos_token=special[0], pad_token=special[0],
        extra_special_tokens=special[2:],
    )  # fmt: skip
    torch.manual_seed(0)
    shape = SMOLVLMS[size]
    sees, side_px = shape["vision_config"], shape["vision_config"]["image_size"]
    config = transformers.Idefics3Config(
        vision_config=sees,
        text_config=transformers.LlamaConfig(
            **shape["text_config"], vocab_size=SMOLVLM_TOKENS,
            bos_token_id=1, eos_token_id=SMOLVLM_TOKENS - 1, pad_token_id=0,  # as good as never written, so no end
            initializer_range=0.1,  # with less it writes one word again and again
        ),
        image_token_id=numbers["<image>"], scale_factor=shape["scale_factor"], tie_word_embeddings=False,
    )  # fmt: skip
    transformers.Idefics3ForConditionalGeneration(config).half().save_pretrained(folder)
    pictures = transformers.Idefics3ImageProcessorPil(
        size={"longest_edge": 4 * side_px}, max_image_size={"longest_edge": side_px}
    )
    places = (side_px // sees["patch_size"] // shape["scale_factor"]) ** 2
    processor = transformers.Idefics3Processor(pictures, tokenizer, image_seq_len=places, chat_template=CHAT_TEMPLATE)
    processor.save_pretrained(folder)
    return folder


def build_whisper(folder: Path, size: str) -> Path:
    """Whisper in the shape of base or small; it writes words of three letters, as many as it may."""
    if (folder / "config.json").exists():
        return folder
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers.models.whisper.tokenization_whisper import LANGUAGES

    words = ("".join(letters) for letters in itertools.product(string.ascii_letters, repeat=3))
    tokens = list(itertools.islice(itertools.chain(sorted(pre_tokenizers.ByteLevel.alphabet()), words), WHISPER_WORDS))
    special = ["endoftext", "startoftranscript", *list(LANGUAGES)[:99], "translate", "transcribe", "startoflm"]
    special += ["startofprev", "nospeech", "notimestamps", *(f"{0.02 * number:.2f}" for number in range(1501))]
    tokens += [f"<|{name}|>" for name in special]
    numbers = {token: number for number, token in enumerate(tokens)}
    written = Tokenizer(models.BPE(vocab=numbers, merges=[]))
    written.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    written.decoder = decoders.ByteLevel()
    end = "<|endoftext|>"
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=written, bos_token=end, eos_token=end, pad_token=end
    ).save_pretrained(folder)
    transformers.WhisperFeatureExtractor().save_pretrained(folder)
    torch.manual_seed(0)
    width, layers, heads = WHISPERS[size]
    config = transformers.WhisperConfig(
        vocab_size=len(tokens), d_model=width, encoder_layers=layers, decoder_layers=layers,
        encoder_attention_heads=heads, decoder_attention_heads=heads, encoder_ffn_dim=4 * width,
        decoder_ffn_dim=4 * width, init_std=0.1,  # with less it writes one word again and again
        bos_token_id=numbers[end], eos_token_id=numbers[end], pad_token_id=numbers[end],
        decoder_start_token_id=numbers["<|startoftranscript|>"],
    )  # fmt: skip
    transformers.WhisperForConditionalGeneration(config).half().save_pretrained(folder)
    return folder


def build_wav2vec2(folder: Path) -> Path:
    """Wav2Vec2 base; the letters are the starter's."""
    if (folder / "config.json").exists():
        return folder
    import torch
    import transformers

    tokenizer = transformers.Wav2Vec2CTCTokenizer.from_pretrained(STARTERS / "starter-wav2vec2")
    tokenizer.save_pretrained(folder)
    transformers.Wav2Vec2FeatureExtractor().save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.Wav2Vec2Config(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id)
    transformers.Wav2Vec2ForCTC(config).half().save_pretrained(folder)
    return folder
