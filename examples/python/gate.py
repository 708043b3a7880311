"""A deployment gate: python gate.py VALUES NAMESPACE [NAME]. Prints what is wrong; manifests when nothing is."""

from __future__ import annotations

import sys

from pydynamo_manifests import Cluster, render, validate
from pydynamo_manifests.values.load import load_values, read_values
from pydynamo_manifests.yaml import dump_all

TARGET = Cluster(kubernetes="1.34", features={"grove"})


def main(path: str, namespace: str, name: str = "graph") -> int:
    """Render, judge for the target cluster, and hand on only what is right."""
    values = load_values(read_values([path]), path)
    release = values.dynamo.release if values.dynamo else None
    manifests = render(values, name=name, namespace=namespace)
    report = validate(manifests, dynamo=release, cluster=TARGET)
    for finding in report.findings:
        print(f"{finding.severity} {finding.rule} {finding.path}: {finding.message}", file=sys.stderr)
    if report.ok:
        print(dump_all(manifests), end="")
    return 0 if report.ok else 1


if __name__ == "__main__":
    if not sys.argv[2:]:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
