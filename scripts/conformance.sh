#!/bin/sh
# Install Node 22 and the official MCP conformance suite into a cache folder, and run the suite on both revisions.
set -eu

cd "$(dirname "$0")/.."
cache="${AGENT_SCHOOL_CONFORMANCE:-${XDG_CACHE_HOME:-$HOME/.cache}/agent-school/conformance}"
suite=@modelcontextprotocol/conformance
version=0.2.0-alpha.12

if [ ! -x "$cache/node_modules/node/bin/node" ] || [ ! -f "$cache/node_modules/$suite/dist/index.js" ]; then
    command -v npm >/dev/null || { echo "npm is needed to install the conformance suite." >&2; exit 1; }
    mkdir -p "$cache"
    (cd "$cache" && { [ -f package.json ] || echo '{"private": true}' > package.json; } &&
        npm install --no-audit --no-fund "node@22" "$suite@$version")
fi
AGENT_SCHOOL_CONFORMANCE="$cache" exec .venv/bin/python -m pytest -m conformance tests/mcp_server/test_conformance.py -s "$@"
