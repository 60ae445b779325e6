package dev.memoryrouter.embedding;

/// Whether there is an embedder.
public sealed interface EmbedderState {
  record Loading() implements EmbedderState {}

  record Ready(Embedder embedder) implements EmbedderState {}

  /// It will not come before a restart.
  ///
  /// @param reason for users
  record Failed(String reason) implements EmbedderState {}
}
