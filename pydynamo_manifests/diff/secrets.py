"""What a comparison never shows: values behind a secret's name, and text that looks like one."""

from __future__ import annotations

import re

__all__ = ["is_secret"]

_NAME = re.compile(r"(?i)(?:token|password|passwd|secret|credentials?|api[-_]?key)(?![a-z])")
"""As in ``HF_TOKEN`` and ``--api-key``, not as in ``--max-num-batched-tokens`` and ``--tokenizer``."""
_LOOKS = re.compile(
    r"\b(?:hf_|nvapi-|sk-|gh[pousr]_|github_pat_|glpat-|xox[abp]-|eyJ|AKIA)[\w-]{8}|-----BEGIN |://[^/\s]*:[^/\s]*@"
)
"""Tokens of hubs and clouds, keys, and addresses with a password in them."""


def is_secret(name: str, *values: object) -> bool:
    """Tell whether a value may be one that nobody else should read, by its name or by its looks.

    Args:
        name: The name of a variable, a flag or a field; or a whole text, whose parts may be such names.
        values: What stands behind it, on both sides.
    """
    return bool(_NAME.search(name)) or any(isinstance(v, str) and bool(_LOOKS.search(v)) for v in values)
