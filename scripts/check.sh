#!/usr/bin/env bash
# Everything that CI runs, lints first since they are quick.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
step() { printf '\n== %s\n' "$1"; shift; "$@"; }
step "format" $bin/ruff format --check .
step "lint" $bin/ruff check .
step "types" $bin/mypy
step "layers" $bin/lint-imports
step "dependencies" $bin/deptry .
step "size" $bin/python scripts/sizes.py
step "official suites" scripts/conformance.sh install
step "tests with coverage" $bin/python -m pytest -n 2 --maxschedchunk 1 --reruns 2 -r R --cov --cov-report=
step "coverage" $bin/python scripts/coverage_floor.py
