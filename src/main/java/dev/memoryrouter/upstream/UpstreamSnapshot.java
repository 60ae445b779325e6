package dev.memoryrouter.upstream;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an upstream had when it was asked.
///
/// @param problem why it could not be asked; null when it answered
/// @param version of the server, when it says one
/// @param models by the upstream's name
public record UpstreamSnapshot(
    @Nullable String problem, @Nullable String version, Map<String, Model> models) {
  public UpstreamSnapshot {
    models = Map.copyOf(models);
  }

  /// Whether the upstream answered.
  public boolean reachable() {
    return problem == null;
  }

  /// A snapshot of an upstream that could not be asked.
  public static UpstreamSnapshot unreachable(String problem) {
    return new UpstreamSnapshot(problem, null, Map.of());
  }

  /// The model that a name means: `llama4` and `llama4:latest` are the same, case does not matter.
  public Optional<Model> find(String name) {
    Model exact = models.get(name);
    if (exact != null) {
      return Optional.of(exact);
    }
    return models.values().stream().filter(model -> sameName(name, model.name())).findFirst();
  }

  /// Whether two names mean the same model.
  public static boolean sameName(String one, String other) {
    return one.equalsIgnoreCase(other)
        || (one + ":latest").equalsIgnoreCase(other)
        || one.equalsIgnoreCase(other + ":latest");
  }

  /// One model of an upstream; null is unknown.
  ///
  /// @param supportedContext tokens that the model supports
  /// @param allocatedContext tokens allocated now, when loaded
  /// @param capabilities null when the upstream does not say
  /// @param resident loaded now
  /// @param weightBytes size of the weights
  /// @param kvBytesPerToken size of the KV cache for each token of context (f16)
  /// @param slots requests that run at once
  public record Model(
      String name,
      @Nullable Integer supportedContext,
      @Nullable Integer allocatedContext,
      @Nullable Set<Capability> capabilities,
      boolean resident,
      @Nullable Long weightBytes,
      @Nullable Long kvBytesPerToken,
      @Nullable Integer slots) {}
}
