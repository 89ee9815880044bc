"""Tiny chat models of the real classes, with real processors and templates, saved to disk."""

from pathlib import Path

from tests.workers.engines.vision.conftest import SIZE_PX, TEXT, TOWER, WORDS, lively

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:?!'\"-\n"
WRITTEN = (
    *WORDS,
    "yes",
    "no",
    "Yes",
    "No",
    "it",
    "one",
    "blue",
    "green",
    "bird",
    "house",
    "tree",
    "sees",
    "and",
    "why",
)
MOST_TOKENS = 4096
IDS = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 3}
LLAVA_TEMPLATE = (
    "{% for message in messages %}{{ 'USER: ' if message.role == 'user' else 'ASSISTANT: ' }}"
    "{% for part in message.content %}{{ '<image>\n' if part.type == 'image' else part.text }}{% endfor %}"
    "{{ ' ' if message.role == 'user' else '</s>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"
)


def llama_tokenizer(*special: str):
    """As Llama's: words after ▁, single letters, and bytes for whatever else there is."""
    from transformers import LlamaTokenizer

    tokens = ["<unk>", "<s>", "</s>", "<pad>", *special, *(f"<0x{number:02X}>" for number in range(256)), "▁", *LETTERS]
    merges = []
    for word in WRITTEN:
        for end in range(1, len(word) + 1):
            merged = f"▁{word[:end]}"
            if merged not in tokens:
                tokens.append(merged)
                merges.append((f"▁{word[: end - 1]}", word[end - 1]))
    return LlamaTokenizer(
        vocab={token: number for number, token in enumerate(tokens)},
        merges=merges,
        pad_token="<pad>",
        extra_special_tokens=list(special),
    )


def writes_words(model, tokenizer) -> None:
    """Makes the model write words, and as good as never bytes, letters or an end."""
    import torch

    quiet = [number for token, number in tokenizer.get_vocab().items() if len(token) < 3 or token.startswith("<")]
    with torch.no_grad():
        model.get_output_embeddings().weight[quiet] = 0


def save_llava(folder: Path, **tower) -> Path:
    import transformers

    tokenizer = llama_tokenizer("<image>")
    model = transformers.LlavaForConditionalGeneration(
        transformers.LlavaConfig(
            vision_config=transformers.CLIPVisionConfig(**TOWER | tower),
            text_config=transformers.LlamaConfig(
                **TEXT | IDS | {"vocab_size": len(tokenizer), "max_position_embeddings": MOST_TOKENS}
            ),
            image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
            vision_feature_layer=-2,
        )
    )
    lively(model)
    writes_words(model, tokenizer)
    model.save_pretrained(folder)
    processor = transformers.LlavaProcessor(
        transformers.CLIPImageProcessor(size={"shortest_edge": SIZE_PX}, crop_size=SIZE_PX),
        tokenizer,
        patch_size=TOWER["patch_size"],
        vision_feature_select_strategy="default",
        chat_template=LLAVA_TEMPLATE,
        num_additional_image_tokens=1,
    )
    processor.save_pretrained(folder)
    return folder


SMOL_TEMPLATE = (
    "<|im_start|>{% for message in messages %}{{ message.role.capitalize() }}"
    "{{ ':' if message.content[0].type == 'image' else ': ' }}"
    "{% for part in message.content %}{{ '<image>' if part.type == 'image' else part.text }}{% endfor %}"
    "<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)
SMOL_TOKENS = ("<image>", "<fake_token_around_image>", "<end_of_utterance>", "<global-img>")
SMOL_TILES = tuple(f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7))


def byte_level_tokenizer(*special: str):
    """As GPT-2's and SmolLM's: words after a space, single letters, and bytes for whatever else there is."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens, merges = ["<|endoftext|>", "<|im_start|>", "<pad>", *special, *letters], []
    for word in WRITTEN:
        for end in range(1, len(word) + 1):
            if (merged := f"Ġ{word[:end]}") not in tokens:
                tokens.append(merged)
                merges.append((f"Ġ{word[: end - 1]}", word[end - 1]))
    tokenizer = Tokenizer(models.BPE(vocab={token: number for number, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|im_start|>", eos_token="<|endoftext|>", pad_token="<pad>",
        extra_special_tokens=list(special),
    )  # fmt: skip


def save_smolvlm(folder: Path, kind: str = "Idefics3") -> Path:
    """`kind` "Idefics3" is SmolVLM, "SmolVLM" its second version."""
    import transformers

    tokenizer = byte_level_tokenizer(*SMOL_TOKENS, *SMOL_TILES)
    ids = {
        "bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }  # fmt: skip
    text = transformers.LlamaConfig(
        **TEXT | ids | {"vocab_size": len(tokenizer), "max_position_embeddings": MOST_TOKENS}
    )
    image_token_id = tokenizer.convert_tokens_to_ids("<image>")
    config = getattr(transformers, f"{kind}Config")(
        vision_config=TOWER, text_config=text, image_token_id=image_token_id, scale_factor=2
    )
    model = getattr(transformers, f"{kind}ForConditionalGeneration")(config)
    lively(model)
    writes_words(model, tokenizer)
    model.save_pretrained(folder)
    pictures = getattr(transformers, f"{kind}ImageProcessorPil")(
        size={"longest_edge": 4 * SIZE_PX}, max_image_size={"longest_edge": SIZE_PX}
    )
    processor = transformers.Idefics3Processor(pictures, tokenizer, image_seq_len=4, chat_template=SMOL_TEMPLATE)
    processor.save_pretrained(folder)
    return folder


def save_smolvlm2(folder: Path) -> Path:
    save_smolvlm(folder, "SmolVLM")
    for file in folder.glob("*.json"):  # as it is published: a processor that also wants to see videos
        file.write_text(file.read_text().replace("Idefics3Processor", "SmolVLMProcessor"))
    return folder
