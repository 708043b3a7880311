"""A backend is whole: its module says how it starts, and the catalogue has its facts for every line it is in."""

from __future__ import annotations

from pathlib import Path

import pytest

import pydynamo_manifests
from pydynamo_manifests.backends import BACKENDS, backend
from pydynamo_manifests.releases import RELEASES
from pydynamo_manifests.validate.lint.parts import ENGINES

FLAGS = Path(pydynamo_manifests.__file__).parent / "data" / "flags"
SECTIONS = {
    "roles": "roles",
    "kv_transfer": "kvTransfer",
    "kv_events": "kvEvents",
    "worker_names": "workerNames",
    "component_images": "componentImages",
}
"""Attribute of a release, and the section of ``data/releases.yaml`` that it comes from."""


def test_the_catalogue_and_the_modules_have_the_same_backends() -> None:
    assert set(BACKENDS) == set(RELEASES[-1].backends)


@pytest.mark.parametrize("name", BACKENDS)
def test_the_catalogue_has_every_fact_of_a_backend(name: str) -> None:
    lacking = {
        f"{section} of {at.line}"
        for at in RELEASES
        for attribute, section in SECTIONS.items()
        if name in at.backends and name not in getattr(at, attribute)
    }
    assert lacking == set()
    for at in (r for r in RELEASES if name in r.backends):
        assert set(at.roles[name]) == {"prefill", "decode"}
        assert at.component_images[name] in at.images
        transfers = set(at.kv_transfer[name])
        assert transfers in (set(), {"prefill", "decode"}), "one role without a transfer gets no blocks"


@pytest.mark.parametrize("name", BACKENDS)
def test_its_flags_can_be_checked_and_rules_know_it(name: str) -> None:
    module = backend(name).MODULE
    assert (FLAGS / f"{module}.json").is_file()
    assert ENGINES[module] == name
