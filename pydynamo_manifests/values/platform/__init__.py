"""The values of ``charts/dynamo-platform``: definitions, operator, and what both need."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pydynamo_manifests.values.base import Fragment, Fragments, StringMap, Values
from pydynamo_manifests.values.platform.common import Label, Name
from pydynamo_manifests.values.platform.crds import Crds
from pydynamo_manifests.values.platform.integrations import Integrations
from pydynamo_manifests.values.platform.messaging import Discovery, Nats
from pydynamo_manifests.values.platform.monitoring import Monitoring
from pydynamo_manifests.values.platform.network_policy import NetworkPolicy
from pydynamo_manifests.values.platform.operator import Operator
from pydynamo_manifests.values.platform.rbac import Accounts, Rbac
from pydynamo_manifests.values.platform.runtime_images import RuntimeImages
from pydynamo_manifests.values.platform.tests import Tests
from pydynamo_manifests.values.platform.webhooks import Webhooks

__all__ = ["Global", "PlatformValues"]


class Global(Values):
    """What a parent chart may set for several charts at once; unknown keys are the parent's."""

    model_config = {**Values.model_config, "extra": "allow"}

    imageRegistry: str | None = None
    """Registry of every image, those that the operator starts itself included: `registry.example.com/mirror`."""
    imagePullSecrets: Fragments = []
    """Pull secrets of every pod and account of this release, as `{name: ...}`."""


class PlatformValues(Values):
    """The platform."""

    nameOverride: Label | None = None
    """The name `dynamo` in names and labels."""
    fullnameOverride: Name | None = None
    """Start of every object's name; made of the release's when null."""
    commonLabels: StringMap = {}
    """Labels of every object."""
    commonAnnotations: StringMap = {}
    """Annotations of every object."""
    global_: Global = Field(default=Global(), alias="global")
    crds: Crds = Crds()
    operator: Operator = Operator()
    webhooks: Webhooks = Webhooks()
    rbac: Rbac = Rbac()
    accounts: Accounts = Accounts()
    integrations: Integrations = Integrations()
    discovery: Discovery = Discovery()
    nats: Nats = Nats()
    runtimeImages: RuntimeImages = RuntimeImages()
    monitoring: Monitoring = Monitoring()
    networkPolicy: NetworkPolicy = NetworkPolicy()
    tests: Tests = Tests()
    extraObjects: dict[str, Fragment | None] = {}
    """Whole objects, by a free key, written as they are."""
    enabled: Any = None
    """For a parent chart's condition; without effect here."""
