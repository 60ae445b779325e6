package dev.memoryrouter.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets requests wait until it is their turn. Thread-safe; waiting blocks and is meant for virtual
/// threads. Everything is decided by one [AdmissionQueue] under one lock: a request that is
/// interrupted or refused while its turn comes either has the turn or has not, never half of it.
public final class Admission implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final AdmissionQueue queue;
  private final ModelLoader loader;
  private final LongSupplier clock;
  private final Map<String, Waiting> waiting = new HashMap<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, Thread.ofVirtual().name("admission-timer").factory());
  private volatile Listener listener = (_, _, _) -> {};
  private @Nullable Future<?> wake;
  private long wakeTime;

  /// Is told of each request that waits no longer.
  public interface Listener {
    /// A request got its turn, was refused or left.
    ///
    /// @param result `granted`, `left`, or the reason of the refusal
    void waited(Ticket ticket, String result, Duration waited);
  }

  /// A thread that waits, guarded by the lock.
  private static final class Waiting {
    private final Condition decided;
    private List<ModelId> unload = List.of();
    private boolean admitted;
    private Turn.@Nullable Refused refused;

    Waiting(Condition decided) {
      this.decided = decided;
    }

    boolean isDecided() {
      return admitted || refused != null;
    }
  }

  /// An empty queue.
  ///
  /// @param clock nanoseconds that never go back, such as `System::nanoTime`
  public Admission(QueueSettings settings, ModelLoader loader, LongSupplier clock) {
    this.queue = new AdmissionQueue(settings);
    this.loader = loader;
    this.clock = clock;
    timer.setRemoveOnCancelPolicy(true);
  }

  /// Tells a listener from now on, instead of an earlier one.
  public void listen(Listener newest) {
    listener = newest;
  }

  /// Waits for a turn.
  ///
  /// @throws InterruptedException when the thread was interrupted; it has then left the queue and
  ///   holds nothing
  public Turn acquire(Ticket ticket) throws InterruptedException {
    long arrived = clock.getAsLong();
    String result = "left";
    try {
      Waiting decided = await(ticket);
      if (decided.refused != null) {
        result = decided.refused.reason().label();
        return decided.refused;
      }
      result = "granted";
      return new Turn.Granted(permit(ticket, decided.unload));
    } finally {
      listener.waited(ticket, result, Duration.ofNanos(clock.getAsLong() - arrived));
    }
  }

  private Waiting await(Ticket ticket) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      List<Action> actions = queue.arrived(ticket, clock.getAsLong());
      Waiting entry = new Waiting(lock.newCondition());
      waiting.put(ticket.id(), entry);
      perform(actions);
      await(ticket.id(), entry);
      return entry;
    } finally {
      lock.unlock();
    }
  }

  private void await(String id, Waiting entry) throws InterruptedException {
    try {
      while (!entry.isDecided()) {
        entry.decided.await();
      }
    } catch (InterruptedException e) {
      // Either it waits, or its turn came before the interrupt: only one of these has an effect.
      perform(queue.gaveUp(id, clock.getAsLong()));
      perform(queue.finished(id, Outcome.IGNORED, false, clock.getAsLong()));
      throw e;
    } finally {
      waiting.remove(id);
    }
  }

  private Permit permit(Ticket ticket, List<ModelId> unload) throws InterruptedException {
    Permit permit = new Permit((outcome, more) -> finish(ticket.id(), outcome, more));
    try {
      for (ModelId model : unload) {
        loader.unload(model);
      }
      return permit;
    } catch (InterruptedException | RuntimeException e) {
      permit.close();
      throw e;
    }
  }

  private void finish(String id, Outcome outcome, boolean toBeContinued) {
    event(now -> queue.finished(id, outcome, toBeContinued, now));
  }

  /// New rules hold for all that wait.
  public void configure(QueueSettings settings) {
    event(now -> queue.configured(settings, now));
  }

  /// What an upstream has now.
  ///
  /// @param report made from the time at which the upstream was asked
  public void upstreamChanged(UpstreamReport report) {
    event(now -> queue.upstreamChanged(report, now));
  }

  /// Loads a model in the background when there is room for it and nobody waits.
  public void preload(ModelId model) {
    event(now -> queue.wanted(model, now));
  }

  /// Refuses all that wait.
  ///
  /// @return how many there were
  public int clear() {
    return read(now -> {
      int before = queue.totals().waiting();
      perform(queue.cleared(now));
      return before;
    });
  }

  /// Refuses one that waits.
  ///
  /// @return whether it waited
  public boolean remove(String id) {
    return read(now -> {
      boolean waits = queue.place(id, now).isPresent();
      perform(queue.removed(id, now));
      return waits;
    });
  }

  /// From now on nobody waits; those that run go on.
  public void drain() {
    event(queue::drained);
  }

  /// Where a request stands; empty when it does not wait.
  public Optional<QueueView.Place> place(String id) {
    return read(now -> queue.place(id, now));
  }

  /// Whether a request runs on a model or waits for it.
  public boolean isBusy(ModelId model) {
    return read(_ -> queue.isBusy(model));
  }

  /// How many run and wait.
  public QueueView.Totals totals() {
    return read(_ -> queue.totals());
  }

  /// The whole queue, to be shown.
  public QueueView view() {
    return read(queue::view);
  }

  private void event(LongFunction<List<Action>> event) {
    lock.lock();
    try {
      perform(event.apply(clock.getAsLong()));
    } finally {
      lock.unlock();
    }
  }

  private <T> T read(Function<Long, T> question) {
    lock.lock();
    try {
      return question.apply(clock.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  private void perform(List<Action> actions) {
    List<ModelId> unload = new ArrayList<>();
    for (Action action : actions) {
      switch (action) {
        case Action.Unload(ModelId model) -> unload.add(model);
        case Action.Admit(String id) -> {
          admit(id, List.copyOf(unload));
          unload.clear();
        }
        case Action.Refuse(String id, var reason, var retryAfter) ->
            refuse(id, new Turn.Refused(reason, retryAfter));
        case Action.Load(ModelId model) ->
            Thread.ofVirtual().name("load-" + model).start(() -> load(model));
        case Action.WakeAt(long time) -> wakeAt(time);
      }
    }
  }

  private void admit(String id, List<ModelId> unload) {
    Waiting entry = waiting.get(id);
    if (entry != null) {
      entry.unload = unload;
      entry.admitted = true;
      entry.decided.signal();
    }
  }

  private void refuse(String id, Turn.Refused refusal) {
    Waiting entry = waiting.get(id);
    if (entry != null) {
      entry.refused = refusal;
      entry.decided.signal();
    }
  }

  private void load(ModelId model) {
    boolean loaded = false;
    try {
      loaded = loader.load(model);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("Loading {} failed", model, e);
    } finally {
      boolean success = loaded;
      event(now -> queue.loaded(model, success, now));
    }
  }

  private void wakeAt(long time) {
    if (wake != null) {
      // Waking too early does no harm, and most wishes only move the time a little further off.
      if (!wake.isDone() && wakeTime <= time) {
        return;
      }
      wake.cancel(false);
    }
    if (!timer.isShutdown()) {
      long delay = Math.max(0, time - clock.getAsLong());
      wakeTime = time;
      wake = timer.schedule(() -> event(queue::timePassed), delay, TimeUnit.NANOSECONDS);
    }
  }

  /// Stops the timer. Nobody may wait any more.
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
