package dev.memoryrouter.store.qdrant;

import static io.qdrant.client.ConditionFactory.hasVector;
import static io.qdrant.client.ValueFactory.value;

import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Embedded;
import dev.memoryrouter.store.VectorStore.Size;
import dev.memoryrouter.store.lucene.ChunkWords;
import io.qdrant.client.VectorFactory;
import io.qdrant.client.VectorOutputHelper;
import io.qdrant.client.VectorsFactory;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.Vector;
import io.qdrant.client.grpc.Points.VectorOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes one change of one bank: new points beside the valid ones, then marks on those that leave,
/// then the bank's own point, which makes all of it valid at once. Points that left stay until the
/// next change, for searches that began before.
final class BankChange {
  private final PointAccess points;
  private final String bank;
  private final Revision old;
  private final BankWords words;
  private final Change change;
  private final long next;
  private final Set<PointId> leaving = new HashSet<>();
  private final Map<String, float[]> keptVectors = new HashMap<>();

  /// @param old what is valid
  /// @param words of what is valid; they become those of the change
  BankChange(PointAccess points, String bank, Revision old, BankWords words, Change change) {
    this.points = points;
    this.bank = bank;
    this.old = old;
    this.words = words;
    this.change = change;
    this.next = old.number() + 1;
  }

  /// Removes what a change left that was never finished.
  static void recover(PointAccess points, String bank, Revision valid) throws IOException {
    points.delete(Keys.addedAfter(bank, valid.number()));
    points.deletePayload(Keys.removedAfter(bank, valid.number()), Keys.REMOVED);
  }

  /// Does all of it.
  ///
  /// @param identity goes into the bank's own point
  /// @return what is valid now
  Revision write(Map<String, Value> identity) throws IOException {
    points.delete(Keys.removedUpTo(bank, old.number()));
    findLeaving();
    List<Arriving> arriving = new ArrayList<>(arriving());
    arriving.forEach(chunk -> words.add(chunk.words));
    double average = old.averageLength();
    if (old.isFar(words.averageLength())) {
      average = words.averageLength();
      arriving.addAll(staying());
    }
    upsert(arriving, average);
    points.setPayload(List.copyOf(leaving), Map.of(Keys.REMOVED, value(next)));
    Revision revision = new Revision(next, size(), average);
    points.upsert(
        List.of(
            PointStruct.newBuilder()
                .setId(Keys.bankPoint(bank))
                .setVectors(VectorsFactory.namedVectors(Map.of()))
                .putAllPayload(revision.payload(bank))
                .putAllPayload(identity)
                .build()));
    return revision;
  }

  private void findLeaving() throws IOException {
    if (change.clear()) {
      for (String kind : List.of(Keys.CHUNK_KIND, Keys.SECTION_KIND)) {
        Filter all = Keys.visible(bank, old.number(), kind);
        points.all(all, List.of(Keys.KIND), List.of()).forEach(point -> leaving.add(point.getId()));
      }
      return;
    }
    Set<String> replaced = new HashSet<>();
    change.added().forEach(chunk -> replaced.add(chunk.chunk().id()));
    change.moved().forEach(chunk -> replaced.add(chunk.id()));
    for (RetrievedPoint point : oldPoints(Keys.CHUNK_KIND, sectionsOfChunks())) {
      Map<String, Value> payload = point.getPayloadMap();
      if (change.removedSections().contains(Payloads.section(payload))
          || replaced.contains(Payloads.chunkId(payload))) {
        leave(point);
      }
    }
    Set<String> sections = new HashSet<>(change.removedSections());
    change.sections().forEach(section -> sections.add(section.id()));
    oldPoints(Keys.SECTION_KIND, sections).forEach(point -> leaving.add(point.getId()));
  }

  private void leave(RetrievedPoint chunk) {
    leaving.add(chunk.getId());
    words.remove(ChunkWords.of(Payloads.chunk(chunk.getPayloadMap())));
    float[] vector = meaning(chunk);
    if (vector != null) {
      keptVectors.put(Payloads.chunkId(chunk.getPayloadMap()), vector);
    }
  }

