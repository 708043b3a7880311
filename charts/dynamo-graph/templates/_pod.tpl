{{- /* graph.pod: the pod spec into .pod; its containers are the sidecars only. */ -}}
{{- define "graph.pod" -}}
{{- include "graph.copy" (dict "from" (pick .c "affinity" "hostIPC" "hostNetwork" "initContainers" "nodeSelector" "priorityClassName" "resourceClaims" "runtimeClassName" "schedulerName" "serviceAccountName" "terminationGracePeriodSeconds" "tolerations" "topologySpreadConstraints") "to" .pod) -}}
{{- with .c.podSecurityContext }}{{ $_ := set $.pod "securityContext" . }}{{ end -}}
{{- if kindIs "map" .c.podSecurityContext }}{{ $_ := set .pod "securityContext" .c.podSecurityContext }}{{ end -}}
{{- if kindIs "slice" .c.sidecars }}{{ $_ := set .pod "containers" .c.sidecars }}{{ end -}}
{{- include "graph.pullSecrets" (dict "image" .image "pod" .pod) -}}
{{- $download := .cache.download | default dict -}}
{{- $wait := $download.wait -}}
{{- if and $download.enabled (or (kindIs "invalid" $wait) $wait) -}}
  {{- $_ := set .pod "initContainers" (prepend (.pod.initContainers | default list) (include "graph.waiting" . | fromJson)) -}}
{{- end -}}
{{- include "graph.volumes" . -}}
{{- end -}}

{{- define "graph.pullSecrets" -}}
{{- if kindIs "slice" .image.pullSecrets -}}
  {{- $list := list -}}
  {{- range .image.pullSecrets }}{{ if not (kindIs "invalid" .) }}{{ $list = append $list (dict "name" .) }}{{ end }}{{ end -}}
  {{- $_ := set .pod "imagePullSecrets" $list -}}
{{- end -}}
{{- end -}}

{{- define "graph.volumes" -}}
{{- $volumes := dict -}}
{{- if .cache }}{{ $_ := set $volumes "model-cache" (include "graph.cacheVolume" . | fromJson) }}{{ end -}}
{{- if .files }}{{ $_ := set $volumes "files" (dict "configMap" (dict "name" (include "graph.filesName" .))) }}{{ end -}}
{{- $given := or $volumes (kindIs "map" .c.volumes) -}}
{{- range $name, $source := .c.volumes -}}
  {{- if and (hasKey $volumes $name) (kindIs "map" $source) -}}
    {{- fail (printf "components.%s.volumes.%s: a volume of the chart has this name: choose another, or change that one in podSpec" $.name $name) -}}
  {{- end -}}
  {{- $_ := set $volumes $name $source -}}
{{- end -}}
{{- if $given -}}
  {{- $list := list -}}
  {{- range $name, $source := $volumes -}}
    {{- if kindIs "map" $source -}}
      {{- $_ := set $source "name" $name -}}
      {{- $list = append $list $source -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set .pod "volumes" $list -}}
{{- end -}}
{{- end -}}

{{- define "graph.filesName" -}}
{{- printf "%s-%s-files" .fullname (lower .name) -}}
{{- end -}}

{{- /* graph.podMetadata: labels and annotations of the pods into .out; another content of a file changes
       an annotation and so restarts what reads it. */ -}}
{{- define "graph.podMetadata" -}}
{{- if kindIs "map" .c.labels }}{{ $_ := set .out "labels" .c.labels }}{{ end -}}
{{- $annotations := dict -}}
{{- if .files }}{{ $_ := set $annotations "dynamo-manifests/files" (include "graph.digest" .files) }}{{ end -}}
{{- $given := or $annotations (kindIs "map" .c.annotations) -}}
{{- range $key, $value := .c.annotations }}{{ $_ := set $annotations $key $value }}{{ end -}}
{{- if $given }}{{ $_ := set .out "annotations" $annotations }}{{ end -}}
{{- end -}}

{{- define "graph.digest" -}}
{{- toRawJson . | sha256sum | trunc 16 -}}
{{- end -}}
