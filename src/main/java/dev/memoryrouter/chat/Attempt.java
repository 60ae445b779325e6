package dev.memoryrouter.chat;

/// One call to a model for a request.
///
/// @param result `answered`, or why it failed, for a person
/// @param millis until the first payload or the failure
public record Attempt(String model, String upstream, String result, long millis) {}
