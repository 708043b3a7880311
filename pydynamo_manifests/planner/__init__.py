"""The SLA planner's configuration, typed: its fields by release, how it is written, what it refuses."""

from __future__ import annotations

from pydynamo_manifests.planner.check import Problem, check_config
from pydynamo_manifests.planner.config import PlannerConfig
from pydynamo_manifests.planner.fields import FIELDS, PlannerField, field_at
from pydynamo_manifests.planner.written import planner_flags, written_config

__all__ = [
    "FIELDS",
    "PlannerConfig",
    "PlannerField",
    "Problem",
    "check_config",
    "field_at",
    "planner_flags",
    "written_config",
]
