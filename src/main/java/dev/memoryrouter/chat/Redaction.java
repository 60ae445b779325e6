package dev.memoryrouter.chat;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;

/// Takes out of a text what looks like a secret or an address: private keys, tokens of well-known
/// services, values named as passwords or keys, credentials in URLs, long random-looking strings,
/// e-mail addresses. Linear in the length of the text. What has none of these shapes stays.
final class Redaction {
  static final String MARK = "[redacted]";

  private static final List<Rule> RULES =
      List.of(
          whole(
              "(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*-----|\\z)"),
          whole("\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{4,}(?:\\.[A-Za-z0-9_-]*)?"),
          whole("\\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{12,}"),
          whole(
              "\\b(?:gh[oprsu]_|github_pat_|glpat-|xox[abeoprs]-|npm_|hf_|pypi-)[A-Za-z0-9_-]{8,}"),
          whole("\\b(?:AKIA|ASIA)[A-Z0-9]{12,}"),
          whole("\\bAIza[A-Za-z0-9_-]{20,}"),
          after("(\\b[a-z][a-z0-9+.-]*://[^\\s:/@]*:)[^\\s/@]+(@)"),
          after("(\\b(?:bearer|basic)\\s+)[A-Za-z0-9+/=._~-]{8,}()"),
          after("((?:\\b|[_-])(?:pass|pwd)[\"'`]?\\s*[:=]\\s*[\"'`]?)[^\\s\"'`,;<>]+()"),
          after(
              "([a-z_-]*(?:passw(?:or)?d|passphrase|secret|token|credential|api[_-]?key|access[_-]?key|private[_-]?key)[a-z0-9_-]*[\"'`]?\\s*(?:[:=]|\\bis\\b)\\s*[\"'`]?)[^\\s\"'`,;<>]+()"),
          whole("[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+"),
          whole("\\b(?:[A-Fa-f0-9]{32,}|[A-Za-z0-9+]{40,}={0,2})"));

  private static final Pattern LONG = Pattern.compile("[A-Za-z0-9+/_-]{32,}={0,2}");

  /// In random text two neighbours of three are of different kinds; in names and paths fewer than
  /// two of five.
  private static final double RANDOM = 0.45;

  private record Rule(Pattern pattern, String replacement) {}

  private Redaction() {}

  static String of(String text) {
    String clean = text;
    for (Rule rule : RULES) {
      clean = rule.pattern().matcher(clean).replaceAll(rule.replacement());
    }
    return withoutRandom(clean);
  }

  private static String withoutRandom(String text) {
    Matcher found = LONG.matcher(text);
    StringBuilder clean = new StringBuilder();
    int end = 0;
    while (found.find()) {
      if (isRandom(found.group())) {
        clean.append(text, end, found.start()).append(MARK);
        end = found.end();
      }
    }
    return clean.append(text, end, text.length()).toString();
  }

  /// Whether capitals, small letters and digits follow each other as by chance.
  private static boolean isRandom(String text) {
    int[] kinds = text.chars().filter(Character::isLetterOrDigit).map(Character::getType).toArray();
    int changes = 0;
    for (int i = 1; i < kinds.length; i++) {
      changes += kinds[i] == kinds[i - 1] ? 0 : 1;
    }
    return changes >= RANDOM * kinds.length;
  }

  private static Rule whole(String pattern) {
    return new Rule(Pattern.compile(pattern), Matcher.quoteReplacement(MARK));
  }

  /// Keeps the first and the last group.
  private static Rule after(String pattern) {
    return new Rule(
        Pattern.compile(pattern, Pattern.CASE_INSENSITIVE),
        "$1" + Matcher.quoteReplacement(MARK) + "$2");
  }
}
