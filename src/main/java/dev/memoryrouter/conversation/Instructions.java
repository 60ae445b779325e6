package dev.memoryrouter.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Finds the slash commands of the newest turn, which clients replace by instructions of their own.
final class Instructions {
  private static final Set<String> CONDENSING =
      Set.of("condense", "condense_response", "summarize_task", "smol", "compact");

  /// What stands before a command's name; it ends with a quote.
  private static final List<String> MARKS =
      List.of("<explicit_instructions type=\"", "<user_command slash=\"");

  private Instructions() {}

  /// Names of the commands, in order; an unknown client's text may speak of such tags itself.
  static List<String> find(Transcript transcript, ClientKind client) {
    if (client == ClientKind.OTHER) {
      return List.of();
    }
    List<String> found = new ArrayList<>();
    transcript.newestTurn().stream()
        .filter(message -> message.role() == Role.USER)
        .flatMap(Transcript::texts)
        .filter(text -> ToolHeader.at(text, 0) == null)
        .forEach(text -> MARKS.forEach(mark -> addAll(text, mark, found)));
    return found;
  }

  /// Whether one of the commands asks for a summary of the conversation.
  static boolean condense(List<String> commands) {
    return commands.stream().anyMatch(CONDENSING::contains);
  }

  private static void addAll(String text, String mark, List<String> found) {
    for (int i = text.indexOf(mark); i >= 0; i = text.indexOf(mark, i + 1)) {
      int from = i + mark.length();
      int end = text.indexOf('"', from);
      if (end < 0) {
        return;
      }
      if (Tag.isLineStart(text, i)) {
        found.add(text.substring(from, end));
      }
    }
  }
}
