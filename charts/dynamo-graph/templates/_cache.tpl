{{- /* graph.cache: the model cache into .out.cache, an empty map without one. Takes values. */ -}}
{{- define "graph.cache" -}}
{{- $cache := (.values.model | default dict).cache | default dict -}}
{{- $kinds := list -}}
{{- range list "existingClaim" "create" "hostPath" -}}
  {{- if not (kindIs "invalid" (index $cache .)) }}{{ $kinds = append $kinds . }}{{ end -}}
{{- end -}}
{{- if gt (len $kinds) 1 -}}
  {{- fail (printf "model.cache has %s: keep one and set the others to null" (join " and " $kinds)) -}}
{{- end -}}
{{- if and (not $kinds) ($cache.download | default dict).enabled -}}
  {{- fail "model.cache.download has no cache to fill: set model.cache.create.size, model.cache.existingClaim or model.cache.hostPath" -}}
{{- end -}}
{{- $_ := set .out "cache" (ternary $cache dict (gt (len $kinds) 0)) -}}
{{- end -}}

{{- define "graph.cacheVolume" -}}
{{- if not (kindIs "invalid" .cache.hostPath) -}}
  {{- dict "hostPath" (dict "path" .cache.hostPath "type" "DirectoryOrCreate") | toRawJson -}}
{{- else -}}
  {{- dict "persistentVolumeClaim" (dict "claimName" (.cache.existingClaim | default (printf "%s-model-cache" .fullname))) | toRawJson -}}
{{- end -}}
{{- end -}}

{{- /* graph.modelGifts: what the model gives a component, into .ctx: cache, secret, modelEnv. */ -}}
{{- define "graph.modelGifts" -}}
{{- $ctx := .ctx -}}
{{- $_ := set $ctx "cache" dict -}}
{{- if $ctx.c.modelCache }}{{ include "graph.cache" (dict "values" $ctx.values "out" $ctx) }}{{ end -}}
{{- $secret := ($ctx.values.model | default dict).tokenSecret | default dict -}}
{{- $_ := set $ctx "secret" (ternary $secret dict (and ($ctx.c.modelSecret | default false) (not (empty $secret.name)))) -}}
{{- $env := dict -}}
{{- if $ctx.cache -}}
  {{- $home := $ctx.cache.hfHome -}}
  {{- if kindIs "invalid" $home }}{{ $home = $ctx.cache.mountPath | default "/model-cache" }}{{ end -}}
  {{- with $home }}{{ $_ := set $env "HF_HOME" . }}{{ end -}}
{{- end -}}
{{- if $ctx.secret.key -}}
  {{- $_ := set $env "HF_TOKEN" (dict "secretKeyRef" (dict "name" $ctx.secret.name "key" $ctx.secret.key)) -}}
{{- end -}}
{{- $_ := set $ctx "modelEnv" $env -}}
{{- end -}}

{{- /* graph.marker: the file that says that the download is complete. */ -}}
{{- define "graph.marker" -}}
{{- $model := dict "name" (index .knobs "model.name" | default "") "revision" (index .knobs "model.revision" | default "") -}}
{{- printf "%s/.dynamo-manifests/%s" (.cache.mountPath | default "/model-cache") (include "graph.digest" $model) -}}
{{- end -}}

{{- /* graph.waiting: the init container that waits for the marker, as JSON. */ -}}
{{- define "graph.waiting" -}}
{{- dict "name" "wait-for-model"
      "image" (include "graph.reference" . | default nil)
      "command" (list "sh" "-c" `until [ -e "$MARKER" ]; do echo "waiting for the model download"; sleep 5; done`)
      "env" (list (dict "name" "MARKER" "value" (include "graph.marker" .)))
      "volumeMounts" (list (dict "name" "model-cache" "mountPath" (.cache.mountPath | default "/model-cache") "subPath" .cache.subPath "readOnly" true))
    | toRawJson -}}
{{- end -}}

{{- define "graph.downloadScript" -}}
import os, pathlib
from huggingface_hub import snapshot_download
snapshot_download(os.environ["MODEL"], revision=os.environ.get("REVISION") or None)
marker = pathlib.Path(os.environ["MARKER"])
marker.parent.mkdir(parents=True, exist_ok=True)
marker.touch()
{{ end -}}

{{- /* graph.jobSpec: the spec of the download Job, as JSON. Takes a context without a component of its own. */ -}}
{{- define "graph.jobSpec" -}}
{{- $download := .cache.download -}}
{{- $env := .modelEnv | deepCopy -}}
{{- $_ := set $env "MODEL" (dict "from" "model.name") -}}
{{- $_ := set $env "REVISION" (dict "from" "model.revision") -}}
{{- $_ := set $env "MARKER" (include "graph.marker" .) -}}
{{- $box := dict -}}
{{- include "graph.env" (dict "box" $box "variables" $env "order" list "knobs" .knobs "at" "model.cache.download") -}}
{{- $container := dict "name" "download"
      "image" ($download.image | default (include "graph.reference" .) | default nil)
      "command" (list "python3" "-c" (include "graph.downloadScript" .))
      "env" $box.env
      "volumeMounts" (list (dict "name" "model-cache" "mountPath" (.cache.mountPath | default "/model-cache") "subPath" .cache.subPath)) -}}
{{- if and .secret (not .secret.key) -}}
  {{- $_ := set $container "envFrom" (list (dict "secretRef" (dict "name" .secret.name))) -}}
{{- end -}}
{{- $volume := include "graph.cacheVolume" . | fromJson -}}
{{- $_ := set $volume "name" "model-cache" -}}
{{- $pod := dict "restartPolicy" "OnFailure" "nodeSelector" $download.nodeSelector "containers" (list $container) "volumes" (list $volume) -}}
{{- include "graph.pullSecrets" (dict "image" .image "pod" $pod) -}}
{{- $limit := $download.backoffLimit -}}
{{- if kindIs "invalid" $limit }}{{ $limit = 6 }}{{ end -}}
{{- $spec := dict "backoffLimit" $limit "ttlSecondsAfterFinished" $download.ttlSecondsAfterFinished "template" (dict "spec" $pod) -}}
{{- include "graph.prune" $spec -}}
{{- toRawJson $spec -}}
{{- end -}}
