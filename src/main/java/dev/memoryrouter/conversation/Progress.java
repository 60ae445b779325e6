package dev.memoryrouter.conversation;

/// How far the agent's list of things to do has come.
///
/// @param done items that are completed
/// @param total all items, at least 1
public record Progress(int done, int total) {}
