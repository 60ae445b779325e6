package dev.memoryrouter.chat;

import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ChatStream;
import org.jspecify.annotations.Nullable;

/// A stream whose first event was read already, to see whether the call works.
final class PeekedStream implements ChatStream {
  private final ChatStream stream;
  private final Runnable whenClosed;
  private @Nullable ChatEvent first;
  private boolean closed;

  /// @param whenClosed runs once, at the first close
  PeekedStream(ChatEvent first, ChatStream stream, Runnable whenClosed) {
    this.first = first;
    this.stream = stream;
    this.whenClosed = whenClosed;
  }

  @Override
  public ChatEvent next() throws InterruptedException {
    ChatEvent peeked = first;
    if (peeked != null) {
      first = null;
      return peeked;
    }
    return stream.next();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      stream.close();
    } finally {
      whenClosed.run();
    }
  }
}
