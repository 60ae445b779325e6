package dev.memoryrouter.conversation;

import java.util.List;
import java.util.stream.Collectors;

/// A person's words within one message.
///
/// @param part index of the last part that carries them
record Spoken(String text, int part) {

  /// Several words as one; they must not be empty.
  static Spoken join(List<Spoken> spoken, String separator) {
    return spoken.size() == 1
        ? spoken.getFirst()
        : new Spoken(
            spoken.stream().map(Spoken::text).collect(Collectors.joining(separator)),
            spoken.getLast().part());
  }
}
