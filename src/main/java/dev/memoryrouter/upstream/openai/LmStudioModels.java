package dev.memoryrouter.upstream.openai;

import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What LM Studio says about its models at `/api/v0/models`: its `/v1/models` has names only, those
/// of models that are not loaded too, and a model is often loaded with far less than it supports.
final class LmStudioModels {
  static final String PATH = "/api/v0/models";

  private final Map<String, JsonNode> entries = new HashMap<>();

  /// @param list the endpoint's answer; missing when there is none
  LmStudioModels(JsonNode list) {
    for (JsonNode entry : list.path("data")) {
      entries.put(entry.path("id").asString(""), entry);
    }
  }

  Optional<UpstreamSnapshot.Model> find(String name) {
    return Optional.ofNullable(entries.get(name)).map(entry -> model(name, entry));
  }

  private static UpstreamSnapshot.Model model(String name, JsonNode entry) {
    boolean loaded = entry.path("state").asString("").equals("loaded");
    return new UpstreamSnapshot.Model(
        name,
        count(entry.path("max_context_length")),
        loaded ? count(entry.path("loaded_context_length")) : null,
        capabilities(entry),
        loaded,
        null,
        null,
        null);
  }

  /// Versions before 0.3.16 have no list of capabilities.
  private static @Nullable Set<Capability> capabilities(JsonNode entry) {
    JsonNode listed = entry.path("capabilities");
    if (!listed.isArray()) {
      return null;
    }
    Set<Capability> found = EnumSet.noneOf(Capability.class);
    if (listed.valueStream().anyMatch(it -> it.asString("").equals("tool_use"))) {
      found.add(Capability.TOOLS);
    }
    if (entry.path("type").asString("").equals("vlm")) {
      found.add(Capability.VISION);
    }
    return found;
  }

  private static @Nullable Integer count(JsonNode node) {
    return node.asInt(0) > 0 ? node.asInt(0) : null;
  }
}
