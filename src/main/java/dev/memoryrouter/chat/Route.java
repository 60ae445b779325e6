package dev.memoryrouter.chat;

import dev.memoryrouter.routing.IntentResult;
import dev.memoryrouter.routing.TraceStep;
import java.util.List;

/// Which model should answer, and why, before it is known whether it can.
///
/// @param model key of the model
/// @param rule name of the rule, or `default`, `explicit-model` or `sticky`
/// @param intent of the newest human words
/// @param trace each step of the decision
public record Route(String model, String rule, IntentResult intent, List<TraceStep> trace) {
  static final String EXPLICIT = "explicit-model";
  static final String STICKY = "sticky";
  static final String FALLBACK = "fallback";

  public Route {
    trace = List.copyOf(trace);
  }
}
