{{- /* dynamo-platform.pull: a container that ends at once: what it is for happens before it starts. */ -}}
{{- define "dynamo-platform.pull" -}}
- name: {{ .name }}
  image: {{ .image }}
  imagePullPolicy: IfNotPresent
  command: [/bin/true]
  resources:
    {{- toYaml .prepull.resources | nindent 4 }}
  securityContext:
    {{- include "dynamo-platform.pullContext" . | nindent 4 }}
{{- end -}}

{{- define "dynamo-platform.pullContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
