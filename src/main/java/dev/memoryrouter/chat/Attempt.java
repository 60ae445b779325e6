package dev.memoryrouter.chat;

/// One call to a model for a request.
///
/// @param kind `answered`, or the kind of failure, such as `timed-out`
/// @param result `answered`, or why it failed, for a person; never quotes the upstream, whose words
///   may quote the prompt
/// @param millis until the first payload or the failure, the wait for the model's turn included;
///   until the end of an answer that is sent in one piece
public record Attempt(String model, String upstream, String kind, String result, long millis) {}
