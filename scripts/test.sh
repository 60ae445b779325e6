#!/usr/bin/env bash
# All checks and tests: format, compiler checks, unit, architecture and integration tests, and conformance with
# unmodified clients where Node is present. With --agents also the short form of scripts/agents.sh, which installs 0.3 GB.
# Usage: scripts/test.sh [--agents] [more Maven arguments]
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$(dirname "$scripts")"
. "$scripts/jdk.sh"
agents=false
if [ "${1:-}" = --agents ]; then
  agents=true
  shift
fi
if ! command -v mvn >/dev/null; then
  echo "Maven was not found on PATH: install Maven 3.8.7 or newer." >&2
  exit 2
fi
for script in scripts/*; do
  bash -n "$script"
done
# Maven 3.8 uses what newer JDKs warn of at each start.
export MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow"
mvn -B -ntp verify "$@"
"$scripts/conformance.sh"
if [ "$agents" = true ]; then
  exec "$scripts/agents.sh" --quick
fi
echo "Coding agents are left out: scripts/test.sh --agents installs Cline and opencode (0.3 GB) and runs them." >&2
