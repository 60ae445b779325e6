package dev.memoryrouter.retrieval;

import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.VectorStore.Matches;
import dev.memoryrouter.store.VectorStore.Scored;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Joins what was found by meaning and by words to one ranking.
///
/// A chunk scores `w * cosine + (1 - w) * bm25 / ceiling`. Both parts are absolute: the cosine by
/// nature, BM25 by its ceiling for these words. So the score says how relevant a chunk is and not
/// only how it compares with its neighbours. On the development banks this ranks a little better
/// than scaling both lists to their own best and worst (0.70 to 0.69 nDCG@10), and a weight from
/// 0.4 to 0.6 makes no difference worth naming.
final class Fusion {
  /// Weight of meaning against words.
  static final double MEANING = 0.5;

  private Fusion() {}

  /// @param near chunks by meaning, best first; null if meaning is not known, then words alone
  ///   score
  static List<Ranked> fuse(@Nullable List<Scored> near, Matches matches) {
    if (near == null) {
      return matches.chunks().stream().map(m -> new Ranked(m.chunk(), words(m, matches))).toList();
    }
    Map<String, Ranked> byId = new HashMap<>();
    for (Scored scored : near) {
      byId.put(
          scored.chunk().id(), new Ranked(scored.chunk(), MEANING * Math.max(0, scored.score())));
    }
    // A chunk beyond the end of the list is at most as near as the last one.
    double floor = near.isEmpty() ? 0 : MEANING * Math.max(0, near.getLast().score());
    for (Scored scored : matches.chunks()) {
      double part = (1 - MEANING) * words(scored, matches);
      byId.merge(
          scored.chunk().id(),
          new Ranked(scored.chunk(), floor + part),
          (found, _) -> new Ranked(found.chunk(), found.score() + part));
    }
    List<Ranked> ranked = new ArrayList<>(byId.values());
    ranked.sort(BEST_FIRST);
    return ranked;
  }

  // The same question gets the same order, whatever the order of the index is.
  private static final Comparator<Ranked> BEST_FIRST =
      Comparator.comparingDouble(Ranked::score)
          .reversed()
          .thenComparing(ranked -> ranked.chunk().file())
          .thenComparingInt(ranked -> ranked.chunk().startLine())
          .thenComparing(ranked -> ranked.chunk().id());

  private static double words(Scored scored, Matches matches) {
    return matches.ceiling() > 0 ? Math.min(1, scored.score() / matches.ceiling()) : 0;
  }

  /// A chunk with its fused score, 0 to 1.
  record Ranked(ChunkRecord chunk, double score) {}
}
