package dev.memoryrouter.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A chunk as it is stored and found.
///
/// @param id unique within its bank
/// @param sectionId the section that it is a piece of
/// @param sectionHash content hash of that section
/// @param sectionStart first line of the section, 1-based
/// @param sectionEnd last line of the section, inclusive
/// @param startLine first line of the piece
/// @param endLine last line of the piece, inclusive
public record ChunkRecord(
    String id,
    String sectionId,
    String sectionHash,
    String file,
    @Nullable String heading,
    List<String> headingPath,
    int sectionStart,
    int sectionEnd,
    int startLine,
    int endLine,
    String text) {
  public ChunkRecord {
    headingPath = List.copyOf(headingPath);
  }
}
