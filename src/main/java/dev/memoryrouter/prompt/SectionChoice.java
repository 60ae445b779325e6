package dev.memoryrouter.prompt;

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
  private final MemoryOffer offer;
  private final MemorySettings settings;
  private final boolean first;

  /// @param first whether this is the first turn of the conversation
  SectionChoice(PromptCounter counter, MemoryOffer offer, MemorySettings settings, boolean first) {
    this.counter = counter;
    this.offer = offer;
    this.settings = settings;
    this.first = first;
  }

  /// Tokens of a block in its place.
  static int blockTokens(int textTokens) {
    return textTokens + JOIN_TOKENS;
  }

  /// Where a block has to fit.
  ///
  /// @param free tokens left beside prompt, tools, output and margin
  /// @param limit the model's effective limit
  record Room(int free, int limit, String tokenizer) {}

  /// The new block's text; empty when the turn gets none.
  ///
  /// @param seen what stands in the prompt beside the kept blocks
  /// @param kept blocks that stand in earlier turns
  /// @param entries takes a line for every section that is placed or left out
  String choose(Room room, SeenText seen, Collection<PlacedBlock> kept, List<MemoryEntry> entries) {
    int budget = Math.min(room.free(), PromptFitter.memoryBudget(room.limit(), settings));
    Choosing choosing = new Choosing(budget, room.tokenizer(), seen, kept, entries);
    String whole = choosing.wholeBank();
    return whole == null ? choosing.ranked() : whole;
  }

  /// One choice for one model.
  private final class Choosing {
    private final int budget;
    private final String tokenizer;
    private final SeenText seen;
    private final Collection<PlacedBlock> kept;
    private final List<MemoryEntry> entries;

    Choosing(
        int budget,
        String tokenizer,
        SeenText seen,
        Collection<PlacedBlock> kept,
        List<MemoryEntry> entries) {
      this.budget = budget;
      this.tokenizer = tokenizer;
      this.seen = seen;
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
      kept.forEach(block -> seen.add(block.text()));
      Set<String> shown =
          kept.stream()
              .flatMap(block -> block.entries().stream())
              .map(entry -> name(entry.file(), entry.heading()))
              .collect(Collectors.toSet());
      List<String> chosen = new ArrayList<>();
      int room = budget - blockTokens(text(MemoryBlock.of(List.of())));
      for (Hit hit : offer.ranked()) {
        double share = seen.shareOf(hit.text());
        boolean updated = share >= READ_BEFORE || (shown.contains(name(hit)) && isOnly(hit));
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

    /// Passages of one long section share its name: that another one was shown says nothing.
    private boolean isOnly(Hit hit) {
      return offer.ranked().stream().filter(other -> name(other).equals(name(hit))).count() == 1;
    }

    private Optional<String> obstacle(Hit hit, double seen, boolean fits) {
      double least = leastScore();
      if (hit.score() < least) {
        return Optional.of("score below " + least);
      }
      if (seen == 1) {
        return Optional.of("already in the conversation");
      }
      return fits ? Optional.empty() : Optional.of("over the memory budget of " + budget);
    }

    /// The best section tells whether the bank knows anything about the turn; if it does, others
    /// follow that reach half of what is asked of the best.
    private double leastScore() {
      double asked = settings.minScore();
      boolean known = offer.ranked().stream().anyMatch(hit -> hit.score() >= asked);
      return known ? asked / 2 : asked;
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
