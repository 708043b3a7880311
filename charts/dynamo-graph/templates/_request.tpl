{{- /* graph.request: the spec of a DynamoGraphDeploymentRequest into .out; .c holds the request's values. */ -}}
{{- define "graph.request" -}}
{{- $request := .c -}}
{{- if kindIs "invalid" (index .knobs "model.name") -}}
  {{- fail "request needs model.name: --set model.name=Qwen/Qwen3-32B" -}}
{{- end -}}
{{- $_ := set .out "model" (index .knobs "model.name") -}}
{{- include "graph.copy" (dict "from" (pick $request "backend" "autoApply") "to" .out) -}}
{{- $one := dict -}}
{{- include "graph.follow" (dict "box" $one "value" $request.runtimeVersionOverride "knobs" .knobs "at" "request.runtimeVersionOverride") -}}
{{- if not (kindIs "invalid" $one.value) }}{{ $_ := set .out "runtimeVersionOverride" $one.value }}{{ end -}}
{{- $cache := $request.modelCache -}}
{{- if kindIs "map" $cache -}}
  {{- $claim := $cache.pvcName | default ((.values.model | default dict).cache | default dict).existingClaim -}}
  {{- $_ := set $cache "pvcName" $claim -}}
{{- end -}}
{{- include (ternary "graph.requestBeta" "graph.requestAlpha" .beta) (dict "c" $request "out" .out "cache" $cache "image" (include "graph.reference" .)) -}}
{{- include "graph.merge" (dict "base" .out "over" (.values.spec | default dict)) -}}
{{- end -}}

{{- define "graph.requestBeta" -}}
{{- include "graph.copy" (dict "from" (pick .c "searchStrategy" "hardware" "workload" "sla" "features" "overrides") "to" .out) -}}
{{- with .image }}{{ $_ := set $.out "image" . }}{{ end -}}
{{- if kindIs "map" .cache }}{{ $_ := set .out "modelCache" .cache }}{{ end -}}
{{- end -}}

{{- define "graph.requestAlpha" -}}
{{- $features := .c.features | default dict -}}
{{- $mocker := ($features.mocker | default dict).enabled -}}
{{- if not (kindIs "invalid" $mocker) }}{{ $_ := set .out "useMocker" $mocker }}{{ end -}}
{{- include "graph.copy" (dict "from" (pick .c "enableGpuDiscovery" "deploymentOverrides") "to" .out) -}}
{{- $profiling := .c.profilingConfig | default dict -}}
{{- $config := dict -}}
{{- $sla := .c.sla | default dict -}}
{{- include "graph.copy" (dict "from" (pick (.c.workload | default dict) "isl" "osl") "to" $sla) -}}
{{- include "graph.prune" $sla -}}
{{- with $sla }}{{ $_ := set $config "sla" . }}{{ end -}}
{{- $claim := dict -}}
{{- range $from, $to := dict "pvcName" "pvcName" "pvcModelPath" "modelPathInPvc" "pvcMountPath" "pvcMountPath" -}}
  {{- $value := index ($.cache | default dict) $from -}}
  {{- if not (kindIs "invalid" $value) }}{{ $_ := set $claim $to $value }}{{ end -}}
{{- end -}}
{{- with $claim }}{{ $_ := set $config "deployment" (dict "modelCache" .) }}{{ end -}}
{{- if not (kindIs "invalid" $features.planner) }}{{ $_ := set $config "planner" $features.planner }}{{ end -}}
{{- include "graph.merge" (dict "base" $config "over" ($profiling.config | default dict)) -}}
{{- $_ := unset $profiling "config" -}}
{{- with $config }}{{ $_ := set $profiling "config" . }}{{ end -}}
{{- with .image }}{{ $_ := set $profiling "profilerImage" . }}{{ end -}}
{{- $_ := set .out "profilingConfig" $profiling -}}
{{- end -}}
