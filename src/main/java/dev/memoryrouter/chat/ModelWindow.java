package dev.memoryrouter.chat;

/// How much a published name can take, for clients that ask.
///
/// @param limit tokens of prompt and output together
/// @param maxInput tokens that a client may send: the limit less memory and output reserve
/// @param maxOutput largest output in tokens
/// @param reasoning whether a model behind it can reason before it answers
public record ModelWindow(
    int limit, int maxInput, int maxOutput, boolean vision, boolean tools, boolean reasoning) {}
