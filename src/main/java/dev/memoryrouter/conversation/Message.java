package dev.memoryrouter.conversation;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One message of a conversation.
///
/// @param form how the content stood on the wire, so that it is sent on in the same form
/// @param toolCallId the call that a tool message answers
/// @param name the optional participant or tool name
/// @param reasoning the assistant's replayed reasoning (`reasoning_content`)
public record Message(
    Role role,
    List<Part> parts,
    Form form,
    List<ToolCall> toolCalls,
    @Nullable String toolCallId,
    @Nullable String name,
    @Nullable String reasoning) {
  /// The wire form of a message's content.
  public enum Form {
    /// A JSON string: exactly one text part.
    STRING,
    /// A JSON array of parts.
    PARTS,
    /// JSON null or no content key: no parts.
    ABSENT
  }

  public Message {
    parts = List.copyOf(parts);
    toolCalls = List.copyOf(toolCalls);
  }

  /// A message of one string without tool calls.
  public static Message of(Role role, String text) {
    return new Message(
        role, List.of(new Part.Text(text)), Form.STRING, List.of(), null, null, null);
  }

  /// This message with other parts; a string form stays a string if one text part remains.
  public Message withParts(List<Part> newParts) {
    boolean string = form == Form.STRING && newParts.size() == 1;
    return new Message(
        role, newParts, string ? Form.STRING : Form.PARTS, toolCalls, toolCallId, name, reasoning);
  }

  /// The text parts joined by a line break; empty when there are none.
  public String text() {
    return parts.stream()
        .filter(Part.Text.class::isInstance)
        .map(part -> ((Part.Text) part).text())
        .collect(Collectors.joining("\n"));
  }

  /// Number of image parts.
  public int images() {
    return (int) parts.stream().filter(Part.Image.class::isInstance).count();
  }
}
