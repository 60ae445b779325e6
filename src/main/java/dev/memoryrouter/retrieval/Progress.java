package dev.memoryrouter.retrieval;

/// Hears how far a reindex is; called on the thread that does it.
@FunctionalInterface
public interface Progress {
  Progress SILENT = (_, _) -> {};

  /// Some chunks are done.
  ///
  /// @param done chunks that are in the index or embedded
  /// @param total chunks of the bank
  void at(int done, int total);
}
