#!/usr/bin/env bash
# The whole suite. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
# Two at a time: most tests wait for browsers, servers and processes of their own.
exec .venv/bin/python -m pytest -n "${TEST_PROCESSES:-2}" "$@"
