from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from pydynamo_manifests import api
from pydynamo_manifests.api.base import Int32, KindModel, Model, Status
from pydynamo_manifests.api.crd import CONVERSION_SERVICE
from pydynamo_manifests.api.docs import docs_of
from pydynamo_manifests.api.marks import Gone, Since, Uncertain
from pydynamo_manifests.api.registry import KINDS, model_of
from pydynamo_manifests.api.shared import Restart
from pydynamo_manifests.api.structural import Builder, kubernetes_minor
from pydynamo_manifests.errors import DynamoManifestsError, UnknownNameError
from pydynamo_manifests.releases import known_releases, release
from tests.api.structure import crd_without_generator, differences, load_set
from tests.support.corpus import corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

SETS = ("0.6.1", "0.7.1", "0.8.1", "0.9.1", "1.0.2", "1.1", "1.2", "1.3", "1.4", "main-2026-08-21")
RELEASES = known_releases(hidden=True)
ANNOTATION_LIMIT = 262_144

BACKPORTED = {
    # The set is the state that the release branch was cut from; a patch of the branch has more, as the
    # models in the wheel of that patch show.
    "1.1": {"DynamoGraphDeploymentRequest v1beta1 .spec.sla.optimizationType": "wheel of 1.1.1"},
    "1.4": {
        "DynamoGraphDeploymentRequest v1alpha1 .spec.runtimeVersionOverride": "as v1beta1",
        "DynamoGraphDeploymentRequest v1beta1 .spec.runtimeVersionOverride": "wheel of 1.4.2",
        "DynamoGraphDeployment v1alpha1 .spec.services.additionalProperties.runtimeVersionOverride": "as requests",
        "DynamoGraphDeployment v1beta1 .spec.components.items.runtimeVersionOverride": "as requests",
        "DynamoComponentDeployment v1alpha1 .spec.runtimeVersionOverride": "as requests",
        "DynamoComponentDeployment v1beta1 .spec.runtimeVersionOverride": "as requests",
    },
}
EXTRA_KINDS = {
    # Upstream's chart dynamo-crds of these releases has the kind, its folder of generated CRDs not yet.
    "0.8.1": {"DynamoWorkerMetadata"},
    "0.9.1": {"DynamoWorkerMetadata"},
}


def size(crd: dict[str, Any]) -> int:
    return len(json.dumps(crd, separators=(",", ":")))


