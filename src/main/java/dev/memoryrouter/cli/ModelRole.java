package dev.memoryrouter.cli;

import dev.memoryrouter.routing.Condition;
import dev.memoryrouter.routing.RoutingConfig;
import dev.memoryrouter.routing.RoutingRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a model of `routing.yaml` is for, and what to pull for it.
enum ModelRole {
  /// Writes code.
  CODE(
      "implementation",
      new Recommendation("qwen2.5-coder:7b", 8, 32_768, "qwen"),
      new Recommendation("qwen2.5-coder:14b", 15, 32_768, "qwen"),
      new Recommendation("qwen2.5-coder:32b", 29, 32_768, "qwen")),
  /// Reads much, and images.
  ANALYSIS(
      "analysis",
      new Recommendation("qwen2.5vl:7b", 9, 32_768, "qwen"),
      new Recommendation("gemma3:12b", 14, 65_536, "o200k"),
      new Recommendation("gemma3:27b", 26, 65_536, "o200k"),
      new Recommendation("llama4:16x17b", 100, 1_048_576, "o200k")),
  /// Reads the memory bank, fast.
  MEMORY(
      "memory",
      new Recommendation("qwen3:4b-instruct", 5, 32_768, "qwen"),
      new Recommendation("qwen3:8b", 8, 40_960, "qwen"),
      new Recommendation("qwen3:30b-a3b-instruct-2507-q4_K_M", 24, 40_960, "qwen"));

  /// A model from Ollama's library.
  ///
  /// @param gigabytes of memory with its context
  record Recommendation(String name, int gigabytes, int context, String tokenizer) {}

  private final String intent;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Recommendation> bySize;

  ModelRole(String intent, Recommendation... bySize) {
    this.intent = intent;
    this.bySize = List.of(bySize);
  }

  /// The largest that fits, else the smallest.
  Recommendation recommended(int budgetGigabytes) {
    return bySize.reversed().stream()
        .filter(model -> model.gigabytes() <= budgetGigabytes)
        .findFirst()
        .orElse(bySize.getFirst());
  }

  /// Every model key that the routing needs, with its role, in the order in which models are given
  /// to them.
  static Map<String, ModelRole> of(RoutingConfig routing) {
    Map<String, ModelRole> roles = new LinkedHashMap<>();
    roles.put(routing.defaultModel(), CODE);
    for (ModelRole role : values()) {
      role.target(routing).ifPresent(key -> roles.putIfAbsent(key, role));
    }
    routing.rules().forEach(rule -> roles.putIfAbsent(rule.model(), ANALYSIS));
    routing
        .fallbacks()
        .forEach((key, others) -> {
          roles.putIfAbsent(key, MEMORY);
          others.forEach(other -> roles.putIfAbsent(other, MEMORY));
        });
    return roles;
  }

  private Optional<String> target(RoutingConfig routing) {
    return routing.rules().stream()
        .filter(rule -> asksFor(rule.when()))
        .map(RoutingRule::model)
        .findFirst();
  }

  private boolean asksFor(Condition condition) {
    return condition instanceof Condition.Intent(var labels) && labels.contains(intent);
  }
}
