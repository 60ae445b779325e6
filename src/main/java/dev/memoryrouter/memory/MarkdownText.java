package dev.memoryrouter.memory;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The text of a markdown file from its bytes: UTF-8, or UTF-16 when a byte order mark says so.
/// Marks are removed and line ends become `\n`; bytes that are no UTF-8 become U+FFFD.
final class MarkdownText {
  private static final String MARK = "\uFEFF";

  private MarkdownText() {}

  /// Decodes a file.
  ///
  /// @return empty for a binary file, which NUL characters give away
  static Optional<String> of(byte[] bytes) {
    String text = decode(bytes);
    if (text.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    String unmarked = text.startsWith(MARK) ? text.substring(1) : text;
    if (unmarked.indexOf('\r') < 0) {
      return Optional.of(unmarked);
    }
    return Optional.of(unmarked.replace("\r\n", "\n").replace('\r', '\n'));
  }

  private static String decode(byte[] bytes) {
    if (startsWith(bytes, 0xff, 0xfe)) {
      return new String(bytes, StandardCharsets.UTF_16LE);
    }
    if (startsWith(bytes, 0xfe, 0xff)) {
      return new String(bytes, StandardCharsets.UTF_16BE);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static boolean startsWith(byte[] bytes, int first, int second) {
    return bytes.length >= 2 && (bytes[0] & 0xff) == first && (bytes[1] & 0xff) == second;
  }
}
