#!/usr/bin/env bash
# Pin all dependencies, for use and for development, without naming an index.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v uv >/dev/null 2>&1 || { echo "uv is needed: .venv/bin/pip install uv" >&2; exit 1; }
flags=(--quiet --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate)
uv pip compile "${flags[@]}" pyproject.toml -o requirements.lock
uv pip compile "${flags[@]}" pyproject.toml --group dev -o requirements-dev.lock
