#!/usr/bin/env bash
# Replays an agent's conversation of sixty turns through the server, with a restart and an edit of the bank on the way,
# and prints for each turn how much of the last prompt the model's prefix cache can reuse.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$(dirname "$scripts")"
. "$scripts/jdk.sh"
if ! command -v mvn >/dev/null; then
  echo "Maven was not found on PATH: install Maven 3.8.7 or newer." >&2
  exit 2
fi
report=target/prefix-report.md
rm -f "$report"
mvn -q -B -ntp -Dspotless.check.skip=true -Djacoco.skip -DjacocoArgLine= -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test=PrefixIT -Dprefix.report="$report" verify >&2
cat "$report"
