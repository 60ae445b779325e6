#!/usr/bin/env bash
# Runs unmodified coding agents (Cline and opencode from npm, 0.3 GB installed) against the real server before the
# stand-in upstream, and prints a table of agents and scenarios; docs/agents.md has the last one. Needs Node 20 or
# newer and, the first time, an npm registry; says so and does nothing without.
# Usage: scripts/agents.sh [--quick] [cline|opencode|cline-litellm …] [scenario …]
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$scripts")
sources=$root/src/test/agents
cline=3.0.65
opencode=1.18.33
# Ignored by Git; `mvn clean` removes it.
work=$root/target/agents

skip() {
  echo "Coding agents are skipped: $1" >&2
  exit 0
}

command -v node >/dev/null && command -v npm >/dev/null || skip "Node and npm were not found on PATH."
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || skip "Node $(node -v) is older than 20."

# The packages `cline` and `opencode-ai` only choose the program for this machine, so that program alone is installed.
platform=$(node -p 'process.platform + "-" + process.arch')
variant=
if [ -r /proc/cpuinfo ] && [ "${platform#*-}" = x64 ] && ! grep -qw avx2 /proc/cpuinfo; then
  variant=-baseline
fi
packages=("cline@npm:@cline/cli-$platform@$cline" "opencode@npm:opencode-$platform$variant@$opencode")

install() {
  (cd "$work" && npm install --no-save --no-package-lock --prefer-offline --loglevel=error "${packages[@]}") >&2
}

. "$scripts/jdk.sh"
mkdir -p "$work"
cp "$sources/.npmrc" "$work"
if [ "$(cat "$work/installed" 2>/dev/null)" != "${packages[*]}" ]; then
  install || skip "they could not be installed; is an npm registry reachable?"
  echo "${packages[*]}" >"$work/installed"
fi

command=(node "$sources/agents.mjs" "$root" "$work/node_modules" "$@")
# Where the system allows it, nothing but this machine can be reached; elsewhere proxies that do not exist see to it.
if unshare -rn ip link set lo up 2>/dev/null; then
  exec unshare -rn sh -c 'ip link set lo up && exec "$@"' agents "${command[@]}"
fi
exec "${command[@]}"
