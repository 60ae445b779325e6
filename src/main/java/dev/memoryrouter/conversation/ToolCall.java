package dev.memoryrouter.conversation;

/// A call of a tool by the assistant.
///
/// @param id the id that the tool's result refers to
/// @param arguments JSON text as the model wrote it; not necessarily valid
public record ToolCall(String id, String name, String arguments) {}
