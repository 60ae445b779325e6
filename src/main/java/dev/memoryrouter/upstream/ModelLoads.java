package dev.memoryrouter.upstream;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads models for whoever waits for them, on threads and connections that belong to nobody's
/// request: Ollama gives a load up when its requester leaves, and the next one would begin it from
/// zero. All who need the same load share it. Thread-safe.
final class ModelLoads {
  private static final Logger LOG = LoggerFactory.getLogger(ModelLoads.class);

  private final Map<Key, CompletableFuture<Optional<UpstreamFailure>>> running =
      new ConcurrentHashMap<>();

  private record Key(String model, int context) {}

  /// Waits until the call's model is loaded with its context; blocks.
  ///
  /// @param context that the call asks for
  /// @return why it could not be loaded; empty when it was
  /// @throws InterruptedException when the thread was interrupted; the load goes on
  Optional<UpstreamFailure> await(ModelClient client, UpstreamCall call, int context)
      throws InterruptedException {
    var key = new Key(call.upstreamModel(), context);
    try {
      return running.computeIfAbsent(key, _ -> start(key, client, call)).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("loading " + key.model(), e.getCause());
    }
  }

  private CompletableFuture<Optional<UpstreamFailure>> start(
      Key key, ModelClient client, UpstreamCall call) {
    var load = new CompletableFuture<Optional<UpstreamFailure>>();
    Thread.ofVirtual()
        .name("load-" + key.model())
        .start(() -> {
          try {
            LOG.info("Loading {} with {} tokens of context", key.model(), key.context());
            load.complete(client.load(call));
          } catch (InterruptedException | RuntimeException | Error e) {
            // Whoever waits must hear of it, whatever it is.
            load.completeExceptionally(e);
          } finally {
            running.remove(key, load);
          }
        });
    return load;
  }
}
