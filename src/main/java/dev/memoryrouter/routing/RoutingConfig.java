package dev.memoryrouter.routing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The content of `routing.yaml`, in the order of the file.
///
/// @param alias the name under which the router is asked
/// @param aliases more such names
/// @param rules the first that matches decides
/// @param defaultModel key of the model when no rule matches
/// @param fallbacks by model: those that stand in for it, best first
/// @param record whether decisions are recorded for `replay`
public record RoutingConfig(
    String alias,
    List<String> aliases,
    Map<String, IntentSettings> intents,
    List<RoutingRule> rules,
    String defaultModel,
    Map<String, List<String>> fallbacks,
    Stickiness stickiness,
    boolean record) {
  public RoutingConfig {
    aliases = List.copyOf(aliases);
    intents = Collections.unmodifiableMap(new LinkedHashMap<>(intents));
    rules = List.copyOf(rules);
    fallbacks = Collections.unmodifiableMap(new LinkedHashMap<>(fallbacks));
  }

  /// The alias and all others, each once.
  public Set<String> allAliases() {
    Set<String> all = new LinkedHashSet<>();
    all.add(alias);
    all.addAll(aliases);
    return Collections.unmodifiableSet(all);
  }

  /// The models that stand in for a model, best first.
  public List<String> fallbacksOf(String model) {
    return fallbacks.getOrDefault(model, List.of());
  }
}
