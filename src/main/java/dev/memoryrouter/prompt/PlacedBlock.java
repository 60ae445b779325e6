package dev.memoryrouter.prompt;

import java.util.List;

/// A memory block as it stands in one message. Empty text means that the turn was looked at and got
/// nothing: it goes without for good, so that its bytes never change.
///
/// @param part index at which the block's part stands among the message's own parts
/// @param entries the sections in the block
record PlacedBlock(int part, String text, List<MemoryEntry> entries) {
  static final PlacedBlock NONE = new PlacedBlock(0, "", List.of());

  PlacedBlock {
    entries = List.copyOf(entries);
  }

  boolean isEmpty() {
    return text.isEmpty();
  }
}
