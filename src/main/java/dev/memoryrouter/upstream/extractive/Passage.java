package dev.memoryrouter.upstream.extractive;

import org.jspecify.annotations.Nullable;

/// A piece of the memory bank that may answer a question.
///
/// @param file relative to the bank
/// @param heading null before the file's first heading
public record Passage(String file, @Nullable String heading, String text) {
  /// Where the passage stands, such as `systemPatterns.md > Auth`.
  String citation() {
    return heading == null ? file : file + " > " + heading;
  }
}
