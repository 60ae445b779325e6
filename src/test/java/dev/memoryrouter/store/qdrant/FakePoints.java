package dev.memoryrouter.store.qdrant;

import dev.memoryrouter.store.qdrant.FakeCollection.FakePoint;
import io.grpc.stub.StreamObserver;
import io.qdrant.client.PointIdFactory;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.BatchResult;
import io.qdrant.client.grpc.Points.CountPoints;
import io.qdrant.client.grpc.Points.CountResponse;
import io.qdrant.client.grpc.Points.CountResult;
import io.qdrant.client.grpc.Points.CreateFieldIndexCollection;
import io.qdrant.client.grpc.Points.DeletePayloadPoints;
import io.qdrant.client.grpc.Points.DeletePoints;
import io.qdrant.client.grpc.Points.DenseVector;
import io.qdrant.client.grpc.Points.GetPoints;
import io.qdrant.client.grpc.Points.GetResponse;
import io.qdrant.client.grpc.Points.NamedVectorsOutput;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.PointsOperationResponse;
import io.qdrant.client.grpc.Points.QueryBatchPoints;
import io.qdrant.client.grpc.Points.QueryBatchResponse;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScoredPoint;
import io.qdrant.client.grpc.Points.ScrollPoints;
import io.qdrant.client.grpc.Points.ScrollResponse;
import io.qdrant.client.grpc.Points.SetPayloadPoints;
import io.qdrant.client.grpc.Points.UpsertPoints;
import io.qdrant.client.grpc.Points.VectorOutput;
import io.qdrant.client.grpc.Points.VectorsOutput;
import io.qdrant.client.grpc.Points.WithPayloadSelector;
import io.qdrant.client.grpc.Points.WithVectorsSelector;
import io.qdrant.client.grpc.PointsGrpc.PointsImplBase;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;

/// The points of the stand-in.
final class FakePoints extends PointsImplBase {
  private final FakeQdrant server;

  FakePoints(FakeQdrant server) {
    this.server = server;
  }

  private void change(
      String call,
      String collection,
      StreamObserver<PointsOperationResponse> answer,
      Consumer<FakeCollection> work) {
    server.write(
        call,
        answer,
        () -> {
          work.accept(server.collection(collection));
          return PointsOperationResponse.getDefaultInstance();
        });
  }

  @Override
  public void upsert(UpsertPoints request, StreamObserver<PointsOperationResponse> answer) {
    change(
        "upsert",
        request.getCollectionName(),
        answer,
        collection -> {
          for (PointStruct point : request.getPointsList()) {
            collection.upsert(point);
          }
        });
  }

  @Override
  public void delete(DeletePoints request, StreamObserver<PointsOperationResponse> answer) {
    change(
        "delete",
        request.getCollectionName(),
        answer,
        collection -> collection.delete(request.getPoints()));
  }

  @Override
  public void setPayload(SetPayloadPoints request, StreamObserver<PointsOperationResponse> answer) {
    change(
        "setPayload",
        request.getCollectionName(),
        answer,
        collection -> collection.setPayload(request.getPointsSelector(), request.getPayloadMap()));
  }

  @Override
  public void deletePayload(
      DeletePayloadPoints request, StreamObserver<PointsOperationResponse> answer) {
    change(
        "deletePayload",
        request.getCollectionName(),
        answer,
        collection -> collection.deletePayload(request.getPointsSelector(), request.getKeysList()));
  }

  @Override
  public void createFieldIndex(
      CreateFieldIndexCollection request, StreamObserver<PointsOperationResponse> answer) {
    change(
        "createFieldIndex",
        request.getCollectionName(),
        answer,
        collection ->
            collection
                .indexes()
                .put(request.getFieldName(), request.getFieldIndexParams().toString()));
  }

