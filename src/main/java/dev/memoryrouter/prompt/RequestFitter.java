package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.prompt.FittedPrompt.FreshBlock;
import dev.memoryrouter.prompt.MemoryEntry.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Fits one request, with its tools, memory and output reserve, into the effective limits of
/// models. What does not fit leaves in this order: sections of the new block, output reserve down
/// to [#LEAST_RESERVE], old blocks from the oldest, and where it is allowed, old tool results,
/// which become marked notes. Not thread-safe.
public final class RequestFitter {
  /// Output tokens that must remain possible before an overflow is declared.
  static final int LEAST_RESERVE = 1024;

  /// Compaction goes on until this share of the limit is free beside the output, so that the next
  /// turns need none: each one changes old messages, and that costs the model's prefix cache.
  private static final double COMPACTED_HEADROOM = 0.15;

  private final PromptCounter counter;
  private final PromptMemory memory;
  private final Conversation conversation;
  private final ChatRequest request;
  private final SectionChoice sections;
  private final Map<Integer, PlacedBlock> known;
  private final Optional<Placement> openPlace;
  private final Map<String, Integer> counts = new HashMap<>();
  private @Nullable SeenText seen;

  /// A model to fit to.
  ///
  /// @param model its key
  /// @param tokenizer id of its tokenizer
  /// @param maxOutput its largest output in tokens
  /// @param withReasoning whether it is shown its earlier reasoning again
  /// @param offset tokens to add to our counts; see [CountCalibration]
  public record Target(
      String model,
      String tokenizer,
      EffectiveLimit limit,
      int maxOutput,
      boolean withReasoning,
      int offset) {}

  RequestFitter(
      PromptCounter counter,
      PromptMemory memory,
      Conversation conversation,
      MemoryOffer offer,
      MemorySettings settings) {
    this.counter = counter;
    this.memory = memory;
    this.conversation = conversation;
    request = conversation.request();
    known = memory.placedIn(conversation, offer.bank());
    boolean settled = Placement.ofSettledTurn(conversation, memory, offer.bank()).isPresent();
    openPlace = settled ? Optional.empty() : Placement.of(conversation);
    openPlace.ifPresent(place -> known.remove(place.message()));
    boolean first = conversation.turn() == TurnKind.FIRST;
    sections = new SectionChoice(counter, offer, settings, first);
  }

  /// Fits the request to a model.
  ///
  /// @param compact whether old tool results may be shortened; those that earlier turns shortened
  ///   for this model stay so in any case
  public Fit fit(Target target, boolean compact) {
    return new Fitting(target).fit(compact);
  }

  /// One fit.
  private final class Fitting {
    private final Target target;
    private final int limit;
    private final int wanted;
    private final int least;
    private @Nullable Compactor compactor;

    Fitting(Target target) {
      this.target = target;
      limit = target.limit().tokens();
      wanted = wantedOutput(request, target.maxOutput());
      least = Math.min(LEAST_RESERVE, wanted);
    }

    Fit fit(boolean compact) {
      List<Shortening> before = memory.shortenedIn(conversation, target.model());
      Compacted compacted = new Compacted(shortened(before), before, List.of());
      int base = count(compacted);
      if (base + least > limit && compact) {
        compacted = compact(compacted, base);
        base = count(compacted);
      }
      return base + least > limit ? tooLong() : fits(compacted, base);
    }

    private Fit tooLong() {
      return new Fit.TooLong(target.offset() + countOnce(), least, fixedTokens(), target.limit());
    }

    /// Shortens one text after the other until the prompt fits with room to spare.
    private Compacted compact(Compacted before, int base) {
      int output = Math.min(wanted, limit / 4);
      int goal = limit - output - (int) (limit * COMPACTED_HEADROOM);
      int tokens = base;
      List<Shortening> fresh = new ArrayList<>();
      for (Shortening next : compactor().possible()) {
        int saved = before.has(next) ? 0 : saved(next);
        if (tokens > goal && saved > 0) {
          fresh.add(next);
          tokens -= saved;
        }
      }
      List<Shortening> all = new ArrayList<>(before.before());
      all.addAll(fresh);
      return new Compacted(shortened(all), before.before(), fresh);
    }

    private int saved(Shortening next) {
      return next.tokens() - text(compactor().note(next));
    }

    private Compactor compactor() {
      Compactor made = compactor;
      if (made == null) {
        made = new Compactor(conversation, this::text);
        compactor = made;
      }
      return made;
    }

    private ChatRequest shortened(List<Shortening> shortenings) {
      if (shortenings.isEmpty()) {
        return request;
      }
      List<Message> messages = new ArrayList<>(request.messages());
      for (Shortening one : shortenings) {
        List<Part> parts = new ArrayList<>(messages.get(one.message()).parts());
        parts.set(one.part(), new Part.Text(compactor().note(one)));
        messages.set(one.message(), messages.get(one.message()).withParts(parts));
      }
      return request.withMessages(messages);
    }

