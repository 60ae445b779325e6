package dev.memoryrouter.admission;

import dev.memoryrouter.admission.QueueSettings.Order;

/// The longest that a request can wait for its turn, computed when it arrives:
///
/// ```
/// B = c·I + (⌊(n + k + w) / s⌋ + 1) · (S + l)
/// ```
///
/// | | |
/// |---|---|
/// | c | its class, 0 for the most urgent; I is the aging interval |
/// | n | requests that wait when it arrives |
/// | k | the overtake limit; 0 when all models fit the memory together |
/// | w | the warm limit |
/// | s | slots of its model; 1 when the models contend for memory |
/// | S | the longest turn of any request, the load of its model included; l is the linger |
///
/// Derivation. After c·I the request has risen to the first class, and there the number of arrival
/// ranks: from then on only requests that were there before it rank before it, at most n. Whoever
/// else is admitted although it ranks after it and delays it, is counted on it: at most k requests
/// to spare a swap and w with a warm cache. So at most N = n + k + w requests are admitted before
/// it, besides those that run at that moment.
///
/// A turn takes a slot for at most S, and after it the slot can be kept for at most l. While the
/// request waits, all s slots of its model are taken: by those that ran, for at most S + l, and
/// then by the N. Served by s slots without a gap, ⌊N / s⌋ of them come one after another before
/// the slot that it gets.
///
/// When models contend for memory, its model may have to be loaded first. While the first in rank
/// waits for memory, the set of models in its way does not change, none of them admits a request
/// that is not counted, and so they are idle after S + l at most: the N are served one after
/// another in the worst case, with a load within each S, which is the formula for s = 1.
///
/// Events from outside (an upstream that unloads a model by itself, a new configuration) begin the
/// reckoning anew. Independently of all this, the wait limit of the model ends every wait.
final class WaitBound {
  private WaitBound() {}

  /// The bound in nanoseconds.
  ///
  /// @param priority its class
  /// @param waiting requests that wait when it arrives: of its model, or of all models when these
  ///   contend for memory
  /// @param slots of its model
  /// @param contended whether the models contend for memory
  /// @param longestTurn in nanoseconds
  static long of(
      PriorityClass priority,
      int waiting,
      int slots,
      boolean contended,
      Order order,
      long longestTurn) {
    long before = (long) waiting + order.warmLimit() + (contended ? order.overtakeLimit() : 0);
    long rounds = before / (contended ? 1 : slots) + 1;
    return priority.level() * order.aging().toNanos()
        + rounds * (longestTurn + order.linger().toNanos());
  }
}
