package dev.memoryrouter.store;

import java.nio.file.Path;

/// Where chunks are kept.
///
/// @param path folder of the index, the lock and the server's address file
public record StoreSettings(Path path) {}
