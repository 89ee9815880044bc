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

    tokens = ["<unk>", "<s>", "</s>", "<pad>", *(f"<0x{number:02X}>" for number in range(256)), "▁", *LETTERS]
    merges = []
    for word in WRITTEN:
        for end in range(1, len(word) + 1):
            merged = f"▁{word[:end]}"
            if merged not in tokens:
                tokens.append(merged)
                merges.append((f"▁{word[: end - 1]}", word[end - 1]))
    return LlamaTokenizer(
        vocab={token: number for number, token in enumerate([*tokens, *special])},
        merges=merges,
        pad_token="<pad>",
        extra_special_tokens=list(special),
    )


def writes_words(model, tokenizer) -> None:
    """Makes the model write words, and as good as never bytes, letters or an end."""
    import torch

    quiet = [number for token, number in tokenizer.get_vocab().items() if len(token) < 3 or token.startswith("<")]
    head = model.get_output_embeddings()
    with torch.no_grad():
        head.weight[[number for number in quiet if number < len(head.weight)]] = 0
        if hasattr(head, "additional_fc"):  # of IDEFICS 1, for the tokens at the end
            head.additional_fc.weight.zero_()


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


IDEFICS_TOKENS = ("<fake_token_around_image>", "<image>", "<end_of_utterance>")
IDEFICS2_TEMPLATE = (
    "{% for message in messages %}{{ message.role.capitalize() }}"
    "{{ ':' if message.content[0].type == 'image' else ': ' }}"
    "{% for part in message.content %}{{ '<image>' if part.type == 'image' else part.text }}{% endfor %}"
    "<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)


def save_idefics(folder: Path) -> Path:
    import torch
    import transformers

    tokenizer = llama_tokenizer(*IDEFICS_TOKENS)
    vision = {**TOWER, "embed_dim": TOWER["hidden_size"]}
    del vision["hidden_size"]
    config = transformers.IdeficsConfig(
        **TEXT | IDS, vocab_size=len(tokenizer) - len(IDEFICS_TOKENS), additional_vocab_size=len(IDEFICS_TOKENS),
        max_position_embeddings=MOST_TOKENS, use_resampler=True, vision_config=vision,
        perceiver_config={
            "use_resampler": True, "resampler_n_latents": 4, "resampler_depth": 1, "resampler_n_heads": 2,
            "resampler_head_dim": 16,
        },
    )  # fmt: skip
    model = transformers.IdeficsForVisionText2Text(config)
    lively(model)
    writes_words(model, tokenizer)
    with torch.no_grad():
        for layer in model.model.gated_cross_attn_layers:  # fresh ones let nothing of the pictures through
            layer.alpha_cross_attn.fill_(1)
            layer.alpha_dense.fill_(1)
    model.save_pretrained(folder)
    pictures = transformers.IdeficsImageProcessorPil(image_size=SIZE_PX)
    transformers.IdeficsProcessor(pictures, tokenizer, image_size=SIZE_PX).save_pretrained(folder)
    return folder


def save_idefics2(folder: Path) -> Path:
    import transformers

    tokenizer = llama_tokenizer(*IDEFICS_TOKENS)
    text = transformers.MistralConfig(
        **TEXT | IDS, num_key_value_heads=2, vocab_size=len(tokenizer), max_position_embeddings=MOST_TOKENS,
        sliding_window=None,
    )  # fmt: skip
    perceiver = {
        "hidden_size": TEXT["hidden_size"], "resampler_n_latents": 4, "resampler_depth": 1, "resampler_n_heads": 2,
        "resampler_head_dim": 16, "num_key_value_heads": 1,
    }  # fmt: skip
    model = transformers.Idefics2ForConditionalGeneration(
        transformers.Idefics2Config(
            vision_config=TOWER,
            text_config=text,
            perceiver_config=perceiver,
            image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        )
    )
    lively(model)
    writes_words(model, tokenizer)
    model.save_pretrained(folder)
    pictures = transformers.Idefics2ImageProcessorPil(size={"shortest_edge": SIZE_PX // 2, "longest_edge": SIZE_PX})
    processor = transformers.Idefics2Processor(pictures, tokenizer, image_seq_len=4, chat_template=IDEFICS2_TEMPLATE)
    processor.save_pretrained(folder)
    return folder


def save_blip2(folder: Path) -> Path:
    import transformers

    tokenizer = byte_level_tokenizer("<image>")
    tokenizer.model_max_length = MOST_TOKENS
    ids = {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": tokenizer.pad_token_id}  # as OPT's: one for both
    text = transformers.OPTConfig(
        hidden_size=32, ffn_dim=64, num_hidden_layers=2, num_attention_heads=2, word_embed_proj_dim=32,
        vocab_size=len(tokenizer), max_position_embeddings=MOST_TOKENS, **ids,
    )  # fmt: skip
    qformer = {**TEXT, "vocab_size": 30, "encoder_hidden_size": TOWER["hidden_size"], "cross_attention_frequency": 1}
    model = transformers.Blip2ForConditionalGeneration(
        transformers.Blip2Config(
            vision_config=TOWER, qformer_config=qformer, text_config=text, num_query_tokens=4,
            image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        )
    )  # fmt: skip
    lively(model)
    writes_words(model.language_model, tokenizer)
    model.save_pretrained(folder)
    pictures = transformers.BlipImageProcessor(size={"height": SIZE_PX, "width": SIZE_PX})
    transformers.Blip2Processor(pictures, tokenizer, num_query_tokens=4).save_pretrained(folder)
    return folder
