package dev.memoryrouter.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A section as it is stored, so that its whole text can be had when one of its chunks is found.
///
/// @param id unique within its bank
/// @param hash changes exactly when heading path or text do
/// @param startLine first line, 1-based
/// @param endLine last line, inclusive
/// @param chunks how many chunks it has
/// @param embedded whether all of them have their vectors
public record SectionRecord(
    String id,
    String hash,
    String file,
    @Nullable String heading,
    List<String> headingPath,
    int startLine,
    int endLine,
    int chunks,
    boolean embedded,
    String text) {
  public SectionRecord {
    headingPath = List.copyOf(headingPath);
  }
}
