package dev.memoryrouter.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A workspace path as agents send it, for comparing only. Separators are made equal; Windows paths
/// are compared without regard to case, as their file system does. A path that is relative or
/// climbs with `..` contains nothing and lies in nothing.
///
/// @param segments names from the root on, a drive being the first
record WorkspacePath(boolean comparable, List<String> segments) {
  WorkspacePath {
    segments = List.copyOf(segments);
  }

  static WorkspacePath of(String path) {
    String text = path.strip();
    boolean windows = isWindows(text);
    if (windows) {
      text = text.replace('\\', '/').toLowerCase(Locale.ROOT);
    }
    List<String> segments = new ArrayList<>();
    for (String segment : text.split("/", -1)) {
      if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    boolean absolute = windows || text.startsWith("/");
    return new WorkspacePath(absolute && !segments.contains(".."), segments);
  }

  /// Whether the other path is this one or lies below it.
  boolean contains(WorkspacePath other) {
    return comparable
        && other.comparable
        && segments.size() <= other.segments.size()
        && segments.equals(other.segments.subList(0, segments.size()));
  }

  int depth() {
    return segments.size();
  }

  /// A drive letter or a network share. Elsewhere a backslash is part of a name.
  private static boolean isWindows(String path) {
    boolean drive =
        path.length() >= 2
            && path.charAt(1) == ':'
            && Character.toUpperCase(path.charAt(0)) >= 'A'
            && Character.toUpperCase(path.charAt(0)) <= 'Z'
            && (path.length() == 2 || path.charAt(2) == '\\' || path.charAt(2) == '/');
    return drive || path.startsWith("\\\\");
  }
}
