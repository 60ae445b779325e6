package dev.memoryrouter.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.admission.QueueSettings.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An [AdmissionQueue] whose clock is turned by the test, and what it said so far.
final class QueueDriver {
  static final ModelId A = new ModelId("up", "A");
  static final ModelId B = new ModelId("up", "B");
  static final ModelId C = new ModelId("up", "C");

  private final AdmissionQueue queue;
  private long now;
  private long wake = Long.MAX_VALUE;
  final List<String> admitted = new ArrayList<>();
  final Map<String, Action.Refuse> refused = new LinkedHashMap<>();
  final List<ModelId> loaded = new ArrayList<>();
  final List<ModelId> unloaded = new ArrayList<>();

  QueueDriver(QueueSettings settings) {
    queue = new AdmissionQueue(settings);
  }

  /// One slot each, 10 bytes each, within a budget; nothing else limits them.
  static QueueSettings settings(Order order, @Nullable Long budget) {
    ModelLimits limits = new ModelLimits(1, "here", 10, 100, Duration.ofHours(10));
    return new QueueSettings(order, budget, Map.of(A, limits, B, limits, C, limits));
  }

  static QueueSettings settings(ModelLimits limits) {
    return new QueueSettings(Order.DEFAULT, null, Map.of(A, limits));
  }

  QueueDriver arrive(String id, ModelId model) {
    return arrive(id, model, PriorityClass.INTERACTIVE, null);
  }

  QueueDriver arrive(String id, ModelId model, PriorityClass priority) {
    return arrive(id, model, priority, null);
  }

  QueueDriver arrive(
      String id, ModelId model, PriorityClass priority, @Nullable String conversation) {
    return arrive(new Ticket(id, model, priority, conversation, Duration.ofHours(10)));
  }

  QueueDriver arrive(Ticket ticket) {
    return take(queue.arrived(ticket, now));
  }

  QueueDriver finish(String id) {
    return take(queue.finished(id, Outcome.SUCCESS, false, now));
  }

  QueueDriver finishWithToolCall(String id) {
    return take(queue.finished(id, Outcome.SUCCESS, true, now));
  }

  QueueDriver finish(String id, Outcome outcome) {
    return take(queue.finished(id, outcome, false, now));
  }

  QueueDriver giveUp(String id) {
    return take(queue.gaveUp(id, now));
  }

  QueueDriver report(UpstreamReport report) {
    return take(queue.upstreamChanged(report, now));
  }

  QueueDriver want(ModelId model) {
    return take(queue.wanted(model, now));
  }

  QueueDriver loaded(ModelId model, boolean success) {
    return take(queue.loaded(model, success, now));
  }

  QueueDriver clear() {
    return take(queue.cleared(now));
  }

  QueueDriver remove(String id) {
    return take(queue.removed(id, now));
  }

  QueueDriver drain() {
    return take(queue.drained(now));
  }

  QueueDriver configure(QueueSettings settings) {
    return take(queue.configured(settings, now));
  }

  /// Lets time pass; the queue is woken when it wished to be.
  QueueDriver after(Duration duration) {
    long until = now + duration.toNanos();
    while (wake <= until) {
      now = wake;
      wake = Long.MAX_VALUE;
      take(queue.timePassed(now));
    }
    now = until;
    return this;
  }

  /// Ends the turns one after another, each after a second, until nobody runs.
  QueueDriver finishAll() {
    for (int next = 0; next < admitted.size(); next++) {
      after(Duration.ofSeconds(1));
      finish(admitted.get(next));
    }
    return this;
  }

  long now() {
    return now;
  }

  QueueView view() {
    return queue.view(now);
  }

  QueueView.Place place(String id) {
    return queue.place(id, now).orElseThrow();
  }

  RefusalReason reason(String id) {
    return refusal(id).reason();
  }

  Action.Refuse refusal(String id) {
    assertThat(refused).containsKey(id);
    return Objects.requireNonNull(refused.get(id));
  }

  private QueueDriver take(List<Action> actions) {
    for (Action action : actions) {
      switch (action) {
        case Action.Admit(String id) -> admitted.add(id);
        case Action.Refuse refuse -> refused.put(refuse.id(), refuse);
        case Action.Load(ModelId model) -> loaded.add(model);
        case Action.Unload(ModelId model) -> unloaded.add(model);
        case Action.WakeAt(long time) -> wake = time;
      }
    }
    return this;
  }
}
