package dev.memoryrouter.conversation;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// A chat request free of any wire format. Never changed after it was made: a changed prompt is a
/// new request with the same unchanged messages.
///
/// @param model the name that the client asked for
/// @param messages at least one
/// @param extras request fields that this server does not interpret, in the order received; go to
///   OpenAI-compatible upstreams as they are; must not be modified
public record ChatRequest(
    String model,
    List<Message> messages,
    List<Tool> tools,
    ToolChoice toolChoice,
    GenerationOptions options,
    ResponseFormat responseFormat,
    ObjectNode extras) {
  public ChatRequest {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }

  /// This request with other messages.
  public ChatRequest withMessages(List<Message> newMessages) {
    return new ChatRequest(model, newMessages, tools, toolChoice, options, responseFormat, extras);
  }

  /// Number of image parts in all messages.
  public int images() {
    return messages.stream().mapToInt(Message::images).sum();
  }
}
