# The two commands of the README are demo and test; each does all set-up that is missing.
PY := .venv/bin/python

.PHONY: demo test check setup setup-dev lock bench format
.DEFAULT_GOAL := demo

setup:
	@scripts/setup.sh use

setup-dev:
	@scripts/setup.sh dev

demo: setup
	@$(PY) main.py demo

test: setup-dev
	@scripts/test.sh

check: setup-dev
	@scripts/check.sh

format: setup-dev
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix .

bench: setup-dev
	@$(PY) -m benchmarks

# Pins every dependency by version and hash; the file names no index.
lock: setup-dev
	@scripts/pin.sh
