# Everything is made inside this folder and nothing outside it: .venv holds Python's packages (and uv, which
# installs them), .cache holds downloads and the tools' own caches. `make clean` removes both.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
CACHE := $(CURDIR)/.cache
LOCK := requirements.lock
UV := $(BIN)/uv pip --quiet
# Named, so that another environment which happens to be active is left alone.
INTO := --python $(BIN)/python

export PIP_CACHE_DIR := $(CACHE)/pip
export UV_CACHE_DIR := $(CACHE)/uv
export UV_PYTHON_DOWNLOADS := never
# The certificates that this machine trusts, as pip and browsers do: networks that inspect traffic have their own.
export UV_SYSTEM_CERTS := 1
export XDG_CACHE_HOME := $(CACHE)/xdg
export MPLCONFIGDIR := $(CACHE)/matplotlib
export HYPOTHESIS_STORAGE_DIRECTORY := $(CACHE)/hypothesis
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH PYTHONHOME

.PHONY: help demo test check format lint types layers fix lock clean
.DELETE_ON_ERROR:

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## The letter's study, from its own table, into demo-report/
	@$(BIN)/cotreat demo --out demo-report

test: $(VENV)/.everything ## All tests; ARGS="-k swimmer" to choose
	@$(BIN)/python -m pytest $(ARGS)

check: format lint types layers test ## What has to hold before a change lands: format, lint, types, layers, tests

format: $(VENV)/.everything
	@$(BIN)/ruff format --check .

lint: $(VENV)/.everything
	@$(BIN)/ruff check .

types: $(VENV)/.everything
	@$(BIN)/basedpyright --level error src

layers: $(VENV)/.everything
	@$(BIN)/lint-imports --no-logo --cache-dir $(CACHE)/import-linter

fix: $(VENV)/.everything ## Format, and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(VENV)/.uv ## requirements.lock anew, with today's versions
	@$(UV) compile pyproject.toml --all-extras --group dev --universal --generate-hashes --no-header \
	  --upgrade $(INTO) -o $(LOCK) > /dev/null

clean: ## Remove what make has made
	rm -rf $(VENV) .cache demo-report dist

# uv does not read pip's own configuration (an index, a certificate): where only pip knows the way, pip
# installs the same versions.
$(VENV)/.everything: pyproject.toml $(LOCK) $(VENV)/.uv
	@echo "Installing what cotreat and its tests need into $(VENV) ..."
	@{ $(UV) sync $(INTO) $(LOCK) && $(UV) install $(INTO) --no-deps --no-build-isolation -e .; } || \
	  { echo "uv could not; pip tries ..."; \
	    $(BIN)/pip install --quiet --require-hashes -r $(LOCK) && \
	    $(BIN)/pip install --quiet --no-deps --no-build-isolation -e .; }
	@touch $(VENV)/.runtime $@

$(VENV)/.runtime: pyproject.toml $(LOCK) $(VENV)/.uv
	@echo "Installing what cotreat needs into $(VENV) ..."
	@$(UV) install $(INTO) -c $(LOCK) -e . || \
	  { echo "uv could not; pip tries ..."; \
	    grep -v -e '--hash=' $(LOCK) | sed 's/ *\\$$//' > $(VENV)/versions.txt && \
	    $(BIN)/pip install --quiet -c $(VENV)/versions.txt -e .; }
	@touch $@

$(VENV)/.uv:
	@command -v "$(PYTHON)" > /dev/null || \
	  { echo "There is no $(PYTHON). Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is $$("$(PYTHON)" --version 2>&1); cotreat needs Python 3.11 or newer. Name one: make PYTHON=python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2> /dev/null || \
	  { echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet uv
	@touch $@
