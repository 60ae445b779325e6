#!/usr/bin/env bash
# All checks and tests: format, compiler checks, unit, architecture and integration tests, and conformance with
# unmodified clients where Node is present.
# Usage: scripts/test.sh [more Maven arguments]
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$(dirname "$scripts")"
. "$scripts/jdk.sh"
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
exec "$scripts/conformance.sh"
