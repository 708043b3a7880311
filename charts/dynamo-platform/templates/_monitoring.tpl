{{- /* dynamo-platform.alerts: files/alerts.yaml for this release's operator, each with its runbook. */ -}}
{{- define "dynamo-platform.alerts" -}}
{{- $rules := .Values.monitoring.rules -}}
{{- $selector := printf "job=%q,namespace=%q" (include "dynamo-platform.object" (list . "metrics")) .Release.Namespace -}}
{{- $runbooks := include "dynamo-platform.runbooks" . | splitList "\n## " -}}
{{- range .Files.Get "files/alerts.yaml" | replace "%(operator)s" $selector | fromYamlArray -}}
{{- if not (has .alert $rules.disabled) }}
{{- $labels := mustMergeOverwrite (deepCopy .labels) (deepCopy $rules.alertLabels) -}}
{{- $annotations := deepCopy .annotations -}}
{{- $head := printf "%s\n" .alert -}}
{{- range $runbooks }}{{ if hasPrefix $head . }}{{ $_ := set $annotations "runbook" (trimPrefix $head . | trim) }}{{ end }}{{ end -}}
{{- with $rules.runbookUrl }}{{ $_ := set $annotations "runbook_url" (printf "%s#%s" . (trim $head | lower)) }}{{ end }}
- {{ merge (dict "labels" $labels "annotations" $annotations) . | toYaml | nindent 2 | trim }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.runbooks: the page with this release's own names. */ -}}
{{- define "dynamo-platform.runbooks" -}}
{{- $names := dict "NS" .Release.Namespace "OP" (include "dynamo-platform.object" (list . "operator")) "CERT" (include "dynamo-platform.certificateSecretName" .) "ELECTION" (include "dynamo-platform.electionNamespace" .) -}}
{{- $text := .Files.Get "files/runbooks.md" -}}
{{- range $word, $name := $names }}{{ $text = regexReplaceAll (printf "\\b%s\\b" $word) $text $name }}{{ end -}}
{{- $text -}}
{{- end -}}

{{- /* dynamo-platform.graphNamespaces: where PodMonitors look. */ -}}
{{- define "dynamo-platform.graphNamespaces" -}}
{{- if eq .Values.operator.scope.mode "namespace" -}}
matchNames: [{{ include "dynamo-platform.servedNamespace" . | toRawJson }}]
{{- else }}{{ toYaml .Values.monitoring.podMonitors.namespaceSelector }}{{ end -}}
{{- end -}}
