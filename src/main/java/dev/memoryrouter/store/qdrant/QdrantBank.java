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
import io.grpc.Deadline;
import io.qdrant.client.QueryFactory;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.BatchResult;
import io.qdrant.client.grpc.Points.QuantizationSearchParams;
import io.qdrant.client.grpc.Points.QueryBatchPoints;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.SearchParams;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  /// Whether an earlier change may have left something that is not valid.
  private boolean unfinished = true;

  private volatile @Nullable KnownWords known;

  // Guarded by this.
  private @Nullable Counting counting;

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
  }

  private PointAccess hasty() {
    return PointAccess.hasty(connection, settings.collection());
  }

  private PointAccess patient() {
    return PointAccess.patient(connection, settings.collection());
  }

  /// What is valid; empty if the bank has no index.
  Optional<Revision> revision(PointAccess where) throws IOException {
    return where
        .payload(Keys.bankPoint(name))
        .filter(payload -> payload.entrySet().containsAll(identity.entrySet()))
        .map(Revision::of);
  }

  Optional<Size> size() throws IOException {
    return revision(hasty()).map(Revision::size);
  }

  Map<String, SectionState> states() throws IOException {
    Map<String, SectionState> states = new HashMap<>();
    PointAccess points = patient();
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
    PointAccess points = hasty();
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
    PointAccess points = hasty();
    Optional<Revision> found = revision(points);
    if (found.isEmpty()) {
      return new Candidates(vector == null ? null : List.of(), new Matches(List.of(), 0));
    }
    Revision revision = found.get();
    QueryBatchPoints.Builder batch =
        QueryBatchPoints.newBuilder().setCollectionName(settings.collection());
    if (vector != null) {
      batch.addQueryPoints(
          question(revision, limit)
              .setUsing(Keys.MEANING)
              .setQuery(QueryFactory.nearest(vector))
              .setParams(params(revision)));
    }
    float ceiling = 0;
    if (query != null) {
      QueryWords asked = words(revision, points.deadline().get()).query(query);
      BankWords.Sparse sparse = BankWords.sparse(asked);
      ceiling = asked.ceiling();
      batch.addQueryPoints(
          question(revision, limit)
              .setUsing(Keys.WORDS)
              .setQuery(QueryFactory.nearest(sparse.values(), sparse.indices())));
    }
    List<BatchResult> results = points.query(batch.build());
    return new Candidates(
        vector == null ? null : scored(results.getFirst()),
        new Matches(query == null ? List.of() : scored(results.getLast()), ceiling));
  }

  private QueryPoints.Builder question(Revision revision, int limit) {
    return QueryPoints.newBuilder()
        .setCollectionName(settings.collection())
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
        change.clear() || valid.number() == 0 ? BankWords.none() : count(where, valid).words.copy();
    Revision next = new BankChange(where, name, valid, changing, change).write(identity);
    known = new KnownWords(where.collection(), next, changing);
    unfinished = false;
  }

  /// A change went to a collection under its own name, which is now read through the alias.
  void published() {
    KnownWords words = known;
    if (words != null) {
      known = new KnownWords(settings.collection(), words.revision, words.words);
    }
  }

  /// The words of what is valid. They are counted in the background, once for all who ask, so that
  /// a search of a large bank ends at its deadline and a later one finds them.
  private BankWords words(Revision revision, Deadline deadline) throws IOException {
    KnownWords words = known;
    if (words != null && words.isOf(settings.collection(), revision)) {
      return words.words;
    }
    try {
      long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
      return counting(revision).get(left, TimeUnit.NANOSECONDS).words;
    } catch (TimeoutException e) {
      throw new IOException("the words of the bank are still being counted in Qdrant", e);
    } catch (ExecutionException e) {
      throw new IOException("the words of the bank could not be counted in Qdrant", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the words of the bank were counted", e);
    }
  }

  private synchronized Future<KnownWords> counting(Revision revision) {
    Counting running = counting;
    if (running == null || running.words.isDone() || !running.revision.equals(revision)) {
      FutureTask<KnownWords> words = new FutureTask<>(() -> count(patient(), revision));
      Thread.ofVirtual().name("count-words").start(words);
      running = new Counting(revision, words);
      counting = running;
    }
    return running.words;
  }

  /// Reads all chunks of the bank once; afterwards changes keep the words up to date.
  private KnownWords count(PointAccess where, Revision revision) throws IOException {
    KnownWords words = known;
    if (words == null || !words.isOf(where.collection(), revision)) {
      BankWords counted = BankWords.none();
      Filter valid = Keys.visible(name, revision.number(), Keys.CHUNK_KIND);
      for (RetrievedPoint point :
          where.all(valid, List.of(Payloads.FILE, Payloads.HEADINGS, Payloads.TEXT), List.of())) {
        counted.add(ChunkWords.of(Payloads.chunk(point.getPayloadMap())));
      }
      words = new KnownWords(where.collection(), revision, counted);
      known = words;
    }
    return words;
  }

  private record Counting(Revision revision, Future<KnownWords> words) {}

  private record KnownWords(String collection, Revision revision, BankWords words) {
    boolean isOf(String where, Revision asked) {
      return collection.equals(where) && revision.equals(asked);
    }
  }
}
