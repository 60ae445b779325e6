package dev.memoryrouter.upstream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Cuts a stream of bytes into lines, which end with LF, CR or CRLF. Any split of the bytes gives
/// the same lines.
final class LineSplitter {
  /// Far more than a model writes at once: a server that never ends its line is broken.
  private static final int LONGEST = 16 << 20;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final int longest;
  private boolean afterCr;

  /// A line has more bytes than are kept.
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1;

    private TooLong(int longest) {
      super("a line of more than " + longest + " bytes");
    }
  }

  LineSplitter() {
    this(LONGEST);
  }

  LineSplitter(int longest) {
    this.longest = longest;
  }

  void accept(byte[] piece, Consumer<String> lines) throws TooLong {
    int start = 0;
    for (int i = 0; i < piece.length; i++) {
      byte b = piece[i];
      if (b == '\n' && afterCr) {
        start = i + 1;
      } else if (b == '\n' || b == '\r') {
        keep(piece, start, i);
        start = i + 1;
        emit(lines);
      }
      afterCr = b == '\r';
    }
    keep(piece, start, piece.length);
  }

  private void keep(byte[] piece, int from, int to) throws TooLong {
    if (line.size() + (to - from) > longest) {
      throw new TooLong(longest);
    }
    line.write(piece, from, to - from);
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
