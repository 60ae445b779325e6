package dev.memoryrouter.admission;

/// A slot that is kept for a conversation whose agent runs a tool.
///
/// @param level the class in which its next request will wait
/// @param until when it is given up
record Hold(String conversation, int level, long until) {
  boolean isFor(Waiter waiter) {
    return conversation.equals(waiter.ticket().conversation());
  }
}
