package dev.memoryrouter.files;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What all values of one document share: the file's name, the environment and the problems found
/// so far. The same problem is kept once, however often a value is read.
record YamlSource(
    String file, Function<String, @Nullable String> environment, Set<ConfigProblem> found) {
  YamlSource(String file, Function<String, @Nullable String> environment) {
    this(file, environment, new LinkedHashSet<>());
  }

  void add(int line, String key, String message) {
    found.add(new ConfigProblem(file, line, key, message));
  }

  List<ConfigProblem> problems() {
    return List.copyOf(found);
  }

  /// The same document's view of environment variables.
  YamlSource forVariables() {
    return new YamlSource("environment", environment, found);
  }
}
