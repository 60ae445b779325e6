package dev.memoryrouter.chat;

import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ChatStream;
import org.jspecify.annotations.Nullable;

/// A stream whose first event was read already, to see whether the call works.
final class PeekedStream implements ChatStream {
  private final ChatStream stream;
  private @Nullable ChatEvent first;

  PeekedStream(ChatEvent first, ChatStream stream) {
    this.first = first;
    this.stream = stream;
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
    stream.close();
  }
}
