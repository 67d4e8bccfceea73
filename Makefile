# `make` alone lists what can be done. All that is needed is Python 3.11 or newer (with venv) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STAMP := $(VENV)/.installed
EXTRA := $(VENV)/.forecast-installed
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo up test upgrade-test history histories lint types check-style format faults bench bench-scale audit fuzz lock clean

help: ## List the targets.
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(EXTRA) ## Create .venv with the locked dependencies and the command .venv/bin/orderkeep.

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another one: make PYTHON=python3.12")'
	@test -x $(BIN)/python || { echo "Creating $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the locked dependencies (once; about a minute)"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(EXTRA): $(STAMP) requirements-forecast.lock
	@echo "Installing the extra \"forecast\" (once; demo and up do without)"
	@$(PIP) install --require-hashes --requirement requirements-forecast.lock
	@touch $@

demo: $(STAMP) ## Watch orders live their whole life on real servers (ARGS=--keep leaves them serving).
	@$(BIN)/orderkeep demo $(ARGS)

up: $(STAMP) ## Serve from your data directory until Ctrl-C (ARGS="--data DIR --port N").
	@$(BIN)/orderkeep up $(ARGS)

test: install ## Run all tests on two processes (ARGS="-k review" chooses).
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

upgrade-test: install ## Go over to a next release, back and over again with many orders open (ORDERS=500, at least 112).
	@UPGRADE_ORDERS=$(or $(ORDERS),500) $(BIN)/python -m pytest -n 0 -q tests/upgrades $(ARGS)

history: install ## Record the histories of every path anew (ARGS="split_shipment" chooses).
	@$(BIN)/python -m tests.replay.record $(ARGS)

histories: install ## Check what many clients saw, and random interleavings (SEED=1 MINUTES=10).
	@$(BIN)/python -m tests.concurrency $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

lint: install ## Check the code with ruff, and who may import whom.
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-logo

types: install ## Check the types with mypy.
	@$(BIN)/mypy .

check-style: install ## Check the formatting.
	@$(BIN)/ruff format --check .

format: install ## Format the code, and repair what ruff can repair.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: install ## Measure whole lives of orders against the bare engine (ARGS="--orders 200 --json").
	@$(BIN)/python benchmarks/throughput.py $(ARGS)

SCALE := pages stored sleeping growth long_order
bench-scale: install ## Measure at scale (one hour; BENCH="pages stored" chooses among: pages stored sleeping growth long_order).
	@for name in $(or $(BENCH),$(SCALE)); do echo "== $$name"; $(BIN)/python benchmarks/$$name.py $(ARGS) || exit 1; done

faults: install ## Break everything while orders run and see what is lost (ORDERS=300 SEED=1 MINUTES=3).
	@$(BIN)/python -m tests.faults $(if $(ORDERS),--orders $(ORDERS)) $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) $(ARGS)

audit: install ## Check the lock, what is installed, and its licences (ARGS=--online asks for advisories).
	@$(BIN)/python .ci/audit.py $(ARGS)

fuzz: install ## Try the API with generated requests, for minutes (EXAMPLES=200 SEED=1).
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),200) FUZZ_SEED=$(or $(SEED),1) $(BIN)/python -m pytest -q tests/starter/api/fuzz.py $(ARGS)

lock: ## Write both locks anew from pyproject.toml (needs uv).
	uv pip compile pyproject.toml --group dev --python-version 3.11 --universal --generate-hashes \
	    --no-emit-index-url --no-header --quiet --output-file requirements.lock
	$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["forecast"])' | \
	    uv pip compile - --constraint requirements.lock --fork-strategy fewest --python-version 3.11 --universal \
	    --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements-forecast.lock

clean: ## Remove what was installed and built; data directories stay.
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
