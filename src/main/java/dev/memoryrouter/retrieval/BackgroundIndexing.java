package dev.memoryrouter.retrieval;

import dev.memoryrouter.files.FilePoller;
import dev.memoryrouter.memory.Bank;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the index of all banks up to date while requests are served: at the start, and whenever
/// their files change. Banks may come and go. One that fails does not stop the others; its
/// [BankStatus] says why.
public final class BackgroundIndexing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundIndexing.class);

  private final Indexer indexer;
  private final Function<Bank, ? extends Collection<Path>> files;
  private final Supplier<List<Bank>> banks;
  private final Map<Bank, BankWatch> watches = new HashMap<>();
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("bank-watch").factory());
  private boolean closed;

  /// Work to be started.
  ///
  /// @param files lists what is watched of a bank
  /// @param banks the banks there are now, asked in each look
  public BackgroundIndexing(
      Indexer indexer,
      Function<Bank, ? extends Collection<Path>> files,
      Supplier<List<Bank>> banks) {
    this.indexer = indexer;
    this.files = files;
    this.banks = banks;
  }

  /// Starts looking every [FilePoller#INTERVAL].
  public void start() {
    long millis = FilePoller.INTERVAL.toMillis();
    var _ = looking.scheduleWithFixedDelay(this::look, 0, millis, TimeUnit.MILLISECONDS);
  }

  // The top of a scheduled task, which would not be run again.
  @SuppressWarnings("CatchingUnchecked")
  private void look() {
    try {
      lookAt(banks.get());
    } catch (Exception | Error e) {
      LOG.error("the banks could not be looked at", e);
    }
  }

  private synchronized void lookAt(List<Bank> now) {
    if (closed) {
      return;
    }
    watches
        .entrySet()
        .removeIf(watch -> {
          boolean gone = !now.contains(watch.getKey());
          if (gone) {
            watch.getValue().close();
          }
          return gone;
        });
    for (Bank bank : now) {
      watches.computeIfAbsent(bank, _ -> new BankWatch(indexer, bank, files)).look();
    }
  }

  /// Stops within some 100 ms; what was committed stays, the rest follows at the next start.
  @Override
  public void close() {
    looking.shutdownNow();
    synchronized (this) {
      closed = true;
      watches.values().forEach(BankWatch::stop);
      watches.values().forEach(BankWatch::close);
      watches.clear();
    }
  }
}
