package dev.memoryrouter.api;

import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.Correction;
import dev.memoryrouter.upstream.FinishReason;
import dev.memoryrouter.upstream.UpstreamFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An answer as it grows: what was said, which tools were called, how it ended. Used by one thread.
final class Completion {
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final List<Call> calls = new ArrayList<>();
  private ChatEvent.@Nullable Usage usage;
  private @Nullable FinishReason finish;
  private @Nullable UpstreamFailure failure;
  private Set<Correction> corrections = Set.of();

  private record Call(String id, String name, StringBuilder arguments) {}

  void add(ChatEvent event) {
    switch (event) {
      case ChatEvent.Text(String piece) -> text.append(piece);
      case ChatEvent.Reasoning(String piece) -> reasoning.append(piece);
      case ChatEvent.ToolCallStart(_, String id, String name) ->
          calls.add(new Call(id, name, new StringBuilder()));
      case ChatEvent.ToolCallArguments(int index, String fragment) ->
          calls.get(index).arguments().append(fragment);
      case ChatEvent.Usage counts -> usage = counts;
      case ChatEvent.Finish(FinishReason reason, Set<Correction> what) -> {
        finish = reason;
        corrections = what;
      }
      case ChatEvent.Failure(UpstreamFailure why) -> failure = why;
    }
  }

  boolean ended() {
    return finish != null || failure != null;
  }

  @Nullable FinishReason finish() {
    return finish;
  }

  /// What was changed about the answer on its way.
  Set<Correction> corrections() {
    return corrections;
  }

  @Nullable UpstreamFailure failure() {
    return failure;
  }

  ChatEvent.@Nullable Usage usage() {
    return usage;
  }

  String text() {
    return text.toString();
  }

  /// Everything that the model wrote, for counting.
  String written() {
    StringBuilder all = new StringBuilder(reasoning).append(text);
    calls.forEach(call -> all.append(call.name()).append(call.arguments()));
    return all.toString();
  }

  /// OpenAI's message object.
  ObjectNode message() {
    ObjectNode message = Json.object().put("role", "assistant");
    message.put("content", text.isEmpty() && !calls.isEmpty() ? null : text.toString());
    message.putNull("refusal");
    if (!reasoning.isEmpty()) {
      message.put("reasoning_content", reasoning.toString());
      message.put("reasoning", reasoning.toString());
    }
    if (!calls.isEmpty()) {
      ArrayNode array = message.putArray("tool_calls");
      calls.forEach(call -> array.add(toolCall(call)));
    }
    return message;
  }

  private static ObjectNode toolCall(Call call) {
    ObjectNode json = Json.object().put("id", call.id()).put("type", "function");
    json.set(
        "function",
        Json.object().put("name", call.name()).put("arguments", call.arguments().toString()));
    return json;
  }
}
