package dev.memoryrouter.cli.evaluation;

import dev.memoryrouter.retrieval.Hit;
import dev.memoryrouter.store.ChunkRecord;

/// Lines of a file, 1-based and inclusive.
///
/// @param file relative to the bank's root, with `/`
public record Place(String file, int startLine, int endLine) {
  /// The lines of a passage.
  public static Place of(Hit hit) {
    return new Place(hit.file(), hit.startLine(), hit.endLine());
  }

  static Place ofSection(ChunkRecord chunk) {
    return new Place(chunk.file(), chunk.sectionStart(), chunk.sectionEnd());
  }

  boolean overlaps(Place other) {
    return file.equals(other.file) && startLine <= other.endLine && other.startLine <= endLine;
  }

  boolean covers(Place other) {
    return file.equals(other.file) && startLine <= other.startLine && other.endLine <= endLine;
  }
}
