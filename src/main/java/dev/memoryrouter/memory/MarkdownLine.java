package dev.memoryrouter.memory;

/// One line of markdown: what it could be, judged alone.
///
/// @param text the line as it stands
/// @param indent columns before its first character, a tab reaching to the next multiple of 4
/// @param body the line without surrounding white space
record MarkdownLine(String text, int indent, String body) {
  static MarkdownLine of(String text) {
    int columns = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\t') {
        columns += 4 - columns % 4;
      } else if (c == ' ') {
        columns++;
      } else {
        break;
      }
    }
    return new MarkdownLine(text, columns, text.strip());
  }

  boolean isBlank() {
    return body.isEmpty();
  }

  /// Four columns make a line code, unless something else continues.
  boolean isIndented() {
    return indent > 3;
  }

  /// Level of a heading that begins with `#`; 0 if it is none.
  int atxLevel() {
    int level = run(body, 0, '#');
    boolean ends = level == body.length() || isSpace(body.charAt(level));
    return level >= 1 && level <= 6 && ends ? level : 0;
  }

  /// Text of a heading that begins with `#`, without the ones that may close it.
  String atxText() {
    String rest = body.substring(atxLevel()).strip();
    int end = rest.length();
    while (end > 0 && rest.charAt(end - 1) == '#') {
      end--;
    }
    boolean closing = end == 0 || isSpace(rest.charAt(end - 1));
    return closing ? rest.substring(0, end).strip() : rest;
  }

  /// 1 or 2 for a line that can underline a heading, else 0.
  int underlineLevel() {
    if (isBlank() || run(body, 0, body.charAt(0)) < body.length()) {
      return 0;
    }
    return body.charAt(0) == '=' ? 1 : body.charAt(0) == '-' ? 2 : 0;
  }

  /// Three or more of `-`, `*` or `_` with nothing but spaces between.
  boolean isThematicBreak() {
    char mark = body.charAt(0);
    if (mark != '-' && mark != '*' && mark != '_') {
      return false;
    }
    int marks = 0;
    for (int i = 0; i < body.length(); i++) {
      if (body.charAt(i) == mark) {
        marks++;
      } else if (!isSpace(body.charAt(i))) {
        return false;
      }
    }
    return marks >= 3;
  }

  boolean isListItem() {
    return afterListMark(0) > 0;
  }

  /// Index in the body after all list marks at its start; 0 if there is none.
  int contentStart() {
    int at = 0;
    for (int next = afterListMark(0); next > at; next = afterListMark(at)) {
      at = next;
    }
    return at;
  }

  /// Length of the fence that opens at `from` in the body; 0 if none does.
  int fenceLength(int from) {
    if (from >= body.length()) {
      return 0;
    }
    char mark = body.charAt(from);
    if (mark != '`' && mark != '~') {
      return 0;
    }
    int length = run(body, from, mark);
    // Backticks after the fence make it code within a line.
    boolean inline = mark == '`' && body.indexOf('`', from + length) >= 0;
    return length >= 3 && !inline ? length : 0;
  }

  /// Index after one list mark and the space behind it; `from` if there is none.
  private int afterListMark(int from) {
    if (from >= body.length()) {
      return from;
    }
    int end = from;
    if ("-+*".indexOf(body.charAt(from)) >= 0) {
      end++;
    } else {
      int digits = digits(from);
      boolean mark = digits > 0 && digits <= 9 && from + digits < body.length();
      end += mark && ".)".indexOf(body.charAt(from + digits)) >= 0 ? digits + 1 : 0;
    }
    if (end == from || (end < body.length() && !isSpace(body.charAt(end)))) {
      return from;
    }
    while (end < body.length() && isSpace(body.charAt(end))) {
      end++;
    }
    return end;
  }

  private int digits(int from) {
    int end = from;
    while (end < body.length() && body.charAt(end) >= '0' && body.charAt(end) <= '9') {
      end++;
    }
    return end - from;
  }

  static int run(String text, int from, char mark) {
    int end = from;
    while (end < text.length() && text.charAt(end) == mark) {
      end++;
    }
    return end - from;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