  @Override
  public void get(GetPoints request, StreamObserver<GetResponse> answer) {
    server.read(
        "get",
        answer,
        () -> {
          FakeCollection collection = server.collection(request.getCollectionName());
          GetResponse.Builder found = GetResponse.newBuilder();
          request
              .getIdsList()
              .forEach(id -> {
                FakePoint point = collection.get(id);
                if (point != null) {
                  found.addResult(
                      RetrievedPoint.newBuilder()
                          .setId(id)
                          .putAllPayload(payload(point, request.getWithPayload())));
                }
              });
          return found.build();
        });
  }

  @Override
  public void scroll(ScrollPoints request, StreamObserver<ScrollResponse> answer) {
    server.read(
        "scroll",
        answer,
        () -> {
          FakeCollection collection = server.collection(request.getCollectionName());
          Iterator<Map.Entry<String, FakePoint>> found =
              collection
                  .matching(request.getFilter())
                  .tailMap(request.getOffset().getUuid(), true)
                  .entrySet()
                  .iterator();
          ScrollResponse.Builder page = ScrollResponse.newBuilder();
          while (found.hasNext() && page.getResultCount() < request.getLimit()) {
            Map.Entry<String, FakePoint> entry = found.next();
            page.addResult(
                RetrievedPoint.newBuilder()
                    .setId(PointIdFactory.id(UUID.fromString(entry.getKey())))
                    .putAllPayload(payload(entry.getValue(), request.getWithPayload()))
                    .setVectors(vectors(entry.getValue(), request.getWithVectors())));
          }
          if (found.hasNext()) {
            page.setNextPageOffset(PointIdFactory.id(UUID.fromString(found.next().getKey())));
          }
          return page.build();
        });
  }

  @Override
  public void count(CountPoints request, StreamObserver<CountResponse> answer) {
    server.read(
        "count",
        answer,
        () -> {
          FakeCollection collection = server.collection(request.getCollectionName());
          int count = collection.matching(request.getFilter()).size();
          return CountResponse.newBuilder()
              .setResult(CountResult.newBuilder().setCount(count))
              .build();
        });
  }

  @Override
  public void queryBatch(QueryBatchPoints request, StreamObserver<QueryBatchResponse> answer) {
    server.read(
        "queryBatch",
        answer,
        () -> {
          FakeCollection collection = server.collection(request.getCollectionName());
          QueryBatchResponse.Builder results = QueryBatchResponse.newBuilder();
          request
              .getQueryPointsList()
              .forEach(query -> results.addResult(result(collection, query)));
          return results.build();
        });
  }

  private static BatchResult result(FakeCollection collection, QueryPoints query) {
    BatchResult.Builder result = BatchResult.newBuilder();
    collection
        .query(query)
        .forEach(scored -> {
          var id = PointIdFactory.id(UUID.fromString(scored.getKey()));
          result.addResult(
              ScoredPoint.newBuilder()
                  .setId(id)
                  .setScore(scored.getValue())
                  .putAllPayload(
                      payload(Objects.requireNonNull(collection.get(id)), query.getWithPayload())));
        });
    return result.build();
  }

  private static Map<String, Value> payload(FakePoint point, WithPayloadSelector wanted) {
    Map<String, Value> payload = new HashMap<>(point.payload);
    if (wanted.hasInclude()) {
      payload.keySet().retainAll(wanted.getInclude().getFieldsList());
    } else if (!wanted.getEnable()) {
      payload.clear();
    }
    return payload;
  }

  private static VectorsOutput vectors(FakePoint point, WithVectorsSelector wanted) {
    NamedVectorsOutput.Builder named = NamedVectorsOutput.newBuilder();
    for (String name : wanted.getInclude().getNamesList()) {
      float[] vector = point.dense.get(name);
      if (vector != null) {
        named.putVectors(name, dense(vector));
      }
    }
    return VectorsOutput.newBuilder().setVectors(named).build();
  }

  private static VectorOutput dense(float[] vector) {
    DenseVector.Builder dense = DenseVector.newBuilder();
    for (float value : vector) {
      dense.addData(value);
    }
    return VectorOutput.newBuilder().setDense(dense).build();
  }
}
