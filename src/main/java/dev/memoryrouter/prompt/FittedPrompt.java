package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.prompt.MemoryEntry.State;
import java.util.List;

/// A prompt that fits one model, with the account of its tokens.
///
/// @param request what is sent
/// @param promptTokens of everything sent, memory included
/// @param memoryTokens of all memory blocks in it
/// @param reserve tokens kept for the output; also the most that the model may write
/// @param limit the model's effective limit
/// @param entries the receipt: every section that was placed or left out
public record FittedPrompt(
    ChatRequest request,
    int promptTokens,
    int memoryTokens,
    int reserve,
    EffectiveLimit limit,
    List<MemoryEntry> entries) {
  public FittedPrompt {
    entries = List.copyOf(entries);
  }

  /// Number of sections in the prompt, new and repeated.
  public int sections() {
    return (int) entries.stream().filter(entry -> entry.state() != State.DROPPED).count();
  }
}
