{{- /* graph.text: text as it is, anything else as JSON without HTML escapes. */ -}}
{{- define "graph.text" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toRawJson . }}{{ end -}}
{{- end -}}

{{- /* graph.knobs: what {from: ...} may name, into .out. Takes values and c, the component. */ -}}
{{- define "graph.knobs" -}}
{{- $model := .values.model | default dict -}}
{{- $nodes := .c.nodes | default 1 | int64 -}}
{{- $gpus := .c.gpus -}}
{{- $total := $gpus -}}
{{- if not (kindIs "invalid" $gpus) -}}
  {{- $gpus = int64 $gpus -}}
  {{- $total = mul $gpus $nodes -}}
{{- end -}}
{{- $_ := set .out "model.name" $model.name -}}
{{- $_ := set .out "model.servedName" ($model.servedName | default $model.name) -}}
{{- $_ := set .out "model.revision" $model.revision -}}
{{- $_ := set .out "model.path" ($model.path | default $model.name) -}}
{{- $_ := set .out "gpus" $gpus -}}
{{- $_ := set .out "nodes" $nodes -}}
{{- $_ := set .out "totalGpus" $total -}}
{{- $_ := set .out "dynamo.release" (.values.dynamo | default dict).release -}}
{{- end -}}

{{- /* graph.follow: what a {from: KNOB} stands for, or the value itself, into .box.value. */ -}}
{{- define "graph.follow" -}}
{{- $value := .value -}}
{{- if kindIs "map" $value -}}
  {{- if hasKey $value "from" -}}
    {{- $knob := $value.from -}}
    {{- if not (hasKey .knobs $knob) -}}
      {{- fail (printf "%s: no knob '%v': one of %s" .at $knob (keys .knobs | sortAlpha | join ", ")) -}}
    {{- end -}}
    {{- $value = index .knobs $knob -}}
    {{- if and (kindIs "invalid" $value) (has $knob (list "model.name" "model.servedName" "model.path")) -}}
      {{- fail (printf "%s needs %s: --set model.name=Qwen/Qwen3-32B" .at $knob) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $_ := set .box "value" $value -}}
{{- end -}}

{{- /* graph.tokens: a list of arguments appended to .box.tokens. Takes items, knobs, at. */ -}}
{{- define "graph.tokens" -}}
{{- $one := dict -}}
{{- range .items -}}
  {{- include "graph.follow" (dict "box" $one "value" . "knobs" $.knobs "at" $.at) -}}
  {{- if not (kindIs "invalid" $one.value) -}}
    {{- $_ := set $.box "tokens" (append $.box.tokens (include "graph.text" $one.value)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* graph.args: the arguments of a component, into .main.args; the full order is leadingArgs, args, extraArgs. */ -}}
{{- define "graph.args" -}}
{{- $c := .c -}}
{{- $at := printf "components.%s" .name -}}
{{- if not (and (kindIs "invalid" $c.leadingArgs) (kindIs "invalid" $c.args) (kindIs "invalid" $c.extraArgs)) -}}
  {{- $box := dict "tokens" list -}}
  {{- include "graph.tokens" (dict "box" $box "items" ($c.leadingArgs | default list) "knobs" .knobs "at" (printf "%s.leadingArgs" $at)) -}}
  {{- include "graph.flags" (dict "box" $box "flags" ($c.args | default dict) "order" ($c.argOrder | default list) "knobs" .knobs "at" (printf "%s.args" $at)) -}}
  {{- include "graph.tokens" (dict "box" $box "items" ($c.extraArgs | default list) "knobs" .knobs "at" (printf "%s.extraArgs" $at)) -}}
  {{- $_ := set .main "args" $box.tokens -}}
{{- end -}}
{{- end -}}

{{- /* graph.flags: a map of flags appended to .box.tokens, those of .order first, the others sorted. */ -}}
{{- define "graph.flags" -}}
{{- $one := dict -}}
{{- range $flag := concat .order (keys .flags | sortAlpha) | uniq -}}
  {{- $value := index $.flags $flag -}}
  {{- if kindIs "map" $value -}}
    {{- include "graph.follow" (dict "box" $one "value" $value "knobs" $.knobs "at" (printf "%s.%s" $.at $flag)) -}}
    {{- $value = $one.value -}}
  {{- end -}}
  {{- $off := or (kindIs "invalid" $value) (and (kindIs "bool" $value) (not $value)) -}}
  {{- if not $off -}}
    {{- $_ := set $.box "tokens" (append $.box.tokens (printf "--%s" $flag)) -}}
    {{- if kindIs "slice" $value -}}
      {{- include "graph.tokens" (dict "box" $.box "items" $value "knobs" $.knobs "at" (printf "%s.%s" $.at $flag)) -}}
    {{- else if not (kindIs "bool" $value) -}}
      {{- $_ := set $.box "tokens" (append $.box.tokens (include "graph.text" $value)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* graph.env: a map of variables as a list into .box.env, those of .order first, the others sorted. */ -}}
{{- define "graph.env" -}}
{{- $_ := set .box "env" list -}}
{{- $one := dict -}}
{{- range $name := concat .order (keys .variables | sortAlpha) | uniq -}}
  {{- $value := index $.variables $name -}}
  {{- if kindIs "map" $value -}}
    {{- include "graph.follow" (dict "box" $one "value" $value "knobs" $.knobs "at" (printf "%s.%s" $.at $name)) -}}
    {{- $value = $one.value -}}
  {{- end -}}
  {{- if kindIs "map" $value -}}
    {{- $_ := set $.box "env" (append $.box.env (dict "name" $name "valueFrom" $value)) -}}
  {{- else if not (kindIs "invalid" $value) -}}
    {{- $_ := set $.box "env" (append $.box.env (dict "name" $name "value" (include "graph.text" $value))) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
