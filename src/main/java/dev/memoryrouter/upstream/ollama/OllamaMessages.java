package dev.memoryrouter.upstream.ollama;

import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.ToolCall;
import dev.memoryrouter.upstream.ToolArguments;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages in Ollama's form. Each message depends only on itself and on those before it, so that a
/// longer conversation begins with the same bytes.
final class OllamaMessages {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final boolean withReasoning;
  private final Map<String, String> toolNames = new HashMap<>();
  private final ArrayNode all = JSON.createArrayNode();

  private OllamaMessages(boolean withReasoning) {
    this.withReasoning = withReasoning;
  }

  /// @param withReasoning whether the model's earlier reasoning is sent again
  static ArrayNode of(List<Message> messages, boolean withReasoning) {
    var form = new OllamaMessages(withReasoning);
    messages.forEach(form::add);
    return form.all;
  }

  /// Why these messages cannot be sent without losing a part of them.
  static Optional<String> obstacle(List<Message> messages) {
    return messages.stream()
        .flatMap(message -> message.parts().stream())
        .flatMap(part -> obstacle(part).stream())
        .findFirst();
  }

  private static Optional<String> obstacle(Part part) {
    return switch (part) {
      case Part.Text _ -> Optional.empty();
      case Part.Image image when image.isInline() -> Optional.empty();
      case Part.Image _ ->
          Optional.of(
              "Ollama does not load images from an address: send the image itself as a"
                  + " data:image/…;base64,… URL.");
      case Part.Other(var type, _) ->
          Optional.of(
              "Ollama cannot take a content part of type '"
                  + type
                  + "': send text or images, or route the request to an OpenAI-compatible upstream.");
    };
  }

  private void add(Message message) {
    ObjectNode node = all.addObject();
    node.put("role", role(message.role()));
    node.put("content", message.text());
    String reasoning = message.reasoning();
    if (withReasoning && reasoning != null && !reasoning.isEmpty()) {
      node.put("thinking", reasoning);
    }
    if (message.images() > 0) {
      images(node.putArray("images"), message.parts());
    }
    if (!message.toolCalls().isEmpty()) {
      toolCalls(node.putArray("tool_calls"), message.toolCalls());
    }
    if (message.role() == Role.TOOL) {
      toolResult(node, message);
    }
  }

  private static void images(ArrayNode images, List<Part> parts) {
    for (Part part : parts) {
      if (part instanceof Part.Image image) {
        images.add(image.base64());
      }
    }
  }

  private void toolCalls(ArrayNode nodes, List<ToolCall> calls) {
    for (int i = 0; i < calls.size(); i++) {
      ToolCall call = calls.get(i);
      toolNames.put(call.id(), call.name());
      ObjectNode node = nodes.addObject();
      node.put("id", call.id());
      ObjectNode function = node.putObject("function");
      function.put("index", i);
      function.put("name", call.name());
      function.set("arguments", ToolArguments.tolerant(call.arguments()));
    }
  }

  private void toolResult(ObjectNode node, Message message) {
    String id = message.toolCallId();
    String name = id == null ? null : toolNames.get(id);
    if (name == null) {
      name = message.name();
    }
    if (name != null) {
      node.put("tool_name", name);
    }
    if (id != null) {
      node.put("tool_call_id", id);
    }
  }

  private static String role(Role role) {
    return switch (role) {
      case SYSTEM -> "system";
      case USER -> "user";
      case ASSISTANT -> "assistant";
      case TOOL -> "tool";
    };
  }
}
