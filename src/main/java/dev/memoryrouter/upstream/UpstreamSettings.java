package dev.memoryrouter.upstream;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One upstream of `models.yaml`.
///
/// @param baseUrl without a trailing slash; for OpenAI-compatible servers including `/v1`
/// @param firstByteTimeout from the request to the response's first byte: covers queue, load and
///   prefill
/// @param idleTimeout between two pieces of a running answer
/// @param apiKey sent as bearer token; null for none
/// @param circuit when it is left alone after failures
public record UpstreamSettings(
    String name,
    Type type,
    URI baseUrl,
    Duration connectTimeout,
    Duration firstByteTimeout,
    Duration idleTimeout,
    @Nullable String apiKey,
    CircuitSettings circuit) {
  /// The protocol that an upstream speaks.
  public enum Type {
    /// Ollama's native API.
    OLLAMA,
    /// llama-server, vLLM, LM Studio and others.
    OPENAI
  }
}
