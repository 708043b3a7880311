#!/bin/sh
# The platform and what it works with, in order. Run it in the repository; SCHEDULER=lws takes LeaderWorkerSet with
# Volcano instead of Grove with KAI, DRA=1 adds the driver for GPUs by claim.
set -eu

helm upgrade --install gpu-operator gpu-operator --repo https://helm.ngc.nvidia.com/nvidia --version v26.3.2 \
  -n gpu-operator --create-namespace --wait
if [ "${DRA:-}" ]; then
  helm upgrade --install nvidia-dra-driver-gpu nvidia-dra-driver-gpu --repo https://helm.ngc.nvidia.com/nvidia \
    --version 25.12.0 -n nvidia-dra-driver-gpu --create-namespace --wait \
    --set nvidiaDriverRoot=/run/nvidia/driver --set gpuResourcesEnabledOverride=true
fi
helm upgrade --install kube-prometheus-stack oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack \
  --version 91.4.1 -n monitoring --create-namespace --wait \
  --set prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues=false \
  --set prometheus.prometheusSpec.podMonitorSelectorNilUsesHelmValues=false \
  --set prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues=false
helm upgrade --install cert-manager oci://quay.io/jetstack/charts/cert-manager --version v1.21.2 \
  -n cert-manager --create-namespace --set crds.enabled=true --wait

if [ "${SCHEDULER:-grove}" = lws ]; then
  helm upgrade --install volcano volcano --repo https://volcano-sh.github.io/helm-charts --version 1.14.2 \
    -n volcano-system --create-namespace --wait
  helm upgrade --install lws oci://registry.k8s.io/lws/charts/lws --version 0.9.0 \
    -n lws-system --create-namespace --set gangSchedulingManagement.schedulerProvider=volcano --wait
  set -- --set integrations.lws.enabled=true --set integrations.volcano.enabled=true
else
  helm upgrade --install grove oci://ghcr.io/ai-dynamo/grove/grove-charts --version v0.1.0-alpha.14 \
    -n grove-system --create-namespace --set crdInstaller.enabled=true --wait
  helm upgrade --install kai-scheduler oci://ghcr.io/kai-scheduler/kai-scheduler/kai-scheduler --version v0.17.0 \
    -n kai-scheduler --create-namespace --set-string scheduler.args.default-staleness-grace-period=-1s --wait
  set -- --set integrations.grove.enabled=true --set integrations.kai.enabled=true \
    --set integrations.kai.queue.create=true
fi
helm upgrade --install dynamo charts/dynamo-platform -n dynamo-system --create-namespace --wait \
  -f values/platform/cert-manager.yaml "$@" \
  --set monitoring.serviceMonitor.enabled=true --set monitoring.podMonitors.enabled=true \
  --set monitoring.rules.enabled=true --set monitoring.reader.namespace=monitoring \
  --set monitoring.reader.serviceAccount=kube-prometheus-stack-prometheus
dynamo-manifests cluster check
