package dev.memoryrouter.memory;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Cuts a markdown file into sections at its headings.
///
/// The sections' texts, joined by line ends, are the file's text; only blank lines before the first
/// heading and one line end at the end of the file belong to no section. A heading with nothing
/// below it is a section, because its words are worth finding. A heading without words has the
/// heading `""` and adds nothing to paths.
public final class Sectioner {
  /// Sections of a file in order.
  ///
  /// @param file path relative to the bank's root
  /// @param text line ends are `\n`
  public List<Section> sections(String file, String text) {
    List<String> lines = lines(text);
    List<Heading> headings = new HeadingScanner(lines).headings();
    var cut = new Cut(file, lines);
    int first = headings.isEmpty() ? lines.size() : headings.getFirst().line();
    if (lines.subList(0, first).stream().anyMatch(line -> !line.isBlank())) {
      cut.add(null, 0, first);
    }
    for (int i = 0; i < headings.size(); i++) {
      int end = i + 1 < headings.size() ? headings.get(i + 1).line() : lines.size();
      cut.add(headings.get(i), headings.get(i).line(), end);
    }
    return cut.sections;
  }

  /// The lines of a text; a line end at the very end does not begin another line.
  static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int from = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      lines.add(text.substring(from, end));
      from = end + 1;
    }
    if (from < text.length()) {
      lines.add(text.substring(from));
    }
    return lines;
  }

  /// The sections of one file as they grow.
  private static final class Cut {
    private final String file;
    private final List<String> lines;
    private final List<Section> sections = new ArrayList<>();
    private final List<Heading> outer = new ArrayList<>();
    private final Map<List<String>, Integer> seen = new HashMap<>();

    Cut(String file, List<String> lines) {
      this.file = file;
      this.lines = lines;
    }

    /// @param from first line, 0-based
    /// @param to line after the last
    void add(@Nullable Heading heading, int from, int to) {
      if (heading != null) {
        outer.removeIf(other -> other.level() >= heading.level());
        outer.add(heading);
      }
      List<String> path =
          outer.stream().map(Heading::text).filter(title -> !title.isEmpty()).toList();
      String title = heading == null ? null : heading.text();
      String text = String.join("\n", lines.subList(from, to));
      String joined = String.join("\0", path);
      String hash = hash(joined + "\0\0" + text).substring(0, 32);
      sections.add(new Section(id(path, joined), file, title, path, from + 1, to, text, hash));
    }

    /// From file, heading path and how many sections before have the same path.
    private String id(List<String> path, String joined) {
      int ordinal = seen.merge(path, 1, Integer::sum);
      return file + "#" + hash(joined + "\0\0" + ordinal).substring(0, 16);
    }

    private static String hash(String text) {
      try {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }
}
