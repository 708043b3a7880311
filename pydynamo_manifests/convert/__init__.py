"""Offline conversion of Dynamo objects between nvidia.com/v1alpha1 and v1beta1."""

from __future__ import annotations

from pydynamo_manifests.convert.losses import Dropped
from pydynamo_manifests.convert.objects import ALPHA, BETA, KINDS, Conversion, convert, convert_report
from pydynamo_manifests.convert.texts import TextConversion, convert_text

__all__ = [
    "ALPHA",
    "BETA",
    "KINDS",
    "Conversion",
    "Dropped",
    "TextConversion",
    "convert",
    "convert_report",
    "convert_text",
]
