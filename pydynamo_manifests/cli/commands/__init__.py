"""The commands in the order of ``--help``; each is a module here with EPILOG, add_arguments and run."""

from __future__ import annotations

COMMANDS: dict[str, str] = {
    "generate": "compose the values of a graph from a short intent",
    "render": "write the manifests that values make",
    "validate": "check values files and manifests as strictly as the cluster would",
    "diff": "compare two graphs in serving terms",
    "convert": "convert objects between nvidia.com/v1alpha1 and v1beta1",
    "upgrade": "rewrite graphs for another Dynamo release, with the reason of each change",
    "import": "turn an existing graph into values of the graph chart",
    "request": "follow a request for a graph and read the graph that it found",
    "profile": "check and plot a profile for the planner",
    "releases": "show what each Dynamo release has",
    "crds": "write the CRDs of a release",
    "explain": "explain a rule or a value",
    "images": "list every image that values of the platform lead to",
    "migrate-values": "turn upstream's platform values into ours",
    "cluster": "check what a cluster has, and write it down for validate",
    "charts": "show where the packaged charts are",
    "completion": "print a shell completion script",
}
"""Name and one-line summary of every command."""
