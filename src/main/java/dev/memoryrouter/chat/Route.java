package dev.memoryrouter.chat;

import dev.memoryrouter.routing.IntentResult;
import dev.memoryrouter.routing.TraceStep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which model should answer, and why, before it is known whether it can.
///
/// @param model key of the model
/// @param rule name of the rule, or `default`, `explicit-model` or `sticky`
/// @param intent of the newest human words
/// @param kept the route before, when the conversation stays with it; null for a new choice
/// @param trace each step of the decision
public record Route(
    String model,
    String rule,
    IntentResult intent,
    @Nullable StickyRoute kept,
    List<TraceStep> trace) {
  static final String EXPLICIT = "explicit-model";
  static final String STICKY = "sticky";
  static final String FALLBACK = "fallback";

  public Route {
    trace = List.copyOf(trace);
  }

  /// This route with the reason why another model has to answer, if one has to.
  Route judged(List<Candidate> candidates) {
    boolean moved =
        candidates.stream()
            .anyMatch(it -> it.verdict() == Verdict.CHOSEN && !it.state().key().equals(model));
    if (!moved) {
      return this;
    }
    List<TraceStep> steps = new ArrayList<>(trace);
    candidates.stream()
        .filter(it -> it.state().key().equals(model))
        .map(it -> it.verdict().label() + ": " + it.reason())
        .forEach(why -> steps.add(new TraceStep("switch", null, "forced", model + " " + why)));
    return new Route(model, rule, intent, kept, steps);
  }
}
