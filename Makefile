# `make` alone says what there is.
VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin
# One more than two cores have: those that drive the browser wait for it half of their time. A fourth only gets in their way.
WORKERS ?= 3
# The tests start many processes, and each would compile all sources anew.
unexport PYTHONDONTWRITEBYTECODE
PYTEST = $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

.DEFAULT_GOAL = help
.PHONY: help chat test all-but-slow check quick slow lint suite install clean

help:  ## Say what there is
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

chat: $(VENV)/.installed  ## Install, and open the chat page with a sample article
	$(BIN)/python app.py $(ARGS)

test: $(VENV)/.installed-test  ## All that guards a change: lint, types, every test but the slow ones
	$(MAKE) --no-print-directory --jobs 2 lint all-but-slow

all-but-slow:
	$(PYTEST) -m "not slow"

check: $(VENV)/.installed-test  ## While you work: lint, types, the tests of one part alone
	$(MAKE) --no-print-directory --jobs 2 lint quick

quick: WORKERS = 2
quick:
	$(PYTEST) -m "not slow and not system and not browser" --ignore-glob="*.questions.yaml" --hypothesis-profile=few

slow: $(VENV)/.installed-test  ## What takes minutes: 200 kills, networks exported and restored, every generated example
	$(BIN)/python -m pytest -m slow
	$(PYTEST) -m "not slow and not browser" --ignore-glob="*.questions.yaml" --hypothesis-profile=full

lint: $(VENV)/.installed-test  ## Lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

suite: $(VENV)/.installed-test  ## Run the tests, and say which of them take longest
	$(BIN)/python -m tests.benchmarks.suite --workers $(WORKERS)

install: $(VENV)/.installed  ## Install without the tools for tests

$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	touch $@

clean:  ## Remove what was installed and built
	rm -rf $(VENV) build *.egg-info
