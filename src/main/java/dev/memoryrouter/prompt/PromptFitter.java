package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.prompt.FittedPrompt.FreshBlock;
import dev.memoryrouter.prompt.MemoryEntry.State;
import dev.memoryrouter.retrieval.Hit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Fits prompt, tools, memory and output reserve into a model's effective limit. What does not fit
/// leaves in this order: sections of the new block, output reserve down to [#LEAST_RESERVE], old
/// blocks from the oldest. Thread-safe.
public final class PromptFitter {
  /// Output tokens that must remain possible before an overflow is declared.
  static final int LEAST_RESERVE = 1024;

  private final PromptCounter counter;
  private final BlockMemory memory;

  public PromptFitter(PromptCounter counter, BlockMemory memory) {
    this.counter = counter;
    this.memory = memory;
  }

  /// A model to fit to.
  ///
  /// @param tokenizer id of its tokenizer
  /// @param maxOutput its largest output
  public record Target(String tokenizer, EffectiveLimit limit, int maxOutput) {}

  /// Fits a conversation to a model. Nothing is remembered until [#remember].
  public Fit fit(
      Conversation conversation, Target target, MemoryOffer offer, MemorySettings settings) {
    return new Fitting(conversation, target, offer, settings).fit();
  }

  /// Whether it is settled what memory the newest human turn has: it was answered already, and a
  /// block was placed for it, or it was looked at and got nothing. A turn that nobody has answered
  /// is never settled: nothing is cached yet, and the index may be newer than the last try.
  public boolean knowsNewestTurn(Conversation conversation, String bank) {
    return Placement.of(conversation)
        .filter(place -> isAnswered(conversation, place))
        .filter(place -> memory.placedIn(conversation, bank).containsKey(place.message()))
        .isPresent();
  }

  private static boolean isAnswered(Conversation conversation, Placement place) {
    List<Message> messages = conversation.request().messages();
    return messages.subList(place.message(), messages.size()).stream()
        .anyMatch(message -> message.role() == Role.ASSISTANT);
  }

  /// Remembers the block of a prompt that is about to be sent, so that later turns repeat it. Of
  /// several prompts for one turn the last one counts: it is the one that was answered.
  public void remember(Conversation conversation, String bank, FittedPrompt prompt) {
    FittedPrompt.FreshBlock fresh = prompt.fresh();
    if (fresh != null) {
      List<MemoryEntry> injected =
          prompt.entries().stream().filter(entry -> entry.state() == State.INJECTED).toList();
      memory.remember(
          conversation,
          fresh.message(),
          bank,
          new PlacedBlock(fresh.part(), fresh.text(), injected));
    }
  }

  /// One fit; holds what its steps share.
  private final class Fitting {
    private final Conversation conversation;
    private final Target target;
    private final MemoryOffer offer;
    private final MemorySettings settings;
    private final ChatRequest request;
    private final int limit;
    private final int wanted;
    private final int least;
    private final int base;
    private final Optional<Placement> openPlace;
    private final List<MemoryEntry> entries = new ArrayList<>();

    Fitting(Conversation conversation, Target target, MemoryOffer offer, MemorySettings settings) {
      this.conversation = conversation;
      this.target = target;
      this.offer = offer;
      this.settings = settings;
      request = conversation.request();
      limit = target.limit().tokens();
      wanted = wantedOutput(request, target.maxOutput());
      least = Math.min(LEAST_RESERVE, wanted);
      base = counter.count(request, target.tokenizer());
      openPlace =
          Placement.of(conversation).filter(_ -> !knowsNewestTurn(conversation, offer.bank()));
    }

    Fit fit() {
      if (base + least > limit) {
        return new Fit.TooLong(base, least, fixedTokens(), target.limit());
      }
      Map<Integer, PlacedBlock> blocks = keptBlocks();
      int repeated = blocks.values().stream().mapToInt(this::cost).sum();
      FreshBlock fresh = freshBlock(repeated);
      int memoryTokens = repeated;
      if (fresh != null) {
        PlacedBlock block = new PlacedBlock(fresh.part(), fresh.text(), List.of());
        blocks.put(fresh.message(), block);
        memoryTokens += cost(block);
      }
      int prompt = base + memoryTokens;
      return new Fit.Fits(
          new FittedPrompt(
              request.withMessages(placed(blocks)),
              prompt,
              memoryTokens,
              Math.min(wanted, limit - prompt),
              target.limit(),
              entries,
              fresh));
    }

