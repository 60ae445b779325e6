package dev.memoryrouter.upstream.ollama;

import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.HttpCalls;
import dev.memoryrouter.upstream.UpstreamSettings;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// What an Ollama has pulled and loaded. The facts of a model are asked for once for each digest.
final class OllamaInventory {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration EXTRA = Duration.ofSeconds(2);

  private final HttpCalls http;
  private final UpstreamSettings settings;
  private final Set<String> names;
  private final Map<String, ModelFacts> factsByDigest = new ConcurrentHashMap<>();

  OllamaInventory(HttpCalls http, UpstreamSettings settings, Set<String> names) {
    this.http = http;
    this.settings = settings;
    this.names = Set.copyOf(names);
  }

  UpstreamSnapshot take() throws InterruptedException {
    long deadline = System.nanoTime() + settings.connectTimeout().plus(EXTRA).toNanos();
    try {
      HttpCalls.Reply tags = ask("/api/tags", null, deadline);
      if (tags.status() != 200) {
        return UpstreamSnapshot.unreachable(
            "%s/api/tags answered %d: is this an Ollama?"
                .formatted(settings.baseUrl(), tags.status()));
      }
      JsonNode pulled = JSON.readTree(tags.body()).path("models");
      String version = optional("/api/version", deadline).path("version").asString(null);
      JsonNode loaded = optional("/api/ps", deadline).path("models");
      return new UpstreamSnapshot(null, version, models(pulled, loaded, deadline));
    } catch (IOException e) {
      return UpstreamSnapshot.unreachable(http.problem(e));
    } catch (JacksonException _) {
      return UpstreamSnapshot.unreachable(
          settings.baseUrl() + "/api/tags sent no JSON: is this an Ollama?");
    }
  }

  private Map<String, UpstreamSnapshot.Model> models(
      JsonNode pulled, JsonNode loaded, long deadline) throws InterruptedException {
    var models = new LinkedHashMap<String, UpstreamSnapshot.Model>();
    for (JsonNode tag : pulled) {
      String name = tag.path("name").asString(tag.path("model").asString(""));
      ModelFacts facts = facts(name, tag, deadline);
      JsonNode running = running(name, tag.path("digest").asString(""), loaded);
      models.put(
          name,
          new UpstreamSnapshot.Model(
              name,
              facts.context() != null
                  ? facts.context()
                  : ModelFacts.count(tag.path("details").path("context_length")),
              ModelFacts.count(running.path("context_length")),
              facts.capabilities() != null
                  ? facts.capabilities()
                  : capabilities(tag.path("capabilities")),
              !running.isMissingNode(),
              size(tag),
              facts.kvBytesPerToken(),
              null));
    }
    return models;
  }

  private ModelFacts facts(String name, JsonNode tag, long deadline) throws InterruptedException {
    if (names.stream().noneMatch(wanted -> UpstreamSnapshot.sameName(wanted, name))) {
      return ModelFacts.UNKNOWN;
    }
    String digest = tag.path("digest").asString(name);
    ModelFacts known = factsByDigest.get(digest);
    if (known != null) {
      return known;
    }
    JsonNode shown = show(name, deadline);
    if (shown.isMissingNode()) {
      return ModelFacts.UNKNOWN;
    }
    JsonNode info = shown.path("model_info");
    ModelFacts facts = ModelFacts.of(info, capabilities(shown.path("capabilities")));
    factsByDigest.put(digest, facts);
    return facts;
  }

  private JsonNode show(String name, long deadline) throws InterruptedException {
    try {
      var reply = ask("/api/show", JSON.createObjectNode().put("model", name).toString(), deadline);
      return reply.status() == 200 ? JSON.readTree(reply.body()) : MissingNode.getInstance();
    } catch (IOException | JacksonException _) {
      return MissingNode.getInstance();
    }
  }

  private JsonNode optional(String path, long deadline) throws InterruptedException {
    try {
      HttpCalls.Reply reply = ask(path, null, deadline);
      return reply.status() == 200 ? JSON.readTree(reply.body()) : MissingNode.getInstance();
    } catch (IOException | JacksonException _) {
      return MissingNode.getInstance();
    }
  }

  private HttpCalls.Reply ask(String path, @Nullable String json, long deadline)
      throws IOException, InterruptedException {
    long left = Math.max(1, deadline - System.nanoTime());
    return http.fetch(http.uri(path), json, Duration.ofNanos(left));
  }

  /// Names that share one file share one runner, which is listed under one of them only.
  private static JsonNode running(String name, String digest, JsonNode loaded) {
    for (JsonNode entry : loaded) {
      boolean sameDigest = !digest.isEmpty() && digest.equals(entry.path("digest").asString(""));
      if (sameDigest || UpstreamSnapshot.sameName(name, entry.path("name").asString(""))) {
        return entry;
      }
    }
    return MissingNode.getInstance();
  }

  private static @Nullable Long size(JsonNode tag) {
    long size = tag.path("size").asLong(0);
    return size > 0 ? size : null;
  }

  private static @Nullable Set<Capability> capabilities(JsonNode names) {
    if (!names.isArray()) {
      return null;
    }
    Set<Capability> found = EnumSet.noneOf(Capability.class);
    for (JsonNode name : names) {
      for (Capability capability : Capability.values()) {
        if (capability.label().equals(name.asString(""))) {
          found.add(capability);
        }
      }
    }
    return found;
  }
}
