package dev.memoryrouter.chat;

import dev.memoryrouter.upstream.ModelState;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What upstreams really hold after calls of ours: an upstream may give less context than it was
/// asked for. Forgotten when the context that we ask for changes. Thread-safe.
final class LearntLimits {
  private final Map<String, Allocation> allocations = new ConcurrentHashMap<>();

  /// @param asked context that our calls asked for; empty when the upstream allocates its own
  private record Allocation(Optional<Integer> asked, int got) {}

  Optional<Integer> allocated(ModelState state) {
    return Optional.ofNullable(allocations.get(state.slotKey()))
        .filter(allocation -> allocation.asked().equals(asked(state)))
        .map(Allocation::got);
  }

  boolean knows(ModelState state) {
    return state.numCtx() == null || allocated(state).isPresent();
  }

  /// The upstream read only so many tokens of a prompt: it will not read more of the next one.
  void cut(ModelState state, int tokens) {
    note(state, tokens);
  }

  /// Takes note of the state right after a call of ours.
  void learn(ModelState state) {
    Integer got = state.allocatedContext();
    if (state.numCtx() != null && got != null && state.resident()) {
      note(state, got);
    }
  }

  /// What was seen to be cut is believed more than what is said to be allocated.
  private void note(ModelState state, int tokens) {
    allocations.merge(
        state.slotKey(),
        new Allocation(asked(state), tokens),
        (before, now) ->
            before.asked().equals(now.asked()) && before.got() < now.got() ? before : now);
  }

  private static Optional<Integer> asked(ModelState state) {
    return Optional.ofNullable(state.numCtx());
  }
}
