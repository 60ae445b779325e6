package dev.memoryrouter.routing;

import java.util.ArrayList;
import java.util.List;

/// Chooses a model by the rules: the first rule that matches decides. A pure function.
public final class RuleRouter {
  private RuleRouter() {}

  /// The choice for a request; rules after the first match are not looked at.
  public static RouteChoice choose(Signals signals, RoutingConfig config) {
    List<TraceStep> trace = new ArrayList<>();
    for (RoutingRule rule : config.rules()) {
      Verdict verdict = Verdict.of(rule.when(), signals);
      String result = verdict.holds() ? "matched" : "no-match";
      trace.add(new TraceStep("rule", rule.name(), result, verdict.value()));
      if (verdict.holds()) {
        return new RouteChoice(rule.model(), rule.name(), rule.priority(), trace);
      }
    }
    trace.add(
        new TraceStep("rule", RouteChoice.DEFAULT, "matched", "model=" + config.defaultModel()));
    return new RouteChoice(config.defaultModel(), RouteChoice.DEFAULT, null, trace);
  }
}
