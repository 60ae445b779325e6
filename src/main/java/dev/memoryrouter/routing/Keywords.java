package dev.memoryrouter.routing;

import java.util.List;
import java.util.Locale;

/// Finds which words and phrases of a list stand in a text: as whole words, in any case. Characters
/// of scripts without spaces between words match anywhere.
final class Keywords {
  private final List<String> words;

  Keywords(List<String> words) {
    this.words = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).distinct().toList();
  }

  /// Those of the words that stand in the text.
  ///
  /// @param text in lower case
  List<String> in(String text) {
    return words.stream().filter(word -> standsIn(text, word)).toList();
  }

  private static boolean standsIn(String text, String word) {
    for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      int end = at + word.length();
      if (!(joins(text, at) || joins(text, end))) {
        return true;
      }
    }
    return false;
  }

  /// Whether the characters on both sides of a position belong to one word.
  private static boolean joins(String text, int at) {
    return at > 0 && at < text.length() && ofWord(text.charAt(at - 1)) && ofWord(text.charAt(at));
  }

  private static boolean ofWord(char c) {
    return Character.isLetterOrDigit(c) && !Character.isIdeographic(c) && !isKana(c);
  }

  private static boolean isKana(char c) {
    Character.UnicodeScript script = Character.UnicodeScript.of(c);
    return script == Character.UnicodeScript.HIRAGANA || script == Character.UnicodeScript.KATAKANA;
  }
}
