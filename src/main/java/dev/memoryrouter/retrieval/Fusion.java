package dev.memoryrouter.retrieval;

import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.VectorStore.Matches;
import dev.memoryrouter.store.VectorStore.Scored;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Joins what was found by meaning and by words to one ranking.
///
/// A section scores `prior * (w * cosine + (1 - w) * bm25 / ceiling)`, with the best cosine and the
/// best BM25 score of its chunks, be they of one chunk or of two: a section is read as a whole.
/// Both parts are absolute: the cosine by nature, BM25 by its ceiling for these words. So the score
/// says how relevant a section is and not only how it compares with its neighbours. The best chunk
/// of a section carries the section's score, its others less by as much as they are worse.
///
/// A weight from 0.4 to 0.6 makes no difference worth naming on the development banks.
final class Fusion {
  /// Weight of meaning against words.
  static final double MEANING = 0.5;

  // The same question gets the same order, whatever the order of the index is.
  private static final Comparator<Ranked> BEST_FIRST =
      Comparator.comparingDouble(Ranked::score)
          .reversed()
          .thenComparing(ranked -> ranked.chunk().file())
          .thenComparingInt(ranked -> ranked.chunk().startLine())
          .thenComparing(ranked -> ranked.chunk().id());

  private final SectionPrior prior;
  private final double weight;
  private final Map<String, Found> chunks = new HashMap<>();

  private Fusion(SectionPrior prior, double weight) {
    this.prior = prior;
    this.weight = weight;
  }

  /// Chunks, best first; the first of a section stands for it.
  ///
  /// @param near chunks by meaning, best first; null if meaning is not known, then words alone
  ///   score
  static List<Ranked> fuse(@Nullable List<Scored> near, Matches matches, SectionPrior prior) {
    Fusion fusion = new Fusion(prior, near == null ? 0 : MEANING);
    fusion.add(near == null ? List.of() : near, matches);
    return fusion.ranked();
  }

  private void add(List<Scored> near, Matches matches) {
    near.forEach(scored -> found(scored, cosine(scored), 0));
    // A chunk beyond the end of the list is at most as near as the last one.
    double floor = near.isEmpty() ? 0 : cosine(near.getLast());
    matches.chunks().forEach(scored -> found(scored, floor, words(scored, matches)));
  }

  private void found(Scored scored, double meaning, double words) {
    chunks.merge(
        scored.chunk().id(),
        new Found(scored.chunk(), meaning, words),
        (known, other) -> new Found(known.chunk, known.meaning, other.words));
  }

  private static double cosine(Scored scored) {
    return Math.max(0, scored.score());
  }

  private static double words(Scored scored, Matches matches) {
    return matches.ceiling() > 0 ? Math.min(1, scored.score() / matches.ceiling()) : 0;
  }

  private List<Ranked> ranked() {
    Map<String, List<Found>> sections = new HashMap<>();
    chunks
        .values()
        .forEach(found ->
            sections.computeIfAbsent(found.chunk.sectionId(), _ -> new ArrayList<>()).add(found));
    return sections.values().stream().flatMap(of -> rank(of).stream()).sorted(BEST_FIRST).toList();
  }

  private List<Ranked> rank(Collection<Found> section) {
    double score = prior(section) * fused(max(section, Found::meaning), max(section, Found::words));
    double best = max(section, this::fused);
    return section.stream()
        .map(found ->
            new Ranked(found.chunk, Math.min(1, best > 0 ? score * fused(found) / best : 0)))
        .toList();
  }

  private double prior(Collection<Found> section) {
    return max(section, found -> prior.of(found.chunk));
  }

  private double fused(Found found) {
    return fused(found.meaning, found.words);
  }

  private double fused(double meaning, double words) {
    return weight * meaning + (1 - weight) * words;
  }

  private static double max(Collection<Found> section, ToDoubleFunction<Found> part) {
    return section.stream().mapToDouble(part).max().orElse(0);
  }

  /// A chunk with its fused score, 0 to 1.
  record Ranked(ChunkRecord chunk, double score) {}

  /// A chunk with what speaks for it, each from 0 to 1.
  private record Found(ChunkRecord chunk, double meaning, double words) {}
}