  private static float @Nullable [] meaning(RetrievedPoint chunk) {
    VectorOutput vector = chunk.getVectors().getVectors().getVectorsMap().get(Keys.MEANING);
    if (vector == null) {
      return null;
    }
    List<Float> values = VectorOutputHelper.getDenseVector(vector).getDataList();
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }

  private Set<String> sectionsOfChunks() {
    Set<String> sections = new HashSet<>(change.removedSections());
    change.added().forEach(chunk -> sections.add(chunk.chunk().sectionId()));
    change.moved().forEach(chunk -> sections.add(chunk.sectionId()));
    return sections;
  }

  private List<RetrievedPoint> oldPoints(String kind, Set<String> sections) throws IOException {
    List<String> vectors = change.moved().isEmpty() ? List.of() : List.of(Keys.MEANING);
    List<RetrievedPoint> found = new ArrayList<>();
    for (List<String> batch : PointAccess.batches(List.copyOf(sections))) {
      found.addAll(points.all(Keys.visible(bank, old.number(), kind, batch), List.of(), vectors));
    }
    return found;
  }

  /// Chunks that come, and those that stay but for their lines.
  private List<Arriving> arriving() {
    Map<String, Arriving> arriving = new LinkedHashMap<>();
    for (ChunkRecord chunk : change.moved()) {
      arriving.put(chunk.id(), new Arriving(chunk, keptVectors.get(chunk.id())));
    }
    for (Embedded chunk : change.added()) {
      arriving.put(chunk.chunk().id(), new Arriving(chunk.chunk(), chunk.vector()));
    }
    return List.copyOf(arriving.values());
  }

  /// Chunks that stay come anew for another mean length. Their valid points are not touched: a
  /// search in between, or a kill, would meet values of both.
  private List<Arriving> staying() throws IOException {
    Filter valid = Keys.visible(bank, old.number(), Keys.CHUNK_KIND);
    List<Arriving> staying = new ArrayList<>();
    for (RetrievedPoint point : points.all(valid, List.of(), List.of(Keys.MEANING))) {
      if (leaving.add(point.getId())) {
        staying.add(new Arriving(Payloads.chunk(point.getPayloadMap()), meaning(point)));
      }
    }
    return staying;
  }

  private void upsert(List<Arriving> arriving, double average) throws IOException {
    List<PointStruct> structs = new ArrayList<>();
    for (Arriving chunk : arriving) {
      structs.add(
          struct(Keys.CHUNK_KIND, chunk.chunk.id(), Payloads.of(chunk.chunk))
              .setVectors(VectorsFactory.namedVectors(chunk.vectors(average)))
              .build());
    }
    for (SectionRecord section : change.sections()) {
      structs.add(
          struct(Keys.SECTION_KIND, section.id(), Payloads.of(section))
              .setVectors(VectorsFactory.namedVectors(Map.of()))
              .build());
    }
    points.upsert(structs);
  }

  private PointStruct.Builder struct(String kind, String id, Map<String, Value> payload) {
    return PointStruct.newBuilder()
        .setId(Keys.point(kind, bank, id, next))
        .putAllPayload(payload)
        .putPayload(Keys.BANK, value(bank))
        .putPayload(Keys.ADDED, value(next));
  }

  private Size size() throws IOException {
    Filter chunks = Keys.visible(bank, next, Keys.CHUNK_KIND);
    return new Size(
        points.count(Keys.visible(bank, next, Keys.SECTION_KIND)),
        points.count(chunks),
        points.count(chunks.toBuilder().addMust(hasVector(Keys.MEANING)).build()));
  }

  private static final class Arriving {
    private final ChunkRecord chunk;
    private final float @Nullable [] vector;
    private final ChunkWords words;

    Arriving(ChunkRecord chunk, float @Nullable [] vector) {
      this.chunk = chunk;
      this.vector = vector;
      this.words = ChunkWords.of(chunk);
    }

    Map<String, Vector> vectors(double average) {
      Map<String, Vector> vectors = new HashMap<>();
      vectors.put(Keys.WORDS, BankWords.sparse(words, average).vector());
      if (vector != null) {
        vectors.put(Keys.MEANING, VectorFactory.vector(vector));
      }
      return vectors;
    }
  }
}
