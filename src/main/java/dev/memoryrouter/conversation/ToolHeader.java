package dev.memoryrouter.conversation;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The line that legacy Cline puts before a tool's result, such as `[read_file for 'a.md']
/// Result:`.
///
/// @param end index after the header
record ToolHeader(String tool, int end) {
  static final String END = "] Result:";
  private static final int LONGEST_NAME = 60;

  /// Tools through which a person answers.
  private static final Set<String> DIALOGUE =
      Set.of(
          "act_mode_respond",
          "ask_followup_question",
          "ask_question",
          "attempt_completion",
          "condense",
          "new_rule",
          "new_task",
          "plan_mode_respond",
          "report_bug",
          "summarize_task",
          "switch_mode",
          "update_todo_list");

  /// The header whose `[` stands at `start`, or null when none does. The quoted argument may go
  /// over several lines.
  static @Nullable ToolHeader at(String text, int start) {
    int nameEnd = start + 1;
    while (nameEnd < text.length()
        && nameEnd - start <= LONGEST_NAME
        && isNameChar(text.charAt(nameEnd))) {
      nameEnd++;
    }
    if (!text.startsWith("[", start) || nameEnd == start + 1) {
      return null;
    }
    String tool = text.substring(start + 1, nameEnd);
    if (text.startsWith(END, nameEnd)) {
      return new ToolHeader(tool, nameEnd + END.length());
    }
    int end = text.startsWith(" for '", nameEnd) ? text.indexOf(END, nameEnd) : -1;
    return end < 0 ? null : new ToolHeader(tool, end + END.length());
  }

  boolean isDialogue() {
    return isDialogue(tool);
  }

  static boolean isDialogue(String tool) {
    return DIALOGUE.contains(tool);
  }

  private static boolean isNameChar(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-'
        || c == '.';
  }
}
