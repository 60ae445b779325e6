package dev.memoryrouter.files;

import java.util.List;
import java.util.stream.Collectors;

/// Configuration that cannot be used. Carries every problem that was found, not only the first; the
/// message has one line for each.
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<ConfigProblem> problems;

  public ConfigException(List<ConfigProblem> problems) {
    super(
        problems.stream()
            .sorted(ConfigProblem.BY_POSITION)
            .distinct()
            .map(ConfigProblem::toString)
            .collect(Collectors.joining("\n")));
    this.problems = problems.stream().sorted(ConfigProblem.BY_POSITION).distinct().toList();
  }

  /// All problems, by file and line; at least one.
  public List<ConfigProblem> problems() {
    return problems;
  }
}
