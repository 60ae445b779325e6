package dev.memoryrouter.store.qdrant;

import io.grpc.Deadline;
import io.qdrant.client.WithPayloadSelectorFactory;
import io.qdrant.client.WithVectorsSelectorFactory;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.BatchResult;
import io.qdrant.client.grpc.Points.CountPoints;
import io.qdrant.client.grpc.Points.DeletePayloadPoints;
import io.qdrant.client.grpc.Points.DeletePoints;
import io.qdrant.client.grpc.Points.GetPoints;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.PointsIdsList;
import io.qdrant.client.grpc.Points.PointsSelector;
import io.qdrant.client.grpc.Points.QueryBatchPoints;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScrollPoints;
import io.qdrant.client.grpc.Points.ScrollResponse;
import io.qdrant.client.grpc.Points.SetPayloadPoints;
import io.qdrant.client.grpc.Points.UpsertPoints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Reads and writes points of one collection, many at a time. Writes wait until they are done.
///
/// @param collection name or alias
/// @param deadline asked for each call
record PointAccess(QdrantConnection connection, String collection, Supplier<Deadline> deadline) {
  /// Points in one request: about a megabyte.
  private static final int BATCH = 256;

  /// Points in one answer.
  private static final int PAGE = 512;

  /// For work of any length: each call has its own deadline.
  static PointAccess patient(QdrantConnection connection, String collection) {
    return new PointAccess(connection, collection, QdrantConnection::bulkDeadline);
  }

  /// For a search that begins now: all calls share one deadline.
  static PointAccess hasty(QdrantConnection connection, String collection) {
    Deadline deadline = connection.searchDeadline();
    return new PointAccess(connection, collection, () -> deadline);
  }

  /// The payload of a point; empty if it or the collection is not there.
  Optional<Map<String, Value>> payload(PointId id) throws IOException {
    GetPoints request =
        GetPoints.newBuilder()
            .setCollectionName(collection)
            .addIds(id)
            .setWithPayload(WithPayloadSelectorFactory.enable(true))
            .build();
    try {
      return connection.points(deadline.get(), stub -> stub.get(request)).getResultList().stream()
          .findFirst()
          .map(RetrievedPoint::getPayloadMap);
    } catch (QdrantFailure e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  List<BatchResult> query(QueryBatchPoints request) throws IOException {
    return connection.points(deadline.get(), stub -> stub.queryBatch(request)).getResultList();
  }

  /// All points that a filter lets through.
  ///
  /// @param payload keys that are wanted; empty for all
  /// @param vectors names that are wanted
  List<RetrievedPoint> all(Filter filter, List<String> payload, List<String> vectors)
      throws IOException {
    ScrollPoints.Builder request =
        ScrollPoints.newBuilder()
            .setCollectionName(collection)
            .setFilter(filter)
            .setLimit(PAGE)
            .setWithPayload(
                payload.isEmpty()
                    ? WithPayloadSelectorFactory.enable(true)
                    : WithPayloadSelectorFactory.include(payload))
            .setWithVectors(
                vectors.isEmpty()
                    ? WithVectorsSelectorFactory.enable(false)
                    : WithVectorsSelectorFactory.include(vectors));
    List<RetrievedPoint> points = new ArrayList<>();
    boolean more = true;
    while (more) {
      ScrollResponse page = connection.points(deadline.get(), stub -> stub.scroll(request.build()));
      points.addAll(page.getResultList());
      more = page.hasNextPageOffset();
      request.setOffset(page.getNextPageOffset());
    }
    return points;
  }

  int count(Filter filter) throws IOException {
    CountPoints request =
        CountPoints.newBuilder()
            .setCollectionName(collection)
            .setFilter(filter)
            .setExact(true)
            .build();
    return (int)
        connection.points(deadline.get(), stub -> stub.count(request)).getResult().getCount();
  }

  void upsert(List<PointStruct> points) throws IOException {
    for (List<PointStruct> batch : batches(points)) {
      UpsertPoints request =
          UpsertPoints.newBuilder()
              .setCollectionName(collection)
              .setWait(true)
              .addAllPoints(batch)
              .build();
      connection.points(deadline.get(), stub -> stub.upsert(request));
    }
  }

  void setPayload(List<PointId> points, Map<String, Value> payload) throws IOException {
    for (List<PointId> batch : batches(points)) {
      PointsSelector selector =
          PointsSelector.newBuilder()
              .setPoints(PointsIdsList.newBuilder().addAllIds(batch))
              .build();
      SetPayloadPoints request =
          SetPayloadPoints.newBuilder()
              .setCollectionName(collection)
              .setWait(true)
              .putAllPayload(payload)
              .setPointsSelector(selector)
              .build();
      connection.points(deadline.get(), stub -> stub.setPayload(request));
    }
  }

  void delete(Filter filter) throws IOException {
    DeletePoints request =
        DeletePoints.newBuilder()
            .setCollectionName(collection)
            .setWait(true)
            .setPoints(PointsSelector.newBuilder().setFilter(filter))
            .build();
    connection.points(deadline.get(), stub -> stub.delete(request));
  }

  void deletePayload(Filter filter, String key) throws IOException {
    DeletePayloadPoints request =
        DeletePayloadPoints.newBuilder()
            .setCollectionName(collection)
            .setWait(true)
            .addKeys(key)
            .setPointsSelector(PointsSelector.newBuilder().setFilter(filter))
            .build();
    connection.points(deadline.get(), stub -> stub.deletePayload(request));
  }

  static <T> List<List<T>> batches(List<T> all) {
    List<List<T>> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += BATCH) {
      batches.add(all.subList(from, Math.min(all.size(), from + BATCH)));
    }
    return batches;
  }
}