def by_kind(crds: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {crd["spec"]["names"]["kind"]: crd for crd in crds}


def schemas(crd: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {v["name"]: v["schema"]["openAPIV3Schema"] for v in crd["spec"]["versions"]}


def structural_differences(theirs: dict[str, Any], ours: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield differences with the API version in front of the path, not an index."""
    kind = ours["spec"]["names"]["kind"]
    theirs, ours = crd_without_generator(theirs), crd_without_generator(ours)
    for version, schema in schemas(ours).items():
        for path, one, other in differences(schemas(theirs).get(version), schema):
            yield f"{kind} {version} {path}", one, other
    for crd in (theirs, ours):
        for version in crd["spec"]["versions"]:
            del version["schema"]
    for path, one, other in differences(theirs, ours):
        yield f"{kind} {path}", one, other


@pytest.mark.parametrize("name", SETS)
def test_crds_are_those_of_upstream(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = load_set(corpus() / "crds" / name)
    has_stanza = any("conversion" in crd["spec"] for crd in theirs.values())
    ours = by_kind(api.crds(name, conversion=has_stanza))
    found = [d for kind in theirs for d in structural_differences(theirs[kind], ours[kind])]
    known = BACKPORTED.get(name, {})
    with capsys.disabled():
        unknown = [d for d in found if d[0] not in known]
        lines = [f"{name}: {len(unknown)} structural differences, {len(known)} fields of later patches"]
        lines += [
            f"  {path}: {json.dumps(one)[:200]} -> {json.dumps(other)[:200]}" for path, one, other in unknown
        ]
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert {path for path, _, _ in found} == set(known)
    assert all(one is None for _, one, _ in found)
    assert set(ours) - set(theirs) == EXTRA_KINDS.get(name, set())


def test_every_rule_of_upstream_is_there() -> None:
    rows = (corpus() / "crd-cel-rules.tsv").read_text().splitlines()[1:]
    theirs = sorted((r.split("\t")[1], r.split("\t")[3]) for r in rows)
    ours = []
    for crd in api.crds("main-2026-08-21"):
        for version, schema in schemas(crd).items():
            ours += [(version, rule) for rule in rules(schema)]
    assert sorted(ours) == theirs


def rules(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "x-kubernetes-validations":
                yield from (rule["rule"] for rule in value)
            else:
                yield from rules(value)


@pytest.mark.parametrize("name", RELEASES)
def test_sizes(name: str) -> None:
    """1.6 has four pod templates per graph; only the compact form fits what a client-side apply keeps."""
    crds, compact = api.crds(name, conversion=True), api.crds(name, conversion=True, compact=True)
    too_large = {c["spec"]["names"]["kind"] for c in crds if size(c) >= ANNOTATION_LIMIT - 1024}
    line = release(name).line
    assert too_large == ({"DynamoGraphDeployment", "DynamoComponentDeployment"} if line == "1.6" else set())
    assert sum(map(size, crds)) < (740_000 if line == "1.6" else 600_000)
    assert all(size(c) < ANNOTATION_LIMIT - 1024 for c in compact)
    assert sum(map(size, compact)) < 600_000


def test_four_pod_templates_do_not_fit_even_without_words() -> None:
    template = api.schema("1.6", "DynamoGraphDeployment", "v1beta1")["properties"]["spec"]["properties"]
    role = template["components"]["items"]["properties"]["roles"]["items"]["properties"]["podTemplate"]
    assert 4 * size(role) > 240_000


def test_compact_leaves_open_only_role_templates_of_old_versions() -> None:
    full, compact = by_kind(api.crds("1.6")), by_kind(api.crds("1.6", compact=True))
    found = {}
    for kind in full:
        for path, _, other in structural_differences(full[kind], compact[kind]):
            found[path.split(".podTemplate")[0]] = other
    assert set(found) == {
        "DynamoGraphDeployment v1alpha1 .spec.services.additionalProperties.roles.items",
        "DynamoComponentDeployment v1alpha1 .spec.roles.items",
    }


KUBERNETES_OWN = {
    "hostNetwork",
    "imagePullPolicy",
    "valueFrom",
    "terminationGracePeriodSeconds",
    "containerResource",
}


def words_in_embedded_types(node: Any) -> Iterator[str]:
    """Yield descriptions of fields of Kubernetes' types; `mainContainer` is Dynamo's field in such a type."""
    for name, child in node.get("properties", {}).items():
        embedded = KUBERNETES_OWN & node["properties"].keys() and name != "mainContainer"
        if embedded and "description" in child:
            yield child["description"]
        yield from words_in_embedded_types(child)
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield from words_in_embedded_types(node[key])


@pytest.mark.parametrize("name", RELEASES)
def test_embedded_types_have_no_words(name: str) -> None:
    for crd in api.crds(name):
        for schema in schemas(crd).values():
            assert list(words_in_embedded_types(schema)) == []
            assert set(schema["properties"]["metadata"]) == {"type"}
            assert "description" in schema["properties"]["spec"]


def every_model() -> set[type[Model]]:
    for kind, versions in KINDS.items():
        for version in versions:
            model_of(kind, version)

    def below(cls: type[Model]) -> Iterator[type[Model]]:
        for child in cls.__subclasses__():
            if child.__module__.startswith("pydynamo_manifests.api."):
                yield child
                yield from below(child)

    return set(below(Model))


def test_every_field_has_a_description_of_its_own() -> None:
    missing = [
        f"{model.__name__}.{field}"
        for model in every_model()
        for field in model.model_fields
        if not docs_of(model).get(field)
    ]
    assert missing == []


def test_every_mark_names_a_line_of_the_catalogue() -> None:
    known = {name for r in RELEASES for name in (r, release(r).line)}
    for model in every_model():
        marks = [*model.marks, *(m for info in model.model_fields.values() for m in info.metadata)]
        for mark in marks:
            for end in (getattr(mark, "since", None), getattr(mark, "until", None)):
                assert end is None or end in known, (model, mark)


def test_uncertain_facts_of_new_releases_are_marked() -> None:
    reasons = [
        m.reason
        for model in every_model()
        for m in [*model.marks, *(m for info in model.model_fields.values() for m in info.metadata)]
        if isinstance(m, Uncertain)
    ]
    assert len(reasons) >= 5
    assert all(reasons)


def test_deleting_a_field_changes_every_crd_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: api.crds(name) for name in RELEASES}
    fields = {k: v for k, v in Restart.model_fields.items() if k != "strategy"}
    monkeypatch.setattr(Restart, "__pydantic_fields__", fields)
    changed = {name for name in RELEASES if api.crds(name) != before[name]}
    assert changed == {name for name in RELEASES if release(name).within("0.9")}
    spec = schemas(by_kind(api.crds("1.6"))["DynamoGraphDeployment"])["v1beta1"]["properties"]["spec"]
    assert "strategy" not in spec["properties"]["restart"]["properties"]


def test_a_field_is_one_line() -> None:
    class Here(Model):
        replicas: Annotated[Int32 | None, Since("1.3")] = None
        old: Annotated[str | None, Gone("replicas")] = None

    assert Builder(release("1.2"), descriptions=False).model(Here) == {"type": "object"}
    assert Builder(release("1.3"), descriptions=False).model(Here) == {
        "type": "object",
        "properties": {"replicas": {"type": "integer", "format": "int32"}},
    }


def test_since_inside_a_type_is_refused() -> None:
    hidden = Annotated[int, Since("1.3")]

    class Here(Model):
        replicas: hidden | None = None

    with pytest.raises(
        DynamoManifestsError, match=r"^Here\.replicas: Since, Until and Gone belong to the field"
    ):
        Builder(release("1.6"), descriptions=False).model(Here)


def test_a_type_without_a_structural_schema_is_refused_with_its_place() -> None:
    class Here(Model):
        both: int | str

    with pytest.raises(DynamoManifestsError, match=r"^Here\.both: int \| str has no structural schema$"):
        Builder(release("1.6"), descriptions=False).model(Here)


@pytest.mark.parametrize(("name", "kinds"), [("1.4", 0), ("1.5", 7), ("1.6", 8)])
def test_status_keeps_unknown_fields_from_1_5_on(name: str, kinds: int) -> None:
    keep = "x-kubernetes-preserve-unknown-fields"
    statuses = [
        schema["properties"]["status"]
        for crd in api.crds(name)
        for schema in schemas(crd).values()
        if "status" in schema["properties"]
    ]
    assert sum(bool(status.get(keep)) for status in statuses) == (len(statuses) if kinds else 0)
    replicas = api.schema(name, "DynamoGraphDeployment", "v1beta1")["properties"]["status"]["properties"]
    assert replicas["components"]["additionalProperties"].get(keep) == (True if kinds else None)


def test_releases_after_the_sets() -> None:
    five, six = by_kind(api.crds("1.5")), by_kind(api.crds("1.6"))
    assert "DynamoCheckpoint" not in five
    assert "LPXGraphDeployment" not in five
    assert "LPXGraphDeployment" in six
    roles = [
        schemas(crds["DynamoGraphDeployment"])[version]["properties"]["spec"]["properties"]
        for crds in (five, six)
        for version in ("v1alpha1", "v1beta1")
    ]
    five_alpha, five_beta, six_alpha, six_beta = (
        (spec.get("components") or spec["services"]).get("items") or spec["services"]["additionalProperties"]
        for spec in roles
    )
    for component in (five_alpha, five_beta):
        assert set(component["properties"]["roles"]["items"]["properties"]) == {"name", "providerOverride"}
        assert "maxItems" not in component["properties"]["roles"]
        assert set(component["properties"]["multinode"]["properties"]) == {"nodeCount"}
    for component in (six_alpha, six_beta):
        assert {"replicas", "podTemplate"} < set(component["properties"]["roles"]["items"]["properties"])
        assert component["properties"]["roles"]["maxItems"] == 2
        assert component["properties"]["lpx"]["required"] == ["buildId"]
    assert "lpx" in six_beta["properties"]["type"]["enum"]
    assert "lpx" not in five_beta["properties"]["type"]["enum"]
    assert "flagsInjection" not in json.dumps(list(six.values()))


def test_conversion_is_written_only_on_demand() -> None:
    assert not any("conversion" in crd["spec"] for crd in api.crds("1.6"))
    stanza = {
        c["spec"]["names"]["kind"]: c["spec"].get("conversion") for c in api.crds("1.6", conversion=True)
    }
    assert stanza["DynamoModel"] is None
    assert stanza["DynamoGraphDeployment"]["webhook"]["clientConfig"]["service"] == CONVERSION_SERVICE


def test_names_that_do_not_exist() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown Dynamo release '1\.7'"):
        api.crds("1.7")
    with pytest.raises(UnknownNameError, match=r"unknown kind of Dynamo 1\.5\.1 'DynamoCheckpoint'"):
        api.schema("1.5", "DynamoCheckpoint", "v1alpha1")
    with pytest.raises(
        UnknownNameError, match=r"unknown version of DynamoGraphDeployment in Dynamo 1\.1\.1 'v1beta1'"
    ):
        api.schema("1.1", "DynamoGraphDeployment", "nvidia.com/v1beta1")
    with pytest.raises(UnknownNameError, match=r"unknown kind 'DynamoGraphDeploiment'; did you mean"):
        api.model_of("DynamoGraphDeploiment", "v1beta1")
    with pytest.raises(UnknownNameError, match=r"unknown API version of DynamoModel 'v1beta1'"):
        api.model_of("DynamoModel", "v1beta1")
    with pytest.raises(AttributeError, match="no attribute 'crdz'"):
        api.crdz  # noqa: B018 - asking for it is the test


@pytest.mark.parametrize("name", RELEASES)
def test_embedded_kubernetes_minor(name: str) -> None:
    assert kubernetes_minor(release(name)) in {"1.33", "1.34", "1.36"}


def test_kinds_know_themselves() -> None:
    for kind, versions in KINDS.items():
        for version in versions:
            model = model_of(kind, version)
            assert issubclass(model, KindModel)
            assert (model.__name__, model.version) == (kind, version)
            status = model.model_fields.get("status")
            assert (status is None) == (model.subresources is None)
            assert status is None or issubclass(status.annotation.__args__[0], Status)


def test_the_models_are_imported_only_when_they_are_needed() -> None:
    code = "import sys, pydynamo_manifests.api as a; print('pydantic' in sys.modules); a.model_of; print('pydantic' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split()[0] == "False"


def test_one_kind_does_not_import_the_others() -> None:
    code = "import sys; from pydynamo_manifests import api; api.schema('1.6', 'DynamoModel', 'v1alpha1'); print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = {m for m in modules if m.startswith("pydynamo_manifests.api.v1")}
    assert ours == {"pydynamo_manifests.api.v1alpha1", "pydynamo_manifests.api.v1alpha1.model"}


def test_composing_a_release_is_fast() -> None:
    api.crds("1.6")
    start = time.process_time()
    api.crds("1.6")
    assert time.process_time() - start < 1
