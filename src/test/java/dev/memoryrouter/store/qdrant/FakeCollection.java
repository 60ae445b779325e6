package dev.memoryrouter.store.qdrant;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Common.Condition;
import io.qdrant.client.grpc.Common.FieldCondition;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.Match;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.Common.Range;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.PointsSelector;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.Vector;
import io.qdrant.client.grpc.Points.VectorInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A collection as Qdrant keeps it, compared one by one.
final class FakeCollection {
  private final CreateCollection definition;
  private final Map<String, String> indexes = new LinkedHashMap<>();
  private final TreeMap<String, FakePoint> points = new TreeMap<>();

  FakeCollection(CreateCollection definition) {
    this.definition = definition;
  }

  CreateCollection definition() {
    return definition;
  }

  /// Payload indexes by field.
  Map<String, String> indexes() {
    return indexes;
  }

  void upsert(PointStruct struct) {
    FakePoint point = new FakePoint(struct.getPayloadMap());
    struct
        .getVectors()
        .getVectors()
        .getVectorsMap()
        .forEach((name, vector) -> put(point, name, vector));
    points.put(key(struct.getId()), point);
  }

  private void put(FakePoint point, String name, Vector vector) {
    if (definition.getSparseVectorsConfig().containsMap(name)) {
      point.sparse.put(
          name, sparse(vector.getSparse().getIndicesList(), vector.getSparse().getValuesList()));
    } else {
      point.dense.put(name, dense(name, vector.getDense().getDataList()));
    }
  }

  private static Map<Integer, Float> sparse(List<Integer> indices, List<Float> values) {
    Map<Integer, Float> sparse = new HashMap<>();
    for (int i = 0; i < indices.size(); i++) {
      if (sparse.put(indices.get(i), values.get(i)) != null) {
        throw failure(Status.INVALID_ARGUMENT, "Validation error: indices must be unique");
      }
    }
    return sparse;
  }

