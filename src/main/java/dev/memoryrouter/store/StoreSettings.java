package dev.memoryrouter.store;

import java.nio.file.Path;
import java.util.Locale;

/// Where chunks are kept.
///
/// @param path folder of the Lucene index, the lock and the server's address file
/// @param qdrant used when `type` is that
public record StoreSettings(Type type, Path path, QdrantSettings qdrant) {
  /// The stores there are.
  public enum Type {
    LUCENE,
    QDRANT;

    /// As in the configuration.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
