package dev.memoryrouter.prompt;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What became of one section of the memory bank: a line of the receipt.
///
/// @param heading headings from the outermost to the nearest, joined by ` > `; null before the
///   first
/// @param score as retrieval gave it, from 0 to 1; 1 for a whole bank
/// @param tokens of the section's text by the model's tokenizer
/// @param reason why, in a few words
public record MemoryEntry(
    String file, @Nullable String heading, double score, int tokens, State state, String reason) {
  /// What happened to a section.
  public enum State {
    /// Newly placed in this prompt.
    INJECTED,
    /// Placed in an earlier turn and sent again as it was.
    REPEATED,
    /// Found but left out.
    DROPPED;

    /// The name used in answers.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  MemoryEntry as(State newState, String newReason) {
    return new MemoryEntry(file, heading, score, tokens, newState, newReason);
  }
}
