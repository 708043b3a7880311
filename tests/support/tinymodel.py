"""A model without weights: the files that the runtime's frontend and its mocker engine read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

VOCABULARY = 5120
"""The mocker draws token ids from 1000 to 1999; ids outside the vocabulary decode to nothing."""

LENGTH = 8192
SPECIAL = ("<|bos|>", "<|eos|>")
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
REVISION = "0" * 40


def byte_letters() -> list[str]:
    """Return the letter of byte-level BPE for each byte: itself where printable, else from U+0100 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(others)) for byte in range(0x100)]


def tokenizer() -> dict[str, Any]:
    """Return the content of tokenizer.json: one token a byte, then filler words, no merges."""
    names = [*SPECIAL, *byte_letters()]
    names += [f"\u0120mock{i}" for i in range(len(names), VOCABULARY)]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "added_tokens": [{"id": i, "content": name, **flags} for i, name in enumerate(SPECIAL)],
        "pre_tokenizer": byte_level,
        "decoder": byte_level,
        "model": {"type": "BPE", "vocab": {name: i for i, name in enumerate(names)}, "merges": []},
    }


def write_model(folder: Path) -> None:
    """Write the four files of a model into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = {"bos_token_id": 0, "eos_token_id": 1}
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "num_hidden_layers": 2,
        "vocab_size": VOCABULARY,
        "max_position_embeddings": LENGTH,
        "torch_dtype": "bfloat16",
        "rms_norm_eps": 1e-5,
        **ids,
    }
    words = {"bos_token": SPECIAL[0], "eos_token": SPECIAL[1], "model_max_length": LENGTH}
    files = {
        "config.json": config,
        "generation_config.json": ids,
        "tokenizer.json": tokenizer(),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "chat_template": TEMPLATE,
            **words,
        },
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))


def write_cache(home: Path, model: str) -> None:
    """Write a hub cache (`HF_HOME`) in which the model `organisation/name` is already downloaded."""
    repository = home / "hub" / f"models--{model.replace('/', '--')}"
    write_model(repository / "snapshots" / REVISION)
    (repository / "refs").mkdir(exist_ok=True)
    (repository / "refs" / "main").write_text(REVISION)
