"""How values move whose form changes: one function per form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydynamo_manifests.migrate_values.migration import Migration

__all__ = [
    "by_name",
    "cert_manager",
    "definitions",
    "environment",
    "etcd_install",
    "external_certificate",
    "image",
    "mesh",
    "monitors",
    "nats_install",
    "password",
    "ports",
    "pull_secrets",
    "reference",
    "registry_secret",
    "restricted",
    "sizes",
    "tristate",
]


def image(home: str) -> Callable[[Migration, str, Any], None]:
    """Split a repository with its registry."""

    def move(found: Migration, _key: str, node: Any) -> None:
        registry, slash, repository = str(node).partition("/")
        if not slash:
            registry, repository = "", registry
        if "." in registry or ":" in registry or registry == "localhost":
            found.put(f"{home}.registry", registry)
            found.put(f"{home}.repository", repository)
        else:
            found.put(f"{home}.registry", "docker.io")
            found.put(f"{home}.repository", node if "/" in str(node) else f"library/{node}")

    return move


def reference(home: str) -> Callable[[Migration, str, Any], None]:
    """Split a whole reference."""

    def move(found: Migration, key: str, node: Any) -> None:
        if not node:
            return
        name, _, digest = str(node).partition("@")
        head, _, last = name.rpartition("/")
        repository, _, tag = last.partition(":")
        image(home)(found, key, f"{head}/{repository}" if head else repository)
        if tag:
            found.put(f"{home}.tag", tag)
        if digest:
            found.put(f"{home}.digest", digest)

    return move


def _maps(found: Migration, key: str, node: Any, by: str) -> list[dict[str, Any]]:
    """Return the maps of a list that have a name; say what is none."""
    items = node if isinstance(node, list) else [node]
    good = [item for item in items if isinstance(item, dict) and by in item]
    if len(good) != len(items) and node is not None:
        found.note(key, f"is a list of maps with {by!r} upstream; what is something else was left out")
    return good


def environment(found: Migration, key: str, node: Any) -> None:
    """Turn a list of variables into a map by name."""
    items = _maps(found, key, node, "name")
    env = {item["name"]: item.get("valueFrom", item.get("value", "")) for item in items}
    if env:
        found.put("operator.env", env)


def by_name(path: str, by: str) -> Callable[[Migration, str, Any], None]:
    """Turn a list into a map by one of its keys."""

    def move(found: Migration, key: str, node: Any) -> None:
        items = _maps(found, key, node, by)
        named = {item[by]: {k: v for k, v in item.items() if k != by} for item in items}
        if named:
            found.put(path, named)

    return move


def definitions(found: Migration, _key: str, node: Any) -> None:
    """Say who applies the definitions."""
    found.put("crds.managedBy", "operator" if node else "none")


def tristate(path: str) -> Callable[[Migration, str, Any], None]:
    """Switch an integration on; upstream's `install` also installed it."""

    def move(found: Migration, key: str, node: Any) -> None:
        if key.endswith(".install"):
            if node:
                found.put(path, value=True)
                found.note(key, "this chart installs no other project's chart: install it beside this one")
        elif node:
            found.put(path, value=True)

    return move


def nats_install(found: Migration, _key: str, node: Any) -> None:
    """Run the built-in server."""
    if node:
        found.put("nats.mode", "builtIn")


def etcd_install(found: Migration, key: str, node: Any) -> None:
    """Name what is missing."""
    if node:
        found.note(key, "this chart installs no etcd: run your own and write discovery.etcd.address")


def restricted(found: Migration, _key: str, node: Any) -> None:
    """Serve one namespace."""
    if node:
        found.put("operator.scope.mode", "namespace")


def mesh(found: Migration, _key: str, node: Any) -> None:
    """Keep null, which detects."""
    found.put("integrations.serviceMesh.enabled", "auto" if node is None else node)


def monitors(path: str) -> Callable[[Migration, str, Any], None]:
    """Keep true and false; null looked at the cluster."""

    def move(found: Migration, key: str, node: Any) -> None:
        if node is None:
            found.note(key, f"null looked at the cluster while rendering; say true or false in {path}")
        else:
            found.put(path, node)

    return move


def ports(found: Migration, key: str, node: Any) -> None:
    """Keep the one port."""
    if isinstance(node, list) and len(node) == 1 and isinstance(node[0], dict) and "port" in node[0]:
        found.put("monitoring.service.port", node[0]["port"])
    else:
        found.note(key, "the metrics Service has one port, monitoring.service.port")


def pull_secrets(found: Migration, _key: str, node: Any) -> None:
    """Move pull secrets to every pod."""
    if isinstance(node, list) and node:
        found.put("global.imagePullSecrets", [{"name": s} if isinstance(s, str) else s for s in node])


def registry_secret(found: Migration, _key: str, node: Any) -> None:
    """Use an existing pull Secret."""
    if node:
        found.put("global.imagePullSecrets", [{"name": node}])


def password(found: Migration, key: str, node: Any) -> None:
    """Never copy a password."""
    if node:
        found.note(
            key,
            "no password goes into values: create the pull Secret yourself, name it in global.imagePullSecrets",
        )


def external_certificate(found: Migration, _key: str, node: Any) -> None:
    """Use a given certificate."""
    if node:
        found.put("webhooks.certificates.provider", "secret")


def cert_manager(found: Migration, _key: str, node: Any) -> None:
    """Use cert-manager."""
    if node:
        found.put("webhooks.certificates.provider", "certManager")


def sizes(found: Migration, _key: str, node: Any) -> None:
    """Keep the size of the volume."""
    if node:
        found.put("nats.server.jetstream.size", node)
