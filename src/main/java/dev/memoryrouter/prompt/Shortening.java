package dev.memoryrouter.prompt;

/// A tool result of the history that a marked note replaces, because the prompt would not fit. The
/// note itself is made anew from the result whenever it is sent, so that nothing of a prompt has to
/// be kept.
///
/// @param message index of the message
/// @param part index of the text part in it
/// @param superseded whether the same call was made again later
/// @param tokens of the result when it was shortened
public record Shortening(int message, int part, boolean superseded, int tokens) {
  Shortening at(int newMessage) {
    return new Shortening(newMessage, part, superseded, tokens);
  }

  boolean isOf(int otherMessage, int otherPart) {
    return message == otherMessage && part == otherPart;
  }
}
