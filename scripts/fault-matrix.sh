#!/usr/bin/env bash
# Runs every fault of the stand-in upstream, streamed and whole, in both protocols, through the whole server, and
# prints what clients get as a Markdown table. Exit 1 when a cell is not as it must be.
# Usage: scripts/fault-matrix.sh
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$(dirname "$scripts")"
. "$scripts/jdk.sh"
if ! command -v mvn >/dev/null; then
  echo "Maven was not found on PATH: install Maven 3.8.7 or newer." >&2
  exit 2
fi
table=target/fault-matrix.md
mkdir -p target
rm -f "$table"
status=0
mvn -q -B -Dtest=NoUnitTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test=FaultMatrixIT -Dspotless.check.skip=true -Djacoco.skip=true verify >target/fault-matrix.log 2>&1 || status=1
if [ ! -f "$table" ]; then
  tail -n 50 target/fault-matrix.log >&2
  exit 2
fi
cat "$table"
exit "$status"
