#!/usr/bin/env bash
# Run tests as an ordinary user, from a copy of the checkout: what holds for root need not hold for others.
# usage: scripts/test_as_user.sh [arguments of pytest]   (without any: the sandbox's tests and the attacks)
# As root it makes a user for the time of the run; the user sees this machine's interpreter and packages read-only.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- tests/sandbox tests/attacks
if [ "$(id -u)" != 0 ]; then exec scripts/test.sh "$@"; fi

if [ "${1:-}" = --inside ]; then # in a mount namespace of its own, where a root-only home can be opened a little
  shift
  user="$1" copy="$2" prefix="$3"
  shift 3
  if [ "${prefix#"$HOME"/}" != "$prefix" ]; then
    mkdir "$copy.prefix"
    mount --bind "$prefix" "$copy.prefix"
    mount -t tmpfs -o mode=755 tmpfs /root
    mkdir -p "$prefix"
    mount --bind -o ro "$copy.prefix" "$prefix"
  fi
  cd "$copy"
  exec setpriv --reuid "$user" --regid "$user" --init-groups \
    env -i HOME="$copy/home" PATH="$PATH" TMPDIR="$copy/tmp" LANG=C.UTF-8 USER="$user" TEST_PROCESSES="${TEST_PROCESSES:-2}" scripts/test.sh "$@"
fi

user="school-test-$$"
copy="$(mktemp -d /tmp/agent-school-user-XXXXXX)"
cleanup() {
  userdel "$user" 2>/dev/null || true
  rm -rf "$copy" "$copy.prefix"
}
trap cleanup EXIT
useradd --system --user-group --no-create-home --home-dir "$copy/home" --shell /usr/sbin/nologin "$user"
git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -T - -cf - | tar -xf - -C "$copy"
ln -s "$PWD/.venv" "$copy/.venv"
mkdir "$copy/home" "$copy/tmp"
chown -R "$user:$user" "$copy"
chmod 755 "$copy"
prefix="$(.venv/bin/python -c 'import sys; print(sys.base_prefix)')"
unshare --mount --propagation private "$0" --inside "$user" "$copy" "$prefix" "$@"
