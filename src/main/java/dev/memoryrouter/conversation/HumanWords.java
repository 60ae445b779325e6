package dev.memoryrouter.conversation;

/// A person's words and where they stand.
///
/// @param text the words without any envelope, never blank
/// @param message index of the message that carries them
/// @param part index of the last part of that message that carries them
public record HumanWords(String text, int message, int part) {}
