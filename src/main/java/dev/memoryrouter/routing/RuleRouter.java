package dev.memoryrouter.routing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Chooses a model by the rules: the first rule that matches decides. A pure function.
public final class RuleRouter {
  private RuleRouter() {}

  /// The choice for a request; rules after the first match are named but not looked at.
  public static RouteChoice choose(Signals signals, RoutingConfig config) {
    List<TraceStep> trace = new ArrayList<>();
    for (RoutingRule rule : config.rules()) {
      Verdict verdict = Verdict.of(rule.when(), signals);
      if (verdict.holds()) {
        trace.add(step(rule.name(), "matched", verdict.value()));
        addNotReached(config.rules(), trace);
        return new RouteChoice(rule.model(), rule.name(), rule.priority(), verdict.value(), trace);
      }
      trace.add(step(rule.name(), "no-match", verdict.value()));
    }
    String value = "model=" + config.defaultModel();
    trace.add(step(RouteChoice.DEFAULT, "matched", value));
    return new RouteChoice(config.defaultModel(), RouteChoice.DEFAULT, null, value, trace);
  }

  private static void addNotReached(List<RoutingRule> rules, List<TraceStep> trace) {
    rules.stream()
        .skip(trace.size())
        .forEach(rule -> trace.add(step(rule.name(), "not-reached", null)));
  }

  private static TraceStep step(String rule, String result, @Nullable String value) {
    return new TraceStep("rule", rule, result, value);
  }
}
