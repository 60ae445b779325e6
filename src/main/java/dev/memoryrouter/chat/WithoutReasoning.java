package dev.memoryrouter.chat;

import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ChatStream;

/// An answer for clients that cannot be shown reasoning: what they are not sent must not count as
/// the beginning of an answer, or a call that comes to nothing could not be replaced.
record WithoutReasoning(ChatStream stream) implements ChatStream {
  @Override
  public ChatEvent next() throws InterruptedException {
    ChatEvent event = stream.next();
    while (event instanceof ChatEvent.Reasoning) {
      event = stream.next();
    }
    return event;
  }

  @Override
  public void close() {
    stream.close();
  }
}
