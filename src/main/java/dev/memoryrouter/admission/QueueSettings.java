package dev.memoryrouter.admission;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rules by which turns are given.
///
/// @param order how requests that wait are ranked
/// @param memoryBudget bytes that all loaded models of a machine may use together; null for no
///   bound
/// @param models the limits of each model, in the order in which they are shown
public record QueueSettings(
    Order order, @Nullable Long memoryBudget, Map<ModelId, ModelLimits> models) {
  public QueueSettings {
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
  }

  /// How requests that wait are ranked.
  ///
  /// @param aging after which a waiting request rises by one class; positive
  /// @param overtakeLimit requests for a loaded model that may overtake one request for a model
  ///   that needs its memory
  /// @param warmLimit requests that may overtake one request of their class because the model still
  ///   has their conversation in its cache
  /// @param linger for which a slot is kept for its conversation after an answer that ends in a
  ///   tool call
  public record Order(Duration aging, int overtakeLimit, int warmLimit, Duration linger) {
    /// What holds unless configured; `docs/decisions.md` has the comparison.
    public static final Order DEFAULT =
        new Order(Duration.ofMinutes(3), 4, 3, Duration.ofMillis(1500));
  }
}
