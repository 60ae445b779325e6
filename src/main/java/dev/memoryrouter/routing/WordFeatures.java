package dev.memoryrouter.routing;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The words of a text and the pairs of neighbours among them. Numbers are all one word, marks of
/// question and exclamation are words, and so is each character of a script without spaces.
final class WordFeatures {
  private static final Pattern WORD =
      Pattern.compile(
          "[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsHangul}]"
              + "|[\\p{L}&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsHangul}]]+"
              + "(?:'\\p{L}+)?|\\p{N}+|[?!]");
  private static final String NUMBER = "0";
  private static final String START = "<";
  private static final String END = ">";

  private WordFeatures() {}

  /// The features of a text in the order of their appearance, each once.
  static Set<String> of(String text) {
    List<String> words = words(text);
    Set<String> features = new LinkedHashSet<>(words);
    String before = START;
    for (String word : words) {
      features.add(before + ' ' + word);
      before = word;
    }
    features.add(before + ' ' + END);
    return features;
  }

  /// The words in their order, in lower case.
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT).replace('’', '\''));
    while (matcher.find()) {
      String word = matcher.group();
      words.add(Character.isDigit(word.charAt(0)) ? NUMBER : word);
    }
    return words;
  }
}
