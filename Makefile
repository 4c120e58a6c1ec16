# Every verb of this repository; `make` alone lists them. Needs Python 3.11 or newer and nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PY := $(BIN)/python
VENV := .venv/.installed
# More arguments for the tool behind a verb: make test ARGS="tests/intake -k reply"
ARGS ?=

.PHONY: help
help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(VENV) ## Start the whole platform with the demonstration district; Ctrl-C stops it
	@exec $(PY) -m dev.platform $(ARGS)

.PHONY: test
test: $(VENV) ## Run the tests against real servers of their own (ARGS="tests/intake -k reply")
	@$(PY) -m pytest $(ARGS)

.PHONY: check
check: $(VENV) ## Everything that needs no server: format, lint, types, imports, schema
	@$(BIN)/ruff format --check
	@$(MAKE) lint types imports schema-check
	@$(PY) -m dev.capabilities --check

.PHONY: fmt
fmt: $(VENV) ## Format the code and fix what can be fixed
	@$(BIN)/ruff format --quiet
	@$(BIN)/ruff check --fix

.PHONY: lint
lint: $(VENV) ## Lint the code
	@$(BIN)/ruff check

.PHONY: types
types: $(VENV) ## Check the types of code and tests
	@$(BIN)/mypy .

.PHONY: imports
imports: $(VENV) ## Check who may import whom
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo

.PHONY: schema
schema: $(VENV) ## Regenerate schema/, docs/refusals.md and docs/compose-errors.md
	@$(PY) -m dev.schema
	@$(PY) -m dev.refusals
	@$(PY) -m dev.compose_errors

.PHONY: schema-check
schema-check: $(VENV) ## Fail when what `make schema` writes is not what the code says
	@$(PY) -m dev.schema --check
	@$(PY) -m dev.refusals --check
	@$(PY) -m dev.compose_errors --check

.PHONY: verify
verify: $(VENV) ## Prove from the running platform's stores and streams that nothing was lost or doubled
	@$(PY) -m dev.verify
	@$(PY) -m dev.platform exec intake verify-chains --all

.PHONY: trace
trace: $(VENV) ## Print the trace of a report or a trace id (REPORT=report_…)
	@test -n "$(REPORT)" || { echo "usage: make trace REPORT=report_… (or a trace id)"; exit 1; }
	@$(PY) -m dev.traces show "$(REPORT)"

.PHONY: simulate
simulate: $(VENV) ## Replay a month of messages through the ladder and print its scoreboard (FILE=messages.jsonl)
	@test -n "$(FILE)" || { echo "usage: make simulate FILE=messages.jsonl (ARGS=--limit 500)"; exit 1; }
	@$(PY) -m dev.simulation "$(FILE)" $(ARGS)

.PHONY: bench
bench: $(VENV) ## Run the benchmarks; each prints ratios measured in this run
	@$(PY) -m bench $(ARGS)

.PHONY: bench-growth
bench-growth: $(VENV) ## Compose, load and plan federations of 10 to 200 subgraphs; print how it grows
	@$(PY) -m bench.growth $(ARGS)

.PHONY: bench-gateway
bench-gateway: $(VENV) ## Measure the gateway beside the Node gateways, which it installs with npm (ARGS="--only ours,hive")
	@$(PY) -m bench.gateway $(ARGS)

.PHONY: crash
crash: $(VENV) ## Kill the services at every line of the write path and check that nothing is lost
	@$(PY) -m pytest -m "slow or not slow" -k crash tests/faults $(ARGS)

.PHONY: differential
differential: $(VENV) ## Audit the gateway's protocol, and compare it with other implementations on the same input (needs Node; ARGS="--mutations 5000 --seed 7")
	@npm ci --silent --prefix tests/gateway/differential
	@$(PY) -m tests.gateway.differential $(ARGS)

.PHONY: capabilities
capabilities: $(VENV) ## Run the tests that prove a capability; list what is proven, failing, absent (ARGS=--check only compares)
	@$(PY) -m dev.capabilities $(ARGS)

.PHONY: lock
lock: $(VENV) ## Re-compile the pinned packages (ARGS=--upgrade for newer ones)
	@for name in runtime dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --output-file requirements/$$name.txt $(ARGS) requirements/$$name.in || exit 1; \
	done

.PHONY: clean
clean: ## Remove the environment, caches and the local state of the platform
	@rm -rf .venv .data .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV): requirements/dev.txt
	@for python in python3.13 python3.12 python3.11 python3; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    exec $$python dev/install.py; \
	  fi; \
	done; \
	echo "Python 3.11 or newer is needed; here is $$(python3 --version 2>/dev/null || echo none)." >&2; exit 1
