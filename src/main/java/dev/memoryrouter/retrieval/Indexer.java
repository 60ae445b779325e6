package dev.memoryrouter.retrieval;

import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankContents;
import dev.memoryrouter.memory.BankContents.Skipped;
import dev.memoryrouter.memory.Chunk;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.retrieval.BankStatus.Share;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.SectionState;
import dev.memoryrouter.store.VectorStore.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Brings the index of a bank up to date with its files: new and changed sections are embedded,
/// moved ones get their new lines, gone ones leave. What cannot be read now, be it the whole
/// folder, keeps its place in the index and is reported. One reindex of a bank at a time; others
/// wait.
///
/// All changes of the words come in one commit; the vectors of many follow in several, so that a
/// first indexing that is killed goes on where it was. Thread-safe.
public final class Indexer {
  private final Function<Bank, BankContents> reader;
  private final Function<Section, List<Chunk>> chunker;
  private final EmbedderHandle embedder;
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
    this.embedder = embedder;
    this.store = store;
    this.clock = clock;
  }

  /// Brings one bank up to date.
  ///
  /// @param full whether everything is embedded anew; what is there is found until its successor is
  /// @throws IndexingException if the files cannot be listed, embedded or stored
  public IndexReport reindex(Bank bank, boolean full, Progress progress) {
    return reindex(bank, full, progress, () -> false);
  }

  /// Brings one bank up to date, or nearer to it.
  ///
  /// @param enough asked between sections; when true, the words are up to date and the vectors that
  ///   are missing are left for another time
  IndexReport reindex(Bank bank, boolean full, Progress progress, BooleanSupplier enough) {
    State state = state(bank);
    state.lock.lock();
    try {
      state.progress = new Share(0, 0);
      IndexReport report = reindex(new Task(bank, full, progress, enough), state);
      state.finished(report, clock.instant());
      return report;
    } catch (EmbeddingException e) {
      throw failed(state, "bank " + bank.name() + " is found by its words alone: ", e);
    } catch (IOException | UncheckedIOException e) {
      throw failed(state, "cannot index bank " + bank.name() + ": ", e);
    } finally {
      state.progress = null;
      state.lock.unlock();
    }
  }

  private static IndexingException failed(State state, String what, Exception cause) {
    String reason = what + cause.getMessage();
    state.failure = reason;
    return new IndexingException(reason, cause);
  }

  private IndexReport reindex(Task task, State state) throws IOException {
    long start = System.nanoTime();
    Bank bank = task.bank;
    BankContents contents = reader.apply(bank);
    boolean usable = store.size(bank.name()).isPresent();
    IndexPlan plan = IndexPlan.of(contents, store.sections(bank.name()), chunker, task.full);
    IntConsumer progress = done -> state.tell(task.progress, done, plan.kept() + plan.fresh());
    progress.accept(plan.kept());
    IndexRun run =
        new IndexRun(
            store,
            bank.name(),
            embedder,
            embedded -> progress.accept(plan.kept() + embedded),
            task.enough);
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

  /// Whether the store has an index of this bank.
  ///
  /// @return true also if the store cannot be asked
  boolean isIndexed(Bank bank) {
    try {
      return store.size(bank.name()).isPresent();
    } catch (IOException _) {
      return true;
    }
  }

  /// Whether somebody waits for the end of a reindex of this bank to begin another.
  boolean isAwaited(Bank bank) {
    return state(bank).lock.hasQueuedThreads();
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
        size.map(Indexer::embeddedShare).orElse(0.0),
        state.lastIndexed,
        state.progress,
        report == null ? List.of() : report.skipped(),
        problem.orElse(null));
  }

  private static double embeddedShare(Size size) {
    return size.chunks() == 0 ? 1 : (double) size.embedded() / size.chunks();
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

  /// What is asked for.
  private record Task(Bank bank, boolean full, Progress progress, BooleanSupplier enough) {}

  /// What is known of a bank since the start.
  private static final class State {
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Share progress;
    private volatile @Nullable IndexReport report;
    private volatile @Nullable Instant lastIndexed;
    private volatile @Nullable String failure;

    void tell(Progress listener, int done, int total) {
      progress = new Share(done, total);
      listener.at(done, total);
    }

    void finished(IndexReport newReport, Instant now) {
      report = newReport;
      lastIndexed = now;
      failure = null;
    }
  }
}
