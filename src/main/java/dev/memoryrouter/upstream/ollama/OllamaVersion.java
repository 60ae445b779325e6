package dev.memoryrouter.upstream.ollama;

import java.util.Arrays;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What an Ollama of some version does not do for us. Everything else is asked for in one form that
/// all versions understand.
public final class OllamaVersion {
  private static final Pattern NUMBERS = Pattern.compile("\\d{1,6}");

  /// The first version that heeds `truncate: false` and `shift: false`.
  private static final int[] REFUSES_LONG_PROMPTS = {0, 12, 4};

  private OllamaVersion() {}

  /// Whether this version drops the beginning of a prompt that is too long instead of refusing it.
  ///
  /// @param version as Ollama says it, such as `0.33.0-rc2`; one without numbers counts as new
  public static boolean cutsPrompts(String version) {
    int[] numbers =
        NUMBERS
            .matcher(version)
            .results()
            .map(MatchResult::group)
            .mapToInt(Integer::parseInt)
            .limit(REFUSES_LONG_PROMPTS.length)
            .toArray();
    return numbers.length > 0 && Arrays.compare(numbers, REFUSES_LONG_PROMPTS) < 0;
  }
}
