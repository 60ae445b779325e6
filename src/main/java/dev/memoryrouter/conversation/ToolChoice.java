package dev.memoryrouter.conversation;

/// How free the model is in calling tools.
public sealed interface ToolChoice {
  /// The client said nothing.
  record Unset() implements ToolChoice {}

  record Auto() implements ToolChoice {}

  record None() implements ToolChoice {}

  record Required() implements ToolChoice {}

  /// This function must be called.
  record Named(String function) implements ToolChoice {}
}
