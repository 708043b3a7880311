{{- /* graph.context: one component and all that its rendering reads, into .ctx. Takes values, fullname, name, c. */ -}}
{{- define "graph.context" -}}
{{- $ctx := .ctx -}}
{{- $_ := set $ctx "knobs" dict -}}
{{- include "graph.knobs" (dict "values" $ctx.values "c" $ctx.c "out" $ctx.knobs) -}}
{{- $_ := set $ctx "image" dict -}}
{{- include "graph.image" (dict "values" $ctx.values "c" $ctx.c "out" $ctx.image) -}}
{{- include "graph.modelGifts" (dict "ctx" $ctx) -}}
{{- $_ := set $ctx "files" dict -}}
{{- if $ctx.c.files }}{{ include "graph.files" (dict "c" $ctx.c "name" $ctx.name "out" $ctx.files) }}{{ end -}}
{{- range list "main" "pod" "out" }}{{ $_ := set $ctx . dict }}{{ end -}}
{{- end -}}

{{- /* graph.common: the fields of a component that both API versions share, into .out. */ -}}
{{- define "graph.common" -}}
{{- range list "replicas" "minAvailable" -}}
  {{- $value := index $.c . -}}
  {{- if not (kindIs "invalid" $value) }}{{ $_ := set $.out . (int64 $value) }}{{ end -}}
{{- end -}}
{{- if gt (int64 (.c.nodes | default 1)) 1 }}{{ $_ := set .out "multinode" (dict "nodeCount" (int64 .c.nodes)) }}{{ end -}}
{{- include "graph.copy" (dict "from" (pick .c "globalDynamoNamespace") "to" .out) -}}
{{- $at := printf "components.%s" .name -}}
{{- $one := dict -}}
{{- if not (kindIs "invalid" .c.runtimeVersionOverride) -}}
  {{- include "graph.follow" (dict "box" $one "value" .c.runtimeVersionOverride "knobs" .knobs "at" (printf "%s.runtimeVersionOverride" $at)) -}}
  {{- if not (kindIs "invalid" $one.value) }}{{ $_ := set .out "runtimeVersionOverride" $one.value }}{{ end -}}
{{- end -}}
{{- if kindIs "map" .c.modelRef -}}
  {{- $ref := dict -}}
  {{- range $key, $value := .c.modelRef -}}
    {{- include "graph.follow" (dict "box" $one "value" $value "knobs" $.knobs "at" (printf "%s.modelRef.%s" $at $key)) -}}
    {{- $_ := set $ref $key $one.value -}}
  {{- end -}}
  {{- $_ := set .out "modelRef" $ref -}}
{{- end -}}
{{- end -}}

{{- /* graph.hatches: what container and podSpec say, over what the chart wrote. */ -}}
{{- define "graph.podTemplateMetadata" -}}
{{- $meta := dict -}}
{{- include "graph.podMetadata" (dict "c" .c "files" .files "out" $meta) -}}
{{- with $meta }}{{ $_ := set $.holder $.key . }}{{ end -}}
{{- end -}}
