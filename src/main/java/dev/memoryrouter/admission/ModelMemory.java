package dev.memoryrouter.admission;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which models are loaded, within a budget of memory. A model that is larger than the budget
/// counts as all of it: it is loaded alone.
final class ModelMemory {
  private final Map<ModelId, ModelLimits> limits = new LinkedHashMap<>();
  private long budget = Long.MAX_VALUE;

  /// The one that was used least recently first.
  private final Set<ModelId> resident = new LinkedHashSet<>();

  void configure(QueueSettings settings) {
    @Nullable Long configured = settings.memoryBudget();
    budget = configured == null ? Long.MAX_VALUE : configured;
    limits.keySet().removeIf(model -> !isResident(model));
    limits.putAll(settings.models());
  }

  private long size(ModelId model) {
    return Math.min(budget, limits(model).memory());
  }

  private ModelLimits limits(ModelId model) {
    return limits.getOrDefault(model, ModelLimits.UNKNOWN);
  }

  private boolean onOneMachine(ModelId one, ModelId other) {
    return limits(one).machine().equals(limits(other).machine());
  }

  /// Bytes of all loaded models.
  long used() {
    return sum(resident);
  }

  private long sum(Collection<ModelId> models) {
    return models.stream().mapToLong(this::size).sum();
  }

  /// The models that take memory from this one and each other; empty when all of its machine fit
  /// together.
  Set<ModelId> rivals(ModelId model) {
    Set<ModelId> together = new LinkedHashSet<>(beside(limits.keySet(), model));
    return sum(together) > budget ? together : Set.of();
  }

  private List<ModelId> beside(Collection<ModelId> models, ModelId model) {
    return models.stream().filter(other -> onOneMachine(other, model)).toList();
  }

  boolean isResident(ModelId model) {
    return resident.contains(model);
  }

  /// The loaded models, the one that was used least recently first.
  Set<ModelId> resident() {
    return resident;
  }

  void use(ModelId model) {
    resident.remove(model);
    resident.add(model);
  }

  void unload(ModelId model) {
    resident.remove(model);
  }

  boolean fitsWithoutUnloading(ModelId model) {
    return isResident(model) || sum(beside(resident, model)) + size(model) <= budget;
  }

  /// The models that must leave so that this one can be loaded: those left over when the smallest
  /// are kept as long as they fit. It depends on nothing but what is loaded, so it stays the same
  /// while these are being used up, and when a model is loaded that fits beside those that stay.
  Set<ModelId> inTheWayOf(ModelId model) {
    Set<ModelId> leaving = new HashSet<>(beside(resident, model));
    leaving.removeAll(keptBeside(model));
    return leaving;
  }

  private List<ModelId> keptBeside(ModelId model) {
    List<ModelId> kept = new ArrayList<>();
    long room = budget - size(model);
    for (ModelId other : smallestFirst(beside(resident, model))) {
      if (!other.equals(model) && size(other) <= room) {
        kept.add(other);
        room -= size(other);
      }
    }
    return kept;
  }

  private List<ModelId> smallestFirst(Collection<ModelId> models) {
    return models.stream()
        .sorted(Comparator.comparingLong(this::size).thenComparing(ModelId::toString))
        .toList();
  }

  /// Whether one model can be loaded without taking room from another that waits for its own.
  boolean leavesRoom(ModelId loading, ModelId waiting) {
    return !onOneMachine(loading, waiting)
        || size(loading) + size(waiting) + sum(keptBeside(waiting)) <= budget;
  }

  /// The models to unload for this one: as few as needed, the least recently used first; empty when
  /// too little can be unloaded.
  Optional<List<ModelId>> roomFor(ModelId model, Predicate<ModelId> canLeave) {
    List<ModelId> leaving = new ArrayList<>();
    long missing = sum(beside(resident, model)) + size(model) - budget;
    for (ModelId other : beside(resident, model)) {
      if (missing > 0 && size(other) > 0 && canLeave.test(other)) {
        leaving.add(other);
        missing -= size(other);
      }
    }
    return missing > 0 ? Optional.empty() : Optional.of(leaving);
  }
}
