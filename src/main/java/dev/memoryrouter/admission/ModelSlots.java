package dev.memoryrouter.admission;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// A gate for each model that lets a fixed number of requests through at once, in the order of
/// their arrival. Thread-safe.
public final class ModelSlots {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Gate> gates = new HashMap<>();

  /// Waits for a slot.
  ///
  /// @param slots how many may run at once; at least 1 is used. The newest number holds for all
  ///   that wait; a smaller one ends nobody that runs
  /// @throws InterruptedException when the thread was interrupted; it has then left the queue and
  ///   holds nothing
  public Permit acquire(String key, int slots) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Gate gate = gates.computeIfAbsent(key, _ -> new Gate());
      gate.slots = Math.max(1, slots);
      var waiter = new Waiter(lock.newCondition());
      gate.waiting.add(waiter);
      gate.admit();
      try {
        while (!waiter.admitted) {
          waiter.turn.await();
        }
      } catch (InterruptedException e) {
        leave(key, gate, waiter);
        throw e;
      }
      return new Permit(() -> release(key));
    } finally {
      lock.unlock();
    }
  }

  /// Requests that hold a slot now.
  public int running(String key) {
    return read(key, gate -> gate.running);
  }

  /// Requests that wait now.
  public int waiting(String key) {
    return read(key, gate -> gate.waiting.size());
  }

  /// Requests that hold a slot of any model now.
  public int running() {
    return sum(gate -> gate.running);
  }

  /// Requests that wait for any model now.
  public int waiting() {
    return sum(gate -> gate.waiting.size());
  }

  private int sum(ToIntFunction<Gate> figure) {
    lock.lock();
    try {
      return gates.values().stream().mapToInt(figure).sum();
    } finally {
      lock.unlock();
    }
  }

  private int read(String key, ToIntFunction<Gate> figure) {
    lock.lock();
    try {
      @Nullable Gate gate = gates.get(key);
      return gate == null ? 0 : figure.applyAsInt(gate);
    } finally {
      lock.unlock();
    }
  }

  /// An interrupt can arrive after the slot was given: the slot then goes to the next.
  private void leave(String key, Gate gate, Waiter waiter) {
    if (waiter.admitted) {
      release(key);
      return;
    }
    gate.waiting.remove(waiter);
    forgetIfIdle(key, gate);
  }

  private void release(String key) {
    lock.lock();
    try {
      @Nullable Gate gate = gates.get(key);
      if (gate == null) {
        throw new IllegalStateException("no slot of " + key + " is held");
      }
      gate.running--;
      gate.admit();
      forgetIfIdle(key, gate);
    } finally {
      lock.unlock();
    }
  }

  private void forgetIfIdle(String key, Gate gate) {
    if (gate.running == 0 && gate.waiting.isEmpty()) {
      gates.remove(key);
    }
  }

  /// One slot. Closing it more than once has no further effect.
  public static final class Permit implements AutoCloseable {
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final Runnable release;

    private Permit(Runnable release) {
      this.release = release;
    }

    @Override
    public void close() {
      if (open.compareAndSet(true, false)) {
        release.run();
      }
    }
  }

  /// The state of one model, guarded by the lock.
  private static final class Gate {
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private int running;
    private int slots = 1;

    void admit() {
      while (running < slots && !waiting.isEmpty()) {
        Waiter next = waiting.remove();
        next.admitted = true;
        running++;
        next.turn.signal();
      }
    }
  }

  private static final class Waiter {
    private final Condition turn;
    private boolean admitted;

    private Waiter(Condition turn) {
      this.turn = turn;
    }
  }
}
