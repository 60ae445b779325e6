package dev.memoryrouter.chat;

/// How an answer reaches the client, which decides how long a failed call can be made good.
public enum Delivery {
  /// Piece by piece: from the first payload on the client has seen something.
  STREAMED,
  /// In one piece: until its end nothing was sent, and another call may still replace it.
  WHOLE
}
