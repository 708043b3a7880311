"""Whatever stands at any place of an object, work on it ends, or it is refused: never another exception."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from pydynamo_manifests.convert import ALPHA, BETA, convert_report
from pydynamo_manifests.diff import diff
from pydynamo_manifests.errors import DynamoManifestsError
from pydynamo_manifests.requests.results import candidates
from pydynamo_manifests.requests.status import request_status, status_lines
from pydynamo_manifests.upgrade import upgrade
from tests.support.odd import GRAPHS, REQUESTS, Obj, odd_ones

if TYPE_CHECKING:
    from collections.abc import Callable

WORK: list[tuple[Callable[[Obj, Obj], object], list[Obj]]] = [
    (lambda odd, whole: diff(whole, odd), GRAPHS),
    (
        lambda odd, whole: convert_report(odd, BETA if whole["apiVersion"] == ALPHA else ALPHA),
        GRAPHS + REQUESTS,
    ),
    (lambda odd, _: upgrade(odd, "0.7.1", "1.6.1", rename=True), GRAPHS),
    (lambda odd, _: status_lines(request_status(odd)), REQUESTS),
    (lambda odd, _: [(c.gpus, c.shape) for c in candidates([odd])], REQUESTS),
]
NAMES = ("diff", "convert", "upgrade", "request_status", "candidates")


@pytest.mark.parametrize(
    ("work", "whole"),
    [
        pytest.param(work, whole, id=f"{name}-{whole['apiVersion'].rpartition('/')[2]}-{whole['kind']}")
        for name, (work, objects) in zip(NAMES, WORK, strict=True)
        for whole in objects
    ],
)
def test_odd_objects(work: Callable[[Obj, Obj], object], whole: Obj) -> None:
    work(copy.deepcopy(whole), whole)
    done = refused = 0
    for odd in odd_ones(whole):
        before = copy.deepcopy(odd)
        try:
            work(odd, whole)
            done += 1
        except DynamoManifestsError:
            refused += 1
        assert odd == before, "the object given is left as it is"
    assert done > 0 < refused
