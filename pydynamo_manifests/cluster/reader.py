"""Reading a cluster: a few GET requests through the Kubernetes client, imported when first needed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from pydynamo_manifests.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KubernetesReader", "Reader", "connect"]


class Reader(Protocol):
    """What is asked of a cluster."""

    def get(self, path: str, **query: str) -> Any:
        """Return the decoded answer, None where there is nothing or the user may not look."""
        ...

    def may(self, attributes: Mapping[str, str]) -> bool:
        """Tell whether the user may do something (a SelfSubjectAccessReview)."""
        ...


class KubernetesReader:
    """Asks an API server as the user of a kubeconfig.

    Raises:
        InputError: The server cannot be reached, or does not take the user.
    """

    def __init__(self, configuration: Any) -> None:
        import urllib3  # noqa: PLC0415 - comes with the Kubernetes client

        c = configuration
        self._configuration = c
        verify = "CERT_REQUIRED" if c.verify_ssl else "CERT_NONE"
        tls = {
            "ca_certs": c.ssl_ca_cert,
            "cert_file": c.cert_file,
            "key_file": c.key_file,
            "cert_reqs": verify,
        }
        self._pool = urllib3.ProxyManager(c.proxy, **tls) if c.proxy else urllib3.PoolManager(**tls)

    def get(self, path: str, **query: str) -> Any:
        """Return the decoded answer of a GET, None for 403 and 404."""
        return self._call("GET", path, query)

    def may(self, attributes: Mapping[str, str]) -> bool:
        """Ask whether the user may do something."""
        kind = "nonResourceAttributes" if "path" in attributes else "resourceAttributes"
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {kind: dict(attributes)},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = self._call("POST", path, {}, body)
        return bool(answer and answer.get("status", {}).get("allowed"))

    def _call(self, method: str, path: str, query: dict[str, str], body: Any = None) -> Any:
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - comes with the Kubernetes client

        c = self._configuration
        key = c.get_api_key_with_prefix("authorization") or c.get_api_key_with_prefix("BearerToken")
        headers = {"Accept": "application/json", **({"Authorization": key} if key else {})}
        url = c.host + path + (f"?{urlencode(query)}" if query else "")
        try:
            answer = self._pool.request(method, url, headers=headers, json=body, timeout=20.0, retries=1)
        except (HTTPError, OSError) as e:
            raise InputError(f"the cluster {c.host} cannot be reached: {_reason(e)}") from None
        if answer.status in {403, 404}:
            return None
        if answer.status >= 400:  # noqa: PLR2004 - HTTP's own bound
            raise InputError(f"the cluster answered {answer.status} to {method} {path}")
        try:
            return json.loads(answer.data)
        except ValueError:
            raise InputError(
                f"what answers at {c.host} is no API server: {method} {path} gives no JSON"
            ) from None


def connect(kubeconfig: str | None = None, context: str | None = None) -> KubernetesReader:
    """Return a reader of the cluster that kubectl would talk to.

    Raises:
        InputError: The package ``kubernetes`` is missing, or there is no usable kubeconfig.
    """
    try:
        from kubernetes import client, config  # noqa: PLC0415 - 100 MB that only this needs
    except ImportError:
        raise InputError(
            "this command needs the Kubernetes client: pip install 'dynamo-manifests[cluster]'"
        ) from None
    try:
        if kubeconfig is None and context is None and _in_pod():
            config.load_incluster_config()  # type: ignore[no-untyped-call]
            return KubernetesReader(client.Configuration.get_default_copy())
        client_of_file = config.new_client_from_config(kubeconfig, context)  # type: ignore[no-untyped-call]
        return KubernetesReader(client_of_file.configuration)
    except Exception as e:  # noqa: BLE001 - the client raises whatever a wrong file leads it to
        raise InputError(_no_kubeconfig(e, kubeconfig, context)) from None


def _no_kubeconfig(error: Exception, path: str | None, context: str | None) -> str:
    from kubernetes.config import ConfigException  # noqa: PLC0415 - loaded by then

    if path and not Path(path).is_file():
        return f"{path}: there is no such kubeconfig"
    where = f"{path}: " if path else ""
    hint = f"; does it have the context {context!r}?" if context else ""
    if isinstance(error, ConfigException):
        return f"{where}no usable kubeconfig: {error}{hint}"
    return f"{where}no usable kubeconfig: it cannot be read as one{hint}"


def _reason(error: BaseException) -> str:
    """Return why a connection failed, without the client's own objects around it."""
    while isinstance(inner := getattr(error, "reason", None) or error.__cause__, BaseException):
        error = inner
    words = re.sub(
        r"<[^<>]*>:? ?|HTTPS?Connection(?:Pool)?\([^()]*\):? ?|\[(?:Errno|SSL)[^\]]*\] ?|\(_ssl\.c:\d+\)",
        "",
        str(error),
    )
    return words.strip(" :.") or type(error).__name__


def _in_pod() -> bool:
    import os  # noqa: PLC0415 - the same

    return "KUBERNETES_SERVICE_HOST" in os.environ and "KUBECONFIG" not in os.environ
