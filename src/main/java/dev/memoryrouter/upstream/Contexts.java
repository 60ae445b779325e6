package dev.memoryrouter.upstream;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The context of each model, once it was computed from complete facts or sent: another one would
/// reload the model. It holds for the life of the process, over reloads of the configuration too,
/// unless the settings that it follows from change. Thread-safe.
public final class Contexts {
  private final Map<Key, Held> held = new ConcurrentHashMap<>();

  /// All that a context follows from, beside the model itself.
  private record Key(URI upstream, List<String> names, int context, @Nullable Long memory) {
    static Key of(UpstreamSettings upstream, ModelSettings model) {
      return new Key(upstream.baseUrl(), model.names(), model.context(), model.memoryBytes());
    }
  }

  /// @param name of the model on its upstream
  private record Held(String name, int tokens) {}

  /// The context that holds; null when there is none yet.
  ///
  /// @param name of the model on its upstream; null while it is not known, when the last one counts
  @Nullable Integer of(UpstreamSettings upstream, ModelSettings model, @Nullable String name) {
    Held found = held.get(Key.of(upstream, model));
    return found == null || (name != null && !found.name.equals(name)) ? null : found.tokens;
  }

  /// Holds a context, unless there is one for this model already.
  ///
  /// @return the context that holds
  int hold(UpstreamSettings upstream, ModelSettings model, String name, int tokens) {
    return held.merge(
            Key.of(upstream, model),
            new Held(name, tokens),
            (old, newer) -> old.name.equals(newer.name) ? old : newer)
        .tokens;
  }
}
