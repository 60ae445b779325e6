package dev.memoryrouter.memory;

/// A heading of a markdown file.
///
/// @param line its first line, 0-based
/// @param lines how many lines it takes, underline included
/// @param level 1 to 6
/// @param text without `#`, underline and surrounding space; otherwise as written
record Heading(int line, int lines, int level, String text) {}
