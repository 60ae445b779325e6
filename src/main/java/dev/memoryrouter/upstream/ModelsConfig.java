package dev.memoryrouter.upstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
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

  /// All names under which an upstream may have a configured model.
  public Set<String> namesOn(String upstream) {
    var names = new LinkedHashSet<String>();
    models.values().stream()
        .filter(model -> model.upstreams().contains(upstream))
        .forEach(model -> names.addAll(model.names()));
    return names;
  }
}
