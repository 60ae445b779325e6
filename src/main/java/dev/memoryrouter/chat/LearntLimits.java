package dev.memoryrouter.chat;

import dev.memoryrouter.upstream.ModelState;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What upstreams really allocated after calls of ours: an upstream may give less context than it
/// was asked for. Forgotten when the context that we ask for changes. Thread-safe.
final class LearntLimits {
  private final Map<String, Allocation> allocations = new ConcurrentHashMap<>();

  private record Allocation(Integer asked, int got) {}

  Optional<Integer> allocated(ModelState state) {
    return Optional.ofNullable(allocations.get(state.key()))
        .filter(allocation -> allocation.asked().equals(state.numCtx()))
        .map(Allocation::got);
  }

  boolean knows(ModelState state) {
    return state.numCtx() == null || allocated(state).isPresent();
  }

  /// Takes note of the state right after a call of ours.
  void learn(ModelState state) {
    Integer asked = state.numCtx();
    Integer got = state.allocatedContext();
    if (asked != null && got != null && state.resident()) {
      allocations.put(state.key(), new Allocation(asked, got));
    }
  }
}
