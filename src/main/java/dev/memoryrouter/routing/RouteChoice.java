package dev.memoryrouter.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The model that the rules choose, and why.
///
/// @param model key of the model
/// @param rule name of the rule that decided, or `default`
/// @param priority null when the rule names none
/// @param value what made the rule match, such as `images=1`
/// @param trace a step for each rule
public record RouteChoice(
    String model, String rule, @Nullable Priority priority, String value, List<TraceStep> trace) {
  /// The rule's name when no rule matched.
  public static final String DEFAULT = "default";

  public RouteChoice {
    trace = List.copyOf(trace);
  }
}
