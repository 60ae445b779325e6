package dev.memoryrouter.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Everything but chat: versions, lists and properties of models.
final class FakeCatalogue {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TYPE = "application/json";

  private final Map<String, FakeModel> models;
  private final Map<String, Integer> loaded;
  volatile String version = "0.33.0";
  volatile @Nullable String props;
  volatile @Nullable String lmStudio;
  volatile @Nullable String list;
  volatile int listStatus = 200;
  volatile Duration loadTime = Duration.ZERO;

  FakeCatalogue(Map<String, FakeModel> models, Map<String, Integer> loaded) {
    this.models = models;
    this.loaded = loaded;
  }

  void answer(FakeConnection connection, String path, JsonNode body)
      throws IOException, InterruptedException {
    if (path.equals("/api/generate") && !connection.silence(loadTime)) {
      return;
    }
    @Nullable String found =
        switch (path) {
          case "/" -> "Ollama is running";
          case "/api/version" -> JSON.createObjectNode().put("version", version).toString();
          case "/api/tags" -> tags().toString();
          case "/api/ps" -> ps().toString();
          case "/api/show" -> show(body.path("model").asString(""));
          case "/api/generate" -> load(body);
          case "/v1/models" -> list == null ? openAiModels().toString() : list;
          case "/props" -> props;
          case "/api/v0/models" -> lmStudio;
          default -> null;
        };
    int status = path.equals("/v1/models") ? listStatus : 200;
    if (found == null) {
      connection.respond(404, TYPE, FakeErrors.body(true, 404, "not found"));
    } else {
      connection.respond(status, TYPE, found);
    }
  }

  private ObjectNode tags() {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode all = answer.putArray("models");
    for (FakeModel model : models.values()) {
      entry(all, model);
    }
    return answer;
  }

  private ObjectNode ps() {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode all = answer.putArray("models");
    for (FakeModel model : models.values()) {
      Integer context = loaded.get(model.name());
      if (context != null) {
        entry(all, model)
            .put("context_length", Math.min(context, model.context()))
            .put("size_vram", model.weightBytes())
            .put("expires_at", "2030-01-01T00:00:00Z");
      }
    }
    return answer;
  }

  private static ObjectNode entry(ArrayNode all, FakeModel model) {
    return all.addObject()
        .put("name", model.name())
        .put("model", model.name())
        .put("size", model.weightBytes())
        .put("digest", "sha256:" + Integer.toHexString(model.hashCode()));
  }

  private @Nullable String show(String name) {
    FakeModel model = models.get(name);
    if (model == null) {
      return null;
    }
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode capabilities = answer.putArray("capabilities");
    model.capabilities().forEach(capabilities::add);
    answer.put("parameters", "num_ctx                        2048");
    ObjectNode info = answer.putObject("model_info").put("general.architecture", "fake");
    info.put("fake.context_length", model.context())
        .put("fake.block_count", model.layers())
        .put("fake.embedding_length", 2048)
        .put("fake.attention.head_count", 32)
        .put("fake.attention.head_count_kv", model.heads());
    if (model.keyLength() != null) {
      info.put("fake.attention.key_length", model.keyLength())
          .put("fake.attention.value_length", model.keyLength());
    }
    return answer.toString();
  }

  /// A request without a prompt: it loads the model, or lets go of it.
  private @Nullable String load(JsonNode body) {
    String name = body.path("model").asString("");
    if (!models.containsKey(name)) {
      return null;
    }
    boolean unload = body.path("keep_alive").isNumber() && body.path("keep_alive").asInt() == 0;
    if (unload) {
      loaded.remove(name);
    } else {
      loaded.put(name, body.path("options").path("num_ctx").asInt(4096));
    }
    return JSON.createObjectNode()
        .put("model", name)
        .put("response", "")
        .put("done", true)
        .put("done_reason", unload ? "unload" : "load")
        .toString();
  }

  private ObjectNode openAiModels() {
    ObjectNode answer = JSON.createObjectNode().put("object", "list");
    ArrayNode all = answer.putArray("data");
    for (FakeModel model : models.values()) {
      all.addObject()
          .put("id", model.name())
          .put("object", "model")
          .put("created", 1)
          .put("owned_by", "fake")
          .put("max_model_len", model.context());
    }
    return answer;
  }
}
