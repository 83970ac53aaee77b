#!/usr/bin/env bash
# The whole suite. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
# The official conformance suite is part of it; where npm cannot be reached it is skipped, and says so.
scripts/conformance.sh install
# Three at a time, also on two cores: most tests wait for browsers, servers and processes of their own.
# A test that fails is run once more, and says so: real browsers and processes can lose a race on a busy machine.
# Tests come longest first (tests/conftest.py) and one by one, so that all of them have work until the end.
exec .venv/bin/python -m pytest --reruns 2 -r R --durations 12 -n "${TEST_PROCESSES:-3}" --maxschedchunk 1 "$@"
