package dev.memoryrouter.admission;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The queues of all models, in the order of their first mention.
final class ModelQueues {
  private final Map<ModelId, ModelQueue> queues = new LinkedHashMap<>();

  /// The queue of a model; a model that was never heard of gets one.
  ModelQueue get(ModelId id) {
    return queues.computeIfAbsent(id, ModelQueue::new);
  }

  Collection<ModelQueue> all() {
    return queues.values();
  }

  void removeIf(Predicate<ModelQueue> condition) {
    queues.values().removeIf(condition);
  }

  /// A request that waits.
  Optional<Waiter> waiting(String id) {
    return queues.values().stream()
        .flatMap(model -> model.waiting().stream())
        .filter(waiter -> waiter.ticket().id().equals(id))
        .findFirst();
  }

  /// The queue of the model that a request runs on.
  Optional<ModelQueue> runningOn(String id) {
    return queues.values().stream().filter(it -> it.running().containsKey(id)).findFirst();
  }
}
