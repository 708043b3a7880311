{{- /* dynamo-platform.merge: merge `over` into `base` in place, maps by key; null removes. */ -}}
{{- define "dynamo-platform.merge" -}}
{{- $base := .base -}}
{{- range $key, $value := .over -}}
  {{- if kindIs "invalid" $value -}}{{- $_ := unset $base $key -}}
  {{- else if and (kindIs "map" $value) (kindIs "map" (get $base $key)) -}}{{- include "dynamo-platform.merge" (dict "base" (get $base $key) "over" $value) -}}
  {{- else if kindIs "map" $value -}}{{- $copy := dict -}}{{- include "dynamo-platform.merge" (dict "base" $copy "over" $value) -}}{{- $_ := set $base $key $copy -}}
  {{- else -}}{{- $_ := set $base $key $value -}}{{- end -}}
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.natsAddress: the address that components get; empty without NATS. */ -}}
{{- define "dynamo-platform.natsAddress" -}}
{{- if eq .Values.nats.mode "external" }}{{ .Values.nats.external.address }}
{{- else if eq .Values.nats.mode "builtIn" -}}
{{ ternary "nats" "tls" (empty .Values.nats.server.tls.secretName) }}://{{ include "dynamo-platform.object" (list . "nats") }}.{{ .Release.Namespace }}.svc:4222
{{- end -}}
{{- end -}}

{{- /* dynamo-platform.toggle: {enabled: ...} of a tri-state, nothing for `auto`. */ -}}
{{- define "dynamo-platform.toggle" -}}
{{- if eq (toString .) "auto" }}{}{{ else }}enabled: {{ . }}{{ end -}}
{{- end -}}

{{- /* dynamo-platform.configFile: the operator's configuration file. */ -}}
{{- define "dynamo-platform.configFile" -}}
{{- $v := .Values -}}{{- $i := $v.integrations -}}{{- $o := $v.operator -}}
{{- $config := dict "apiVersion" "operator.config.dynamo.nvidia.com/v1alpha1" "kind" "OperatorConfiguration" -}}
{{- include "dynamo-platform.merge" (dict "base" $config "over" $o.config) -}}
{{- $computed := include "dynamo-platform.computedConfig" . | fromYaml -}}
{{- with $computed.Error }}{{ fail (printf "the operator's configuration: %s" .) }}{{ end -}}
{{- include "dynamo-platform.merge" (dict "base" $config "over" $computed) -}}
{{- include "dynamo-platform.merge" (dict "base" $config "over" $o.extraConfig) -}}
{{- toYaml $config -}}
{{- end -}}

{{- /* dynamo-platform.computedConfig: the part of the file that follows from other values. */ -}}
{{- define "dynamo-platform.computedConfig" -}}
{{- $v := .Values -}}{{- $i := $v.integrations -}}{{- $scope := $v.operator.scope -}}
server:
  webhook:
    certProvisionMode: {{ eq $v.webhooks.certificates.provider "operator" | ternary "auto" "manual" }}
    secretName: {{ include "dynamo-platform.certificateSecretName" . | toRawJson }}
    serviceName: {{ include "dynamo-platform.object" (list . "webhook") }}
leaderElection:
  enabled: {{ $v.operator.leaderElection.enabled }}
  id: dynamo.nvidia.com
  namespace: {{ include "dynamo-platform.electionNamespace" . | toRawJson }}
{{- if eq $scope.mode "namespace" }}
namespace:
  restricted: {{ include "dynamo-platform.servedNamespace" . | toRawJson }}
  scope:
    leaseDuration: {{ $scope.lease.duration }}
    leaseRenewInterval: {{ $scope.lease.renewInterval }}
gpu:
  discoveryEnabled: {{ $i.gpuDiscovery.enabled }}
{{- else }}
rbac:
  plannerClusterRoleName: {{ include "dynamo-platform.clusterObject" (list . "planner") }}
  dgdrProfilingClusterRoleName: {{ include "dynamo-platform.clusterObject" (list . "profiling") }}
  eppClusterRoleName: {{ include "dynamo-platform.clusterObject" (list . "epp") }}
{{- end }}
mpi:
  sshSecretNamespace: {{ $v.operator.config.mpi.sshSecretNamespace | default (eq $scope.mode "namespace" | ternary (include "dynamo-platform.servedNamespace" .) .Release.Namespace) | toRawJson }}
orchestrators:
  grove: {{ include "dynamo-platform.toggle" $i.grove.enabled | nindent 4 }}
  lws: {{ include "dynamo-platform.toggle" $i.lws.enabled | nindent 4 }}
  kaiScheduler: {{ include "dynamo-platform.toggle" $i.kai.enabled | nindent 4 }}
  volcanoScheduler:
    enabled: {{ $i.volcano.enabled }}
dra: {{ include "dynamo-platform.toggle" $i.dra.enabled | nindent 2 }}
discovery:
  backend: {{ $v.discovery.backend }}
infrastructure:
  {{- with include "dynamo-platform.natsAddress" . }}
  natsAddress: {{ toRawJson . }}
  {{- end }}
  {{- with $v.nats.clientTls.caPath }}
  natsTLSCAPath: {{ toRawJson . }}
  {{- end }}
  {{- with $v.nats.clientTls.certPath }}
  natsTLSClientCertPath: {{ toRawJson . }}
  {{- end }}
  {{- with $v.nats.clientTls.keyPath }}
  natsTLSClientKeyPath: {{ toRawJson . }}
  {{- end }}
  {{- with $v.discovery.etcd.address }}
  etcdAddress: {{ toRawJson . }}
  {{- end }}
serviceMesh:
  {{- if ne (toString $i.serviceMesh.enabled) "auto" }}
  enabled: {{ $i.serviceMesh.enabled }}
  {{- end }}
  {{- if include "dynamo-platform.on" $i.serviceMesh.enabled }}
  provider: istio
  istio:
    {{- include "dynamo-platform.compact" $i.serviceMesh.istio | nindent 4 }}
  {{- end }}
checkpoint:
  enabled: {{ $i.checkpoint.enabled }}
  {{- if $i.checkpoint.enabled }}
  seccomp:
    {{- include "dynamo-platform.compact" $i.checkpoint.seccomp | nindent 4 }}
  {{- if include "dynamo-platform.within" (list . nil "1.4") }}
  cleanupImage: {{ include "dynamo-platform.image" (dict "root" . "image" $i.checkpoint.cleanupImage) | toRawJson }}
  {{- end }}
  {{- end }}
{{- if $i.lpx.enabled }}
lpx:
  {{- include "dynamo-platform.compact" $i.lpx | nindent 2 }}
{{- end }}
{{- end -}}
