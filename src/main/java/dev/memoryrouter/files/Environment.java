package dev.memoryrouter.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Environment variables, with those of a `.env` file behind the real ones. A variable that is set
/// to nothing counts as not set. Immutable.
public final class Environment implements Function<String, @Nullable String> {
  private static final Pattern ASSIGNMENT =
      Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)");
  private static final Pattern ESCAPE = Pattern.compile("\\\\([n\"\\\\$])");
  private static final Pattern QUOTED =
      Pattern.compile("(?:'([^']*)'|\"((?:[^\"\\\\]|\\\\.)*)\")\\s*(?:#.*)?");

  private final Map<String, String> values;
  private final List<ConfigProblem> problems;

  private Environment(Map<String, String> values, List<ConfigProblem> problems) {
    this.values = Map.copyOf(values);
    this.problems = List.copyOf(problems);
  }

  /// Exactly these variables.
  public static Environment of(Map<String, String> values) {
    return new Environment(values, List.of());
  }

  /// These variables, and behind them those of a `.env` file, which need not exist.
  public static Environment of(Map<String, String> real, Path dotEnv) {
    Map<String, String> values = new HashMap<>();
    List<ConfigProblem> problems = new ArrayList<>();
    try {
      List<String> lines = Files.readAllLines(dotEnv);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i).replace("\uFEFF", "").strip();
        if (!line.isEmpty() && !line.startsWith("#") && !assign(line, values)) {
          problems.add(problem(dotEnv, i + 1, "ignored: expected NAME=value"));
        }
      }
    } catch (NoSuchFileException e) {
      return of(real);
    } catch (IOException e) {
      problems.add(problem(dotEnv, 0, "ignored: cannot be read: " + e));
    }
    real.forEach((name, value) -> {
      if (!value.isBlank()) {
        values.put(name, value);
      }
    });
    return new Environment(values, problems);
  }

  /// The process environment, and behind it the `.env` file of a folder.
  public static Environment system(Path root) {
    return of(System.getenv(), root.resolve(".env"));
  }

  @Override
  public @Nullable String apply(String name) {
    String value = values.get(name);
    return value == null || value.isBlank() ? null : value;
  }

  /// Lines of the `.env` file that were not understood.
  public List<ConfigProblem> problems() {
    return problems;
  }

  private static boolean assign(String line, Map<String, String> values) {
    Matcher assignment = ASSIGNMENT.matcher(line);
    if (!assignment.matches()) {
      return false;
    }
    String raw = assignment.group(2);
    Matcher quoted = QUOTED.matcher(raw);
    if (quoted.matches()) {
      String literal = quoted.group(1);
      values.put(assignment.group(1), literal != null ? literal : unescaped(quoted.group(2)));
      return true;
    }
    if (raw.startsWith("'") || raw.startsWith("\"")) {
      return false;
    }
    values.put(assignment.group(1), raw.replaceFirst("(^|\\s)#.*$", "").strip());
    return true;
  }

  private static String unescaped(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            match -> Matcher.quoteReplacement(match.group(1).equals("n") ? "\n" : match.group(1)));
  }

  private static ConfigProblem problem(Path file, int line, String message) {
    return new ConfigProblem(file.toString(), line, null, message);
  }
}
