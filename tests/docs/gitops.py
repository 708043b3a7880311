"""What Argo CD and Flux make of their objects before they call Helm: the chart, and values.

Sources: Argo CD's page on Helm (precedence parameters > valuesObject > values > valueFiles) and how it builds
`--set` (commas are escaped, except in a value in braces); Flux's HelmRelease API (`valuesFrom` in order,
a `targetPath` as `--set` or, in quotes, `--set-string`; `spec.values` last) and HelmChart API (`valuesFiles`
take the place of the chart's own values.yaml).
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydynamo_manifests.values.setters import apply_setters
from pydynamo_manifests.yaml import dump, load, merge_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Call:
    """One call of Helm: chart, files, then assignments, release and namespace."""

    chart: Path
    files: list[Path] = field(default_factory=list)
    set_: list[str] = field(default_factory=list)
    set_string: list[str] = field(default_factory=list)
    name: str = "qwen"
    namespace: str = "default"

    def values(self) -> dict[str, Any]:
        """Return the values that the chart would get, its own defaults left out."""
        parts = [load(file.read_text(), str(file)) or {} for file in self.files]
        return apply_setters(_merged(parts), set_=self.set_, set_string=self.set_string)


def _merged(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for part in parts:
        merged = merge_values(merged, part)
    return merged


def escaped(value: str) -> str:
    """Return a parameter's value as Argo CD writes it behind `--set NAME=`."""
    if value.startswith("{") and value.endswith("}"):
        return value
    return re.sub(r"(?<!\\),", r"\\,", value)


def argo_call(application: Mapping[str, Any], folder: Path) -> Call:
    """Return the call of Helm for an Argo CD Application whose chart is in this repository."""
    spec = application["spec"]
    sources = spec.get("sources") or [spec["source"]]
    (source,) = (s for s in sources if "path" in s)
    asked = source.get("helm", {})
    chart = ROOT / source["path"]
    refs = {f"${s['ref']}": ROOT for s in sources if "ref" in s}
    files = [_argo_file(name, chart, refs) for name in asked.get("valueFiles", [])]
    inline = [asked[key] for key in ("values", "valuesObject") if key in asked][-1:]
    for n, values in enumerate(inline):
        file = folder / f"argo-{n}.yaml"
        file.write_text(values if isinstance(values, str) else dump(values))
        files.append(file)
    parameters = asked.get("parameters", [])
    pairs = [(p.get("forceString", False), f"{p['name']}={escaped(p['value'])}") for p in parameters]
    return Call(
        chart,
        files,
        [text for forced, text in pairs if not forced],
        [text for forced, text in pairs if forced],
        asked.get("releaseName", application["metadata"]["name"]),
        spec["destination"]["namespace"],
    )


def _argo_file(name: str, chart: Path, refs: Mapping[str, Path]) -> Path:
    first, _, rest = name.partition("/")
    return refs[first] / rest if first.startswith("$") else (chart / name).resolve()


def flux_call(objects: Iterable[Mapping[str, Any]], folder: Path) -> Call:
    """Return the call of Helm for the one HelmRelease among Flux objects, ConfigMaps beside it."""
    every = list(objects)
    (release,) = (o for o in every if o["kind"] == "HelmRelease")
    spec, namespace = release["spec"], release["metadata"]["namespace"]
    chart = _flux_chart(spec["chart"]["spec"], folder)
    values: dict[str, Any] = {}
    for ref in spec.get("valuesFrom", []):
        text = _referred(ref, every, namespace)
        target = ref.get("targetPath")
        values = _placed(values, target, text) if target else merge_values(values, load(text, ref["name"]))
    file = folder / "flux-values.yaml"
    file.write_text(dump(merge_values(values, spec.get("values", {}))))
    name = spec.get("releaseName", release["metadata"]["name"])
    return Call(chart, [file], name=name, namespace=spec.get("targetNamespace", namespace))


def _flux_chart(spec: Mapping[str, Any], folder: Path) -> Path:
    """Return the chart as source-controller packs it: `valuesFiles` merged into its values.yaml."""
    chart = folder / "chart"
    shutil.copytree(ROOT / spec["chart"], chart)
    if files := spec.get("valuesFiles"):
        parts = [load((ROOT / f).read_text(), f) or {} for f in files]
        (chart / "values.yaml").write_text(dump(_merged(parts)))
    return chart


def _referred(ref: Mapping[str, Any], objects: Iterable[Mapping[str, Any]], namespace: str) -> str:
    (found,) = (
        o
        for o in objects
        if (o["kind"], o["metadata"]["name"], o["metadata"].get("namespace", namespace))
        == (ref["kind"], ref["name"], namespace)
    )
    data: Mapping[str, str] = found.get("data") or found["stringData"]
    return data[ref.get("valuesKey", "values.yaml")]


def _placed(values: dict[str, Any], path: str, text: str) -> dict[str, Any]:
    if text[:1] == text[-1:] and text[:1] in ("'", '"'):
        return apply_setters(values, set_string=[f"{path}={text[1:-1]}"])
    return apply_setters(values, set_=[f"{path}={text}"])
