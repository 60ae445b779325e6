package dev.memoryrouter.conversation;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An XML-like tag as agents write it around text. No XML parser would do: what stands between the
/// tags is arbitrary text.
///
/// @param name in lower case
/// @param start index of `<`
/// @param end index after `>`
record Tag(String name, boolean closing, int start, int end) {
  private static final int LONGEST_NAME = 40;

  /// The tag whose `<` stands at `start`, or null when none does. Attributes must end on the same
  /// line and before another `<`, which keeps every scan linear.
  static @Nullable Tag at(String text, int start) {
    boolean closing = text.startsWith("/", start + 1);
    int from = start + (closing ? 2 : 1);
    int to = from;
    while (to < text.length() && to - from < LONGEST_NAME && isNameChar(text.charAt(to))) {
      to++;
    }
    int end = to == from ? -1 : endOfAttributes(text, to);
    return end < 0
        ? null
        : new Tag(text.substring(from, to).toLowerCase(Locale.ROOT), closing, start, end);
  }

  /// Whether only blanks stand before it on its line.
  boolean startsLine(String text) {
    return isLineStart(text, start);
  }

  /// Whether only blanks stand after it on its line.
  boolean endsLine(String text) {
    int i = end;
    while (i < text.length() && isBlank(text.charAt(i))) {
      i++;
    }
    return i == text.length() || text.charAt(i) == '\n';
  }

  /// Whether only blanks stand before the index on its line.
  static boolean isLineStart(String text, int index) {
    int i = index;
    while (i > 0 && isBlank(text.charAt(i - 1))) {
      i--;
    }
    return i == 0 || text.charAt(i - 1) == '\n';
  }

  private static int endOfAttributes(String text, int from) {
    if (from < text.length() && text.charAt(from) != '>' && text.charAt(from) != ' ') {
      return -1;
    }
    for (int i = from; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '>' -> {
          return i + 1;
        }
        case '<', '\n' -> {
          return -1;
        }
        default -> {}
      }
    }
    return -1;
  }

  private static boolean isNameChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }
}
