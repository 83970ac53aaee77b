#!/usr/bin/env bash
# Make this checkout ready: system packages, virtual environment, pinned dependencies. A second run only compares stamps.
# usage: scripts/setup.sh [use|dev]
set -euo pipefail
cd "$(dirname "$0")/.."
kind="${1:-use}"
lock="requirements.lock"
[ "$kind" = dev ] && lock="requirements-dev.lock"
say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1; then sudo "$@"
  else say "This needs root: $*"; say "Install sudo, or run it as root, then try again."; exit 1
  fi
}

browser() {
  local name
  for name in "${AGENT_SCHOOL_BROWSER:-}" chromium-headless-shell chromium google-chrome; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && return 0
  done
  compgen -G "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}/chromium*" >/dev/null
}

system_packages() {
  local missing=()
  command -v bwrap >/dev/null 2>&1 || missing+=(bubblewrap)
  python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || missing+=(python3-venv)
  if [ "$kind" = dev ]; then
    command -v strace >/dev/null 2>&1 || missing+=(strace)
    command -v npm >/dev/null 2>&1 || missing+=(npm)  # brings Node 22 and the official suites
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
  fi
  if ! command -v apt-get >/dev/null 2>&1; then
    [ ${#missing[@]} = 0 ] || { say "Please install: ${missing[*]} (on macOS the jail is missing: see main.py doctor)"; [ "$(uname)" = Darwin ] || exit 1; }
    return 0
  fi
  if ! browser; then
    missing+=(chromium-headless-shell)
  fi
  [ ${#missing[@]} = 0 ] && return 0
  say "Installing system packages: ${missing[*]}"
  as_root apt-get update -q >&2
  # Ubuntu has no headless shell of its own; Playwright's is fetched below where apt does not have it.
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2; then
    local kept=() package
    for package in "${missing[@]}"; do [ "$package" = chromium-headless-shell ] || kept+=("$package"); done
    [ ${#kept[@]} = 0 ] || as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${kept[@]}" >&2
  fi
}

interpreter() {
  local name
  for name in python3.11 python3.12 python3.13 python3; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"; return 0
    fi
  done
  say "Python 3.11 or later is needed (on Debian: apt-get install python3)."; exit 1
}

packages() {
  local stamp=".venv/.stamp-$kind" want
  want="$(cat "$lock" pyproject.toml | cksum)"
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && return 0
  # What development needs holds all that use needs.
  local wider=".venv/.stamp-dev"
  [ "$kind" = use ] && [ -f "$wider" ] && [ "$(cat "$wider")" = "$(cat requirements-dev.lock pyproject.toml | cksum)" ] && return 0
  [ -x .venv/bin/python ] || { say "Making the virtual environment"; "$(interpreter)" -m venv .venv; }
  say "Installing pinned dependencies ($lock)"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$lock" >&2
  echo "$want" > "$stamp"
}

system_packages
packages
# The sandbox reads the code from a read-only view, so it could never keep what it compiled.
.venv/bin/python -m compileall -q domain generators sandbox registry school mcp_server main.py
if ! browser; then
  say "Fetching Playwright's own browser"
  .venv/bin/python -m playwright install --only-shell chromium >&2 ||
    say "No browser could be installed; learning from pages needs one: see main.py doctor"
fi
