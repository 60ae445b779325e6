package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.prompt.MemoryEntry.State;
import dev.memoryrouter.retrieval.Hit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Chooses the sections of a new memory block: on a first turn the whole core bank if the budget
/// holds it, else the best ranked ones that do not stand in the conversation already. A section
/// that changed since it was shown is marked.
final class SectionChoice {
  /// Two line breaks join a block to the text before it.
  private static final int JOIN_TOKENS = 2;

  /// A section of which this share stands in the conversation was read before it changed.
  private static final double READ_BEFORE = 0.5;

  private final PromptCounter counter;
  private final ChatRequest request;
  private final MemoryOffer offer;
  private final MemorySettings settings;
  private final boolean first;

  /// @param first whether this is the first turn of the conversation
  SectionChoice(
      PromptCounter counter,
      ChatRequest request,
      MemoryOffer offer,
      MemorySettings settings,
      boolean first) {
    this.counter = counter;
    this.request = request;
    this.offer = offer;
    this.settings = settings;
    this.first = first;
  }

  /// Tokens of a block in its place.
  static int blockTokens(int textTokens) {
    return textTokens + JOIN_TOKENS;
  }

  /// The new block's text; empty when the turn gets none.
  ///
  /// @param room tokens left beside prompt, tools, output and margin
  /// @param limit the model's effective limit
  /// @param kept blocks that stand in earlier turns
  /// @param entries takes a line for every section that is placed or left out
  String choose(
      int room,
      int limit,
      String tokenizer,
      Collection<PlacedBlock> kept,
      List<MemoryEntry> entries) {
    int budget = Math.min(room, PromptFitter.memoryBudget(limit, settings));
    Choosing choosing = new Choosing(budget, tokenizer, kept, entries);
    String whole = choosing.wholeBank();
    return whole == null ? choosing.ranked() : whole;
  }

  /// One choice for one model.
  private final class Choosing {
    private final int budget;
    private final String tokenizer;
    private final Collection<PlacedBlock> kept;
    private final List<MemoryEntry> entries;

    Choosing(
        int budget, String tokenizer, Collection<PlacedBlock> kept, List<MemoryEntry> entries) {
      this.budget = budget;
      this.tokenizer = tokenizer;
      this.kept = kept;
      this.entries = entries;
    }

    @Nullable String wholeBank() {
      if (!settings.wholeBank() || !first || offer.wholeBank().isEmpty()) {
        return null;
      }
      String block = MemoryBlock.complete(offer.wholeBank());
      if (blockTokens(text(block)) > budget) {
        return null;
      }
      offer
          .wholeBank()
          .forEach(hit -> entries.add(entry(hit, State.INJECTED, "the whole core bank fits")));
      return block;
    }

    String ranked() {
      if (offer.ranked().isEmpty()) {
        return "";
      }
      SeenText seen = SeenText.in(request);
      kept.forEach(block -> seen.add(block.text()));
      Set<String> shown =
          kept.stream()
              .flatMap(block -> block.entries().stream())
              .map(entry -> name(entry.file(), entry.heading()))
              .collect(Collectors.toSet());
      List<String> chosen = new ArrayList<>();
      int room = budget - blockTokens(text(MemoryBlock.OPENING));
      for (Hit hit : offer.ranked()) {
        double share = seen.shareOf(hit.text());
        boolean updated = share >= READ_BEFORE || shown.contains(name(hit));
        String section = MemoryBlock.section(hit, updated);
        // Counted apart, a section has a token more at most than inside the block.
        int cost = text(section) + 1;
        Optional<String> obstacle = obstacle(hit, share, cost <= room);
        if (obstacle.isPresent()) {
          entries.add(entry(hit, State.DROPPED, obstacle.get()));
        } else {
          room -= cost;
          chosen.add(section);
          entries.add(entry(hit, State.INJECTED, rank(chosen.size(), updated)));
        }
      }
      return chosen.isEmpty() ? "" : MemoryBlock.of(chosen);
    }

    private Optional<String> obstacle(Hit hit, double seen, boolean fits) {
      if (hit.score() < settings.minScore()) {
        return Optional.of("score below " + settings.minScore());
      }
      if (seen == 1) {
        return Optional.of("already in the conversation");
      }
      return fits ? Optional.empty() : Optional.of("over the memory budget of " + budget);
    }

    private int text(String text) {
      return counter.text(text, tokenizer);
    }

    private MemoryEntry entry(Hit hit, State state, String reason) {
      return new MemoryEntry(
          hit.file(), heading(hit), hit.score(), text(hit.text()), state, reason);
    }
  }

  private static String rank(int rank, boolean updated) {
    return "ranked " + rank + (updated ? ", changed since it was shown" : "");
  }

  private static @Nullable String heading(Hit hit) {
    return hit.headingPath().isEmpty() ? null : MemoryBlock.heading(hit);
  }

  private static String name(Hit hit) {
    return name(hit.file(), heading(hit));
  }

  private static String name(String file, @Nullable String heading) {
    return file + '>' + (heading == null ? "" : heading);
  }
}
