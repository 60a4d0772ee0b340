# The two commands for a start are `make demo` and `make test`; `make` alone lists all.
# PYTHON=... chooses the Python (3.11 or 3.12), PORT=... the port of the demo, STORE=... where it keeps its graph.

BIN := .venv/bin
PORT ?= 8000
STORE ?= .demo
JOBS ?= 2
BENCHES ?= store aspects

# Numerical libraries get one thread each: the project spreads work over processes, and results do not depend on it.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test test-service check format reference licences bench lock clean

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

install:  ## the locked packages and the command, into .venv
	@python=$$(./scripts/python) && "$$python" scripts/install.py requirements.lock

install-dev:  ## the same with the tools for development
	@python=$$(./scripts/python) && "$$python" scripts/install.py requirements-dev.lock

demo:  ## build the example collection and open it on http://127.0.0.1:8000
	@python=$$(./scripts/python) && "$$python" scripts/port.py $(PORT)
	@$(MAKE) --no-print-directory install
	$(BIN)/crossmedia build examples/collection --store $(STORE)
	$(BIN)/crossmedia serve --store $(STORE) --port $(PORT)

test: install-dev  ## all tests but those that need a browser
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not service"

test-service: install-dev  ## the tests that need a browser (chromium)
	$(BIN)/python -m pytest -m service

check: install-dev  ## style, types, layers, documents and licences
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy scripts/*.py conftest.py
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_frame.py tests/test_documents.py -m "not slow"
	$(BIN)/python scripts/licences.py --check

format: install-dev  ## put the code into the project's format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

reference: install  ## write the reference page of the command line anew
	$(BIN)/python scripts/reference.py > docs/reference/cli.md

licences: install  ## the licence of every installed package
	$(BIN)/python scripts/licences.py

bench: install-dev  ## measure speed and quality; figures go to standard output
	for part in $(BENCHES); do $(BIN)/python -m bench.$$part || exit 1; done

# The locks name exact versions and hashes, and no index: whoever installs chooses that.
COMPILE = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --fork-strategy fewest \
	--only-binary :all: --generate-hashes --no-header --no-emit-index-url --quiet $(UPGRADE)
lock: install-dev  ## resolve the locks anew after a change of pyproject.toml (UPGRADE=--upgrade for newer versions)
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean:  ## remove what the commands above made
	rm -rf .venv .demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
