# Two commands matter: `make serve` and `make test`. Each builds what it needs in .venv, once; all they ask for is
# Python 3.11 or newer, as `python3` or named: make serve PYTHON=python3.13

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9

# uv is inside the environment it fills: --inexact, or it would remove itself.
SYNC = UV_PROJECT_ENVIRONMENT=$(VENV) UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --inexact
LOCK := pyproject.toml uv.lock
TO_SERVE := $(VENV)/.ready-to-serve
TO_TEST := $(VENV)/.ready-to-test

# The certificates of the system: a company network may have its own.
export UV_SYSTEM_CERTS := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: serve
serve: $(TO_SERVE) ## Run the gateway and its worker on http://localhost:8000
	@exec $(BIN)/switchyard serve

.PHONY: demo
demo: $(TO_SERVE) ## Watch it at work: made-up people, a sandbox for Linq, a line that goes bad (ARGS=--fast)
	@exec $(BIN)/switchyard demo $(ARGS)

.PHONY: test
test: announce $(TO_TEST) check install ## Check the code, install what tests need, then run every test
	@$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder

.PHONY: announce
announce:
	@echo "This checks the code, installs programs that tests need (after a list of them), and runs all tests."
	@echo "It usually takes less than 20 minutes on two cores. Each line of dots ends with the number of tests done."

.PHONY: check
check: $(TO_TEST) ## Check format, style, types, who imports whom, and sizes
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tests.structure --check

.PHONY: format
format: $(TO_TEST) ## Mend format and what style can mend itself
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(TO_TEST) ## Measure each claim of speed beside its rival (ARGS=--quick for a short look)
	@$(BIN)/python -m tests.bench $(ARGS)

.PHONY: useragents
useragents: $(TO_TEST) ## Count what the pages make of each kind of user agent (ARGS=--show)
	@$(BIN)/python -m tests.user_agents $(ARGS)

.PHONY: mutations
mutations: $(TO_TEST) ## Try whether tests notice mistakes, in a copy of the code (ARGS="--only core")
	@$(BIN)/python -m tests.mutations $(ARGS)

.PHONY: screenshots
screenshots: $(TO_TEST) install ## Take a picture of every page
	@$(BIN)/python tests/e2e/take_screenshots.py

.PHONY: install
install: ## Install what tests need besides Python (Debian, as root)
	@bash tests/install.sh

.PHONY: clean
clean: ## Remove what was built; your data stays
	@rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find router tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is missing or older than 3.11; name a newer one: make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(TO_SERVE): $(LOCK) | $(UV)
	@$(SYNC) --no-dev
	@touch $@

$(TO_TEST): $(LOCK) | $(UV)
	@$(SYNC)
	@touch $@ $(TO_SERVE)
