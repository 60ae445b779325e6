package dev.memoryrouter.memory;

import java.util.List;

/// The YAML between two lines of `---` at the start of a file. A line of `---` that a document
/// merely begins with is told apart by what follows: a key at once, and nothing but YAML up to the
/// closing line.
final class FrontMatter {
  private FrontMatter() {}

  /// Number of lines that the front matter takes, its two rules included; 0 if there is none.
  static int lines(List<String> lines) {
    if (lines.size() < 2 || !lines.getFirst().stripTrailing().equals("---")) {
      return 0;
    }
    if (!isKey(lines.get(1)) && !isEnd(lines.get(1))) {
      return 0;
    }
    for (int i = 1; i < lines.size(); i++) {
      if (isEnd(lines.get(i))) {
        return i + 1;
      }
      if (!isYaml(lines.get(i))) {
        return 0;
      }
    }
    return 0;
  }

  private static boolean isEnd(String line) {
    String text = line.stripTrailing();
    return text.equals("---") || text.equals("...");
  }

  private static boolean isYaml(String line) {
    return line.isBlank() || " \t#-]})".indexOf(line.charAt(0)) >= 0 || isKey(line);
  }

  private static boolean isKey(String line) {
    int colon = line.indexOf(':');
    boolean ends = colon + 1 == line.length() || (colon > 0 && line.charAt(colon + 1) == ' ');
    return colon > 0
        && ends
        && line.chars()
            .limit(colon)
            .allMatch(c -> Character.isLetterOrDigit(c) || "_-.\"' ".indexOf(c) >= 0);
  }
}
