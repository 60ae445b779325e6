package dev.memoryrouter.api;

import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.FinishReason;
import org.jspecify.annotations.Nullable;

/// Chunks of a legacy completion, which has only text.
final class TextChunks extends ChunkWriter {
  TextChunks(AnswerIdentity identity) {
    super(identity, AnswerForm.TEXT.object());
  }

  @Override
  byte[] text(String text) {
    return choice(text, null);
  }

  @Override
  byte[] reasoning(String text) {
    return NOTHING;
  }

  @Override
  byte[] toolCallStart(ChatEvent.ToolCallStart start) {
    return NOTHING;
  }

  @Override
  byte[] toolCallArguments(ChatEvent.ToolCallArguments arguments) {
    return NOTHING;
  }

  @Override
  byte[] finish(FinishReason reason) {
    return choice("", reason.label());
  }

  private byte[] choice(String text, @Nullable String finish) {
    return chunk(
        Json.object()
            .put("text", text)
            .put("index", 0)
            .putNull("logprobs")
            .put("finish_reason", finish));
  }
}
