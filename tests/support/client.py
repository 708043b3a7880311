"""A small client of the Kubernetes API: one kept connection, plain objects, the server's words on refusal."""

from __future__ import annotations

import http.client
import json
import ssl
import time
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Object = dict[str, Any]
CRD_SETTLES_IN = 10.0
"""Seconds in which a new CRD is served, or something is wrong."""


class ApiError(AssertionError):
    """The server refused: `code`, `reason`, `message` and the single `causes` of its Status object."""

    def __init__(self, code: int, status: Object) -> None:
        super().__init__(f"{code} {status.get('reason', '')}: {status.get('message', '')}")
        self.code = code
        self.reason: str = status.get("reason", "")
        self.message: str = status.get("message", "")
        self.causes: list[dict[str, str]] = (status.get("details") or {}).get("causes") or []


class Client:
    """Speaks to one API server as one user.

    Args:
        url: `https://127.0.0.1:PORT`.
        token: a bearer token of the server's token file, or of `token()`.
        certificate: the server's own certificate, which is trusted.
    """

    def __init__(self, url: str, token: str, certificate: Path) -> None:
        self.url = url
        self.certificate = certificate
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        context = ssl.create_default_context(cafile=str(certificate))
        host = urlsplit(url)
        self._connection = http.client.HTTPSConnection(
            str(host.hostname), host.port, timeout=30, context=context
        )
        self._resources: dict[tuple[str, str], tuple[str, bool]] = {}

    def as_token(self, token: str) -> Client:
        """Return a client of the same server that shows another token."""
        return Client(self.url, token, self.certificate)

    def request(
        self, method: str, path: str, body: Any = None, content: str = "application/json", **query: object
    ) -> Any:
        """Send one request and return the decoded answer.

        Raises:
            ApiError: the server answered with 400 or more.
        """
        words = {key: value for key, value in query.items() if value not in (None, "")}
        target = f"{path}?{urlencode(words)}" if words else path
        data = None if body is None else json.dumps(body).encode()
        headers = self._headers if data is None else {**self._headers, "Content-Type": content}
        answer = self._send(method, target, data, headers)
        is_json = answer.headers.get_content_type() == "application/json"
        text = answer.read().decode()
        decoded = json.loads(text) if is_json else text
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise ApiError(answer.status, decoded if isinstance(decoded, dict) else {"message": decoded})
        return decoded

    def _send(
        self, method: str, target: str, data: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        for _ in range(20):
            try:
                self._connection.request(method, target, data, headers)
                answer = self._connection.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self._connection.close()  # the server may close an idle connection at any time
                continue
            if answer.status != http.HTTPStatus.TOO_MANY_REQUESTS:
                break
            answer.read()  # "storage is (re)initializing": right after a CRD was served
            time.sleep(0.25)
        return answer

    def apply(
        self,
        obj: Object,
        *,
        dry_run: bool = False,
        manager: str = "tests",
        force: bool = True,
        validation: str = "Strict",
        subresource: str = "",
    ) -> Object:
        """Apply server-side, by default refusing unknown and repeated fields; return what is stored."""
        path = self.path(obj) + (f"/{subresource}" if subresource else "")
        query = {"fieldManager": manager, "force": str(force).lower(), "fieldValidation": validation}
        dry = "All" if dry_run else None
        return self._object(
            self.request("PATCH", path, obj, "application/apply-patch+yaml", dryRun=dry, **query)
        )

    def create(self, obj: Object, *, dry_run: bool = False, validation: str = "Strict") -> Object:
        """Create, as `kubectl create` does."""
        folder = self.path(obj, collection=True)
        dry = "All" if dry_run else None
        return self._object(self.request("POST", folder, obj, dryRun=dry, fieldValidation=validation))

    def replace(self, obj: Object, *, dry_run: bool = False, validation: str = "Strict") -> Object:
        """Replace the stored object; custom resources must say which `resourceVersion` they replace."""
        dry = "All" if dry_run else None
        return self._object(self.request("PUT", self.path(obj), obj, dryRun=dry, fieldValidation=validation))

    def merge_patch(
        self, obj: Object, patch: Object, *, dry_run: bool = False, subresource: str = ""
    ) -> Object:
        """Change parts of the object that `obj` names, by a JSON merge patch."""
        path = self.path(obj) + (f"/{subresource}" if subresource else "")
        dry = "All" if dry_run else None
        return self._object(self.request("PATCH", path, patch, "application/merge-patch+json", dryRun=dry))

    def get(self, obj: Object, *, subresource: str = "") -> Object:
        """Return the stored object of the same apiVersion, kind, namespace and name."""
        return self._object(self.request("GET", self.path(obj) + (f"/{subresource}" if subresource else "")))

    def exists(self, obj: Object) -> bool:
        """Tell whether an object of the same apiVersion, kind, namespace and name is stored."""
        try:
            self.get(obj)
        except ApiError as error:
            if error.code == http.HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def list_objects(self, api_version: str, kind: str, namespace: str = "") -> list[Object]:
        """Return all objects of a kind, of one namespace or of all."""
        example = {"apiVersion": api_version, "kind": kind, "metadata": {"namespace": namespace or None}}
        return list(self.request("GET", self.path(example, collection=True))["items"])

    def delete(self, obj: Object) -> None:
        """Delete the object; that it is not there is fine."""
        try:
            self.request("DELETE", self.path(obj))
        except ApiError as error:
            if error.code != http.HTTPStatus.NOT_FOUND:
                raise

    def namespace(self, name: str = "") -> str:
        """Create a namespace, by default of a new name, and return the name."""
        name = name or f"test-{uuid.uuid4().hex[:10]}"
        obj = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        self.apply(obj)
        return name

    def token(self, namespace: str, account: str) -> str:
        """Create a service account where it is missing and return a token that the server takes for it."""
        metadata = {"name": account, "namespace": namespace}
        obj = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
        self.apply(obj)
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        return str(self.request("POST", f"{self.path(obj)}/token", body)["status"]["token"])

    def grant(self, namespace: str, account: str, rules: Iterable[Object]) -> None:
        """Give a service account rights in its namespace, and wait until the server acts on it.

        The built-in `edit` and `view` are empty here: a controller that does not run fills them.
        """
        rbac, metadata = "rbac.authorization.k8s.io", {"name": account, "namespace": namespace}
        rules = list(rules)
        role = {"apiVersion": f"{rbac}/v1", "kind": "Role", "metadata": metadata, "rules": rules}
        subject = {"kind": "ServiceAccount", "name": account, "namespace": namespace}
        reference = {"apiGroup": rbac, "kind": "Role", "name": account}
        self.apply(role)
        binding = {"apiVersion": f"{rbac}/v1", "kind": "RoleBinding", "metadata": metadata}
        self.apply({**binding, "roleRef": reference, "subjects": [subject]})
        wait_until(partial(self._may, namespace, account, rules[0]), f"{account} has no rights")

    def install_crds(self, crds: Iterable[Object]) -> None:
        """Apply CRDs and wait until the server serves their kinds."""
        applied = [self.apply(crd) for crd in crds]
        for crd in applied:
            wait_until(partial(self._is_established, crd), f"{crd['metadata']['name']} is not served")
        self._resources.clear()
        for crd in applied:
            for version in (v["name"] for v in crd["spec"]["versions"] if v["served"]):
                api_version = f"{crd['spec']['group']}/{version}"
                kind = crd["spec"]["names"]["kind"]
                wait_until(partial(self._knows, api_version, kind), f"{api_version} {kind} is not served")

    def remove_crds(self, crds: Iterable[Object]) -> None:
        """Delete CRDs with their objects and wait until they are gone.

        Objects go first: the server looks only every 5 s whether those that it removes itself are gone.
        """
        crds = list(crds)
        for crd in crds:
            for obj in self._instances(crd):
                self.delete(obj)
            self.delete(crd)
        for crd in crds:
            wait_until(partial(self._is_gone, crd), f"{crd['metadata']['name']} is not removed")
        self._resources.clear()

    def path(self, obj: Object, *, collection: bool = False) -> str:
        """Return the URL path of an object, or of the collection it belongs to."""
        metadata = obj.get("metadata") or {}
        plural, namespaced = self._resource(obj["apiVersion"], obj["kind"])
        folder = _group_path(obj["apiVersion"])
        if namespaced and not (collection and "namespace" in metadata and metadata["namespace"] is None):
            folder += f"/namespaces/{metadata.get('namespace') or 'default'}"
        return f"{folder}/{plural}" if collection else f"{folder}/{plural}/{quote(metadata['name'])}"

    def _resource(self, api_version: str, kind: str) -> tuple[str, bool]:
        if (api_version, kind) not in self._resources and not self._knows(api_version, kind):
            raise LookupError(f"the server has no {api_version} {kind}")
        return self._resources[api_version, kind]

    def _instances(self, crd: Object) -> list[Object]:
        spec = crd["spec"]
        stored = next(version["name"] for version in spec["versions"] if version["storage"])
        return (
            self.list_objects(f"{spec['group']}/{stored}", spec["names"]["kind"]) if self.exists(crd) else []
        )

    def _may(self, namespace: str, account: str, rule: Object) -> bool:
        asked = {"namespace": namespace, "group": rule["apiGroups"][0], "resource": rule["resources"][0]}
        spec = {
            "user": f"system:serviceaccount:{namespace}:{account}",
            "groups": ["system:serviceaccounts", f"system:serviceaccounts:{namespace}"],
            "resourceAttributes": {**asked, "verb": rule["verbs"][0]},
        }
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        folder = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        return bool(self.request("POST", folder, review)["status"]["allowed"])

    def _is_established(self, crd: Object) -> bool:
        conditions = self.get(crd).get("status", {}).get("conditions") or []
        return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)

    def _is_gone(self, obj: Object) -> bool:
        return not self.exists(obj)

    def _knows(self, api_version: str, kind: str) -> bool:
        try:
            found = self.request("GET", _group_path(api_version))["resources"]
        except ApiError as error:
            if error.code == http.HTTPStatus.NOT_FOUND:
                return False
            raise
        for resource in found:
            if "/" not in resource["name"]:
                self._resources[api_version, resource["kind"]] = (resource["name"], resource["namespaced"])
        return (api_version, kind) in self._resources

    @staticmethod
    def _object(answer: Any) -> Object:
        return dict(answer)


def _group_path(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def wait_until(holds: Callable[[], bool], otherwise: str, seconds: float = CRD_SETTLES_IN) -> None:
    """Ask every 20 ms until the condition holds.

    Raises:
        TimeoutError: it did not within the time; the message is `otherwise`.
    """
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            raise TimeoutError(f"{otherwise} after {seconds:g} s")
        time.sleep(0.02)
