#!/usr/bin/env bash
# Runs unmodified npm clients (openai, ai with @ai-sdk/openai-compatible, fetch) against the real server before the
# stand-in upstream. Needs Node 20 or newer and, the first time, an npm registry; says so and does nothing without.
# Usage: scripts/conformance.sh
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$scripts")
sources=$root/src/test/node
# Ignored by Git; `mvn clean` removes it.
work=$root/target/conformance

skip() {
  echo "Client conformance is skipped: $1" >&2
  exit 0
}

command -v node >/dev/null && command -v npm >/dev/null || skip "Node and npm were not found on PATH."
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || skip "Node $(node -v) is older than 20."

. "$scripts/jdk.sh"
mkdir -p "$work"
cp "$sources"/*.mjs "$sources/package.json" "$sources/package-lock.json" "$sources/.npmrc" "$work"
if ! cmp -s "$work/package-lock.json" "$work/installed-lock.json"; then
  (cd "$work" && npm ci --prefer-offline --loglevel=error >&2) ||
    skip "the clients could not be installed; is an npm registry reachable?"
  cp "$work/package-lock.json" "$work/installed-lock.json"
fi
exec node "$work/conformance.mjs" "$root"
