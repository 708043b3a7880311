{{- /* dynamo-platform.image: a reference, from root, image, optional tag. */ -}}
{{- define "dynamo-platform.image" -}}
{{- if not .image.repository }}{{ fail (printf "\n\nan image has no repository: %s\n" (toRawJson .image)) }}{{ end -}}
{{- $registry := .root.Values.global.imageRegistry | default .image.registry -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end }}{{ .image.repository }}
{{- with .image.tag | default .tag }}:{{ . }}{{ end -}}
{{- with .image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{- /* dynamo-platform.pullSecrets: imagePullSecrets, from (list root own-list), each once. */ -}}
{{- define "dynamo-platform.pullSecrets" -}}
{{- with concat ((index . 0).Values.global.imagePullSecrets | default list) (index . 1 | default list) | compact | uniq }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.scheduling: where a pod may run, from a block of values. */ -}}
{{- define "dynamo-platform.scheduling" -}}
{{- $block := . -}}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "priorityClassName" "schedulerName" "runtimeClassName" -}}
{{- $value := get $block $key -}}
{{- if kindIs "map" $value }}
{{- with include "dynamo-platform.lines" $value }}
{{ $key }}: {{ trim . | nindent 2 }}
{{- end -}}
{{- else if $value }}
{{ $key }}: {{ if kindIs "string" $value }}{{ $value | quote }}{{ else }}{{ toYaml $value | nindent 2 }}{{ end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.spread: topology spread, from constraints (null: over nodes), selector, replicas, least. */ -}}
{{- define "dynamo-platform.spread" -}}
{{- $constraints := .constraints -}}
{{- if and (kindIs "invalid" $constraints) (ge (int .replicas) .least) -}}
  {{- $constraints = list (dict "maxSkew" 1 "topologyKey" "kubernetes.io/hostname" "whenUnsatisfiable" "ScheduleAnyway" "labelSelector" (dict "matchLabels" .selector)) -}}
{{- end -}}
{{- with $constraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.context: a security context without its nulls. */ -}}
{{- define "dynamo-platform.context" -}}
{{- with include "dynamo-platform.lines" (index . 1) }}
{{ index $ 0 }}:
  {{- trim . | nindent 2 }}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.env: a map of variables as a list sorted by name. */ -}}
{{- define "dynamo-platform.env" -}}
{{- range $name, $value := . }}
{{- if kindIs "map" $value }}
- name: {{ $name }}
  valueFrom:
    {{- toYaml $value | nindent 4 }}
{{- else if not (kindIs "invalid" $value) }}
- name: {{ $name }}
  value: {{ kindIs "string" $value | ternary $value (toRawJson $value) | quote }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.named: a map as a list, the key under the given name: (list key map). */ -}}
{{- define "dynamo-platform.named" -}}
{{- $key := index . 0 -}}
{{- range $name, $value := index . 1 }}
{{- if $value }}
- {{ mustMerge (dict $key $name) $value | toYaml | nindent 2 | trim }}
{{- end -}}
{{- end -}}
{{- end -}}
