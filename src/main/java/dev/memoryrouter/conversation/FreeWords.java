package dev.memoryrouter.conversation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads a person's words from a message of an agent that does not wrap them: what remains of the
/// user's text without the client's own additions.
final class FreeWords {
  /// From this line on, aider repeats its own rules.
  static final String AIDER_RULES = "# *SEARCH/REPLACE block* Rules:";

  private static final JsonMapper JSON = JsonMapper.shared();

  private FreeWords() {}

  static @Nullable Spoken in(Message message, ClientKind client) {
    List<Spoken> spoken = new ArrayList<>();
    for (int p = 0; p < message.parts().size(); p++) {
      String words =
          message.parts().get(p) instanceof Part.Text(String text) ? clean(text, client) : "";
      if (!words.isBlank()) {
        spoken.add(new Spoken(words, p));
      }
    }
    if (spoken.isEmpty()) {
      return null;
    }
    return switch (client) {
      // Attached files follow as parts of their own.
      case OPENCODE, KILO -> spoken.getFirst();
      // What was attached and reminded comes before.
      case QWEN_CODE -> spoken.getLast();
      case CLINE, CLINE_SDK, ROO, CONTINUE, AIDER, OTHER -> Spoken.join(spoken, "\n");
    };
  }

  /// The answer to a question of the Cline SDK is the bare content of a tool message; every other
  /// tool answers in JSON.
  static @Nullable Spoken answer(Message message, @Nullable String tool) {
    boolean question = "ask_question".equals(tool) || "ask_followup_question".equals(tool);
    if (!question || message.parts().isEmpty()) {
      return null;
    }
    String text = message.text().strip();
    return text.isEmpty() || isJsonContainer(text)
        ? null
        : new Spoken(text, message.parts().size() - 1);
  }

  private static String clean(String text, ClientKind client) {
    if (client == ClientKind.OTHER) {
      return TaggedText.withoutReminders(text);
    }
    if (Notices.isAny(text)) {
      return "";
    }
    if (isWrapped(client) && ToolHeader.at(text, 0) != null) {
      return "";
    }
    String words = TaggedText.withoutMachineMade(text);
    return switch (client) {
      case OPENCODE, KILO -> withoutQuotes(words);
      case AIDER -> beforeRules(words);
      case CLINE_SDK -> unwrapped(words);
      case CLINE, ROO, CONTINUE, QWEN_CODE, OTHER -> words;
    };
  }

  private static boolean isWrapped(ClientKind client) {
    return client == ClientKind.CLINE || client == ClientKind.ROO;
  }

  /// The command lines of opencode and Kilo quote the whole text and escape quotes within.
  private static String withoutQuotes(String words) {
    if (words.length() < 3 || !words.startsWith("\"") || !words.endsWith("\"")) {
      return words;
    }
    String inner = words.substring(1, words.length() - 1);
    for (int i = inner.indexOf('"'); i >= 0; i = inner.indexOf('"', i + 1)) {
      if (i == 0 || inner.charAt(i - 1) != '\\') {
        return words;
      }
    }
    return inner.replace("\\\"", "\"").strip();
  }

  /// Aider's user message without its rules, stripped.
  static String beforeRules(String words) {
    for (int i = words.indexOf(AIDER_RULES); i >= 0; i = words.indexOf(AIDER_RULES, i + 1)) {
      if (Tag.isLineStart(words, i)) {
        return words.substring(0, i).strip();
      }
    }
    return words.strip();
  }

  /// The SDK's stored history wraps the words; its wire does not, but its prompt says so.
  private static String unwrapped(String words) {
    Tag open = words.startsWith("<") ? Tag.at(words, 0) : null;
    if (open == null
        || open.closing()
        || !(open.name().equals("user_input") || open.name().equals("user_command"))) {
      return words;
    }
    String close = "</" + open.name() + ">";
    int end = words.endsWith(close) ? words.length() - close.length() : words.length();
    return words.substring(open.end(), Math.max(open.end(), end)).strip();
  }

  private static boolean isJsonContainer(String text) {
    if (!text.startsWith("{") && !text.startsWith("[")) {
      return false;
    }
    try {
      JsonNode node = JSON.readTree(text);
      return node.isContainer();
    } catch (JacksonException _) {
      return false;
    }
  }
}
