package dev.memoryrouter.upstream.ollama;

import dev.memoryrouter.upstream.Capability;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// What `/api/show` says about a model; null is unknown. A `num_ctx` in its Modelfile is of no
/// interest, because every call of ours sets its own.
///
/// @param context tokens that the model was trained for
record ModelFacts(
    @Nullable Integer context,
    @Nullable Set<Capability> capabilities,
    @Nullable Long kvBytesPerToken) {
  static final ModelFacts UNKNOWN = new ModelFacts(null, null, null);

  /// Keys and values in 16-bit floats.
  private static final int BYTES_PER_NUMBER = 2;

  /// @param info the `model_info` object, whose keys begin with the model's architecture
  static ModelFacts of(JsonNode info, @Nullable Set<Capability> capabilities) {
    return new ModelFacts(count(find(info, ".context_length")), capabilities, kvBytes(info));
  }

  static @Nullable Integer count(JsonNode node) {
    int value = node.asInt(0);
    return value > 0 ? value : null;
  }

  private static @Nullable Long kvBytes(JsonNode info) {
    long headWidth = count(info, ".attention.head_count", 0);
    long embedding = count(info, ".embedding_length", 0);
    long width = headWidth > 0 ? embedding / headWidth : 0;
    long perHead =
        count(info, ".attention.key_length", width) + count(info, ".attention.value_length", width);
    long heads = heads(info);
    return perHead > 0 && heads > 0 ? heads * perHead * BYTES_PER_NUMBER : null;
  }

  /// Heads of all layers together; some models have another number in each layer, and Ollama leaves
  /// long lists of them out.
  private static long heads(JsonNode info) {
    JsonNode kv = find(info, ".attention.head_count_kv");
    if (kv.isArray()) {
      long sum = 0;
      for (JsonNode layer : kv) {
        sum += layer.asLong(0);
      }
      return sum;
    }
    long layers = count(info, ".block_count", 0);
    return kv.isNumber() ? layers * kv.asLong(0) : 0;
  }

  private static long count(JsonNode info, String suffix, long otherwise) {
    long value = find(info, suffix).asLong(0);
    return value > 0 ? value : otherwise;
  }

  /// The entry of the model's own architecture, else the first with that ending: a vision part has
  /// entries of the same ending.
  private static JsonNode find(JsonNode info, String suffix) {
    JsonNode own = info.path(info.path("general.architecture").asString("") + suffix);
    if (!own.isMissingNode()) {
      return own;
    }
    for (Map.Entry<String, JsonNode> entry : info.properties()) {
      if (entry.getKey().endsWith(suffix)) {
        return entry.getValue();
      }
    }
    return MissingNode.getInstance();
  }
}
