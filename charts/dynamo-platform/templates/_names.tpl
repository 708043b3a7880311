{{- /* dynamo-platform.name: the application's name in labels. */ -}}
{{- define "dynamo-platform.name" -}}
{{- .Values.nameOverride | default "dynamo" | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* dynamo-platform.fullname: the start of every name of this release. */ -}}
{{- define "dynamo-platform.fullname" -}}
{{- $name := include "dynamo-platform.name" . -}}
{{- .Values.fullnameOverride | default (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) -}}
{{- end -}}

{{- /* dynamo-platform.cut: "<start>-<suffix>" in 63 characters; what is cut is replaced by a hash of it. */ -}}
{{- define "dynamo-platform.cut" -}}
{{- $room := sub 62 (len .suffix) | int -}}
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
app.kubernetes.io/name: {{ include "dynamo-platform.name" (index . 0) }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- /* dynamo-platform.metadata: all of an object's metadata, from root, name, component; optional: namespace (false for kinds without), labels, annotations. */ -}}
{{- define "dynamo-platform.metadata" -}}
{{- $v := .root.Values -}}
{{- $labels := dict "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_") "app.kubernetes.io/managed-by" .root.Release.Service "app.kubernetes.io/version" .root.Chart.AppVersion "app.kubernetes.io/part-of" "dynamo-platform" -}}
{{- $own := dict "app.kubernetes.io/name" (include "dynamo-platform.name" .root) "app.kubernetes.io/instance" .root.Release.Name "app.kubernetes.io/component" .component -}}
{{- $labels = mustMergeOverwrite $labels (deepCopy $v.commonLabels) (deepCopy (.labels | default dict)) $own -}}
{{- $annotations := mustMergeOverwrite dict (deepCopy $v.commonAnnotations) (deepCopy (.annotations | default dict)) -}}
{{- include "dynamo-platform.prune" $labels -}}{{- include "dynamo-platform.prune" $annotations -}}
{{- $out := dict "name" .name "labels" $labels -}}
{{- if not (eq (toString .namespace) "false") }}{{ $_ := set $out "namespace" (.namespace | default .root.Release.Namespace) }}{{ end -}}
{{- with $annotations }}{{ $_ := set $out "annotations" . }}{{ end -}}
{{- toYaml $out -}}
{{- end -}}

{{- /* dynamo-platform.prune: take the nulls out of a map that the caller made, in place. */ -}}
{{- define "dynamo-platform.prune" -}}
{{- range $k, $v := . }}{{ if kindIs "invalid" $v }}{{ $_ := unset $ $k }}{{ end }}{{ end -}}
{{- end -}}

{{- /* dynamo-platform.compact: a map without its nulls. */ -}}
{{- define "dynamo-platform.compact" -}}
{{- $out := dict -}}
{{- range $k, $v := . }}{{ if not (kindIs "invalid" $v) }}{{ $_ := set $out $k $v }}{{ end }}{{ end -}}
{{- toYaml $out -}}
{{- end -}}
