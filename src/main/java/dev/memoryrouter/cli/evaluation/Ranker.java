package dev.memoryrouter.cli.evaluation;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.retrieval.SearchResult;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Scored;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Ranks sections, as shipped or by one thing alone.
final class Ranker {
  /// Chunks from which the sections of a single method are taken.
  private static final int CHUNKS = 200;

  private final VectorStore store;
  private final Retriever retriever;
  private final Embedder embedder;

  Ranker(VectorStore store, Retriever retriever, Embedder embedder) {
    this.store = store;
    this.retriever = retriever;
    this.embedder = embedder;
  }

  /// The best sections, at most [RankingScore#DEPTH].
  List<Place> rank(Bank bank, String query, RankingMethod method) throws IOException {
    return switch (method) {
      case FUSED -> fused(bank, query);
      case DENSE -> sections(store.nearest(bank.name(), embedder.embed(query), CHUNKS));
      case SPARSE -> sections(store.matching(bank.name(), query, CHUNKS).chunks());
    };
  }

  private List<Place> fused(Bank bank, String query) throws IOException {
    return switch (retriever.sections(bank, query, RankingScore.DEPTH)) {
      case SearchResult.Found found -> found.hits().stream().map(Place::of).toList();
      case SearchResult.NoIndex(_, String reason) -> throw new IOException(reason);
    };
  }

  /// Each section once, where its best chunk is.
  private static List<Place> sections(List<Scored> chunks) {
    Map<String, Place> sections = new LinkedHashMap<>();
    for (Scored scored : chunks) {
      sections.putIfAbsent(scored.chunk().sectionId(), Place.ofSection(scored.chunk()));
    }
    return sections.values().stream().limit(RankingScore.DEPTH).toList();
  }
}
