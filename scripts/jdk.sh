# Sourced by the other scripts: finds a JDK 25 or newer and exports JAVA_HOME, or says in one sentence what is missing.

# Prints the feature version of the JDK in folder $1, or nothing. Reads the JDK's own `release` file: starting
# a JVM for each candidate would cost a second.
jdk_version() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$1/release" | head -n 1
}

is_jdk_25() {
  [ "$(jdk_version "$1")" -ge 25 ] 2>/dev/null
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && is_jdk_25 "$JAVA_HOME"; then
    return 0
  fi
  local candidates=() java
  if java=$(command -v java); then
    # Follow links without readlink -f, which macOS lacks before version 12.3.
    while [ -L "$java" ]; do
      local target
      target=$(readlink "$java")
      case $target in
        /*) java=$target ;;
        *) java=$(dirname "$java")/$target ;;
      esac
    done
    candidates+=("$(dirname "$(dirname "$java")")")
  fi
  candidates+=(/usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*)
  local home
  for home in "${candidates[@]}"; do
    if is_jdk_25 "$home"; then
      export JAVA_HOME=$home
      return 0
    fi
  done
  echo "No JDK 25 or newer was found in JAVA_HOME, on PATH, in the usual JVM folders or in SDKMAN: install one (for example Temurin 25) and set JAVA_HOME to its folder." >&2
  return 1
}

find_jdk || exit 2
