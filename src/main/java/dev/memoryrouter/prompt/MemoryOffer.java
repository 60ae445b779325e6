package dev.memoryrouter.prompt;

import dev.memoryrouter.retrieval.Hit;
import java.util.List;

/// What retrieval has for a turn.
///
/// @param bank name of the bank, empty when the request has none
/// @param wholeBank all sections of the core files in canonical order; empty when they are not
///   offered
/// @param ranked sections that help, best first
public record MemoryOffer(String bank, List<Hit> wholeBank, List<Hit> ranked) {
  /// Nothing at all.
  public static final MemoryOffer NONE = new MemoryOffer("", List.of(), List.of());

  public MemoryOffer {
    wholeBank = List.copyOf(wholeBank);
    ranked = List.copyOf(ranked);
  }
}
