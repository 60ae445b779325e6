package dev.memoryrouter.store;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A Qdrant server and how vectors are kept there.
///
/// @param url `http` or `https` (TLS), host and gRPC port; default port 6334
/// @param apiKey null for none
/// @param certificate PEM file of the authority that signed the server's certificate; null for
///   those that the JVM trusts
/// @param collection alias of the collection that holds all banks
/// @param timeout of a search
/// @param hnswLinks neighbours per point of a bank's graph
/// @param hnswBuildBreadth candidates looked at while the graph is built
/// @param hnswSearchBreadth candidates looked at in a search above `exactLimit` chunks
/// @param exactLimit chunks of a bank up to which all vectors are compared
/// @param quantization smaller copies of the vectors that are searched first
public record QdrantSettings(
    URI url,
    @Nullable String apiKey,
    @Nullable Path certificate,
    String collection,
    Duration timeout,
    int hnswLinks,
    int hnswBuildBreadth,
    int hnswSearchBreadth,
    int exactLimit,
    Quantization quantization) {
  public static final String DEFAULT_URL = "http://localhost:6334";
  public static final String DEFAULT_COLLECTION = "memory-router";
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
  public static final int DEFAULT_LINKS = 16;
  public static final int DEFAULT_BUILD_BREADTH = 100;
  public static final int DEFAULT_SEARCH_BREADTH = 256;
  public static final int DEFAULT_EXACT_LIMIT = 10_000;
  private static final int DEFAULT_PORT = 6334;

  /// The server with everything else at its default.
  public static QdrantSettings of(URI url, @Nullable String apiKey) {
    return new QdrantSettings(
        url,
        apiKey,
        null,
        DEFAULT_COLLECTION,
        DEFAULT_TIMEOUT,
        DEFAULT_LINKS,
        DEFAULT_BUILD_BREADTH,
        DEFAULT_SEARCH_BREADTH,
        DEFAULT_EXACT_LIMIT,
        Quantization.NONE);
  }

  /// Whether a URL names a server.
  public static boolean isUsable(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    return (scheme.equals("http") || scheme.equals("https")) && url.getHost() != null;
  }

  /// Whether the connection is encrypted.
  public boolean tls() {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  /// The gRPC port.
  public int port() {
    return url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
  }

  /// The key stays out of logs.
  @Override
  public String toString() {
    return "QdrantSettings[url=%s, collection=%s, quantization=%s]"
        .formatted(url, collection, quantization);
  }

  /// How vectors are made smaller.
  public enum Quantization {
    NONE,
    /// One byte per dimension.
    SCALAR,
    /// One bit per dimension.
    BINARY;

    /// As in the configuration.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
