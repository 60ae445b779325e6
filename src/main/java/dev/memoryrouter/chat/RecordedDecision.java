package dev.memoryrouter.chat;

import dev.memoryrouter.routing.Condition;
import dev.memoryrouter.routing.RoutingConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// One decision as it is kept in a recording: the facts and what followed from them.
///
/// @param time of the decision, ISO 8601
/// @param question the facts, without secrets and shortened
/// @param model key of the model that follows from these facts
/// @param rule that led to it
public record RecordedDecision(String time, RouteQuestion question, String model, String rule) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Long words are classified by their head and tail, and these tell a person what was meant.
  private static final int HEAD = 4_000;

  private static final int TAIL = 1_000;

  /// Looked through at either end, so that a key is seen that begins before what is kept.
  private static final int SEARCHED = 32_000;

  /// These never say anything about a route, but who somebody is.
  private static final Set<String> NEVER =
      Set.of("authorization", "proxy-authorization", "cookie", "x-api-key", "x-litellm-api-key");

  public RecordedDecision {
    Objects.requireNonNull(time, "no time");
    Objects.requireNonNull(question, "no question");
    Objects.requireNonNull(model, "no model");
    Objects.requireNonNull(rule, "no rule");
  }

  /// The question without secrets; of the headers only those that rules look at.
  static RouteQuestion redacted(RouteQuestion question, RoutingConfig routing) {
    return question.with(
        shortened(question.words()),
        question.task() == null ? null : shortened(question.task()),
        headers(question, routing));
  }

  /// The line that was recorded.
  ///
  /// @throws IllegalArgumentException when it is none, with the reason
  static RecordedDecision of(String line) {
    try {
      RecordedDecision decision = JSON.readValue(line, RecordedDecision.class);
      if (decision == null) {
        throw new IllegalArgumentException("no decision");
      }
      return decision;
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }

  String line() {
    return JSON.writeValueAsString(this);
  }

  /// What is secret is taken out first: a half of it could not be told any more.
  private static String shortened(String text) {
    return ends(Redaction.of(ends(text, SEARCHED, SEARCHED)), HEAD, TAIL);
  }

  private static String ends(String text, int head, int tail) {
    return text.length() <= head + tail
        ? text
        : text.substring(0, head) + " … " + text.substring(text.length() - tail);
  }

  private static Map<String, String> headers(RouteQuestion question, RoutingConfig routing) {
    Map<String, String> kept = new HashMap<>();
    routing.rules().forEach(rule -> addHeaders(rule.when(), question.headers(), kept));
    return kept;
  }

  private static void addHeaders(
      Condition condition, Map<String, String> all, Map<String, String> kept) {
    switch (condition) {
      case Condition.Header(String name, _) when all.containsKey(name) && !NEVER.contains(name) ->
          kept.put(name, Redaction.of(all.getOrDefault(name, "")));
      case Condition.All(Set<Condition> parts) -> parts.forEach(it -> addHeaders(it, all, kept));
      case Condition.Any(Set<Condition> parts) -> parts.forEach(it -> addHeaders(it, all, kept));
      case Condition.Not(Condition part) -> addHeaders(part, all, kept);
      default -> {}
    }
  }
}
