package dev.memoryrouter.memory;

/// A piece of a section that fits the embedding model's window.
///
/// @param ordinal 0-based position within its section
/// @param startLine first line, 1-based
/// @param endLine last line, 1-based, inclusive
/// @param text the piece itself
/// @param embedded the text that is embedded: file and heading path as context, then the piece; at
///   most the window in word pieces
public record Chunk(
    Section section, int ordinal, int startLine, int endLine, String text, String embedded) {
  /// Unique within the bank.
  public String id() {
    return section.id() + "#" + ordinal;
  }
}
