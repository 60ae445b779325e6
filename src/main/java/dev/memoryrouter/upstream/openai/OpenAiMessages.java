package dev.memoryrouter.upstream.openai;

import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.ToolCall;
import dev.memoryrouter.upstream.ToolArguments;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages in OpenAI's form, each content in the form in which the client sent it.
final class OpenAiMessages {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private OpenAiMessages() {}

  /// @param withReasoning whether the model's earlier reasoning is sent again
  static ArrayNode of(List<Message> messages, boolean withReasoning) {
    ArrayNode all = JSON.createArrayNode();
    messages.forEach(message -> add(all.addObject(), message, withReasoning));
    return all;
  }

  private static void add(ObjectNode node, Message message, boolean withReasoning) {
    node.put("role", message.role().name().toLowerCase(Locale.ROOT));
    if (message.name() != null) {
      node.put("name", message.name());
    }
    content(node, message);
    if (withReasoning && message.reasoning() != null) {
      node.put("reasoning_content", message.reasoning());
    }
    if (!message.toolCalls().isEmpty()) {
      toolCalls(node.putArray("tool_calls"), message.toolCalls());
    }
    if (message.role() == Role.TOOL && message.toolCallId() != null) {
      node.put("tool_call_id", message.toolCallId());
    }
  }

  private static void content(ObjectNode node, Message message) {
    switch (message.form()) {
      case STRING -> node.put("content", message.text());
      case PARTS -> {
        ArrayNode parts = node.putArray("content");
        message.parts().forEach(part -> part(parts, part));
      }
      case ABSENT -> {
        // Null is understood only beside tool calls.
        if (message.toolCalls().isEmpty()) {
          node.put("content", "");
        } else {
          node.putNull("content");
        }
      }
    }
  }

  private static void part(ArrayNode parts, Part part) {
    switch (part) {
      case Part.Text(var text) -> parts.addObject().put("type", "text").put("text", text);
      case Part.Image(var url, var detail) -> {
        ObjectNode image =
            parts.addObject().put("type", "image_url").putObject("image_url").put("url", url);
        if (detail != null) {
          image.put("detail", detail);
        }
      }
      case Part.Other(_, var raw) -> parts.add(raw);
    }
  }

  private static void toolCalls(ArrayNode nodes, List<ToolCall> calls) {
    for (ToolCall call : calls) {
      ObjectNode node = nodes.addObject().put("id", call.id()).put("type", "function");
      node.putObject("function")
          .put("name", call.name())
          .put("arguments", ToolArguments.tolerantText(call.arguments()));
    }
  }
}
