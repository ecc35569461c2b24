# Needs Python 3.11 or newer and make. uv is used where it is installed, else pip.
#
#   make demo    the bookshop at http://127.0.0.1:8000 (PORT=9000 for another port;
#                HOST=localhost for passkeys)
#   make test    all tests (ARGS="-k merge -x" goes to pytest)
#   make check   lint, format, types, import layers, rules, tests
#   make bench   what we cost beside peers, in one run (ARGS="G1 G7" for some goals)
#   make docs    the documentation as a site, in site/
#   make format  put the code in order
#   make coverage  all tests, and which lines and branches they do not reach
#   make lock    pin the newest allowed versions of what development needs (uv only)

SHELL := /bin/sh
PORT ?= 8000
HOST ?= 127.0.0.1
ARGS ?=

# The first Python here that runs and is new enough.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && { command -v $$p; break; }; done)
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)
export UV_PYTHON_DOWNLOADS = never

BIN := .venv/bin
ifdef UV
VENV = uv venv --quiet --clear --python "$(PYTHON)" .venv
INSTALL = uv pip install --quiet --python $(BIN)/python
else
VENV = "$(PYTHON)" -m venv --clear .venv
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif
CODE = src tests $(wildcard examples benchmarks)

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types layers rules coverage bench docs format lock clean

help:
	@sed -n 's/^#   //p' Makefile

# ── environments: rebuilt when what they are made of changed ───────────────────────
# A stamp tells what is installed; the environment for development serves the demo too.

# An environment that an older Python made, or one that is gone, is made anew.
ifneq ($(shell test ! -e .venv || $(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null || echo old),)
.PHONY: $(BIN)/python
endif

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "make: this needs Python 3.11 or newer, and found" \
		"none: install one, or name it with PYTHON=/path/to/python"; exit 1; }
	@$(VENV) || { rm -rf .venv; echo "make: no virtual environment could be made with" \
		"$(PYTHON); on Debian or Ubuntu, install python3-venv"; exit 1; }

.venv/demo.stamp: pyproject.toml $(BIN)/python
	$(INSTALL) --editable '.[demo]'
	@touch $@

.venv/dev.stamp: pyproject.toml requirements-dev.txt $(BIN)/python
	$(INSTALL) --require-hashes --requirement requirements-dev.txt
	$(INSTALL) --no-deps --editable .
	@touch $@ .venv/demo.stamp

.venv/docs.stamp: requirements-docs.txt .venv/dev.stamp
	$(INSTALL) --require-hashes --requirement requirements-docs.txt
	@touch $@

.venv/bench.stamp: requirements-bench.txt .venv/dev.stamp
	$(INSTALL) --require-hashes --requirement requirements-bench.txt
	@touch $@

# ── what a newcomer runs ───────────────────────────────────────────────────────────

demo: .venv/demo.stamp
	@PORT=$(PORT) HOST=$(HOST) $(BIN)/python -m examples.shop

# Three at once: much of a test is waiting for a database, a server or a browser.
test: .venv/dev.stamp
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile $(ARGS)

bench: .venv/bench.stamp
	@$(BIN)/python -m benchmarks $(ARGS)

docs: .venv/docs.stamp
	@$(BIN)/zensical build --clean --strict

# ── what CI runs ───────────────────────────────────────────────────────────────────

check: lint types layers rules test

lint: .venv/dev.stamp
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)

types: .venv/dev.stamp
	@$(BIN)/mypy src tests/typing $(wildcard examples benchmarks)

layers: .venv/dev.stamp
	@$(BIN)/lint-imports --no-logo

# Every decision is tested both ways, by the tests of decisions alone.
rules: .venv/dev.stamp
	@CI= $(BIN)/coverage run -m pytest -q $(wildcard tests/*/test_rules*.py)
	@$(BIN)/coverage report --include='*/rules.py' --fail-under=100

# ── what a developer runs ──────────────────────────────────────────────────────────

format: .venv/dev.stamp
	@$(BIN)/ruff check --fix $(CODE)
	@$(BIN)/ruff format $(CODE)

coverage: .venv/dev.stamp
	@$(BIN)/coverage run -m pytest $(ARGS)
	@$(BIN)/coverage report

# No header and no index lines: the files name no host.
LOCK = uv pip compile --quiet --upgrade --universal --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --python-version 3.11
lock:
	@test -n "$(UV)" || { echo "make lock: this needs uv"; exit 1; }
	$(LOCK) pyproject.toml --all-extras --group dev --output-file requirements-dev.txt
	$(LOCK) --group docs --constraint requirements-dev.txt \
		--output-file requirements-docs.txt
	$(LOCK) --group bench --constraint requirements-dev.txt \
		--output-file requirements-bench.txt

clean:
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache \
		.ruff_cache .oidc-provider .coverage build dist htmlcov site
