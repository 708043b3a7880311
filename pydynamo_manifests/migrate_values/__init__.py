"""Values of upstream's ``dynamo-platform`` chart turned into values of ours, with what could not be moved.

Source: the values and templates of upstream's charts 1.0 to 1.6 (``deploy/helm/charts/platform``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.errors import InputError
from pydynamo_manifests.migrate_values.migration import Migration
from pydynamo_manifests.migrate_values.rules import GONE, RULES, SAME_AS_DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Migration", "migrate_values"]

Path = tuple[str, ...]


def migrate_values(old: Mapping[str, Any]) -> Migration:
    """Return our values for an upstream values file.

    Nothing is lost silently: a key without counterpart is named in ``notes`` with the reason.

    Raises:
        InputError: The file already is one of ours, or no values file of this chart.
    """
    ours = {"operator", "webhooks", "crds", "integrations", "runtimeImages", "monitoring"} & old.keys()
    if ours:
        raise InputError(f"these already are values of this chart: they have {', '.join(sorted(ours))}")
    found = Migration()
    _walk(found, (), old)
    _combine(found, old)
    return found


def _walk(found: Migration, path: Path, node: Any) -> None:
    key = ".".join(path)
    rule = RULES.get(key)
    if rule is not None:
        _follow(found, key, rule, node)
    elif isinstance(node, dict) and (_leads_on(key) or not path):
        for name, value in node.items():
            _walk(found, (*path, str(name)), value)
    elif node not in (None, "", {}, []) and SAME_AS_DEFAULT.get(key, found) != node:
        reason = next((words for start, words in GONE.items() if f"{key}.".startswith(f"{start}.")), None)
        found.note(key, reason or "has no counterpart here")


def _leads_on(key: str) -> bool:
    return any(rule.startswith(f"{key}.") for rule in (*RULES, *GONE, *SAME_AS_DEFAULT))


def _follow(found: Migration, key: str, rule: Any, node: Any) -> None:
    if isinstance(rule, str):
        if node not in (None, ""):
            found.put(rule, node)
    else:
        rule(found, key, node)


def _combine(found: Migration, old: Mapping[str, Any]) -> None:
    """Put right what only fits together."""
    values = found.values
    nats = values.get("nats", {})
    if "external" in nats:
        nats["mode"] = "external"
    elif "server" in nats and "mode" not in nats:
        nats["mode"] = "none"
    if values.get("discovery", {}).get("etcd") and values["discovery"].get("backend") != "etcd":
        found.note(
            "dynamo-operator.etcdAddr",
            "kept, but discovery.backend is kubernetes: etcd is not used for discovery",
        )
    scope = values.get("operator", {}).get("scope", {})
    if scope.get("mode") == "namespace":
        found.put("crds.managedBy", "none")
        _drop_selector(found)
    elif scope:
        del values["operator"]["scope"]
    if values.get("accounts", {}).get("component", {}).get("annotations"):
        found.put("accounts.component.create", value=True)
    certificates = values.get("webhooks", {}).get("certificates", {})
    if certificates.get("provider") != "secret":
        certificates.pop("caBundle", None)
    if "upgradeCRD" not in (old.get("dynamo-operator") or {}) and values.get("crds") is None:
        found.put("crds.managedBy", "operator")
        found.note(
            "dynamo-operator.upgradeCRD",
            "upstream's default: the operator applies the definitions; crds.managedBy chart needs --take-ownership",
        )


def _drop_selector(found: Migration) -> None:
    if found.values.get("webhooks", {}).pop("namespaceSelector", None):
        found.note(
            "dynamo-operator.webhook.namespaceSelector",
            "a namespaced operator sees the served namespace alone",
        )
