{{- /* dynamo-platform.alerts: files/alerts.yaml for this release's operator, each with its runbook. */ -}}
{{- define "dynamo-platform.alerts" -}}
{{- $rules := .Values.monitoring.rules -}}
{{- $selector := printf "job=%q,namespace=%q" (include "dynamo-platform.object" (list . "metrics")) .Release.Namespace -}}
{{- range .Files.Get "files/alerts.yaml" | replace "%(operator)s" $selector | fromYamlArray -}}
{{- if not (has .alert $rules.disabled) }}
{{- $labels := mustMergeOverwrite (deepCopy .labels) (deepCopy $rules.alertLabels) -}}
{{- $annotations := merge (dict "runbook_url" (printf "%s#%s" $rules.runbookUrl (lower .alert))) .annotations }}
- {{ merge (dict "labels" $labels "annotations" $annotations) . | toYaml | nindent 2 | trim }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.graphNamespaces: where PodMonitors look. */ -}}
{{- define "dynamo-platform.graphNamespaces" -}}
{{- if eq .Values.operator.scope.mode "namespace" -}}
matchNames: [{{ include "dynamo-platform.servedNamespace" . }}]
{{- else }}{{ toYaml .Values.monitoring.podMonitors.namespaceSelector }}{{ end -}}
{{- end -}}
