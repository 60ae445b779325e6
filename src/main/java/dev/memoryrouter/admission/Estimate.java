package dev.memoryrouter.admission;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/// How long a request is likely to wait, from measured turns.
final class Estimate {
  private final ModelMemory memory;
  private final Iterable<ModelQueue> models;
  private final long now;

  Estimate(ModelMemory memory, Iterable<ModelQueue> models, long now) {
    this.memory = memory;
    this.models = models;
    this.now = now;
  }

  /// Nanoseconds until the turn of a request before which the given ones come; empty as long as
  /// nothing was measured.
  ///
  /// @param before in rank, of all models
  OptionalLong of(ModelQueue model, List<Waiter> before) {
    if (model.times().mean() == 0) {
      return OptionalLong.empty();
    }
    if (memory.isResident(model.id()) || memory.fitsWithoutUnloading(model.id())) {
      return OptionalLong.of(onItsSlots(model, before));
    }
    return OptionalLong.of(onItsSlots(model, before) + untilMemoryIsFree(model, before));
  }

  private long onItsSlots(ModelQueue model, List<Waiter> before) {
    long ahead = before.stream().filter(it -> it.model().equals(model.id())).count();
    boolean free = model.running().size() + ahead < model.slots();
    return free ? 0 : (residual(model) + ahead * model.times().mean()) / model.slots();
  }

  /// What is left of the running turns, all together.
  private long residual(ModelQueue model) {
    return model.running().values().stream()
        .mapToLong(turn -> Math.max(0, model.times().mean() - (now - turn.since())))
        .sum();
  }

  private long untilMemoryIsFree(ModelQueue model, List<Waiter> before) {
    var inTheWay = memory.inTheWayOf(model.id());
    LongStream.Builder waits = LongStream.builder();
    for (ModelQueue other : models) {
      if (inTheWay.contains(other.id())) {
        waits.add(onItsSlots(other, before));
      }
    }
    return model.times().load() + waits.build().max().orElse(0);
  }
}
