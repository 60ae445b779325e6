package dev.memoryrouter.memory;

import dev.memoryrouter.tokens.TokenCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What stands before a chunk when it is embedded: the file's name and the headings above it, as
/// many of the inner ones as fit.
///
/// @param tokens its count
/// @param holdsHeading whether the section's own heading is in it as a whole
record ChunkPrefix(String text, int tokens, boolean holdsHeading) {
  private static final ChunkPrefix NONE = new ChunkPrefix("", 0, false);

  /// The longest prefix within a limit: outer headings go first, then the file's name.
  static ChunkPrefix of(Section section, TokenCounter counter, int limit) {
    List<String> headings = section.headingPath();
    boolean own = Objects.equals(section.heading(), headings.isEmpty() ? null : headings.getLast());
    for (int from = 0; from <= headings.size(); from++) {
      List<String> parts = new ArrayList<>();
      parts.add(fileName(section.file()));
      parts.addAll(headings.subList(from, headings.size()));
      ChunkPrefix prefix = join(parts, counter, own && from < headings.size());
      boolean keepsOwn = from < headings.size() || headings.isEmpty();
      if (prefix.tokens() <= limit && keepsOwn) {
        return prefix;
      }
    }
    List<String> nearest = headings.isEmpty() ? List.of() : List.of(headings.getLast());
    ChunkPrefix heading = join(nearest, counter, own);
    if (!nearest.isEmpty() && heading.tokens() <= limit) {
      return heading;
    }
    ChunkPrefix file = join(List.of(fileName(section.file())), counter, false);
    return file.tokens() <= limit ? file : NONE;
  }

  private static ChunkPrefix join(List<String> parts, TokenCounter counter, boolean holdsHeading) {
    String text = String.join(" > ", parts);
    return new ChunkPrefix(text, counter.count(text), holdsHeading);
  }

  /// Last part of the path, without extension.
  private static String fileName(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
