package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.TurnKind;
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
/// leaves in this order: sections of the new block, old blocks from the oldest, output reserve down
/// to [#LEAST_RESERVE]. Thread-safe.
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

  /// Whether it is settled what memory the newest human turn has: a block was placed for it, or it
  /// was looked at and got nothing.
  public boolean knowsNewestTurn(Conversation conversation, String bank) {
    return Placement.of(conversation)
        .filter(place -> memory.placedIn(conversation, bank).containsKey(place.message()))
        .isPresent();
  }

  /// Remembers the blocks of a prompt that is about to be sent, so that later turns repeat them.
  public void remember(Conversation conversation, String bank, FittedPrompt prompt) {
    Placement.of(conversation)
        .filter(place -> !memory.placedIn(conversation, bank).containsKey(place.message()))
        .ifPresent(place ->
            memory.remember(
                conversation, place.message(), bank, newBlock(conversation, place, prompt)));
  }

  private static PlacedBlock newBlock(
      Conversation conversation, Placement place, FittedPrompt prompt) {
    List<MemoryEntry> injected =
        prompt.entries().stream().filter(entry -> entry.state() == State.INJECTED).toList();
    Message before = conversation.request().messages().get(place.message());
    Message after = prompt.request().messages().get(place.message());
    String block = injected.isEmpty() ? "" : inserted(before, after, place.part());
    return new PlacedBlock(place.part(), block, injected);
  }

  private static String inserted(Message before, Message after, int part) {
    if (before.form() == Message.Form.STRING) {
      return after.text().substring(before.text().length() + 2);
    }
    return ((dev.memoryrouter.conversation.Part.Text) after.parts().get(part)).text();
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
    }

    Fit fit() {
      if (base + least > limit) {
        return new Fit.TooLong(base, least, fixedTokens(), target.limit());
      }
      Map<Integer, PlacedBlock> blocks = keptBlocks();
      int repeated = blocks.values().stream().mapToInt(this::cost).sum();
      Optional<PlacedBlock> fresh = freshBlock(blocks, repeated);
      Placement.of(conversation)
          .ifPresent(place -> fresh.ifPresent(block -> blocks.put(place.message(), block)));
      int memoryTokens = repeated + fresh.map(this::cost).orElse(0);
      int prompt = base + memoryTokens;
      return new Fit.Fits(
          new FittedPrompt(
              request.withMessages(placed(blocks)),
              prompt,
              memoryTokens,
              Math.min(wanted, limit - prompt),
              target.limit(),
              entries));
    }

    /// Blocks of earlier turns that still fit, the newest kept; the reserve gives way before they
    /// do.
    private Map<Integer, PlacedBlock> keptBlocks() {
      Map<Integer, PlacedBlock> known = memory.placedIn(conversation, offer.bank());
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

    private Optional<PlacedBlock> freshBlock(Map<Integer, PlacedBlock> known, int repeated) {
      Optional<Placement> place = Placement.of(conversation);
      if (place.isEmpty() || known.containsKey(place.get().message())) {
        return Optional.empty();
      }
      int room = limit - base - repeated - wanted;
      int budget = Math.min(room, memoryBudget(limit, settings));
      return Optional.ofNullable(wholeBank(budget))
          .or(() -> Optional.ofNullable(ranked(budget)))
          .map(text -> new PlacedBlock(place.get().part(), text, List.of()));
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
      for (Hit hit : offer.ranked()) {
        if (hit.score() < settings.minScore()) {
          entries.add(entry(hit, State.DROPPED, "score below " + settings.minScore()));
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
