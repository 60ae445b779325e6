package dev.memoryrouter.files;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Something wrong in a configuration file, as shown to its author.
///
/// @param file as the author knows it, such as `config/routing.yaml`
/// @param line 1-based; 0 when there is no line (a missing file, an environment variable)
/// @param key path of the key, such as `rules[2].when.intent`; null for the file as a whole
public record ConfigProblem(String file, int line, @Nullable String key, String message) {
  /// By file, then line.
  public static final Comparator<ConfigProblem> BY_POSITION =
      Comparator.comparing(ConfigProblem::file).thenComparingInt(ConfigProblem::line);

  /// The whole as one line of text.
  @Override
  public String toString() {
    String place = line > 0 ? file + ":" + line : file;
    return key == null || key.isEmpty()
        ? place + ": " + message
        : place + ": " + key + ": " + message;
  }
}
