package dev.memoryrouter.retrieval;

import dev.memoryrouter.memory.Bank;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings all banks up to date after the start while requests are served. A bank that fails does
/// not stop the others; its [BankStatus] says why.
public final class BackgroundIndexing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundIndexing.class);
  private static final Duration STOP_WAIT = Duration.ofSeconds(5);

  private final Indexer indexer;
  private final Supplier<List<Bank>> banks;
  private volatile boolean stopping;
  private volatile State state = State.IDLE;
  private @Nullable Thread thread;

  /// Work to be started.
  ///
  /// @param banks asked once the work starts
  public BackgroundIndexing(Indexer indexer, Supplier<List<Bank>> banks) {
    this.indexer = indexer;
    this.banks = banks;
  }

  /// Starts the work, once.
  public synchronized void start() {
    if (state == State.IDLE) {
      state = State.RUNNING;
      thread = Thread.ofVirtual().name("index-banks").start(this::run);
    }
  }

  public State state() {
    return state;
  }

  private void run() {
    for (Bank bank : banks.get()) {
      if (stopping) {
        break;
      }
      index(bank);
    }
    state = stopping ? State.STOPPED : State.DONE;
  }

  // The top of a thread: one bank must not stop the others.
  @SuppressWarnings("CatchingUnchecked")
  private void index(Bank bank) {
    try {
      IndexReport report = indexer.reindex(bank, false, this::stopWhenAsked);
      LOG.info(
          "bank {}: {} chunks, {} embedded, {} removed in {} s",
          bank.name(),
          report.chunks(),
          report.embedded(),
          report.deleted(),
          Math.round(report.seconds() * 10) / 10.0);
      report
          .skipped()
          .forEach(skipped ->
              LOG.warn(
                  "bank {}: {} was not read: {}", bank.name(), skipped.file(), skipped.reason()));
    } catch (Exception e) {
      if (!stopping) {
        LOG.warn("bank {} is not indexed", bank.name(), e);
      }
    }
  }

  private void stopWhenAsked(int done, int total) {
    if (stopping) {
      throw new CancellationException("stopped after " + done + " of " + total);
    }
  }

  /// Stops within some 100 ms; what was committed stays, the rest follows at the next start.
  @Override
  public void close() {
    stopping = true;
    Thread running;
    synchronized (this) {
      running = thread;
      if (state == State.IDLE) {
        state = State.STOPPED;
      }
    }
    if (running == null) {
      return;
    }
    running.interrupt();
    try {
      if (!running.join(STOP_WAIT)) {
        LOG.warn("indexing did not stop within {} s", STOP_WAIT.toSeconds());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// How far the work is.
  public enum State {
    IDLE,
    RUNNING,
    DONE,
    STOPPED
  }
}
