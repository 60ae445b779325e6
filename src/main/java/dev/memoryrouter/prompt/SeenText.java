package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.Role;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The lines that a model can already read in a conversation: what a person pasted, what the agent
/// read with tools of its own, and memory placed before. Line numbers that tools put before lines
/// do not count, nor does the white space around a line. Linear in the length of the conversation.
final class SeenText {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// A bracket, a rule, a table's border: they say nothing about where a line came from.
  private static final int LEAST_LENGTH = 4;

  private final Set<String> lines;

  private SeenText(Set<String> lines) {
    this.lines = lines;
  }

  /// The lines of all user and tool messages.
  static SeenText in(ChatRequest request) {
    SeenText seen = new SeenText(new HashSet<>());
    for (Message message : request.messages()) {
      if (message.role() == Role.USER || message.role() == Role.TOOL) {
        message.parts().forEach(seen::add);
      }
    }
    return seen;
  }

  SeenText copy() {
    return new SeenText(new HashSet<>(lines));
  }

  /// Adds the lines of a text.
  void add(String text) {
    text.lines().map(SeenText::bare).filter(SeenText::telling).forEach(lines::add);
  }

  /// The share of a text, by characters, that was seen; 1 for a text that says nothing.
  double shareOf(String text) {
    long[] characters = new long[2];
    text.lines()
        .map(SeenText::bare)
        .filter(SeenText::telling)
        .forEach(line -> {
          characters[0] += line.length();
          characters[1] += lines.contains(line) ? line.length() : 0;
        });
    return characters[0] == 0 ? 1 : (double) characters[1] / characters[0];
  }

  private void add(Part part) {
    if (part instanceof Part.Text(String text)) {
      add(text);
      addStrings(text);
    }
  }

  /// Some agents wrap results in JSON, where the lines stand escaped.
  private void addStrings(String text) {
    if (text.startsWith("{") || text.startsWith("[")) {
      try {
        addStrings(JSON.readTree(text));
      } catch (JacksonException _) {
        // A text that only begins like JSON has its lines in the open.
      }
    }
  }

  private void addStrings(JsonNode node) {
    if (node.isString()) {
      add(node.asString());
    }
    node.values().forEach(this::addStrings);
  }

  private static boolean telling(String line) {
    return line.length() >= LEAST_LENGTH;
  }

  /// A line without a number such as `12 | `, `12→` or `12: ` before it.
  private static String bare(String line) {
    String stripped = line.strip();
    int end = 0;
    while (end < stripped.length() && Character.isDigit(stripped.charAt(end))) {
      end++;
    }
    if (end == 0) {
      return stripped;
    }
    String rest = stripped.substring(end);
    if (rest.startsWith("\t")) {
      return rest.strip();
    }
    String afterSpaces = rest.stripLeading();
    boolean numbered = !afterSpaces.isEmpty() && "|→:".indexOf(afterSpaces.charAt(0)) >= 0;
    return numbered ? afterSpaces.substring(1).strip() : stripped;
  }
}
