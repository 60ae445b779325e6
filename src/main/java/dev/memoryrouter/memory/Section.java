package dev.memoryrouter.memory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A heading with the text below it up to the next heading, or the text before the first heading.
///
/// @param id stable name of the section within its bank: equal after edits elsewhere in the file
/// @param file path relative to the bank's root, with `/`
/// @param heading text of the nearest heading without `#`; null before the first
/// @param headingPath headings from the outermost to the nearest; empty before the first
/// @param startLine first line, 1-based, the heading's own line included
/// @param endLine last line, 1-based, inclusive
/// @param text the lines as they stand in the file, heading included
/// @param hash of heading path and text; changes exactly when they do
public record Section(
    String id,
    String file,
    @Nullable String heading,
    List<String> headingPath,
    int startLine,
    int endLine,
    String text,
    String hash) {
  public Section {
    headingPath = List.copyOf(headingPath);
  }
}
