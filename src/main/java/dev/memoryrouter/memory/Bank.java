package dev.memoryrouter.memory;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A memory bank: a folder of markdown files.
///
/// @param name letters, digits, `.`, `_` and `-`; names its index folder and `<alias>/<bank>`
/// @param root the folder; need not exist yet
/// @param workspace absolute path of the project that it belongs to, or null for none
public record Bank(String name, Path root, @Nullable String workspace) {}