  /// Cosine is the dot product of unit vectors; the server makes them so when they come in.
  private float[] dense(String name, List<Float> data) {
    var params = definition.getVectorsConfig().getParamsMap().getMapMap().get(name);
    if (params == null) {
      throw failure(
          Status.INVALID_ARGUMENT, "Wrong input: Not existing vector name error: " + name);
    }
    if (data.size() != params.getSize()) {
      throw failure(
          Status.INVALID_ARGUMENT,
          "Wrong input: Vector dimension error: expected dim: "
              + params.getSize()
              + ", got "
              + data.size());
    }
    double squares = 0;
    for (float value : data) {
      squares += (double) value * value;
    }
    float[] unit = new float[data.size()];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (squares == 0 ? 0 : data.get(i) / Math.sqrt(squares));
    }
    return unit;
  }

  void delete(PointsSelector selector) {
    selected(selector).forEach(points::remove);
  }

  void setPayload(PointsSelector selector, Map<String, Value> payload) {
    selected(selector).forEach(id -> point(id).payload.putAll(payload));
  }

  void deletePayload(PointsSelector selector, List<String> keys) {
    selected(selector).forEach(id -> point(id).payload.keySet().removeAll(keys));
  }

  private FakePoint point(String id) {
    return Objects.requireNonNull(points.get(id), id);
  }

  private Set<String> selected(PointsSelector selector) {
    Set<String> ids = new HashSet<>();
    if (selector.hasFilter()) {
      ids.addAll(matching(selector.getFilter()).keySet());
    } else {
      selector.getPoints().getIdsList().forEach(id -> ids.add(key(id)));
      ids.retainAll(points.keySet());
    }
    return ids;
  }

  /// By id, as a scroll returns them.
  NavigableMap<String, FakePoint> matching(Filter filter) {
    TreeMap<String, FakePoint> found = new TreeMap<>();
    points.forEach((id, point) -> {
      if (passes(filter, id, point)) {
        found.put(id, point);
      }
    });
    return found;
  }

  @Nullable FakePoint get(PointId id) {
    return points.get(key(id));
  }

  int size() {
    return points.size();
  }

  /// Equal scores come in no order that a client could rely on.
  List<Map.Entry<String, Float>> query(QueryPoints query) {
    Function<FakePoint, Optional<Float>> score = score(query);
    List<Map.Entry<String, Float>> scored = new ArrayList<>();
    matching(query.getFilter())
        .forEach(
            (id, point) -> score.apply(point).ifPresent(found -> scored.add(Map.entry(id, found))));
    scored.sort(
        Map.Entry.<String, Float>comparingByValue()
            .reversed()
            .thenComparing(Comparator.comparingInt(entry -> entry.getKey().hashCode())));
    return scored.subList(0, Math.min(scored.size(), (int) query.getLimit()));
  }

  private Function<FakePoint, Optional<Float>> score(QueryPoints query) {
    String using = query.getUsing();
    VectorInput input = query.getQuery().getNearest();
    if (input.hasSparse()) {
      Map<Integer, Float> asked =
          sparse(input.getSparse().getIndicesList(), input.getSparse().getValuesList());
      return point -> dot(asked, point.sparse.getOrDefault(using, Map.of()));
    }
    float[] asked = dense(using, input.getDense().getDataList());
    return point -> Optional.ofNullable(point.dense.get(using)).map(vector -> dot(asked, vector));
  }

  /// Empty if they have no index in common.
  private static Optional<Float> dot(Map<Integer, Float> asked, Map<Integer, Float> vector) {
    float sum = 0;
    boolean common = false;
    for (Map.Entry<Integer, Float> entry : asked.entrySet()) {
      Float value = vector.get(entry.getKey());
      common |= value != null;
      sum += value == null ? 0 : entry.getValue() * value;
    }
    return common ? Optional.of(sum) : Optional.empty();
  }

  private static float dot(float[] asked, float[] vector) {
    float sum = 0;
    for (int i = 0; i < asked.length; i++) {
      sum += asked[i] * vector[i];
    }
    return sum;
  }

  private static boolean passes(Filter filter, String id, FakePoint point) {
    return filter.getMustList().stream().allMatch(condition -> holds(condition, id, point))
        && filter.getMustNotList().stream().noneMatch(condition -> holds(condition, id, point))
        && (filter.getShouldCount() == 0
            || filter.getShouldList().stream().anyMatch(condition -> holds(condition, id, point)));
  }

  private static boolean holds(Condition condition, String id, FakePoint point) {
    return switch (condition.getConditionOneOfCase()) {
      case FIELD -> holds(condition.getField(), point);
      case HAS_ID ->
          condition.getHasId().getHasIdList().stream().anyMatch(it -> key(it).equals(id));
      case HAS_VECTOR -> point.dense.containsKey(condition.getHasVector().getHasVector());
      case FILTER -> passes(condition.getFilter(), id, point);
      default -> throw failure(Status.UNIMPLEMENTED, "condition " + condition);
    };
  }

  private static boolean holds(FieldCondition field, FakePoint point) {
    Value value = point.payload.get(field.getKey());
    if (value == null) {
      return false;
    }
    return field.hasRange() ? within(field.getRange(), value) : matches(field.getMatch(), value);
  }

  private static boolean within(Range range, Value value) {
    long number = value.getIntegerValue();
    return value.hasIntegerValue()
        && (!range.hasGt() || number > range.getGt())
        && (!range.hasGte() || number >= range.getGte())
        && (!range.hasLt() || number < range.getLt())
        && (!range.hasLte() || number <= range.getLte());
  }

  private static boolean matches(Match match, Value value) {
    return switch (match.getMatchValueCase()) {
      case KEYWORD -> value.hasStringValue() && value.getStringValue().equals(match.getKeyword());
      case KEYWORDS -> match.getKeywords().getStringsList().contains(value.getStringValue());
      default -> throw failure(Status.UNIMPLEMENTED, "match " + match);
    };
  }

  private static String key(PointId id) {
    try {
      return UUID.fromString(id.getUuid()).toString();
    } catch (IllegalArgumentException _) {
      throw failure(Status.INVALID_ARGUMENT, "Unable to parse UUID: " + id.getUuid());
    }
  }

  static StatusRuntimeException failure(Status status, String message) {
    return status.withDescription(message).asRuntimeException();
  }

  /// A point.
  static final class FakePoint {
    final Map<String, Value> payload;
    final Map<String, float[]> dense = new HashMap<>();
    final Map<String, Map<Integer, Float>> sparse = new HashMap<>();

    private FakePoint(Map<String, Value> payload) {
      this.payload = new HashMap<>(payload);
    }
  }
}