    /// Blocks of earlier turns that still fit, the newest kept; the reserve gives way before they
    /// do.
    private Map<Integer, PlacedBlock> keptBlocks() {
      Map<Integer, PlacedBlock> known = memory.placedIn(conversation, offer.bank());
      openPlace.ifPresent(place -> known.remove(place.message()));
      Map<Integer, PlacedBlock> kept = new LinkedHashMap<>();
      int room = limit - base - least;
      for (int message : known.keySet().stream().sorted((a, b) -> b - a).toList()) {
        PlacedBlock block = known.get(message);
        if (block == null) {
          continue;
        }
        int cost = cost(block);
        boolean fits = cost <= room;
        room -= fits ? cost : 0;
        if (fits) {
          kept.put(message, block);
        }
        block
            .entries()
            .forEach(entry ->
                entries.add(
                    fits
                        ? entry.as(State.REPEATED, "shown in an earlier turn")
                        : entry.as(State.DROPPED, "no room left in the limit")));
      }
      return kept;
    }

    private @Nullable FreshBlock freshBlock(int repeated) {
      if (openPlace.isEmpty()) {
        return null;
      }
      Placement place = openPlace.get();
      int room = limit - base - repeated - wanted;
      int budget = Math.min(room, memoryBudget(limit, settings));
      String text = wholeBank(budget);
      if (text == null) {
        text = ranked(budget);
      }
      return new FreshBlock(place.message(), place.part(), text == null ? "" : text);
    }

    private @Nullable String wholeBank(int budget) {
      if (!settings.wholeBank()
          || conversation.turn() != TurnKind.FIRST
          || offer.wholeBank().isEmpty()) {
        return null;
      }
      String block = MemoryBlock.render(offer.wholeBank(), true);
      if (tokens(block) > budget) {
        return null;
      }
      offer
          .wholeBank()
          .forEach(hit -> entries.add(entry(hit, State.INJECTED, "the whole core bank fits")));
      return block;
    }

    private @Nullable String ranked(int budget) {
      Set<String> shown = entries.stream().map(Fitting::name).collect(Collectors.toSet());
      List<Hit> chosen = new ArrayList<>();
      double least = leastScore();
      for (Hit hit : offer.ranked()) {
        if (hit.score() < least) {
          entries.add(entry(hit, State.DROPPED, "score below " + least));
        } else if (shown.contains(hit.file() + '>' + MemoryBlock.heading(hit))) {
          entries.add(entry(hit, State.DROPPED, "already in the conversation"));
        } else if (fitsWith(chosen, hit, budget)) {
          chosen.add(hit);
          entries.add(entry(hit, State.INJECTED, "ranked " + chosen.size()));
        } else {
          entries.add(entry(hit, State.DROPPED, "over the memory budget of " + budget));
        }
      }
      return chosen.isEmpty() ? null : MemoryBlock.render(chosen, false);
    }

    /// The best section tells whether the bank knows anything about the turn; if it does, others
    /// follow that reach half of what is asked of the best.
    private double leastScore() {
      double asked = settings.minScore();
      boolean known = offer.ranked().stream().anyMatch(hit -> hit.score() >= asked);
      return known ? asked / 2 : asked;
    }

    private boolean fitsWith(List<Hit> chosen, Hit hit, int budget) {
      List<Hit> all = new ArrayList<>(chosen);
      all.add(hit);
      return budget > 0 && tokens(MemoryBlock.render(all, false)) <= budget;
    }

    private List<Message> placed(Map<Integer, PlacedBlock> blocks) {
      List<Message> messages = new ArrayList<>(request.messages());
      blocks.forEach((index, block) -> {
        if (!block.isEmpty()) {
          messages.set(index, Placement.insert(messages.get(index), block.part(), block.text()));
        }
      });
      return messages;
    }

    private int cost(PlacedBlock block) {
      return block.isEmpty() ? 0 : tokens(block.text());
    }

    /// Tokens of a block with the break that joins it to the text before.
    private int tokens(String block) {
      return counter.text(block, target.tokenizer()) + 2;
    }

    private int fixedTokens() {
      List<Message> system =
          request.messages().stream().filter(message -> message.role() == Role.SYSTEM).toList();
      return system.isEmpty() && request.tools().isEmpty()
          ? 0
          : counter.count(
              request.withMessages(
                  system.isEmpty() ? List.of(Message.of(Role.SYSTEM, "")) : system),
              target.tokenizer());
    }

    private MemoryEntry entry(Hit hit, State state, String reason) {
      String heading = hit.headingPath().isEmpty() ? null : MemoryBlock.heading(hit);
      return new MemoryEntry(
          hit.file(),
          heading,
          hit.score(),
          counter.text(hit.text(), target.tokenizer()),
          state,
          reason);
    }

    private static String name(MemoryEntry entry) {
      return entry.file() + '>' + (entry.heading() == null ? "" : entry.heading());
    }
  }

  /// Tokens of memory that a model with this limit may be given.
  public static int memoryBudget(int limit, MemorySettings settings) {
    return (int) Math.min(limit * settings.budgetShare(), settings.budgetTokens());
  }

  private static int wantedOutput(ChatRequest request, int maxOutput) {
    Integer asked = request.options().maxTokens();
    return asked == null ? maxOutput : Math.min(asked, maxOutput);
  }
}
