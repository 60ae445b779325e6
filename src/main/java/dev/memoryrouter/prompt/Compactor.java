package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.HumanWords;
import dev.memoryrouter.conversation.ToolResult;
import dev.memoryrouter.conversation.ToolResults;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/// Finds what a history can do without: results of tools that a later call of the same tool with
/// the same arguments superseded, then long results, each from the oldest to the newest. The newest
/// messages and the person's words are never touched. Each result becomes a note that says what was
/// left out, and how to get it back. The same history always gives the same notes.
final class Compactor {
  /// The last steps of an agent, which it works with right now: call and result, three times.
  private static final int NEWEST_MESSAGES = 6;

  /// When that is not enough, only the last step is left alone.
  private static final int LAST_STEP = 2;

  /// A result below this many tokens is not worth a note.
  private static final int SHORTEST = 200;

  private static final int OPENING_CHARACTERS = 300;
  private static final int CALL_CHARACTERS = 200;

  private static final String LEFT_OUT = "[… left out by the router]";

  private final Conversation conversation;
  private final ToIntFunction<String> tokens;
  private final List<ToolResult> results;
  private final Map<String, Integer> newestCall = new HashMap<>();

  /// @param tokens of a text by the model's tokenizer
  Compactor(Conversation conversation, ToIntFunction<String> tokens) {
    this.conversation = conversation;
    this.tokens = tokens;
    results = ToolResults.of(conversation);
    results.forEach(result -> newestCall.put(result.call(), result.message()));
  }

  /// Everything that may be shortened, in the order in which it should be.
  List<Shortening> possible() {
    int messages = conversation.request().messages().size();
    List<ToolResult> old = between(0, messages - NEWEST_MESSAGES);
    List<ToolResult> newer = between(messages - NEWEST_MESSAGES, messages - LAST_STEP);
    List<Shortening> found = new ArrayList<>();
    for (List<ToolResult> group : List.of(old, newer)) {
      group.stream().filter(this::superseded).map(this::shortening).forEach(found::add);
      group.stream()
          .filter(result -> !superseded(result))
          .map(this::shortening)
          .forEach(found::add);
    }
    return found;
  }

  private List<ToolResult> between(int from, int to) {
    return results.stream()
        .filter(result -> result.message() >= from && result.message() < to)
        .filter(result -> !carriesWords(result))
        .filter(result -> tokens.applyAsInt(result.text()) >= SHORTEST)
        .toList();
  }

  private boolean carriesWords(ToolResult result) {
    HumanWords words = conversation.human();
    return words != null && words.message() == result.message() && words.part() == result.part();
  }

  private boolean superseded(ToolResult result) {
    return newestCall.getOrDefault(result.call(), result.message()) > result.message();
  }

  private Shortening shortening(ToolResult result) {
    int size = tokens.applyAsInt(result.text());
    return new Shortening(result.message(), result.part(), superseded(result), size);
  }

  /// What stands in the place of a shortened result.
  String note(Shortening shortening) {
    return results.stream()
        .filter(result -> shortening.isOf(result.message(), result.part()))
        .findFirst()
        .map(result -> note(result, shortening))
        .orElse(LEFT_OUT);
  }

  private static String note(ToolResult result, Shortening shortening) {
    String why =
        shortening.superseded()
            ? "The same call was made again later, and its result stands there."
            : "Call it again if the rest is needed.";
    return "%s\n[… shortened by the router, because the conversation is too long for the model: %d tokens of the result of %s. %s]"
        .formatted(
            opening(result.text(), OPENING_CHARACTERS),
            shortening.tokens(),
            opening(result.call(), CALL_CHARACTERS),
            why);
  }

  /// The first characters, never half of a surrogate pair.
  private static String opening(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end);
  }
}
