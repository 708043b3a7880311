{{- /* dynamo-platform.dnsEgress: the way to the cluster's DNS. */ -}}
{{- define "dynamo-platform.dnsEgress" -}}
# DNS.
- ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
  {{- with .Values.networkPolicy.dns }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- /* dynamo-platform.fromTests: the pod of `helm test`, whoever else is let in; from (dict root ports). */ -}}
{{- define "dynamo-platform.fromTests" -}}
{{- if .root.Values.tests.enabled }}
# The pod of `helm test`.
- ports:
    {{- range .ports }}
    - port: {{ . }}
    {{- end }}
  from:
    - podSelector:
        matchLabels:
          {{- include "dynamo-platform.selector" (list .root "test") | nindent 10 }}
{{- end -}}
{{- end -}}
