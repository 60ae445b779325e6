package dev.memoryrouter.upstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The content of `models.yaml`, in the order of the file.
///
/// @param memoryBudget bytes that all resident models may use together; null for no bound
public record ModelsConfig(
    Map<String, UpstreamSettings> upstreams,
    Map<String, ModelSettings> models,
    @Nullable Long memoryBudget) {
  public ModelsConfig {
    upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
  }
}
