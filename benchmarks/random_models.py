"""Models of real size with random weights, saved as a download would be: speed does not depend on what weights know.

Built once in a folder that keeps them; the weights are float16 on the disk.
"""

from __future__ import annotations

import itertools
import string
from pathlib import Path

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


def build_clip(folder: Path) -> Path:
    """CLIP ViT-B/32; the tokenizer is the starter's, whose words are tokens as those of the real one."""
    if (folder / "config.json").exists():
        return folder
    import torch
    import transformers

    torch.manual_seed(0)
    tokenizer = transformers.AutoTokenizer.from_pretrained(STARTERS / "starter-clip")
    config = transformers.CLIPConfig(text_config={"vocab_size": len(tokenizer)})
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


def build_smolvlm(folder: Path) -> Path:
    """The shape of SmolVLM 256M: a SigLIP of 512 px before a Llama of 135 M, which writes words of three letters.

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
    config = transformers.Idefics3Config(
        vision_config={
            "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12,
            "patch_size": 16, "image_size": 512,
        },
        text_config=transformers.LlamaConfig(
            hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
            num_key_value_heads=3, vocab_size=SMOLVLM_TOKENS, max_position_embeddings=8192,
            bos_token_id=1, eos_token_id=SMOLVLM_TOKENS - 1, pad_token_id=0,  # as good as never written, so no end
            initializer_range=0.1,  # with less it writes one word again and again
        ),
        image_token_id=numbers["<image>"], scale_factor=4, tie_word_embeddings=False,
    )  # fmt: skip
    transformers.Idefics3ForConditionalGeneration(config).half().save_pretrained(folder)
    pictures = transformers.Idefics3ImageProcessorPil(size={"longest_edge": 2048}, max_image_size={"longest_edge": 512})
    transformers.Idefics3Processor(pictures, tokenizer, image_seq_len=64, chat_template=CHAT_TEMPLATE).save_pretrained(
        folder
    )
    return folder
