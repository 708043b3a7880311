{{- /* graph.fullname: the name of the graph, and the stem of what stands beside it: the release's, and behind it the
       alias that a parent chart gives, so that two graphs of one release have two names. */ -}}
{{- define "graph.fullname" -}}
{{- if .Values.fullnameOverride -}}
  {{- .Values.fullnameOverride -}}
{{- else -}}
  {{- $alias := ternary "" .Chart.Name (eq .Chart.Name "dynamo-graph") | lower | replace "_" "-" -}}
  {{- include "graph.cut" (dict "name" (printf "%s-%s" .Release.Name $alias | trimAll "-") "limit" 63) -}}
{{- end -}}
{{- end -}}

{{- /* graph.cut: a name, or as much of it as the limit allows with a hash of the whole. */ -}}
{{- define "graph.cut" -}}
{{- if gt (len .name) .limit -}}
  {{- printf "%s-%s" (trunc (sub .limit 9 | int) .name | trimAll "-.") (sha256sum .name | trunc 8) -}}
{{- else -}}
  {{- .name -}}
{{- end -}}
{{- end -}}

{{- /* graph.metadata: metadata of a top-level object. Takes root, name, labels, annotations; writes YAML.
       The chart's labels stay here and never reach a pod, so that a new chart version restarts nothing. */ -}}
{{- define "graph.metadata" -}}
{{- $labels := dict
      "helm.sh/chart" (printf "dynamo-graph-%s" .root.Chart.Version | replace "+" "_" | trunc 63 | trimAll "-._")
      "app.kubernetes.io/name" "dynamo-graph"
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
