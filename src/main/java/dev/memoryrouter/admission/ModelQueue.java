package dev.memoryrouter.admission;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The requests of one model: those that run, those that wait, and what is remembered of those that
/// ran.
final class ModelQueue {
  private final ModelId id;
  private ModelLimits limits = ModelLimits.UNKNOWN;
  private @Nullable Integer reportedSlots;

  private final Map<String, Running> running = new LinkedHashMap<>();
  private final List<Waiter> waiting = new ArrayList<>();
  private final List<Hold> holds = new ArrayList<>();
  private final Deque<String> warm = new ArrayDeque<>();
  private final ServiceTimes times = new ServiceTimes();

  /// A request that has its turn.
  ///
  /// @param since when it was admitted
  /// @param loads whether the model is loaded for it
  record Running(Ticket ticket, long since, boolean loads) {}

  ModelQueue(ModelId id) {
    this.id = id;
  }

  ModelId id() {
    return id;
  }

  ModelLimits limits() {
    return limits;
  }

  void limits(ModelLimits newest) {
    limits = newest;
  }

  void reportedSlots(@Nullable Integer slots) {
    reportedSlots = slots;
  }

  /// How many may run at once.
  int slots() {
    Integer slots = limits.slots() == null ? reportedSlots : limits.slots();
    return slots == null ? 1 : Math.max(1, slots);
  }

  Map<String, Running> running() {
    return running;
  }

  /// In the order of arrival.
  List<Waiter> waiting() {
    return waiting;
  }

  List<Hold> holds() {
    return holds;
  }

  ServiceTimes times() {
    return times;
  }

  boolean idle() {
    return running.isEmpty() && waiting.isEmpty();
  }

  void start(Waiter waiter, long now, boolean loads) {
    Ticket ticket = waiter.ticket();
    waiting.remove(waiter);
    holds.removeIf(hold -> hold.isFor(waiter));
    running.put(ticket.id(), new Running(ticket, now, loads));
    if (ticket.conversation() != null) {
      remember(ticket.conversation());
    }
  }

  private void remember(String conversation) {
    warm.remove(conversation);
    warm.addLast(conversation);
    while (warm.size() > slots()) {
      warm.removeFirst();
    }
  }

  /// Whether one of the slots last served this request's conversation.
  boolean isWarm(Waiter waiter) {
    String conversation = waiter.ticket().conversation();
    return conversation != null && warm.contains(conversation);
  }

  /// The model left the memory, and its caches with it.
  void unloaded() {
    warm.clear();
    holds.clear();
  }
}
