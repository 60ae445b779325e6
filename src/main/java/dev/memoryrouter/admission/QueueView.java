package dev.memoryrouter.admission;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The queue at one moment, to be shown.
///
/// @param memoryUsed bytes of the loaded models
/// @param memoryBudget null for no bound
public record QueueView(
    Totals totals, long memoryUsed, @Nullable Long memoryBudget, List<Model> models) {
  public QueueView {
    models = List.copyOf(models);
  }

  /// How many requests there are, of all models.
  ///
  /// @param draining whether nobody may wait any more
  public record Totals(boolean draining, int running, int waiting) {}

  /// One model.
  ///
  /// @param resident whether it is loaded, as far as the queue knows
  /// @param byClass how many wait in each class, as they arrived
  /// @param oldestWait of those that wait; zero when nobody does
  /// @param estimate how long a request that arrives now is likely to wait; null before the first
  ///   measured turn
  /// @param bound how long a request of the most urgent class that arrives now can wait at most;
  ///   null before the first measured turn
  /// @param waiting in the order in which they will be served
  public record Model(
      ModelId id,
      int slots,
      boolean resident,
      int running,
      Map<PriorityClass, Integer> byClass,
      Duration oldestWait,
      @Nullable Duration estimate,
      @Nullable Duration bound,
      ModelLimits limits,
      List<Waiting> waiting) {
    public Model {
      waiting = List.copyOf(waiting);
    }
  }

  /// One request that waits.
  ///
  /// @param bound computed when it arrived; null when nothing was measured by then
  public record Waiting(
      String id, PriorityClass priority, Duration waited, Place place, @Nullable Duration bound) {}

  /// Where a request stands.
  ///
  /// @param number 1 is served next
  /// @param of how many wait for the model
  /// @param estimate until its turn; null before the first measured turn
  public record Place(int number, int of, @Nullable Duration estimate) {}
}
