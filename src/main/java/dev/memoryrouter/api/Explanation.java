package dev.memoryrouter.api;

import dev.memoryrouter.chat.Answer.Served;
import dev.memoryrouter.chat.Candidate;
import dev.memoryrouter.chat.Plan;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.Progress;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.prompt.EffectiveLimit;
import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.prompt.MemoryEntry;
import dev.memoryrouter.routing.IntentResult;
import dev.memoryrouter.routing.TraceStep;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Says why a request is answered as it is: the decision, the receipt of its memory, every model
/// considered and every step. Holds no prompt text.
public final class Explanation {
  private Explanation() {}

  /// The explanation of a plan, as `/v1/router/explain` gives it.
  public static ObjectNode of(Plan plan) {
    Optional<Candidate> chosen = plan.chosen();
    Conversation conversation = plan.conversation();
    Bank bank = plan.bank();
    ObjectNode json = Json.object();
    json.put("model", chosen.map(candidate -> candidate.state().key()).orElse(null));
    json.put("upstream", chosen.map(it -> it.state().settings().upstream()).orElse(null));
    json.put("upstream_model", chosen.map(it -> it.state().upstreamModel()).orElse(null));
    json.put("rule", plan.rule());
    json.set("intent", intent(plan.route().intent()));
    json.put("turn", conversation.turn().label());
    json.put("client", conversation.client().label());
    json.put("mode", conversation.mode() == null ? null : conversation.mode().label());
    ArrayNode commands = json.putArray("commands");
    conversation.commands().forEach(commands::add);
    ArrayNode results = json.putArray("results");
    conversation.results().forEach(results::add);
    json.set("progress", progress(conversation.progress()));
    json.put("bank", bank == null ? null : bank.name());
    json.put("workspace", conversation.workspace());
    json.put("conversation", plan.identity());
    Optional<FittedPrompt> prompt = chosen.flatMap(Explanation::fitted);
    json.set("tokens", tokens(plan, chosen, prompt));
    json.set("memory", memory(prompt.map(FittedPrompt::entries).orElse(List.of())));
    json.set("candidates", candidates(plan.candidates()));
    json.set("trace", trace(plan.route().trace()));
    ObjectNode degraded = json.putObject("degraded");
    plan.degraded().forEach(degraded::put);
    return json;
  }

  /// Corrects what an explanation says of the model and its prompt, once it is known who answers.
  static void correct(ObjectNode json, Plan plan, Served served) {
    FittedPrompt prompt = served.prompt();
    if (prompt == null) {
      return;
    }
    Optional<Candidate> answering =
        plan.candidates().stream()
            .filter(it -> it.state().key().equals(served.model()))
            .filter(it -> it.state().settings().upstream().equals(served.upstream()))
            .findFirst();
    json.put("model", served.model());
    json.put("upstream", served.upstream());
    json.put("upstream_model", served.upstreamModel());
    json.put("rule", served.rule());
    json.set("tokens", tokens(plan, answering, Optional.of(prompt)));
    json.set("memory", memory(prompt.entries()));
  }

  private static JsonNode progress(@Nullable Progress progress) {
    return progress == null
        ? Json.object().nullNode()
        : Json.object().put("done", progress.done()).put("total", progress.total());
  }

  private static Optional<FittedPrompt> fitted(Candidate candidate) {
    return candidate.fit() instanceof Fit.Fits(FittedPrompt prompt)
        ? Optional.of(prompt)
        : Optional.empty();
  }

  private static ObjectNode intent(IntentResult intent) {
    ObjectNode json =
        Json.object().put("label", intent.label()).put("score", rounded(intent.score()));
    ObjectNode scores = json.putObject("scores");
    intent.scores().forEach((label, score) -> scores.put(label, rounded(score)));
    return json;
  }

  private static ObjectNode tokens(
      Plan plan, Optional<Candidate> chosen, Optional<FittedPrompt> prompt) {
    ObjectNode json = Json.object();
    json.put(
        "prompt",
        prompt.map(it -> it.promptTokens() - it.memoryTokens()).orElse(plan.promptTokens()));
    json.put("memory", prompt.map(FittedPrompt::memoryTokens).orElse(0));
    json.put("reserve", prompt.map(FittedPrompt::reserve).orElse(null));
    json.put("limit", prompt.map(FittedPrompt::limit).map(EffectiveLimit::tokens).orElse(null));
    json.put("limit_by", prompt.map(FittedPrompt::limit).map(EffectiveLimit::boundBy).orElse(null));
    json.put("counter", chosen.map(it -> it.state().settings().tokenizer()).orElse(null));
    return json;
  }

  private static ArrayNode memory(List<MemoryEntry> entries) {
    ArrayNode array = Json.object().arrayNode();
    for (MemoryEntry entry : entries) {
      array
          .addObject()
          .put("file", entry.file())
          .put("heading", entry.heading())
          .put("score", rounded(entry.score()))
          .put("tokens", entry.tokens())
          .put("state", entry.state().label())
          .put("reason", entry.reason());
    }
    return array;
  }

  private static ArrayNode candidates(List<Candidate> candidates) {
    ArrayNode array = Json.object().arrayNode();
    for (Candidate candidate : candidates) {
      array
          .addObject()
          .put("model", candidate.state().key())
          .put("upstream", candidate.state().settings().upstream())
          .put("verdict", candidate.verdict().label())
          .put("reason", candidate.reason())
          .put("resident", candidate.state().resident());
    }
    return array;
  }

  private static ArrayNode trace(List<TraceStep> steps) {
    ArrayNode array = Json.object().arrayNode();
    for (TraceStep step : steps) {
      ObjectNode json = array.addObject().put("step", step.step());
      putIfKnown(json, "rule", step.rule());
      json.put("result", step.result());
      putIfKnown(json, "value", step.value());
    }
    return array;
  }

  private static void putIfKnown(ObjectNode json, String key, @Nullable String value) {
    if (value != null) {
      json.put(key, value);
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }
}
