{{- /* graph.fullname: the name of the graph, and the stem of what stands beside it. */ -}}
{{- define "graph.fullname" -}}
{{- .Values.fullnameOverride | default .Release.Name -}}
{{- end -}}

{{- /* graph.metadata: metadata of a top-level object. Takes root, name, labels, annotations; writes YAML.
       The chart's labels stay here and never reach a pod, so that a new chart version restarts nothing. */ -}}
{{- define "graph.metadata" -}}
{{- $labels := dict
      "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_")
      "app.kubernetes.io/name" .root.Chart.Name
      "app.kubernetes.io/part-of" "dynamo"
      "app.kubernetes.io/instance" .root.Release.Name
      "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- range $key, $value := .labels -}}
  {{- if kindIs "invalid" $value }}{{ $_ := unset $labels $key }}{{ else }}{{ $_ := set $labels $key $value }}{{ end -}}
{{- end -}}
{{- $meta := dict "name" .name "namespace" .root.Release.Namespace "labels" $labels -}}
{{- if not (kindIs "invalid" .annotations) -}}
  {{- $_ := set $meta "annotations" .annotations -}}
{{- end -}}
{{- include "graph.yaml" (dict "metadata" $meta) -}}
{{- end -}}
