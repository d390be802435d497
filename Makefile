# Every command works on a fresh checkout: what it needs is installed into .venv and .build first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup demo test check bench clean
.DEFAULT_GOAL := help

help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Install everything into .venv, and build the handlers' layer

$(STAMP): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lakeshare needs Python 3.11 or later, this is " + sys.version.split()[0] + ". Say which to use: make setup PYTHON=python3.12")'
	@echo "Installing into $(VENV) (a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^ *"\(uv==[^"]*\)".*/\1/p' pyproject.toml)"
	@$(BIN)/uv sync --frozen --python $(BIN)/python
	@$(BIN)/python -m components.handler_layer
	@touch $(STAMP)

demo: setup ## Run the whole system on this machine until Ctrl-C
	@exec $(BIN)/python -m localmesh up

test: setup check ## Run every check and every test
	@$(BIN)/python -m pytest

check: setup ## Format, lint, types, direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@PYTHONPATH=. $(BIN)/lint-imports

bench: setup ## Measure what docs/benchmarks.md reports
	@$(BIN)/python -m bench

clean: ## Remove what was installed and built
	rm -rf $(VENV) .build .cache .localmesh
