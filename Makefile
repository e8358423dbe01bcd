# `make feeds` and `make test` work on a bare checkout: they need Python 3.11 or newer and a package registry.

PYTHON ?= python3
BENCH_POSTS ?= 10000
BENCH_CATEGORIES ?= 200

BIN = .venv/bin
# Tests of daemons and servers wait more than they compute.
AT_ONCE = -n $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))') --dist worksteal
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: help feeds test check lint types layers tests coverage laws accept browser screenshots crash fuzz hostile guards behaviour soak bench benchrefresh benchparse clean

help: ## show the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

feeds: .venv/.installed ## build the sample's feeds into feeds/
	$(BIN)/coranto build
	@echo "Now open feeds/index.html"

test: check ## set everything up, then check everything

check: lint types layers tests ## lint, types, layers, tests

lint: .venv/.developing ## ruff: rules and form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.developing ## mypy, strict
	$(BIN)/mypy

layers: .venv/.developing ## import-linter: data goes one way
	$(BIN)/lint-imports

tests: .venv/.developing ## pytest on all cores
	$(BIN)/pytest $(AT_ONCE)

# Every process of a run measures into a file of its own; `combine` adds them up.
coverage: .venv/.developing ## the same, and which lines no test runs
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(AT_ONCE)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

accept: .venv/.developing ## rewrite the golden files of the tests: read the diff before you commit it
	ACCEPT=1 $(BIN)/pytest -n auto

browser: .venv/.developing ## the pages in Chromium, also those of 10,000 stories and 2,000 categories
	$(BIN)/pytest -n auto tests/test_browser*.py
	$(BIN)/pytest -s -m slow tests/test_browser_large.py

screenshots: .venv/.developing ## take the pictures in docs/images/ again, with Chromium
	$(BIN)/python tests/screenshots.py

laws: .venv/.developing ## the laws of merging and of what went out, on TIMES_AS_OFTEN=20 as many examples
	TIMES_AS_OFTEN=$(or $(TIMES_AS_OFTEN),20) $(BIN)/pytest $(AT_ONCE) --timeout 0 tests/test_laws*.py tests/test_membership.py tests/test_document.py

crash: .venv/.developing ## kill builds at every call that changes the disk, let each fail, then 1,000 random kills
	$(BIN)/python tests/crash.py

fuzz: .venv/.developing ## fuzz all that reads strangers' bytes for FUZZ_SECONDS=600, with atheris
	$(PIP) install --group fuzz
	cd tests && ../$(BIN)/python -m fuzz

hostile: .venv/.developing ## every misbehaviour of a hostile server, judged, with a script of ten lines beside us
	cd tests && ../$(BIN)/python -m hostile

guards: .venv/.developing ## take out each guard, one at a time, and see a test fail
	cd tests && ../$(BIN)/python -m guards

behaviour: .venv/.developing ## 30 simulated days against 500 upstreams, scored rule by rule
	$(BIN)/python tests/behaviour.py

soak: .venv/.developing ## 72 simulated hours, then 15 minutes of coranto run
	$(BIN)/python tests/soak.py

bench: .venv/.installed ## time builds (BENCH_POSTS=10000 BENCH_CATEGORIES=200)
	$(BIN)/python bench/build.py --posts $(BENCH_POSTS) --categories $(BENCH_CATEGORIES)

benchrefresh: .venv/.installed ## time refreshes of BENCH_FEEDS=500 feeds, beside a naive script
	$(BIN)/python bench/refresh.py --feeds $(or $(BENCH_FEEDS),500)

benchparse: .venv/.installed ## time the parser, beside feedparser
	$(BIN)/python bench/parse.py

clean: ## remove what can be made again; feeds/ stays
	rm -rf .venv .coranto .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* dist

# The two stamps say what is installed; a change of pyproject.toml installs again.
.venv/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Coranto needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(PIP) install --upgrade pip
	$(PIP) install --editable .
	@touch $@

# A group of dependencies needs pip 25.1: the stamp above has upgraded it.
.venv/.developing: .venv/.installed
	$(PIP) install --editable . --group dev
	@touch $@
