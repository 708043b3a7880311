"""Core objects: words, bytes and restarts that the OpenAPI document leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from pydynamo_manifests.api.kubernetes import core_schema, minors
from pydynamo_manifests.validate import validate
from pydynamo_manifests.validate.choices import CHOICES

POD: dict[str, Any] = {"containers": [{"name": "a", "image": "a"}]}


def told(kind: str, api_version: str = "v1", **fields: Any) -> list[tuple[str, str, str, str]]:
    made = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, **fields}
    return [(f.rule, f.path, f.message, f.hint) for f in validate([made]).findings]


def test_a_word_that_is_none() -> None:
    container = {"name": "a", "image": "a", "imagePullPolicy": "Sometimes"}
    assert told("Pod", spec={"containers": [container]}) == [
        (
            "SCHEMA-04",
            "spec.containers[0].imagePullPolicy",
            '"Sometimes" is not one of "Always", "IfNotPresent", "Never"',
            "",
        )
    ]
    container["imagePullPolicy"] = "always"
    (found,) = told("Pod", spec={"containers": [container]})
    assert "Always" in found[3]


def test_an_empty_word_is_a_field_left_out() -> None:
    assert told("Pod", spec={**POD, "restartPolicy": ""}) == []


def test_the_items_of_a_list() -> None:
    spec = {"accessModes": ["ReadWriteMany", "ReadWrite"], "resources": {"requests": {"storage": "1Gi"}}}
    (found,) = told("PersistentVolumeClaim", spec=spec)
    assert found[:2] == ("SCHEMA-04", "spec.accessModes[1]")


def test_bytes_are_base64_and_are_not_shown() -> None:
    assert told("Secret", data={"token": "hf_secret"}) == [
        (
            "SCHEMA-05",
            "data[token]",
            "this is no base64 text",
            "Encode it (base64 -w0), or write it as it is under stringData.",
        )
    ]
    assert told("Secret", data={"token": "aGY="}) == told("Secret", stringData={"token": "hf"}) == []
    assert told("ConfigMap", binaryData={"a": "aGY"})[0][0] == "SCHEMA-05"


@pytest.mark.parametrize(
    ("kind", "api_version", "policy", "message"),
    [
        ("Job", "batch/v1", None, "pods of a Job take OnFailure or Never, not Always"),
        ("Job", "batch/v1", "Always", "pods of a Job take OnFailure or Never, not Always"),
        ("Job", "batch/v1", "Never", None),
        ("Deployment", "apps/v1", "Never", "pods of a Deployment take Always, not Never"),
        ("Deployment", "apps/v1", None, None),
        ("DaemonSet", "apps/v1", "OnFailure", "pods of a DaemonSet take Always, not OnFailure"),
    ],
)
def test_restarts(kind: str, api_version: str, policy: str | None, message: str | None) -> None:
    labels = {"app": "a"}
    template = {"metadata": {"labels": labels}, "spec": POD | ({"restartPolicy": policy} if policy else {})}
    selector = {} if kind == "Job" else {"selector": {"matchLabels": labels}}
    found = told(kind, api_version, spec={"template": template, **selector})
    assert [f[1:3] for f in found] == ([("spec.template.spec.restartPolicy", message)] if message else [])


def test_restarts_of_a_cron_job() -> None:
    job = {"spec": {"template": {"spec": POD}}}
    (found,) = told("CronJob", "batch/v1", spec={"schedule": "0 0 * * *", "jobTemplate": job})
    assert found[1] == "spec.jobTemplate.spec.template.spec.restartPolicy"


def test_every_choice_is_a_field_of_the_newest_kubernetes() -> None:
    """A renamed type or field would switch its list off in silence."""
    owners = {
        "v1": ("Pod", "Service", "PersistentVolumeClaim", "PersistentVolume", "Endpoints"),
        "apps/v1": ("Deployment", "DaemonSet", "StatefulSet"),
        "batch/v1": ("Job", "CronJob"),
        "networking.k8s.io/v1": ("Ingress", "NetworkPolicy"),
        "policy/v1": ("PodDisruptionBudget",),
        "storage.k8s.io/v1": ("StorageClass",),
        "autoscaling/v2": ("HorizontalPodAutoscaler",),
        "rbac.authorization.k8s.io/v1": ("RoleBinding",),
        "admissionregistration.k8s.io/v1": ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    }
    types: dict[str, Any] = {}
    for api_version, kinds in owners.items():
        for kind in kinds:
            schema = core_schema(minors()[-1], api_version, kind)
            assert schema, kind
            types |= schema["$defs"]
    assert {
        (t, f) for t, fields in CHOICES.items() for f in fields if f not in types[t]["properties"]
    } == set()
