package dev.memoryrouter.retrieval;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankContents;
import dev.memoryrouter.memory.BankContents.MemoryFile;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.retrieval.Fusion.Ranked;
import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Candidates;
import dev.memoryrouter.tokens.TokenCounter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds what a bank says about a question, by meaning and by words. Thread-safe. Without an
/// embedder it goes by words and says so; it throws only for arguments that make no sense.
public final class Retriever {
  /// Score of the best hit below which a bank most likely knows nothing about a question; the
  /// shipped `memory.min-score`.
  ///
  /// On the development banks it costs 2 % of recall@5, leaves 3 % of the answerable questions
  /// without any section, and 54 % of the questions to a wrong bank. `docs/benchmarks.md` has other
  /// values, `docs/decisions.md` the reasons.
  public static final double DEFAULT_MIN_SCORE = 0.16;

  private static final Logger LOG = LoggerFactory.getLogger(Retriever.class);

  /// Chunks that are looked at from each of the two lists.
  private static final int CANDIDATES = 100;

  private final VectorStore store;
  private final Supplier<Optional<Embedder>> embedder;
  private final TokenCounter counter;
  private final Function<Bank, BankContents> reader;

  /// A retriever over one store.
  ///
  /// @param embedder empty while there is none
  /// @param counter of the hits' tokens
  /// @param reader what a bank's core files say now; others are left out
  public Retriever(
      VectorStore store,
      Supplier<Optional<Embedder>> embedder,
      TokenCounter counter,
      Function<Bank, BankContents> reader) {
    this.store = store;
    this.embedder = embedder;
    this.counter = counter;
    this.reader = reader;
  }

  /// The best chunks for a query of any length. Several may come from one section.
  ///
  /// @throws IllegalArgumentException for a blank query or a limit below 1
  public SearchResult search(Bank bank, String query, int limit) {
    return find(bank, query, limit, ranked -> chunks(bank, ranked, limit));
  }

  /// The best sections for a query of any length, each as a whole and once.
  ///
  /// @throws IllegalArgumentException for a blank query or a limit below 1
  public SearchResult sections(Bank bank, String query, int limit) {
    return find(bank, query, limit, ranked -> wholeSections(bank, ranked, limit));
  }

  /// Sections of the bank's core files as they are on disk, in their canonical order.
  public List<Section> coreSections(Bank bank) {
    return reader.apply(bank).files().stream()
        .filter(MemoryFile::core)
        .flatMap(file -> file.sections().stream())
        .toList();
  }

  private SearchResult find(Bank bank, String query, int limit, Selection selection) {
    if (query.isBlank()) {
      throw new IllegalArgumentException("the query is blank");
    }
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, but is " + limit);
    }
    try {
      if (store.size(bank.name()).isEmpty()) {
        return new SearchResult.NoIndex(bank.name(), noIndexReason(bank));
      }
      QueryVector vector = vector(query);
      int candidates = Math.max(CANDIDATES, limit);
      Candidates found = store.candidates(bank.name(), vector.values, query, candidates);
      return new SearchResult.Found(
          selection.hits(Fusion.fuse(found.near(), found.matches(), SectionPrior.of(query))),
          vector.missing);
    } catch (IOException e) {
      LOG.warn("bank {}: the index cannot be read", bank.name(), e);
      return new SearchResult.NoIndex(
          bank.name(), "the index of bank " + bank.name() + " cannot be read: " + e.getMessage());
    }
  }

  private String noIndexReason(Bank bank) {
    return store
        .problem(bank.name())
        .orElse("bank " + bank.name() + " has no index yet; it is built at start or by reindex");
  }

  private QueryVector vector(String query) {
    Optional<Embedder> ready = embedder.get();
    if (ready.isEmpty()) {
      return new QueryVector(null, "no-embedder");
    }
    try {
      return new QueryVector(ready.get().embed(QueryText.forMeaning(query)), null);
    } catch (EmbeddingException e) {
      LOG.warn("search goes by words only", e);
      return new QueryVector(null, "embedding-failed");
    }
  }

  private List<Hit> chunks(Bank bank, List<Ranked> ranked, int limit) {
    return ranked.stream().limit(limit).map(hit -> hit(bank, hit)).toList();
  }

  private Hit hit(Bank bank, Ranked ranked) {
    ChunkRecord chunk = ranked.chunk();
    return new Hit(
        bank.name(),
        chunk.file(),
        chunk.heading(),
        chunk.headingPath(),
        chunk.startLine(),
        chunk.endLine(),
        ranked.score(),
        counter.count(chunk.text()),
        chunk.text());
  }

  private List<Hit> wholeSections(Bank bank, List<Ranked> ranked, int limit) throws IOException {
    Map<String, Double> scores = new LinkedHashMap<>();
    for (Ranked chunk : ranked) {
      if (scores.size() < limit) {
        scores.putIfAbsent(chunk.chunk().sectionId(), chunk.score());
      }
    }
    Map<String, SectionRecord> sections = store.sections(bank.name(), scores.keySet());
    List<Hit> hits = new ArrayList<>();
    scores.forEach((id, score) -> {
      SectionRecord section = sections.get(id);
      // A change between the two looks into the store may have removed it.
      if (section != null) {
        hits.add(hit(bank, section, score));
      }
    });
    return hits;
  }

  private Hit hit(Bank bank, SectionRecord section, double score) {
    return new Hit(
        bank.name(),
        section.file(),
        section.heading(),
        section.headingPath(),
        section.startLine(),
        section.endLine(),
        score,
        counter.count(section.text()),
        section.text());
  }

  @FunctionalInterface
  private interface Selection {
    List<Hit> hits(List<Ranked> ranked) throws IOException;
  }

  /// A vector, or why there is none; exactly one of the two is null.
  private static final class QueryVector {
    private final float @Nullable [] values;
    private final @Nullable String missing;

    QueryVector(float @Nullable [] values, @Nullable String missing) {
      this.values = values;
      this.missing = missing;
    }
  }
}
