package dev.memoryrouter.embedding;

/// Which embedding model is used.
///
/// @param model `all-minilm-l6-v2-q` (int8)
public record EmbeddingSettings(String model) {}
