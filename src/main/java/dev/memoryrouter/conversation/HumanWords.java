package dev.memoryrouter.conversation;

/// A person's words and where they stand.
///
/// @param text the words of one turn without any envelope, never blank. What stood in several
///   places of the turn is joined by blank lines, so the text need not occur in the message as a
///   whole
/// @param message index of the last message that carries them
/// @param part index of the last part of that message that carries them
public record HumanWords(String text, int message, int part) {}
