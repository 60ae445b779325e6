package dev.memoryrouter.conversation;

import java.util.List;

/// Texts that clients write in the user's role although no person said them.
final class Notices {
  private static final List<String> NUDGES =
      List.of(
          "[ERROR] You did not use a tool",
          "Your previous response was cut off because it reached the model's output-token limit");
  private static final List<String> SUMMARIES =
      List.of("## Conversation Summary", "Context summary:", "[Continue assisting the user!]");

  /// The last two are what opencode and Kilo go on with after they have compacted a conversation.
  private static final List<String> RESUMPTIONS =
      List.of(
          "[TASK RESUMPTION]",
          "The previous request exceeded the provider's size limit",
          "Continue if you have next steps, or stop and ask for clarification");

  private static final List<String> TODO_LISTS =
      List.of("# task_progress", "# TODO LIST UPDATE REQUIRED", "**Current Progress: ");

  private Notices() {}

  /// The last answer was not usable.
  static boolean isNudge(String text) {
    return startsWithAny(text, NUDGES);
  }

  /// Stands for a history that the client has condensed or cut.
  static boolean isSummary(String text) {
    return startsWithAny(text, SUMMARIES);
  }

  /// An interrupted task goes on.
  static boolean isResumption(String text) {
    return startsWithAny(text, RESUMPTIONS);
  }

  static boolean isAny(String text) {
    return isNudge(text)
        || isSummary(text)
        || isResumption(text)
        || startsWithAny(text, TODO_LISTS);
  }

  private static boolean startsWithAny(String text, List<String> starts) {
    int from = 0;
    while (from < text.length() && Character.isWhitespace(text.charAt(from))) {
      from++;
    }
    int offset = from;
    return starts.stream().anyMatch(start -> text.startsWith(start, offset));
  }
}
