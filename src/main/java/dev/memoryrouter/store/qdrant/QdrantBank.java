package dev.memoryrouter.store.qdrant;

import dev.memoryrouter.store.QdrantSettings;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore.Candidates;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Matches;
import dev.memoryrouter.store.VectorStore.Scored;
import dev.memoryrouter.store.VectorStore.SectionState;
import dev.memoryrouter.store.VectorStore.Size;
import dev.memoryrouter.store.lucene.ChunkWords;
import dev.memoryrouter.store.lucene.QueryWords;
import io.qdrant.client.QueryFactory;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.BatchResult;
import io.qdrant.client.grpc.Points.QuantizationSearchParams;
import io.qdrant.client.grpc.Points.QueryBatchPoints;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.SearchParams;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One bank in the shared collection. Each answer is of one revision.
final class QdrantBank {
  /// Equal scores come in no order from the server.
  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble(Scored::score)
          .reversed()
          .thenComparing(scored -> scored.chunk().id());

  private final QdrantConnection connection;
  private final QdrantSettings settings;
  private final String name;
  private final Map<String, Value> identity;
  private final PointAccess points;

  /// Whether an earlier change may have left something that is not valid.
  private boolean unfinished = true;

  private volatile @Nullable KnownWords known;

  /// @param identity what the bank's own point must say, or it is another one's
  QdrantBank(
      QdrantConnection connection,
      QdrantSettings settings,
      String name,
      Map<String, Value> identity) {
    this.connection = connection;
    this.settings = settings;
    this.name = name;
    this.identity = identity;
    this.points = new PointAccess(connection, settings.collection());
  }

  /// What is valid; empty if the bank has no index.
  Optional<Revision> revision(PointAccess where) throws IOException {
    return where
        .payload(Keys.bankPoint(name))
        .filter(payload -> payload.entrySet().containsAll(identity.entrySet()))
        .map(Revision::of);
  }

  Optional<Size> size() throws IOException {
    return revision(points).map(Revision::size);
  }

  Map<String, SectionState> states() throws IOException {
    Map<String, SectionState> states = new HashMap<>();
    Optional<Revision> revision = revision(points);
    if (revision.isPresent()) {
      points
          .all(
              Keys.visible(name, revision.get().number(), Keys.SECTION_KIND),
              Payloads.STATE,
              List.of())
          .forEach(point ->
              states.put(
                  Payloads.section(point.getPayloadMap()), Payloads.state(point.getPayloadMap())));
    }
    return states;
  }

  Map<String, SectionRecord> sections(Set<String> ids) throws IOException {
    Map<String, SectionRecord> sections = new HashMap<>();
    Optional<Revision> revision = revision(points);
    if (revision.isPresent() && !ids.isEmpty()) {
      points
          .all(
              Keys.visible(name, revision.get().number(), Keys.SECTION_KIND, ids),
              List.of(),
              List.of())
          .forEach(point -> {
            SectionRecord section = Payloads.sectionRecord(point.getPayloadMap());
            sections.put(section.id(), section);
          });
    }
    return sections;
  }

  /// @param vector null if only words are asked for
  /// @param query null if only meaning is asked for
  Candidates candidates(float @Nullable [] vector, @Nullable String query, int limit)
      throws IOException {
    Optional<Revision> found = revision(points);
    if (found.isEmpty()) {
      return new Candidates(vector == null ? null : List.of(), new Matches(List.of(), 0));
    }
    Revision revision = found.get();
    QueryBatchPoints.Builder batch =
        QueryBatchPoints.newBuilder().setCollectionName(points.collection());
    if (vector != null) {
      batch.addQueryPoints(
          question(revision, limit)
              .setUsing(Keys.MEANING)
              .setQuery(QueryFactory.nearest(vector))
              .setParams(params(revision)));
    }
    float ceiling = 0;
    if (query != null) {
      QueryWords asked = words(revision).query(query);
      BankWords.Sparse sparse = BankWords.sparse(asked);
      ceiling = asked.ceiling();
      batch.addQueryPoints(
          question(revision, limit)
              .setUsing(Keys.WORDS)
              .setQuery(QueryFactory.nearest(sparse.values(), sparse.indices())));
    }
    List<BatchResult> results =
        connection.read(stub -> stub.queryBatch(batch.build())).getResultList();
    return new Candidates(
        vector == null ? null : scored(results.getFirst()),
        new Matches(query == null ? List.of() : scored(results.getLast()), ceiling));
  }

  private QueryPoints.Builder question(Revision revision, int limit) {
    return QueryPoints.newBuilder()
        .setCollectionName(points.collection())
        .setFilter(Keys.visible(name, revision.number(), Keys.CHUNK_KIND))
        .setLimit(limit)
        .setWithPayload(WithPayloadSelectorFactory.enable(true));
  }

  private SearchParams params(Revision revision) {
    if (revision.size().chunks() <= settings.exactLimit()) {
      return SearchParams.newBuilder().setExact(true).build();
    }
    return SearchParams.newBuilder()
        .setHnswEf(settings.hnswSearchBreadth())
        .setQuantization(QuantizationSearchParams.newBuilder().setRescore(true))
        .build();
  }

  private static List<Scored> scored(BatchResult result) {
    return result.getResultList().stream()
        .map(point -> new Scored(Payloads.chunk(point.getPayloadMap()), point.getScore()))
        .sorted(BEST_FIRST)
        .toList();
  }

  /// Writes a change; one at a time.
  ///
  /// @param where the collection to write to, which may not be readable yet
  void apply(PointAccess where, Change change) throws IOException {
    Revision valid = revision(where).orElse(Revision.NONE);
    if (unfinished) {
      BankChange.recover(where, name, valid);
    }
    unfinished = true;
    BankWords changing =
        change.clear() || valid.number() == 0 ? BankWords.none() : words(where, valid).words.copy();
    Revision next = new BankChange(where, name, valid, changing, change).write(identity);
    known = new KnownWords(where.collection(), next, changing);
    unfinished = false;
  }

  /// A change went to a collection under its own name, which is now read through the alias.
  void published() {
    KnownWords words = known;
    if (words != null) {
      known = new KnownWords(points.collection(), words.revision, words.words);
    }
  }

  private BankWords words(Revision revision) throws IOException {
    return words(points, revision).words;
  }

  /// Reads all chunks of the bank once; afterwards changes keep the words up to date.
  private KnownWords words(PointAccess where, Revision revision) throws IOException {
    KnownWords words = known;
    if (words == null || !words.isOf(where.collection(), revision)) {
      BankWords counted = BankWords.none();
      for (RetrievedPoint point : words(where, name, revision)) {
        counted.add(ChunkWords.of(Payloads.chunk(point.getPayloadMap())));
      }
      words = new KnownWords(where.collection(), revision, counted);
      known = words;
    }
    return words;
  }

  /// All valid chunks with what their words are counted from.
  static List<RetrievedPoint> words(PointAccess where, String bank, Revision revision)
      throws IOException {
    return new ArrayList<>(
        where.all(
            Keys.visible(bank, revision.number(), Keys.CHUNK_KIND),
            List.of(Payloads.FILE, Payloads.HEADINGS, Payloads.TEXT),
            List.of()));
  }

  private record KnownWords(String collection, Revision revision, BankWords words) {
    boolean isOf(String where, Revision asked) {
      return collection.equals(where) && revision.equals(asked);
    }
  }
}
