"""The rules of the first three stages: what a file, the schema and the schema's own expressions can find."""

from __future__ import annotations

from pydynamo_manifests.validate.rule import Rule

__all__ = [
    "BAD_FORM",
    "BAD_METADATA",
    "BAD_VALUES",
    "BAD_YAML",
    "BEYOND_BOUNDS",
    "BROKEN_EXPRESSION",
    "EXPRESSION",
    "MISSING_FIELD",
    "NOT_AN_OBJECT",
    "NOT_A_CHOICE",
    "NOT_SERVED",
    "NO_NAMESPACE",
    "REPEATED_ITEM",
    "RULES",
    "UNKNOWN_FIELD",
    "UNREADABLE",
    "WRONG_TYPE",
]

_API_SERVER = "Kubernetes API server, strict field validation"

BAD_YAML = Rule(
    "YAML-01",
    "error",
    "yaml",
    "no YAML that Kubernetes reads",
    "kubectl and Helm refuse the file",
    "Correct the syntax; a key stands once in its mapping, and indentation is by spaces.",
    source="sigs.k8s.io/yaml",
    bad="kind: DynamoGraphDeployment\nkind: DynamoGraphDeployment",
    good="kind: DynamoGraphDeployment",
)
NOT_AN_OBJECT = Rule(
    "YAML-02",
    "error",
    "yaml",
    "neither a Kubernetes object nor values of a chart",
    "nothing can be done with the document",
    "Give apiVersion and kind, or write values with a 'components' map.",
    source="Kubernetes API conventions",
    bad="- a\n- b",
    good="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}",
)
UNREADABLE = Rule(
    "YAML-03",
    "error",
    "yaml",
    "a file that cannot be read",
    "nothing in it is checked",
    "Check the path, its permissions, and that the file is UTF-8 text.",
)
UNKNOWN_FIELD = Rule(
    "SCHEMA-01",
    "error",
    "schema",
    "unknown field",
    "the API server refuses it under strict field validation, and drops it in silence otherwise",
    "Remove the field or correct its name.",
    source=_API_SERVER,
    bad="spec: {component: []}",
    good="spec: {components: []}",
)
MISSING_FIELD = Rule(
    "SCHEMA-02",
    "error",
    "schema",
    "a required field is missing",
    "the API server refuses the object",
    "Add the field.",
    source=_API_SERVER,
    bad="spec: {components: [{type: worker}]}",
    good="spec: {components: [{name: worker, type: worker}]}",
)
WRONG_TYPE = Rule(
    "SCHEMA-03",
    "error",
    "schema",
    "a value of the wrong type",
    "the API server refuses the object",
    "Write a value of the type that the message names; quote numbers that are meant as text.",
    source=_API_SERVER,
    bad='replicas: "2"',
    good="replicas: 2",
)
NOT_A_CHOICE = Rule(
    "SCHEMA-04",
    "error",
    "schema",
    "a value that is not one of the choices",
    "the API server refuses the object",
    "Choose one of the values that the message names.",
    source=_API_SERVER,
    bad="backendFramework: vLLM",
    good="backendFramework: vllm",
)
BAD_FORM = Rule(
    "SCHEMA-05",
    "error",
    "schema",
    "text that does not have the form it needs",
    "the API server refuses the object",
    "Write text that matches the pattern.",
    source=_API_SERVER,
    bad='runtimeVersionOverride: "1.2"',
    good='runtimeVersionOverride: "1.2.0"',
)
BEYOND_BOUNDS = Rule(
    "SCHEMA-06",
    "error",
    "schema",
    "a number, text or list beyond its bounds",
    "the API server refuses the object",
    "Stay within the bounds that the message names.",
    source=_API_SERVER,
    bad="replicas: -1",
    good="replicas: 1",
)
REPEATED_ITEM = Rule(
    "SCHEMA-07",
    "error",
    "schema",
    "two items of a list with the same key",
    "the API server refuses the object, because the list is a map by that key",
    "Give each item its own key, or remove one.",
    source=_API_SERVER,
    bad="env: [{name: A, value: x}, {name: A, value: y}]",
    good="env: [{name: A, value: x}, {name: B, value: y}]",
)
BAD_METADATA = Rule(
    "SCHEMA-08",
    "error",
    "schema",
    "a name, label or annotation that Kubernetes does not allow",
    "the API server refuses the object",
    "Give a name.",
    source="Kubernetes, object names, labels and annotations",
    bad="metadata: {name: My_Graph}",
    good="metadata: {name: my-graph}",
)
NOT_SERVED = Rule(
    "SCHEMA-09",
    "error",
    "schema",
    "a kind or version that the target does not serve",
    "the API server answers that no such kind is known",
    "Write an apiVersion and kind that the target release serves.",
    source="custom resource definitions of the release",
    bad="apiVersion: nvidia.com/v1\nkind: DynamoGraphDeployment",
    good="apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeployment",
)
NO_NAMESPACE = Rule(
    "SCHEMA-10",
    "warning",
    "schema",
    "a namespace that no cluster can have",
    "the API server answers that the namespace does not exist",
    "Write the namespace's name, or leave it out and give it with kubectl -n.",
    source="Kubernetes, object names: a namespace is a DNS label",
    bad="metadata: {name: a, namespace: <your-namespace>}",
    good="metadata: {name: a, namespace: team-a}",
)
EXPRESSION = Rule(
    "CEL-01",
    "error",
    "cel",
    "a rule of the schema does not hold",
    "the API server refuses the object",
    "Change the object so that the rule holds.",
    source="x-kubernetes-validations of the release's custom resource definitions",
    bad="{name: a, replicas: 1, minAvailable: 2}",
    good="{name: a, replicas: 2, minAvailable: 2}",
)
BROKEN_EXPRESSION = Rule(
    "CEL-02",
    "error",
    "cel",
    "a rule of the schema cannot be evaluated",
    "the API server refuses the object",
    "Give the fields that the rule reads.",
    source="x-kubernetes-validations of the release's custom resource definitions",
    bad="sharedMemory: {size: lots}",
    good="sharedMemory: {size: 8Gi}",
)

BAD_VALUES = Rule(
    "VALUES-01",
    "error",
    "schema",
    "values that the chart's schema refuses, or that cannot be rendered",
    "helm install stops before anything reaches the cluster",
    "Write values as the chart's values.yaml describes them.",
    source="values.schema.json of the chart",
    bad="components: {Frontend: {replica: 1}}",
    good="components: {Frontend: {replicas: 1}}",
)

RULES: tuple[Rule, ...] = (
    BAD_YAML,
    NOT_AN_OBJECT,
    UNREADABLE,
    UNKNOWN_FIELD,
    MISSING_FIELD,
    WRONG_TYPE,
    NOT_A_CHOICE,
    BAD_FORM,
    BEYOND_BOUNDS,
    REPEATED_ITEM,
    BAD_METADATA,
    NOT_SERVED,
    NO_NAMESPACE,
    EXPRESSION,
    BROKEN_EXPRESSION,
    BAD_VALUES,
)
"""Every rule of the stages yaml, schema and cel."""
