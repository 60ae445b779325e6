package dev.memoryrouter.api;

import dev.memoryrouter.chat.Answer.Served;
import dev.memoryrouter.chat.Attempt;
import dev.memoryrouter.chat.Plan;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.FinishReason;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The entry of one request in the [RequestLog], from "running" to its outcome. Holds no prompt
/// text.
final class ExchangeRecord {
  private final ChatExchange.Incoming incoming;
  private final RequestLog log;
  private final ObjectNode json;

  ExchangeRecord(ChatExchange.Incoming incoming, Plan plan, RequestLog log) {
    this.incoming = incoming;
    this.log = log;
    json = Json.object().put("id", incoming.id()).put("created", incoming.created());
    json.put("object", AnswerForm.of(plan.purpose()).object());
    json.put("stream", incoming.chat().stream());
    json.put("outcome", "running");
    json.setAll(Explanation.of(plan));
    json.putArray("attempts");
    publish();
  }

  void served(Served served) {
    json.putObject("served")
        .put("model", served.model())
        .put("upstream", served.upstream())
        .put("upstream_model", served.upstreamModel())
        .put("rule", served.rule());
    ObjectNode degraded = json.putObject("degraded");
    served.degraded().forEach(degraded::put);
    attempts(served.attempts());
  }

  void attempts(List<Attempt> attempts) {
    ArrayNode array = json.putArray("attempts");
    for (Attempt attempt : attempts) {
      array
          .addObject()
          .put("model", attempt.model())
          .put("upstream", attempt.upstream())
          .put("kind", attempt.kind())
          .put("result", attempt.result())
          .put("ms", attempt.millis());
    }
    publish();
  }

  void outcome(String outcome) {
    json.put("outcome", outcome);
  }

  /// The model that answered, `none` when there was none.
  String model() {
    return json.path("served").path("model").asString("none");
  }

  /// The outcome without its reason.
  String outcomeKind() {
    String outcome = json.path("outcome").asString();
    int colon = outcome.indexOf(':');
    return colon < 0 ? outcome : outcome.substring(0, colon);
  }

  void finish(Completion completion) {
    FinishReason reason = completion.finish();
    json.put("finish_reason", reason == null ? null : reason.label());
    ArrayNode corrections = json.putArray("corrections");
    completion.corrections().forEach(correction -> corrections.add(correction.label()));
    json.put("total_ms", incoming.age().toMillis());
    ChatEvent.Usage counted = completion.usage();
    if (counted != null) {
      json.putObject("usage")
          .put("prompt_tokens", counted.promptTokens())
          .put("completion_tokens", counted.completionTokens())
          .put("prompt_cut", counted.promptCut());
    }
    publish();
  }

  private void publish() {
    log.put(incoming.id(), json.deepCopy());
  }
}
