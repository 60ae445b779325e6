package dev.memoryrouter.retrieval;

import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.memory.Chunk;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.retrieval.IndexPlan.Cut;
import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Embedded;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/// Carries out a plan. A small change is embedded and committed as one. A large one, and any while
/// the embedding model is not there, is committed at once without vectors, so that its words are
/// found; the vectors follow in commits of whole sections. So a search never sees half a change,
/// and one that is killed goes on where it was.
final class IndexRun {
  /// Chunks with vectors after which a commit is made.
  static final int COMMIT_SIZE = 512;

  /// Chunks that a small change has at most; they are embedded in less than a second.
  static final int AT_ONCE = 64;

  /// Chunks that are embedded between two reports of progress.
  private static final int BATCH = 64;

  private static final Duration EMBEDDER_WAIT = Duration.ofMinutes(1);

  /// Time between two looks, while the model loads, whether there is something better to do.
  private static final Duration EMBEDDER_LOOK = Duration.ofMillis(100);

  private final VectorStore store;
  private final String bank;
  private final EmbedderHandle embedder;
  private final IntConsumer progress;
  private final BooleanSupplier enough;
  private final Set<String> removed = new HashSet<>();
  private final Map<String, SectionRecord> sections = new LinkedHashMap<>();
  private final List<Embedded> added = new ArrayList<>();
  private final List<ChunkRecord> moved = new ArrayList<>();
  private boolean clear;
  private int embedded;

  /// @param embedder asked only if there is something to embed
  /// @param progress hears how many chunks are embedded
  /// @param enough asked between sections; when true, what is embedded is committed, and the rest
  ///   is left for another run
  IndexRun(
      VectorStore store,
      String bank,
      EmbedderHandle embedder,
      IntConsumer progress,
      BooleanSupplier enough) {
    this.store = store;
    this.bank = bank;
    this.embedder = embedder;
    this.progress = progress;
    this.enough = enough;
  }

  /// @param fromNothing whether the bank has no usable index; it has one afterwards, be it empty
  /// @throws EmbeddingException if the model fails; the words are committed all the same
  void write(IndexPlan plan, boolean fromNothing) throws IOException {
    clear = fromNothing;
    if (fromNothing || plan.fresh() > AT_ONCE || embedder.ready().isEmpty()) {
      wordsFirst(plan);
    } else {
      atOnce(plan);
    }
  }

  /// Chunks that were embedded.
  int embedded() {
    return embedded;
  }

  private void wordsFirst(IndexPlan plan) throws IOException {
    takeOver(plan);
    plan.added().forEach(this::takeWords);
    commit();
    embed(plan.added(), enough);
    embed(plan.pending(), enough);
    commit();
  }

  private void atOnce(IndexPlan plan) throws IOException {
    EmbeddingException failure = null;
    try {
      embed(plan.added(), () -> false);
      embed(plan.pending(), () -> false);
    } catch (EmbeddingException e) {
      failure = e;
      sections.clear();
      added.clear();
      plan.added().forEach(this::takeWords);
    }
    takeOver(plan);
    commit();
    if (failure != null) {
      throw failure;
    }
  }

  /// What needs no vectors.
  private void takeOver(IndexPlan plan) {
    removed.addAll(plan.removed());
    for (Cut cut : plan.moved()) {
      sections.putIfAbsent(cut.section().id(), record(cut, cut.embedded()));
      cut.chunks().forEach(chunk -> moved.add(record(chunk)));
    }
  }

  private void takeWords(Cut cut) {
    sections.put(cut.section().id(), record(cut, cut.chunks().isEmpty()));
    cut.chunks().forEach(chunk -> added.add(new Embedded(record(chunk), null)));
  }

  private void embed(List<Cut> cuts, BooleanSupplier stop) throws IOException {
    if (!cuts.isEmpty()) {
      awaitModel(stop);
    }
    for (Cut cut : cuts) {
      if (stop.getAsBoolean()) {
        return;
      }
      List<Chunk> chunks = cut.chunks();
      for (int from = 0; from < chunks.size(); from += BATCH) {
        embedBatch(chunks.subList(from, Math.min(chunks.size(), from + BATCH)));
      }
      sections.put(cut.section().id(), record(cut, true));
      if (added.size() >= COMMIT_SIZE) {
        commit();
      }
    }
  }

  /// Waits for the model, or until there is something better to do.
  private void awaitModel(BooleanSupplier stop) {
    long start = System.nanoTime();
    while (!embedder.settles(EMBEDDER_LOOK) && !stop.getAsBoolean()) {
      if (System.nanoTime() - start > EMBEDDER_WAIT.toNanos()) {
        throw new EmbeddingException(
            "the embedding model is still loading after " + EMBEDDER_WAIT.toSeconds() + " s", null);
      }
    }
  }

  private void embedBatch(List<Chunk> chunks) {
    List<float[]> vectors =
        embedder.await(EMBEDDER_WAIT).embed(chunks.stream().map(Chunk::embedded).toList());
    for (int i = 0; i < chunks.size(); i++) {
      added.add(new Embedded(record(chunks.get(i)), vectors.get(i)));
    }
    embedded += chunks.size();
    progress.accept(embedded);
  }

  private void commit() throws IOException {
    if (!clear && removed.isEmpty() && sections.isEmpty()) {
      return;
    }
    store.apply(bank, new Change(clear, removed, List.copyOf(sections.values()), added, moved));
    clear = false;
    removed.clear();
    sections.clear();
    added.clear();
    moved.clear();
  }

  private static SectionRecord record(Cut cut, boolean embedded) {
    Section section = cut.section();
    return new SectionRecord(
        section.id(),
        section.hash(),
        section.file(),
        section.heading(),
        section.headingPath(),
        section.startLine(),
        section.endLine(),
        cut.chunks().size(),
        embedded,
        section.text());
  }

  private static ChunkRecord record(Chunk chunk) {
    Section section = chunk.section();
    return new ChunkRecord(
        chunk.id(),
        section.id(),
        section.hash(),
        section.file(),
        section.heading(),
        section.headingPath(),
        section.startLine(),
        section.endLine(),
        chunk.startLine(),
        chunk.endLine(),
        chunk.text());
  }
}
