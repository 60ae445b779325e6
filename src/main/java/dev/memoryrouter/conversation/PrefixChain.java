package dev.memoryrouter.conversation;

import java.util.List;

/// Identities of the prefixes of a conversation: `at(n)` is equal for two requests exactly when
/// their first n messages after the system prompt mean the same. System messages do not count,
/// because agents change them within a conversation; string content equals one text part; white
/// space in tool arguments does not matter.
///
/// @param hashes element i is the identity of messages 0 to i of the request; 32 hexadecimal digits
public record PrefixChain(List<String> hashes) {
  public PrefixChain {
    hashes = List.copyOf(hashes);
  }

  /// Identity of the first `messages` messages of the request.
  ///
  /// @param messages from 1 to the number of messages
  public String at(int messages) {
    return hashes.get(messages - 1);
  }

  /// Number of messages.
  public int size() {
    return hashes.size();
  }
}
