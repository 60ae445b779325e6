package dev.memoryrouter.chat;

/// What a request wants of a model.
public enum Purpose {
  /// The next message of a conversation.
  CHAT,
  /// More of a text. It gets no memory, which would stand in the text, and when no model is
  /// reachable it is refused, because passages of notes do not continue it.
  COMPLETION
}
