package dev.memoryrouter.conversation;

/// What a tool gave back, as it stands in the history.
///
/// @param message index of the message that carries it
/// @param part index of its text part in that message
/// @param call tool and arguments, such as `read_file {"path":"a.md"}`: equal for two calls that
///   asked for the same. Only the tool where the history does not say more
/// @param text the result, with the header that some agents put before it
public record ToolResult(int message, int part, String call, String text) {}
