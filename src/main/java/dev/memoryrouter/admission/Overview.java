package dev.memoryrouter.admission;

import dev.memoryrouter.admission.QueueSettings.Order;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What can be said of the queue at one moment: places, estimates and bounds.
final class Overview {
  private final Order order;
  private final ModelQueues models;
  private final ModelMemory memory;
  private final Line line;
  private final long now;

  Overview(Order order, ModelQueues models, ModelMemory memory, Line line, long now) {
    this.order = order;
    this.models = models;
    this.memory = memory;
    this.line = line;
    this.now = now;
  }

  /// Nanoseconds until the turn of a request that waits, or that would be the last of its class;
  /// empty before the first measured turn.
  OptionalLong estimate(Waiter waiter) {
    List<Waiter> before =
        line.ranked().stream().takeWhile(it -> Waiter.ORDER.compare(it, waiter) < 0).toList();
    return new Estimate(memory, models.all(), now).of(models.get(waiter.model()), before);
  }

  /// The longest wait of a request that arrives now, in nanoseconds; empty before the first
  /// measured turn.
  OptionalLong bound(PriorityClass priority, ModelQueue model) {
    Set<ModelId> rivals = memory.rivals(model.id());
    boolean contended = !rivals.isEmpty();
    List<ModelQueue> shared =
        contended ? rivals.stream().map(models::get).toList() : List.of(model);
    long longest = shared.stream().mapToLong(it -> it.times().longest()).max().orElse(0);
    int waiting = shared.stream().mapToInt(it -> it.waiting().size()).sum();
    return longest == 0
        ? OptionalLong.empty()
        : OptionalLong.of(
            WaitBound.of(priority, waiting, model.slots(), contended, order, longest));
  }

  QueueView.Place place(Waiter waiter) {
    return place(waiter, ranked(waiter.model()));
  }

  private QueueView.Place place(Waiter waiter, List<Waiter> waiting) {
    return new QueueView.Place(
        waiting.indexOf(waiter) + 1, waiting.size(), duration(estimate(waiter)));
  }

  private List<Waiter> ranked(ModelId model) {
    return line.ranked().stream().filter(it -> it.model().equals(model)).toList();
  }

  List<QueueView.Model> models() {
    return models.all().stream().map(this::model).toList();
  }

  private QueueView.Model model(ModelQueue model) {
    List<Waiter> waiting = ranked(model.id());
    Map<PriorityClass, Integer> byClass = new EnumMap<>(PriorityClass.class);
    waiting.forEach(waiter -> byClass.merge(waiter.ticket().priority(), 1, Integer::sum));
    return new QueueView.Model(
        model.id(),
        model.slots(),
        memory.isResident(model.id()),
        model.running().size(),
        byClass,
        Duration.ofNanos(
            waiting.stream().mapToLong(waiter -> now - waiter.arrived()).max().orElse(0)),
        duration(estimate(newcomer(model.id()))),
        duration(bound(PriorityClass.INTERACTIVE, model)),
        model.limits(),
        waiting.stream().map(waiter -> waiting(waiter, waiting)).toList());
  }

  private Waiter newcomer(ModelId model) {
    Ticket ticket = new Ticket("", model, PriorityClass.INTERACTIVE, null, Duration.ZERO);
    return new Waiter(ticket, now, Long.MAX_VALUE, now, 0);
  }

  private QueueView.Waiting waiting(Waiter waiter, List<Waiter> all) {
    return new QueueView.Waiting(
        waiter.ticket().id(),
        waiter.ticket().priority(),
        Duration.ofNanos(now - waiter.arrived()),
        place(waiter, all),
        waiter.bound() == 0 ? null : Duration.ofNanos(waiter.bound()));
  }

  private static @Nullable Duration duration(OptionalLong nanos) {
    return nanos.isPresent() ? Duration.ofNanos(nanos.getAsLong()) : null;
  }
}
