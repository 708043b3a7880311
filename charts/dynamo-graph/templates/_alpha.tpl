{{- /* graph.alpha: a component in the words of nvidia.com/v1alpha1, into .out. */ -}}
{{- define "graph.alpha" -}}
{{- $c := .c -}}
{{- if has $c.type (list "prefill" "decode") -}}
  {{- $_ := set .out "componentType" "worker" -}}
  {{- $_ := set .out "subComponentType" $c.type -}}
{{- else if not (kindIs "invalid" $c.type) -}}
  {{- $_ := set .out "componentType" $c.type -}}
{{- end -}}
{{- include "graph.common" . -}}
{{- if not (kindIs "invalid" $c.sharedMemory) -}}
  {{- $off := eq (include "graph.text" $c.sharedMemory) "0" -}}
  {{- $_ := set .out "sharedMemory" (ternary (dict "disabled" true) (dict "size" $c.sharedMemory) $off) -}}
{{- end -}}
{{- if $c.scalingAdapter }}{{ $_ := set .out "scalingAdapter" (dict "enabled" true) }}{{ end -}}
{{- include "graph.copy" (dict "from" (pick $c "dynamoNamespace") "to" .out) -}}
{{- include "graph.main" . -}}
{{- include "graph.pod" . -}}
{{- include "graph.alphaFields" (dict "main" .main "out" .out "placement" ($c.placement | default dict)) -}}
{{- with $c.container }}{{ include "graph.merge" (dict "base" $.main "over" .) }}{{ end -}}
{{- with $c.podSpec }}{{ include "graph.merge" (dict "base" $.pod "over" .) }}{{ end -}}
{{- with .main }}{{ $_ := set $.pod "mainContainer" . }}{{ end -}}
{{- include "graph.podTemplateMetadata" (dict "c" $c "files" .files "holder" .out "key" "extraPodMetadata") -}}
{{- with .pod }}{{ $_ := set $.out "extraPodSpec" . }}{{ end -}}
{{- with $c.component }}{{ include "graph.merge" (dict "base" $.out "over" .) }}{{ end -}}
{{- end -}}

{{- /* graph.alphaFields: moves from the container what v1alpha1 keeps at the component, unless placement says otherwise. */ -}}
{{- define "graph.alphaFields" -}}
{{- range $from, $to := dict "env" "envs" "livenessProbe" "livenessProbe" "readinessProbe" "readinessProbe" "resources" "resources" -}}
  {{- if and (hasKey $.main $from) (ne (index $.placement $from | default "") "container") -}}
    {{- $value := index $.main $from -}}
    {{- $_ := unset $.main $from -}}
    {{- if eq $from "resources" }}{{ $value = include "graph.alphaResources" $value | fromJson }}{{ end -}}
    {{- $_ := set $.out $to $value -}}
  {{- end -}}
{{- end -}}
{{- $secret := include "graph.oneSecret" .main.envFrom -}}
{{- if and $secret (ne (.placement.envFrom | default "") "container") -}}
  {{- $_ := unset .main "envFrom" -}}
  {{- $_ := set .out "envFromSecret" $secret -}}
{{- end -}}
{{- if and (hasKey .main "volumeMounts") (eq (.placement.mounts | default "") "component") -}}
  {{- range .main.volumeMounts -}}
    {{- $_ := set . "mountPoint" .mountPath -}}
    {{- $_ := unset . "mountPath" -}}
  {{- end -}}
  {{- $_ := set .out "volumeMounts" .main.volumeMounts -}}
  {{- $_ := unset .main "volumeMounts" -}}
{{- end -}}
{{- end -}}

{{- /* graph.oneSecret: the name when a list of sources is one plain Secret, else nothing. */ -}}
{{- define "graph.oneSecret" -}}
{{- if kindIs "slice" . -}}
  {{- $kept := list -}}
  {{- range . }}{{ if not (kindIs "invalid" .) }}{{ $kept = append $kept . }}{{ end }}{{ end -}}
  {{- if eq (len $kept) 1 -}}
    {{- $entry := first $kept -}}
    {{- include "graph.prune" $entry -}}
    {{- if and (eq (keys $entry | join ",") "secretRef") (kindIs "map" $entry.secretRef) -}}
      {{- if eq (keys $entry.secretRef | join ",") "name" }}{{ $entry.secretRef.name }}{{ end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* graph.alphaResources: core resources in the words of v1alpha1, as JSON; its amounts are text. */ -}}
{{- define "graph.alphaResources" -}}
{{- $out := dict -}}
{{- range $side, $amounts := . -}}
  {{- if and (ne $side "claims") (kindIs "map" $amounts) -}}
    {{- $named := dict -}}
    {{- $custom := dict -}}
    {{- range $name, $amount := $amounts -}}
      {{- if not (kindIs "invalid" $amount) -}}
        {{- $key := ternary "gpu" $name (eq $name "nvidia.com/gpu") -}}
        {{- $_ := set (ternary $named $custom (has $key (list "cpu" "gpu" "memory"))) $key (include "graph.text" $amount) -}}
      {{- end -}}
    {{- end -}}
    {{- with $custom }}{{ $_ := set $named "custom" . }}{{ end -}}
    {{- $_ := set $out $side $named -}}
  {{- else if not (kindIs "invalid" $amounts) -}}
    {{- $_ := set $out $side $amounts -}}
  {{- end -}}
{{- end -}}
{{- toRawJson $out -}}
{{- end -}}
