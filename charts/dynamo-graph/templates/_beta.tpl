{{- /* graph.beta: a component in the words of nvidia.com/v1beta1, into .out. */ -}}
{{- define "graph.beta" -}}
{{- $c := .c -}}
{{- $_ := set .out "name" .name -}}
{{- if not (kindIs "invalid" $c.type) }}{{ $_ := set .out "type" $c.type }}{{ end -}}
{{- include "graph.common" . -}}
{{- if not (kindIs "invalid" $c.sharedMemory) }}{{ $_ := set .out "sharedMemorySize" $c.sharedMemory }}{{ end -}}
{{- if $c.scalingAdapter }}{{ $_ := set .out "scalingAdapter" dict }}{{ end -}}
{{- include "graph.main" . -}}
{{- include "graph.pod" . -}}
{{- with $c.container }}{{ include "graph.merge" (dict "base" $.main "over" .) }}{{ end -}}
{{- if .main -}}
  {{- if not (hasKey .main "name") }}{{ $_ := set .main "name" "main" }}{{ end -}}
  {{- $_ := set .pod "containers" (prepend (.pod.containers | default list) .main) -}}
{{- end -}}
{{- with $c.podSpec }}{{ include "graph.merge" (dict "base" $.pod "over" .) }}{{ end -}}
{{- $template := dict -}}
{{- include "graph.podTemplateMetadata" (dict "c" $c "files" .files "holder" $template "key" "metadata") -}}
{{- with .pod }}{{ $_ := set $template "spec" . }}{{ end -}}
{{- with $template }}{{ $_ := set $.out "podTemplate" . }}{{ end -}}
{{- with $c.component }}{{ include "graph.merge" (dict "base" $.out "over" .) }}{{ end -}}
{{- end -}}
