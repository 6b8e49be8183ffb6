# Sourced by the other scripts: finds a JDK 25 or newer. Sets jdk to its folder, or ends the script with what to do.
is_jdk25() { [ -x "$1/bin/javac" ] && "$1/bin/java" -version 2>&1 | grep -qE 'version "(2[5-9]|[3-9][0-9])'; }

find_jdk() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
    if [ -n "$home" ] && is_jdk25 "$home"; then echo "$home"; return; fi
  done
  echo "benchmarks: needs a JDK 25 or newer: install one, or let JAVA_HOME point to it" >&2
  return 1
}

jdk=$(find_jdk)
