package dev.memoryrouter.memory;

/// A part of a text that chunks are made of: a line, or a part of a line that is too long.
///
/// @param start index in the text
/// @param end index after the last character
/// @param line line of the text it lies in, 0-based
/// @param tokens its count
/// @param border how well a cut before it suits the reader
record TextUnit(int start, int end, int line, int tokens, Border border) {
  /// From the worst place for a cut to the best.
  enum Border {
    NONE,
    LINE,
    ITEM,
    PARAGRAPH
  }
}
