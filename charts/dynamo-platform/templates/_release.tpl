{{- /* dynamo-platform.release: the Dynamo release of the operator image. */ -}}
{{- define "dynamo-platform.release" -}}
{{- $tag := .Values.operator.image.tag | default "" -}}
{{- $tagged := regexMatch "^[0-9]+\\.[0-9]+\\.[0-9]+" $tag | ternary $tag "" -}}
{{- .Values.operator.release | default $tagged | default .Chart.AppVersion -}}
{{- end -}}

{{- /* dynamo-platform.line: its minor, as 1.6. */ -}}
{{- define "dynamo-platform.line" -}}
{{- include "dynamo-platform.release" . | regexFind "^[0-9]+\\.[0-9]+" -}}
{{- end -}}

{{- /* dynamo-platform.within: "true" when the release's line is from `since` to `until`, from (list root since until). */ -}}
{{- define "dynamo-platform.within" -}}
{{- include "dynamo-platform.between" (list (include "dynamo-platform.line" (index . 0)) (index . 1) (index . 2)) -}}
{{- end -}}

{{- /* dynamo-platform.between: the same of a line, from (list line since until). */ -}}
{{- define "dynamo-platform.between" -}}
{{- $line := printf "%s.0" (index . 0) -}}{{- $since := index . 1 -}}{{- $until := index . 2 -}}
{{- if and (or (not $since) (semverCompare (printf ">=%s.0" $since) $line)) (or (not $until) (semverCompare (printf "<=%s.0" $until) $line)) -}}true{{- end -}}
{{- end -}}

{{- /* dynamo-platform.on: "true" unless a tri-state is false; `auto` counts as on. */ -}}
{{- define "dynamo-platform.on" -}}
{{- if not (eq (toString .) "false") }}true{{ end -}}
{{- end -}}

{{- /* dynamo-platform.uses: what is in use, as JSON of booleans. */ -}}
{{- define "dynamo-platform.uses" -}}
{{- $i := .Values.integrations -}}
{{- $cluster := eq .Values.operator.scope.mode "cluster" -}}
{{- $uses := dict "checkpoint" $i.checkpoint.enabled "lpx" $i.lpx.enabled "gpuDiscovery" $i.gpuDiscovery.enabled -}}
{{- range $name := list "grove" "lws" "kai" "dra" }}{{ $_ := set $uses $name (eq (include "dynamo-platform.on" (index $i $name).enabled) "true") }}{{ end -}}
{{- $_ := set $uses "mesh" (or (eq (include "dynamo-platform.on" $i.serviceMesh.enabled) "true") (not (empty .Values.operator.config.ingress.virtualServiceGateway))) -}}
{{- $_ := set $uses "crdOperator" (and $cluster (eq .Values.crds.managedBy "operator")) -}}
{{- $_ := set $uses "ownCertificate" (eq .Values.webhooks.certificates.provider "operator") -}}
{{- $_ := set $uses "webhooks" (and $uses.ownCertificate (eq (include "dynamo-platform.webhooksOn" .) "true")) -}}
{{- toJson $uses -}}
{{- end -}}

{{- /* dynamo-platform.webhooksOn: "true" when admission webhooks are rendered. */ -}}
{{- define "dynamo-platform.webhooksOn" -}}
{{- $enabled := .Values.webhooks.enabled -}}
{{- if eq (toString $enabled) "auto" }}{{ $enabled = eq .Values.operator.scope.mode "cluster" }}{{ end -}}
{{- if and .Values.operator.enabled $enabled }}true{{ end -}}
{{- end -}}
