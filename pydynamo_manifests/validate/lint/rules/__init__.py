"""The rules, a module for each subject; importing one registers its rules."""

from __future__ import annotations
