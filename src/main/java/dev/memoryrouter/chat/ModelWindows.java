package dev.memoryrouter.chat;

import dev.memoryrouter.prompt.EffectiveLimit;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.routing.Requested;
import dev.memoryrouter.routing.RoutingConfig;
import dev.memoryrouter.routing.RoutingRule;
import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.ModelState;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The windows of the published names. An alias is as large as the largest reachable model that its
/// rules can lead to: a request that is too long for one model moves to a larger one.
final class ModelWindows {
  private final Setup setup;
  private final LearntLimits learnt;

  ModelWindows(Setup setup, LearntLimits learnt) {
    this.setup = setup;
    this.learnt = learnt;
  }

  ModelWindow of(Requested requested) {
    return switch (requested) {
      case Requested.Explicit(String model) -> window(List.of(setup.upstreams().state(model)));
      case Requested.Alias _, Requested.Unknown _ -> window(reachable(targets()));
    };
  }

  private Set<String> targets() {
    RoutingConfig routing = setup.configuration().routing();
    Set<String> targets = new LinkedHashSet<>();
    targets.add(routing.defaultModel());
    routing.rules().stream().map(RoutingRule::model).forEach(targets::add);
    routing.fallbacks().values().forEach(targets::addAll);
    return targets;
  }

  /// The available ones; all of them while none is, so that a client that asks before its models
  /// run still learns something true of the configuration.
  private List<ModelState> reachable(Set<String> keys) {
    List<ModelState> states = keys.stream().map(key -> setup.upstreams().state(key)).toList();
    List<ModelState> available = states.stream().filter(ModelState::available).toList();
    return available.isEmpty() ? states : available;
  }

  private ModelWindow window(List<ModelState> states) {
    ModelState largest = states.stream().max(Comparator.comparingInt(this::limit)).orElseThrow();
    int limit = limit(largest);
    ServerSettings server = setup.configuration().server();
    int memory = PromptFitter.memoryBudget(limit, server.memory());
    int output = Math.min(largest.settings().maxOutput(), limit / 2);
    return new ModelWindow(
        limit,
        Math.max(1, limit - memory - output),
        output,
        anyCan(states, Capability.VISION),
        anyCan(states, Capability.TOOLS),
        anyCan(states, Capability.THINKING));
  }

  private int limit(ModelState state) {
    Integer cap = setup.configuration().server().maxTokenLimit();
    return EffectiveLimit.of(state, cap, learnt.allocated(state).orElse(null)).tokens();
  }

  private static boolean anyCan(List<ModelState> states, Capability capability) {
    return states.stream().anyMatch(state -> state.capabilities().contains(capability));
  }
}
