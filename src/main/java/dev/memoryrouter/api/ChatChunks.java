package dev.memoryrouter.api;

import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.FinishReason;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Chunks of a chat completion: the role once and first, a tool call's id and name once, because
/// clients join what they get under the same key.
final class ChatChunks extends ChunkWriter {
  private boolean started;

  ChatChunks(AnswerIdentity identity) {
    super(identity, "chat.completion.chunk");
  }

  @Override
  byte[] text(String text) {
    return delta(Json.object().put("content", text), null);
  }

  /// Both names in use: `reasoning_content` is read by Cline and Roo, `reasoning` by others.
  @Override
  byte[] reasoning(String text) {
    return delta(Json.object().put("reasoning_content", text).put("reasoning", text), null);
  }

  @Override
  byte[] toolCallStart(ChatEvent.ToolCallStart start) {
    ObjectNode call = Json.object().put("index", start.index()).put("id", start.id());
    call.put("type", "function");
    call.set("function", Json.object().put("name", start.name()).put("arguments", ""));
    return toolCall(call);
  }

  @Override
  byte[] toolCallArguments(ChatEvent.ToolCallArguments arguments) {
    ObjectNode call = Json.object().put("index", arguments.index());
    call.set("function", Json.object().put("arguments", arguments.fragment()));
    return toolCall(call);
  }

  @Override
  byte[] finish(FinishReason reason) {
    return delta(Json.object(), reason.label());
  }

  private byte[] toolCall(ObjectNode call) {
    ObjectNode delta = Json.object();
    delta.putArray("tool_calls").add(call);
    return delta(delta, null);
  }

  private byte[] delta(ObjectNode delta, @Nullable String finish) {
    ObjectNode choice = Json.object().put("index", 0);
    choice.set("delta", started ? delta : Json.object().put("role", "assistant").setAll(delta));
    started = true;
    return chunk(choice.put("finish_reason", finish));
  }
}
