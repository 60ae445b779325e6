# Sourced by run.sh and memory-router: builds the server when its jar is missing or older than its sources.
# Needs scripts/jdk.sh sourced before.

build_if_needed() {
  local root=$1 jar=$1/target/cline-memory-router.jar
  if [ -f "$jar" ] && [ -d "$root/target/lib" ] &&
    [ -z "$(find "$root/pom.xml" "$root/src/main" -newer "$jar" -type f -print -quit)" ]; then
    return 0
  fi
  if ! command -v mvn >/dev/null; then
    echo "Maven was not found on PATH: install Maven 3.8.7 or newer." >&2
    return 2
  fi
  rm -f "$root"/target/*.aot
  echo "Building (the first time this also fetches libraries) …" >&2
  # Tests and format checks are what test.sh is for; the compiler's checks run here too.
  # Maven 3.8 uses what newer JDKs warn of at each start.
  if ! (cd "$root" && MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow" mvn -q -B -DskipTests -Dspotless.check.skip=true -Djacoco.skip=true package >&2); then
    echo "The build failed; the lines above say why." >&2
    return 2
  fi
}

# Where the JVM keeps the classes of a first run for a faster start of the server. It belongs to one JDK and one jar; the JVM
# leaves it aside when it does not fit.
class_cache() {
  echo "$1/target/cline-memory-router-$(cksum <"$JAVA_HOME/release" | cut -d ' ' -f 1).aot"
}

# Makes the class cache unless it is newer than the jar. Never a reason to fail: without it the start takes longer.
record_classes_if_needed() {
  local root=$1 cache work
  cache=$(class_cache "$root")
  if [ "$cache" -nt "$root/target/cline-memory-router.jar" ]; then
    return 0
  fi
  echo "Recording a class cache for faster starts …" >&2
  work=$(mktemp -d) || return 0
  if "$JAVA_HOME/bin/java" -XX:AOTCacheOutput="$work/cache.aot" "${SERVER_OPTIONS[@]}" \
    -cp "$root/target/cline-memory-router.jar" dev.memoryrouter.app.Rehearsal "$root" "$work" >/dev/null 2>&1 &&
    [ -s "$work/cache.aot" ]; then
    mv "$work/cache.aot" "$cache" || true
  fi
  rm -rf "$work"
}

# JVM options of the server and the commands. The restricted header lets calls to llama-server close their
# connection, which it drops without a word after each streamed answer.
JVM_OPTIONS=(--enable-native-access=ALL-UNNAMED -Djdk.httpclient.allowRestrictedHeaders=connection
  -XX:+UseSerialGC -XX:TieredStopAtLevel=1)
SERVER_OPTIONS=(--enable-native-access=ALL-UNNAMED -Djdk.httpclient.allowRestrictedHeaders=connection
  -XX:+UseG1GC -XX:MaxRAMPercentage=25 -XX:+ExitOnOutOfMemoryError)
