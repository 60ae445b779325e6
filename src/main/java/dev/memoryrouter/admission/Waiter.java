package dev.memoryrouter.admission;

import java.util.Comparator;

/// A request that waits. Times are those of the queue's clock.
final class Waiter {
  /// Those ranked by [#rank] at the same moment, the first to be served first.
  static final Comparator<Waiter> ORDER =
      Comparator.comparingInt(Waiter::level).thenComparingLong(waiter -> waiter.number);

  private final Ticket ticket;
  private final long arrived;
  private final long number;
  private final long limit;
  private final long bound;
  private int level;
  private int overtaken;
  private int outwarmed;

  /// @param number of arrivals before
  /// @param limit when it is refused
  /// @param bound longest wait by [WaitBound], in nanoseconds; 0 when unknown
  Waiter(Ticket ticket, long arrived, long number, long limit, long bound) {
    this.ticket = ticket;
    this.arrived = arrived;
    this.number = number;
    this.limit = limit;
    this.bound = bound;
    level = ticket.priority().level();
  }

  /// Sets the class in which it waits now: one higher for each interval that it waited.
  void rank(long now, long aging) {
    level = (int) Math.max(0, ticket.priority().level() - (now - arrived) / aging);
  }

  void overtake() {
    overtaken++;
  }

  void outwarm() {
    outwarmed++;
  }

  Ticket ticket() {
    return ticket;
  }

  ModelId model() {
    return ticket.model();
  }

  long arrived() {
    return arrived;
  }

  long limit() {
    return limit;
  }

  long bound() {
    return bound;
  }

  /// 0 is the most urgent.
  int level() {
    return level;
  }

  /// Requests that went before it to spare a swap of models.
  int overtaken() {
    return overtaken;
  }

  /// Requests that went before it because their conversation was in the model's cache.
  int outwarmed() {
    return outwarmed;
  }
}
