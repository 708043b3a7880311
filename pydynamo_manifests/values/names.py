"""Keys and names that become names of objects, ConfigMap keys, flags or variables: what they may hold."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

__all__ = [
    "MOUNT_PATH",
    "VOLUME_NAME",
    "ComponentName",
    "FilePath",
    "FlagName",
    "GraphName",
    "MountPath",
    "VariableName",
    "VolumeName",
]

_MAX_NAME = 63
"""Letters of a name that becomes a label's value, as a graph's and a component's do."""

VOLUME_NAME = re.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
MOUNT_PATH = re.compile("[^:]+")
_NAME = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"


def _named(pattern: str, words: str, longest: int | None = None) -> Any:
    """Return the type of a text that matches a pattern as a whole; ``words`` say so in an error."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value) or (longest and len(value) > longest):
            raise ValueError(words)
        return value

    schema = {"type": "string", "pattern": f"^{pattern}$"}
    limit = {"maxLength": longest} if longest else {}
    return Annotated[str, AfterValidator(check), WithJsonSchema({**schema, **limit})]


ComponentName = _named(
    "[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?",
    f"a component's name is letters, digits and inner '-', at most {_MAX_NAME}",
)
"""Source: the v1beta1 definition; the operator writes v1alpha1 graphs under the same rule."""

FilePath = _named(
    r"(/\.?[-_A-Za-z0-9][-._A-Za-z0-9]*)+",
    "a file's path is absolute and plain, as /etc/app/config.yaml: letters, digits, '.', '_' and '-', no '..'",
)
"""An absolute path of letters that a ConfigMap's key may hold."""

FlagName = _named(
    "[!-,.-<>-~][!-<>-~]*", "a flag stands here without its dashes: not empty, no space, no '='"
)
"""A long flag."""

VariableName = _named("[ -<>-~]+", "a variable's name is printable ASCII without '=', and not empty")
"""Source: the core API's rule since Kubernetes 1.30."""

VolumeName = _named(
    VOLUME_NAME.pattern, f"a volume's name is lower-case letters, digits and inner '-', at most {_MAX_NAME}"
)
"""Source: the core API (DNS-1123 label)."""

MountPath = _named(MOUNT_PATH.pattern, "a mount's path is not empty and holds no ':'")
"""Source: the core API."""

GraphName = _named(
    f"({_NAME})?",
    f"a graph's name is lower-case letters, digits and inner '-' or '.', at most {_MAX_NAME}",
    _MAX_NAME,
)
"""Empty stands for the name of the Helm release."""
