package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.prompt.MemoryEntry.State;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fits prompts into models and remembers what was placed where, so that later turns send the same
/// bytes again. Thread-safe.
public final class PromptFitter {
  private static final Logger LOG = LoggerFactory.getLogger(PromptFitter.class);

  private final PromptCounter counter;
  private final PromptMemory memory;

  public PromptFitter(PromptCounter counter, PromptMemory memory) {
    this.counter = counter;
    this.memory = memory;
  }

  /// Begins to fit a request. What its fits have in common is done once. Nothing is remembered
  /// until [#remember].
  public RequestFitter prepare(
      Conversation conversation, MemoryOffer offer, MemorySettings settings) {
    return new RequestFitter(counter, memory, conversation, offer, settings);
  }

  /// Whether it is settled what memory the newest human turn has: it was answered already, and a
  /// block was placed for it, or it was looked at and got nothing. A turn that nobody has answered
  /// is never settled: nothing is cached yet, and the index may be newer than the last try.
  public boolean knowsNewestTurn(Conversation conversation, String bank) {
    return Placement.ofSettledTurn(conversation, memory, bank).isPresent();
  }

  /// Remembers what a prompt that is about to be sent places and leaves out, so that later turns
  /// repeat it. Of several prompts for one turn the last one counts: it is the one that was
  /// answered.
  public void remember(Conversation conversation, String bank, FittedPrompt prompt) {
    LOG.debug(
        "{} gets {} of {} tokens with {} of memory, {} results shortened: {}",
        prompt.model(),
        prompt.promptTokens(),
        prompt.limit().tokens(),
        prompt.memoryTokens(),
        prompt.compacted(),
        prompt.entries());
    FittedPrompt.FreshBlock fresh = prompt.fresh();
    if (fresh != null) {
      List<MemoryEntry> injected =
          prompt.entries().stream().filter(entry -> entry.state() == State.INJECTED).toList();
      memory.place(
          conversation,
          fresh.message(),
          bank,
          new PlacedBlock(fresh.part(), fresh.text(), injected));
    }
    memory.settle(conversation, bank);
    memory.shorten(conversation, prompt.model(), prompt.shortened());
  }

  /// Tokens of the texts of a prompt alone; see [PromptCounter#texts].
  public int certainTokens(FittedPrompt prompt, String tokenizer) {
    return counter.texts(prompt.request(), tokenizer);
  }

  /// Tokens of memory that a model with this limit may be given.
  public static int memoryBudget(int limit, MemorySettings settings) {
    return (int) Math.min(limit * settings.budgetShare(), settings.budgetTokens());
  }
}
