{{- /* dynamo-platform.bytes: a quantity as the number of bytes that NATS takes. */ -}}
{{- define "dynamo-platform.bytes" -}}
{{- $units := dict "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $unit := regexFind "[A-Za-z]*$" . -}}
{{- if not (and (hasKey $units $unit) (regexMatch "^[0-9]+[A-Za-z]*$" .)) }}{{ fail (printf "nats.server.jetstream: %q is no amount of memory, write e.g. 10Gi" .) }}{{ end -}}
{{- mul (regexFind "^[0-9]+" . | int64) (get $units $unit) -}}
{{- end -}}

{{- /* dynamo-platform.natsConf: the server's configuration; credentials come as variables. */ -}}
{{- define "dynamo-platform.natsConf" -}}
{{- $s := .Values.nats.server -}}
{{- $name := include "dynamo-platform.object" (list . "nats") -}}
server_name: $POD_NAME
port: 4222
http_port: 8222
max_payload: {{ $s.maxPayload | int64 }}
lame_duck_grace_period: 10s
lame_duck_duration: 30s
pid_file: /tmp/nats.pid
jetstream {
  store_dir: /data
  max_file_store: {{ include "dynamo-platform.bytes" $s.jetstream.size }}
  max_memory_store: {{ include "dynamo-platform.bytes" $s.jetstream.memory }}
}
{{- if eq $s.auth.method "password" }}
authorization {
  user: $NATS_USERNAME
  password: $NATS_PASSWORD
}
{{- else if eq $s.auth.method "token" }}
authorization {
  token: $NATS_TOKEN
}
{{- end }}
{{- if $s.tls.secretName }}
tls {
  cert_file: /etc/nats-tls/tls.crt
  key_file: /etc/nats-tls/tls.key
  ca_file: /etc/nats-tls/ca.crt
  verify: {{ $s.tls.verifyClients }}
}
{{- end }}
{{- if gt (int $s.replicas) 1 }}
{{- $headless := include "dynamo-platform.object" (list . "nats-headless") }}
cluster {
  name: {{ $name }}
  port: 6222
  no_advertise: true
  routes: [
    {{- range until (int $s.replicas) }}
    nats://{{ $name }}-{{ . }}.{{ $headless }}.{{ $.Release.Namespace }}.svc:6222
    {{- end }}
  ]
  {{- if $s.tls.secretName }}
  tls {
    cert_file: /etc/nats-tls/tls.crt
    key_file: /etc/nats-tls/tls.key
    ca_file: /etc/nats-tls/ca.crt
  }
  {{- end }}
}
{{- end }}
{{- end -}}

{{- /* dynamo-platform.natsCredentials: variables that the configuration reads. */ -}}
{{- define "dynamo-platform.natsCredentials" -}}
{{- $keys := dict "password" (dict "NATS_USERNAME" "username" "NATS_PASSWORD" "password") "token" (dict "NATS_TOKEN" "token") -}}
{{- range $variable, $key := index $keys .method }}
- name: {{ $variable }}
  valueFrom:
    secretKeyRef:
      name: {{ $.secretName | toRawJson }}
      key: {{ $key }}
{{- end -}}
{{- end -}}
