{{- /* dynamo-platform.webhookMetadata: with the two labels by which the operator finds its configurations. */ -}}
{{- define "dynamo-platform.webhookMetadata" -}}
{{- $root := index . 0 -}}
{{- $annotations := dict -}}
{{- if eq $root.Values.webhooks.certificates.provider "certManager" -}}
  {{- $_ := set $annotations "cert-manager.io/inject-ca-from" (printf "%s/%s" $root.Release.Namespace (include "dynamo-platform.object" (list $root "webhook"))) -}}
{{- end -}}
{{- $annotations = mustMergeOverwrite $annotations (deepCopy $root.Values.webhooks.annotations) -}}
{{- $labels := dict "app.kubernetes.io/part-of" "dynamo-operator" "nvidia.com/dynamo-operator-namespace" $root.Release.Namespace -}}
{{- include "dynamo-platform.metadata" (dict "root" $root "name" (include "dynamo-platform.webhookConfiguration" .) "component" "operator" "namespace" "false" "labels" $labels "annotations" $annotations) -}}
{{- end -}}

{{- /* dynamo-platform.webhookEntries: the entries of the operator's release, from root and type. */ -}}
{{- define "dynamo-platform.webhookEntries" -}}
{{- $root := .root -}}{{- $type := .type -}}{{- $w := $root.Values.webhooks -}}
{{- $uses := include "dynamo-platform.uses" $root | fromJson -}}
{{- $line := include "dynamo-platform.line" $root -}}
{{- $service := include "dynamo-platform.object" (list $root "webhook") -}}
{{- range (($root.Files.Get "files/releases.json" | fromJson).webhooks) -}}
{{- if and (eq .type $type) (has $line .lines) (or (ne .resource "pods") $uses.checkpoint) }}
- name: {{ .name }}
  admissionReviewVersions: [v1]
  sideEffects: None
  timeoutSeconds: {{ $w.timeoutSeconds }}
  failurePolicy: {{ eq .resource "pods" | ternary $w.podCheckpointRestore.failurePolicy $w.failurePolicy }}
  matchPolicy: {{ .matchPolicy | default "Equivalent" }}
  {{- if eq .resource "pods" }}
  matchConditions:
    - name: restore-candidate
      expression: has(object.metadata.annotations) && 'nvidia.com/dynamo-checkpoint-restore-candidate' in object.metadata.annotations
  {{- end }}
  {{- with include "dynamo-platform.webhookNamespaces" $root }}
  namespaceSelector:
    {{- . | nindent 4 }}
  {{- end }}
  rules:
    - apiGroups: [{{ .group | quote }}]
      apiVersions: [{{ .version }}]
      operations: {{ toJson .operations }}
      resources: [{{ .resource }}]
      scope: Namespaced
  clientConfig:
    {{- if eq $w.certificates.provider "secret" }}
    {{- with $w.certificates.caBundle }}
    caBundle: {{ . }}
    {{- end }}
    {{- end }}
    service:
      name: {{ $service }}
      namespace: {{ $root.Release.Namespace | toRawJson }}
      path: {{ .path }}
      port: 443
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.webhookNamespaces: the selector; in scope `namespace` the served one alone. */ -}}
{{- define "dynamo-platform.webhookNamespaces" -}}
{{- if eq .Values.operator.scope.mode "namespace" -}}
matchLabels:
  kubernetes.io/metadata.name: {{ include "dynamo-platform.servedNamespace" . | quote }}
{{- else -}}
{{- with .Values.webhooks.namespaceSelector }}{{ toYaml . }}{{ end -}}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.ownChain: "true" when cert-manager signs with an authority of this release. */ -}}
{{- define "dynamo-platform.ownChain" -}}
{{- $c := .Values.webhooks.certificates -}}
{{- if and .Values.operator.enabled (eq $c.provider "certManager") (not $c.certManager.issuerRef) }}true{{ end -}}
{{- end -}}
