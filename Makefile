# make run      the demo on http://127.0.0.1:8000 (PORT=N for another port); needs Python 3.11+ and nothing else
# make install  only the environment, nothing started
# make test     everything, on both databases and in a browser (ARGS="-k feeds" for a part)
# make lint     ruff, mypy --strict, the floors (import-linter)
# make bench    the benchmarks: a table, and bench.json
# make screenshots  the pictures of docs/images anew, from the demo
# make lock     the lock files anew from pyproject.toml (ARGS=--upgrade for newer releases)

PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# Wheels only: a source archive would build with tools that no lock holds.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED := --require-hashes --only-binary :all:

# Where the environment forbids it, each of our many processes would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run install test lint bench screenshots lock format clean

# The stamp files make a second run start at once.
run: $(VENV)/.installed
	@$(BIN)/ptgsched demo --port $(PORT)

install: $(VENV)/.installed

test: $(VENV)/.installed-dev
	@scripts/system-packages.sh
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev
	@scripts/system-packages.sh
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(VENV)/.installed-dev
	@scripts/system-packages.sh
	PYTHONPATH=. $(BIN)/python scripts/screenshots.py

lock: $(VENV)/.installed-dev
	scripts/lock.sh $(ARGS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@python=$$(PYTHON="$(PYTHON)" scripts/find-python.sh) && "$$python" -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing the locked packages into $(VENV)"
	@$(PIP_INSTALL) $(LOCKED) -r requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "installing what the tests and checks need into $(VENV)"
	@$(PIP_INSTALL) $(LOCKED) -r requirements-dev.lock
	@touch $@
