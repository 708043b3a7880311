#!/bin/sh
# The platform with Grove, KAI and cert-manager, in order. Run it in the repository.
set -eu

helm upgrade --install cert-manager oci://quay.io/jetstack/charts/cert-manager --version v1.18.2 \
  -n cert-manager --create-namespace --set crds.enabled=true --wait
helm upgrade --install grove oci://ghcr.io/ai-dynamo/grove/grove-charts --version v0.1.0-alpha.14 \
  -n grove-system --create-namespace --set crdInstaller.enabled=true --wait
helm upgrade --install kai-scheduler oci://ghcr.io/kai-scheduler/kai-scheduler/kai-scheduler --version v0.17.0 \
  -n kai-scheduler --create-namespace --set-string scheduler.args.default-staleness-grace-period=-1s --wait
helm upgrade --install dynamo charts/dynamo-platform -n dynamo-system --create-namespace \
  -f values/platform/cert-manager.yaml --set integrations.grove.enabled=true --set integrations.kai.enabled=true \
  --set integrations.kai.queue.create=true --wait
dynamo-manifests cluster check
