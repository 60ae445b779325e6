package dev.memoryrouter.upstream.openai;

import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.HttpCalls;
import dev.memoryrouter.upstream.UpstreamSettings;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// What an OpenAI-compatible server says it has: `/v1/models`, and llama-server's `/props` or LM
/// Studio's own list where there is one.
final class OpenAiInventory {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration EXTRA = Duration.ofSeconds(2);
  private static final int LOADING = 503;

  private final HttpCalls http;
  private final UpstreamSettings settings;

  OpenAiInventory(HttpCalls http, UpstreamSettings settings) {
    this.http = http;
    this.settings = settings;
  }

  UpstreamSnapshot take() throws InterruptedException {
    long deadline = System.nanoTime() + settings.connectTimeout().plus(EXTRA).toNanos();
    URI uri = http.uri("/models");
    try {
      HttpCalls.Reply reply = http.fetch(uri, null, left(deadline));
      if (reply.status() == 401 || reply.status() == 403) {
        return UpstreamSnapshot.unreachable(
            uri + " answered " + reply.status() + ": set the upstream's api-key.");
      }
      // A server without this list, or one that still loads its model, can be called all the same.
      if (reply.status() == 404 || reply.status() == LOADING) {
        return new UpstreamSnapshot(null, null, Map.of());
      }
      if (reply.status() != 200) {
        return UpstreamSnapshot.unreachable(
            uri + " answered " + reply.status() + ": check the upstream's base-url.");
      }
      return new UpstreamSnapshot(null, null, models(JSON.readTree(reply.body()), deadline));
    } catch (IOException e) {
      return UpstreamSnapshot.unreachable(http.problem(e));
    } catch (JacksonException _) {
      return UpstreamSnapshot.unreachable(uri + " sent no JSON: check the upstream's base-url.");
    }
  }

  private Map<String, UpstreamSnapshot.Model> models(JsonNode list, long deadline)
      throws InterruptedException {
    JsonNode data = list.path("data");
    boolean saysLimits = data.valueStream().anyMatch(OpenAiInventory::saysLimits);
    boolean mayHaveProps = data.size() == 1 && !data.path(0).has("max_model_len");
    JsonNode props = mayHaveProps ? optional("/props", deadline) : MissingNode.getInstance();
    boolean mayBeLmStudio = !data.isEmpty() && !saysLimits && props.isMissingNode();
    var studio =
        new LmStudioModels(
            mayBeLmStudio ? optional(LmStudioModels.PATH, deadline) : MissingNode.getInstance());
    var models = new LinkedHashMap<String, UpstreamSnapshot.Model>();
    for (JsonNode entry : data) {
      String id = entry.path("id").asString("");
      models.put(id, studio.find(id).orElseGet(() -> model(id, entry, props)));
      for (JsonNode alias : entry.path("aliases")) {
        models.putIfAbsent(alias.asString(""), model(alias.asString(""), entry, props));
      }
    }
    return models;
  }

  private static boolean saysLimits(JsonNode entry) {
    return entry.has("max_model_len") || entry.has("meta") || entry.has("context_length");
  }

  private static UpstreamSnapshot.Model model(String name, JsonNode entry, JsonNode props) {
    JsonNode meta = entry.path("meta");
    JsonNode slot = props.path("default_generation_settings");
    String status = entry.path("status").path("value").asString("loaded");
    boolean resident = status.equals("loaded");
    return new UpstreamSnapshot.Model(
        name,
        first(entry.path("max_model_len"), meta.path("n_ctx_train"), entry.path("context_length")),
        resident
            ? first(slot.path("n_ctx"), meta.path("n_ctx"), entry.path("max_model_len"))
            : null,
        capabilities(props),
        resident,
        meta.path("size").asLong(0) > 0 ? meta.path("size").asLong(0) : null,
        null,
        first(props.path("total_slots")));
  }

  /// A document of one kind of server beside its OpenAI surface; others have none.
  private JsonNode optional(String path, long deadline) throws InterruptedException {
    String base = settings.baseUrl().toString();
    String root = base.endsWith("/v1") ? base.substring(0, base.length() - 3) : base;
    try {
      HttpCalls.Reply reply = http.fetch(URI.create(root + path), null, left(deadline));
      return reply.status() == 200 ? JSON.readTree(reply.body()) : MissingNode.getInstance();
    } catch (IOException | JacksonException _) {
      return MissingNode.getInstance();
    }
  }

  private static @Nullable Set<Capability> capabilities(JsonNode props) {
    JsonNode modalities = props.path("modalities");
    if (!modalities.isObject()) {
      return null;
    }
    Set<Capability> found = EnumSet.noneOf(Capability.class);
    JsonNode template = props.path("chat_template_caps");
    if (template.path("supports_tools").asBoolean(true)) {
      found.add(Capability.TOOLS);
    }
    if (modalities.path("vision").asBoolean(false)) {
      found.add(Capability.VISION);
    }
    return found;
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
  }

  private static @Nullable Integer first(JsonNode... counts) {
    for (JsonNode count : counts) {
      if (count.asInt(0) > 0) {
        return count.asInt(0);
      }
    }
    return null;
  }
}
