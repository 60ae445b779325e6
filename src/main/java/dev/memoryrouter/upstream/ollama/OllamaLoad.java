package dev.memoryrouter.upstream.ollama;

import dev.memoryrouter.upstream.ErrorReader;
import dev.memoryrouter.upstream.HttpCalls;
import dev.memoryrouter.upstream.UpstreamCall;
import dev.memoryrouter.upstream.UpstreamFailure;
import dev.memoryrouter.upstream.UpstreamSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads a model by a request without a prompt. Everything on which Ollama would reload the model
/// is the same as in the chat requests that follow.
final class OllamaLoad {
  private static final Logger LOG = LoggerFactory.getLogger(OllamaLoad.class);

  /// Ollama waits up to five seconds for the memory to be free.
  private static final Duration UNLOAD_LIMIT = Duration.ofSeconds(6);

  private final HttpCalls http;
  private final UpstreamSettings settings;

  OllamaLoad(HttpCalls http, UpstreamSettings settings) {
    this.http = http;
    this.settings = settings;
  }

  /// Blocks until the model is loaded, at most for the first-byte timeout.
  ///
  /// @return why it could not be loaded; empty also when the server does not understand the
  ///   request: the chat request loads the model then
  Optional<UpstreamFailure> load(UpstreamCall call) throws InterruptedException {
    var errors = new ErrorReader(settings, call.upstreamModel());
    try {
      HttpCalls.Reply reply =
          http.fetch(
              http.uri("/api/generate"),
              OllamaRequest.load(call).toString(),
              settings.firstByteTimeout());
      return reply.status() == 200 ? Optional.empty() : failure(reply, errors);
    } catch (IOException e) {
      if (HttpCalls.isWithoutConnection(e)) {
        return Optional.of(new UpstreamFailure.Unreachable(http.problem(e)));
      }
      return e.getCause() instanceof TimeoutException
          ? Optional.of(timedOut(errors))
          : Optional.empty();
    }
  }

  /// Tells Ollama to keep the model no longer. It lets a running answer end, and it frees memory by
  /// itself when it must, so a failure is no more than worth a line in the log.
  void unload(UpstreamCall call) throws InterruptedException {
    try {
      HttpCalls.Reply reply =
          http.fetch(
              http.uri("/api/generate"),
              OllamaRequest.unload(call).toString(),
              settings.connectTimeout().plus(UNLOAD_LIMIT));
      LOG.debug("unloading {}: status {}", call.upstreamModel(), reply.status());
    } catch (IOException e) {
      LOG.debug("unloading {}: {}", call.upstreamModel(), e.toString());
    }
  }

  private static Optional<UpstreamFailure> failure(HttpCalls.Reply reply, ErrorReader errors) {
    UpstreamFailure failure = errors.read(reply.status(), reply.body(), null);
    boolean misunderstood =
        failure instanceof UpstreamFailure.Rejected || failure instanceof UpstreamFailure.Incapable;
    return misunderstood ? Optional.empty() : Optional.of(failure);
  }

  private UpstreamFailure timedOut(ErrorReader errors) {
    return new UpstreamFailure.TimedOut(
        "%s was not loaded within %s (first-byte-timeout)."
            .formatted(errors.who(), HttpCalls.seconds(settings.firstByteTimeout())));
  }
}
