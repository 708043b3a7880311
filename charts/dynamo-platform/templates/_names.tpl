{{- /* dynamo-platform.name: the application's name in labels. */ -}}
{{- define "dynamo-platform.name" -}}
{{- .Values.nameOverride | default "dynamo" | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* dynamo-platform.fullname: the start of every name of this release. A release's name may hold dots, a Service's not. */ -}}
{{- define "dynamo-platform.fullname" -}}
{{- $name := include "dynamo-platform.name" . -}}{{- $release := replace "." "-" .Release.Name -}}
{{- .Values.fullnameOverride | default (contains $name $release | ternary $release (printf "%s-%s" $release $name)) -}}
{{- end -}}

{{- /* dynamo-platform.cut: "<start>-<suffix>" in 52 characters, so that a StatefulSet's revision, which is a label, has 63; what is cut is replaced by a hash of it. */ -}}
{{- define "dynamo-platform.cut" -}}
{{- $room := sub 51 (len .suffix) | int -}}
{{- $start := .start -}}
{{- if gt (len $start) $room -}}
  {{- $start = printf "%s-%s" (trunc (int (sub $room 9)) $start | trimSuffix "-") (sha256sum $start | trunc 8) -}}
{{- end -}}
{{- printf "%s-%s" $start .suffix -}}
{{- end -}}

{{- /* dynamo-platform.object: the name of an object of this release, from (list root suffix). */ -}}
{{- define "dynamo-platform.object" -}}
{{- include "dynamo-platform.cut" (dict "start" (include "dynamo-platform.fullname" (index . 0)) "suffix" (index . 1)) -}}
{{- end -}}

{{- /* dynamo-platform.clusterObject: the same for a kind without namespace: releases of one name in two namespaces differ. */ -}}
{{- define "dynamo-platform.clusterObject" -}}
{{- $root := index . 0 -}}
{{- $start := printf "%s-%s" (include "dynamo-platform.fullname" $root) $root.Release.Namespace -}}
{{- include "dynamo-platform.cut" (dict "start" $start "suffix" (index . 1)) -}}
{{- end -}}

{{- /* dynamo-platform.webhookConfiguration: a cluster has one cluster-wide operator, so these names are fixed: Helm refuses a second release. */ -}}
{{- define "dynamo-platform.webhookConfiguration" -}}
{{- if eq (index . 0).Values.operator.scope.mode "cluster" -}}dynamo-platform-{{ index . 1 }}
{{- else -}}{{ include "dynamo-platform.clusterObject" . }}{{ end -}}
{{- end -}}

{{- define "dynamo-platform.serviceAccountName" -}}
{{- .Values.operator.serviceAccount.name | default (include "dynamo-platform.object" (list . "operator")) -}}
{{- end -}}

{{- define "dynamo-platform.certificateSecretName" -}}
{{- .Values.webhooks.certificates.secretName | default (include "dynamo-platform.object" (list . "webhook-cert")) -}}
{{- end -}}

{{- /* dynamo-platform.servedNamespace: the namespace that the operator serves in scope `namespace`. */ -}}
{{- define "dynamo-platform.servedNamespace" -}}
{{- .Values.operator.scope.namespace | default .Release.Namespace -}}
{{- end -}}

{{- /* dynamo-platform.electionNamespace: every cluster-wide Dynamo operator meets there. */ -}}
{{- define "dynamo-platform.electionNamespace" -}}
{{- if eq .Values.operator.scope.mode "cluster" }}kube-system{{ else }}{{ include "dynamo-platform.servedNamespace" . }}{{ end -}}
{{- end -}}

{{- /* dynamo-platform.selector: labels that never change, from (list root component). */ -}}
{{- define "dynamo-platform.selector" -}}
app.kubernetes.io/name: {{ include "dynamo-platform.name" (index . 0) | toRawJson }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name | toRawJson }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- /* dynamo-platform.metadata: all of an object's metadata, from root, name, component; optional: namespace (false for kinds without), labels, annotations. */ -}}
{{- define "dynamo-platform.metadata" -}}
{{- $root := .root -}}{{- $v := $root.Values -}}
{{- $labels := dict "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") "app.kubernetes.io/managed-by" $root.Release.Service "app.kubernetes.io/version" $root.Chart.AppVersion "app.kubernetes.io/part-of" "dynamo-platform" -}}
{{- range list $v.commonLabels .labels }}{{ range $key, $value := . }}{{ $_ := set $labels $key $value }}{{ end }}{{ end -}}
{{- $_ := set $labels "app.kubernetes.io/name" (include "dynamo-platform.name" $root) -}}
{{- $_ := set $labels "app.kubernetes.io/instance" $root.Release.Name -}}
{{- $_ := set $labels "app.kubernetes.io/component" .component -}}
name: {{ toRawJson .name }}
{{- if ne (toString .namespace) "false" }}
namespace: {{ .namespace | default $root.Release.Namespace | toRawJson }}
{{- end }}
labels:
  {{- include "dynamo-platform.compact" $labels | nindent 2 }}
{{- if or .annotations $v.commonAnnotations }}
{{- $annotations := dict -}}
{{- range list $v.commonAnnotations .annotations }}{{ range $key, $value := . }}{{ $_ := set $annotations $key $value }}{{ end }}{{ end }}
{{- with include "dynamo-platform.lines" $annotations }}
annotations:
  {{- trim . | nindent 2 }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.compact: a map without its nulls. Not by toYaml, which takes ten times as long. */ -}}
{{- define "dynamo-platform.compact" -}}
{{- include "dynamo-platform.lines" . | trim | default "{}" -}}
{{- end -}}

{{- /* dynamo-platform.lines: the same, a line for each key; nothing of an empty map. */ -}}
{{- define "dynamo-platform.lines" -}}
{{- range $key, $value := . }}{{ if not (kindIs "invalid" $value) }}
{{ if contains "/" $key }}{{ $key }}{{ else }}{{ toRawJson $key }}{{ end }}: {{ toRawJson $value }}
{{- end }}{{ end -}}
{{- end -}}
