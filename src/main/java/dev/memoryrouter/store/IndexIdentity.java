package dev.memoryrouter.store;

/// What an index was built with; vectors and chunks of different identities must not be mixed.
///
/// @param model id of the embedding model
/// @param dimension length of its vectors
/// @param chunker version of the way sections and chunks are cut
public record IndexIdentity(String model, int dimension, String chunker) {}
