package dev.memoryrouter.embedding;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An embedder that is being loaded in the background, so that a start need not wait for it and a
/// failed load stops nothing else.
public final class EmbedderHandle implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbedderHandle.class);

  private final CompletableFuture<EmbedderState> loaded = new CompletableFuture<>();

  private static final Duration LONGEST_LOAD = Duration.ofSeconds(10);

  private EmbedderHandle() {}

  /// Starts loading on a thread of its own.
  public static EmbedderHandle load(Supplier<? extends Embedder> loader) {
    EmbedderHandle handle = new EmbedderHandle();
    Thread.ofPlatform()
        .daemon()
        .name("embed-load")
        .start(() -> handle.loaded.complete(attempt(loader)));
    return handle;
  }

  /// A handle on an embedder that is there.
  public static EmbedderHandle of(Embedder embedder) {
    EmbedderHandle handle = new EmbedderHandle();
    handle.loaded.complete(new EmbedderState.Ready(embedder));
    return handle;
  }

  // The top of a thread, and native code: whatever goes wrong must become a state.
  @SuppressWarnings("CatchingUnchecked")
  private static EmbedderState attempt(Supplier<? extends Embedder> loader) {
    try {
      return new EmbedderState.Ready(loader.get());
    } catch (Exception | LinkageError e) {
      LOG.error("no embeddings; search goes by words only until a restart", e);
      return new EmbedderState.Failed(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  public EmbedderState state() {
    return loaded.getNow(new EmbedderState.Loading());
  }

  public Optional<Embedder> ready() {
    return state() instanceof EmbedderState.Ready(Embedder embedder)
        ? Optional.of(embedder)
        : Optional.empty();
  }

  /// Waits until it is loaded or has failed.
  ///
  /// @return false if it is still loading after `timeout`
  /// @throws EmbeddingException if the thread is interrupted
  public boolean settles(Duration timeout) {
    return !(awaitState(timeout) instanceof EmbedderState.Loading);
  }

  /// Waits for the embedder.
  ///
  /// @throws EmbeddingException if it failed, is still loading after `timeout`, or the thread is
  ///   interrupted
  public Embedder await(Duration timeout) {
    return switch (awaitState(timeout)) {
      case EmbedderState.Ready(Embedder embedder) -> embedder;
      case EmbedderState.Failed(String reason) -> throw new EmbeddingException(reason, null);
      case EmbedderState.Loading() ->
          throw new EmbeddingException(
              "the embedding model is still loading after " + timeout.toSeconds() + " s", null);
    };
  }

  private EmbedderState awaitState(Duration timeout) {
    try {
      return loaded.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      return new EmbedderState.Loading();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddingException("interrupted while the embedding model was loading", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Closes the embedder; waits for a load that is under way, at most [#LONGEST_LOAD]. A process
  /// that ends while the native library is being set up crashes.
  @Override
  public void close() {
    if (awaitState(LONGEST_LOAD) instanceof EmbedderState.Ready(MiniLmEmbedder embedder)) {
      embedder.close();
    }
  }
}
