package dev.memoryrouter.routing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Counts how often a regular expression copies its innermost parts: `((a{500}){500}){500}` is
/// small to write and takes gigabytes to compile.
final class NestedRepeats {
  /// The most that RE2 allows of a single repeat.
  static final long MOST = 1_000;

  private static final Pattern BOUNDS = Pattern.compile("([0-9]{1,9})(?:,([0-9]{0,9}))?\\}");

  private final String regex;
  private int at;

  private NestedRepeats(String regex) {
    this.regex = regex;
  }

  /// The largest product of counts that stand one within the other; 1 when nothing is counted.
  static long in(String regex) {
    return new NestedRepeats(regex).count();
  }

  private long count() {
    Deque<Long> around = new ArrayDeque<>();
    long largest = 1;
    long last = 1;
    while (at < regex.length()) {
      char c = regex.charAt(at++);
      switch (c) {
        case '\\' -> {
          skipEscape();
          last = 1;
        }
        case '[' -> {
          skipClass();
          last = 1;
        }
        case '(' -> {
          around.push(largest);
          largest = 1;
        }
        case ')' -> {
          last = largest;
          largest = Math.max(largest, around.isEmpty() ? 1 : around.pop());
        }
        case '{' -> last = Math.min(Integer.MAX_VALUE, last * repeat());
        case '*', '+', '?' -> {}
        default -> last = 1;
      }
      largest = Math.max(largest, last);
    }
    // What is still open is no valid expression; it is counted all the same.
    return around.stream().reduce(largest, Math::max);
  }

  /// The larger bound of `{n}`, `{n,}` or `{n,m}`; 1 when the brace is a plain character.
  private long repeat() {
    Matcher bounds = BOUNDS.matcher(regex).region(at, regex.length());
    if (!bounds.lookingAt()) {
      return 1;
    }
    at = bounds.end();
    String most = bounds.group(2);
    long least = Math.max(1, Long.parseLong(bounds.group(1)));
    return most == null || most.isEmpty() ? least : Math.max(least, Long.parseLong(most));
  }

  /// `\\Q…\\E` is literal; braces after `\\p` and `\\x` are no repeats.
  private void skipEscape() {
    char escaped = at < regex.length() ? regex.charAt(at++) : ' ';
    int end = -1;
    if (escaped == 'Q') {
      end = regex.indexOf("\\E", at);
      at = end < 0 ? regex.length() : end + 2;
    } else if ("pPx".indexOf(escaped) >= 0 && regex.startsWith("{", at)) {
      end = regex.indexOf('}', at);
      at = end < 0 ? regex.length() : end + 1;
    }
  }

  private void skipClass() {
    // A bracket that comes first is a member.
    at += regex.startsWith("^", at) ? 1 : 0;
    at += regex.startsWith("]", at) ? 1 : 0;
    while (at < regex.length() && regex.charAt(at) != ']') {
      int named = regex.startsWith("[:", at) ? regex.indexOf(":]", at + 2) : -1;
      at = named >= 0 ? named + 2 : at + (regex.charAt(at) == '\\' ? 2 : 1);
    }
    at = Math.min(regex.length(), at + 1);
  }
}
