# Every command works on a fresh checkout: what it needs is installed into .venv and .build first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Who used which permission while the tests ran: a proof goes by it.
EVIDENCE := .build/evidence

.PHONY: help setup demo test test-portal prove mutation check engine portal bench pictures clean
.DEFAULT_GOAL := help

help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Install everything into .venv, and build the handlers' layer

$(STAMP): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lakeshare needs Python 3.11 or later, this is " + sys.version.split()[0] + ". Say which to use: make setup PYTHON=python3.12")'
	@echo "Installing into $(VENV) (a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^ *"\(uv==[^"]*\)".*/\1/p' pyproject.toml)"
	@$(BIN)/uv sync --frozen --python $(BIN)/python
	@$(BIN)/python -m components.handler_layer
	@touch $(STAMP)

engine: setup ## Build the Pulumi CLI for the engine tests, if there is none (four minutes, once)
	@$(BIN)/python tests/engine/build_cli.py

# Built again when a source of it changed. Where there is no Node, the page is left out, and said so.
PAGE := portal/dist/index.html
PAGE_SOURCES := docs/openapi.yaml $(shell find portal -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/tests/*' -not -name openapi.d.ts 2>/dev/null)

portal: ## Build the web page, if there is Node
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(PAGE); \
	else echo "The portal is left out: building it takes Node 20.19 or later, and there is no npm on the PATH."; fi

portal/node_modules/.installed: portal/package.json portal/package-lock.json
	@echo "Installing the portal's packages"
	@cd portal && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE): portal/node_modules/.installed $(PAGE_SOURCES)
	@echo "Building the portal"
	@cd portal && npm run --silent build

test-portal: portal ## Lint, types and unit tests of the page, if there is Node
	@if command -v npm >/dev/null; then cd portal && npm run --silent lint && npm test --silent; \
	else echo "The portal's own tests are skipped: there is no npm on the PATH."; fi

demo: setup portal ## Run the whole system on this machine until Ctrl-C
	@exec $(BIN)/python -m localmesh up

test: setup check engine test-portal ## Run every check and every test but the proofs
	@rm -rf $(EVIDENCE)
	@LAKESHARE_EVIDENCE=$(EVIDENCE) $(BIN)/python -m pytest -n 2 --dist loadfile
	@$(BIN)/python -m tests.workflow.evidence $(EVIDENCE)

prove: setup portal engine ## Hold it to its promises one by one, and print the figures (docs/assurance.md)
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/proof

mutation: setup ## Change the domain in every small way and count what unit tests notice (up to an hour)
	@$(BIN)/python -m mutmut run --max-children 2
	@$(BIN)/python -m tests.unit.mutation_score

check: setup ## Format, lint, types, direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@PYTHONPATH=. $(BIN)/lint-imports

pictures: setup portal ## Take the portal's pictures for the documentation anew, with Chromium
	@$(BIN)/python -m tests.portal.pictures

bench: setup ## Measure what docs/benchmarks.md reports
	@$(BIN)/python -m bench

clean: ## Remove what was installed and built
	rm -rf $(VENV) .build .cache .localmesh mutants portal/node_modules portal/dist
