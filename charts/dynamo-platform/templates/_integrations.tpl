{{- /* dynamo-platform.unlimited: resources of a KAI queue without limits. */ -}}
{{- define "dynamo-platform.unlimited" -}}
{{- range list "cpu" "gpu" "memory" }}
{{ . }}:
  quota: -1
  limit: -1
  overQuotaWeight: 1
{{- end -}}
{{- end -}}
