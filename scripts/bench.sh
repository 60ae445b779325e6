#!/usr/bin/env bash
# Measures parts, the whole server and retrieval quality in some five minutes, and writes docs/benchmarks.md.
# Usage: scripts/bench.sh ["what else runs on the machine"]
#        scripts/bench.sh turns    prints only the comparison of the queue with first come, first served
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$(dirname "$scripts")"
. "$scripts/jdk.sh"
if ! command -v mvn >/dev/null; then
  echo "Maven was not found on PATH: install Maven 3.8.7 or newer." >&2
  exit 2
fi
mvn -q -B -Pbench -DskipTests -Dspotless.check.skip=true -Djacoco.skip=true package >&2
if [ "${1:-}" = turns ]; then
  exec "$JAVA_HOME/bin/java" -cp "target/test-classes:target/classes:$(cat target/bench.classpath)" \
    dev.memoryrouter.bench.QueueComparison
fi
mkdir -p docs
"$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Djmh.ignoreLock=true \
  -cp "target/test-classes:target/classes:$(cat target/bench.classpath)" \
  dev.memoryrouter.bench.BenchReport docs/benchmarks.md "${1:-}"
