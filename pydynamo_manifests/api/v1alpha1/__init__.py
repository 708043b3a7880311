"""The kinds in their first API version; those that also have v1beta1 are deprecated here."""
