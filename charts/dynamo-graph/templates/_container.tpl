{{- /* graph.image: the graph's image with what the component says differently, into .out. */ -}}
{{- define "graph.image" -}}
{{- range list (.values.image | default dict) (.c.image | default dict) -}}
  {{- range $key, $value := . -}}
    {{- if not (kindIs "invalid" $value) }}{{ $_ := set $.out $key $value }}{{ end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* graph.reference: registry/repository:tag@digest, empty without a repository. Takes image and knobs. */ -}}
{{- define "graph.reference" -}}
{{- $i := .image -}}
{{- $tag := $i.tag -}}
{{- if kindIs "invalid" $tag }}{{ $tag = index .knobs "dynamo.release" }}{{ end -}}
{{- if $i.repository -}}
  {{- with $i.registry }}{{ . }}/{{ end }}{{ $i.repository }}{{ with $tag }}:{{ . }}{{ end }}{{ with $i.digest }}@{{ . }}{{ end -}}
{{- end -}}
{{- end -}}

{{- /* graph.main: the Dynamo container without its name, in core form, into .main.
       A key that is given is written, even when it is empty. */ -}}
{{- define "graph.main" -}}
{{- include "graph.copy" (dict "from" (pick .c "command" "lifecycle" "livenessProbe" "ports" "readinessProbe" "securityContext" "startupProbe" "workingDir") "to" .main) -}}
{{- with include "graph.reference" . }}{{ $_ := set $.main "image" . }}{{ end -}}
{{- with .image.pullPolicy }}{{ $_ := set $.main "imagePullPolicy" . }}{{ end -}}
{{- include "graph.args" . -}}
{{- include "graph.mainEnv" . -}}
{{- include "graph.resources" . -}}
{{- include "graph.mounts" . -}}
{{- end -}}

{{- define "graph.mainEnv" -}}
{{- $variables := .modelEnv | deepCopy -}}
{{- range $name, $value := .c.env }}{{ $_ := set $variables $name $value }}{{ end -}}
{{- if or .modelEnv (kindIs "map" .c.env) -}}
  {{- $box := dict -}}
  {{- include "graph.env" (dict "box" $box "variables" $variables "order" (.c.envOrder | default list) "knobs" .knobs "at" (printf "components.%s.env" .name)) -}}
  {{- $_ := set .main "env" $box.env -}}
{{- end -}}
{{- $from := .c.envFrom -}}
{{- if and .secret (not .secret.key) -}}
  {{- $from = prepend ($from | default list) (dict "secretRef" (dict "name" .secret.name)) -}}
{{- end -}}
{{- if kindIs "slice" $from }}{{ $_ := set .main "envFrom" $from }}{{ end -}}
{{- end -}}

{{- define "graph.resources" -}}
{{- $resources := .c.resources | default dict -}}
{{- $gpu := .c.gpuResource -}}
{{- if kindIs "invalid" $gpu }}{{ $gpu = "nvidia.com/gpu" }}{{ end -}}
{{- if and .c.gpus $gpu -}}
  {{- range $side := ternary (list "limits" "requests") (list "limits") (.c.gpuRequests | default false) -}}
    {{- $amounts := index $resources $side | default dict -}}
    {{- if not (hasKey $amounts $gpu) }}{{ $_ := set $amounts $gpu (int64 $.c.gpus | toString) }}{{ end -}}
    {{- $_ := set $resources $side $amounts -}}
  {{- end -}}
{{- end -}}
{{- if or $resources (kindIs "map" .c.resources) }}{{ $_ := set .main "resources" $resources }}{{ end -}}
{{- end -}}

{{- define "graph.mounts" -}}
{{- $mounts := dict -}}
{{- with .cache -}}
  {{- $_ := set $mounts (.mountPath | default "/model-cache") (dict "name" "model-cache" "subPath" .subPath "readOnly" .readOnly) -}}
{{- end -}}
{{- $own := .c.mounts | default dict -}}
{{- range $path, $content := .c.files -}}
  {{- if not (kindIs "invalid" $content) -}}
    {{- if or (hasKey $mounts $path) (kindIs "map" (get $own $path)) -}}
      {{- fail (printf "components.%s.files: something else is mounted at %s too: choose another path" $.name $path) -}}
    {{- end -}}
    {{- $_ := set $mounts $path (dict "name" "files" "subPath" (include "graph.fileKey" $path) "readOnly" true) -}}
  {{- end -}}
{{- end -}}
{{- $given := or $mounts (kindIs "map" .c.mounts) -}}
{{- range $path, $mount := $own }}{{ $_ := set $mounts $path $mount }}{{ end -}}
{{- if $given -}}
  {{- $list := list -}}
  {{- range $path, $mount := $mounts -}}
    {{- if kindIs "map" $mount -}}
      {{- $_ := set $mount "mountPath" $path -}}
      {{- $list = append $list $mount -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set .main "volumeMounts" $list -}}
{{- end -}}
{{- end -}}

{{- /* graph.fileKey: the ConfigMap key of an absolute path. */ -}}
{{- define "graph.fileKey" -}}
{{- trimPrefix "/" . | replace "/" "." -}}
{{- end -}}

{{- /* graph.files: a component's files by ConfigMap key, into .out. */ -}}
{{- define "graph.files" -}}
{{- $paths := dict -}}
{{- range $path, $content := .c.files -}}
  {{- if not (kindIs "invalid" $content) -}}
    {{- $key := include "graph.fileKey" $path -}}
    {{- if gt (len $key) 253 -}}
      {{- fail (printf "components.%s.files: %s is longer than 254 letters" $.name $path) -}}
    {{- end -}}
    {{- with get $paths $key -}}
      {{- fail (printf "components.%s.files: %s and %s have one key in the ConfigMap, %s: rename one" $.name . $path $key) -}}
    {{- end -}}
    {{- $_ := set $paths $key $path -}}
    {{- $_ := set $.out $key (include "graph.text" $content) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
