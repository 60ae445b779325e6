package dev.memoryrouter.conversation;

import java.util.List;

/// Identities of the prefixes of a conversation: `at(n)` is equal for two requests exactly when
/// their first n messages mean the same. Messages that agents change within a conversation do not
/// count (system messages; aider's examples and file listings): a prefix that ends with one has the
/// identity of what stands before it. String content equals one text part; white space in tool
/// arguments does not matter.
///
/// @param hashes element i is the identity of messages 0 to i of the request; 32 hexadecimal digits
/// @param messages element i is the identity of message i alone, empty when it does not count
public record PrefixChain(List<String> hashes, List<String> messages) {
  public PrefixChain {
    hashes = List.copyOf(hashes);
    messages = List.copyOf(messages);
  }

  /// Identity of the first `messages` messages of the request.
  ///
  /// @param messages from 1 to the number of messages
  public String at(int messages) {
    return hashes.get(messages - 1);
  }

  /// Whether a message counts.
  ///
  /// @param message its index
  public boolean counts(int message) {
    return !messages.get(message).isEmpty();
  }

  /// Number of messages.
  public int size() {
    return hashes.size();
  }
}
