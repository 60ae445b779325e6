package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.prompt.MemoryEntry.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A prompt that fits one model, with the account of its tokens.
///
/// @param model key of the model that it fits
/// @param request what is sent
/// @param promptTokens of everything sent, memory included
/// @param offset what was learnt about the model's own count, and is in `promptTokens`
/// @param memoryTokens of all memory blocks in it
/// @param reserve tokens kept for the output; also the most that the model may write
/// @param limit the model's effective limit
/// @param entries the receipt: every section that was placed or left out
/// @param fresh the block that this prompt places anew; null when the newest turn is settled or has
///   no place for one
/// @param shortened texts that this prompt is the first to shorten
/// @param compacted number of all texts that are shortened in it
public record FittedPrompt(
    String model,
    ChatRequest request,
    int promptTokens,
    int offset,
    int memoryTokens,
    int reserve,
    EffectiveLimit limit,
    List<MemoryEntry> entries,
    @Nullable FreshBlock fresh,
    List<Shortening> shortened,
    int compacted) {
  public FittedPrompt {
    entries = List.copyOf(entries);
    shortened = List.copyOf(shortened);
  }

  /// A block placed for the newest human turn.
  ///
  /// @param message index of the message that carries it
  /// @param part index of its part in that message
  /// @param text empty when the turn was looked at and gets nothing
  public record FreshBlock(int message, int part, String text) {}

  /// Number of sections in the prompt, new and repeated.
  public int sections() {
    return (int) entries.stream().filter(entry -> entry.state() != State.DROPPED).count();
  }
}
