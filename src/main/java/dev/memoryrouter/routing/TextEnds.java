package dev.memoryrouter.routing;

/// The beginning and the end of a text: that is where people say what they want; in between are
/// logs. Keeps the cost of a turn independent of its size.
final class TextEnds {
  private static final int END = 1_000; // characters

  private static final int MEANING_HEAD = 160;
  private static final int MEANING_TAIL = 100;

  private TextEnds() {}

  /// The text itself when it is short.
  static String of(String text) {
    return of(text, END, END);
  }

  /// About 64 word pieces of a text: embedding takes time with each, and 100 gave no better
  /// answers.
  static String forMeaning(String text) {
    return of(text.strip(), MEANING_HEAD, MEANING_TAIL);
  }

  /// The text itself, or its first `head` and last `tail` characters on two lines.
  private static String of(String text, int head, int tail) {
    int length = text.length();
    return length <= head + tail
        ? text
        : text.substring(0, head) + "\n" + text.substring(length - tail);
  }
}
