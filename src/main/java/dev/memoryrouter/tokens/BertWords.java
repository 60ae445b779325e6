package dev.memoryrouter.tokens;

import java.text.Normalizer;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// The words of a text as BERT's normalizer and pre-tokenizer make them: control characters
/// removed, accents stripped, lower case, cut at white space; punctuation and CJK characters are
/// words of their own. Each step reads only as far as the next word, and remembers where it lies in
/// the text.
final class BertWords {
  private static final int REPLACEMENT = 0xFFFD;

  /// Punctuation and accents in the older Unicode that the model's tokenizer knows, but no longer.
  private static final Set<Integer> ONCE_PUNCTUATION = Set.of(0x166D, 0x111C9);

  private static final Set<Integer> ONCE_ACCENTS = Set.of(0x1734, 0x1171E);

  /// What is left of each ASCII character.
  private static final List<String> ASCII =
      IntStream.range(0, 0x80)
          .mapToObj(c -> isDropped(c) ? "" : Character.toString(Character.toLowerCase(c)))
          .toList();

  private final String text;
  private final StringBuilder word = new StringBuilder();
  private int at;
  private int start;
  private int end;

  BertWords(String text, int from) {
    this.text = text;
    this.at = from;
  }

  /// Moves to the next word; false at the end of the text.
  boolean next() {
    word.setLength(0);
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (isSpace(c)) {
        if (!word.isEmpty()) {
          return true;
        }
        at += Character.charCount(c);
        continue;
      }
      String normal = normal(c);
      boolean alone = standsAlone(normal);
      if (alone && !word.isEmpty()) {
        return true;
      }
      take(c, normal);
      if (alone) {
        return true;
      }
    }
    return !word.isEmpty();
  }

  /// The normalized word; valid until the next step.
  CharSequence word() {
    return word;
  }

  /// Index of the word's first character in the text.
  int start() {
    return start;
  }

  /// Index after the word's last character in the text.
  int end() {
    return end;
  }

  private void take(int c, String normal) {
    if (word.isEmpty()) {
      start = at;
    }
    word.append(normal);
    at += Character.charCount(c);
    end = at;
  }

  /// What is left of a character: empty for control characters and accents.
  private static String normal(int c) {
    if (c < 0x80) {
      return ASCII.get(c);
    }
    if (isDropped(c)) {
      return "";
    }
    String parts = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFD);
    var kept = new StringBuilder();
    parts
        .codePoints()
        .filter(part -> !isAccent(part))
        .forEach(part -> kept.appendCodePoint(Character.toLowerCase(part)));
    return kept.toString();
  }

  private static boolean isAccent(int c) {
    boolean accent = Character.getType(c) == Character.NON_SPACING_MARK || ONCE_ACCENTS.contains(c);
    return accent && !ONCE_PUNCTUATION.contains(c);
  }

  private static boolean isSpace(int c) {
    return c == ' '
        || c == '\t'
        || c == '\n'
        || c == '\r'
        || (c > 0x7f && (Character.isSpaceChar(c) && c != 0x85));
  }

  private static boolean isDropped(int c) {
    if (c >= ' ' && c < 0x7f) {
      return false;
    }
    return c == REPLACEMENT
        || switch (Character.getType(c)) {
          case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE ->
              true;
          default -> false;
        };
  }

  /// Judged after normalizing: the accent of `≠` is stripped, and `=` is punctuation.
  private static boolean standsAlone(String normal) {
    if (normal.isEmpty()) {
      return false;
    }
    int c = normal.codePointAt(0);
    if (c < 0x80) {
      return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
    }
    return isCjk(c)
        || ONCE_PUNCTUATION.contains(c)
        || switch (Character.getType(c)) {
          case Character.CONNECTOR_PUNCTUATION,
              Character.DASH_PUNCTUATION,
              Character.START_PUNCTUATION,
              Character.END_PUNCTUATION,
              Character.INITIAL_QUOTE_PUNCTUATION,
              Character.FINAL_QUOTE_PUNCTUATION,
              Character.OTHER_PUNCTUATION ->
              true;
          default -> false;
        };
  }

  /// The blocks that BERT separates; kana and Hangul are not among them.
  private static boolean isCjk(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F)
        || (c >= 0x2B920 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }
}
