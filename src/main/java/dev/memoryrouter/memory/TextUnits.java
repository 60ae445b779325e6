package dev.memoryrouter.memory;

import dev.memoryrouter.memory.TextUnit.Border;
import dev.memoryrouter.tokens.TokenCounter;
import java.util.ArrayList;
import java.util.List;

/// The units of a text: its lines that are not blank, and of a line over the budget parts that end
/// after a sentence, between words, or inside a word that is too long itself.
///
/// The length of a part is guessed from the count of the part before, then corrected, so that each
/// character is counted a few times at most and the time grows with the length of the text.
final class TextUnits {
  /// Text per token at most, so that a run of blanks or one word that counts little is cut too.
  static final int MOST_CHARS_PER_TOKEN = 8;

  private static final int FIRST_GUESS = 4;

  /// How full a part is aimed to be, so that a slightly denser one still fits.
  private static final double FILL = 0.95;

  private final String text;
  private final int from;
  private final TokenCounter counter;
  private final int budget;
  private final List<TextUnit> units = new ArrayList<>();

  private boolean afterBlank;
  private double charsPerToken = FIRST_GUESS;

  /// Units of a text from an index on.
  ///
  /// @param from index of the first character that counts
  /// @param budget most tokens of a unit
  TextUnits(String text, int from, TokenCounter counter, int budget) {
    this.text = text;
    this.from = from;
    this.counter = counter;
    this.budget = budget;
  }

  List<TextUnit> list() {
    int line = (int) text.chars().limit(from).filter(c -> c == '\n').count();
    int start = from;
    while (start <= text.length()) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      addLine(start, end, line++);
      start = end + 1;
    }
    return units;
  }

  private void addLine(int start, int end, int line) {
    if (text.substring(start, end).isBlank()) {
      afterBlank = true;
      return;
    }
    Border border = border(start, end);
    afterBlank = false;
    int tokens = end - start > mostChars() ? budget + 1 : count(start, end);
    if (tokens <= budget) {
      units.add(new TextUnit(start, end, line, tokens, border));
    } else {
      addParts(start, end, line, border);
    }
  }

  private Border border(int start, int end) {
    if (afterBlank) {
      return Border.PARAGRAPH;
    }
    return MarkdownLine.of(text.substring(start, end)).isListItem() ? Border.ITEM : Border.LINE;
  }

  private void addParts(int start, int end, int line, Border border) {
    Border next = border;
    int at = start;
    while (at < end) {
      int cut = fit(at, end);
      if (!text.substring(at, cut).isBlank()) {
        units.add(new TextUnit(at, cut, line, count(at, cut), next));
        next = Border.NONE;
      }
      at = cut;
    }
  }

  /// End of a part that begins at `start` and is within the budget, unless one character is more.
  private int fit(int start, int end) {
    int most = Math.min(end - start, mostChars());
    int length = guess(most);
    int fitting = 0;
    for (int tries = 0; tries < 4; tries++) {
      int tokens = count(start, start + length);
      charsPerToken = (double) length / Math.max(tokens, 1);
      if (tokens <= budget) {
        fitting = Math.max(fitting, length);
      }
      int next = guess(most);
      if (tokens <= budget && (next <= length || tokens * 5L >= budget * 4L)) {
        break;
      }
      length = next;
    }
    return fitting == end - start ? end : shrink(start, fitting > 0 ? fitting : length);
  }

  private int guess(int most) {
    return Math.clamp((long) (charsPerToken * FILL * budget), 1, most);
  }

  /// Moves the end back to a border; a cut inside a word may raise its count, so the result is
  /// checked and halved until it fits.
  private int shrink(int start, int length) {
    int most = length;
    int cut = border(start, start + most, start + most / 2);
    while (count(start, cut) > budget && cut > text.offsetByCodePoints(start, 1)) {
      most = Math.max(1, (cut - start) / 2);
      cut = border(start, start + most, start + most / 2);
    }
    return cut;
  }

  /// The best place for a cut in `(low, high]`: after a sentence, else after a blank, else at
  /// `high`, but not between the halves of a character.
  private int border(int start, int high, int low) {
    int blank = -1;
    for (int i = high; i > Math.max(low, start + 1); i--) {
      if (Character.isWhitespace(text.charAt(i - 1))) {
        if (".!?;:".indexOf(text.charAt(i - 2)) >= 0) {
          return i;
        }
        blank = Math.max(blank, i);
      }
    }
    if (blank > 0) {
      return blank;
    }
    boolean split =
        high < text.length()
            && Character.isLowSurrogate(text.charAt(high))
            && Character.isHighSurrogate(text.charAt(high - 1));
    return split ? (high - 1 > start ? high - 1 : high + 1) : high;
  }

  private int count(int start, int end) {
    return counter.count(text.substring(start, end));
  }

  private int mostChars() {
    return budget * MOST_CHARS_PER_TOKEN;
  }
}
