package dev.memoryrouter.admission;

import dev.memoryrouter.admission.QueueSettings.Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// All that wait, ranked at one moment, and who of them comes next.
///
/// The rank is the class that a request has by now, then its number of arrival. Three things bend
/// it, and each of them is counted on those who are overtaken, so that their wait stays bounded:
///
/// 1. A slot that is kept for a conversation goes to that conversation's next request.
/// 2. Among requests of one class, one whose conversation is in the model's cache goes first.
/// 3. A request for a loaded model goes before requests of its class that wait for the memory of
///    that model: A B A B becomes A A B B.
final class Line {
  private final Order order;
  private final ModelQueues models;
  private final ModelMemory memory;
  private final Set<ModelId> loading;
  private final long now;
  private final List<Waiter> ranked = new ArrayList<>();

  /// Who comes next.
  ///
  /// @param unload models that must leave first
  /// @param overtaken those before whom it goes to spare a swap of models
  /// @param outwarmed those before whom it goes because its conversation is in the cache
  record Next(
      Waiter waiter, List<ModelId> unload, List<Waiter> overtaken, List<Waiter> outwarmed) {}

  /// @param loading models that are being loaded without a request
  Line(Order order, ModelQueues models, ModelMemory memory, Set<ModelId> loading, long now) {
    this.order = order;
    this.models = models;
    this.memory = memory;
    this.loading = loading;
    this.now = now;
    models.all().forEach(model -> ranked.addAll(model.waiting()));
    ranked.forEach(waiter -> waiter.rank(now, order.aging().toNanos()));
    ranked.sort(Waiter.ORDER);
  }

  List<Waiter> ranked() {
    return ranked;
  }

  Optional<Next> next() {
    // Loaded models first: what they still serve, nobody has to load them again for.
    return kept().or(this::loaded).or(this::byLoading);
  }

  private Optional<Next> kept() {
    return models.all().stream()
        .filter(model -> model.running().size() < model.slots())
        .flatMap(model -> model.holds().stream().filter(hold -> stands(model, hold)))
        .flatMap(hold -> ranked.stream().filter(hold::isFor))
        .filter(waiter -> memory.isResident(waiter.model()))
        .findFirst()
        .map(waiter -> next(waiter, contestedBefore(waiter)));
  }

  /// Whether a slot is still kept: nobody who would come before the conversation's next request has
  /// been passed over often enough.
  boolean stands(ModelQueue model, Hold hold) {
    return hold.until() > now
        && ranked.stream().allMatch(waiter -> hold.isFor(waiter) || bears(waiter, model, hold));
  }

  private boolean bears(Waiter waiter, ModelQueue model, Hold hold) {
    if (waiter.level() > hold.level()) {
      return true;
    }
    boolean equal = waiter.level() == hold.level();
    if (waiter.model().equals(model.id())) {
      return waiter.outwarmed() < (equal ? order.warmLimit() : Math.min(1, order.warmLimit()));
    }
    return !waitsForMemoryOf(waiter, model.id()) || mayOvertake(equal, waiter);
  }

  private boolean waitsForMemoryOf(Waiter waiter, ModelId model) {
    return !memory.isResident(waiter.model()) && memory.inTheWayOf(waiter.model()).contains(model);
  }

  private boolean mayOvertake(boolean equal, Waiter waiter) {
    return equal && waiter.overtaken() < order.overtakeLimit();
  }

  private Optional<Next> loaded() {
    Set<ModelId> contested = new HashSet<>();
    for (Waiter waiter : ranked) {
      if (!memory.isResident(waiter.model())) {
        contested.addAll(memory.inTheWayOf(waiter.model()));
      } else if (hasFreeSlot(waiter.model())) {
        Optional<Next> next = warmest(waiter).or(() -> fair(waiter, contested));
        if (next.isPresent()) {
          return next;
        }
      }
    }
    return Optional.empty();
  }

  boolean hasFreeSlot(ModelId id) {
    ModelQueue model = models.get(id);
    long kept = model.holds().stream().filter(hold -> stands(model, hold)).count();
    return model.running().size() + kept < model.slots();
  }

  /// Of the requests of the same model and class, the first whose conversation is in the cache.
  private Optional<Next> warmest(Waiter first) {
    ModelQueue model = models.get(first.model());
    if (model.isWarm(first)) {
      return Optional.empty();
    }
    return ranked.stream()
        .filter(waiter -> waiter.level() == first.level() && waiter.model().equals(first.model()))
        .filter(model::isWarm)
        .findFirst()
        .filter(
            warm -> outwarmed(warm).stream().allMatch(cold -> cold.outwarmed() < order.warmLimit()))
        .flatMap(warm -> fair(warm, contestedBefore(warm)));
  }

  /// The request, if those whom it would overtake bear it.
  private Optional<Next> fair(Waiter waiter, Set<ModelId> contested) {
    return overtaken(waiter, contested).stream()
            .allMatch(other -> mayOvertake(other.level() == waiter.level(), other))
        ? Optional.of(next(waiter, contested))
        : Optional.empty();
  }

  private Next next(Waiter waiter, Set<ModelId> contested) {
    return new Next(waiter, List.of(), overtaken(waiter, contested), outwarmed(waiter));
  }

  /// Models in the way of a request that ranks before this one.
  private Set<ModelId> contestedBefore(Waiter waiter) {
    Set<ModelId> contested = new HashSet<>();
    before(ranked.indexOf(waiter)).stream()
        .map(Waiter::model)
        .distinct()
        .filter(model -> !memory.isResident(model))
        .forEach(model -> contested.addAll(memory.inTheWayOf(model)));
    return contested;
  }

  /// Those who wait longer for memory when this request keeps its model busy.
  private List<Waiter> overtaken(Waiter waiter, Set<ModelId> contested) {
    if (!contested.contains(waiter.model())) {
      return List.of();
    }
    return before(ranked.indexOf(waiter)).stream()
        .filter(other -> !other.model().equals(waiter.model()))
        .filter(other -> !memory.isResident(other.model()) || contested.contains(other.model()))
        .toList();
  }

  private List<Waiter> outwarmed(Waiter waiter) {
    return before(ranked.indexOf(waiter)).stream()
        .filter(other -> other.model().equals(waiter.model()))
        .toList();
  }

  private List<Waiter> before(int index) {
    return ranked.subList(0, index);
  }

  private Optional<Next> byLoading() {
    List<Waiter> before = new ArrayList<>();
    for (Waiter waiter : ranked) {
      if (!memory.isResident(waiter.model()) && leavesRoom(waiter.model(), before)) {
        Optional<List<ModelId>> leaving = room(waiter.model(), before);
        if (leaving.isPresent()) {
          return Optional.of(new Next(waiter, leaving.get(), List.of(), List.of()));
        }
      }
      before.add(waiter);
    }
    return Optional.empty();
  }

  private boolean leavesRoom(ModelId model, Collection<Waiter> before) {
    return before.stream()
        .map(Waiter::model)
        .distinct()
        .filter(other -> !memory.isResident(other))
        .allMatch(other -> memory.leavesRoom(model, other));
  }

  private Optional<List<ModelId>> room(ModelId model, Collection<Waiter> before) {
    return memory.roomFor(
        model,
        other ->
            !isBusy(other) && before.stream().noneMatch(waiter -> waiter.model().equals(other)));
  }

  private boolean isBusy(ModelId id) {
    ModelQueue model = models.get(id);
    return !model.running().isEmpty()
        || loading.contains(id)
        || model.holds().stream().anyMatch(hold -> stands(model, hold));
  }
}
