"""Show what each Dynamo release of the catalogue has: engines, images, API versions, flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    from pydynamo_manifests.releases import Bundled, Kind, Release

EPILOG = """examples:
  dynamo-manifests releases                       every release, the newest first
  dynamo-manifests releases 1.6                   one release in detail
  dynamo-manifests releases 0.9 --format json     the same for a program
"""

_HEAD = (
    "RELEASE",
    "LINE SINCE",
    "VLLM",
    "SGLANG",
    "TENSORRT-LLM",
    "GRAPH API (* STORED)",
    "WRITTEN AS",
    "KUBERNETES",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("release", nargs="?", help="a version or line, such as 1.6.1 or 1.6; all without it")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")


def run(args: argparse.Namespace) -> int:
    """Print the releases asked for."""
    from pydynamo_manifests.releases import RELEASES, release

    listed = [r for r in reversed(RELEASES) if not r.hidden]
    chosen = release(args.release) if args.release else None
    if args.format == "json":
        import json

        print(json.dumps(_data(chosen) if chosen else [_data(r) for r in listed], indent=2))
    elif chosen:
        print("\n".join(_detail(chosen)))
    else:
        print("\n".join(_table([_HEAD, *(_row(r) for r in listed)])))
    return 0


def _data(release: Release) -> dict[str, Any]:
    from dataclasses import asdict

    return {k: v for k, v in asdict(release).items() if k not in ("position", "order")}


def _row(release: Release) -> tuple[str, ...]:
    engines = (release.engines[name] for name in ("vllm", "sglang", "trtllm"))
    served = _versions(release.kinds["DynamoGraphDeployment"])
    written = release.graph_api_version.partition("/")[2]
    return (release.version, release.first_date, *engines, served, written, f">= {release.kubernetes}")


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def _detail(release: Release) -> list[str]:
    sections = {
        "engines": (f"{name} {version}" for name, version in release.engines.items()),
        f"images in {release.registry}": release.images,
        "kinds of nvidia.com (* is stored)": _kinds(release),
        "graphs are written in": release.graph_api_versions,
        "Kubernetes": [f">= {release.kubernetes}"],
        "platform chart": (_bundled(name, b) for name, b in release.bundled.items()),
        "discovery": [release.discovery],
        "role flags": _roles(release),
        "KV transfer": _transfer(release),
        "KV events": (f"{b}: {_flags(release.kv_events[b].args) or 'automatic'}" for b in release.backends),
        "router modes": [", ".join(release.router.modes)],
        "router without events": [f"--{release.router.no_events}"],
        "planner": [f"python3 -m {release.planner.module}"],
        "worker names": (f"{b}: {_names(release, b)}" for b in release.backends),
        "operator webhooks": (f"{w.type} {w.path}" for w in release.webhooks),
    }
    head = f"Dynamo {release} (line since {release.first_date}, this patch {release.date})"
    return [head, *(line for title, lines in sections.items() for line in _section(title, lines))]


def _section(title: str, lines: Iterable[str]) -> list[str]:
    return [f"{title}:", *(f"  {line}" for line in lines)]


def _kinds(release: Release) -> list[str]:
    return [f"{name}: {_versions(kind)}" for name, kind in release.kinds.items()]


def _versions(kind: Kind) -> str:
    return ", ".join(f"{v}*" if v == kind.stored else v for v in kind.served)


def _bundled(name: str, bundled: Bundled) -> str:
    least = f", at least {bundled.minimum}" if bundled.minimum else ""
    return f"{name} {bundled.version}{least}, {'' if bundled.installed else 'not '}installed by default"


def _roles(release: Release) -> list[str]:
    return [f"{b} {role}: {_flags(a)}" for b in release.backends for role, a in release.roles[b].items()]


def _transfer(release: Release) -> list[str]:
    rows = ((b, role, t) for b in release.backends for role, t in release.kv_transfer[b].items())
    return [f"{b} {role}: {_flags(t.args) or 'engine file ' + _text(t.engine)}" for b, role, t in rows]


def _names(release: Release, backend: str) -> str:
    return ", ".join(dict.fromkeys(release.worker_names[backend].values()))


def _flags(args: Mapping[str, Any]) -> str:
    return " ".join(
        f"--{flag}" + ("" if value is True else f" {_text(value)}") for flag, value in args.items()
    )


def _text(value: Any) -> str:
    import json

    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else str(value)
