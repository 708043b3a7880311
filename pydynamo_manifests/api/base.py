"""The base of every model: JSON names, and what a kind of its own says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from pydynamo_manifests.api.marks import Embedded, Mark, PreserveUnknown, Schema

if TYPE_CHECKING:
    from pydynamo_manifests.releases import Release

__all__ = [
    "GROUP",
    "AnyObject",
    "Column",
    "DateTime",
    "EnvVar",
    "Int32",
    "Int64",
    "KindModel",
    "Model",
    "Quantity",
    "Status",
]

GROUP = "nvidia.com"
"""The API group of all kinds here."""

Int32 = Annotated[int, Schema(format="int32")]
Int64 = Annotated[int, Schema(format="int64")]
DateTime = Annotated[str, Schema(format="date-time")]
Quantity = Annotated[int | str, Embedded("apimachinery.pkg.api.resource.Quantity")]
AnyObject = Annotated[dict[str, Any], PreserveUnknown()]
"""An object whose fields the API server keeps and does not know."""
EnvVar = Annotated[dict[str, Any], Embedded("api.core.v1.EnvVar")]


def json_name(name: str) -> str:
    """Return ``nodeCount`` for ``node_count``; a name with an acronym says its alias itself."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


class Model(BaseModel):
    """An object of the API: reads and prints JSON names, refuses unknown fields, knows all releases at once."""

    model_config = ConfigDict(
        alias_generator=json_name,
        validate_by_name=True,
        extra="forbid",
        strict=True,
        defer_build=True,
        protected_namespaces=(),
    )
    marks: ClassVar[tuple[Mark, ...]] = ()
    """Marks of the object wherever it stands: rules, unknown fields, an embedded type it extends."""

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it was given: only fields that were set, by their JSON names."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class Status(Model):
    """What the operator reports; a newer one may report more than this library knows."""

    model_config = ConfigDict(extra="allow")
    marks: ClassVar[tuple[Mark, ...]] = (PreserveUnknown(since="1.5"),)


@dataclass(frozen=True, kw_only=True, eq=False)
class Column(Mark):
    """A column of ``kubectl get``."""

    name: str
    path: str
    type: str = "string"
    description: str | None = None
    priority: int = 0

    def keywords(self) -> dict[str, Any]:
        """Return the column as an item of ``additionalPrinterColumns``."""
        extra = {"description": self.description} if self.description else {}
        priority = {"priority": self.priority} if self.priority else {}
        return {**extra, "jsonPath": self.path, "name": self.name, **priority, "type": self.type}


class KindModel(Model):
    """A kind in one API version; which releases serve it says the catalogue."""

    version: ClassVar[str]
    plural: ClassVar[str]
    short_name: ClassVar[str]
    scope: ClassVar[str] = "Namespaced"
    subresources: ClassVar[dict[str, Any] | None] = {"status": {}}
    columns: ClassVar[tuple[Column, ...]] = ()

    api_version: str | None = None
    """The group and version of the object."""
    kind: str | None = None
    """The kind of the object."""
    metadata: dict[str, Any] | None = None
    """Name, namespace, labels and annotations."""

    @classmethod
    def columns_of(cls, release: Release) -> list[dict[str, Any]]:
        """Return the columns of a release, in their order."""
        return [column.keywords() for column in cls.columns if column.holds(release)]
