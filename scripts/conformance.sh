#!/bin/sh
# What is official, and the checks with it: Node 22, the MCP conformance suite, the bundle's own tool and the Inspector
# come from npm into a cache folder; the schema of server.json comes from its own address where that can be reached.
# usage: scripts/conformance.sh            install what is missing, then run the checks (arguments go to pytest)
#        scripts/conformance.sh install    install only; where npm cannot be reached, say so and end well
set -eu

cd "$(dirname "$0")/.."
cache="${AGENT_SCHOOL_CONFORMANCE:-${XDG_CACHE_HOME:-$HOME/.cache}/agent-school/conformance}"
schema=https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json
wanted="node@22 @modelcontextprotocol/conformance@0.2.0-alpha.12 @anthropic-ai/mcpb@2.1.2 @modelcontextprotocol/inspector@2.12.0"
missing() { ! { [ -f "$cache/wanted" ] && [ "$(cat "$cache/wanted")" = "$wanted" ]; }; }

install() {
    command -v npm >/dev/null || { echo "npm is needed for the conformance suite: apt-get install npm" >&2; return 1; }
    mkdir -p "$cache"
    # shellcheck disable=SC2086 # a list of words
    (cd "$cache" && { [ -f package.json ] || echo '{"private": true}' > package.json; } &&
        npm install --no-audit --no-fund --loglevel=error $wanted >&2) || { echo "npm could not install the conformance suite." >&2; return 1; }
    echo "$wanted" > "$cache/wanted"
    [ -f "$cache/server.schema.json" ] || curl -fsS --max-time 10 -o "$cache/server.schema.json" "$schema" 2>/dev/null ||
        echo "The schema of server.json cannot be fetched here; its rules are checked by this project's own words." >&2
}

if missing && ! install; then
    [ "${1:-}" = install ] || exit 1
    echo "The conformance tests will be skipped." >&2
    exit 0
fi
[ "${1:-}" = install ] && exit 0
AGENT_SCHOOL_CONFORMANCE="$cache" exec .venv/bin/python -m pytest -m conformance tests/mcp_server -s "$@"
