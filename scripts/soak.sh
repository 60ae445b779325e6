#!/usr/bin/env bash
# Soaks the whole server on two cores, in some two minutes: 200 streams at once for 60 s, each with numbered tokens of
# its own (nothing lost, doubled or mixed; heap and threads bounded), then 1,000 clients that leave at random moments
# (no upstream call alive a second after the last). Prints the figures. Exit 1 when something is not as it must be.
# Usage: scripts/soak.sh [seed]
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$(dirname "$scripts")"
. "$scripts/jdk.sh"
if ! command -v mvn >/dev/null; then
  echo "Maven was not found on PATH: install Maven 3.8.7 or newer." >&2
  exit 2
fi
mkdir -p target
log=target/soak.log
status=0
JAVA_TOOL_OPTIONS="-XX:ActiveProcessorCount=2 -Dsoak.seconds=60 -Dsoak.streams=200 -Dsoak.leavers=1000 -Dsoak.seed=${1:-20260101}" \
  mvn -q -B -Dtest=NoUnitTest -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=SoakIT \
  -Dspotless.check.skip=true -Djacoco.skip=true verify >"$log" 2>&1 || status=1
grep '^soak: ' "$log" || tail -n 50 "$log" >&2
[ "$status" = 0 ] || grep -m 5 'ERROR.*SoakIT' "$log" >&2 || true
exit "$status"
