# Two commands set everything up: `make demo` runs the main job on the example library, `make test` passes the tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test lint docs bench fuzz audit mutants clean

demo: $(VENV)/.installed ## build the example library, search it, serve the app (SERVE=0: stop after the search)
	$(BIN)/litmap demo $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/.installed-dev ## lint, types, then the whole suite
	$(MAKE) lint
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.installed-dev ## the documentation in the browser, on this machine only
	$(BIN)/python -m mkdocs serve --dev-addr 127.0.0.1:8000

bench: $(VENV)/.installed-dev ## every benchmark whose data is there; see benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/.installed-dev ## broken inputs for every reader, so many seconds each (SECONDS=600 TARGET=notes)
	$(BIN)/python tests/fuzz/run_fuzz.py --seconds $(or $(SECONDS),600) $(if $(TARGET),--target $(TARGET))

audit: $(VENV)/.installed-dev ## known flaws of the pinned versions, and bandit over what is shipped
	$(PIP) install --quiet --editable '.[audit]'
	$(BIN)/python -m bandit --quiet --recursive --configfile pyproject.toml src flows app.py
	$(BIN)/python -m pip_audit --strict --requirement constraints.txt --no-deps --disable-pip

mutants: $(VENV)/.installed-dev ## how many of 200 small faults the tests notice (COUNT=200 SEED=1)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[mutants]'
	nice -n 5 $(BIN)/python tests/mutants/run_mutants.py --count $(or $(COUNT),200) --seed $(or $(SEED),1)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "litmap needs Python 3.11 to 3.13: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

# torch first and pinned: asked for by another package it may come as a build with gigabytes of CUDA.
$(VENV)/.installed: constraints.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --constraint constraints.txt torch
	$(PIP) install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist .demo
