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
