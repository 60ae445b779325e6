package dev.memoryrouter.conversation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the tool results of a history: the text of tool messages, and in the user messages of
/// agents that call tools as XML what follows a header such as `[read_file for 'a.md'] Result:`. A
/// result in which a person speaks (an answer, feedback on an edit) is left out. Linear in the
/// length of the history.
public final class ToolResults {
  /// How agents mark what a person says within a result.
  private static final List<String> SPOKEN =
      List.of("<feedback>", "<user_message>", "<answer>", "<task>", "\"feedback\"");

  private final List<Message> messages;
  private final boolean headed;
  private final Map<String, ToolCall> calls = new HashMap<>();
  private final List<ToolResult> found = new ArrayList<>();

  private ToolResults(Conversation conversation) {
    messages = conversation.request().messages();
    headed = conversation.client() == ClientKind.CLINE || conversation.client() == ClientKind.ROO;
  }

  /// All results, in the order of the history.
  public static List<ToolResult> of(Conversation conversation) {
    return new ToolResults(conversation).find();
  }

  private List<ToolResult> find() {
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      switch (message.role()) {
        case ASSISTANT -> message.toolCalls().forEach(call -> calls.put(call.id(), call));
        case TOOL -> addNative(message, i);
        case USER -> addHeaded(message, i);
        case SYSTEM -> {}
      }
    }
    return found;
  }

  private void addNative(Message message, int index) {
    ToolCall call = calls.get(message.toolCallId());
    if (call != null && ToolHeader.isDialogue(call.name())) {
      return;
    }
    // Without its call a result is like no other.
    String name =
        call == null
            ? "tool (message " + index + ")"
            : call.name() + ' ' + call.arguments().strip();
    for (int part = 0; part < message.parts().size(); part++) {
      if (message.parts().get(part) instanceof Part.Text(String text) && !isSpoken(text)) {
        found.add(new ToolResult(index, part, name, text));
      }
    }
  }

  private void addHeaded(Message message, int index) {
    for (int part = 0; headed && part < message.parts().size(); part++) {
      if (message.parts().get(part) instanceof Part.Text(String text)) {
        ToolHeader header = ToolHeader.at(text, 0);
        if (header != null && !header.isDialogue() && !isSpoken(text)) {
          String call = text.substring(1, header.end() - ToolHeader.END.length());
          found.add(new ToolResult(index, part, call, text));
        }
      }
    }
  }

  private static boolean isSpoken(String text) {
    return SPOKEN.stream().anyMatch(text::contains);
  }
}
