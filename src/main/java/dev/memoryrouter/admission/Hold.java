package dev.memoryrouter.admission;

/// A slot that is kept for a conversation whose agent runs a tool.
///
/// @param model whose slot it is: only there the conversation's prompt is in the cache
/// @param level the class in which its next request will wait
/// @param until when it is given up
record Hold(String conversation, ModelId model, int level, long until) {
  boolean isFor(Waiter waiter) {
    return model.equals(waiter.model()) && isOf(waiter);
  }

  /// Whether the conversation went on with another model.
  boolean isForsakenBy(Waiter waiter) {
    return !model.equals(waiter.model()) && isOf(waiter);
  }

  private boolean isOf(Waiter waiter) {
    return conversation.equals(waiter.ticket().conversation());
  }
}
