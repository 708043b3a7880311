{{- /* dynamo-platform.managerArgs: the operator's command line, as far as its release knows the flags. */ -}}
{{- define "dynamo-platform.managerArgs" -}}
{{- $root := .root -}}{{- $o := $root.Values.operator -}}{{- $log := $o.logging -}}
- --config=/etc/dynamo-operator/config.yaml
- --operator-version={{ include "dynamo-platform.release" $root }}
- --operator-image={{ .image }}
- --operator-image-pull-policy={{ $o.image.pullPolicy | default "IfNotPresent" }}
{{- if include "dynamo-platform.within" (list $root "1.5" nil) }}
- --dgdr-default-image={{ include "dynamo-platform.image" (dict "root" $root "image" $o.profilerImage "tag" (include "dynamo-platform.release" $root)) }}
{{- end }}
- --zap-devel={{ $log.development }}
- --zap-log-level={{ $log.level }}
- --zap-encoder={{ $log.format }}
- --zap-stacktrace-level={{ $log.stacktraceLevel }}
- --zap-time-encoding={{ $log.timeEncoding }}
{{- with $o.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* dynamo-platform.probe: a probe of the health port, from (list path timing). */ -}}
{{- define "dynamo-platform.probe" -}}
httpGet:
  path: {{ index . 0 }}
  port: health
{{- include "dynamo-platform.lines" (index . 1) }}
{{- end -}}

{{- /* dynamo-platform.budget: the fields of a PodDisruptionBudget. */ -}}
{{- define "dynamo-platform.budget" -}}
{{- if kindIs "invalid" .maxUnavailable -}}
minAvailable: {{ kindIs "invalid" .minAvailable | ternary 1 .minAvailable }}
{{- else -}}
maxUnavailable: {{ .maxUnavailable }}
{{- end -}}
{{- end -}}
