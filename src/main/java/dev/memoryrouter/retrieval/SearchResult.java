package dev.memoryrouter.retrieval;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Outcome of a search.
public sealed interface SearchResult {
  /// The search was done.
  ///
  /// @param hits best first; may be empty
  /// @param degraded why the search went by words only; null if it was whole
  record Found(List<Hit> hits, @Nullable String degraded) implements SearchResult {
    public Found {
      hits = List.copyOf(hits);
    }
  }

  /// There is nothing to search in.
  ///
  /// @param reason for users
  record NoIndex(String bank, String reason) implements SearchResult {}
}
