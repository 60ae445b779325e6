package dev.memoryrouter.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The model that the rules choose, and why.
///
/// @param model key of the model
/// @param rule name of the rule that decided, or `default`
/// @param priority null when the rule names none
/// @param trace a step for each rule that was looked at
public record RouteChoice(
    String model, String rule, @Nullable Priority priority, List<TraceStep> trace) {
  /// The rule's name when no rule matched.
  public static final String DEFAULT = "default";

  public RouteChoice {
    trace = List.copyOf(trace);
  }
}
