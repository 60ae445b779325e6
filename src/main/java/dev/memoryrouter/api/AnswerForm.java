package dev.memoryrouter.api;

import dev.memoryrouter.chat.Purpose;
import dev.memoryrouter.upstream.FinishReason;
import tools.jackson.databind.node.ObjectNode;

/// The two forms in which OpenAI's clients read an answer.
enum AnswerForm {
  CHAT("chatcmpl-", "chat.completion") {
    @Override
    ChunkWriter chunks(AnswerIdentity identity) {
      return new ChatChunks(identity);
    }

    @Override
    ObjectNode content(Completion completion) {
      return Json.object().set("message", completion.message());
    }
  },

  /// Legacy completions.
  TEXT("cmpl-", "text_completion") {
    @Override
    ChunkWriter chunks(AnswerIdentity identity) {
      return new TextChunks(identity);
    }

    @Override
    ObjectNode content(Completion completion) {
      return Json.object().put("text", completion.text());
    }
  };

  private final String idPrefix;
  private final String object;

  AnswerForm(String idPrefix, String object) {
    this.idPrefix = idPrefix;
    this.object = object;
  }

  static AnswerForm of(Purpose purpose) {
    return switch (purpose) {
      case CHAT -> CHAT;
      case COMPLETION -> TEXT;
    };
  }

  /// What a whole answer calls itself.
  String object() {
    return object;
  }

  /// The id of the answer to a request.
  String id(String requestId) {
    return idPrefix + requestId;
  }

  /// Writes an answer as a stream.
  abstract ChunkWriter chunks(AnswerIdentity identity);

  /// What was answered, as the beginning of a choice.
  abstract ObjectNode content(Completion completion);

  /// The one choice of a whole answer.
  ObjectNode choice(Completion completion, FinishReason reason) {
    return Json.object()
        .put("index", 0)
        .setAll(content(completion))
        .putNull("logprobs")
        .put("finish_reason", reason.label());
  }
}
