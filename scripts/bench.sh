#!/usr/bin/env bash
# Measures parts, the whole server and retrieval quality in some five minutes, and writes docs/benchmarks.md.
# With --scale measures banks of 1,000, 10,000 and 100,000 sections (or of the sizes given) instead, for which it
# takes some ten minutes and 2 GB, and writes docs/benchmarks-scale.md.
# Usage: scripts/bench.sh ["what else runs on the machine"]
#        scripts/bench.sh turns           prints only the comparison of the queue with first come, first served
#        scripts/bench.sh --scale [SECTIONS ...]
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$(dirname "$scripts")"
. "$scripts/jdk.sh"
if ! command -v mvn >/dev/null; then
  echo "Maven was not found on PATH: install Maven 3.8.7 or newer." >&2
  exit 2
fi
mvn -q -B -Pbench -DskipTests -Dspotless.check.skip=true -Djacoco.skip=true package >&2
classpath="target/test-classes:target/classes:$(cat target/bench.classpath)"
if [ "${1:-}" = turns ]; then
  exec "$JAVA_HOME/bin/java" -cp "$classpath" dev.memoryrouter.bench.QueueComparison
fi
mkdir -p docs
if [ "${1:-}" = --scale ]; then
  shift
  exec "$JAVA_HOME/bin/java" -Xmx2g --enable-native-access=ALL-UNNAMED \
    -cp "$classpath" dev.memoryrouter.bench.ScaleBench docs/benchmarks-scale.md "$@"
fi
"$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Djmh.ignoreLock=true \
  -cp "$classpath" dev.memoryrouter.bench.BenchReport docs/benchmarks.md "${1:-}"
