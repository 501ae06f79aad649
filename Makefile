# `make serve` and `make test` are all a fresh machine needs: Python 3.11+, no root.
HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# uv is taken from the machine when it is there, else bootstrapped (hash-checked) into .uv
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
# The system's certificates, so that installs work behind a proxy that re-signs TLS.
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: serve test check lock format bench clean help

help:  ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

serve: $(VENV)/.run  ## set up and start the server (HOST=, PORT=, ARGS=)
	@exec $(BIN)/voxhelm serve --host $(HOST) --port $(PORT) $(ARGS)

test: $(VENV)/.test  ## set up what tests need and run them on every core (ARGS= for pytest)
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

check: $(VENV)/.test  ## lint, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test  ## rewrite the sources in house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test  ## measure this machine (see benchmarks/README.md)
	$(BIN)/python -m benchmarks $(ARGS)

clean:  ## remove everything that make set up
	rm -rf $(VENV) .uv

.uv/bin/uv: requirements-uv.lock
	@echo "Setting up uv in .uv (no uv on this machine)"
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "Voxhelm needs either uv or pip for $(PYTHON) to set itself up: install one of them (Debian: apt install python3-pip)."; exit 1; }
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .uv --upgrade --require-hashes -r requirements-uv.lock
	@touch $@

$(BIN)/python: | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Voxhelm needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Say which to use: make serve PYTHON=python3.12"; exit 1; }
	@$(UV) venv --quiet --python $(PYTHON) $(VENV)

# A stamp per environment: a second run installs nothing unless a lock or the project's metadata changed.
$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing Voxhelm into $(VENV)"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	@echo "Installing what the tests need into $(VENV)"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-test.lock
	@touch $@

lock: | $(UV)  ## renew the locks (add LOCK_ARGS=--upgrade for newer versions)
	@for spec in "requirements.lock --group build" "requirements-test.lock --group build --group test --all-extras"; do \
	  set -- $$spec; out=$$1; shift; \
	  $(UV) pip compile pyproject.toml "$$@" --universal --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 --quiet $(LOCK_ARGS) --output-file $$out || exit 1; done
	@echo uv | $(UV) pip compile - --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet --output-file requirements-uv.lock
