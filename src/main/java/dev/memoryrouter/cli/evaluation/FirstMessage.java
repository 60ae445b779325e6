package dev.memoryrouter.cli.evaluation;

import dev.memoryrouter.chat.MemoryFinder;
import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.ConversationReader;
import dev.memoryrouter.conversation.GenerationOptions;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.ToolChoice;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.prompt.EffectiveLimit;
import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.prompt.MemoryEntry;
import dev.memoryrouter.prompt.MemoryOffer;
import dev.memoryrouter.prompt.MemorySettings;
import dev.memoryrouter.prompt.PromptCounter;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.prompt.PromptMemory;
import dev.memoryrouter.prompt.RequestFitter;
import dev.memoryrouter.retrieval.Hit;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.tokens.CountCache;
import dev.memoryrouter.tokens.TokenCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.node.JsonNodeFactory;

/// The memory that a query would get as the first message of a chat, found and fitted by the same
/// code as for a real one, but never the whole bank.
final class FirstMessage {
  private static final String TOKENIZER = "qwen";

  /// So large that only the budget bounds the memory.
  private static final RequestFitter.Target TARGET =
      new RequestFitter.Target(
          "evaluation", TOKENIZER, new EffectiveLimit(1 << 20, "context"), 1, false, 0);

  private final ConversationReader reader = new ConversationReader();
  private final PromptFitter fitter =
      new PromptFitter(
          new PromptCounter(new CountCache(), TokenCounters::of), PromptMemory.inMemory());
  private final MemoryFinder finder;
  private final MemorySettings settings;

  /// @param budget most tokens of memory
  FirstMessage(Retriever retriever, double minScore, int budget) {
    finder = new MemoryFinder(retriever, fitter, TokenCounters.of(TOKENIZER));
    settings = new MemorySettings(1, budget, minScore, false);
  }

  /// What is injected.
  ///
  /// @param tokens of the whole block
  record Memory(List<Hit> hits, int tokens) {
    Memory {
      hits = List.copyOf(hits);
    }
  }

  Memory memory(Bank bank, String query) {
    Conversation conversation = reader.read(request(query), Map.of());
    MemoryOffer offer = finder.find(settings, conversation, bank).offer();
    return switch (fitter.prepare(conversation, offer, settings).fit(TARGET, false)) {
      case Fit.Fits(FittedPrompt prompt) -> memory(offer.ranked(), prompt);
      case Fit.TooLong _ -> new Memory(List.of(), 0);
    };
  }

  /// In a first turn the receipt has one entry for each hit, in their order.
  private static Memory memory(List<Hit> ranked, FittedPrompt prompt) {
    List<Hit> injected = new ArrayList<>();
    IntStream.range(0, ranked.size())
        .filter(i -> prompt.entries().get(i).state() == MemoryEntry.State.INJECTED)
        .forEach(i -> injected.add(ranked.get(i)));
    return new Memory(injected, prompt.memoryTokens());
  }

  private static ChatRequest request(String query) {
    return new ChatRequest(
        "evaluation",
        List.of(Message.of(Role.USER, query)),
        List.of(),
        new ToolChoice.Unset(),
        GenerationOptions.NONE,
        new ResponseFormat.Text(),
        JsonNodeFactory.instance.objectNode());
  }
}
