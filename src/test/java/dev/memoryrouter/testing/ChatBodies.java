package dev.memoryrouter.testing;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.GenerationOptions;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.Tool;
import dev.memoryrouter.conversation.ToolCall;
import dev.memoryrouter.conversation.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Turns bodies of chat requests into the wire-free form, without the checks of the real reader.
public final class ChatBodies {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> READ =
      Set.of("model", "messages", "tools", "tool_choice", "max_tokens", "temperature", "stream");

  private ChatBodies() {}

  /// The request that a JSON text holds.
  public static ChatRequest read(String json) {
    return read(JSON.readTree(json));
  }

  /// The request that a JSON object holds.
  public static ChatRequest read(JsonNode body) {
    List<Message> messages = new ArrayList<>();
    body.path("messages").forEach(node -> messages.add(message(node)));
    List<Tool> tools = new ArrayList<>();
    body.path("tools")
        .forEach(
            tool -> tools.add(new Tool(tool.path("function").path("name").asString(""), tool)));
    ObjectNode extras = JSON.createObjectNode();
    body.properties().stream()
        .filter(entry -> !READ.contains(entry.getKey()))
        .forEach(entry -> extras.set(entry.getKey(), entry.getValue()));
    JsonNode maxTokens = body.path("max_tokens");
    GenerationOptions options =
        new GenerationOptions(
            maxTokens.isInt() ? maxTokens.intValue() : null,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            null,
            null);
    return new ChatRequest(
        body.path("model").asString("m"),
        messages,
        tools,
        new ToolChoice.Unset(),
        options,
        new ResponseFormat.Text(),
        extras);
  }

  private static Message message(JsonNode node) {
    JsonNode content = node.path("content");
    List<Part> parts = new ArrayList<>();
    Message.Form form = Message.Form.ABSENT;
    if (content.isString()) {
      form = Message.Form.STRING;
      parts.add(new Part.Text(content.stringValue()));
    } else if (content.isArray()) {
      form = Message.Form.PARTS;
      content.forEach(part -> parts.add(part(part)));
    }
    List<ToolCall> calls = new ArrayList<>();
    node.path("tool_calls").forEach(call -> calls.add(call(call)));
    return new Message(
        role(node.path("role").asString("user")),
        parts,
        form,
        calls,
        text(node, "tool_call_id"),
        text(node, "name"),
        text(node, "reasoning_content"));
  }

  private static Part part(JsonNode node) {
    return switch (node.path("type").asString("")) {
      case "text" -> new Part.Text(node.path("text").asString(""));
      case "image_url" -> {
        JsonNode image = node.path("image_url");
        yield new Part.Image(image.path("url").asString(""), text(image, "detail"));
      }
      default -> new Part.Other(node.path("type").asString(""), node);
    };
  }

  private static ToolCall call(JsonNode node) {
    JsonNode function = node.path("function");
    return new ToolCall(
        node.path("id").asString(""),
        function.path("name").asString(""),
        function.path("arguments").asString(""));
  }

  private static Role role(String name) {
    return switch (name) {
      case "system", "developer" -> Role.SYSTEM;
      case "assistant" -> Role.ASSISTANT;
      case "tool" -> Role.TOOL;
      default -> Role.USER;
    };
  }

  private static @Nullable String text(JsonNode node, String key) {
    JsonNode value = node.path(key);
    return value.isString() ? value.stringValue() : null;
  }
}
