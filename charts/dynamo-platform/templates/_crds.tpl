{{- /* dynamo-platform.ownsDefinitions: "true" when this release owns the custom resource definitions. */ -}}
{{- define "dynamo-platform.ownsDefinitions" -}}
{{- if eq .Values.crds.managedBy "chart" }}true{{ end -}}
{{- end -}}

{{- /* dynamo-platform.definitionMetadata: kept when the release goes. */ -}}
{{- define "dynamo-platform.definitionMetadata" -}}
{{- $annotations := mustMergeOverwrite (deepCopy .root.Values.crds.annotations) (dict "helm.sh/resource-policy" "keep") -}}
{{- include "dynamo-platform.metadata" (dict "root" .root "name" .name "namespace" "false" "component" "definitions" "annotations" $annotations) -}}
{{- end -}}

{{- /* dynamo-platform.conversion: kinds with two versions are converted by the operator; without one, versions are told apart by name alone. */ -}}
{{- define "dynamo-platform.conversion" -}}
{{- if and .root.Values.operator.enabled (gt .versions 1) -}}
conversion:
  strategy: Webhook
  webhook:
    conversionReviewVersions: [v1]
    clientConfig:
      service:
        name: {{ include "dynamo-platform.object" (list .root "webhook") }}
        namespace: {{ .root.Release.Namespace | toRawJson }}
        path: /convert
        port: 443
{{- else -}}
conversion:
  strategy: None
{{- end -}}
{{- end -}}
