"""kubeconform, strict and offline: core kinds against a package's schemas, our kinds against their CRDs."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.resources
import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hack.tools.build import cache_home
from pydynamo_manifests.yaml import dump_all, load_all
from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

NAMING = "{{ .ResourceKind }}{{ .KindSuffix }}.json"


@dataclass(frozen=True)
class Problem:
    """One object that kubeconform does not take: `kind/name` and its words, or why it could not judge."""

    where: str
    message: str


def kubeconform(
    objects: Sequence[dict[str, Any]], *, kubernetes: str = "1.37", crds: Path | Sequence[Path] = ()
) -> list[Problem]:
    """Check objects: unknown fields, wrong types and kinds without a schema are problems.

    Args:
        objects: the manifests.
        kubernetes: the minor whose core kinds apply, 1.25 to 1.37.
        crds: folders of CRDs whose kinds are known too.
    """
    folders = [crds] if isinstance(crds, Path) else list(crds)
    locations = [f"{core_schemas(kubernetes)}/{NAMING}", *(f"{crd_schemas(f)}/{NAMING}" for f in folders)]
    words = [tool("kubeconform"), "-strict", "-output", "json", "-n", "2"]
    words += [word for location in locations for word in ("-schema-location", location)]
    done = subprocess.run(
        words, input=dump_all(objects), capture_output=True, text=True, check=False, timeout=120
    )
    if done.stderr or not done.stdout.strip():
        raise AssertionError(f"kubeconform exited with {done.returncode}: {done.stderr}")
    return [
        Problem(f"{found.get('kind', '')}/{found.get('name', '')}", found["msg"])
        for found in json.loads(done.stdout)["resources"]
    ]


@cache
def core_schemas(kubernetes: str) -> Path:
    """Return a folder of strict schemas of one Kubernetes minor, made once from kubernetes-validate's files.

    Those files name themselves and each other by an address that kubeconform would ask the
    network for; here they refer to each other as neighbours.
    """
    package = importlib.metadata.version("kubernetes-validate")
    folder = cache_home() / "schemas" / f"kubernetes-validate-{package}" / f"v{kubernetes}.0"
    return _made_once(folder, lambda: _core_files(kubernetes))


def _core_files(kubernetes: str) -> Iterator[tuple[str, str]]:
    source = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema"
    for file in (source / f"v{kubernetes}.0-local-strict").iterdir():
        schema = json.loads(file.read_text())
        schema.pop("$id", None)
        yield file.name, json.dumps(schema).replace('"/api/_definitions.json', '"_definitions.json')


@cache
def crd_schemas(folder: Path) -> Path:
    """Return a folder of strict schemas of every version that the CRDs of a folder serve."""
    texts = [file.read_text() for file in sorted(folder.glob("**/*.y*ml"))]
    digest = hashlib.sha256("\0".join([Path(__file__).read_text(), *texts]).encode()).hexdigest()[:16]
    return _made_once(cache_home() / "schemas" / f"crds-{digest}", lambda: _crd_files(texts))


def _crd_files(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for crd in (document for text in texts for document in load_all(text) if document):
        names, group = crd["spec"]["names"], crd["spec"]["group"].split(".")[0]
        for version in crd["spec"]["versions"]:
            schema = strict(version["schema"]["openAPIV3Schema"])
            yield f"{names['kind'].lower()}-{group}-{version['name']}.json", json.dumps(schema)


def strict(schema: Any) -> Any:
    """Return a structural schema as plain JSON Schema in which a field that it does not name is an error."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: strict(value) for key, value in schema.items() if key not in {"default", "properties"}}
    if "properties" in schema:
        out["properties"] = {name: strict(value) for name, value in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            out.setdefault("additionalProperties", False)
    if out.get("required") == []:  # draft 4, which kubeconform falls back to, wants one name at least
        del out["required"]
    if schema.get("nullable"):
        out["type"] = [schema["type"], "null"]
    return out


def _made_once(folder: Path, files: Callable[[], Iterator[tuple[str, str]]]) -> Path:
    if not folder.exists():
        unfinished = folder.with_name(f".{folder.name}.{os.getpid()}")
        unfinished.mkdir(parents=True, exist_ok=True)
        for name, text in files():
            (unfinished / name).write_text(text)
        try:
            unfinished.rename(folder)
        except OSError:  # another worker was faster
            if not folder.exists():
                raise
    return folder
