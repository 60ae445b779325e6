package dev.memoryrouter.api;

import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.FinishReason;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes one answer as OpenAI's stream of chunks: the pieces, the finish alone, then the usage if
/// it was asked for, then `[DONE]`. Used by one thread.
abstract sealed class ChunkWriter permits ChatChunks, TextChunks {
  /// Instead of a chunk, for what this form of answer has no place for.
  static final byte[] NOTHING = {};

  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);

  private final AnswerIdentity identity;
  private final String object;

  /// @param object what each chunk calls itself
  ChunkWriter(AnswerIdentity identity, String object) {
    this.identity = identity;
    this.object = object;
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

  abstract byte[] text(String text);

  abstract byte[] reasoning(String text);

  abstract byte[] toolCallStart(ChatEvent.ToolCallStart start);

  abstract byte[] toolCallArguments(ChatEvent.ToolCallArguments arguments);

  abstract byte[] finish(FinishReason reason);

  /// The last chunk: no choices, only the counts.
  byte[] usage(ObjectNode usage) {
    ObjectNode chunk = identity.frame(object);
    chunk.putArray("choices");
    chunk.set("usage", usage);
    return data(chunk);
  }

  /// A chunk with one choice.
  final byte[] chunk(ObjectNode choice) {
    ObjectNode chunk = identity.frame(object);
    chunk.putArray("choices").add(choice);
    return data(chunk);
  }

  private static byte[] data(JsonNode json) {
    return ("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
  }
}
