package dev.memoryrouter.retrieval;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankContents;
import dev.memoryrouter.memory.BankContents.Skipped;
import dev.memoryrouter.memory.Chunk;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.SectionState;
import dev.memoryrouter.store.VectorStore.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Brings the index of a bank up to date with its files: new and changed sections are embedded,
/// moved ones get their new lines, gone ones leave. What cannot be read now, be it the whole
/// folder, keeps its place in the index and is reported. One reindex of a bank at a time; others
/// wait.
///
/// The changes of one file are always in one commit; many files take several commits, so that a
/// first indexing that is killed goes on where it was. Thread-safe.
public final class Indexer {
  private static final Duration EMBEDDER_WAIT = Duration.ofMinutes(1);

  private final Function<Bank, BankContents> reader;
  private final Function<Section, List<Chunk>> chunker;
  private final Supplier<Embedder> embedder;
  private final VectorStore store;
  private final InstantSource clock;
  private final Map<String, State> states = new ConcurrentHashMap<>();

  public Indexer(
      Function<Bank, BankContents> reader,
      Function<Section, List<Chunk>> chunker,
      EmbedderHandle embedder,
      VectorStore store,
      InstantSource clock) {
    this.reader = reader;
    this.chunker = chunker;
    this.embedder = () -> embedder.await(EMBEDDER_WAIT);
    this.store = store;
    this.clock = clock;
  }

  /// Brings one bank up to date.
  ///
  /// @param full whether everything is embedded anew
  /// @throws IndexingException if the files cannot be listed, embedded or stored
  public IndexReport reindex(Bank bank, boolean full, Progress progress) {
    State state = state(bank);
    state.lock.lock();
    try {
      state.indexing = true;
      IndexReport report = reindex(bank, full, progress, state);
      state.finished(report, clock.instant());
      return report;
    } catch (IOException | UncheckedIOException | EmbeddingException e) {
      String reason = "cannot index bank " + bank.name() + ": " + e.getMessage();
      state.failure = reason;
      throw new IndexingException(reason, e);
    } finally {
      state.indexing = false;
      state.lock.unlock();
    }
  }

  private IndexReport reindex(Bank bank, boolean full, Progress progress, State state)
      throws IOException {
    long start = System.nanoTime();
    BankContents contents = reader.apply(bank);
    boolean usable = store.size(bank.name()).isPresent();
    IndexPlan plan = IndexPlan.of(contents, store.sections(bank.name()), chunker, full);
    int total = plan.kept() + plan.fresh();
    state.progress(plan.kept(), total);
    progress.at(plan.kept(), total);
    IndexRun run =
        new IndexRun(
            store,
            bank.name(),
            embedder,
            embedded -> {
              state.progress(plan.kept() + embedded, total);
              progress.at(plan.kept() + embedded, total);
            });
    run.write(plan, !usable);
    return new IndexReport(
        bank.name(),
        contents.files().size(),
        contents.sections().size(),
        store.size(bank.name()).map(Size::chunks).orElse(0),
        run.embedded(),
        plan.kept(),
        plan.deleted(),
        contents.skipped(),
        (System.nanoTime() - start) / 1e9);
  }

  /// How a bank's index stands; never waits for a reindex.
  public BankStatus status(Bank bank) {
    State state = state(bank);
    IndexReport report = state.report;
    Optional<Size> size = Optional.empty();
    int files = report == null ? 0 : report.files();
    Optional<String> problem = Optional.ofNullable(state.failure).or(() -> rootProblem(report));
    try {
      size = store.size(bank.name());
      if (report == null) {
        files = storedFiles(bank);
      }
      problem = problem.or(() -> store.problem(bank.name()));
    } catch (IOException e) {
      problem =
          Optional.of("the index of bank " + bank.name() + " cannot be read: " + e.getMessage());
    }
    return new BankStatus(
        bank.name(),
        files,
        size.map(Size::sections).orElse(0),
        size.map(Size::chunks).orElse(0),
        state.share(size.isPresent()),
        state.lastIndexed,
        state.indexing,
        report == null ? List.of() : report.skipped(),
        problem.orElse(null));
  }

  private static Optional<String> rootProblem(@Nullable IndexReport report) {
    return report == null
        ? Optional.empty()
        : report.skipped().stream()
            .filter(Skipped::isRoot)
            .findFirst()
            .map(root ->
                "bank %s cannot be read: %s%s"
                    .formatted(
                        report.bank(),
                        root.reason(),
                        report.chunks() == 0 ? "" : "; what was indexed before is still found"));
  }

  private int storedFiles(Bank bank) throws IOException {
    return (int)
        store.sections(bank.name()).values().stream().map(SectionState::file).distinct().count();
  }

  private State state(Bank bank) {
    return states.computeIfAbsent(bank.name(), _ -> new State());
  }

  /// What is known of a bank since the start.
  private static final class State {
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean indexing;
    private volatile int done = -1;
    private volatile int total = -1;
    private volatile @Nullable IndexReport report;
    private volatile @Nullable Instant lastIndexed;
    private volatile @Nullable String failure;

    void progress(int newDone, int newTotal) {
      total = newTotal;
      done = newDone;
    }

    void finished(IndexReport newReport, Instant now) {
      report = newReport;
      lastIndexed = now;
      failure = null;
    }

    double share(boolean indexed) {
      int of = total;
      if (of <= 0 || done < 0) {
        return indexed ? 1 : 0;
      }
      return Math.min(1, (double) done / of);
    }
  }
}