    private Fit fits(Compacted compacted, int base) {
      List<MemoryEntry> entries = new ArrayList<>();
      Map<Integer, PlacedBlock> blocks = keptBlocks(base, entries);
      int repeated = blocks.values().stream().mapToInt(this::cost).sum();
      FreshBlock fresh = freshBlock(compacted, base + repeated, blocks.values(), entries);
      int memoryTokens = repeated;
      if (fresh != null) {
        PlacedBlock block = new PlacedBlock(fresh.part(), fresh.text(), List.of());
        blocks.put(fresh.message(), block);
        memoryTokens += cost(block);
      }
      int prompt = base + memoryTokens;
      return new Fit.Fits(
          new FittedPrompt(
              target.model(),
              placed(compacted.request(), blocks),
              prompt,
              target.offset(),
              memoryTokens,
              Math.min(wanted, limit - prompt),
              target.limit(),
              entries,
              fresh,
              compacted.fresh(),
              compacted.before().size() + compacted.fresh().size()));
    }

    /// Blocks of earlier turns that still fit, the newest kept; the reserve gives way before they
    /// do.
    private Map<Integer, PlacedBlock> keptBlocks(int base, List<MemoryEntry> entries) {
      Map<Integer, PlacedBlock> kept = new LinkedHashMap<>();
      int room = limit - base - least;
      List<Integer> newestFirst =
          known.keySet().stream().sorted(Comparator.reverseOrder()).toList();
      for (Integer message : newestFirst) {
        PlacedBlock block = known.getOrDefault(message, PlacedBlock.NONE);
        boolean fits = cost(block) <= room;
        if (fits) {
          room -= cost(block);
          kept.put(message, block);
        }
        block.entries().forEach(entry -> entries.add(afterwards(entry, fits)));
      }
      return kept;
    }

    private @Nullable FreshBlock freshBlock(
        Compacted sent, int used, Collection<PlacedBlock> kept, List<MemoryEntry> entries) {
      if (openPlace.isEmpty()) {
        return null;
      }
      Placement place = openPlace.get();
      int room = limit - used - wanted - margin(used);
      String text =
          sections.choose(
              new SectionChoice.Room(room, limit, target.tokenizer()), seen(sent), kept, entries);
      return new FreshBlock(place.message(), place.part(), text);
    }

    private SeenText seen(Compacted sent) {
      return sent.unchanged() ? seenOnce().copy() : SeenText.in(sent.request());
    }

    /// Memory stays clear of the last tokens, where an error of our count would turn a prompt that
    /// fits into one that does not.
    private int margin(int used) {
      return used / 100;
    }

    private int count(Compacted compacted) {
      return target.offset() + (compacted.unchanged() ? countOnce() : countOf(compacted.request()));
    }

    /// Models of one family count the request alike.
    private int countOnce() {
      return counts.computeIfAbsent(
          target.tokenizer() + target.withReasoning(), _ -> countOf(request));
    }

    private int countOf(ChatRequest counted) {
      return counter.count(counted, target.tokenizer(), target.withReasoning());
    }

    private int cost(PlacedBlock block) {
      return block.isEmpty() ? 0 : SectionChoice.blockTokens(text(block.text()));
    }

    private int text(String text) {
      return counter.text(text, target.tokenizer());
    }

    private int fixedTokens() {
      List<Message> system =
          request.messages().stream().filter(message -> message.role() == Role.SYSTEM).toList();
      return system.isEmpty() && request.tools().isEmpty()
          ? 0
          : countOf(
              request.withMessages(
                  system.isEmpty() ? List.of(Message.of(Role.SYSTEM, "")) : system));
    }
  }

  /// A request with shortened texts.
  ///
  /// @param before those that earlier turns shortened
  /// @param fresh those that this turn is the first to shorten
  private record Compacted(ChatRequest request, List<Shortening> before, List<Shortening> fresh) {
    boolean unchanged() {
      return before.isEmpty() && fresh.isEmpty();
    }

    boolean has(Shortening other) {
      return before.stream().anyMatch(one -> one.isOf(other.message(), other.part()));
    }
  }

  private SeenText seenOnce() {
    SeenText made = seen;
    if (made == null) {
      made = SeenText.in(request);
      seen = made;
    }
    return made;
  }

  private static ChatRequest placed(ChatRequest request, Map<Integer, PlacedBlock> blocks) {
    List<Message> messages = new ArrayList<>(request.messages());
    blocks.forEach((index, block) -> {
      if (!block.isEmpty()) {
        messages.set(index, Placement.insert(messages.get(index), block.part(), block.text()));
      }
    });
    return request.withMessages(messages);
  }

  private static MemoryEntry afterwards(MemoryEntry entry, boolean fits) {
    return fits
        ? entry.as(State.REPEATED, "shown in an earlier turn")
        : entry.as(State.DROPPED, "no room left in the limit");
  }

  private static int wantedOutput(ChatRequest request, int maxOutput) {
    Integer asked = request.options().maxTokens();
    return asked == null ? maxOutput : Math.min(asked, maxOutput);
  }
}
