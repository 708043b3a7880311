# Everything a person or CI does here. What is downloaded or built for tests lies outside the clone, in
# $XDG_CACHE_HOME/dynamo-manifests, by version: a second clone builds nothing.

PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
SOURCES := pydynamo_manifests hack tests bench

.DEFAULT_GOAL := help
.PHONY: help venv tools tools-fast runtime planners demo generate verify lint format test test-fast bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(VENV)/.stamp ## the Python environment, in .venv

$(VENV)/.stamp: hack/requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r hack/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

tools: ## build the pinned Helm 3 and 4, kubeconform, kube-score, etcd, API server, kubectl, NATS, fetch others' CRDs (needs Go, once per machine)
	@$(PYTHON) hack/tools/build.py

tools-fast: ## build only what tests without a server need
	@$(PYTHON) hack/tools/build.py definitions helm3 helm4 kubeconform kube-score

runtime: ## install the Dynamo runtime that tests run graphs with (once per machine)
	@$(PYTHON) hack/tools/runtime.py

planners: venv ## install the planners whose reading of a configuration tests compare ours with (once per machine)
	@$(BIN)/python hack/tools/planners.py

demo: venv ## compose, render and validate a disaggregated graph, and show it (under two minutes; no Go)
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash hack/demo.sh

generate: venv ## write every generated file
	@$(BIN)/python hack/generate.py

verify: venv ## fail if a generated file is not as 'make generate' writes it
	@$(BIN)/python hack/generate.py --check

lint: venv ## ruff (all rules, format) and mypy (strict)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/mypy --explicit-package-bases --follow-imports=silent hack bench tests/support

format: venv ## rewrite the sources as 'make lint' wants them
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format .

test: venv tools runtime planners lint verify ## everything that CI runs: sets up all, lint, verify, all tests, coverage
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --cov=pydynamo_manifests --cov-report=term:skip-covered

test-fast: venv tools-fast ## the tests that start no server
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup -m "not slow"

bench: venv tools-fast ## measure speed beside the peers and print one table
	@$(BIN)/python bench/run.py

clean: ## remove what was made in this clone (the caches outside it stay)
	@rm -rf $(VENV) dist build .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache
