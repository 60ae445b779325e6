package dev.memoryrouter.retrieval;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.memory.Chunk;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.retrieval.IndexPlan.Cut;
import dev.memoryrouter.retrieval.IndexPlan.FilePlan;
import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Embedded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// Carries out a plan: embeds what is fresh and commits whole files, many small ones together.
final class IndexRun {
  /// Chunks after which a commit is made.
  static final int COMMIT_SIZE = 512;

  /// Chunks that are embedded between two reports of progress.
  private static final int BATCH = 64;

  private final VectorStore store;
  private final String bank;
  private final Supplier<Embedder> embedder;
  private final IntConsumer progress;
  private final Set<String> removed = new HashSet<>();
  private final List<SectionRecord> sections = new ArrayList<>();
  private final List<Embedded> added = new ArrayList<>();
  private final List<ChunkRecord> moved = new ArrayList<>();
  private boolean clear;
  private int embedded;

  /// @param embedder asked only if there is something to embed
  /// @param progress hears how many chunks are embedded
  IndexRun(VectorStore store, String bank, Supplier<Embedder> embedder, IntConsumer progress) {
    this.store = store;
    this.bank = bank;
    this.embedder = embedder;
    this.progress = progress;
  }

  /// @param fromNothing whether the bank has no usable index; it has one afterwards, be it empty
  void write(IndexPlan plan, boolean fromNothing) throws IOException {
    clear = fromNothing;
    for (FilePlan file : plan.files()) {
      take(file);
      if (added.size() >= COMMIT_SIZE) {
        commit();
      }
    }
    removed.addAll(plan.gone());
    if (clear || !removed.isEmpty() || !sections.isEmpty()) {
      commit();
    }
  }

  /// Chunks that were embedded.
  int embedded() {
    return embedded;
  }

  private void take(FilePlan file) {
    removed.addAll(file.removed());
    for (Cut cut : file.moved()) {
      sections.add(record(cut));
      cut.chunks().forEach(chunk -> moved.add(record(chunk)));
    }
    List<Chunk> fresh = new ArrayList<>();
    for (Cut cut : file.added()) {
      sections.add(record(cut));
      fresh.addAll(cut.chunks());
    }
    for (int from = 0; from < fresh.size(); from += BATCH) {
      embed(fresh.subList(from, Math.min(fresh.size(), from + BATCH)));
    }
  }

  private void embed(List<Chunk> chunks) {
    List<float[]> vectors = embedder.get().embed(chunks.stream().map(Chunk::embedded).toList());
    for (int i = 0; i < chunks.size(); i++) {
      added.add(new Embedded(record(chunks.get(i)), vectors.get(i)));
    }
    embedded += chunks.size();
    progress.accept(embedded);
  }

  private void commit() throws IOException {
    store.apply(bank, new Change(clear, removed, sections, added, moved));
    clear = false;
    removed.clear();
    sections.clear();
    added.clear();
    moved.clear();
  }

  private static SectionRecord record(Cut cut) {
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
