{{- /* graph.merge: .over onto .base, in place. Maps and keyed lists merge by key, other lists are replaced,
       null removes. */ -}}
{{- define "graph.merge" -}}
{{- if .over -}}
{{- $keyed := dict
      "containers" (list "name")
      "initContainers" (list "name")
      "volumes" (list "name")
      "imagePullSecrets" (list "name")
      "resourceClaims" (list "name")
      "env" (list "name")
      "envs" (list "name")
      "volumeMounts" (list "mountPath")
      "ports" (list "containerPort" "protocol")
      "hostAliases" (list "ip")
      "topologySpreadConstraints" (list "topologyKey" "whenUnsatisfiable") -}}
{{- $base := .base -}}
{{- range $key, $value := .over -}}
  {{- $old := get $base $key -}}
  {{- if kindIs "invalid" $value -}}
    {{- $_ := unset $base $key -}}
  {{- else if and (kindIs "map" $value) (kindIs "map" $old) -}}
    {{- include "graph.merge" (dict "base" $old "over" $value) -}}
  {{- else if and (hasKey $keyed $key) (kindIs "slice" $value) (kindIs "slice" $old) -}}
    {{- include "graph.mergeList" (dict "base" $base "key" $key "over" $value "by" (get $keyed $key)) -}}
  {{- else -}}
    {{- $_ := set $base $key $value -}}
  {{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "graph.mergeList" -}}
{{- $have := dict -}}
{{- range get .base .key -}}
  {{- $id := include "graph.identity" (dict "item" . "by" $.by) -}}
  {{- if $id }}{{ $_ := set $have $id . }}{{ end -}}
{{- end -}}
{{- range .over -}}
  {{- $id := include "graph.identity" (dict "item" . "by" $.by) -}}
  {{- if and $id (hasKey $have $id) -}}
    {{- include "graph.merge" (dict "base" (get $have $id) "over" .) -}}
  {{- else if not (kindIs "invalid" .) -}}
    {{- $_ := set $.base $.key (append (get $.base $.key) .) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* graph.identity: what makes an item of a keyed list the same item; empty when it has no key. */ -}}
{{- define "graph.identity" -}}
{{- if kindIs "map" .item -}}
  {{- if not (kindIs "invalid" (index .item (first .by))) -}}
    {{- $parts := list -}}
    {{- range .by -}}
      {{- $part := index $.item . -}}
      {{- if and (eq . "protocol") (kindIs "invalid" $part) }}{{ $part = "TCP" }}{{ end -}}
      {{- $parts = append $parts (toRawJson $part) -}}
    {{- end -}}
    {{- join "/" $parts -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* graph.prune: takes every null out of a map, in place. */ -}}
{{- define "graph.prune" -}}
{{- $map := . -}}
{{- range $key, $value := $map -}}
  {{- if kindIs "invalid" $value -}}
    {{- $_ := unset $map $key -}}
  {{- else if kindIs "map" $value -}}
    {{- include "graph.prune" $value -}}
  {{- else if kindIs "slice" $value -}}
    {{- $kept := list -}}
    {{- range $value -}}
      {{- if not (kindIs "invalid" .) -}}
        {{- $box := dict "item" . -}}
        {{- if or (kindIs "map" .) (kindIs "slice" .) }}{{ include "graph.prune" $box }}{{ end -}}
        {{- $kept = append $kept $box.item -}}
      {{- end -}}
    {{- end -}}
    {{- $_ := set $map $key $kept -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* graph.copy: sets what is given in .from in .to. */ -}}
{{- define "graph.copy" -}}
{{- range $key, $value := .from -}}
  {{- if not (kindIs "invalid" $value) }}{{ $_ := set $.to $key $value }}{{ end -}}
{{- end -}}
{{- end -}}

{{- /* graph.yaml: YAML without nulls, or a failure where toYaml would give nothing without a word (control characters), make a
       space of U+0085, or write a merge. */ -}}
{{- define "graph.yaml" -}}
{{- $json := toRawJson . -}}
{{- if contains "null" $json }}{{ include "graph.prune" . }}{{ $json = toRawJson . }}{{ end -}}
{{- $text := toYaml . -}}
{{- if or (not $text) (contains "\u0085" $json) }}{{ fail "a control character in the values cannot be written as YAML" }}{{ end -}}
{{- if contains "\"<<\":" $json }}{{ fail "a key << in the values cannot be written as YAML" }}{{ end -}}
{{- $text -}}
{{- end -}}
