package dev.memoryrouter.bench;

import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.files.TemporaryFolder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.memory.Chunk;
import dev.memoryrouter.memory.Chunker;
import dev.memoryrouter.retrieval.Indexer;
import dev.memoryrouter.retrieval.Progress;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Scored;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import dev.memoryrouter.tokens.TokenCounters;
import dev.memoryrouter.tokens.WordPieces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// How the index behaves as it grows: made-up banks of some sizes, each searched by short questions
/// on all cores, the embedding of the question included.
public final class ScaleBench {
  private static final IndexIdentity IDENTITY =
      new IndexIdentity(MiniLmEmbedder.MODEL, MiniLmEmbedder.DIMENSION, Chunker.VERSION);
  private static final int QUESTIONS = 500;
  private static final int WARM_UP = 200;
  private static final int QUESTION_LENGTH = 90; // characters, some 15 words
  private static final int EDITS = 10;
  private static final int NEIGHBOURS = 10;
  private static final int CANDIDATES = 100; // as a search asks for
  private static final int NEAREST_QUERIES = 20;
  private static final int INDEXED = 1_000; // sections

  private final MiniLmEmbedder model;
  private final SyntheticBank bank = new SyntheticBank(7);
  private final List<String> lines = new ArrayList<>();

  private ScaleBench(MiniLmEmbedder model) {
    this.model = model;
  }

  /// Arguments: the file to write, then the sizes in sections; 1,000, 10,000 and 100,000 if there
  /// are none.
  public static void main(String[] args) throws Exception {
    List<Integer> sizes = Stream.of(args).skip(1).map(Integer::valueOf).toList();
    try (MiniLmEmbedder model = MiniLmEmbedder.load();
        TemporaryFolder folder = TemporaryFolder.create("scale-bench")) {
      var bench = new ScaleBench(model);
      bench.head();
      for (int size : sizes.isEmpty() ? List.of(1_000, 10_000, 100_000) : sizes) {
        bench.size(folder.path().resolve("n" + size), size);
      }
      bench.indexing(folder.path());
      Path page = Path.of(args[0]);
      Files.writeString(page, String.join("\n", bench.lines) + "\n");
      System.out.println("Wrote " + page);
    }
  }

  private void head() {
    lines.add("# Benchmarks of scale\n");
    lines.add(
        "Written by `scripts/bench.sh --scale`: made-up sections of one chunk each; %d questions of some 15 words on %d threads, embedding included; the mean of %d edits of one section; how many of the %d nearest chunks of exact search are found.\n"
            .formatted(QUESTIONS, Runtime.getRuntime().availableProcessors(), EDITS, NEIGHBOURS));
    lines.add(
        "| sections | written, per second | search, median ms | search, 99 % ms | an edit, ms | recall@10 | heap, MB | files, MB |");
    lines.add("|---|---|---|---|---|---|---|---|");
  }

  private void size(Path folder, int sections) throws IOException {
    try (VectorStore store = LuceneVectorStore.open(folder, IDENTITY)) {
      double filling = seconds(() -> bank.fill(store, 0, sections));
      double editing =
          seconds(() -> {
            for (int i = 0; i < EDITS; i++) {
              bank.edit(store, i * (sections / EDITS));
            }
          });
      double[] millis = search(store);
      lines.add(
          "| %,d | %s | %s | %s | %s | %.3f | %s | %s |"
              .formatted(
                  sections,
                  Figures.format(sections / filling),
                  Figures.format(Figures.quantile(millis, 0.5)),
                  Figures.format(Figures.quantile(millis, 0.99)),
                  Figures.format(1000 * editing / EDITS),
                  recall(store, sections),
                  Figures.format(heap()),
                  Figures.format(bytes(folder) / 1e6)));
    }
  }

  private double[] search(VectorStore store) {
    var retriever =
        new Retriever(
            store, () -> Optional.of(model), TokenCounters.of("qwen"), new BankReader()::read);
    questions(WARM_UP).forEach(question -> millis(retriever, question));
    return questions(QUESTIONS).parallelStream()
        .mapToDouble(question -> millis(retriever, question))
        .toArray();
  }

  private List<String> questions(int count) {
    return IntStream.range(0, count).mapToObj(_ -> bank.prose(QUESTION_LENGTH)).toList();
  }

  private static double millis(Retriever retriever, String question) {
    long start = System.nanoTime();
    retriever.sections(SyntheticBank.BANK, question, 12);
    return (System.nanoTime() - start) / 1e6;
  }

  private double recall(VectorStore store, int sections) throws IOException {
    int found = 0;
    for (int i = 0; i < NEAREST_QUERIES; i++) {
      float[] query = bank.vector(sections + i);
      Set<String> near = ids(store.nearest(SyntheticBank.BANK.name(), query, CANDIDATES));
      near.retainAll(nearest(query, sections));
      found += near.size();
    }
    return (double) found / (NEAREST_QUERIES * NEIGHBOURS);
  }

  /// Ids of the nearest chunks, by comparing all.
  private Set<String> nearest(float[] query, int sections) {
    double[] cosines =
        IntStream.range(0, sections)
            .parallel()
            .mapToDouble(i -> dot(query, bank.vector(i)))
            .toArray();
    return IntStream.range(0, sections)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -cosines[i]))
        .limit(NEIGHBOURS)
        .map(i -> "s" + i + "#0")
        .collect(Collectors.toSet());
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static Set<String> ids(List<Scored> chunks) {
    Set<String> ids = new HashSet<>();
    chunks.stream().limit(NEIGHBOURS).forEach(scored -> ids.add(scored.chunk().id()));
    return ids;
  }

  /// What reading, cutting and storing add to the model's own time.
  private void indexing(Path folder) throws IOException {
    Path notes = Files.createDirectories(folder.resolve("notes"));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < INDEXED; i++) {
      text.append("## Section ").append(i).append("\n\n").append(bank.prose(500)).append("\n\n");
    }
    Files.writeString(notes.resolve("progress.md"), text);
    Bank indexed = new Bank("indexed", notes, null);
    Chunker chunker = new Chunker(WordPieces.miniLm());
    List<String> chunks =
        new BankReader()
            .read(indexed).sections().stream()
                .flatMap(section -> chunker.chunks(section).stream())
                .map(Chunk::embedded)
                .toList();
    model.embed(chunks.subList(0, chunks.size() / 4));
    double raw = seconds(() -> model.embed(chunks));
    try (VectorStore store = LuceneVectorStore.open(folder.resolve("indexed"), IDENTITY)) {
      var indexer =
          new Indexer(
              new BankReader()::read,
              chunker::chunks,
              EmbedderHandle.of(model),
              store,
              InstantSource.system());
      double whole = indexer.reindex(indexed, false, Progress.SILENT).seconds();
      lines.add(
          "\nIndexing %,d chunks from files takes %s s, the model alone %s s: %s %% more."
              .formatted(
                  chunks.size(),
                  Figures.format(whole),
                  Figures.format(raw),
                  Figures.format(100 * (whole / raw - 1))));
    }
  }

  private static double seconds(Work work) throws IOException {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }
}
