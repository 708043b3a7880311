{{- /* dynamo-platform.secretTemplate: labels of the Secret that cert-manager makes and leaves when the release goes. */ -}}
{{- define "dynamo-platform.secretTemplate" -}}
{{- $labels := dict -}}
{{- range $key, $value := .Values.commonLabels }}{{ $_ := set $labels $key $value }}{{ end -}}
{{- range $key, $value := include "dynamo-platform.selector" (list . "operator") | fromYaml }}{{ $_ := set $labels $key $value }}{{ end -}}
secretTemplate:
  labels:
    {{- include "dynamo-platform.compact" $labels | nindent 4 }}
{{- end -}}
