"""Imports run one way: a lower layer never reaches up."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "pydynamo_manifests"
MAY_IMPORT = {
    "errors": set(),
    "yaml": {"errors"},
    "releases": {"errors", "yaml"},
    "charts": {"errors"},
    "given": {"errors"},
    "intent": {"errors", "given", "yaml", "releases"},
    "planner": {"errors", "releases"},
    "api": {"errors", "yaml", "releases"},
    "values": {"errors", "yaml", "releases"},
    "backends": {"errors", "yaml", "releases", "values", "intent"},
    "patterns": {"errors", "yaml", "releases", "values", "intent", "planner", "backends"},
    "requests": {
        "errors",
        "given",
        "yaml",
        "releases",
        "values",
        "intent",
        "planner",
        "api",
        "import_",
        "render",
        "svg",
        "validate",
    },
    "profiles": {"errors", "yaml", "svg"},
    "svg": set(),
    "generate": {
        "errors",
        "yaml",
        "releases",
        "values",
        "intent",
        "planner",
        "backends",
        "patterns",
        "charts",
        "requests",
    },
    "render": {"errors", "yaml", "values"},
    "convert": {"errors", "yaml", "api", "releases"},
    "upgrade": {"errors", "yaml", "releases", "values", "backends", "convert", "validate"},
    "validate": {"errors", "yaml", "api", "releases", "planner", "values", "render", "convert", "charts"},
    "import_": {"errors", "yaml", "backends", "values", "api", "releases", "render", "convert", "validate"},
}
"""The layers; what is not listed (cli, cluster, ...) stands above and may import anything."""


def imports(file: Path) -> set[str]:
    """Return the parts of the package that a module imports at run time, lazily or not."""
    tree = ast.parse(file.read_text())
    checking = {
        id(n)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for n in ast.walk(block)
    }
    names = set()
    for node in ast.walk(tree):
        if id(node) in checking:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {
                f"{node.module}.{a.name}" if node.module == "pydynamo_manifests" else node.module
                for a in node.names
            }
        elif isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
    return {n.split(".")[1] for n in names if n.startswith("pydynamo_manifests.") and "__" not in n}


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_layers(part: str) -> None:
    files = [*(PACKAGE / part).rglob("*.py"), PACKAGE / f"{part}.py"]
    files = [f for f in files if f.exists()]
    wrong = {
        str(f.relative_to(PACKAGE)): up
        for f in files
        if (up := imports(f) - MAY_IMPORT[part] - {part, "data"})
    }
    assert wrong == {}


def test_the_kubernetes_client_is_imported_by_nothing_that_works_offline() -> None:
    users = [
        f
        for f in PACKAGE.rglob("*.py")
        if re.search(r"^\s*(import|from) kubernetes", f.read_text(), re.MULTILINE)
    ]
    assert {f.relative_to(PACKAGE).parts[0] for f in users} <= {"cluster", "cli"}


HEAVY = ("pydantic", "kubernetes", "jsonschema_rs", "rich", "yaml")


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split("\n")[-2].split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert modules_after("import pydynamo_manifests") & set(HEAVY) == set()


@pytest.mark.parametrize(
    "argv",
    [
        ["--help"],
        ["--version"],
        *[[c, "--help"] for c in ("render", "generate", "validate", "convert", "releases")],
    ],
)
def test_help_loads_nothing_heavy(argv: list[str]) -> None:
    heavy = set(HEAVY) - {"yaml" if len(argv) > 1 else ""}  # a command's choices may come from the catalogue
    code = f"from pydynamo_manifests.cli import main\ntry:\n    main({argv!r})\nexcept SystemExit:\n    pass"
    assert modules_after(code) & heavy == set()
