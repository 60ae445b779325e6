package dev.memoryrouter.api;

import dev.memoryrouter.conversation.ChatRequest;

/// A chat request with what only concerns the form of the answer.
///
/// @param stream whether the answer is sent as server-sent events
/// @param includeUsage whether a stream ends with a chunk of token counts
public record ParsedChat(ChatRequest request, boolean stream, boolean includeUsage) {}
