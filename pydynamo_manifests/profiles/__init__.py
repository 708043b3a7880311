"""Profiles: what the planner knows of an engine before the first request, read, checked and shown."""

from __future__ import annotations

from pydynamo_manifests.profiles.model import Decode, Prefill, Profile
from pydynamo_manifests.profiles.reading import read_profile
from pydynamo_manifests.profiles.show import config_map, plots, profile_lines

__all__ = ["Decode", "Prefill", "Profile", "config_map", "plots", "profile_lines", "read_profile"]
