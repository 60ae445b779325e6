package dev.memoryrouter.retrieval;

import dev.memoryrouter.files.FilePoller;
import dev.memoryrouter.memory.Bank;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows one bank: its index is brought up to date when the watch begins, when a file changes,
/// and again after a while when it was not complete, because the store could not be written or a
/// file not be read; in the latter case more and more rarely.
final class BankWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BankWatch.class);

  /// Time until an incomplete index is tried again.
  private static final Duration AGAIN = Duration.ofSeconds(5);

  /// Longest time until a file that cannot be read is tried again; its change is seen at once.
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  /// Time for what is being embedded to be committed.
  private static final Duration STOP = Duration.ofSeconds(1);

  private static final Duration INTERRUPT = Duration.ofSeconds(5);

  private final Indexer indexer;
  private final Bank bank;
  private final FilePoller poller;
  private final AtomicBoolean changed = new AtomicBoolean(true);
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean stopping;
  private volatile boolean incomplete;
  private volatile Duration again = AGAIN;
  private volatile long ended = System.nanoTime();
  private volatile long checked = System.nanoTime();
  private volatile String reported = "";
  private long logged = System.nanoTime();
  private @Nullable Thread thread;

  BankWatch(Indexer indexer, Bank bank, Function<Bank, ? extends Collection<Path>> files) {
    this.indexer = indexer;
    this.bank = bank;
    this.poller = new FilePoller(() -> files.apply(bank), _ -> changed.set(true));
  }

  /// Looks once whether anything is to be done, and begins it.
  synchronized void look() {
    poller.poll();
    if (!stopping && isDue() && running.compareAndSet(false, true)) {
      if (changed.getAndSet(false)) {
        again = AGAIN;
      }
      thread = Thread.ofVirtual().name("index-" + bank.name()).start(this::run);
    }
  }

  private boolean isDue() {
    if (changed.get()) {
      return true;
    }
    long now = System.nanoTime();
    if (running.get() || now - checked < AGAIN.toNanos()) {
      return false;
    }
    checked = now;
    return (incomplete && now - ended >= again.toNanos()) || !indexer.isIndexed(bank);
  }

  // The top of a thread: one bank must not stop the others.
  @SuppressWarnings("CatchingUnchecked")
  private void run() {
    incomplete = true;
    try {
      IndexReport report = indexer.reindex(bank, false, this::logProgress, this::isEnough);
      if (report.embedded() + report.reused() < report.chunks()) {
        changed.set(true); // the rest follows at once
      } else {
        incomplete = !report.skipped().isEmpty();
        again = shorter(again.multipliedBy(2), LONGEST);
        log(report);
      }
    } catch (Exception e) {
      again = AGAIN;
      if (!stopping) {
        report("bank " + bank.name() + " is not indexed", e);
      }
    } finally {
      checked = System.nanoTime();
      ended = checked;
      running.set(false);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// An edit comes first, and so does somebody who waits for an answer.
  private boolean isEnough() {
    return stopping || changed.get() || indexer.isAwaited(bank);
  }

  private void logProgress(int done, int total) {
    long now = System.nanoTime();
    if (now - logged > LOG_INTERVAL.toNanos()) {
      LOG.info("bank {}: {} of {} chunks", bank.name(), done, total);
      logged = now;
    }
  }

  private void log(IndexReport report) {
    if (report.embedded() + report.deleted() > 0 || reported.isEmpty()) {
      LOG.info(
          "bank {}: {} chunks, {} embedded, {} removed in {} s",
          bank.name(),
          report.chunks(),
          report.embedded(),
          report.deleted(),
          Math.round(report.seconds() * 10) / 10.0);
    }
    report("skipped: " + report.skipped(), null);
  }

  /// Says what is wrong, once.
  private void report(String what, @Nullable Exception failure) {
    String full = failure == null ? what : what + failure.getMessage();
    if (full.equals(reported)) {
      return;
    }
    reported = full;
    if (failure != null) {
      LOG.warn("{}", what, failure);
    } else if (!what.equals("skipped: []")) {
      LOG.warn("bank {}: {}", bank.name(), what);
    }
  }

  /// Asks the work to end; does not wait.
  void stop() {
    stopping = true;
    poller.close();
  }

  /// Waits for the work to end.
  @Override
  public void close() {
    stop();
    Thread working;
    synchronized (this) {
      working = thread;
    }
    if (working == null) {
      return;
    }
    try {
      if (!working.join(STOP)) {
        working.interrupt();
        if (!working.join(INTERRUPT)) {
          LOG.warn("indexing of bank {} does not stop", bank.name());
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
