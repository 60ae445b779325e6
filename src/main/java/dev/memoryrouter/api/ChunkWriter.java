package dev.memoryrouter.api;

import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.FinishReason;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes one answer as OpenAI's stream of chunks: the role once and first, a tool call's id and
/// name once, the finish alone, then the usage if it was asked for, then `[DONE]`. Used by one
/// thread.
final class ChunkWriter {
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);

  private final AnswerIdentity identity;
  private boolean started;

  ChunkWriter(AnswerIdentity identity) {
    this.identity = identity;
  }

  /// A comment: keeps the connection alive and is ignored by every client.
  static byte[] comment(String text) {
    return (": " + text.replace('\n', ' ').replace('\r', ' ') + "\n\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /// An error ends a stream; no `[DONE]` follows.
  static byte[] error(ApiError error) {
    return data(error.event());
  }

  static byte[] done() {
    return DONE.clone();
  }

  /// The chunk for a piece of the answer.
  byte[] text(String text) {
    return delta(Json.object().put("content", text));
  }

  /// Both names in use: `reasoning_content` is read by Cline and Roo, `reasoning` by others.
  byte[] reasoning(String text) {
    return delta(Json.object().put("reasoning_content", text).put("reasoning", text));
  }

  byte[] toolCallStart(ChatEvent.ToolCallStart start) {
    ObjectNode call = Json.object().put("index", start.index()).put("id", start.id());
    call.put("type", "function");
    call.set("function", Json.object().put("name", start.name()).put("arguments", ""));
    return delta(toolCalls(call));
  }

  byte[] toolCallArguments(ChatEvent.ToolCallArguments arguments) {
    ObjectNode call = Json.object().put("index", arguments.index());
    call.set("function", Json.object().put("arguments", arguments.fragment()));
    return delta(toolCalls(call));
  }

  byte[] finish(FinishReason reason) {
    return chunk(Json.object(), reason.label());
  }

  /// The last chunk: no choices, only the counts.
  byte[] usage(ObjectNode usage) {
    ObjectNode chunk = frame();
    chunk.putArray("choices");
    chunk.set("usage", usage);
    return data(chunk);
  }

  private static ObjectNode toolCalls(ObjectNode call) {
    ObjectNode delta = Json.object();
    delta.putArray("tool_calls").add(call);
    return delta;
  }

  private byte[] delta(ObjectNode delta) {
    return chunk(delta, null);
  }

  private byte[] chunk(ObjectNode delta, @Nullable String finish) {
    ObjectNode choiceDelta = delta;
    if (!started) {
      started = true;
      choiceDelta = Json.object().put("role", "assistant").setAll(delta);
    }
    ObjectNode chunk = frame();
    ObjectNode choice = chunk.putArray("choices").addObject();
    choice.put("index", 0);
    choice.set("delta", choiceDelta);
    choice.put("finish_reason", finish);
    return data(chunk);
  }

  private ObjectNode frame() {
    return identity.frame("chat.completion.chunk");
  }

  private static byte[] data(JsonNode json) {
    return ("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
  }
}
