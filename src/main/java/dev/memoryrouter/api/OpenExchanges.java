package dev.memoryrouter.api;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The chats that are being answered now, so that a server that stops can let them end.
/// Thread-safe.
@Singleton
public final class OpenExchanges {
  /// To send the error event.
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Set<ChatExchange> open = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  void add(ChatExchange exchange) {
    open.add(exchange);
    exchange.whenEnded(() -> remove(exchange));
  }

  private void remove(ChatExchange exchange) {
    open.remove(exchange);
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until all have ended, and ends those that take longer with an error.
  ///
  /// @param limit for which they may go on
  /// @return how many took longer
  public int end(Duration limit) throws InterruptedException {
    awaitNone(limit);
    int late = open.size();
    open.forEach(ChatExchange::serverStops);
    awaitNone(LAST_WORDS);
    return late;
  }

  private void awaitNone(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lockInterruptibly();
    try {
      while (!open.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
