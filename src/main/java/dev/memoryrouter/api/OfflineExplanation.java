package dev.memoryrouter.api;

import dev.memoryrouter.chat.ChatPipeline;
import dev.memoryrouter.chat.Plan;
import dev.memoryrouter.chat.Planned;
import dev.memoryrouter.chat.Refusal;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// What `/v1/router/explain` answers, without a server.
public sealed interface OfflineExplanation {
  /// The decision.
  record Explained(ObjectNode json) implements OfflineExplanation {}

  /// The OpenAI error body that the request would get.
  record Refused(ObjectNode error) implements OfflineExplanation {}

  /// Explains the body of a chat request.
  static OfflineExplanation of(ChatPipeline pipeline, byte[] body) {
    try {
      ParsedChat chat = ChatRequestReader.read(body);
      return switch (pipeline.plan(chat.request(), Map.of())) {
        case Planned.Made(Plan plan) -> new Explained(Explanation.of(plan));
        case Planned.Refused(Refusal refusal) -> new Refused(RefusalErrors.of(refusal).body());
      };
    } catch (ApiException e) {
      return new Refused(e.error().body());
    }
  }
}
