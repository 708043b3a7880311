{{- /* dynamo-platform.rules: the rules of a role, from root, role, place. */ -}}
{{- define "dynamo-platform.rules" -}}
{{- $root := .root -}}{{- $place := .place -}}
{{- $uses := include "dynamo-platform.uses" $root | fromJson -}}
{{- $line := include "dynamo-platform.line" $root -}}
{{- range $root.Files.Get (printf "files/rbac/%s.yaml" .role) | fromYamlArray -}}
  {{- $here := has (.place | default "workloads") $place -}}
  {{- if and $here (or (not .when) (index $uses (.when | default ""))) (or (not (or .since .until)) (include "dynamo-platform.between" (list $line .since .until))) }}
- apiGroups: {{ toJson .apiGroups }}
  resources: {{ toJson .resources }}
  verbs: {{ toJson .verbs }}
{{- with .resourceNames }}
  resourceNames:
  {{- range . }}
    - {{ include "dynamo-platform.resourceName" (list $root .) }}
  {{- end }}
{{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.resourceName: a name in files/rbac; those in braces are this release's own. */ -}}
{{- define "dynamo-platform.resourceName" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}
{{- if eq $name "{webhooks}" -}}
{{ include "dynamo-platform.webhookConfiguration" (list $root "mutating") }}
    - {{ include "dynamo-platform.webhookConfiguration" (list $root "validating") }}
{{- else if hasPrefix "{" $name -}}{{ include "dynamo-platform.clusterObject" (list $root (trimAll "{}" $name)) }}
{{- else -}}{{ $name }}{{ end -}}
{{- end -}}

{{- /* dynamo-platform.bind: roleRef and subject of a binding of the operator's account, from (list root kind name). */ -}}
{{- define "dynamo-platform.bind" -}}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ index . 1 }}
  name: {{ index . 2 }}
subjects:
  - kind: ServiceAccount
    name: {{ include "dynamo-platform.serviceAccountName" (index . 0) | toRawJson }}
    namespace: {{ (index . 0).Release.Namespace | toRawJson }}
{{- end -}}

{{- /* dynamo-platform.grants: "true" when roles of the operator are rendered. */ -}}
{{- define "dynamo-platform.grants" -}}
{{- if and .Values.operator.enabled .Values.rbac.create }}true{{ end -}}
{{- end -}}
