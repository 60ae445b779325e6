package dev.memoryrouter.upstream.openai;

import java.util.function.Consumer;

/// Puts the lines of a server-sent event stream together to payloads. Comments and fields other
/// than `data` are left out. Bare JSON, as some servers send on failure or when they do not stream,
/// counts as data; it may stand on several lines.
final class SseEvents {
  private static final String FIELD = "data:";

  /// Far more than any server writes in one event.
  private static final int LONGEST = 16 << 20;

  private final StringBuilder data = new StringBuilder();
  private boolean pending;
  private boolean bare;

  /// Takes one line.
  ///
  /// @return whether the line carried data
  boolean line(String line, Consumer<String> payloads) {
    if (line.isEmpty()) {
      dispatch(payloads);
      return false;
    }
    // A byte order mark may stand before the first line.
    String text = line.startsWith("\uFEFF") ? line.substring(1) : line;
    if (text.startsWith(FIELD)) {
      String value = text.substring(FIELD.length());
      add(value.startsWith(" ") ? value.substring(1) : value);
      return true;
    }
    bare |= text.startsWith("{");
    if (bare) {
      add(text);
    }
    return bare;
  }

  /// Whether the event that is being read has grown beyond all measure.
  boolean tooLong() {
    return data.length() > LONGEST;
  }

  /// The stream has ended; a last event may lack its blank line.
  void end(Consumer<String> payloads) {
    dispatch(payloads);
  }

  private void add(String value) {
    if (pending) {
      data.append('\n');
    }
    data.append(value);
    pending = true;
  }

  private void dispatch(Consumer<String> payloads) {
    if (pending) {
      String payload = data.toString();
      data.setLength(0);
      pending = false;
      bare = false;
      payloads.accept(payload);
    }
  }
}
