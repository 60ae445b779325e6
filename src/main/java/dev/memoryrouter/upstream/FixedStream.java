package dev.memoryrouter.upstream;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/// A stream of events that are known from the start.
final class FixedStream implements ChatStream {
  private final Queue<ChatEvent> events;

  FixedStream(List<ChatEvent> events) {
    this.events = new ArrayDeque<>(events);
  }

  @Override
  public ChatEvent next() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return events.remove();
  }

  @Override
  public void close() {}
}
