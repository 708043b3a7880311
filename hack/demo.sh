#!/usr/bin/env bash
# From an intent to a checked graph, each command shown as it is typed. Needs dynamo-manifests on PATH.
set -euo pipefail

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cd "$out"

if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi

step() { # step TITLE COMMAND...: shows a command, then runs it
	local title=$1
	shift
	printf '\n%s# %s%s\n%s$ %s%s\n' "$bold" "$title" "$plain" "$bold" "$*" "$plain"
	"$@"
}

step "One line of intent becomes the values of a graph: a KV-aware router, prefill and decode workers" \
	dynamo-manifests generate --backend vllm --pattern disagg-router --model Qwen/Qwen3-32B -o values.yaml
cat values.yaml

step "The manifests that 'helm template' of the graph chart makes of them, here without Helm" \
	dynamo-manifests render values.yaml --name qwen --namespace team-a --set components.decode.replicas=4 -o graph.yaml
cat graph.yaml

step "What the API server and the operator would say to them" \
	dynamo-manifests validate graph.yaml
echo "(nothing: no finding, exit status 0)"

sed -i.bak 's/replicas: 4/replicsa: 4/' graph.yaml
step "The same, after a slip of the finger" \
	dynamo-manifests validate graph.yaml && status=0 || status=$?
test "$status" -eq 1
