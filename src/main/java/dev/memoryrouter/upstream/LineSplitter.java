package dev.memoryrouter.upstream;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Cuts a stream of bytes into lines, which end with LF, CR or CRLF. Lines may have any length, and
/// any split of the bytes gives the same lines.
final class LineSplitter {
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean afterCr;

  void accept(byte[] piece, Consumer<String> lines) {
    int start = 0;
    for (int i = 0; i < piece.length; i++) {
      byte b = piece[i];
      if (b == '\n' && afterCr) {
        start = i + 1;
      } else if (b == '\n' || b == '\r') {
        line.write(piece, start, i - start);
        start = i + 1;
        emit(lines);
      }
      afterCr = b == '\r';
    }
    line.write(piece, start, piece.length - start);
  }

  /// The last line, when it has no line end.
  void end(Consumer<String> lines) {
    if (line.size() > 0) {
      emit(lines);
    }
  }

  private void emit(Consumer<String> lines) {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    lines.accept(text);
  }
}
