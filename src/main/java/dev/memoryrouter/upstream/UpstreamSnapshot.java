package dev.memoryrouter.upstream;

import java.util.Map;
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

  /// One model of an upstream; null is unknown.
  ///
  /// @param supportedContext tokens that the model supports
  /// @param allocatedContext tokens allocated now, when loaded
  /// @param capabilities null when the upstream does not say
  /// @param resident loaded now
  /// @param weightBytes size of the weights
  /// @param kvBytesPerToken size of the KV cache for each token of context (f16)
  public record Model(
      String name,
      @Nullable Integer supportedContext,
      @Nullable Integer allocatedContext,
      @Nullable Set<Capability> capabilities,
      boolean resident,
      @Nullable Long weightBytes,
      @Nullable Long kvBytesPerToken) {}
}
